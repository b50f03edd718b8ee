"""The whole pipeline in several clones under other circumstances: which bytes of outputs differ.

    python -m benchmarks.reproducible [--galaxies 200]

The first run is what the others are compared with. One has another path (with a space and a letter
that isn't ASCII), locale, time zone, umask and hash seed, and must give the same bytes; with other
numbers of threads, sums are divided otherwise, and what differs is listed with by how much.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from tests.pipeline.project import Project
from tools.comparison import difference
from tools.verify import read_lock

COMMON = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1"}
OTHER = {"LC_ALL": "C", "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "4242"}


@dataclass(frozen=True)
class Circumstances:
    """Where and how the pipeline runs."""

    name: str
    folder: str
    environment: dict[str, str] = field(default_factory=dict)
    umask: int = 0o022
    same_bytes: bool = True


RUNS = (
    Circumstances("the first", "first"),
    Circumstances("another path, locale, time zone, umask, hash seed", "zw ei é", OTHER, 0o077),
    Circumstances(
        "the ASCII locale without Python's help, French time",
        "third",
        {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "TZ": "Europe/Paris"},
    ),
    Circumstances("2 threads", "threads", {"OMP_NUM_THREADS": "2"}, same_bytes=False),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--galaxies", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="galaxyzoo-") as folder:
        template = Project.make(Path(folder) / "template")
        template.set_param("make_sample", "galaxies", options.galaxies)
        template.commit("sizes")
        first, *others = [make_run(template, Path(folder), own) for own in RUNS]
        wrong = [
            own for own, run in zip(others, RUNS[1:], strict=True) if not tell(first, own, run)
        ]
    sys.exit(bool(wrong))


def make_run(template: Project, folder: Path, own: Circumstances) -> Path:
    clone = folder / own.folder
    subprocess.run(["git", "clone", "--quiet", template.folder, clone], check=True)
    environment = os.environ | COMMON | own.environment
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment["DVC_SITE_CACHE_DIR"] = str(folder / f"site of {own.folder}")
    environment["PYTHONPATH"] = str(clone)
    done = subprocess.run(
        ["dvc", "repro"],
        cwd=clone,
        env=environment,
        umask=own.umask,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{own.name}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return clone


def tell(first: Path, other: Path, own: Circumstances) -> bool:
    """Print what differs; whether it is as it must be."""
    before, after = read_lock(first), read_lock(other)
    differing = [path for path in before if after[path] != before[path]]
    print(f"{own.name}: {len(before) - len(differing)} of {len(before)} outputs the same bytes")
    for path in differing:
        print(f"  {path}: {difference(first / path, other / path)}")
    return not differing or not own.same_bytes


if __name__ == "__main__":
    main()
