"""Images to a catalogue: the same rows in whatever form the images come, and as evaluate's."""

import os
import random
import signal
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

import galaxyzoo
from galaxyzoo.base.errors import UserError
from galaxyzoo.base.paths import ProcessedPaths
from galaxyzoo.classify import run, workers
from galaxyzoo.classify.catalogue import Layout
from galaxyzoo.classify.chunks import KILLS, Job, chunks_of
from galaxyzoo.classify.destination import rejected_path
from galaxyzoo.classify.partial import ClassifiedBatch
from galaxyzoo.classify.run import Options, Outcome, classify
from galaxyzoo.classify.terms import Terms, resolved
from galaxyzoo.classify.workers import classify_chunks
from galaxyzoo.dataset.galaxies import GalaxyDataset
from galaxyzoo.images.by_id import open_images
from galaxyzoo.images.decoding import decode_and_check
from galaxyzoo.images.opening import open_files
from galaxyzoo.images.processing import process_images
from galaxyzoo.images.sources import ImagesError, survey
from galaxyzoo.predict.inference import predict
from galaxyzoo.predict.model_files import read_exported
from galaxyzoo.predict.predictor import LoadOptions, Predictor, load_model
from galaxyzoo.predict.projection import project
from galaxyzoo.predict.rows import label
from galaxyzoo.processed import open_array
from galaxyzoo.tree import GZ2, ID_COLUMN
from tests.classify.classify_inputs import (
    animation,
    encode,
    make_model,
    png_bomb,
    smooth_noise,
    turned_by_exif,
)
from tests.conftest import COLUMNS, make_ids, make_jpeg, make_zip

FLOAT32 = LoadOptions(precision="float32")
ALONE = Options(workers=1)
GALAXIES = 30


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("models") / "cnn.safetensors", views=2)


@pytest.fixture(scope="module")
def galaxies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of galaxies, whose names sort otherwise than their numbers do."""
    folder = tmp_path_factory.mktemp("galaxies")
    for galaxy_id in range(95, 95 + GALAXIES):
        (folder / f"{galaxy_id}.jpg").write_bytes(make_jpeg(galaxy_id))
    return folder


def job_of(predictor: Predictor, layout: Layout, load: LoadOptions) -> Job:
    terms = Terms.of(predictor)
    return Job(layout, predictor.crop, predictor.path, resolved(predictor, load), terms)


def evaluated(images: Path, model_file: Path, folder: Path) -> NDArray[np.float64]:
    """What the stages make of `images`: crop_resize, then evaluate's predictions."""
    processed = ProcessedPaths(folder / "processed")
    process_images(open_images(images), 212, 64, save_jpegs=False, outputs=processed)
    model = read_exported(model_file)
    array = open_array(processed.images)
    nothing = torch.zeros(len(array), 37)
    dataset = GalaxyDataset(array, torch.arange(len(array)), nothing, make_ids(range(len(array))))
    predicted = predict(model.module, dataset, 256, torch.device("cpu"), model.views)
    return project(GZ2, predicted)


def read(output: Path) -> tuple[list[object], NDArray[np.float64]]:
    read = pd.read_parquet if output.suffix == ".parquet" else pd.read_csv
    table = read(output).astype({ID_COLUMN: str})
    assert list(table.columns[1:]) == list(COLUMNS)
    return table.iloc[:, 0].tolist(), table[list(COLUMNS)].to_numpy(np.float64)


@pytest.mark.parametrize("batch_size", [1, 7, 256])
def test_predictions_are_those_of_evaluate(
    galaxies: Path, model: Path, tmp_path: Path, batch_size: int
) -> None:
    output, load = tmp_path / "catalogue.csv", replace(FLOAT32, batch_size=batch_size)
    classify(galaxies, model, output, replace(ALONE, load=load))
    ids, fractions = read(output)
    assert ids == [str(number) for number in range(95, 95 + GALAXIES)]
    assert np.abs(fractions - evaluated(galaxies, model, tmp_path)).max() < 1e-6


def test_predictions_of_real_galaxies_are_those_of_evaluate(
    real_data: Path, tmp_path: Path
) -> None:
    images = real_data / "images_test_rev1.zip"
    model = make_model(tmp_path / "tuned.safetensors", "tuned", views=2)
    classify(images, model, tmp_path / "c.csv", Options(FLOAT32, workers=2))
    _, fractions = read(tmp_path / "c.csv")
    assert np.abs(fractions - evaluated(images, model, tmp_path)).max() < 1e-6


