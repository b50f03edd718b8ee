"""How near training and prediction are to what the cores can do, and what a change has gained.

usage: python -m benchmarks.limits [--before FOLDER] [--threads N] [NETWORK ...]

For each network (all, if none is named), in this checkout and in another one at FOLDER: images/s of
a training step by params.yaml, and of predictions in float32 and bfloat16 by the network's own
views, each on one batch in memory. FOLDER is a checkout of an earlier commit, as `git worktree add`
makes it; both use the packages of this Python. They take turns on the same cores, a process each
time, and the best of some rounds counts, since other work comes and goes.

Beside them stands the limit: what a plain product of matrices reaches in the same type of number,
over the operations that the network's convolutions and linear layers need for an image (counted by
torch, of the views of a prediction together, and three times as many for a step of training).
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

# of the checkout that is measured: only what earlier commits have, too
from galaxyzoo import networks
from galaxyzoo.base.sections import read_section
from galaxyzoo.devices import choose_compute
from galaxyzoo.networks.common.inputs import to_input
from galaxyzoo.networks.common.network import Network
from galaxyzoo.predict import inference
from galaxyzoo.predict.augmentation import RegularViews
from galaxyzoo.training.augmentation import Ranges, random_views
from galaxyzoo.training.loop import start
from galaxyzoo.training.params import TrainParams

ROOT = Path(__file__).parent.parent
BATCH, SIZE, ANSWERS, SIDE = 64, 64, 37, 2048
ROUNDS, SECONDS = 3, 4.0
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def rate(action: Callable[[], object], units: float) -> float:
    """Units per second of an action, over some seconds and at least twice."""
    action()
    start, times = time.perf_counter(), 0
    while times < 2 or time.perf_counter() - start < SECONDS:
        action()
        times += 1
    return units * times / (time.perf_counter() - start)


def matrix_product(dtype: torch.dtype) -> float:
    """Operations per second."""
    one, other = (torch.rand(SIDE, SIDE).to(dtype) for _ in range(2))
    return rate(lambda: one @ other, 2.0 * SIDE**3)


def measure(name: str, threads: int) -> dict[str, float]:
    """What one checkout, the one that Python finds, does with a network: by kind of work."""
    if hasattr(inference, "keep_freed_memory"):
        inference.keep_freed_memory()
    torch.set_num_threads(threads)
    network = networks.find(name)
    options = read_section(f"train_{name}", TrainParams)  # of the checkout, where this runs
    model = network.build(SIZE, ANSWERS, seed=0)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model.eval()(torch.rand(1, 3, SIZE, SIZE))
    images = torch.randint(0, 256, (BATCH, SIZE, SIZE, 3), dtype=torch.uint8)
    found = {"operations": float(counter.get_total_flops()), "views": float(network.views)}
    for precision, dtype in DTYPES.items():
        found[f"product {precision}"] = matrix_product(dtype)
        found[f"predict {precision}"] = rate(predicting(network, model, images, precision), BATCH)
    found["train"] = rate(training(model, images, options), BATCH)
    found["train in bfloat16"] = float(
        choose_compute("cpu", options.precision).dtype == torch.bfloat16
    )
    return found


def predicting(
    network: Network, model: nn.Module, images: Tensor, precision: str
) -> Callable[[], Tensor]:
    compute = choose_compute("cpu", precision)
    views = RegularViews(network.views, network.quarter_turns_alike(SIZE))
    if hasattr(network, "fold"):
        model = inference.made_ready(network.fold(model.eval()), compute)
    return lambda: inference.predict_batch(model.eval(), images, compute, views)


def training(model: nn.Module, images: Tensor, options: TrainParams) -> Callable[[], None]:
    compute, votes = choose_compute("cpu", options.precision), torch.rand(BATCH, ANSWERS)
    progress, ranges = start(model.train(), options), Ranges.of(options)

    def step() -> None:
        model.train()
        views = random_views(to_input(images), ranges, progress.draws)
        with compute.autocast():
            predicted = model(views)
        progress.optimizer.zero_grad()
        torch.nn.functional.mse_loss(predicted.float(), votes).backward()  # type: ignore[no-untyped-call]
        progress.optimizer.step()
        if progress.average is not None:
            progress.average.update_parameters(model)

    return step


def in_checkout(folder: Path, name: str, threads: int) -> dict[str, float]:
    """`measure`, in a process that imports the package of a checkout."""
    program = [sys.executable, str(Path(__file__)), "--measure", name, "--threads", str(threads)]
    environment = os.environ | {"PYTHONPATH": str(folder)}
    said = subprocess.run(
        program, env=environment, cwd=folder, check=True, stdout=subprocess.PIPE, text=True
    )
    found: dict[str, float] = json.loads(said.stdout.splitlines()[-1])
    return found


def best(rounds: list[dict[str, float]]) -> dict[str, float]:
    return {key: max(own[key] for own in rounds) for key in rounds[0]}


def tell(name: str, now: dict[str, float], before: dict[str, float] | None) -> None:
    trained_in = "bfloat16" if now["train in bfloat16"] else "float32"
    work = {f"predict {own}": (own, now["views"]) for own in DTYPES} | {"train": (trained_in, 3)}
    print(f"{name}: {now['operations'] / 1e6:.0f} million operations an image and view")
    for kind, (precision, times) in work.items():
        limit = now[f"product {precision}"] / (times * now["operations"])
        line = (
            f"  {kind:17} {now[kind]:7.0f} images/s, {100 * now[kind] / limit:3.0f} % of the limit"
        )
        line += f" of {limit:.0f} in {precision}"
        if before:
            line += f"; before {before[kind]:.0f}: {now[kind] / before[kind]:.2f} times"
        print(line)
    if before:
        gain = now["predict bfloat16"] / before["predict float32"]
        print(f"  predict, bfloat16 now over float32 before: {gain:.2f} times", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("networks", nargs="*", default=["cnn", "resnet", "tuned"])
    parser.add_argument("--before", type=Path)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measure(given.measure, given.threads)))
        return
    print(f"batches of {BATCH}, {given.threads} threads, best of {ROUNDS} rounds")
    for name in given.networks:
        folders = [ROOT, *([given.before.resolve()] if given.before else [])]
        rounds = [[in_checkout(own, name, given.threads) for own in folders] for _ in range(ROUNDS)]
        now, *before = (best(list(own)) for own in zip(*rounds, strict=True))
        tell(name, now, before[0] if before else None)


if __name__ == "__main__":
    main()
