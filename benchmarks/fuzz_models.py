"""Damaged and made-up model files: what `galaxyzoo.load_model` and one prediction make of them.

    python -m benchmarks.fuzz_models --files 4000

Each is read by a process of its own, which has 1 GB beyond what it starts with and 20 seconds. A
file is refused in one line, or it predicts fractions from 0 to 1; all else counts as wrong, and the
program ends with 1. Half of the files have a checksum, as all have that are written today.
"""

import argparse
import os
import resource
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path

import torch

from galaxyzoo.base.errors import UserError
from galaxyzoo.predict.predictor import load_model
from tests.predict.damaged_models import KINDS, damaged
from tests.predict.keep_model_file import draw_images

SECONDS = 20
BYTES = 2**30
OUTCOMES = ("refused", "predicts", "traceback", "rubbish", "killed")
IMAGE = draw_images()[:1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=4000)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    options = parser.parse_args()
    torch.set_num_threads(1)
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.files):
            kind = list(KINDS)[number % len(KINDS)]
            path = damaged(Path(folder), kind, options.first + number // len(KINDS))
            outcome = judged(path)
            counts[kind][outcome] += 1
            if outcome not in OUTCOMES[:2]:
                print(f"{path.stem}: {outcome}", flush=True)
            path.unlink()
    print(f"{'':10}" + "".join(f"{name:>12}" for name in OUTCOMES))
    for kind, own in counts.items():
        print(f"{kind:10}" + "".join(f"{own[name]:12,}" for name in OUTCOMES))
    sys.exit(any(own[name] for own in counts.values() for name in OUTCOMES[2:]))


def judged(path: Path) -> str:
    """One of OUTCOMES."""
    child = os.fork()
    if child == 0:
        os._exit(OUTCOMES.index(_try(path)))
    _, status = os.waitpid(child, 0)
    return OUTCOMES[os.WEXITSTATUS(status)] if os.WIFEXITED(status) else "killed"


def _try(path: Path) -> str:
    used = int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_DATA, (used + BYTES, used + BYTES))
    signal.alarm(SECONDS)
    try:
        fractions = load_model(path).predict(IMAGE).to_numpy()
    except UserError as error:
        text = str(error)
        return "refused" if text.isprintable() and len(text) < 1000 else "rubbish"
    except BaseException as error:  # noqa: BLE001  whatever it is, it counts
        print(f"{path.stem}: {error!r}"[:300], flush=True)
        return "traceback"
    return "predicts" if 0 <= fractions.min() <= fractions.max() <= 1 else "rubbish"


if __name__ == "__main__":
    main()
