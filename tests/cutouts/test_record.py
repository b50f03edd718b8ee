"""Pictures and their record: however a run ended, nothing is there whose scale isn't told."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.files import atomic, try_lock
from galaxyzoo.cutouts import record
from galaxyzoo.cutouts.download import CutoutOutcome
from tests.conftest import make_jpeg
from tests.cutouts.filling import IDS, RAS, run
from tests.cutouts.stand_in import (
    StandIn,
)


def test_what_is_there_and_whole_is_not_asked_for_again(catalogue: Path, sky: StandIn) -> None:
    run(catalogue, sky)
    folder = catalogue.with_name("sky")
    (folder / "100.jpg").unlink()
    (folder / "7.jpg").write_bytes(make_jpeg(7)[:5000])
    text = catalogue.read_text().replace("10.2746,3.1", "10.2746,6.2")  # another scale
    catalogue.write_text(f"{text}8,50,0,5\n")
    sky.requests.clear()
    assert run(catalogue, sky) == CutoutOutcome(got=4, there=1)
    assert sky.asked() == [RAS[0], RAS[2], RAS[3], "50.0000000"]
    assert "30.0000000,10.2746000,0.124000" in catalogue.with_name("sky.cutouts.csv").read_text()
    sky.requests.clear()
    assert run(catalogue, sky) == CutoutOutcome(there=5)
    assert sky.requests == []


def test_no_picture_is_told_as_of_a_scale_that_it_has_not(
    catalogue: Path, sky: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the row of a picture that replaces another was written, and before that was."""
    run(catalogue, sky)
    catalogue.write_text("GalaxyID,ra,dec,petroR90_r\n100,10,0.5,9\n")
    whole = [atomic]  # of the record as it was, at the start

    def killed(path: Path) -> AbstractContextManager[Path]:
        if whole:
            return whole.pop()(path)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(record, "atomic", killed)
        run(catalogue, sky)
    assert ",0.180000," in catalogue.with_name("sky.cutouts.csv").read_text()
    assert run(catalogue, sky) == CutoutOutcome(got=1)


def test_two_catalogues_may_fill_one_folder(catalogue: Path, sky: StandIn) -> None:
    run(catalogue, sky)
    catalogue.write_text("id,ra,dec,petroR90_r\n8,50,0,5\n")
    assert run(catalogue, sky) == CutoutOutcome(got=1)
    record = catalogue.with_name("sky.cutouts.csv").read_text().splitlines()
    assert [row.split(",")[0] for row in record[1:]] == ["7", "8", "100", *IDS[1:3]]


def test_pictures_of_unknown_scale_are_left_alone(catalogue: Path, sky: StandIn) -> None:
    own = catalogue.with_name("sky") / "100.jpg"
    own.parent.mkdir()
    own.write_bytes(b"mine")
    with pytest.raises(UserError, match=r"sky: 100\.jpg: there already, but not in .*sky\.cutouts"):
        run(catalogue, sky)
    assert (own.read_bytes(), sky.requests) == (b"mine", [])


def test_a_folder_is_filled_by_one_run_at_a_time(catalogue: Path, sky: StandIn) -> None:
    folder = catalogue.with_name("sky")
    folder.mkdir()
    descriptor = os.open(folder, os.O_RDONLY)
    assert try_lock(descriptor)
    with pytest.raises(UserError, match="another run is filling this folder"):
        run(catalogue, sky)
    os.close(descriptor)
    assert run(catalogue, sky).got == 4


def test_a_row_that_a_kill_cut_short_is_no_row(catalogue: Path, sky: StandIn) -> None:
    run(catalogue, sky)
    path = catalogue.with_name("sky.cutouts.csv")
    whole = path.read_text()
    path.write_text(f"{whole}8,50.000")
    run(catalogue, sky)
    assert path.read_text() == whole


@pytest.mark.parametrize(
    "text", ["id,ra\n1,2\n", "", "\0\n", "id,ra,dec,scale,address,file\n1,2\n"]
)
def test_another_file_in_its_place_is_told(catalogue: Path, sky: StandIn, text: str) -> None:
    catalogue.with_name("sky.cutouts.csv").write_text(text)
    with pytest.raises(UserError, match=r"sky\.cutouts\.csv: isn't what this command wrote there"):
        run(catalogue, sky)
    assert catalogue.with_name("sky.cutouts.csv").read_text() == text


def test_ctrl_c_right_after_a_picture_leaves_it_told(
    catalogue: Path, sky: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def interrupted(path: Path) -> Iterator[Path]:
        with atomic(path) as temporary:
            yield temporary
        if path.suffix == ".jpg":
            raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(record, "atomic", interrupted)
        run(catalogue, sky)
    assert run(catalogue, sky) == CutoutOutcome(got=3, there=1)
