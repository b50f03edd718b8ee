"""The loop over epochs: one for every network."""

import logging
import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Never

import pandas as pd
import torch
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer
from torch.optim.swa_utils import AveragedModel
from torch.utils.data import DataLoader
from tqdm import tqdm

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.memory import keep_freed_memory
from galaxyzoo.base.places import Rows
from galaxyzoo.dataset.batches import in_order, in_order_together, shuffled
from galaxyzoo.dataset.blocks import choose_shuffle
from galaxyzoo.dataset.galaxies import GalaxyDataset, ImagesAndVotes
from galaxyzoo.devices import Compute, choose_compute
from galaxyzoo.networks.common.inputs import to_input
from galaxyzoo.training.augmentation import Ranges, random_views
from galaxyzoo.training.batch_norm import estimate_batch_norm, generators_kept
from galaxyzoo.training.checkpoints import Progress, restore_checkpoint, save_checkpoint
from galaxyzoo.training.history import Epoch, as_table
from galaxyzoo.training.losses import (
    RunningMean,
    known_error,
    known_part,
    mean_squared_error,
    own_votes,
)
from galaxyzoo.training.params import TrainParams
from galaxyzoo.training.ranks import Ranks

logger = logging.getLogger(__name__)

Tensors = tuple[Tensor, ...] | list[Tensor]

WARM_UP = 0.2
"""The share of a one-cycle training in which the learning rate rises"""

_FIRST_RATE = 1 / 25  # of the highest learning rate
_STEPS_PER_LOOK = 50  # at the losses; each look makes an accelerator wait


class TrainingError(UserError):
    """Training went astray."""


def fit(  # noqa: PLR0913  what is trained, on what, and how
    model: nn.Module,
    train_set: GalaxyDataset,
    test_set: GalaxyDataset | None,
    options: TrainParams,
    checkpoint: Path | None = None,
    *,
    pretrained: Collection[str] = (),
) -> pd.DataFrame:
    """Train `model` in place, with AdamW on the MSE over known answers (Loshchilov and Hutter 2019,
    arXiv:1711.05101; without weight decay it is Adam).

    Gives the history, a row for each epoch from 0 on, as `as_table` has it. Whoever learns from all
    galaxies has no `test_set`: the history's columns of it are then NaN. Raises TrainingError at a
    loss that isn't finite, and where a set has no known answer. Resumes from `checkpoint` if there
    is one, and writes it after each epoch. Each of several processes that are `joined` calls this
    with the same of everything, computes its rows of each batch, and ends with the same weights.
    Weights whose names are `pretrained` learn at the rate that the options have for such.
    """
    _check_known(train_set, "training")
    keep_freed_memory()
    compute = choose_compute(options.device, options.precision)
    progress = start(model.to(compute.device), options, pretrained)
    if choose_shuffle(options.shuffle, train_set.images.nbytes) == "blocks":
        train_set = train_set.in_blocks()
    ranks = progress.ranks
    train_set = train_set.to(compute.device)
    if test_set is not None:
        _check_known(test_set, "test")
        test_set = test_set.to(compute.device)
    scoring = _Scoring(progress, train_set, test_set, options, compute)
    batches = shuffled(train_set, options.batch_size, progress.draws, ranks.place)

    if checkpoint is None or not restore_checkpoint(checkpoint, progress):
        end_epoch(progress, *scoring.before_training())
    with _bar(len(train_set), options.epochs, len(progress.epochs) - 1, ranks) as bar:
        for epoch in range(len(progress.epochs), options.epochs + 1):
            # the last epoch's loss, until this one is long enough to have its own looked at
            bar.set_postfix(loss=f"{progress.epochs[-1].train_mse:.4f}", refresh=False)
            bar.set_description(f"epoch {epoch} of {options.epochs}")
            train_mse = train_epoch(progress, batches, options, compute, bar)
            end_epoch(progress, train_mse, *scoring.after_epoch())
            if checkpoint is not None and ranks.place.first:
                save_checkpoint(checkpoint, progress)
    model.load_state_dict(progress.scored.state_dict())
    return as_table(progress.epochs)


def _check_known(dataset: GalaxyDataset, which: str) -> None:
    if dataset.votes.isnan().all():
        raise TrainingError(f"no answer of any galaxy of the {which} split is known")


@dataclass(frozen=True)
class _Scoring:
    """How a network is scored between epochs."""

    progress: Progress
    train_set: GalaxyDataset
    test_set: GalaxyDataset | None
    options: TrainParams
    compute: Compute

    def before_training(self) -> tuple[float, float | None, float | None]:
        """The MSE on plain images of the training split; then as `after_epoch`."""
        test_mse, running = self.after_epoch()
        return self._mse(self.train_set), test_mse, running

    def after_epoch(self) -> tuple[float | None, float | None]:
        """The MSE on the test split, and that with the running statistics of batch norm.

        None, each, if there is no test split.
        """
        running = self._test_mse()
        # a moving average has averaged statistics, which fit its weights
        if not self.options.precise_bn or self.progress.average is not None:
            return running, running
        ranks = self.progress.ranks
        plain = in_order_together(self.train_set, self.options.batch_size, ranks.place)
        with generators_kept(self.compute.device):  # so that the next epoch draws as without
            estimate_batch_norm(self.progress.model, plain, self.compute, ranks)
            return self._test_mse(), running

    def _test_mse(self) -> float | None:
        return None if self.test_set is None else self._mse(self.test_set)

    def _mse(self, dataset: GalaxyDataset) -> float:
        ranks = self.progress.ranks
        batches = in_order(dataset, self.options.batch_size, ranks.place)
        return mean_squared_error(self.progress.scored, batches, self.compute, ranks)


