"""Images to a catalogue: the same rows in whatever form the images come, and as evaluate's."""

import inspect
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from numpy.typing import NDArray

import galaxyzoo
from galaxyzoo.base.paths import ProcessedPaths
from galaxyzoo.classify import calling, workers
from galaxyzoo.classify.catalogue import Layout
from galaxyzoo.classify.chunks import chunks_of
from galaxyzoo.classify.partial import ClassifiedBatch
from galaxyzoo.classify.run import Options, classify
from galaxyzoo.classify.workers import classify_chunks
from galaxyzoo.classify.working import AllWork, job_of
from galaxyzoo.dataset.galaxies import GalaxyDataset
from galaxyzoo.images.by_id import open_images
from galaxyzoo.images.opening import open_files
from galaxyzoo.images.processing import process_images
from galaxyzoo.images.sources import survey
from galaxyzoo.predict.inference import predict
from galaxyzoo.predict.load_options import LoadOptions
from galaxyzoo.predict.model_files import read_exported
from galaxyzoo.predict.predictor import Predictor, load_model
from galaxyzoo.predict.projection import project
from galaxyzoo.predict.rows import label
from galaxyzoo.processed import open_array
from galaxyzoo.tree import GZ2, ID_COLUMN
from tests.classify.catalogues import ALONE, FLOAT32, GALAXIES, read
from tests.classify.classify_inputs import (
    make_model,
)
from tests.conftest import COLUMNS, make_ids, make_jpeg, make_zip


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
    job = job_of(model, predictor, layout, LoadOptions())

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
        return AllWork(job_of(None, predictor, layout, load), files, work, predictor, 0).identity()

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
    job = job_of(None, loaded, Layout(GZ2, False), every)
    fewer = AllWork(job, files, work[1:], loaded, 0).identity()
    assert len({*runs, fewer}) == len(runs) + 1
    assert identity(every) == runs[0]


def test_parquet_keeps_ids_digit_by_digit(model: Path, tmp_path: Path) -> None:
    ids = ["007", "12", str(2**64 + 1)]
    images = make_zip(tmp_path / "z.zip", {f"{one}.jpg": make_jpeg(1, 64, 64) for one in ids})
    classify(images, model, tmp_path / "c.parquet", ALONE)
    assert pd.read_parquet(tmp_path / "c.parquet")[ID_COLUMN].tolist() == ids


def test_it_can_be_called_from_python_with_any_executor(
    galaxies: Path, model: Path, tmp_path: Path
) -> None:
    with ThreadPoolExecutor(2) as executor:
        outcome = galaxyzoo.classify(galaxies, tmp_path / "a.csv", model, executor=executor)
    assert outcome == galaxyzoo.classify(str(galaxies), str(tmp_path / "b.csv"), model, workers=1)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_from_python_what_is_not_given_means_what_it_does_in_the_command() -> None:
    said = inspect.signature(calling.classify).parameters
    for options in (LoadOptions(), Options()):
        for field in fields(options):
            name = {"described": "catalogue"}.get(field.name, field.name)
            if field.name not in ("load", "work"):
                assert said[name].default == getattr(options, field.name), name
    assert Path(said["work"].default) == Options().work


def test_files_larger_than_what_is_read_ahead(
    galaxies: Path, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    classify(galaxies, model, tmp_path / "a.csv", ALONE)
    monkeypatch.setattr(workers, "_READ_AHEAD", 50_000)
    classify(galaxies, model, tmp_path / "b.csv", ALONE)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_many_rows_are_in_the_order_of_their_ids(model: Path, tmp_path: Path) -> None:
    jpeg = make_jpeg(1, 64, 64)
    ids = random.Random(0).sample(range(100_000, 999_999), 1_000)
    images = make_zip(tmp_path / "z.zip", {f"images_test_rev1/{i}.jpg": jpeg for i in ids})
    classify(images, model, tmp_path / "c.csv", replace(ALONE, load=LoadOptions(views=1)))
    table = pd.read_csv(tmp_path / "c.csv")
    assert list(table.columns) == [ID_COLUMN, *COLUMNS]
    assert table[ID_COLUMN].tolist() == sorted(ids)
