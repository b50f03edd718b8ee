"""Votes in which some answers aren't known: NaN is the mask."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from torch import Tensor, nn

from galaxyzoo.dataset.batches import in_order, in_order_together
from galaxyzoo.dataset.galaxies import GalaxyDataset
from galaxyzoo.devices import Compute
from galaxyzoo.labels.facts import LabelFacts
from galaxyzoo.networks import find
from galaxyzoo.predict.inference import predict
from galaxyzoo.training.batch_norm import estimate_batch_norm
from galaxyzoo.training.loop import TrainingError, fit
from galaxyzoo.training.losses import RunningMean, known_error, mean_squared_error
from galaxyzoo.training.run import train_network
from tests.conftest import build
from tests.training.test_checkpoints import make_data
from tests.training.test_training import TRAIN, VIEWS, make_dataset, options

CPU = torch.device("cpu")
FRACTIONS = st.floats(0, 1, width=32)


def batches() -> st.SearchStrategy[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """What was predicted and what was voted, some of it NaN: float32 [B, C] each."""
    shapes = st.tuples(st.integers(1, 6), st.integers(1, 9))
    return shapes.flatmap(
        lambda shape: st.tuples(
            arrays(np.float32, shape, elements=FRACTIONS),
            arrays(np.float32, shape, elements=FRACTIONS | st.just(float("nan"))),
        )
    )


def masked(dataset: GalaxyDataset, share: float = 0.4) -> GalaxyDataset:
    """With some questions unknown, and all of every eighth galaxy."""
    draws = np.random.default_rng(0)
    votes = dataset.votes.clone()
    votes[torch.from_numpy(draws.random(votes.shape) < share)] = torch.nan
    votes[::8] = torch.nan
    return replace(dataset, votes=votes)


def slope(predicted: Tensor, error: Tensor) -> Tensor:
    (gradient,) = torch.autograd.grad(error, predicted)
    return gradient


@given(batches())
def test_the_loss_is_that_of_the_known_answers_alone(
    batch: tuple[NDArray[np.float32], NDArray[np.float32]],
) -> None:
    predicted, votes = torch.from_numpy(batch[0]).requires_grad_(), torch.from_numpy(batch[1])
    known = ~votes.isnan()
    error, weight = known_error(predicted, votes)
    gradient = slope(predicted, error)
    assert weight.item() == pytest.approx(known.sum().item() / votes.shape[1])
    assert (gradient[~known] == 0).all()
    if known.any():
        alone = nn.functional.mse_loss(predicted[known], votes[known])
        assert error.item() == pytest.approx(alone.item(), rel=1e-5, abs=1e-12)
        assert torch.allclose(gradient[known], slope(predicted, alone)[known], atol=1e-7)
    else:
        assert (error.item(), weight.item()) == (0, 0)


@pytest.mark.parametrize("shape", [(64, 37), (7, 30), (1, 1)])
def test_where_all_is_known_no_bit_differs_from_a_plain_mse(shape: tuple[int, int]) -> None:
    torch.manual_seed(0)
    predicted, votes = torch.rand(shape, requires_grad=True), torch.rand(shape)
    plain = nn.functional.mse_loss(predicted, votes)
    error, weight = known_error(predicted, votes)
    assert torch.equal(error, plain)
    assert torch.equal(slope(predicted, error), slope(predicted, plain))
    assert weight.item() == len(votes)


def test_where_all_is_known_batches_weigh_as_many_as_they_have_galaxies() -> None:
    """To the last bit: histories are compared byte by byte."""
    means, counts = torch.rand(5), [64, 64, 64, 64, 33]
    mean = RunningMean(5, CPU)
    for own, count in zip(means, counts, strict=True):
        mean.add(own, torch.tensor(37 * count) / 37)
    weighed = means.double() @ torch.tensor(counts).double() / sum(counts)
    assert mean.value() == float(weighed)


def test_the_mean_over_batches_weighs_known_answers() -> None:
    model, dataset = build("cnn"), masked(make_dataset(20))
    error = predict(model, dataset, 20, CPU) - dataset.votes.numpy()
    mse = mean_squared_error(model, in_order(dataset, 8), Compute(CPU))
    assert mse == pytest.approx(float(np.nanmean(error**2)), rel=1e-5)


@pytest.mark.parametrize(("name", "changed"), [("cnn", {}), ("tuned", VIEWS)])
def test_a_network_learns_from_masked_votes(name: str, changed: dict[str, object]) -> None:
    """Also where a whole batch has no known answer."""
    train, test = masked(make_dataset(48)), masked(make_dataset(16, seed=1))
    train.votes[:40] = torch.nan
    model = build(name)
    history = fit(model, train, test, options(**{"epochs": 1, "batch_size": 8} | changed))
    assert np.isfinite(history.to_numpy(float)).all()
    assert all(bool(value.isfinite().all()) for value in model.state_dict().values())
    assert history["train_mse"][1] < history["train_mse"][0]


@pytest.mark.parametrize("which", ["training", "test"])
def test_a_split_that_knows_nothing_is_refused(which: str) -> None:
    nothing = dict.fromkeys(("training", "test"), TRAIN)
    nothing[which] = replace(TRAIN, votes=torch.full_like(TRAIN.votes, torch.nan))
    with pytest.raises(TrainingError, match=f"no answer of any galaxy of the {which} split"):
        fit(build("cnn"), nothing["training"], nothing["test"], options())


def test_the_model_says_which_column_was_learned(tmp_path: Path) -> None:
    data = make_data(tmp_path)
    LabelFacts("A catalogue", "debiased", 60).write(tmp_path / "data" / "labels.json")
    trained = train_network(find("cnn"), data, options(epochs=1), tmp_path / "checkpoints")
    assert trained.info.label_column == "debiased"


def test_without_a_test_split_the_history_has_none(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="galaxyzoo")
    model = build("cnn")
    chosen, checkpoint = options(epochs=1), tmp_path / "checkpoint"
    history = fit(model, TRAIN, None, chosen, checkpoint)
    assert "test" not in caplog.text
    tested = history[["test_mse", "test_rmse", "test_mse_running_bn"]]
    assert tested.isna().all(axis=None)
    assert set(tested.dtypes) == {np.dtype(float)}
    assert np.isfinite(history[["train_mse", "train_rmse"]].to_numpy()).all()
    again = fit(build("cnn"), TRAIN, None, chosen, checkpoint)  # what its checkpoint has
    assert again.equals(history)


def test_without_a_test_split_batch_norm_is_precise_all_the_same() -> None:
    model, chosen = build("cnn"), options(epochs=1)
    fit(model, TRAIN, None, chosen)
    left = {name: own.clone() for name, own in model.named_buffers() if "running" in name}
    estimate_batch_norm(model, in_order_together(TRAIN, chosen.batch_size), Compute(CPU))
    for name, own in model.named_buffers():
        if name in left:
            assert torch.allclose(left[name], own), name
