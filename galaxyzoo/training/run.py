"""One whole training: from the files of the data to the files of weights and history."""

import logging
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pandas as pd
import torch
from torch import nn

from galaxyzoo.base import paths
from galaxyzoo.base.files import digest_of_all, write_csv
from galaxyzoo.dataset.blocks import choose_shuffle
from galaxyzoo.dataset.galaxies import DataFiles
from galaxyzoo.devices import choose_compute, describe
from galaxyzoo.networks.common.ensemble import ensemble_of
from galaxyzoo.networks.common.network import Network
from galaxyzoo.networks.common.weights import ModelInfo, save_weights
from galaxyzoo.processed import DamagedError, Preparation
from galaxyzoo.training.checkpoints import (
    find_checkpoint,
    remove_checkpoint,
    remove_other_checkpoints,
)
from galaxyzoo.training.loop import fit
from galaxyzoo.training.params import TrainParams
from galaxyzoo.training.pretrained import read_pretrained
from galaxyzoo.training.ranks import Ranks

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Training:
    """What came of a training."""

    model: nn.Module
    history: pd.DataFrame
    """As `fit` gives it, and what its bits hang on: the kind of device, computed_on, threads, and
    processes, and how images were shuffled"""
    info: ModelInfo
    checkpoint: Path

    def write(self, weights: Path | None = None, history: Path | None = None) -> None:
        """Write the weights (safetensors) and the history (CSV), by default where `paths` says.

        The checkpoint goes when both are there. Of several processes the first one writes.
        """
        if not Ranks.here().place.first:
            return
        name = self.info.network
        save_weights(weights or paths.trained_weights(name), self.model, self.info.as_dict())
        write_csv(history or paths.training_history(name), self.history)
        remove_checkpoint(self.checkpoint)


def train_network(
    network: Network, data: DataFiles, options: TrainParams, checkpoints: Path = paths.CHECKPOINTS
) -> Training:
    """Build a network and train it on the training split of `data`.

    In the folder `checkpoints` it leaves one after each epoch, and resumes from there if an
    earlier run of the same training was interrupted. Those of other trainings of this network go.
    Each of several processes that are `joined` calls this, with the same data.
    """
    preparation = Preparation.read(data.processed.preparation)
    if data.images.shape[1] != preparation.size:
        where = data.processed
        raise DamagedError(where.preparation, f"its size is not that of {where.images}")
    # before the digest: these say what is wrong with a file, which tells only that it is another
    train, test = data.open("train"), data.open("test")
    options = settled(options, data.images.nbytes)
    info = ModelInfo(
        network.name,
        data.tree,
        **asdict(preparation),
        data_digest=data.digest(),
        label_column=data.facts.column,
        architecture=network.architecture,
        members=options.members,
    )
    old = read_pretrained(network, info, options)
    network = ensemble_of(network, options.members)
    info = replace(info, pretrained=old.digest if old else None)
    compute = choose_compute(options.device, options.precision)
    learned = digest_of_all([info.data_digest, *([old.digest] if old else [])])
    checkpoint = find_checkpoint(checkpoints, network, learned, options, compute)
    ranks = Ranks.here()
    ranks.check_same(checkpoint.name)
    if ranks.place.first:
        remove_other_checkpoints(checkpoint)
    model = network.build(preparation.size, len(data.tree.columns), options.seed)
    names = old.give_to(model) if old else ()
    history = fit(model, train, test, options, checkpoint, pretrained=names)
    history = history.assign(computed_on=describe(compute.device), threads=torch.get_num_threads())
    history = history.assign(processes=ranks.place.count, shuffle=options.shuffle)
    return Training(model, history, info, checkpoint)


def settled(options: TrainParams, all_bytes: int) -> TrainParams:
    """The same, with it settled how images of so many bytes are shuffled on this machine.

    Whatever tells this training from others, its checkpoint's name and its history, then tells it.
    """
    chosen = choose_shuffle(options.shuffle, all_bytes)
    if options.shuffle == "auto":
        half = f"{'more than' if chosen == 'blocks' else 'at most'} half of the memory"
        logger.info("shuffled by %s: all images take %.2f GB, %s", chosen, all_bytes / 1e9, half)
    return options.model_copy(update={"shuffle": chosen})
