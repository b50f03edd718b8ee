"""Time and peak memory of each stage at full size, and of a `dvc repro` with nothing to do.

usage: python -m benchmarks.full_size FOLDER

FOLDER holds images_training_rev1.zip and training_solutions_rev1.csv of the competition. A clone
of this repository, in a temporary folder, runs the stages on them, one epoch of training each: the
peak of memory is then reached.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import yaml

DVC = [sys.executable, "-m", "dvc"]
MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024  # macOS tells bytes, Linux KiB


def clone(target: Path, data: Path) -> None:
    subprocess.run(["git", "clone", "--quiet", Path.cwd(), target], check=True)
    path = target / "params.yaml"
    params = yaml.safe_load(path.read_text())
    params["data"] |= {
        "images": str(data / "images_training_rev1.zip"),
        "labels": str(data / "training_solutions_rev1.csv"),
    }
    params["crop_resize"]["save_jpegs"] = False
    params["make_sample"]["galaxies"] = 1
    # nothing of galaxyzoo is imported: the peak of a child counts from the memory of this process
    for name in params:
        if name.startswith("train_"):
            params[name]["epochs"] = 1
    path.write_text(yaml.safe_dump(params))


def run(command: list[str], folder: Path) -> tuple[float, float]:
    """Seconds and peak memory in bytes, of a command or of its largest child."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{command} failed")
    return time.perf_counter() - start, usage.ru_maxrss * MAXRSS_UNIT


def main() -> None:
    data = Path(sys.argv[1]).resolve()
    with TemporaryDirectory(dir=Path.cwd().parent) as temporary:
        folder = Path(temporary) / "galaxyzoo"
        clone(folder, data)
        for stage in yaml.safe_load((folder / "dvc.yaml").read_text())["stages"]:
            seconds, peak = run([sys.executable, "-m", f"stages.{stage}"], folder)
            print(f"{stage:14} {seconds:7.1f} s, peak memory {peak / 1e9:.2f} GB", flush=True)
        run([*DVC, "commit", "--force", "--quiet"], folder)
        idle = [run([*DVC, "repro", "--quiet"], folder)[0] for _ in range(5)]
        print(f"dvc repro, nothing to do: {median(idle):.2f} s (median of {len(idle)})")


if __name__ == "__main__":
    main()
