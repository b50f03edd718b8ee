"""What is odd about the images of a source: told, listed in files, and refused."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from galaxyzoo.base.files import atomic
from galaxyzoo.base.ids import order
from galaxyzoo.base.messages import MOST_LISTED, count, listing, plain
from galaxyzoo.findings import Finding, finding
from galaxyzoo.images.by_id import Bad, ImageSource
from galaxyzoo.images.chunks import Seen
from galaxyzoo.images.params import OnBadImage
from galaxyzoo.images.sources import ImagesError


def all_bad(source: ImageSource, seen: Seen, on_bad: OnBadImage) -> list[Bad]:
    """The names of images that are not to be used, and why: first those told by their names."""
    found = seen.bad + (seen.suspicious if on_bad == "reject" else [])
    by_id = sorted(dict(reversed(found)).items(), key=lambda one: order(one[0]))
    return [*source.bad, *((source.names[galaxy_id], why) for galaxy_id, why in by_id)]


def refuse_bad(source: ImageSource, bad: Sequence[Bad], path: Path) -> NoReturn:
    """Raise ImagesError that lists bad images; all of them stand in a CSV, if they are many."""
    total = len(source.names) + len(source.bad)
    told = listing([f"{name} {why}" for name, why in bad])
    if len(bad) > MOST_LISTED:
        write_rejected(path, bad)
        told += f"\nAll of them: {path}"
    raise ImagesError(
        f"{source.path}: {len(bad)} of {total} images are bad:\n{told}\n"
        "Mend or remove them, or set crop_resize.on_bad_image: reject in params.yaml"
    )


def write_rejected(path: Path, rejected: Sequence[Bad]) -> None:
    """Write a CSV of files and reasons: with its header alone where nothing was rejected."""
    with (
        atomic(path) as temporary,
        temporary.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file,
    ):
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["file", "reason"])
        writer.writerows((plain(name), why) for name, why in rejected)


def oddities(source: ImageSource, seen: Seen, rejected: Sequence[Bad]) -> list[Finding]:
    """What is odd: a finding for each kind. `rejected` are left out already."""
    gone = {name for name, _ in rejected}
    suspicious = [
        f"{source.names[galaxy_id]} {why}"
        for galaxy_id, why in seen.suspicious
        if source.names[galaxy_id] not in gone
    ]
    return [
        *finding(
            "rejected-images",
            [f"{name} {why}" for name, why in rejected],
            "{image is|images are} rejected",
            "All of them stand in rejected.csv",
        ),
        *finding(
            "suspicious-images",
            suspicious,
            "{image decodes|images decode} and may still be wrong",
            "Look at them; crop_resize.on_bad_image: reject leaves them out",
        ),
        *_mixed_sizes(seen),
        *finding(
            "unnamed-images",
            source.unnamed,
            "{image is|images are} left out, not named <GalaxyID>.jpg",
            "Rename them if they are galaxies with labels",
        ),
        *_others(source),
    ]


def _mixed_sizes(seen: Seen) -> list[Finding]:
    sizes = [f"{number} of {size[0]}x{size[1]}" for size, number in seen.sizes.most_common()]
    return finding(
        "mixed-sizes",
        sizes if len(sizes) > 1 else [],
        "different sizes stand beside each other; the crop is in pixels of the images that are "
        f"{seen.common_width()} wide, and of each other image the same part is kept",
        "See that a galaxy of each size is shown at the same scale",
    )


def _others(source: ImageSource) -> list[Finding]:
    kinds = [f"{number} {end}" for end, number in source.others.most_common()]
    return finding(
        "other-files",
        kinds,
        f"{{kind|kinds}} of other files, {count(source.others.total(), 'file')} in all, left out",
        "Nothing is to be done if they are no images",
    )
