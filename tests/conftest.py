"""Parts that many tests use: the real data, where it is, and small images and labels."""

import os
import re
import zipfile
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from torch import nn
from xdist.scheduler import LoadScopeScheduling

from galaxyzoo.base.ids import Ids, id_array
from galaxyzoo.labels.votes import Votes
from galaxyzoo.networks import find
from galaxyzoo.processes.cores import usable_cores
from galaxyzoo.tree import GZ2, ID_COLUMN, Tree

ROOT = Path(__file__).parent.parent

COLUMNS, QUESTIONS, ANSWERS = GZ2.columns, GZ2.questions, GZ2.texts


TOGETHER = (
    r"tests/pipeline/test_(pipeline|stale)\.py::Test",
    r"tests/pipeline/test_(comparing|ends|pages)\.py",
    r"tests/remote/",
    r"tests/serve/",
    r"tests/training/test_checkpoints\.py",
    r"tests/classify/test_cluster\.py",
)
"""Tests that share what takes long to make: one process runs all of each. (pytest-xdist's own marks
for that don't work with pytest 9.2.)"""


class Together(LoadScopeScheduling):  # type: ignore[misc]  # of no known type
    def _split_scope(self, nodeid: str) -> str:
        return next((own for own in TOGETHER if re.match(own, nodeid)), nodeid)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes one process longest begins first, so that no other waits for it at the end."""
    items.sort(key=lambda item: re.match(TOGETHER[0], item.nodeid) is None)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: some tests wait for what others do."""
    return usable_cores() + 1


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    return Together(config, log)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder with some of the competition's real files; tests without it are skipped."""
    return _given("GALAXYZOO_DATA", "galaxy-zoo", "images_training_rev1.zip")


@pytest.fixture(scope="session")
def open_data() -> Path:
    """A folder with some of the open data: images_gz2.zip, its mapping, and gz2_hart16.csv."""
    return _given("GALAXYZOO_OPEN_DATA", "gz2", "gz2_hart16.csv")


def _given(variable: str, name: str, file: str) -> Path:
    """The folder that a variable of the environment names, or one beside this project."""
    named = os.environ.get(variable)
    folder = Path(named) if named else ROOT.parent / "shared" / name
    if not (folder / file).is_file():
        pytest.skip(f"no {file} in {folder}; {variable} can name a folder that has it")
    return folder


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """Several test processes share the cores; more threads in each would only slow them all."""
    torch.set_num_threads(1)


def make_jpeg(seed: int, width: int = 424, height: int = 424, mode: str = "RGB") -> bytes:
    """A JPEG of smooth noise."""
    noise = np.random.default_rng(seed).integers(0, 256, (20, 20, 3), dtype=np.uint8)
    file = BytesIO()
    Image.fromarray(noise).resize((width, height)).convert(mode).save(file, "JPEG", quality=90)
    return file.getvalue()


def make_ids(numbers: Iterable[int]) -> Ids:
    """GalaxyIDs, as arrays hold them."""
    return id_array(str(number) for number in numbers)


def make_labels(galaxy_ids: Iterable[int | str], seed: int = 0, tree: Tree = GZ2) -> pd.DataFrame:
    """Labels that obey the tree, as Kaggle's file holds them."""
    ids = [str(galaxy_id) for galaxy_id in galaxy_ids]
    draws = np.random.default_rng(seed)
    votes = np.zeros((len(ids), len(tree.columns)))
    for question in tree.questions:
        shares = draws.dirichlet(np.ones(len(question.answers)), len(ids))
        votes[:, tree.span(question)] = shares * tree.reach(question, votes)[:, None]
    table = pd.DataFrame(votes, columns=list(tree.columns))
    table.insert(0, ID_COLUMN, ids)
    return table


def write_votes(path: Path, labels: pd.DataFrame) -> None:
    """What the stage split makes of labels, as `make_labels` gives them."""
    Votes(labels.set_index(ID_COLUMN).astype(float)).write(path)


def shift(table: pd.DataFrame, row: int, column: str, by: float) -> None:
    """Add to one value of a table, whose row is counted from 0 on."""
    values = table[column].to_numpy(np.float64, copy=True)
    values[row] += by
    table[column] = values


def build(name: str, size: int = 64, seed: int = 1, tree: Tree = GZ2) -> nn.Module:
    """A network with its first weights."""
    return find(name).build(size, len(tree.columns), seed)


def make_zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def image_zip(tmp_path: Path) -> Callable[[dict[str, bytes]], Path]:
    return lambda members: make_zip(tmp_path / "images.zip", members)
