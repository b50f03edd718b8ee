"""Many images to one catalogue: in constant memory, and resuming after an interruption."""

import hashlib
import json
import logging
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import version
from itertools import chain, islice
from pathlib import Path

import torch
from tqdm import tqdm

from galaxyzoo.classify.catalogue import Layout
from galaxyzoo.classify.parquet import write_parquet
from galaxyzoo.classify.partial import Partial, write_rejected
from galaxyzoo.classify.workers import Entry, Job, classify_batches
from galaxyzoo.cores import usable_cores
from galaxyzoo.errors import UserError
from galaxyzoo.files import atomic, digest, remove
from galaxyzoo.images.sources import image_names, open_files
from galaxyzoo.predict.predictor import AS_THE_FILE_SAYS, LoadOptions, Predictor, load_model

logger = logging.getLogger(__name__)

_PASSES = 4
"""Forward passes for the images that a worker takes at a time: to project and to write so many
together, and to change less often between decoding and network, saves a twentieth of the time."""


class ClassifyError(UserError):
    """The images can't be classified as it was asked for."""


@dataclass(frozen=True)
class Options:
    """How to classify."""

    load: LoadOptions = AS_THE_FILE_SAYS
    described: bool = False
    """With what astronomers read: answers, their fractions, and a description"""
    workers: int | None = None
    """Processes; None: as many as there are cores that this process may use"""


@dataclass(frozen=True)
class Outcome:
    galaxies: int
    rejected: int


def classify(images: Path, model: Path, output: Path, options: Options) -> Outcome:
    """Classify `images` (see sources.open_files) with a model file, into the catalogue `output`.

    Writes a .csv or .parquet. Files that aren't galaxies are listed in `rejected_path(output)`; if
    all are such, there is no catalogue. What is done stands in ``<output>.partial`` until all is,
    and the same call resumes from there. Raises UserError for what can't be used.
    """
    if output.suffix not in (".csv", ".parquet") or output.is_dir():
        raise ClassifyError(f"{output}: the output must be a file that ends in .csv or .parquet")
    torch.set_num_threads(1)  # as in each worker
    predictor = load_model(model, options.load)
    if predictor.rendered:
        logger.warning("%s learned from rendered galaxies: it knows nothing of the sky", model)
    files = open_files(images)
    work = label(image_names(files))
    by_id = isinstance(work[0][0], int)
    layout = Layout(predictor.tree, by_id, described=options.described)
    job = Job(files, layout, predictor.crop, model, options.load)
    identity = _identity(job, work, predictor)
    with Partial(output.with_name(f"{output.name}.partial"), identity) as partial:
        _add_batches(partial, job, predictor, work, options)
        _write(partial, layout, output)
        remove(partial.path)
    return Outcome(partial.galaxies, partial.rejected)


def rejected_path(output: Path) -> Path:
    """Where the files are listed that were rejected: beside the catalogue."""
    return output.with_name(f"{output.name}.rejected.csv")


def label(names: Sequence[str]) -> list[Entry]:
    """Files, each with what its row begins with, in the order of the rows.

    If each is named <GalaxyID>.*, by an id of its own, they are in the order of the ids; else in
    the order of the names.
    """
    stems = [Path(name).stem for name in names]
    if all(stem.isascii() and stem.isdigit() and int(stem) < 2**63 for stem in stems):
        by_id = {int(stem): name for stem, name in zip(stems, names, strict=True)}
        if len(by_id) == len(names):
            return sorted(by_id.items())
    return [(name, name) for name in sorted(names)]


def _identity(job: Job, work: Sequence[Entry], predictor: Predictor) -> str:
    """What tells a run from others that would give other rows: 64 hex digits."""
    facts = [
        digest(job.model),
        version("galaxyzoo"),
        torch.__version__,
        str(predictor.compute),
        str(predictor.crop),
        str(predictor.views),
        str(job.layout),
        predictor.batch_size,
    ]
    whole = hashlib.sha256(json.dumps(facts).encode())
    for _, name in work:
        whole.update(json.dumps([name, job.files.fingerprint(name)]).encode())
    return whole.hexdigest()


def _add_batches(
    partial: Partial, job: Job, predictor: Predictor, work: Sequence[Entry], options: Options
) -> None:
    size = _PASSES * predictor.batch_size
    starts = range(partial.batches * size, len(work), size)
    batches = [work[start : start + size] for start in starts]
    workers = options.workers or usable_cores()
    done = partial.galaxies + partial.rejected
    with closing(classify_batches(job, predictor, batches, workers)) as results:
        first = list(islice(results, 1))  # forks before the bar starts its thread
        with tqdm(total=len(work), initial=done, unit=" images", disable=None) as bar:
            for batch in chain(first, results):
                partial.add(batch)
                bar.update(batch.galaxies + len(batch.rejected))


def _write(partial: Partial, layout: Layout, output: Path) -> None:
    if partial.galaxies:
        with atomic(output) as temporary:
            rows = (batch.rows for batch in partial)
            if output.suffix == ".parquet":
                write_parquet(temporary, layout.columns(), rows)
            else:
                with temporary.open("w", encoding="utf-8", newline="") as file:
                    file.write(layout.header())
                    file.writelines(rows)
    if partial.rejected:
        with atomic(rejected_path(output)) as temporary:
            write_rejected(temporary, partial)
    else:
        remove(rejected_path(output))  # of an earlier run
