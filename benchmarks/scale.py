"""What ten times as many galaxies cost the stages that look at all of them: no step is quadratic.

usage: python -m benchmarks.scale [SMALL LARGE]    (default: 100,000 and 1,000,000 galaxies)

Votes are drawn at random, images are noise of 32x32 pixels, and predictions are votes of other
galaxies, so that no network has to run: what is measured is split, the scoring of evaluate, figures
and report. Needs some 12 GB on the disk beside this folder, and an hour.
"""

import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import yaml
from numpy.typing import NDArray
from PIL import Image

from galaxyzoo.base import paths
from galaxyzoo.base.files import write_array, write_csv
from galaxyzoo.base.ids import id_array
from galaxyzoo.findings import write_findings
from galaxyzoo.labels.split import read_split_labels
from galaxyzoo.networks import find
from galaxyzoo.networks.common.weights import ModelInfo, save_weights
from galaxyzoo.predict.projection import project
from galaxyzoo.processed import Preparation
from galaxyzoo.scoring.results import score
from galaxyzoo.tree import GZ2, ID_COLUMN
from stages.evaluate import write_predictions

SIZE = 32
NETWORKS = ("cnn", "resnet")
FIRST_ID = 100_000
STEPS = ("split", "evaluate", "figures", "report")
MOST_TIME, MOST_MEMORY, LARGEST_REPORT = 12, 3e9, 5e6
_CHUNK = 100_000


def make_project(galaxies: int, root: Path) -> None:
    """In the current folder: what the stages before `split`, and the trainings, would leave."""
    params = yaml.safe_load((root / "params.yaml").read_text())
    params["data"] |= {"images": "images.zip", "labels": "labels.csv"}
    Path("params.yaml").write_text(yaml.safe_dump(params))
    ids = id_array(str(FIRST_ID + number) for number in range(galaxies))
    _write_images(ids)
    _write_labels(ids)
    for name in NETWORKS:
        _write_network(name)


def _write_images(ids: NDArray[np.str_]) -> None:
    processed, draws = paths.ProcessedPaths(), np.random.default_rng(0)
    noise = draws.integers(0, 256, (len(ids), SIZE, SIZE, 3), dtype=np.uint8)
    write_array(processed.images, noise)
    write_array(processed.centers, noise[:, :10, :10])
    write_array(processed.galaxy_ids, ids)
    Preparation(crop=212, size=SIZE, width=424, rendered=True).write(processed.preparation)
    write_findings(processed.findings, [])
    file = BytesIO()
    Image.fromarray(noise[0]).resize((64, 64)).save(file, "JPEG")
    with zipfile.ZipFile("images.zip", "w") as archive:
        for galaxy_id in ids:
            archive.writestr(f"{galaxy_id}.jpg", file.getvalue())


def _write_labels(ids: NDArray[np.str_]) -> None:
    with Path("labels.csv").open("w") as file:
        for number, start in enumerate(range(0, len(ids), _CHUNK)):
            own = ids[start : start + _CHUNK]
            table = pd.DataFrame(draw_votes(len(own), number), columns=list(GZ2.columns))
            table.insert(0, ID_COLUMN, own)
            table.to_csv(file, index=False, header=number == 0, float_format="%.9f")


def draw_votes(galaxies: int, seed: int) -> NDArray[np.float64]:
    """Votes that obey the tree, float64 [N, 37]."""
    draws = np.random.default_rng(seed)
    votes = np.zeros((galaxies, len(GZ2.columns)))
    for question in GZ2.questions:
        shares = draws.dirichlet(np.ones(len(question.answers)), galaxies)
        votes[:, GZ2.span(question)] = shares * GZ2.reach(question, votes)[:, None]
    return votes


def _write_network(name: str) -> None:
    info = ModelInfo(name, GZ2, 212, SIZE, 424, rendered=True, data_digest="0" * 64)
    module = find(name).build(SIZE, len(GZ2.columns), seed=1)
    metadata = info.as_dict() | {"predict": {"views": 1, "project": True}}
    save_weights(paths.exported_model(name), module, metadata)
    epochs = {"epoch": [0, 1], "train_mse": [0.05, 0.03], "test_mse": [0.05, 0.03]}
    columns = {"learning_rate": [0.0, 0.001], "test_mse_running_bn": [0.05, 0.03]}
    write_csv(paths.training_history(name), pd.DataFrame(epochs | columns))


def evaluate() -> None:
    """What the stage does once the networks have predicted."""
    ids = paths.ProcessedPaths().galaxy_ids
    test = read_split_labels(paths.SPLIT, paths.VOTES, ids, GZ2)["test"]
    raw = {
        name: draw_votes(len(test), seed).astype(np.float32) * np.float32(0.9)
        for seed, name in enumerate(NETWORKS, start=100)
    }
    projected = {name: project(GZ2, fractions) for name, fractions in raw.items()}
    write_predictions(id_array(test.index), projected)
    voted = test.to_numpy()
    mean = np.broadcast_to(voted.mean(axis=0), voted.shape)
    models = projected | {"mean_vote": mean, "central_pixel": mean}
    score(GZ2, voted, models, raw, projected).write()


def measure(step: str, root: Path) -> tuple[float, float]:
    """Seconds and peak memory in bytes of a step in a process of its own."""
    module = ["benchmarks.scale", "--evaluate"] if step == "evaluate" else [f"stages.{step}"]
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", *module],
        env=os.environ | {"PYTHONPATH": str(root)},
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{step} failed")
    return time.perf_counter() - start, usage.ru_maxrss * 1024


def measure_all(galaxies: int, root: Path) -> Iterator[tuple[str, float, float]]:
    with TemporaryDirectory(dir=root.parent) as folder:
        os.chdir(folder)
        # in a process of its own: the peak of a child counts from the memory of its parent
        subprocess.run(
            [sys.executable, "-m", "benchmarks.scale", "--make", str(galaxies), str(root)],
            env=os.environ | {"PYTHONPATH": str(root)},
            check=True,
        )
        for step in STEPS:
            yield step, *measure(step, root)
        size = paths.REPORT.stat().st_size
        os.chdir(root)
    print(f"report of {galaxies:,} galaxies: {size / 1e6:.1f} MB (at most {LARGEST_REPORT / 1e6})")


def main() -> None:
    root = Path.cwd()
    small, large = (int(number) for number in sys.argv[1:3] or ("100000", "1000000"))
    first = {step: seconds for step, seconds, _ in measure_all(small, root)}
    for step, seconds, peak in measure_all(large, root):
        print(
            f"{step:9} {first[step]:7.1f} s for {small:,}, {seconds:7.1f} s for {large:,}: "
            f"{seconds / first[step]:.1f} times (at most {MOST_TIME}); "
            f"peak {peak / 1e9:.2f} GB (at most {MOST_MEMORY / 1e9:.0f})",
            flush=True,
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--make"]:
        make_project(int(sys.argv[2]), Path(sys.argv[3]))
    elif sys.argv[1:2] == ["--evaluate"]:
        evaluate()
    else:
        main()
