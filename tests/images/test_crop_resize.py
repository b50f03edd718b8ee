from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from galaxyzoo.images.by_id import open_images
from galaxyzoo.images.processing import process_images
from galaxyzoo.images.sources import ImagesError
from galaxyzoo.paths import ProcessedPaths
from galaxyzoo.processed import RENDERED_COMMENT, Preparation
from tests.conftest import make_jpeg, make_zip


def process(source: Path, folder: Path, save_jpegs: bool = False) -> ProcessedPaths:
    outputs = ProcessedPaths(folder)
    process_images(open_images(source), 212, 64, save_jpegs, outputs)
    return outputs


def test_equals_pillow_to_the_bit_on_real_images(real_data: Path, tmp_path: Path) -> None:
    """Pillow's own calls, in a row, on files that `process` decodes in several processes."""
    source = open_images(real_data / "images_test_rev1.zip")
    outputs = process(source.path, tmp_path / "processed")
    images, centers = np.load(outputs.images), np.load(outputs.centers)
    ids = np.load(outputs.galaxy_ids)
    assert (images.shape, images.dtype) == ((200, 64, 64, 3), np.uint8)
    assert ids.dtype.kind == "U"
    assert ids.tolist() == sorted(source.names)
    for row, galaxy_id in enumerate(ids):
        original = Image.open(BytesIO(source.read(galaxy_id)))
        cropped = original.crop((106, 106, 318, 318))
        assert np.array_equal(images[row], np.asarray(cropped.resize((64, 64))))
        assert np.array_equal(centers[row], np.asarray(original)[207:217, 207:217])


def test_a_folder_gives_the_bytes_that_a_zip_gives(tmp_path: Path) -> None:
    jpegs = {f"{galaxy_id}.jpg": make_jpeg(galaxy_id) for galaxy_id in range(100, 230)}
    folder = tmp_path / "folder"
    folder.mkdir()
    for name, content in jpegs.items():
        (folder / name).write_bytes(content)
    zipped = process(make_zip(tmp_path / "a.zip", jpegs), tmp_path / "zipped")
    unzipped = process(folder, tmp_path / "unzipped")
    for name in ("images.npy", "central_pixels.npy", "galaxy_ids.npy", "preparation.json"):
        assert (zipped.folder / name).read_bytes() == (unzipped.folder / name).read_bytes()


def test_jpegs_are_written_only_if_wanted(tmp_path: Path) -> None:
    source = make_zip(tmp_path / "a.zip", {"5.jpg": make_jpeg(5), "70.jpg": make_jpeg(70)})
    outputs = process(source, tmp_path / "processed", save_jpegs=True)
    assert sorted(path.name for path in outputs.jpegs.iterdir()) == ["5.jpg", "70.jpg"]
    saved = np.asarray(Image.open(outputs.jpegs / "70.jpg")).astype(int)
    assert np.abs(saved - np.load(outputs.images)[1]).mean() < 3
    process(source, tmp_path / "processed", save_jpegs=False)
    assert list(outputs.jpegs.iterdir()) == []


def test_lists_every_bad_image_and_leaves_nothing(tmp_path: Path) -> None:
    members = {f"in/{galaxy_id}.jpg": make_jpeg(galaxy_id) for galaxy_id in range(1, 140)}
    members["in/3.jpg"] = b"no JPEG"
    members["in/77.jpg"] = make_jpeg(77)[:3000]
    members["in/139.jpg"] = make_jpeg(139, width=50)
    source = make_zip(tmp_path / "bad.zip", members)
    with pytest.raises(ImagesError) as error:
        process(source, tmp_path / "processed")
    head, *bad, advice = str(error.value).splitlines()
    assert advice.endswith("set crop_resize.on_bad_image: reject in params.yaml")
    assert head == f"{source}: 3 of 139 images are bad:"
    assert bad[0].startswith("  in/3.jpg is none of JPEG, PNG, ")
    assert bad[1].startswith("  in/77.jpg is a damaged JPEG: ")
    assert bad[2] == "  in/139.jpg is 50x424 pixels; at least 64x64 are needed"
    assert list((tmp_path / "processed").iterdir()) == []


def test_a_file_that_cannot_be_read_is_listed_too(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "1.jpg").write_bytes(make_jpeg(1))
    (folder / "2.jpg").symlink_to("nowhere")
    with pytest.raises(ImagesError, match=r"1 of 2 images are bad:\n  2\.jpg is a link to"):
        process(folder, tmp_path / "processed")


def test_remembers_how_the_images_were_made(tmp_path: Path) -> None:
    file = BytesIO()
    Image.new("RGB", (424, 424)).save(file, "JPEG", comment=RENDERED_COMMENT)
    for name, jpeg, rendered in (("sky", make_jpeg(1), False), ("sample", file.getvalue(), True)):
        outputs = process(make_zip(tmp_path / f"{name}.zip", {"1.jpg": jpeg}), tmp_path / name)
        assert Preparation.read(outputs.preparation) == Preparation(212, 64, 424, rendered)


def test_is_quiet_where_nobody_watches(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    process(make_zip(tmp_path / "a.zip", {"1.jpg": make_jpeg(1)}), tmp_path / "processed")
    assert capfd.readouterr() == ("", "")
