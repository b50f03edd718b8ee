"""Several networks as one."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from galaxyzoo import networks
from galaxyzoo.dataset.galaxies import GalaxyDataset
from galaxyzoo.networks.common.ensemble import Ensemble, ensemble_of, one_of
from galaxyzoo.networks.common.weights import ModelInfo, save_weights
from galaxyzoo.predict.model_files import read_model
from galaxyzoo.training.loop import fit
from galaxyzoo.training.losses import known_error
from galaxyzoo.training.params import TrainParams
from galaxyzoo.tree import GZ2
from tests.conftest import COLUMNS, build, make_ids, make_labels

IMAGES = torch.rand(4, 3, 32, 32, generator=torch.Generator().manual_seed(0))


def ensemble(name: str, members: int = 2) -> Ensemble:
    built = ensemble_of(networks.find(name), members).build(32, len(COLUMNS), seed=1)
    assert isinstance(built, Ensemble)
    return built


@pytest.mark.parametrize("name", networks.names())
def test_it_predicts_the_mean_of_its_members_folded_or_not(name: str) -> None:
    model = ensemble(name, 3).eval()
    folded = ensemble_of(networks.find(name), 3).fold(model)
    with torch.inference_mode():
        each = torch.stack([member(IMAGES) for member in model.members])
        assert each.std(dim=0).mean() > 1e-3
        assert torch.allclose(model(IMAGES), each.mean(dim=0))
        assert torch.allclose(folded(IMAGES), each.mean(dim=0), rtol=0, atol=2e-5)
        seen, first = folded.look(IMAGES), networks.find(name).fold(one_of(model)).look(IMAGES)
    assert torch.allclose(seen.features.chunk(3, dim=1)[0], first.features, rtol=0, atol=2e-5)
    assert torch.allclose(seen.layers, first.layers, rtol=0, atol=2e-5)


def test_an_ensemble_of_one_is_the_network() -> None:
    assert ensemble_of(networks.find("cnn"), 1) is networks.find("cnn")
    model = build("cnn", 32)
    assert one_of(model) is model


def test_each_member_learns_as_it_would_alone() -> None:
    """Its gradients are its own, and what isn't known moves none of them."""
    votes = torch.tensor(make_labels(range(4))[list(COLUMNS)].to_numpy(np.float32))
    votes[1, 3:] = torch.nan
    model, alone = ensemble("cnn").train(), build("cnn", 32).train()
    alone.load_state_dict(model.members[1].state_dict())
    loss, weight = known_error(model(IMAGES), votes)
    own, own_weight = known_error(alone(IMAGES), votes)
    (2 * loss).backward()  # type: ignore[no-untyped-call]
    own.backward()  # type: ignore[no-untyped-call]
    for ours, theirs in zip(model.members[1].parameters(), alone.parameters(), strict=True):
        assert ours.grad is not None
        assert theirs.grad is not None
        assert torch.allclose(ours.grad, theirs.grad, atol=1e-7)
    assert weight == own_weight


def test_it_trains_and_comes_back_from_its_file(tmp_path: Path) -> None:
    votes = torch.tensor(make_labels(range(24))[list(COLUMNS)].to_numpy(np.float32))
    images = np.random.default_rng(0).integers(0, 255, (24, 32, 32, 3), dtype=np.uint8)
    data = GalaxyDataset(images, torch.arange(24), votes, make_ids(range(24)))
    options = TrainParams(
        epochs=1, batch_size=8, learning_rate=0.003, seed=1, device="cpu", members=2, ema_decay=0.5
    )
    model = ensemble("cnn")
    history = fit(model, data, data, options)
    assert history["test_rmse"].iloc[-1] < history["test_rmse"].iloc[0]
    with torch.inference_mode():
        said = model.eval()(torch.from_numpy(images).permute(0, 3, 1, 2) / 255)
    assert history["test_rmse"].iloc[-1] == pytest.approx(math.sqrt(((said - votes) ** 2).mean()))
    info = ModelInfo("cnn", GZ2, 212, 32, 424, rendered=True, data_digest="", members=2)
    save_weights(tmp_path / "model", model, info.as_dict())
    read = read_model(tmp_path / "model")
    assert read.info == info
    assert torch.allclose(read.folded()(IMAGES), model(IMAGES), atol=1e-6)


def test_a_file_of_one_network_says_nothing_of_members() -> None:
    info = ModelInfo("cnn", GZ2, 212, 32, 424, rendered=True, data_digest="")
    assert "members" not in info.as_dict()
    one = TrainParams(epochs=1, batch_size=8, learning_rate=0.003, seed=1, device="cpu")
    assert "members" not in one.model_dump()
