"""What `crop_resize` costs at ten times as many images: its memory, and that no step is quadratic.

usage: python -m benchmarks.many_images IMAGES [COUNT ...]    (default: 10,000 100,000 1,000,000)

IMAGES is a zip of JPEGs, which are repeated under new ids in a zip of COUNT, beside this folder. Of
each COUNT it tells the time; that of the processor for each image, beside that of the first COUNT,
which other work on the machine changes less; and the peak of memory, of the largest process and of
all of them together, each page counted once. The same for opening the zip alone, whose directory is
kept in memory. A million takes some 27 GB of disk. Needs Linux.
"""

import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from tqdm import tqdm

COUNTS = (10_000, 100_000, 1_000_000)
FIRST_ID = 100_000
DIFFERENT = 700
"""Images that are repeated"""
_LOOK = 0.5  # seconds between looks at the memory
_OPEN = """
import sys
from pathlib import Path
from galaxyzoo.images.by_id import open_images
open_images(Path(sys.argv[1]))
"""
_CROP = """
import sys
from pathlib import Path
from galaxyzoo.base.paths import ProcessedPaths
from galaxyzoo.images.by_id import open_images
from galaxyzoo.images.processing import process_images
images, outputs, crop = Path(sys.argv[1]), ProcessedPaths(Path(sys.argv[2])), int(sys.argv[3])
process_images(open_images(images), crop, 64, save_jpegs=False, outputs=outputs)
"""


@dataclass(frozen=True)
class Cost:
    seconds: float
    computed: float
    """Seconds of all cores together"""
    largest: int
    """Bytes of memory of the largest process, at most"""
    together: int
    """Of all processes, as far as looks at them every half a second saw"""

    def __str__(self) -> str:
        return (
            f"{self.seconds:7.1f} s; {self.largest / 1e9:.2f} GB the largest process, "
            f"{self.together / 1e9:.2f} all; {self.computed:7.1f} s of the cores"
        )


@contextmanager
def repeated(images: Path, count: int) -> Iterator[Path]:
    """A folder with a zip of so many images."""
    with TemporaryDirectory(dir=Path.cwd().parent) as folder:
        with zipfile.ZipFile(images) as given:
            names = [name for name in given.namelist() if name.endswith(".jpg")][:DIFFERENT]
            jpegs = [given.read(name) for name in names]
        with zipfile.ZipFile(Path(folder) / "images.zip", "w") as made:
            numbers = tqdm(range(FIRST_ID, FIRST_ID + count), desc="zip", disable=None)
            for number, jpeg in zip(numbers, islice(cycle(jpegs), count), strict=True):
                made.writestr(f"images/{number}.jpg", jpeg)
        yield Path(folder)


def half_of_width(images: Path) -> str:
    """In pixels of the first image: what is kept of it."""
    with zipfile.ZipFile(images) as given:
        name = next(name for name in given.namelist() if name.endswith(".jpg"))
        with given.open(name) as file, Image.open(file) as image:
            return str(image.width // 2)


def measure(code: str, *given: Path | str) -> Cost:
    """Run some Python in a process of its own, which heads a group of all that it starts."""
    start, together = time.perf_counter(), 0
    process = subprocess.Popen([sys.executable, "-c", code, *given], start_new_session=True)
    while True:
        found, status, usage = os.wait4(process.pid, os.WNOHANG)
        if found:
            break
        together = max(together, memory_of(process.pid))
        time.sleep(_LOOK)
    if status:
        sys.exit("failed")
    computed = usage.ru_utime + usage.ru_stime
    return Cost(time.perf_counter() - start, computed, usage.ru_maxrss * 1024, together)


def memory_of(session: int) -> int:
    """Bytes of memory of all processes of a session; a page that several share counts once."""
    total = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.getsid(int(process.name)) == session:
                lines = (process / "smaps_rollup").read_text().splitlines()
                total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        except OSError:  # it has ended
            continue
    return total * 1024


def main() -> None:
    images, counts = Path(sys.argv[1]), [int(one) for one in sys.argv[2:]] or COUNTS
    first: dict[str, float] = {}
    crop = half_of_width(images)
    for count in counts:
        with repeated(images, count) as folder:
            steps = {
                "opened": measure(_OPEN, folder / "images.zip"),
                "crop_resize": measure(_CROP, folder / "images.zip", folder / "processed", crop),
            }
        for step, cost in steps.items():
            each = cost.computed / count
            more = each / first.setdefault(step, each)
            print(f"{count:9,} images {step:11} {cost}; {more:.2f} times the first's", flush=True)


if __name__ == "__main__":
    main()
