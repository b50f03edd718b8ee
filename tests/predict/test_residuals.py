"""What a network misses, as all that its layers find tells it; files and predictions with it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from galaxyzoo.networks.common.reading import ModelFileError
from galaxyzoo.networks.common.weights import save_weights
from galaxyzoo.predict.inference import Perception, corrected
from galaxyzoo.predict.load_options import LoadOptions
from galaxyzoo.predict.metadata import PredictSettings
from galaxyzoo.predict.model_files import Measured, export_model, read_exported
from galaxyzoo.predict.predictor import load_model
from galaxyzoo.predict.projection import project
from galaxyzoo.predict.residuals import MOST_LANDMARKS, Residuals, learn_residuals
from galaxyzoo.tree import GZ2
from tests.classify.classify_inputs import layers_of, make_model, smooth_noise

SETTINGS = PredictSettings(views=1, project=True)
IMAGES = np.stack([np.asarray(smooth_noise(seed, 100)) for seed in range(60)])
FLOAT32 = LoadOptions(precision="float32")


def layers(number: int, seed: int) -> NDArray[np.float32]:
    return np.square(np.random.default_rng(seed).normal(5, 1, (number, 8))).astype(np.float32)


def missed(found: NDArray[np.float32]) -> NDArray[np.float64]:
    """No line: it depends on two of the eight, and turns back."""
    first, second = np.sqrt(found[:, 0]) - 5, np.sqrt(found[:, 1]) - 5
    return 0.1 * np.stack([np.sin(2 * first), first * second], axis=1)


def left_over(ridge: float, number: int = 800) -> float:
    """The part of what is missed of unseen galaxies that is missed still."""
    learned, unseen = layers(number, 1), layers(300, 2)
    added = learn_residuals(learned, missed(learned), ridge).of(unseen)
    return float(np.square(missed(unseen) - added).mean() / np.square(missed(unseen)).mean())


def test_it_adds_what_the_layers_tell_and_less_with_a_larger_ridge() -> None:
    assert left_over(0.1) < 0.3
    assert left_over(0.1) < left_over(1) < left_over(1e5)
    assert left_over(1e5) == pytest.approx(1, abs=0.02)


def test_more_galaxies_than_landmarks_tell_more() -> None:
    assert left_over(0.1, 4 * MOST_LANDMARKS) < left_over(0.1, MOST_LANDMARKS)


def test_far_from_all_that_was_learned_nothing_is_added() -> None:
    learned = learn_residuals(layers(800, 1), missed(layers(800, 1)), 0.1)
    assert np.abs(learned.of(100 * layers(5, 2))).max() < 1e-6


def test_each_answer_is_learned_from_those_whose_votes_are_known() -> None:
    found, unseen = layers(900, 1), layers(300, 2)
    given = missed(found)
    given[::3, 0] = np.nan
    given = np.hstack([given, np.full((900, 1), np.nan)])
    added = learn_residuals(found, given, 0.1).of(unseen)
    known = ~np.isnan(given[:, 0])
    fewer = learn_residuals(found[known], missed(found[known]), 0.1).of(unseen)
    # not the same: each has landmarks of its own, and widths
    assert np.corrcoef(added[:, 0], fewer[:, 0])[0, 1] > 0.99
    assert np.abs(added[:, 0]).mean() == pytest.approx(np.abs(fewer[:, 0]).mean(), rel=0.03)
    whole = learn_residuals(found, missed(found), 0.1).of(unseen)
    assert np.allclose(added[:, 1], whole[:, 1], atol=1e-4), "known of all"
    assert not added[:, 2].any(), "known of none"


def test_many_images_at_a_time_are_as_each_by_itself() -> None:
    learned, many = learn_residuals(layers(80, 1), missed(layers(80, 1)), 1), layers(9000, 2)
    assert np.allclose(
        learned.of(many)[[0, 4095, 4096, 8999]], learned.of(many[[0, 4095, 4096, 8999]])
    )


def test_same_images_and_flat_layers_are_no_obstacle() -> None:
    found = np.repeat(layers(2, 1), 100, axis=0)
    found[:, 3] = 0
    added = learn_residuals(found, np.full((200, 1), 0.2), 1e-3).of(found)
    assert added == pytest.approx(np.full((200, 1), 0.2), abs=0.01)


def test_fractions_stay_fractions() -> None:
    found = layers(100, 1)
    seen = Perception(found, np.full((100, 1), 0.95, np.float32), found)
    learned = learn_residuals(found, np.full((100, 1), 0.2), 0.1)
    assert corrected(seen, learned).fractions.max() == 1
    assert corrected(seen, None) is seen


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Residuals:
    """What an untrained network misses of smooth noise."""
    path = make_model(tmp_path_factory.mktemp("models") / "trained.safetensors")
    draws = np.random.default_rng(1).normal(0, 0.1, (len(IMAGES), len(GZ2.columns)))
    return learn_residuals(layers_of(load_model(path, FLOAT32), IMAGES), draws, 0.1)


@pytest.fixture
def exported(tmp_path: Path, learned: Residuals) -> Path:
    trained = make_model(tmp_path / "trained.safetensors")
    export_model(trained, tmp_path / "a.safetensors", SETTINGS, Measured(residuals=learned))
    return tmp_path / "a.safetensors"


def test_a_model_file_carries_it_and_the_same_gives_the_same_bytes(exported: Path) -> None:
    read = read_exported(exported).residuals
    assert read is not None
    assert (read.galaxies, read.ridge) == (60, 0.1)
    export_model(exported, exported.with_name("b"), SETTINGS, Measured(residuals=read))
    assert exported.with_name("b").read_bytes() == exported.read_bytes()


def test_predictions_have_it_before_they_are_moved_onto_the_tree(
    exported: Path, learned: Residuals
) -> None:
    bare = exported.with_name("bare.safetensors")
    export_model(exported, bare, PredictSettings(views=1, project=False))
    fractions = load_model(bare, FLOAT32).predict(IMAGES).to_numpy()
    found = layers_of(load_model(bare, FLOAT32), IMAGES)
    expected = project(GZ2, learned.added_to(fractions, found))
    ours = load_model(exported, FLOAT32).predict(IMAGES).to_numpy()
    assert np.abs(ours - fractions).max() > 0.05
    assert np.allclose(ours, expected, atol=1e-4)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ({"weights": torch.zeros(60, 36)}, "residuals must be numbers"),
        ({"landmarks": torch.zeros(60, 7)}, "residuals must be numbers"),
        (
            {"landmarks": torch.zeros(1025, 150), "weights": torch.zeros(1025, 37)},
            "must be numbers",
        ),
        ({"landmarks": torch.zeros(0, 150), "weights": torch.zeros(0, 37)}, "must be numbers"),
        ({"mean": torch.zeros(())}, "residuals must be numbers"),
        ({"more": torch.zeros(3)}, "residuals must be numbers"),
        ({"widths": torch.zeros(150)}, "residuals.widths must be above 0"),
        ({"weights": None}, "residuals must be numbers"),
    ],
)
def test_another_shape_is_refused(
    exported: Path, learned: Residuals, damage: dict[str, Tensor | None], said: str
) -> None:
    model = read_exported(exported)
    tensors = {name: own for name, own in (learned.tensors() | damage).items() if own is not None}
    metadata = model.info.as_dict() | {"predict": SETTINGS.as_dict()}
    beside = {f"residuals.{name}": own for name, own in tensors.items()}
    save_weights(exported, model.module, metadata | {"residuals": learned.as_dict()}, beside)
    with pytest.raises(ModelFileError, match=said):
        read_exported(exported)


def test_tensors_without_a_word_of_them_are_refused(exported: Path, learned: Residuals) -> None:
    model = read_exported(exported)
    metadata = model.info.as_dict() | {"predict": SETTINGS.as_dict()}
    beside = {f"residuals.{name}": own for name, own in learned.tensors().items()}
    save_weights(exported, model.module, metadata, beside)
    with pytest.raises(ModelFileError, match="residuals"):
        read_exported(exported)
    ridge = replace(learned, ridge=-1.0).as_dict()
    save_weights(exported, model.module, metadata | {"residuals": ridge}, beside)
    with pytest.raises(ModelFileError, match="ridge must be a number from 0"):
        read_exported(exported)