def test_zip_folder_list_and_parquet_hold_the_same(
    galaxies: Path, model: Path, tmp_path: Path
) -> None:
    paths = list(galaxies.iterdir())
    random.Random(1).shuffle(paths)
    (tmp_path / "list.txt").write_text("\n".join(str(path) for path in paths))
    zipped = make_zip(tmp_path / "z.zip", {f"deep/{p.name}": p.read_bytes() for p in paths})
    classify(galaxies, model, tmp_path / "folder.csv", ALONE)
    expected = (tmp_path / "folder.csv").read_bytes()
    for images in (zipped, tmp_path / "list.txt"):
        classify(images, model, tmp_path / "other.csv", ALONE)
        assert (tmp_path / "other.csv").read_bytes() == expected
    classify(galaxies, model, tmp_path / "c.parquet", ALONE)
    (ids, fractions), (ids_read, fractions_read) = (
        read(tmp_path / name) for name in ("c.parquet", "folder.csv")
    )
    assert ids == ids_read
    assert np.allclose(fractions, fractions_read, atol=1e-9)


def test_processes_give_the_bytes_that_one_gives(
    galaxies: Path, model: Path, tmp_path: Path
) -> None:
    for workers_, name in ((1, "one.csv"), (2, "two.csv")):
        options = Options(LoadOptions(batch_size=2), described=True, workers=workers_)
        classify(galaxies, model, tmp_path / name, options)
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.csv", "two.csv"]


