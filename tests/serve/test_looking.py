"""What comes of dropped files, whoever shows it."""

from pathlib import Path

import pandas as pd
import pytest

from galaxyzoo.predict.predictor import load_model
from galaxyzoo.serve import looking
from galaxyzoo.serve.blocks import block
from galaxyzoo.serve.looking import Dropped, Looker
from tests.classify.classify_inputs import encode, make_model, smooth_noise


@pytest.fixture
def looker(tmp_path: Path) -> Looker:
    """Of a model that has no intervals."""
    return Looker(load_model(make_model(tmp_path / "model")))


def picture(name: str, seed: int, side: int = 80) -> Dropped:
    return Dropped(name, encode(smooth_noise(seed, side), "PNG"))


def rows(catalogue: str, path: Path) -> list[str]:
    path.write_text(catalogue, encoding="utf-8")
    return pd.read_csv(path, dtype={"GalaxyID": str})["GalaxyID"].tolist()


def test_files_of_one_name_are_told_apart(looker: Looker, tmp_path: Path) -> None:
    """They come from different folders."""
    looked = looker.look([picture("7.png", 1), picture("a.png", 2), picture("7.png", 3)])
    names = ["7.png", "7.png (2)", "a.png"]
    assert [own.name for own in looked.galaxies] == names
    assert rows(looked.catalogue, tmp_path / "c.csv") == names


def test_a_page_shows_the_first_and_the_catalogue_has_all(
    looker: Looker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "MOST_SHOWN", 2)
    looked = looker.look([Dropped("1", b""), *(picture(f"{n}.png", n) for n in (4, 3, 2))])
    assert [own.name for own in looked.galaxies] == ["2.png", "3.png"]
    assert looked.number == 3
    assert looked.rejected == [("1", "is empty: 0 bytes")]
    assert rows(looked.catalogue, tmp_path / "c.csv") == ["2", "3", "4"]


def test_pictures_are_shown_small_and_answers_without_intervals(looker: Looker) -> None:
    (galaxy,) = looker.look([picture("large.png", 1, side=900)]).galaxies
    assert galaxy.picture.size == (looking.THUMBNAIL, looking.THUMBNAIL)
    shown = block(looker.predictor.tree, galaxy, 0.5, coverage=None)
    assert "interval" not in shown
    assert 'style="left:25.00%;top:25.00%;width:50.00%;height:50.00%"' in shown


def test_where_no_file_is_a_picture_the_catalogue_is_empty(looker: Looker) -> None:
    looked = looker.look([Dropped("a.zip", b"PK")])
    assert (looked.galaxies, looked.number, len(looked.rejected)) == ([], 0, 1)
