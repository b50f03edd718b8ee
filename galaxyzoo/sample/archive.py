"""The sample's two files: a zip of JPEGs and a table of vote fractions."""

import zipfile
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from itertools import chain, islice
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image
from tqdm import tqdm

from galaxyzoo.base.files import atomic, write_csv
from galaxyzoo.processed import RENDERED_COMMENT
from galaxyzoo.processes.cores import usable_cores
from galaxyzoo.processes.workers import in_processes
from galaxyzoo.sample.population import draw_galaxy
from galaxyzoo.sample.render import render
from galaxyzoo.sample.volunteers import vote
from galaxyzoo.tree import ID_COLUMN, Tree

_FOLDER = "images_training_rev1"
_FIRST_ID, _LAST_ID = 100_000, 999_999
_JPEG_QUALITY = 75  # the quantisation tables of Kaggle's images
_CHUNK = 16  # galaxies per task of a worker


@dataclass(frozen=True)
class Rendered:
    """One galaxy of the sample: its JPEG, and its vote fractions (float64, 0 to 1)."""

    jpeg: bytes
    votes: NDArray[np.float64]


def write_sample(  # noqa: PLR0913  what is rendered, where to, and by how many
    images: Path, labels: Path, *, tree: Tree, galaxies: int, seed: int, workers: int | None = None
) -> None:
    """Render `galaxies` galaxies into the zip `images`, and their votes into the CSV `labels`.

    The zip holds ``images_training_rev1/<GalaxyID>.jpg``, 424x424 RGB, each with the comment by
    which `galaxyzoo.images.decoding.is_rendered` knows it; the CSV holds GalaxyID and the fractions
    of the answers to `tree`, which obey it. Both are in ascending order of GalaxyID. The same
    `seed` gives the same bytes, whatever the number of `workers` (processes; None: one per core).
    Raises ValueError unless `galaxies` is from 1 to 900,000.
    """
    ids = draw_ids(galaxies, seed)
    votes = np.zeros((galaxies, len(tree.columns)))
    with atomic(images) as temporary:
        with (
            zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as archive,
            closing(_render_all(tree, galaxies, seed, workers)) as rendered,
        ):
            for i, galaxy in enumerate(rendered):
                archive.writestr(_member(ids[i]), galaxy.jpeg)
                votes[i] = galaxy.votes
        table = pd.DataFrame(votes, columns=list(tree.columns))
        table.insert(0, ID_COLUMN, ids)
        write_csv(labels, table)


def draw_ids(galaxies: int, seed: int) -> list[int]:
    """Distinct six-digit GalaxyIDs in ascending order, as sparse as Kaggle's."""
    available = _LAST_ID - _FIRST_ID + 1
    if not 1 <= galaxies <= available:
        raise ValueError(f"galaxies: must be from 1 to {available}, got {galaxies}")
    drawn = np.random.default_rng(seed).choice(available, galaxies, replace=False)
    ids: list[int] = np.sort(drawn + _FIRST_ID).tolist()
    return ids


def render_one(tree: Tree, seed: int, index: int) -> Rendered:
    """The galaxy number `index` of the sample with this `seed`, independent of all others."""
    population, texture, volunteers = generators(seed, index)
    galaxy = draw_galaxy(population)
    return Rendered(_encode(render(galaxy, texture)), vote(galaxy, tree, volunteers))


def generators(seed: int, index: int) -> list[np.random.Generator]:
    """Three independent generators for a galaxy: its parameters, its texture, its votes."""
    own = np.random.SeedSequence(seed, spawn_key=(index,))
    return [np.random.default_rng(child) for child in own.spawn(3)]


def _render_all(tree: Tree, galaxies: int, seed: int, workers: int | None) -> Generator[Rendered]:
    """The galaxies in order, rendered by several processes."""
    chunks = [range(galaxies)[start : start + _CHUNK] for start in range(0, galaxies, _CHUNK)]
    processes = min(workers or usable_cores(), len(chunks))
    render_chunk = partial(_render_chunk, tree, seed)
    with closing(in_processes(render_chunk, chunks, processes)) as results:
        first = list(islice(results, 1))  # forks before the bar starts its thread
        with tqdm(total=galaxies, desc="make sample", unit=" galaxies", disable=None) as bar:
            for rendered in chain(first, results):
                yield from rendered
                bar.update(len(rendered))


def _render_chunk(tree: Tree, seed: int, indices: range) -> list[Rendered]:
    return [render_one(tree, seed, index) for index in indices]


def _encode(picture: NDArray[np.uint8]) -> bytes:
    file = BytesIO()
    image = Image.fromarray(picture)
    image.save(file, "JPEG", quality=_JPEG_QUALITY, comment=RENDERED_COMMENT)
    return file.getvalue()


def _member(galaxy_id: int) -> zipfile.ZipInfo:
    """A member without anything that differs from run to run or from system to system."""
    member = zipfile.ZipInfo(f"{_FOLDER}/{galaxy_id}.jpg", date_time=(1980, 1, 1, 0, 0, 0))
    member.create_system = 3
    member.external_attr = 0o644 << 16
    return member