def test_an_accelerator_predicts_in_the_main_process(
    galaxies: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers stop at the images. "meta" stands for any device that isn't the CPU."""
    predictor = load_model(model)
    source = open_images(galaxies)
    entries = [(galaxy_id, name) for galaxy_id, name in source.names.items()]
    layout = Layout(GZ2, described=False)
    job = job_of(predictor, layout, LoadOptions())

    def classified(predictor: Predictor, workers: int) -> list[ClassifiedBatch]:
        chunks = chunks_of(job, source.files, entries, 20)
        return list(classify_chunks(predictor, source.files, chunks, workers))

    expected = classified(predictor, 0)
    finish = workers._finish
    elsewhere = replace(predictor, compute=replace(predictor.compute, device=torch.device("meta")))
    monkeypatch.setattr(workers, "_finish", lambda j, _, prepared: finish(j, predictor, prepared))
    assert classified(elsewhere, 2) == expected


def test_whatever_would_give_other_rows_makes_it_another_run(
    galaxies: Path, model: Path, tmp_path: Path
) -> None:
    """So that no run resumes where another one was."""
    files, other = open_files(galaxies), make_model(tmp_path / "other", "tuned")
    work = label(files, survey(files))
    every = FLOAT32

    def identity(
        load: LoadOptions, model: Path = model, described: bool = False, columns: Any = "kaggle"
    ) -> str:
        predictor = load_model(model, load)
        layout = Layout(GZ2, described, columns)
        return run._identity(job_of(predictor, layout, load), files, work, predictor)

    runs = [
        identity(every),
        identity(replace(every, views=4)),
        identity(replace(every, crop=0.75)),
        identity(replace(every, precision="bfloat16")),
        identity(replace(every, batch_size=7)),
        identity(every, other),
        identity(every, described=True),
        identity(every, columns="gz2"),
    ]
    loaded = load_model(model)
    job = job_of(loaded, Layout(GZ2, False), every)
    fewer = run._identity(job, files, work[1:], loaded)
    assert len({*runs, fewer}) == len(runs) + 1
    assert identity(every) == runs[0]


def test_an_image_is_named_by_its_id_whatever_others_are_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    names = ["b/10.jpg", "9.png", f"{2**64}.jpg", "m31.jpg", "007.jpg", "²5.jpg"]
    files = open_files(make_zip(tmp_path / "z.zip", dict.fromkeys(names, b"")))
    assert list(label(files, survey(files))) == [
        ("007", "007.jpg"),
        ("9", "9.png"),
        ("10", "b/10.jpg"),
        (str(2**64), f"{2**64}.jpg"),
        ("m31.jpg", "m31.jpg"),
        ("²5.jpg", "²5.jpg"),
    ]
    assert caplog.text == ""


def test_two_images_of_one_id_have_their_names(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    names = ["b/1.jpg", "2.jpg", "2.fits", "a/1.jpg"]
    files = open_files(make_zip(tmp_path / "z.zip", dict.fromkeys(names, b"")))
    assert [one for one, _ in label(files, survey(files))] == ["2", "2", "a/1.jpg", "b/1.jpg"]
    assert "1 GalaxyID has several images, such as 1 (b/1.jpg, a/1.jpg)" in caplog.text


def test_a_suspicious_image_is_classified_with_a_warning(
    model: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    members = {"1.png": encode(Image.new("RGB", (100, 100), "grey"), "PNG"), "2.jpg": make_jpeg(2)}
    images = make_zip(tmp_path / "z.zip", members | {"3.txt": b""})
    outcome = classify(images, model, tmp_path / "c.csv", replace(ALONE, described=True))
    assert outcome == Outcome(galaxies=2, rejected=0, suspicious=1)
    table = pd.read_csv(tmp_path / "c.csv", keep_default_na=False)
    assert table["warning"].tolist() == ["is blank, or nearly so", ""]
    listed = (tmp_path / "c.csv.warnings.csv").read_text()
    assert listed == 'file,warning\n1.png,"is blank, or nearly so"\n'
    assert "1 galaxy has an image that may be wrong: 1.png is blank" in caplog.text
    assert "left out: 1 file of other kinds (1 .txt)" in caplog.text
    plain = Options(workers=2, load=LoadOptions(batch_size=1))
    classify(images, model, tmp_path / "d.csv", plain)
    assert list(pd.read_csv(tmp_path / "d.csv").columns) == [ID_COLUMN, *COLUMNS]
    assert (tmp_path / "d.csv.warnings.csv").read_text() == listed


def test_parquet_keeps_ids_digit_by_digit(model: Path, tmp_path: Path) -> None:
    ids = ["007", "12", str(2**64 + 1)]
    images = make_zip(tmp_path / "z.zip", {f"{one}.jpg": make_jpeg(1, 64, 64) for one in ids})
    classify(images, model, tmp_path / "c.parquet", ALONE)
    assert pd.read_parquet(tmp_path / "c.parquet")[ID_COLUMN].tolist() == ids


def test_every_kind_of_image_is_classified_or_rejected_with_its_reason(
    model: Path, tmp_path: Path
) -> None:
    galaxy = smooth_noise(5)
    good = {
        "animated.png": animation(galaxy, smooth_noise(6)),
        "cmyk.jpg": encode(galaxy.convert("CMYK"), "JPEG", quality=95),
        "exif.jpg": turned_by_exif(galaxy),
        "grey.jpg": encode(galaxy.convert("L"), "JPEG"),
        "really_png.jpg": encode(galaxy, "PNG"),
        "small.png": encode(smooth_noise(5, 64), "PNG"),
    }
    bad = {
        "../../etc/1.jpg": (make_jpeg(1), "has a name that leads out of the zip"),
        "bomb.png": (png_bomb(), "is 60000x60000 pixels; at most"),
        "cut.jpg": (make_jpeg(1)[:-2000], "is a damaged JPEG: Premature end of JPEG file"),
        "really_text.jpg": (b"text", "is none of JPEG, PNG, TIFF, WebP, BMP or GIF"),
        "tiny.png": (encode(smooth_noise(5, 63), "PNG"), "is 63x63 pixels; at least 64x64"),
    }
    images = make_zip(
        tmp_path / "z.zip", good | {name: content for name, (content, _) in bad.items()}
    )
    output = tmp_path / "c.csv"
    outcome = classify(images, model, output, replace(ALONE, load=LoadOptions(batch_size=2)))
    assert outcome == Outcome(galaxies=len(good), rejected=len(bad))
    names, fractions = read(output)
    assert names == list(good)
    listed = pd.read_csv(rejected_path(output))
    assert rejected_path(output).name == "c.csv.rejected.csv"
    assert listed["file"].tolist() == list(bad)
    for reason, (_, expected) in zip(listed["reason"], bad.values(), strict=True):
        assert reason.startswith(expected)
    png, animated = fractions[names.index("really_png.jpg")], fractions[names.index("animated.png")]
    assert np.abs(png - animated).max() < 1e-6
    assert {path.name for path in tmp_path.iterdir()} == {"z.zip", "c.csv", "c.csv.rejected.csv"}


@pytest.mark.parametrize("workers_", [1, 2])
def test_an_image_that_kills_its_process_is_found_and_rejected(
    galaxies: Path, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers_: int
) -> None:
    """All others have the bytes that they have where it is rejected as any bad image."""
    deadly = (galaxies / "101.jpg").read_bytes()

    def decode(content: bytes) -> Any:
        if content == deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        return decode_and_check(content)

    members = {path.name: path.read_bytes() for path in galaxies.iterdir()}
    for name, content in (("bad", b"?"), ("deadly", deadly)):
        make_zip(tmp_path / f"{name}.zip", members | {"101.jpg": content})
    classify(tmp_path / "bad.zip", model, tmp_path / "bad.csv", ALONE)
    with monkeypatch.context() as patch:
        patch.setattr(workers, "decode_and_check", decode)
        options = Options(workers=None if workers_ == 1 else 2)
        patch.setattr(run, "usable_cores", lambda: workers_)
        patch.setattr(run, "_PASSES", workers_)
        outcome = classify(tmp_path / "deadly.zip", model, tmp_path / "deadly.csv", options)
    assert outcome == Outcome(GALAXIES - 1, 1)
    assert (tmp_path / "deadly.csv").read_bytes() == (tmp_path / "bad.csv").read_bytes()
    assert KILLS in rejected_path(tmp_path / "deadly.csv").read_text()


def test_it_can_be_called_from_python_with_any_executor(
    galaxies: Path, model: Path, tmp_path: Path
) -> None:
    with ThreadPoolExecutor(2) as executor:
        outcome = galaxyzoo.classify(galaxies, tmp_path / "a.csv", model, executor=executor)
    assert outcome == galaxyzoo.classify(str(galaxies), str(tmp_path / "b.csv"), model, workers=1)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_files_larger_than_what_is_read_ahead(
    galaxies: Path, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    classify(galaxies, model, tmp_path / "a.csv", ALONE)
    monkeypatch.setattr(workers, "_READ_AHEAD", 50_000)
    classify(galaxies, model, tmp_path / "b.csv", ALONE)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_all_bad_gives_no_catalogue(model: Path, tmp_path: Path) -> None:
    images = make_zip(tmp_path / "z.zip", {"1.jpg": b"?", "2.jpg": b""})
    assert classify(images, model, tmp_path / "c.csv", ALONE) == Outcome(0, 2)
    assert {path.name for path in tmp_path.iterdir()} == {"z.zip", "c.csv.rejected.csv"}


def test_a_list_of_rejected_files_goes_when_there_are_none(
    galaxies: Path, model: Path, tmp_path: Path
) -> None:
    rejected_path(tmp_path / "c.csv").write_text("of an earlier run")
    classify(galaxies, model, tmp_path / "c.csv", ALONE)
    assert not rejected_path(tmp_path / "c.csv").exists()


def test_many_rows_are_in_the_order_of_their_ids(model: Path, tmp_path: Path) -> None:
    jpeg = make_jpeg(1, 64, 64)
    ids = random.Random(0).sample(range(100_000, 999_999), 1_000)
    images = make_zip(tmp_path / "z.zip", {f"images_test_rev1/{i}.jpg": jpeg for i in ids})
    classify(images, model, tmp_path / "c.csv", replace(ALONE, load=LoadOptions(views=1)))
    table = pd.read_csv(tmp_path / "c.csv")
    assert list(table.columns) == [ID_COLUMN, *COLUMNS]
    assert table[ID_COLUMN].tolist() == sorted(ids)


@pytest.mark.parametrize("name", ["catalogue", "catalogue.xlsx", "folder.csv"])
def test_refuses_other_outputs(galaxies: Path, model: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(UserError, match=r"must be a file that ends in \.csv, .*\.vot or \.ecsv"):
        classify(galaxies, model, tmp_path / name, ALONE)


def test_refuses_bad_models_and_images_by_name(galaxies: Path, model: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(model.read_bytes()[:-100])
    with pytest.raises(UserError, match=r"cut\.safetensors: not a safetensors file, or cut short"):
        classify(galaxies, cut, tmp_path / "c.csv", ALONE)
    with pytest.raises(ImagesError, match="nowhere: no such folder, zip, image or list"):
        classify(tmp_path / "nowhere", model, tmp_path / "c.csv", ALONE)
    assert [path.name for path in tmp_path.iterdir()] == ["cut.safetensors"]
