"""What fine-tuning is worth: few galaxies learned from scratch, and from the model of the sky.

usage: python -m benchmarks.fine_tuning OPEN KAGGLE

OPEN holds images_gz2.zip, gz2_filename_mapping.csv and gz2_hart16.csv, KAGGLE the competition's
images_training_rev1.zip. Galaxies whose picture is among the competition's are left out: our model
has learned from them. Three times, 300 of the others are drawn to learn from, and the rest test;
trainings follow tools/sky_model/settings.yaml, with another seed each, and those that start from
our model the standard pretrained_lr_mult. One thread; goes on where it was stopped. Prints each
RMSE, and as a ratio to that from scratch.
"""

import logging
import sys
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from galaxyzoo import sky
from galaxyzoo.base.endings import told
from galaxyzoo.base.files import file_digest, write_csv
from galaxyzoo.base.ids import Ids, id_array, places_of
from galaxyzoo.base.paths import ProcessedPaths
from galaxyzoo.dataset.galaxies import GalaxyDataset
from galaxyzoo.devices import Compute, choose_compute
from galaxyzoo.images.by_id import open_images
from galaxyzoo.images.processing import process_images
from galaxyzoo.labels.reading import read_votes
from galaxyzoo.labels.votes import Votes
from galaxyzoo.predict.inference import Perception, see
from galaxyzoo.predict.model_files import ExportedModel, read_exported
from galaxyzoo.processed import open_array
from galaxyzoo.scoring.rmse import rmse
from galaxyzoo.training.checkpoints import find_checkpoint, remove_checkpoint
from galaxyzoo.training.loop import fit
from galaxyzoo.training.params import TrainParams
from galaxyzoo.training.run import settled
from galaxyzoo.tree import GZ2
from tools.sky_model.looking import fractions, missed
from tools.sky_model.settings import read_settings

WORK = Path("models/fine_tuning")
TABLE = WORK / "scores.csv"
SEEDS = (1, 2, 3)
LEARNED = 300
SCRATCH, TUNED, UNTOUCHED, MEAN = "from scratch", "from our model", "our model untouched", "mean"
_SAME_PICTURE = 0.002  # root of the mean squared difference of pixels from 0 to 1; others: 0.02
_BATCH = 64


@dataclass(frozen=True)
class OpenGalaxies:
    """The galaxies of the open data that our model has not seen."""

    images: ProcessedPaths
    seen: ProcessedPaths
    """The competition's"""
    folder: Path

    @cached_property
    def votes(self) -> Votes:
        known = np.asarray(open_array(self.images.galaxy_ids))
        table, mapping = (self.folder / f"gz2_{own}.csv" for own in ("hart16", "filename_mapping"))
        votes = read_votes(table, mapping, "debiased", GZ2, known).votes
        ids = id_array(votes.fractions.index)
        return votes.of(ids[(places_of(ids, known) >= 0) & ~np.isin(ids, self._seen)])

    @cached_property
    def _seen(self) -> Ids:
        """The names of those whose picture the competition has, but for the noise of its JPEG."""
        ours, theirs = (
            own.reshape(len(own), -1).astype(np.float32) / 255
            for own in (open_array(self.images.images), open_array(self.seen.images))
        )
        apart = (ours**2).sum(1)[:, None] + (theirs**2).sum(1) - 2 * ours @ theirs.T
        nearest = np.sqrt(np.maximum(apart.min(1), 0) / ours.shape[1])
        ids: Ids = np.asarray(open_array(self.images.galaxy_ids))[nearest < _SAME_PICTURE]
        return ids

    def draw(self, seed: int) -> tuple[GalaxyDataset, GalaxyDataset]:
        """Those to learn from, and the others."""
        order = np.random.default_rng(seed).permutation(len(self.votes.fractions))
        return self._some(np.sort(order[:LEARNED])), self._some(np.sort(order[LEARNED:]))

    def _some(self, places: NDArray[np.int64]) -> GalaxyDataset:
        own = self.votes.fractions.iloc[places]
        ids = id_array(own.index)
        rows = places_of(ids, np.asarray(open_array(self.images.galaxy_ids)))
        votes = torch.from_numpy(np.array(own, np.float32))
        return GalaxyDataset(open_array(self.images.images), torch.from_numpy(rows), votes, ids)


