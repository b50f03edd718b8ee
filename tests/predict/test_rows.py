"""The order of rows, and what it takes in memory."""

import random
import tracemalloc
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from galaxyzoo.base.ids import in_order, is_id, order
from galaxyzoo.images.opening import open_files
from galaxyzoo.images.sources import repeated, survey
from galaxyzoo.predict.rows import label


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text("0123456789", min_size=1, max_size=5) | st.text(max_size=3), min_size=1))
def test_short_keys_sort_labels_as_their_ids_do(labels: list[str]) -> None:
    ids = sorted(filter(is_id, labels), key=order)
    others = [one for one in labels if not is_id(one)]
    assert in_order(labels, str) == ids + others


def test_texts_that_are_there_twice() -> None:
    assert repeated(["a", None, "b", "a", None, "c", "b"]) == [0, 2, 3, 6]
    assert repeated([]) == []


def test_names_take_little_memory(tmp_path: Path) -> None:
    """A name of 21 letters takes 79 bytes alone."""
    number = 20_000
    ids = random.Random(1).sample(range(10**6, 10**7), number)
    (tmp_path / "list.txt").write_text("".join(f"/images/all/{one}.jpg\n" for one in ids))
    tracemalloc.start()
    files = open_files(tmp_path / "list.txt")
    entries = label(files, survey(files))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [own for own, _ in entries[:3]] == [str(one) for one in sorted(ids)[:3]]
    assert most < 200 * number + 2**19
