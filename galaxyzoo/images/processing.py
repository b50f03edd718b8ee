"""Every image of a source, cropped and resized on all cores into one memory-mappable array."""

from contextlib import closing
from dataclasses import replace
from itertools import chain, compress, islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from galaxyzoo.base.files import allocate_array, atomic, remove, write_array
from galaxyzoo.base.ids import Ids
from galaxyzoo.base.paths import ProcessedPaths
from galaxyzoo.findings import warn, write_findings
from galaxyzoo.images.by_id import FilesById, ImageSource
from galaxyzoo.images.chunks import CENTER, CHUNK, Process, Seen, Work
from galaxyzoo.images.decoding import decode, is_rendered
from galaxyzoo.images.jpeg_zip import write_jpegs
from galaxyzoo.images.oddities import all_bad, oddities, refuse_bad, write_rejected
from galaxyzoo.images.params import OnBadImage
from galaxyzoo.images.sizes import MIN_SIDE
from galaxyzoo.images.sources import ImagesError
from galaxyzoo.processed import Preparation, write_digests
from galaxyzoo.processes.cores import usable_cores
from galaxyzoo.processes.workers import in_processes

_ROWS = 512  # of an array that are moved at a time

_Kept = NDArray[np.bool]
"""[N]: whether an image is kept"""


def process_images(  # noqa: PLR0913, PLR0917
    source: ImageSource,
    crop: int,
    size: int,
    save_jpegs: bool,
    outputs: ProcessedPaths,
    on_bad: OnBadImage = "error",
) -> None:
    """Crop and resize every image of `source` into the folder `outputs`.

    `crop` is in pixels of an image of the width that most have; of others the same part is kept.
    Memory use grows with the number of images by their names, and where they are in a zip, alone:
    at most 200 bytes each, and some more where `save_jpegs`. What is odd is logged, and stands in a
    JSON. Bad and suspicious images are left out and listed where `on_bad` is "reject"; else raises
    ImagesError that lists the bad ones, and `outputs` are then left as they were.
    """
    with (
        atomic(outputs.images) as images,
        atomic(outputs.centers) as centers,
        atomic(outputs.jpegs) as jpegs,
    ):
        work = Work(source, size, images, centers)
        width, seen = _process(work, crop)
        bad = all_bad(source, seen, on_bad)
        if bad and on_bad == "error":
            refuse_bad(source, bad, outputs.bad_images)
        left_out = {name for name, _ in bad}
        kept = np.array([name not in left_out for name in source.names.files], np.bool)
        if not kept.any():
            raise ImagesError(f"{source.path}: none of its {len(bad)} images can be used")
        _leave_out(work, kept)
        galaxy_ids = _ids(source.names, kept)
        write_jpegs(jpegs, images, galaxy_ids if save_jpegs else galaxy_ids[:0])
    write_array(outputs.galaxy_ids, galaxy_ids)
    write_digests(outputs.digests, outputs.images, outputs.galaxy_ids)
    first = decode(source.read(galaxy_ids[0]))
    Preparation(crop, size, width, is_rendered(first)).write(outputs.preparation)
    write_rejected(outputs.rejected, bad)
    remove(outputs.bad_images)
    findings = oddities(source, seen, bad)
    warn(source.path, findings)
    write_findings(outputs.findings, findings)


def _process(work: Work, crop: int) -> tuple[int, Seen]:
    """Process all images; the width that most of them have, and what was seen of them.

    As a rule the first few have that width too. If not, all are processed again.
    """
    width = _first_width(work.source) or crop
    seen = _run(work, crop, width)
    common = seen.common_width() or width
    if common != width:
        seen = _run(work, crop, common)
    return common, seen


def _first_width(source: ImageSource) -> int:
    """The width that most of the first images have; 0 if all of them are bad."""
    seen = Seen()
    for galaxy_id in islice(source.names, CHUNK):
        try:
            seen.sizes[decode(source.read(galaxy_id)).size] += 1
        except ImagesError:
            continue
    return seen.common_width()


def _run(work: Work, crop: int, width: int) -> Seen:
    """Process all images, of which `width` is that of most."""
    if crop > width:
        raise ImagesError(
            f"{work.source.path}: most images are {width} pixels wide; the crop needs at least "
            f"{crop} (params.yaml: crop_resize.crop)"
        )
    total = len(work.source.names)
    if not total:
        return Seen()
    for path, side in ((work.images, work.size), (work.centers, CENTER)):
        allocate_array(path, np.uint8, (total, side, side, 3))
    job = replace(work, fraction=crop / width, least=min(MIN_SIDE, width))
    starts = range(0, total, CHUNK)
    workers = max(min(usable_cores(), len(starts)), 1)
    seen = Seen()
    with closing(in_processes(Process.process, starts, workers, Process.start, (job,))) as results:
        first = list(islice(results, 1))  # forks before the bar starts its thread
        with tqdm(total=total, desc="crop and resize", unit=" images", disable=None) as bar:
            for start, result in zip(starts, chain(first, results), strict=True):
                seen.add(result)
                bar.update(min(CHUNK, total - start))
    return seen


def _ids(names: FilesById, kept: _Kept) -> Ids:
    """The GalaxyIDs that are kept, not all of them as Python's texts at a time."""
    longest = max(map(len, compress(names, kept)))
    return np.fromiter(compress(names, kept), f"U{longest}", np.count_nonzero(kept))


def _leave_out(work: Work, kept: _Kept) -> None:
    """Leave the rows of the images that are kept."""
    if kept.all():
        return
    for path in (work.images, work.centers):
        _shorten(path, np.flatnonzero(kept))


def _shorten(path: Path, rows: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> None:
    """Leave some rows of the array at `path`, in constant memory."""
    with atomic(path) as temporary:
        array = np.load(path, mmap_mode="r")
        allocate_array(temporary, array.dtype, (len(rows), *array.shape[1:]))
        shorter = np.load(temporary, mmap_mode="r+")
        for start in range(0, len(rows), _ROWS):
            part = slice(start, start + _ROWS)
            shorter[part] = array[rows[part]]