def score(model: ExportedModel, tested: GalaxyDataset, learned: GalaxyDataset | None) -> float:
    """As the settings say that predictions are made, in float32.

    What the network misses is told by the galaxies that it has `learned`; None: by its file.
    """
    settings, residuals = read_settings(), model.residuals
    if learned is not None:
        residuals = missed(_look(model, learned), learned.votes.numpy(), settings)
    given = fractions(_look(model, tested), residuals, settings)
    return rmse(given, tested.votes.numpy())


def _look(model: ExportedModel, galaxies: GalaxyDataset) -> Perception:
    return see(model.folded(), galaxies, _BATCH, Compute(torch.device("cpu")), model.views)


def train(start: str, seed: int, learned: GalaxyDataset) -> ExportedModel:
    """Our model, trained anew or further."""
    model = read_exported(sky.path())
    changed: dict[str, object] = {"seed": seed}
    if start == TUNED:
        changed["pretrained"] = str(sky.path())
    told_options = read_settings().train_tuned.model_copy(update=changed)
    options = settled(told_options, learned.images.nbytes)
    network, names = model.network, frozenset[str]()
    new = network.build(model.info.size, len(GZ2.columns), seed)
    if start == TUNED:
        names = frozenset(model.module.state_dict())
        new.load_state_dict(model.module.state_dict())
    fit(new, learned, None, options, _checkpoint(model, learned, options), pretrained=names)
    model.module.load_state_dict(new.state_dict())
    return model


def _checkpoint(model: ExportedModel, learned: GalaxyDataset, options: TrainParams) -> Path:
    compute = choose_compute(options.device, options.precision)
    data = file_digest(sky.path()) + ",".join(learned.galaxy_ids)
    return find_checkpoint(WORK / "interrupted", model.network, data, options, compute)


def rows(galaxies: OpenGalaxies, done: set[tuple[str, int]]) -> Iterator[dict[str, object]]:
    """A row for each start and seed that is not `done`."""
    for seed in SEEDS:
        learned, tested = galaxies.draw(seed)
        for start in (MEAN, UNTOUCHED, TUNED, SCRATCH):
            if (start, seed) not in done:
                yield {
                    "start": start,
                    "seed": seed,
                    "rmse": round(_run(start, seed, learned, tested), 6),
                }


def _run(start: str, seed: int, learned: GalaxyDataset, tested: GalaxyDataset) -> float:
    if start == MEAN:
        return rmse(
            learned.votes.nanmean(0).expand(tested.votes.shape).numpy(), tested.votes.numpy()
        )
    if start == UNTOUCHED:
        return score(read_exported(sky.path()), tested, None)
    return score(train(start, seed, learned), tested, learned)


def measure(galaxies: OpenGalaxies) -> pd.DataFrame:
    """Do what trainings are missing in the table, and write it anew after each."""
    table = pd.read_csv(TABLE) if TABLE.is_file() else pd.DataFrame()
    known: list[dict[Hashable, Any]] = table.to_dict("records")
    done = {(str(row["start"]), int(row["seed"])) for row in known}
    for row in rows(galaxies, done):
        known.append(dict[Hashable, Any](row.items()))
        write_csv(TABLE, pd.DataFrame(known))
        for left in (WORK / "interrupted").glob("*.safetensors"):
            remove_checkpoint(left)
    return pd.DataFrame(known)


def processed(images: Path, name: str) -> ProcessedPaths:
    """The images of a zip, as our model takes them."""
    outputs, info = ProcessedPaths(WORK / name), read_exported(sky.path()).info
    if not outputs.digests.is_file():
        process_images(open_images(images), info.crop, info.size, False, outputs)
    return outputs


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    torch.set_num_threads(1)
    folder, kaggle = map(Path, sys.argv[1:])
    ours = processed(folder / "images_gz2.zip", "open")
    seen = processed(kaggle / "images_training_rev1.zip", "seen")
    galaxies = OpenGalaxies(ours, seen, folder)
    count = len(galaxies.votes.fractions)
    print(f"{count} galaxies that our model has not seen, {LEARNED} of them to learn from")
    table = measure(galaxies).pivot(index="seed", columns="start", values="rmse")
    for start, own in table.items():
        ratio = (own / table[SCRATCH]).mean()
        print(f"{start}: {own.mean():.4f} ± {own.std():.4f}, {ratio:.3f} times that from scratch")


if __name__ == "__main__":
    with told():
        main()
