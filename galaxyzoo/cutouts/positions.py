"""What to ask for: from each row of a user's table a name, a position and a scale."""

import logging
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.messages import count, quoted, shorten, some
from galaxyzoo.cutouts.defaults import ID_NAMES
from galaxyzoo.framing import SCALE_IN_RADII, SMALLEST_RADIUS
from galaxyzoo.tables.opening import open_table
from galaxyzoo.tables.user_tables import UserTable

logger = logging.getLogger(__name__)

LARGE_RADIUS = 120.0
"""petroR90_r, in arcsec, above which a galaxy is as large as the largest few of the sky"""

_SENTINEL = -9999.0
"""What SDSS writes for what it could not measure"""
_SCALES = (0.015, 60.0)
"""Arcsec per pixel that the service takes"""
_RANGES = {
    "ra": (0.0, 360.0, "degrees"),
    "dec": (-90.0, 90.0, "degrees"),
    "radius": (_SCALES[0] / SCALE_IN_RADII, _SCALES[1] / SCALE_IN_RADII, "arcsec"),
}
_MOST_BYTES = 200  # of an id: a file's name has at most 255, and temporary names need some
_UNSAFE = re.compile(r"[/\\\0-\x1f\x7f]")


class PositionsError(UserError):
    """The catalogue doesn't say what to ask for."""


@dataclass(frozen=True)
class PositionColumns:
    """What the columns are called; None: as they usually are."""

    ra: str | None = None
    dec: str | None = None
    radius: str | None = None
    id: str | None = None


AS_USUAL = PositionColumns()


@dataclass(frozen=True)
class Cutout:
    """A picture to ask for, in the words of the request."""

    id: str
    ra: str
    """Degrees, J2000"""
    dec: str
    scale: str
    """Arcsec per pixel"""

    @property
    def file(self) -> str:
        return f"{self.id}.jpg"


@dataclass(frozen=True)
class Cutouts:
    """All that a catalogue asks for."""

    wanted: list[Cutout]
    unknown: dict[str, str] = field(default_factory=dict)
    """Why others can't be asked for, by their ids"""


def read_cutouts(path: Path, columns: PositionColumns) -> Cutouts:
    """What the catalogue at `path` asks for, in its order; see `tables.opening.open_table`.

    Galaxies whose position or radius isn't known are told apart, and a line says how many. Raises
    UserError for a catalogue without such columns, for values out of their range, and for ids that
    can't be the names of files.
    """
    table = open_table(path)
    names = _find(table, columns)
    ids = _ids(table, names["id"])
    values = {what: table.numbers(names[what]) for what in ("ra", "dec", "radius")}
    values["radius"] = np.where(values["radius"] == _SENTINEL, np.nan, values["radius"])
    for what, own in values.items():
        _check(table, names[what], ids, own, _RANGES[what])
    _tell_odd(path, names["radius"], ids, values["radius"])
    unknown = dict(_unknown(ids, values, names))
    if unknown:
        logger.warning(
            "%s: %s can't be asked for, such as %s",
            path,
            count(len(unknown), "galaxy", "galaxies"),
            some([f"{one}: {why}" for one, why in unknown.items()]),
        )
    rows = zip(ids, values["ra"], values["dec"], values["radius"], strict=True)
    wanted = [_cutout(*row) for row in rows if row[0] not in unknown]
    return Cutouts(wanted, unknown)


def _find(table: UserTable, columns: PositionColumns) -> dict[str, str]:
    """What the columns are called in this table, by what they hold."""
    usual = {"ra": ("ra",), "dec": ("dec",), "radius": ("petroR90_r",), "id": ID_NAMES}
    found = {}
    for what, names in usual.items():
        asked = getattr(columns, what)
        own = table.find((asked,) if asked else names)
        if own is None:
            raise PositionsError(f"{table.lacks(asked or names[0])}. {_HELP[what]}")
        found[what] = own
    return found


_HELP = {
    "ra": "--ra names another: right ascension, in degrees (J2000)",
    "dec": "--dec names another: declination, in degrees (J2000)",
    "radius": (
        "--radius names another: the Petrosian radius of 90% of the flux in r, in arcsec, which "
        "the scale comes from. SDSS has it in PhotoObj, Galaxy Zoo 2 in its table gz2sample"
    ),
    "id": f"--id names another, where it is none of {', '.join(ID_NAMES)}",
}


def _ids(table: UserTable, name: str) -> list[str]:
    ids = table.texts(name)
    if not ids:
        raise PositionsError(f"{table.path}: holds no galaxies")
    seen: dict[str, int] = {}
    for row, one in enumerate(ids, 1):
        if fault := _fault(one):
            raise PositionsError(f"{table.path}: row {row}: {name}: {quoted(one)} {fault}")
        same = seen.setdefault(one.casefold(), row)  # also where a disk knows no capitals
        if same != row:
            raise PositionsError(
                f"{table.path}: row {row}: {name}: {quoted(one)} is that of row {same}, too; a "
                "picture is named by its id, so each must be there once"
            )
    return ids


def _fault(one: str) -> str:
    """Why an id can't be the name of a file; empty if it can."""
    if not one:
        return "is empty, and can't name a file"
    if one.startswith("."):
        return "begins with a point, and would name a hidden file"
    if _UNSAFE.search(one) or not one.isprintable():
        return "holds a slash, or what can't be printed, and can't name a file"
    long = len(os.fsencode(one)) > _MOST_BYTES
    return f"has more than {_MOST_BYTES} bytes, too many for the name of a file" if long else ""


def _check(
    table: UserTable,
    name: str,
    ids: Sequence[str],
    values: NDArray[np.float64],
    allowed: tuple[float, float, str],
) -> None:
    least, most, unit = allowed
    wrong = np.flatnonzero((values < least) | (values > most))
    if len(wrong):
        row = int(wrong[0])
        more = f" (and {len(wrong) - 1:,} rows more)" if len(wrong) > 1 else ""
        raise PositionsError(
            f"{table.path}: row {row + 1} ({shorten(ids[row])}): {name}: must be from {least:g} to "
            f"{most:g} {unit}, got {quoted(values[row])}{more}"
        )


def _tell_odd(path: Path, name: str, ids: Sequence[str], radii: NDArray[np.float64]) -> None:
    for odd, why in (
        (radii < SMALLEST_RADIUS, f"below {SMALLEST_RADIUS:g} arcsec, which Galaxy Zoo 2 left out"),
        (radii > LARGE_RADIUS, f"above {LARGE_RADIUS:g} arcsec; is that its unit?"),
    ):
        rows = np.flatnonzero(odd).tolist()
        if rows:
            logger.warning(
                "warning: %s: %s of %s %s: %s",
                path,
                name,
                count(len(rows), "galaxy is", "galaxies are"),
                why,
                some([f"{ids[row]} ({radii[row]:g})" for row in rows]),
            )


def _unknown(
    ids: Sequence[str], values: dict[str, NDArray[np.float64]], names: dict[str, str]
) -> Iterator[tuple[str, str]]:
    for what, own in values.items():
        for row in np.flatnonzero(np.isnan(own)).tolist():
            yield ids[row], f"its {names[what]} isn't known"


def _cutout(one: str, ra: float, dec: float, radius: float) -> Cutout:
    return Cutout(one, f"{ra:.7f}", f"{dec:.7f}", f"{SCALE_IN_RADII * radius:.6f}")
