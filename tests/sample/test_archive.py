import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from galaxyzoo.images.decoding import decode, is_rendered
from galaxyzoo.processed import RENDERED_COMMENT
from galaxyzoo.sample.archive import draw_ids, render_one, write_sample
from galaxyzoo.tree import GZ2, ID_COLUMN
from tests.conftest import COLUMNS, ROOT

GALAXIES = 20  # more than one task of a worker
WRITE = """
import sys
from pathlib import Path
from galaxyzoo.sample import write_sample
from galaxyzoo.tree import GZ2
images, labels = map(Path, sys.argv[1:])
write_sample(images, labels, tree=GZ2, galaxies=70, seed=2007, workers=1)
"""  # all kinds of galaxy are among them


@dataclass(frozen=True)
class Files:
    images: Path
    labels: Path

    def contents(self) -> tuple[bytes, bytes]:
        return self.images.read_bytes(), self.labels.read_bytes()


def write(folder: Path, seed: int = 7, workers: int | None = 1) -> Files:
    files = Files(folder / "new" / "images.zip", folder / "new" / "labels.csv")
    write_sample(
        files.images, files.labels, tree=GZ2, galaxies=GALAXIES, seed=seed, workers=workers
    )
    return files


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return write(tmp_path_factory.mktemp("sample"))


def test_the_bytes_do_not_depend_on_the_number_of_workers(sample: Files, tmp_path: Path) -> None:
    assert write(tmp_path, workers=2).contents() == sample.contents()


def test_the_bytes_do_not_depend_on_the_processor(tmp_path: Path) -> None:
    found = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
    if not found:
        pytest.skip("NumPy knows no vector instructions of this processor above its baseline")
    # an older processor: NumPy's loops and the C library's functions go without what it lacks
    older = {
        "NPY_DISABLE_CPU_FEATURES": " ".join(found),
        "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX2,-FMA",
    }
    assert write_elsewhere(tmp_path / "this", {}) == write_elsewhere(tmp_path / "older", older)


def write_elsewhere(folder: Path, variables: dict[str, str]) -> tuple[bytes, bytes]:
    """The contents of a sample that another process wrote with these environment variables."""
    files = Files(folder / "images.zip", folder / "labels.csv")
    command = [sys.executable, "-c", WRITE, str(files.images), str(files.labels)]
    subprocess.run(command, cwd=ROOT, env=os.environ | variables, check=True)
    return files.contents()


def test_another_seed_gives_another_sample(sample: Files, tmp_path: Path) -> None:
    images, labels = write(tmp_path, seed=8).contents()
    assert images != sample.images.read_bytes()
    assert labels != sample.labels.read_bytes()


def test_the_files_are_laid_out_as_kaggles(sample: Files) -> None:
    table = pd.read_csv(sample.labels)
    assert list(table.columns) == [ID_COLUMN, *COLUMNS]
    ids = table[ID_COLUMN].tolist()
    assert ids == sorted(set(ids))
    assert all(100_000 <= galaxy_id <= 999_999 for galaxy_id in ids)
    with zipfile.ZipFile(sample.images) as archive:
        assert archive.namelist() == [f"images_training_rev1/{galaxy_id}.jpg" for galaxy_id in ids]
        assert all(m.compress_type == zipfile.ZIP_STORED for m in archive.infolist())
        assert all(m.date_time == (1980, 1, 1, 0, 0, 0) for m in archive.infolist())


def test_images_are_jpegs_that_say_where_they_come_from(sample: Files) -> None:
    with zipfile.ZipFile(sample.images) as archive:
        for name in archive.namelist():
            image = decode(archive.read(name))
            assert image.size == (424, 424)
            assert image.mode == "RGB"
            assert is_rendered(image)


def test_a_photograph_is_not_taken_for_a_rendered_image() -> None:
    file = BytesIO()
    Image.new("RGB", (8, 8)).save(file, "JPEG", comment=RENDERED_COMMENT[:-1])
    assert not is_rendered(decode(file.getvalue()))


def test_the_csv_holds_the_votes_in_full_precision(sample: Files) -> None:
    table = pd.read_csv(sample.labels)
    votes = table[list(COLUMNS)].to_numpy()
    assert GZ2.violations(votes).max() < 1e-12
    assert np.array_equal(votes[-1], render_one(GZ2, 7, GALAXIES - 1).votes)
    assert b"\r" not in sample.labels.read_bytes()


def test_a_galaxy_does_not_depend_on_how_many_there_are(sample: Files) -> None:
    with zipfile.ZipFile(sample.images) as archive:
        assert archive.read(archive.namelist()[3]) == render_one(GZ2, 7, 3).jpeg


def test_ids_are_distinct_and_ascending() -> None:
    ids = draw_ids(900_000, 1)
    assert ids == list(range(100_000, 1_000_000))
    assert draw_ids(50, 1) != draw_ids(50, 2)


@pytest.mark.parametrize("galaxies", [0, -1, 900_001])
def test_an_impossible_number_of_galaxies_is_refused(galaxies: int, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"galaxies: must be from 1 to 900000, got {galaxies}"):
        write_sample(tmp_path / "i.zip", tmp_path / "l.csv", tree=GZ2, galaxies=galaxies, seed=1)
    assert list(tmp_path.iterdir()) == []
