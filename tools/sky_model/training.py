"""The trainings: one for each fold, and one on all galaxies."""

import hashlib
import logging
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.files import digest_of_all, file_digest, write_csv
from galaxyzoo.base.ids import Ids, id_array, places_of
from galaxyzoo.base.paths import ProcessedPaths
from galaxyzoo.dataset.galaxies import GalaxyDataset
from galaxyzoo.devices import choose_compute
from galaxyzoo.findings import refuse
from galaxyzoo.images.by_id import open_images
from galaxyzoo.images.processing import process_images
from galaxyzoo.labels.checks import find_wrong_votes
from galaxyzoo.labels.table import read_labels
from galaxyzoo.labels.twins import find_twins
from galaxyzoo.networks import tuned
from galaxyzoo.networks.common.ensemble import ensemble_of
from galaxyzoo.networks.common.weights import ModelInfo, save_weights
from galaxyzoo.processed import Preparation, known_digest, open_array
from galaxyzoo.training.checkpoints import find_checkpoint, remove_checkpoint
from galaxyzoo.training.loop import fit
from galaxyzoo.training.run import settled
from galaxyzoo.tree import GZ2
from tools.sky_model.folds import draw_folds
from tools.sky_model.settings import Settings

logger = logging.getLogger(__name__)

EVERYTHING = 0
"""The training that learns from the galaxies of all folds"""


@dataclass(frozen=True)
class Galaxies:
    """The processed images, with labels and folds."""

    processed: ProcessedPaths
    labels: Path
    settings: Settings

    @cached_property
    def _votes(self) -> pd.DataFrame:
        table = read_labels(self.labels, GZ2)
        refuse(self.labels, find_wrong_votes(GZ2, table))
        return table

    @cached_property
    def ids(self) -> Ids:
        """Those that have an image and labels, ascending."""
        processed = np.asarray(open_array(self.processed.galaxy_ids))
        return processed[places_of(processed, id_array(self._votes.index)) >= 0]

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """Where in the array of images each of them is."""
        return places_of(self.ids, np.asarray(open_array(self.processed.galaxy_ids)))

    @cached_property
    def folds(self) -> NDArray[np.int64]:
        """To which fold, from 1 on, each galaxy belongs."""
        options = self.settings.cross_validation
        firsts = find_twins(self.processed.images, self.rows)
        return draw_folds(firsts, options.folds, options.seed)

    def some(self, chosen: NDArray[np.bool_]) -> GalaxyDataset:
        """The galaxies that are `chosen` [M]."""
        table = self._votes.iloc[places_of(self.ids[chosen], id_array(self._votes.index))]
        return GalaxyDataset(
            open_array(self.processed.images),
            torch.from_numpy(self.rows[chosen]),
            torch.from_numpy(np.array(table, np.float32)),
            self.ids[chosen],
        )

    def digest(self, learned: GalaxyDataset) -> str:
        """What tells the galaxies that a network learned from: 64 hex digits."""
        images = known_digest(self.processed.digests, self.processed.images)
        whole = hashlib.sha256(digest_of_all((images, file_digest(self.labels))).encode())
        whole.update(learned.galaxy_ids.tobytes())
        return whole.hexdigest()


def find_labels(raw: Path) -> Path:
    """The table of votes in a folder, as Kaggle has it or unzipped."""
    found = [raw / f"training_solutions_rev1.{ending}" for ending in ("csv", "zip")]
    there = [path for path in found if path.is_file()]
    if not there:
        raise UserError(f"{raw}: holds no training_solutions_rev1.csv, and none that is zipped")
    return there[0]


def process(images: Path, settings: Settings, outputs: ProcessedPaths) -> None:
    """Crop and resize all images."""
    options = settings.crop_resize
    process_images(open_images(images), options.crop, options.size, False, outputs)


def train(galaxies: Galaxies, fold: int, folder: Path) -> Path:
    """Train on all galaxies but those of `fold`; gives the file of weights, below `folder`."""
    learned = galaxies.some(galaxies.folds != fold)
    # whoever learns from all has none to be tested on: the history then tells of some it learned
    tested = galaxies.some(galaxies.folds == (fold or 1))
    return train_on(galaxies, learned, tested, folder / name(fold))


def train_on(
    galaxies: Galaxies, learned: GalaxyDataset, tested: GalaxyDataset | None, folder: Path
) -> Path:
    """Train on some of the galaxies; gives the file of weights, in `folder`.

    An interrupted training resumes after its last whole epoch; one that is done is not repeated.
    """
    options = settled(galaxies.settings.train_tuned, learned.images.nbytes)
    own = galaxies.digest(learned)
    compute = choose_compute(options.device, options.precision)
    checkpoint = find_checkpoint(folder / "interrupted", tuned.NETWORK, own, options, compute)
    done = folder / checkpoint.name
    if done.is_file():
        return done
    logger.info("%s: %s galaxies to learn from", folder.name, f"{len(learned):,}")
    preparation = Preparation.read(galaxies.processed.preparation)
    network = ensemble_of(tuned.NETWORK, options.members)
    model = network.build(preparation.size, len(GZ2.columns), options.seed)
    history = fit(model, learned, tested, options, checkpoint)
    info = ModelInfo(
        tuned.NETWORK.name,
        GZ2,
        **asdict(preparation),
        data_digest=own,
        label_column="kaggle",
        members=options.members,
    )
    write_csv(done.with_suffix(".history.csv"), history)
    save_weights(done, model, info.as_dict())
    remove_checkpoint(checkpoint)
    return done


def name(fold: int) -> str:
    """Of a training, for folders and people."""
    return f"fold-{fold}" if fold else "everything"
