"""dvc.lock put together from two branches. tests/pipeline does it in a real merge."""

from pathlib import Path

import pytest

from tools import merged_lock
from tools.merged_lock import merge

BASE = {"split": "s", "cnn": "c", "resnet": "r", "old": "o"}


@pytest.mark.parametrize(
    ("ours", "theirs", "merged"),
    [
        (BASE, BASE, BASE),
        (BASE | {"cnn": "C"}, BASE | {"resnet": "R"}, BASE | {"cnn": "C", "resnet": "R"}),
        (BASE | {"cnn": "C"}, BASE | {"cnn": "C"}, BASE | {"cnn": "C"}),
        (BASE, BASE | {"new": "n"}, BASE | {"new": "n"}),
        (BASE | {"new": "n"}, BASE, BASE | {"new": "n"}),
    ],
    ids=["same", "each its own", "both alike", "theirs new", "ours new"],
)
def test_a_stage_is_as_the_branch_has_it_that_changed_it(
    ours: dict[str, str], theirs: dict[str, str], merged: dict[str, str]
) -> None:
    assert merge(BASE, ours, theirs) == merged


def test_what_both_changed_or_one_removed_is_left_out() -> None:
    assert "cnn" not in merge(BASE, BASE | {"cnn": "A"}, BASE | {"cnn": "B"})
    without = {name: own for name, own in BASE.items() if name != "old"}
    assert merge(BASE, without, BASE) == without
    assert merge(BASE, BASE, without) == without
    assert "new" not in merge(BASE, BASE | {"new": "A"}, BASE | {"new": "B"})


def test_without_a_conflict_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    merged_lock._git("init", "--quiet")
    with pytest.raises(merged_lock.NoConflictError, match=r"dvc\.lock: not in conflict"):
        merged_lock.main()
