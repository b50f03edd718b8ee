import fcntl
import re
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import IO

import pytest

from galaxyzoo.base.errors import UserError
from galaxyzoo.classify.partial import ClassifiedBatch, Partial, write_told

FIRST = ClassifiedBatch(2, "1,0\n2,0\n", [], [("1.jpg", "is odd")])
SECOND = ClassifiedBatch(1, "4,1\n", [("3.jpg", "is bad")], [])


def write(path: Path, *batches: ClassifiedBatch) -> None:
    with Partial(path, "this run") as partial:
        for batch in batches:
            partial.add(batch)


def test_resumes_after_the_last_batch(tmp_path: Path) -> None:
    write(tmp_path / "p", FIRST)
    with Partial(tmp_path / "p", "this run") as partial:
        assert (partial.batches, partial.galaxies, partial.rejected) == (1, 2, 0)
        partial.add(SECOND)
        assert (partial.batches, partial.galaxies, partial.rejected) == (2, 3, 1)
        assert list(partial) == [FIRST, SECOND]


def test_a_line_cut_anywhere_is_as_if_it_was_never_written(tmp_path: Path) -> None:
    path = tmp_path / "p"
    write(path, FIRST)
    one = path.read_bytes()
    write(path, SECOND)
    two = path.read_bytes()
    for end in range(len(one), len(two)):
        path.write_bytes(two[:end])
        with Partial(path, "this run") as partial:
            assert partial.batches == 1
            partial.add(SECOND)
        assert path.read_bytes() == two


def test_a_changed_byte_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "p"
    write(path, FIRST)
    begin = path.stat().st_size
    write(path, SECOND)
    whole = path.read_bytes()
    for place in range(begin, len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with Partial(path, "this run") as partial:
            assert partial.batches == 1, place


def test_zeros_after_a_power_failure_are_cut_off(tmp_path: Path) -> None:
    write(tmp_path / "p", FIRST)
    whole = (tmp_path / "p").read_bytes()
    (tmp_path / "p").write_bytes(whole + bytes(500))
    write(tmp_path / "p")
    assert (tmp_path / "p").read_bytes() == whole


def test_what_another_run_left_does_not_count(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path / "p", FIRST)
    with Partial(tmp_path / "p", "another run") as partial:
        assert list(partial) == []
    assert "of another run; starting anew" in caplog.text


def test_two_runs_do_not_write_at_a_time(tmp_path: Path) -> None:
    with Partial(tmp_path / "p", "this run"), ProcessPoolExecutor(1) as another:
        attempt = another.submit(write, tmp_path / "p")
        with pytest.raises(UserError, match="another run is writing"):
            attempt.result()


@pytest.mark.parametrize("spelling", ["../{}/p", "./p", "linked"])
def test_however_the_second_spells_the_path(tmp_path: Path, spelling: str) -> None:
    with Partial(tmp_path / "p", "this run"), ProcessPoolExecutor(1) as another:
        (tmp_path / "linked").hardlink_to(tmp_path / "p")
        attempt = another.submit(write, tmp_path / spelling.format(tmp_path.name))
        with pytest.raises(UserError, match="another run is writing"):
            attempt.result()


def test_what_another_run_removed_meanwhile_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lockf = fcntl.lockf

    def lock_too_late(file: IO[bytes], how: int) -> None:
        monkeypatch.setattr(fcntl, "lockf", lockf)
        (tmp_path / "p").unlink()  # as the other one does when it is done
        lockf(file, how)

    monkeypatch.setattr(fcntl, "lockf", lock_too_late)
    write(tmp_path / "p", FIRST)
    with Partial(tmp_path / "p", "this run") as partial:
        assert list(partial) == [FIRST]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_no_space_is_told_with_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = pytest.raises(OSError, match=re.escape(str(tmp_path / "p")))
    with Partial(tmp_path / "p", "this run") as partial, Path("/dev/full").open("wb", 0) as full:
        own = partial._file
        monkeypatch.setattr(partial, "_file", full)
        with named:
            partial.add(FIRST)
        monkeypatch.setattr(partial, "_file", own)


def test_lists_what_was_rejected(tmp_path: Path) -> None:
    odd = ClassifiedBatch(0, "", [("a, b\udce9.jpg", "is odd")], [])
    with Partial(tmp_path / "p", "this run") as partial:
        for batch in (FIRST, SECOND, odd):
            partial.add(batch)
        told = (each for batch in partial for each in batch.rejected)
        write_told(tmp_path / "rejected.csv", "reason", told)
    listed = (tmp_path / "rejected.csv").read_text()
    assert listed == 'file,reason\n3.jpg,is bad\n"a, b\\udce9.jpg",is odd\n'
