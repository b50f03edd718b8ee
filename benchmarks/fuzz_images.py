"""Damaged images and zips against the code of crop_resize and classify.

usage: python -m benchmarks.fuzz_images IMAGES [--count 5000] [--zips 600] [--others 1500]
       [--seed 1]

IMAGES is a zip or a folder of <GalaxyID>.jpg. Each damaged JPEG (bytes flipped, zeroed, cut out,
put in, swapped; cut, and cut and closed; another size in the header) is decoded, cropped and
judged in a process that may take 1 GB of memory and 20 s; and each damaged zip opened and read.
Told is what fell, which must be nothing: an exception that is no message, a process that ended,
took too long, or took more memory. The same for images of other formats, of which most hold no
checksum. And how many damaged JPEGs were taken: such as no checksum of a
zip, no warning of the decoder and no size betrays; of these, how many differ clearly from the
whole image in what a network sees.
"""

import argparse
import io
import resource
import signal
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from galaxyzoo.base.errors import UserError
from galaxyzoo.images.by_id import open_images
from galaxyzoo.images.cropping import crop_part
from galaxyzoo.images.decoding import decode_and_check
from galaxyzoo.images.opening import open_files
from galaxyzoo.images.sizes import refuse_small
from galaxyzoo.images.sources import ImagesError, survey
from galaxyzoo.images.suspicion import suspicion
from galaxyzoo.processes.cores import usable_cores

MEMORY = 2**30
SECONDS = 20
CLEARLY = 3.0
"""Mean difference of a pixel, in steps of 256, from which on an image differs clearly"""

Draws = np.random.Generator
Mutation = Callable[[bytearray, Draws], bytes]


def _flip(content: bytearray, draws: Draws) -> bytes:
    for place in draws.integers(2, len(content), draws.integers(1, 9)):
        content[place] ^= 1 << int(draws.integers(8))
    return bytes(content)


def _noise(content: bytearray, draws: Draws) -> bytes:
    first, length = _span(content, draws)
    content[first : first + length] = draws.bytes(length)
    return bytes(content)


def _zero(content: bytearray, draws: Draws) -> bytes:
    first, length = _span(content, draws)
    content[first : first + length] = bytes(length)
    return bytes(content)


def _remove(content: bytearray, draws: Draws) -> bytes:
    first, length = _span(content, draws)
    del content[first : first + length]
    return bytes(content)


def _insert(content: bytearray, draws: Draws) -> bytes:
    first, length = _span(content, draws)
    content[first:first] = draws.bytes(length)
    return bytes(content)