def start(model: nn.Module, options: TrainParams, pretrained: Collection[str] = ()) -> Progress:
    """A training of `model`, on the device where it is, that has made no step yet."""
    ranks = Ranks.here()
    average, model = None, ranks.with_batch_norm(model)
    if options.ema_decay:
        # the statistics of batch norm are averaged like the weights, and so fit them
        average = AveragedModel(model, multi_avg_fn=_ema(options.ema_decay), use_buffers=True)
    groups = _groups(model, options, pretrained)
    optimizer = AdamW(groups, weight_decay=options.weight_decay)
    _set_rate(optimizer, 0, options)
    draws = torch.Generator().manual_seed(options.seed)
    return Progress(model, average, optimizer, draws, ranks)


def _groups(
    model: nn.Module, options: TrainParams, pretrained: Collection[str]
) -> list[dict[str, Any]]:
    """Weights that learn at one rate, the faster ones first: `lr_mult` times the learning rate."""
    rates = {False: 1.0, True: options.pretrained_lr_mult}
    groups = [
        {
            "params": [w for name, w in model.named_parameters() if (name in pretrained) is old],
            "lr_mult": mult,
        }
        for old, mult in rates.items()
    ]
    return [group for group in groups if group["params"]]


def _ema(decay: float) -> Callable[[Tensors, Tensors, Tensor | int], None]:
    """How AveragedModel updates an exponential moving average; whole numbers are copied."""

    @torch.no_grad()
    def update(averages: Tensors, current: Tensors, _: Tensor | int) -> None:
        if averages[0].is_floating_point():
            torch._foreach_lerp_(averages, current, 1 - decay)
        else:
            torch._foreach_copy_(averages, current)

    return update


def train_epoch(
    progress: Progress,
    batches: DataLoader[ImagesAndVotes],
    options: TrainParams,
    compute: Compute,
    bar: "tqdm[Never]",
) -> float:
    """One pass over the training split; the mean of its losses."""
    learner, optimizer = progress.learner.train(), progress.optimizer
    ranges, losses = Ranges.of(options), RunningMean(len(batches), compute.device, progress.ranks)
    epoch = len(progress.epochs)
    for step, (images, votes) in enumerate(batches):
        _set_rate(optimizer, (epoch - 1 + step / len(batches)) / options.epochs, options)
        rows = progress.ranks.place.rows(len(votes))
        views = random_views(to_input(images.to(compute.device)), ranges, progress.draws, rows)
        with compute.autocast(), progress.ranks.dropout(rows):
            predicted = learner(views)
        optimizer.zero_grad()
        losses.add(*_backward(predicted, votes.to(compute.device), rows, progress.ranks))
        optimizer.step()
        if progress.average is not None:
            progress.average.update_parameters(progress.model)
        if step % _STEPS_PER_LOOK == _STEPS_PER_LOOK - 1:
            bar.set_postfix(loss=f"{_finite(losses, epoch):.4f}", refresh=False)
        bar.update(len(votes))
    progress.even_out()
    return _finite(losses, epoch)


def _backward(predicted: Tensor, votes: Tensor, rows: Rows, ranks: Ranks) -> tuple[Tensor, Tensor]:
    """Find the gradients of the mean over all known answers of a batch.

    Gives the mean over those of this process's rows, and its weight.
    """
    own = own_votes(votes, rows)
    loss, weight = known_error(predicted, own)
    # gradients are then averaged over the processes, and it is their sum that is wanted
    part = known_part(own, votes, loss) * ranks.place.count
    (loss * part).backward()  # type: ignore[no-untyped-call]
    return loss, weight


def learning_rate(done: float, options: TrainParams) -> float:
    """The learning rate when the share `done` of all steps is made.

    "one_cycle" rises to options.learning_rate along half a cosine, and falls to zero along
    another (Smith and Topin 2018, arXiv:1708.07120).
    """
    if options.schedule == "constant":
        return options.learning_rate
    if done < WARM_UP:
        rise = (1 - math.cos(math.pi * done / WARM_UP)) / 2
        return options.learning_rate * (_FIRST_RATE + (1 - _FIRST_RATE) * rise)
    fall = (1 + math.cos(math.pi * (done - WARM_UP) / (1 - WARM_UP))) / 2
    return options.learning_rate * fall


def _set_rate(optimizer: Optimizer, done: float, options: TrainParams) -> None:
    for group in optimizer.param_groups:
        group["lr"] = learning_rate(done, options) * group["lr_mult"]


def _finite(losses: RunningMean, epoch: int) -> float:
    """The mean of an epoch's losses; TrainingError if one of them is no number."""
    step = losses.first_bad()
    if step is not None:
        raise TrainingError(
            f"the loss is not finite at epoch {epoch}, step {step}; try a lower learning_rate, "
            "or precision: float32"
        )
    return losses.value()


def end_epoch(
    progress: Progress,
    train_mse: float,
    test_mse: float | None,
    test_mse_running_bn: float | None,
) -> None:
    number = len(progress.epochs)
    if not all(math.isfinite(own) for own in (train_mse, test_mse) if own is not None):
        raise TrainingError(
            f"the loss after epoch {number} is not finite (train {train_mse}, test {test_mse}); "
            "try a lower learning_rate"
        )
    rate = progress.optimizer.param_groups[0]["lr"]
    progress.epochs.append(Epoch(number, rate, train_mse, test_mse, test_mse_running_bn))
    logger.info("%s", progress.epochs[-1])


def _bar(galaxies: int, epochs: int, done: int, ranks: Ranks) -> "tqdm[Never]":
    return tqdm(
        total=galaxies * epochs,
        initial=galaxies * done,
        unit=" images",
        disable=None if ranks.place.first else True,
        leave=False,
    )
