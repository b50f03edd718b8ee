"""A catalogue to a folder of pictures: what is there stays, what fails is listed."""

import csv
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.files import atomic, remove
from galaxyzoo.base.messages import MOST_LISTED, count, plain
from galaxyzoo.cutouts.defaults import ADDRESS, GIVE_UP, RATE
from galaxyzoo.cutouts.picture import check_picture
from galaxyzoo.cutouts.positions import AS_USUAL, Cutout, PositionColumns, read_cutouts
from galaxyzoo.cutouts.record import Asked, Record, open_record
from galaxyzoo.cutouts.service import NoPictureError, Service
from galaxyzoo.framing import beside
from galaxyzoo.images.sources import ImagesError

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class CutoutOptions:
    """What to ask, and how."""

    columns: PositionColumns = AS_USUAL
    address: str = ADDRESS
    rate: float = RATE
    """Requests a second at most"""
    give_up: int = GIVE_UP
    """Failures in a row after which to stop; 0: never"""


@dataclass
class CutoutOutcome:
    """What came of a catalogue."""

    got: int = 0
    there: int = 0
    """Pictures that were there before, whole and of the same scale"""
    failed: dict[str, str] = field(default_factory=dict)
    """Why there is no picture of others, by their ids"""


def download(catalogue: Path, folder: Path, options: CutoutOptions) -> CutoutOutcome:
    """Fill `folder` with a picture <id>.jpg of each galaxy in `catalogue`, as SDSS sends it.

    Pictures that are there, whole and asked for with the same position and scale, aren't asked for
    again. `framing.record_path(folder)` tells what was asked; galaxies without a picture are listed
    in `failed_path(folder)`. Raises UserError if it can't be done, and where `options.give_up`
    galaxies in a row fail: what came until then is kept.
    """
    wishes = read_cutouts(catalogue, options.columns)
    outcome = CutoutOutcome(failed=dict(wishes.unknown))
    with Service(options.address, options.rate) as service, open_record(folder) as record:
        record.refuse_strangers(wishes.wanted)
        missing = _missing(record, wishes.wanted)
        outcome.there = len(wishes.wanted) - len(missing)
        _announce(len(missing), outcome.there, options)
        try:
            _Run(service, record, outcome, options.give_up).ask_for(missing)
        finally:
            _list(failed_path(folder), outcome.failed)
    return outcome


def failed_path(folder: Path) -> Path:
    """Where the galaxies are listed that have no picture: beside the folder."""
    return beside(folder, "failed.csv")


def _missing(record: Record, cutouts: Sequence[Cutout]) -> list[Cutout]:
    """Those whose pictures aren't there whole, as they are to be."""
    bar = tqdm(cutouts, desc="look", unit=" pictures", disable=None, leave=False)
    return [each for each in bar if not (record.has(each) and _is_whole(record.folder / each.file))]


def _is_whole(path: Path) -> bool:
    try:
        check_picture(path.read_bytes())
    except ImagesError:
        return False
    return True


def _announce(missing: int, there: int, options: CutoutOptions) -> None:
    logger.info(
        "%s to get from %s: %s at least, at %g a second; %s there",
        count(missing, "picture"),
        plain(options.address),
        _duration(missing / options.rate),
        options.rate,
        count(there, "is", "are"),
    )


def _duration(seconds: float) -> str:
    """Such as "40 s", "12 min" or "8 h 20 min"."""
    minutes = round(seconds / 60)
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


@dataclass
class _Run:
    """Pictures asked for one after the other, and the failures among them."""

    service: Service
    record: Record
    outcome: CutoutOutcome
    give_up: int
    failures: int = 0
    in_a_row: int = 0

    def ask_for(self, cutouts: Sequence[Cutout]) -> None:
        with logging_redirect_tqdm(), tqdm(cutouts, unit=" pictures", disable=None) as bar:
            for cutout in bar:
                try:
                    picture = self.service.picture(cutout)
                except NoPictureError as error:
                    self._fail(cutout, error)
                    continue
                self.in_a_row = 0
                self.record.add(Asked(cutout, self.service.address), picture)
                self.outcome.got += 1

    def _fail(self, cutout: Cutout, error: NoPictureError) -> None:
        self.outcome.failed[cutout.id] = str(error)
        self.failures += 1
        if self.failures <= MOST_LISTED:
            logger.warning("%s: %s", cutout.id, error)
        if self.failures == MOST_LISTED:
            logger.warning("more that fail are listed, and not told here")
        self.in_a_row = 0 if error.outside else self.in_a_row + 1
        if self.in_a_row == self.give_up > 0:
            raise UserError(
                f"{self.service.address}: {self.in_a_row} galaxies in a row have no picture; the "
                f"last: {error}. Is the service down, or has it moved (--address)? The same "
                "command resumes from here"
            )


def _list(path: Path, failed: Mapping[str, str]) -> None:
    """List what failed, if anything did; else remove the list of an earlier run."""
    if not failed:
        remove(path)
        return
    with atomic(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "reason"])
        writer.writerows((one, plain(why)) for one, why in failed.items())
