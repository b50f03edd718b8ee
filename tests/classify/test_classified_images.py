"""Each image by what it is: classified, with a warning, or rejected with the reason."""

import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from galaxyzoo.base.errors import UserError
from galaxyzoo.classify import seeing, working
from galaxyzoo.classify.chunks import KILLS
from galaxyzoo.classify.destination import rejected_path
from galaxyzoo.classify.run import Options, Outcome, classify
from galaxyzoo.images.decoding import decode_and_check
from galaxyzoo.images.opening import open_files
from galaxyzoo.images.sources import ImagesError, survey
from galaxyzoo.predict.load_options import LoadOptions
from galaxyzoo.predict.rows import label
from galaxyzoo.tree import ID_COLUMN
from tests.classify.catalogues import ALONE, GALAXIES, read
from tests.classify.classify_inputs import (
    animation,
    encode,
    png_bomb,
    smooth_noise,
    turned_by_exif,
)
from tests.conftest import COLUMNS, make_jpeg, make_zip


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
        patch.setattr(seeing, "decode_and_check", decode)
        options = Options(workers=None if workers_ == 1 else 2)
        patch.setattr(working, "usable_cores", lambda: workers_)
        patch.setattr(working, "_PASSES", workers_)
        outcome = classify(tmp_path / "deadly.zip", model, tmp_path / "deadly.csv", options)
    assert outcome == Outcome(GALAXIES - 1, 1)
    assert (tmp_path / "deadly.csv").read_bytes() == (tmp_path / "bad.csv").read_bytes()
    assert KILLS in rejected_path(tmp_path / "deadly.csv").read_text()


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