def _swap(content: bytearray, draws: Draws) -> bytes:
    half = max(len(content) // 3, 2)
    first, length = int(draws.integers(2, half)), int(draws.integers(1, half))
    other = first + half
    one, two = content[first : first + length], content[other : other + length]
    content[first : first + length], content[other : other + length] = two, one
    return bytes(content)


def _cut(content: bytearray, draws: Draws) -> bytes:
    return bytes(content[: draws.integers(0, len(content))])


def _cut_and_close(content: bytearray, draws: Draws) -> bytes:
    return _cut(content, draws) + b"\xff\xd9"


def _header_size(content: bytearray, draws: Draws) -> bytes:
    place = max(content.find(b"\xff\xc0"), content.find(b"\xff\xc2"), 0)
    which = int(draws.integers(1, 4))
    for bit, start in ((1, place + 5), (2, place + 7)):
        if which & bit:
            content[start : start + 2] = int(draws.integers(1, 65536)).to_bytes(2)
    return bytes(content)


MUTATIONS: dict[str, Mutation] = {
    "flip": _flip,
    "noise": _noise,
    "zero": _zero,
    "remove": _remove,
    "insert": _insert,
    "swap": _swap,
    "cut": _cut,
    "cut and close": _cut_and_close,
    "size in header": _header_size,
}


def _span(content: bytearray, draws: Draws) -> tuple[int, int]:
    length = int(draws.integers(1, max(len(content) // 4, 2)))
    return int(draws.integers(2, max(len(content) - length, 3))), length


@dataclass(frozen=True)
class Verdict:
    kind: str
    outcome: str
    """rejected, suspicious, alike, different, or what fell"""


def damaged(seed: int, whole: bytes) -> tuple[str, bytes]:
    """The damage that a number stands for, by name, and the damaged file."""
    draws = np.random.default_rng(seed)
    kind = list(MUTATIONS)[seed % len(MUTATIONS)]
    return kind, MUTATIONS[kind](bytearray(whole), draws)


def judge_image(case: tuple[int, str, bytes]) -> Verdict:
    """What becomes of a damaged image of some format."""
    seed, name, whole = case
    kind, content = damaged(seed, whole)
    kind = kind if name == "JPEG" else name
    if content == whole:
        return Verdict(kind, "unchanged")
    return Verdict(kind, _within_limits(lambda: _look(content, whole)))


def _look(content: bytes, whole: bytes) -> str:
    image, why = _see(content)
    if why or suspicion(image):
        return "suspicious"
    difference = np.abs(image.astype(int) - _see(whole)[0]).mean()
    return "different" if difference > CLEARLY else "alike"


def _see(content: bytes) -> tuple[NDArray[np.uint8], str]:
    """What crop_resize and classify make of a file."""
    original, why = decode_and_check(content)
    refuse_small(original.size)
    return np.asarray(crop_part(original, 0.5, 64)), why


def judge_zip(case: tuple[int, bytes]) -> Verdict:
    """What becomes of a damaged zip: each of its members must be whole, or refused."""
    seed, whole = case
    kind, content = damaged(seed, whole)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "images.zip"
        path.write_bytes(content)
        return Verdict(f"zip: {kind}", _within_limits(lambda: _read_all(path)))


def _read_all(path: Path) -> str:
    open_images(path)
    files = open_files(path)
    names = survey(files).images
    refused = 0
    for name in names:
        try:
            _see(files.read(name))
        except ImagesError:
            refused += 1
    return "read in part" if refused else "read"


def _within_limits(action: Callable[[], str]) -> str:
    signal.alarm(SECONDS)
    try:
        return action()
    except UserError as error:
        told = str(error)
        return "rejected" if told.isprintable() and len(told) < 1000 else f"FELL: {told[:200]!r}"
    except BaseException as error:  # noqa: BLE001  what is looked for
        return f"FELL: {type(error).__name__}: {error}"[:300]
    finally:
        signal.alarm(0)


def _start() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGALRM, _too_long)


def _too_long(_number: int, _frame: object) -> NoReturn:
    raise TimeoutError(f"took more than {SECONDS} s")


def run(jpegs: list[bytes], count: int, zips: int, others: int, seed: int) -> Iterator[Verdict]:
    """The verdict on each damaged JPEG, image of another format, and zip."""
    formats = [made for jpeg in jpegs[:5] for made in other_formats(jpeg)]
    zipped = make_zip(jpegs[:10])
    with ProcessPoolExecutor(usable_cores(), initializer=_start) as pool:
        cases = [(seed + number, "JPEG", jpegs[number % len(jpegs)]) for number in range(count)]
        cases += [(seed + number, *formats[number % len(formats)]) for number in range(others)]
        yield from pool.map(judge_image, cases, chunksize=20)
        yield from pool.map(judge_zip, [(seed + number, zipped) for number in range(zips)])


def other_formats(jpeg: bytes) -> Iterator[tuple[str, bytes]]:
    """A JPEG's picture in other formats, each with its name."""
    image = Image.open(io.BytesIO(jpeg))
    for name, options in (
        ("PNG", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {"compression": "raw"}),
        ("WEBP", {}),
        ("BMP", {}),
        ("GIF", {}),
        ("JPEG", {"progressive": True}),
    ):
        file = io.BytesIO()
        image.save(file, name, **options)
        yield "progressive JPEG" if name == "JPEG" else name, file.getvalue()


def report(verdicts: list[Verdict]) -> str:
    """A line for each kind of damage, and one for all JPEGs."""
    outcomes = ["rejected", "suspicious", "alike", "different", "read", "read in part", "unchanged"]
    table: dict[str, Counter[str]] = {}
    for verdict in verdicts:
        whole = "all zips" if "zip" in verdict.kind else "all JPEGs"
        counted = verdict.kind in MUTATIONS or "zip" in verdict.kind
        for kind in (verdict.kind, whole) if counted else (verdict.kind,):
            table.setdefault(kind, Counter())[verdict.outcome] += 1
    lines = [f"{'damage':24}{''.join(f'{one:>14}' for one in outcomes)}"]
    for kind, seen in table.items():
        lines.append(f"{kind:24}{''.join(f'{seen[one]:>14}' for one in outcomes)}")
    fell = [f"{one.kind}: {one.outcome}" for one in verdicts if one.outcome not in outcomes]
    return "\n".join([*lines, f"fell: {len(fell)}", *fell[:20]])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("images", type=Path)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--zips", type=int, default=600)
    parser.add_argument("--others", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    source = open_images(given.images)
    jpegs = [source.read(galaxy_id) for galaxy_id in islice(source.names, 100)]
    verdicts = list(run(jpegs, given.count, given.zips, given.others, given.seed))
    print(report(verdicts))
    sys.exit(any(verdict.outcome.startswith("FELL") for verdict in verdicts))


def make_zip(jpegs: list[bytes]) -> bytes:
    """A zip of images, half of them compressed."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number, jpeg in enumerate(jpegs):
            packed = zipfile.ZIP_DEFLATED if number % 2 else zipfile.ZIP_STORED
            archive.writestr(f"images/{number + 1}.jpg", jpeg, packed)
    return file.getvalue()


if __name__ == "__main__":
    main()
