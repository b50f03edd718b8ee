"""What the row of an image is called, and in which order the rows of some files come."""

import logging
from collections.abc import Iterable

from galaxyzoo.base.ids import is_id, order
from galaxyzoo.base.messages import count, sentence, some
from galaxyzoo.images.sources import Files, ImagesError, Survey, shared_ids, stem_id

logger = logging.getLogger(__name__)

Entry = tuple[str, str]
"""What a row begins with, a GalaxyID or the name of the file; and that name"""


def label(files: Files, found: Survey) -> list[Entry]:
    """Images, each with what its row begins with, in the order of the rows.

    That is the GalaxyID of one that is named <GalaxyID>.*, and the name of any other; also of
    those that share a GalaxyID, which a line tells. GalaxyIDs come first, then names. Raises
    ImagesError if there are no images.
    """
    if not found.images:
        raise ImagesError(f"{files.path}: {sentence(['holds no images', found.left_out()])}")
    shared = shared_ids(files, found.images)
    _tell_shared(shared)
    entries = [(_label_of(name, shared), name) for name in found.images]
    return sorted(entries, key=_place)


def label_paths(paths: Iterable[str]) -> dict[str, str]:
    """What the row of each path is called, as `label` calls it."""
    found: dict[str, list[str]] = {}
    different = list(dict.fromkeys(paths))
    for path in different:
        found.setdefault(stem_id(path) or "", []).append(path)
    shared = {one: same for one, same in found.items() if one and len(same) > 1}
    _tell_shared(shared)
    return {path: _label_of(path, shared) for path in different}


def _tell_shared(shared: dict[str, list[str]]) -> None:
    if shared:
        logger.warning(
            "%s, such as %s: their rows have the files' names",
            count(len(shared), "GalaxyID has several images", "GalaxyIDs have several images"),
            some([f"{one} ({some(names, 2)})" for one, names in shared.items()]),
        )


def _label_of(name: str, shared: dict[str, list[str]]) -> str:
    galaxy_id = stem_id(name)
    return name if galaxy_id is None or name in shared.get(galaxy_id, ()) else galaxy_id


def _place(entry: Entry) -> tuple[bool, tuple[int, str, str], str]:
    label, name = entry
    named = not is_id(label)
    return named, (0, "", "") if named else order(label), name
