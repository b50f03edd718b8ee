"""Images in every form that a caller has them in: one table of fractions, or who is to blame."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from galaxyzoo.classify.run import Options, classify
from galaxyzoo.images.sources import ImagesError
from galaxyzoo.predict.load_options import LoadOptions
from galaxyzoo.predict.predictor import Outlook, Predictor, load_model
from galaxyzoo.tree import ID_COLUMN
from tests.classify.classify_inputs import encode, smooth_noise, turned_by_exif
from tests.conftest import make_jpeg, make_zip
from tests.predict.keep_model_file import KEPT

COLOURS = smooth_noise(5, 100)
GREY = COLOURS.convert("L")
CLEAR = Image.merge("RGBA", [*COLOURS.split(), GREY])
DEEP = Image.fromarray(np.asarray(GREY).astype(np.uint16) << 8)


@pytest.fixture(scope="module")
def model() -> Predictor:
    """A small one, of two images at a time."""
    return load_model(KEPT, LoadOptions(batch_size=2))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of images whose names sort otherwise than their numbers do, and a file that is none."""
    folder = tmp_path_factory.mktemp("galaxies")
    (folder / "deep").mkdir()
    for number, name in enumerate(("100.jpg", "99.jpg", "deep/m31.jpg", "007.jpg")):
        (folder / name).write_bytes(make_jpeg(number, 80, 80))
    (folder / "notes.txt").write_text("seen last night")
    return folder


