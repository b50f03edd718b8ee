"""Fine-tuning: a training starts from weights that learned before, here or elsewhere.

Layers that come from a file learn at a lower rate (Howard and Ruder 2018, arXiv:1801.06146, section
3.2): what they know is worth more than what few galaxies would make of it. Where the answers are
others than those of the file, the last layer is made anew.
"""

import logging
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from torch import nn

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.files import file_digest
from galaxyzoo.base.messages import count, some
from galaxyzoo.networks.common.ensemble import ensemble_of, first_members, for_each_member
from galaxyzoo.networks.common.metadata import parse_info
from galaxyzoo.networks.common.network import Network, Weights
from galaxyzoo.networks.common.reading import naming, read_metadata, read_weights
from galaxyzoo.networks.common.weights import ModelInfo
from galaxyzoo.training.params import NO_WEIGHTS, TrainParams

logger = logging.getLogger(__name__)

_COUNTER = "num_batches_tracked"
"""Of batch norm: checkpoints of old versions of torch lack it, and nothing hangs on it"""


class PretrainedError(UserError):
    """A training can't start from the file that it is to start from."""


@dataclass(frozen=True)
class Pretrained:
    """Weights that learned before."""

    digest: str
    """SHA-256 of their file"""
    weights: Weights
    """By their names in the network; without those of a layer that is made anew"""

    def give_to(self, model: nn.Module) -> frozenset[str]:
        """Put the weights into a network that was just built; the names of those that it got."""
        model.load_state_dict(dict(self.weights), strict=False)
        return frozenset(self.weights)


def read_pretrained(network: Network, wanted: ModelInfo, options: TrainParams) -> Pretrained | None:
    """What a training of `network` is to start from; None: it begins from scratch.

    `wanted` tells of the model that is to come of it, and how many members of the network it has;
    of a model file with more, the first ones are taken. Raises PretrainedError or ModelFileError,
    which name the file, if its weights are others than those of this network for images of this
    size. Warns where it learned from images that were cropped otherwise, where the test split may
    have been among them, and where nothing would learn.
    """
    start, checkpoint = _Start(network, wanted), options.checkpoint
    if options.model_file is None:
        return None if checkpoint is None else start.from_checkpoint(checkpoint)
    if checkpoint is not None:
        raise PretrainedError(
            f"{options.model_file} and {checkpoint}: a training starts from a model file "
            f"(pretrained) or a checkpoint (weights); let one of them be {NO_WEIGHTS}"
        )
    found = start.from_model_file(options.model_file)
    if options.pretrained_lr_mult == 0 and start.has_all(found):
        logger.warning(
            "%s: all layers come from it, and pretrained_lr_mult is 0: no weight learns, and only "
            "the means and variances of batch norm change",
            options.model_file,
        )
    return found


@dataclass(frozen=True)
class _Start:
    """Of a training that is about to begin."""

    network: Network
    wanted: ModelInfo

    def from_model_file(self, path: Path) -> Pretrained:
        metadata = read_metadata(path)
        with naming(path):
            found = parse_info(metadata)
        self._check_network(path, found)
        theirs = ensemble_of(self.network, found.members)
        weights: Weights = read_weights(path, theirs, found, metadata).state_dict()
        if found.members > self.wanted.members:
            weights = first_members(weights, self.wanted.members)
        same = found.tree.columns == self.wanted.tree.columns
        _tell(path, found, self.wanted, same)
        return self._kept(path, weights, frozenset() if same else self._last_layer)

    def from_checkpoint(self, path: Path) -> Pretrained:
        if self.network.read_checkpoint is None:
            raise PretrainedError(f"{path}: {self.network.name!r} starts from no such checkpoint")
        weights = for_each_member(self.network.read_checkpoint(path), self.wanted.members)
        logger.info("starts from %s, with a new last layer", path)
        return self._kept(path, weights, self._last_layer)

    def has_all(self, found: Pretrained) -> bool:
        """Whether no layer is made anew."""
        return not self._last_layer - set(found.weights)

    @cached_property
    def _ours(self) -> Network:
        return ensemble_of(self.network, self.wanted.members)

    @cached_property
    def _last_layer(self) -> frozenset[str]:
        return self._ours.last_layer(self.wanted.size, len(self.wanted.tree.columns))

    def _check_network(self, path: Path, found: ModelInfo) -> None:
        ours, theirs = _called(self.wanted), _called(found)
        if ours != theirs:
            raise PretrainedError(f"{path}: is a model of {theirs}, and {ours} is to start from it")
        if found.members < self.wanted.members:
            raise PretrainedError(
                f"{path}: has {count(found.members, 'member', 'members')} of {theirs}, and "
                f"{self.wanted.members} are to start from it: members must be at most "
                f"{found.members}"
            )

    def _kept(self, path: Path, found: Weights, anew: frozenset[str]) -> Pretrained:
        """Those of the weights that the network takes over: all that it has but `anew`."""
        size = self.wanted.size
        expected = self._ours.expected(size, len(self.wanted.tree.columns))
        missing = [own for own in expected if own not in found and not own.endswith(_COUNTER)]
        more = [own for own in found if own not in expected]
        ours = _called(self.wanted)
        if missing or more:
            raise PretrainedError(
                f"{path}: not the weights of {ours}: lacks {some(missing) or 'none'}, and has "
                f"beyond them {some(more) or 'none'}"
            )
        kept = {name: own for name, own in found.items() if name not in anew}
        for name, own in kept.items():
            if own.shape != expected[name].shape:
                raise PretrainedError(
                    f"{path}: does not fit {ours} for images of {size} pixels: {name} must be "
                    f"{list(expected[name].shape)}, got {list(own.shape)}"
                )
        return Pretrained(file_digest(path), kept)


def _called(info: ModelInfo) -> str:
    if info.architecture is None:
        return repr(info.network)
    return f"{info.network!r} ({info.architecture})"


def _tell(path: Path, found: ModelInfo, wanted: ModelInfo, same_answers: bool) -> None:
    kind = "rendered" if found.rendered else "real"
    last = "its last layer learns on" if same_answers else "with a new last layer: other answers"
    logger.info("starts from %s, which learned from %s galaxies; %s", path, kind, last)
    if found.members > wanted.members:
        logger.info("%s: takes %d of its %d members", path, wanted.members, found.members)
    if (found.size, found.crop_fraction) != (wanted.size, wanted.crop_fraction):
        logger.warning(
            "%s: learned from images of %s, and these are of %s: galaxies look larger or smaller "
            "to it than those that it knows, and it may help less",
            path,
            _cropped(found),
            _cropped(wanted),
        )
    if not found.rendered and not wanted.rendered and found.data_digest != wanted.data_digest:
        logger.warning(
            "%s: learned from other data; if galaxies of the test split were in it, the scores "
            "will be too good",
            path,
        )


def _cropped(info: ModelInfo) -> str:
    return f"{info.size} pixels (crop {info.crop} of {info.width})"
