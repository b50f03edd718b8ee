import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from galaxyzoo.base.files import file_digest, read_json
from galaxyzoo.base.paths import ProcessedPaths
from galaxyzoo.findings import read_findings
from galaxyzoo.images.by_id import open_images
from galaxyzoo.images.params import OnBadImage
from galaxyzoo.images.processing import process_images
from galaxyzoo.images.sources import ImagesError
from galaxyzoo.processed import RENDERED_COMMENT, Preparation
from tests.classify.classify_inputs import encode, smooth_noise
from tests.conftest import make_jpeg, make_zip


def process(
    source: Path, folder: Path, save_jpegs: bool = False, on_bad: OnBadImage = "error"
) -> ProcessedPaths:
    outputs = ProcessedPaths(folder)
    process_images(open_images(source), 212, 64, save_jpegs, outputs, on_bad)
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
    with zipfile.ZipFile(outputs.jpegs) as saved:
        assert saved.namelist() == ["5.jpg", "70.jpg"]
        image = np.asarray(Image.open(saved.open("70.jpg"))).astype(int)
    assert np.abs(image - np.load(outputs.images)[1]).mean() < 3
    first = outputs.jpegs.read_bytes()
    process(source, tmp_path / "again", save_jpegs=True)
    assert (tmp_path / "again" / "images.zip").read_bytes() == first
    process(source, tmp_path / "processed", save_jpegs=False)
    assert zipfile.ZipFile(outputs.jpegs).namelist() == []


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


def test_rejects_bad_and_suspicious_images_if_it_is_told_to(tmp_path: Path) -> None:
    members = {f"{galaxy_id}.jpg": make_jpeg(galaxy_id) for galaxy_id in range(1, 140)}
    whole = process(make_zip(tmp_path / "good.zip", members), tmp_path / "whole")
    assert whole.rejected.read_text() == "file,reason\n"
    members |= {"3.jpg": b"", "77.jpg": make_jpeg(77)[:-900] + b"\xff\xd9", "a/5.jpg": make_jpeg(5)}
    members["9.jpg"] = encode(Image.new("RGB", (424, 424)), "JPEG")
    bad = make_zip(tmp_path / "bad.zip", members)
    outputs = process(bad, tmp_path / "processed", save_jpegs=True, on_bad="reject")
    assert read_json(outputs.digests) == {
        path.name: file_digest(path) for path in (outputs.images, outputs.galaxy_ids)
    }
    ids = np.load(outputs.galaxy_ids).tolist()
    assert ids == [str(one) for one in range(1, 140) if one not in {3, 5, 9, 77}]
    rows = [int(one) - 1 for one in ids]
    assert np.array_equal(np.load(outputs.images), np.load(whole.images)[rows])
    assert np.array_equal(np.load(outputs.centers), np.load(whole.centers)[rows])
    assert zipfile.ZipFile(outputs.jpegs).namelist() == [f"{one}.jpg" for one in ids]
    listed = [line.partition(",") for line in outputs.rejected.read_text().splitlines()[1:]]
    assert [name for name, _, _ in listed] == ["5.jpg", "a/5.jpg", "3.jpg", "9.jpg", "77.jpg"]
    assert {one.name: one.count for one in read_findings(outputs.findings)} == {
        "rejected-images": 5
    }


def test_a_suspicious_image_is_kept_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    blank = encode(Image.new("RGB", (424, 424)), "JPEG")
    members = {"1.jpg": make_jpeg(1), "2.jpg": blank, "m31.jpg": make_jpeg(1), "a.txt": b""}
    outputs = process(make_zip(tmp_path / "a.zip", members), tmp_path / "processed")
    assert np.load(outputs.galaxy_ids).tolist() == ["1", "2"]
    found = {one.name: one.examples for one in read_findings(outputs.findings)}
    assert found == {
        "suspicious-images": ("2.jpg is blank, or nearly so",),
        "unnamed-images": ("m31.jpg",),
        "other-files": ("1 .txt",),
    }
    assert "2.jpg is blank" in caplog.text


def test_the_same_part_is_kept_of_each_size(tmp_path: Path) -> None:
    galaxy = smooth_noise(1, 424)
    sizes = {"1.png": (240, 240), "2.png": (424, 424), "3.png": (300, 300), "4.png": (424, 424)}
    members = {name: encode(galaxy.resize(size), "PNG") for name, size in sizes.items()}
    outputs = process(make_zip(tmp_path / "a.zip", members), tmp_path / "processed")
    images = np.load(outputs.images).astype(int)
    assert [np.abs(image - images[1]).mean() < 2 for image in images] == [True] * 4
    assert Preparation.read(outputs.preparation).width == 424
    (found,) = read_findings(outputs.findings)
    assert (found.name, found.examples[0]) == ("mixed-sizes", "2 of 424x424")


def test_the_width_is_that_of_most_also_where_the_first_differ(tmp_path: Path) -> None:
    small, large = make_jpeg(1, 240, 240), make_jpeg(2)
    members = {f"{one}.jpg": small if one < 70 else large for one in range(150)}
    outputs = process(make_zip(tmp_path / "a.zip", members), tmp_path / "processed")
    assert Preparation.read(outputs.preparation).width == 424
    expected = Image.open(BytesIO(small)).crop((60, 60, 180, 180)).resize((64, 64))
    assert np.array_equal(np.load(outputs.images)[0], np.asarray(expected))


def test_a_landscape_is_cropped_by_its_height(tmp_path: Path) -> None:
    members = {"1.jpg": make_jpeg(1, 600, 424), "2.jpg": make_jpeg(2)}
    outputs = process(make_zip(tmp_path / "a.zip", members), tmp_path / "processed")
    wide = Image.open(BytesIO(members["1.jpg"])).crop((194, 106, 406, 318)).resize((64, 64))
    assert np.array_equal(np.load(outputs.images)[0], np.asarray(wide))


def test_many_bad_images_are_listed_in_a_file(tmp_path: Path) -> None:
    source = make_zip(tmp_path / "a.zip", {f"{one}.jpg": b"" for one in range(30)})
    outputs = ProcessedPaths(tmp_path / "processed")
    with pytest.raises(ImagesError) as error:
        process(source, outputs.folder)
    assert "  and 20 more\n" in str(error.value)
    assert str(outputs.bad_images) in str(error.value)
    assert len(outputs.bad_images.read_text().splitlines()) == 31
    with pytest.raises(ImagesError, match="none of its 30 images can be used"):
        process(source, outputs.folder, on_bad="reject")


def test_refuses_a_crop_larger_than_the_images(tmp_path: Path) -> None:
    source = make_zip(tmp_path / "a.zip", {"1.jpg": make_jpeg(1, 100, 100)})
    with pytest.raises(ImagesError, match=r"100 pixels wide; the crop needs at least 212 \(params"):
        process(source, tmp_path / "processed")


def test_small_images_are_processed_where_most_are_small(tmp_path: Path) -> None:
    """The limit of 64 pixels is for strays among larger ones."""
    small = {f"{i}.jpg": make_jpeg(i, 36, 36) for i in range(1, 5)}
    path = make_zip(tmp_path / "small.zip", small)
    outputs = ProcessedPaths(tmp_path / "processed")
    process_images(open_images(path), 32, 64, save_jpegs=False, outputs=outputs)
    assert np.load(outputs.images).shape == (4, 64, 64, 3)