def test_files_are_called_and_ordered_as_in_a_catalogue(
    model: Predictor, folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    members = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.*")}
    zipped = make_zip(tmp_path / "z.zip", members)
    classify(folder, KEPT, tmp_path / "c.csv", Options(workers=1))
    catalogue = pd.read_csv(tmp_path / "c.csv", dtype={ID_COLUMN: str}).set_index(ID_COLUMN)
    assert catalogue.index.tolist() == ["007", "99", "100", "deep/m31.jpg"]
    for images in (folder, str(folder), zipped):
        caplog.clear()
        table = model.predict(images)
        assert table.index.equals(catalogue.index)
        assert list(table.columns) == list(catalogue.columns)
        assert set(table.dtypes) == {np.dtype(np.float32)}
        assert np.allclose(table, catalogue, atol=1e-6)
        assert caplog.messages == ["left out: 1 file of other kinds (1 .txt)"]


def test_a_list_keeps_its_order_and_names_what_has_a_name(model: Predictor, folder: Path) -> None:
    whole = model.predict(folder)
    paths: list[Path | str] = [folder / "deep/m31.jpg", str(folder / "99.jpg")]
    named = model.predict(paths)
    assert named.index.tolist() == [str(folder / "deep/m31.jpg"), "99"]
    assert np.allclose(named, whole.iloc[[3, 1]], atol=1e-6)
    with Image.open(folder / "007.jpg") as opened:
        mixed = model.predict([*paths, opened, np.asarray(COLOURS)])
    assert mixed.index.tolist() == [*named.index, 2, 3]
    assert np.allclose(mixed.iloc[2], whole.loc["007"], atol=1e-6)
    one = model.predict(folder / "007.jpg")
    assert one.index.tolist() == ["007"]
    assert np.allclose(one, whole.loc[["007"]], atol=1e-6)


def test_two_paths_of_one_id_keep_their_names(
    model: Predictor, folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    other = tmp_path / "99.jpg"
    other.write_bytes(make_jpeg(8, 80, 80))
    paths = [folder / "99.jpg", other, folder / "99.jpg", folder / "100.jpg"]
    expected = [str(paths[0]), str(other), str(paths[0]), "100"]
    assert model.predict(paths).index.tolist() == expected
    assert "1 GalaxyID has several images" in caplog.text
    assert model.predict([paths[0], paths[0]]).index.tolist() == ["99", "99"]


def test_pictures_and_arrays_are_called_by_their_place(model: Predictor) -> None:
    array = np.asarray(COLOURS)
    alone = model.predict(COLOURS)
    assert alone.index.tolist() == [0]
    assert alone.index.name == ID_COLUMN
    objects = np.array([None, *[COLOURS] * 3], object)[1:]
    for images in (np.stack([array] * 3), [array] * 3, (COLOURS for _ in range(3)), objects):
        table = model.predict(images)
        assert table.index.tolist() == [0, 1, 2]
        assert table.index.dtype == np.int64
        assert np.allclose(table, pd.concat([alone] * 3), atol=1e-6)
    assert model.predict([]).shape == model.predict(np.empty((0, 80, 80, 3), np.uint8)).shape


@pytest.mark.parametrize(
    ("content", "array"),
    [
        (encode(COLOURS, "PNG"), np.asarray(COLOURS)),
        (encode(CLEAR, "PNG"), np.asarray(CLEAR)),
        (encode(GREY, "PNG"), np.asarray(GREY)),
        (encode(DEEP, "PNG"), None),
        (encode(COLOURS.quantize(), "GIF"), None),
        (encode(COLOURS.convert("CMYK"), "JPEG"), None),
        (turned_by_exif(COLOURS.crop((0, 0, 100, 80))), None),
    ],
    ids=["colours", "alpha", "grey", "16 bits", "palette", "CMYK", "EXIF"],
)
def test_an_opened_picture_gives_what_its_file_gives(
    model: Predictor, tmp_path: Path, content: bytes, array: np.ndarray | None
) -> None:
    path = tmp_path / "1.any"
    path.write_bytes(content)
    expected = model.predict(path).to_numpy()
    with Image.open(path) as image:
        before = dict(image.info)
        assert np.array_equal(model.predict(image), expected)
        assert image.info == before
        assert np.array_equal(model.predict(image), expected)
    if array is not None:
        assert np.array_equal(model.predict(array), expected)


def test_a_picture_that_may_be_wrong_is_told_and_predicted(
    model: Predictor, caplog: pytest.LogCaptureFixture
) -> None:
    dark = Image.new("RGB", (80, 80))
    assert len(model.predict([COLOURS, dark])) == 2
    assert caplog.messages == ["1 image may be wrong: item 1 is blank, or nearly so"]
    caplog.clear()
    model.predict([dark] * 5)
    assert caplog.messages[0].startswith("5 images may be wrong: item 0 is blank")
    assert caplog.messages[0].endswith("item 2 is blank, or nearly so; ...")


def refusal(model: Predictor, images: Any) -> str:
    with pytest.raises(ImagesError) as error:
        model.predict(images)
    return str(error.value)


def test_each_bad_item_of_a_list_is_named(model: Predictor, folder: Path) -> None:
    small, note = Image.new("RGB", (20, 30)), folder / "notes.txt"
    assert refusal(model, [COLOURS] * 3 + [small]) == (
        "item 3: is 20x30 pixels; at least 64x64 are needed"
    )
    assert refusal(model, [note, COLOURS, "gone.jpg", folder, 5, b"..", np.zeros((9, 9, 3))]) == (
        "6 images can't be used:\n"
        f"  item 0 ({note}): is none of JPEG, PNG, TIFF, WebP, BMP or GIF\n"
        "  item 2 (gone.jpg): is not there\n"
        f"  item 3 ({folder}): is no image; a folder or a zip is given alone, and not in a list\n"
        "  item 4: must be a path, a PIL image or an array, got 'int'\n"
        "  item 5: must be a path, a PIL image or an array, got 'bytes'\n"
        "  item 6: must be a uint8 array [H, W, 3], got float64 [9, 9, 3]; scale it to 0 to 255"
    )


def test_each_bad_file_of_a_folder_is_named(model: Predictor, tmp_path: Path) -> None:
    members = {"1.jpg": make_jpeg(1)[:-900], "2.jpg": make_jpeg(2, 80, 80), "3.jpg": b""}
    for name, content in members.items():
        (tmp_path / name).write_bytes(content)
    said = refusal(model, tmp_path)
    assert said.startswith(f"2 images can't be used:\n  {tmp_path}: 1.jpg: is a damaged JPEG")
    assert said.endswith(f"  {tmp_path}: 3.jpg: is empty: 0 bytes")
    assert refusal(model, tmp_path / "3.jpg") == f"{tmp_path / '3.jpg'}: is empty: 0 bytes"


def closed() -> Image.Image:
    image = Image.open(Path(__file__).parents[2] / "plots/figures/exemplars_original.png")
    image.close()
    return image


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (lambda: "nowhere", "nowhere: no such folder, zip, image or list of images"),
        (lambda: None, "images: must be a path, a PIL image, a uint8 array .* got 'NoneType'"),
        (lambda: {"a": COLOURS}, "got 'dict'"),
        (lambda: pd.DataFrame({"a": [1]}), "got 'DataFrame'"),
        (lambda: b"bytes", "got 'bytes'"),
        (lambda: np.zeros((2, 80, 80, 3), np.float32), r"array \[N, H, W, 3\], got float32"),
        (lambda: np.zeros((2, 80, 80, 5), np.uint8), r"\[N, H, W, 3\], got uint8 \[2, 80, 80, 5\]"),
        (lambda: np.zeros((3, 80, 80), np.uint8), r"the array: must be .* got uint8 \[3, 80, 80\]"),
        (lambda: np.zeros((80, 80), np.uint16), "the array: .* got uint16 .* scale it to 0 to 255"),
        (lambda: np.zeros((0, 80, 3), np.uint8), "the array: is 80x0 pixels"),
        (lambda: GREY.convert("F"), "the image: has pixels of 32 bits"),
        (closed, "the image: does not decode as a PNG"),
        (lambda: Image.new("RGB", (5000, 5000)), "the image: is 5000x5000 pixels; at most"),
    ],
)
def test_what_is_no_image_is_refused(
    model: Predictor, images: Callable[[], Any], message: str
) -> None:
    with pytest.raises(ImagesError, match=message):
        model.predict(images())


def test_images_are_opened_when_their_turn_comes(
    model: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that memory does not grow with their number: of a generator, two are held at a time."""
    taken: list[int] = []
    held: list[tuple[int, int]] = []

    def give() -> Iterator[Image.Image]:
        for number in range(6):
            taken.append(number)
            yield COLOURS

    network = Predictor.see_cropped

    def see_cropped(self: Predictor, images: np.ndarray) -> Outlook:
        held.append((len(images), len(taken)))
        return network(self, images)

    monkeypatch.setattr(Predictor, "see_cropped", see_cropped)
    assert len(model.predict(give())) == 6
    assert held == [(2, 2), (2, 4), (2, 6)]


def test_a_name_of_any_bytes_is_printable(model: Predictor, tmp_path: Path) -> None:
    path = tmp_path / b"caf\xe9\n.jpg".decode("utf-8", "surrogateescape")
    path.write_bytes(make_jpeg(1, 80, 80))
    assert model.predict(tmp_path).index.tolist() == [r"caf\udce9\n.jpg"]
