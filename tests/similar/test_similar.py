"""From a query to its neighbours, in every way that they are written."""

import logging
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from galaxyzoo.base.errors import UserError
from galaxyzoo.classify.partial import ClassifiedBatch
from galaxyzoo.cli import app
from galaxyzoo.predict.load_options import LoadOptions
from galaxyzoo.predict.predictor import Outlook, load_model
from galaxyzoo.similar.features import FeatureLines, collect
from galaxyzoo.similar.run import SimilarOptions, SimilarOutcome, find_similar
from galaxyzoo.similar.search import distances, nearest_first
from tests.conftest import ROOT, make_jpeg
from tests.report.page_parts import Elements
from tests.similar.conftest import OTHERS

FLOAT32 = LoadOptions(precision="float32")
OPTIONS = SimilarOptions(FLOAT32, workers=1)


def test_the_search_is_exact() -> None:
    draws = np.random.default_rng(1)
    features = draws.exponential(size=(20_000, 5)).astype(np.float32)
    features[[7, 9_000]] = 3 * features[100]
    features[5] = 0
    away = distances(features, features[100])
    true = features.astype(np.float64)
    true[np.arange(len(true)) != 5] /= np.linalg.norm(true, axis=1, keepdims=True)[
        np.arange(len(true)) != 5
    ]
    assert away == pytest.approx(np.linalg.norm(true - true[100], axis=1), abs=1e-6)
    ties = nearest_first(np.tile(np.array([2, 0], np.float32), 500))
    assert ties.tolist() == [*range(1, 1000, 2), *range(0, 1000, 2)]
    assert set(nearest_first(away)[:3].tolist()) == {7, 100, 9_000}


def test_features_come_through_digit_by_digit(model: Path) -> None:
    features = np.random.default_rng(1).normal(size=(5, 3)).astype(np.float32)
    predictor, names = load_model(model), ["1", "ü\n", '"', "4", "5"]
    parts = (slice(0, 3), slice(3, 3), slice(3, 5))
    rows = [
        FeatureLines().lines(predictor, names[own], Outlook(features[own], features[own], []))
        for own in parts
    ]
    batches = [ClassifiedBatch(0, text, [], []) for text in (*rows, "")]
    found = collect(batches, 5, 3)
    assert found.names == names
    assert found.features.tobytes() == features.tobytes()


def test_neighbours_are_those_with_the_nearest_features(
    images: Path, model: Path, tmp_path: Path
) -> None:
    outputs = [tmp_path / f"near.{ending}" for ending in ("csv", "html", "parquet")]
    outcome = find_similar("1", images, model, outputs, OPTIONS)
    assert outcome == SimilarOutcome(neighbours=7, galaxies=8, rejected=1)

    table = pd.read_csv(outputs[0], dtype={"GalaxyID": str}, keep_default_na=False)
    others = {"2": images / "2.bmp"} | {str(own): images / f"more/{own}.jpg" for own in OTHERS}
    predictor = load_model(model, FLOAT32)
    (query, *features) = predictor.features([images / "1.png", *others.values()])
    away = pd.Series(distances(np.array(features), query), list(others)).sort_values()
    assert table["GalaxyID"].tolist() == list(away.index)
    assert table["distance"].to_numpy() == pytest.approx(away.to_numpy(), abs=1e-6)
    assert table["GalaxyID"][0] == "2"
    assert table["file"].tolist()[0] == "2.bmp"
    assert set(table["description"]) <= set(predictor.describe(list(others.values())))

    parquet = pd.read_parquet(outputs[2])
    assert parquet["GalaxyID"].tolist() == table["GalaxyID"].tolist()
    page = outputs[1].read_text()
    shown = [own["alt"] for own in Elements(page).attributes("img")]
    assert shown == ["Galaxy 1", *(f"Galaxy {own}" for own in table["GalaxyID"])]
    assert not re.findall(r'(?:src|href)="(?!data:)', page)
    assert (ROOT / "galaxyzoo/report/page/report.css").read_text().strip() in page
    rejected = pd.read_csv(tmp_path / "near.csv.rejected.csv")
    assert rejected["file"].tolist() == ["3.jpg"]
    assert not list(tmp_path.glob("*.partial"))


