"""A catalogue of a million galaxies with a user's table: time, memory and size in each format.

usage: python -m benchmarks.catalogue [GALAXIES [ENDING ...]]

Fractions are drawn at random, so that no network has to run; what is measured is what `galaxyzoo
classify` does when all images are classified. The table, a FITS file as users have them, has an id
of 18 digits, a position, a name, ten magnitudes and a flux of five values. Needs the extra
`astronomy`, and some 3 GB on the disk beside the temporary folder.
"""

import os
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from astropy.table import Table

from benchmarks.scale import draw_votes
from galaxyzoo.classify.catalogue import Layout
from galaxyzoo.classify.targets import beside, read_targets
from galaxyzoo.classify.whole import Catalogue
from galaxyzoo.classify.writing import WRITERS, fitted
from galaxyzoo.tree import GZ2

FIRST_ID = 587_736_915_678_593_357
LAYOUT = Layout(GZ2, described=True, columns="gz2")
_BATCH = 10_000


def write_table(path: Path, galaxies: int) -> None:
    draws = np.random.default_rng(0)
    table = Table({"objid": FIRST_ID + np.arange(galaxies)})
    table["ra"], table["dec"] = draws.uniform(0, 360, galaxies), draws.uniform(-90, 90, galaxies)
    table["name"] = [f"J{number:09d}.35+101629.1" for number in range(galaxies)]
    for band in range(10):
        table[f"mag_{band}"] = draws.normal(17, 1, galaxies).astype(np.float32)
    table["flux"] = draws.normal(1, 0.1, (galaxies, 5)).astype(np.float32)
    table["ra"].unit = table["dec"].unit = "deg"
    table.write(path)


def rows(galaxies: int) -> Iterator[str]:
    """What stands in the partial file, of galaxies that differ in their ids alone after 10,000."""
    votes = draw_votes(_BATCH, 1).astype(np.float32)
    texts = LAYOUT.rows([""] * _BATCH, votes, [""] * _BATCH).splitlines(keepends=True)
    for start in range(0, galaxies, _BATCH):
        size = min(_BATCH, galaxies - start)
        yield "".join(f"{FIRST_ID + start + n}{texts[n]}" for n in range(size))


def write(ending: str, table: Path | None, galaxies: int) -> str:
    """Write a catalogue, and say what that took, with all of the process."""
    output, began = Path(f"c{ending}"), time.perf_counter()
    names = [heading.name for heading in LAYOUT.headings()]
    targets = fitted(beside(read_targets(table, "objid"), names), output) if table else None
    read = time.perf_counter() - began
    catalogue = Catalogue(LAYOUT.headings(), [], targets, False, lambda: rows(galaxies), galaxies)
    WRITERS[ending](output, catalogue)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    took, size = time.perf_counter() - began, output.stat().st_size / 1e9
    output.unlink()
    reading = f", {read:.0f} s of them to read the table" if table else ""
    return f"{took:.0f} s{reading}; {memory:.2f} GB of memory; a file of {size:.2f} GB"


def main(galaxies: int = 1_000_000, endings: Sequence[str] = tuple(WRITERS)) -> None:
    with TemporaryDirectory() as folder:
        os.chdir(folder)
        table = Path("table.fits")
        write_table(table, galaxies)
        for ending in endings:
            for own in (None, table):
                with get_context("spawn").Pool(1) as process:  # each with a memory of its own
                    told = process.apply(write, (ending, own, galaxies))
                print(f"{ending:8} {'with' if own else 'without'} the table: {told}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 1_000_000, sys.argv[2:] or tuple(WRITERS))