def test_a_copy_of_the_query_is_not_its_neighbour(
    images: Path, model: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """However it is called, and wherever it is; the same picture in another file is."""
    caplog.set_level(logging.INFO)
    copy = tmp_path / "copy.dat"
    copy.write_bytes((images / "1.png").read_bytes())
    options = SimilarOptions(FLOAT32, number=1, workers=1)
    outcome = find_similar(str(copy), images, model, [tmp_path / "a.csv"], options)
    assert outcome.neighbours == 1
    assert (tmp_path / "a.csv").read_text().splitlines()[1].startswith("2,")
    assert "left out, as the query's own: 1.png" in caplog.text


def test_an_index_is_looked_up_in_place_of_the_images(
    images: Path, model: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    index, output = tmp_path / "images.seen", tmp_path / "a.csv"
    options = SimilarOptions(FLOAT32, index=index, workers=1)
    find_similar("1", images, model, [output], options)
    first, kept = output.read_bytes(), index.read_bytes()
    assert "resuming" not in caplog.text
    assert find_similar("1", images, model, [output], options).rejected == 1
    assert (output.read_bytes(), index.read_bytes()) == (first, kept)
    assert "resuming after 9 files" in caplog.text
    (images / "more/20.jpg").write_bytes(make_jpeg(99))
    find_similar("1", images, model, [output], options)
    assert "of another run; starting anew" in caplog.text
    assert output.read_bytes() != first


def test_a_file_that_is_no_index_is_left_as_it_is(
    images: Path, model: Path, tmp_path: Path
) -> None:
    options = SimilarOptions(index=images / "1.png")
    before = (images / "1.png").read_bytes()
    with pytest.raises(UserError, match=r"1\.png: is there, and is no index; name another file"):
        find_similar("1", images, model, [tmp_path / "a.csv"], options)
    assert (images / "1.png").read_bytes() == before
    both = tmp_path / "a.csv"
    with pytest.raises(UserError, match=r"a\.csv: can't be the output and the index"):
        find_similar("1", images, model, [both], SimilarOptions(index=both))


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("images", "images: is a folder; name one image, or one galaxy of the images"),
        ("notes.txt", "the query, 'notes.txt': is none of JPEG, PNG"),
        ("empty.jpg", "the query, 'empty.jpg': is empty"),
        ("small.jpg", "the query, 'small.jpg': is 40x40 pixels"),
        ("100008", "100008: no such image, and none of images is called so"),
        ("3", "the query, '3': is none of JPEG, PNG"),
        ("20.jpg", "20.jpg: is called so by several of images: again/20.jpg, more/20.jpg;"),
    ],
)
def test_what_is_no_query(  # noqa: PLR0917
    images: Path,
    model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    query: str,
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (images / "again").mkdir()
    (images / "again/20.jpg").write_bytes(make_jpeg(5, 100, 100))
    Path("notes.txt").write_text("a galaxy\n")
    Path("empty.jpg").touch()
    Path("small.jpg").write_bytes(make_jpeg(1, 40, 40))
    with pytest.raises(UserError, match="^" + re.escape(message)):
        find_similar(query, "images", model, ["a.html"], OPTIONS)
    assert not list(tmp_path.glob("a.html*"))


def test_fewer_images_than_asked_for_are_told(
    images: Path, model: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    find_similar("1", images, model, [tmp_path / "a.html"], OPTIONS)
    assert "images: holds 7 other galaxies than the query; 1 file rejected (" in caplog.text
    assert "; 24 were asked for" in caplog.text


def test_without_any_other_image_there_is_no_page(
    images: Path, model: Path, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=r"1\.png: holds no other galaxy than the query"):
        find_similar("1", images / "1.png", model, [tmp_path / "a.html"], OPTIONS)
    assert not list(tmp_path.glob("a.html*"))
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(UserError, match="holds no images"):
        find_similar("1", empty, model, [tmp_path / "a.html"], OPTIONS)
    with pytest.raises(UserError, match=r"a file that ends in \.html, \.csv, \.parquet"):
        find_similar("1", images, model, [tmp_path / "a.htm"], OPTIONS)


def test_names_of_files_are_no_markup(model: Path, tmp_path: Path) -> None:
    folder, output = tmp_path / "images", tmp_path / "a.html"
    folder.mkdir()
    for own, name in enumerate(("<b>.jpg", "<script>\n.jpg")):
        (folder / name).write_bytes(make_jpeg(own, 100, 100))
    find_similar("<b>.jpg", folder, model, [output], OPTIONS)
    page = output.read_text()
    assert "<strong>&lt;script&gt;\\n.jpg</strong>" in page
    assert not Elements(page).attributes("b") + Elements(page).attributes("script")


def test_the_command_tells_what_came_of_it(
    images: Path, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("galaxyzoo.commands.running.leave_at_once_when_interrupted", lambda _: None)
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    page = tmp_path / "page.html"
    given = ["similar", "1", str(images), "-o", str(page), "--model", str(model), "--workers", "1"]
    done = CliRunner().invoke(app, given)
    assert done.exit_code == 1
    assert done.stdout == f"{page}: the nearest 7 of 8 galaxies, 1 file rejected\n"
    assert f"next: open {page} in a browser; with --index FILE" in done.stderr
    assert CliRunner().invoke(app, [*given, "--model", "gone"]).exit_code == 2
