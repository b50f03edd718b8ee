"""Images unlike those that a network learned from: told by their features, and said in warnings."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from galaxyzoo import networks
from galaxyzoo.networks.common.reading import ModelFileError
from galaxyzoo.networks.common.weights import save_weights
from galaxyzoo.predict.likeness import UNLIKE, Cloud, Likeness, learn_likeness
from galaxyzoo.predict.load_options import LoadOptions
from galaxyzoo.predict.metadata import PredictSettings
from galaxyzoo.predict.model_files import Measured, export_model, read_exported
from galaxyzoo.predict.predictor import load_model
from tests.classify.classify_inputs import layers_of, make_model, smooth_noise
from tests.conftest import build

DRAWS = np.random.default_rng(0)
SETTINGS = PredictSettings(views=1, project=True)
IMAGES = np.stack([np.asarray(smooth_noise(seed, 100)) for seed in range(60)])
BLANK = np.zeros_like(IMAGES[:1])


def points(number: int, seed: int = 0) -> NDArray[np.float32]:
    """Of a cloud that is wide in one direction, thin in another, and flat in a third."""
    drawn = np.random.default_rng(seed).normal(size=(number, 3)) * (10, 0.1, 0)
    return (drawn + 100).astype(np.float32)


def test_distances_are_counted_in_widths_of_the_cloud() -> None:
    cloud = Cloud.of(points(5000))
    far = 100 + np.array([[0, 0, 0], [30, 0, 0], [0, 30, 0], [0, 0, 30]], np.float32)
    middle, along, across, flat = cloud.distances(far)
    assert middle < 0.1
    assert along == pytest.approx(3 / np.sqrt(3), rel=0.1)
    assert across > 10 * along
    assert np.isfinite(flat)
    assert flat > 10 * along
    assert np.array_equal(cloud.mean, Cloud.of(points(5000)).mean)
    assert np.array_equal(cloud.widths, Cloud.of(points(5000)).widths)


def drawn_in(size: int, number: int, seed: int) -> NDArray[np.float32]:
    """Images whose features, above 0 and mostly small, go together in a few directions."""
    mixing = np.random.default_rng(9).normal(size=(10, size))
    draws = np.random.default_rng(seed)
    found = draws.normal(size=(number, 10)) @ mixing + 0.3 * draws.normal(size=(number, size))
    return np.square(5 + found).astype(np.float32)


def test_few_images_tell_as_well_as_many_where_their_cloud_is_shrunk() -> None:
    """60 images in 120 dimensions: as it is, their cloud has no width at all in most directions."""
    likeness = learn_likeness(drawn_in(120, 60, 1), 0.1)
    unseen = drawn_in(120, 500, 2)
    assert likeness.unlike(unseen).mean() == pytest.approx(0.1, abs=0.08)
    assert likeness.unlike(unseen[:, ::-1]).mean() > 0.95
    assert np.median(likeness.cloud.distances(unseen)) == pytest.approx(1, abs=0.5)


def test_one_that_no_image_has_makes_no_distance_endless() -> None:
    points = drawn_in(20, 500, 1)
    points[:, 0] = 0
    odd = points[:1].copy()
    odd[:, 0] = points.mean()
    assert Cloud.of(points).distances(odd)[0] < 1e4
    same = np.ones((60, 20), np.float32)
    assert np.array_equal(Cloud.of(same).distances(same), np.zeros(60))
    assert Cloud.of(same).distances(same + 1)[0] > 1


def test_about_as_many_are_warned_of_as_it_was_asked_for() -> None:
    likeness = learn_likeness(points(2000), 0.02)
    assert likeness.galaxies == 2000
    assert likeness.unlike(points(5000, seed=2)).mean() == pytest.approx(0.02, abs=0.008)


def test_held_out_images_decide_if_they_are_enough_to_tell() -> None:
    """These lie further out than those that the network learned from."""
    few, enough = (100 + 1.5 * (points(number, seed=1) - 100) for number in (249, 2000))
    alone = learn_likeness(points(2000), 0.02).threshold
    assert learn_likeness(points(2000), 0.02, few).threshold == alone
    likeness = learn_likeness(points(2000), 0.02, enough)
    unseen = 100 + 1.5 * (points(5000, seed=2) - 100)
    assert likeness.unlike(unseen).mean() == pytest.approx(0.02, abs=0.008)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model file to which smooth noise is what it learned from."""
    folder = tmp_path_factory.mktemp("models")
    trained = make_model(folder / "trained.safetensors")
    layers = layers_of(load_model(trained, LoadOptions(precision="float32")), IMAGES)
    learned = Likeness(Cloud.of(layers), 1.2, len(layers))
    export_model(trained, folder / "a.safetensors", SETTINGS, Measured(likeness=learned))
    export_model(trained, folder / "b.safetensors", SETTINGS, Measured(likeness=learned))
    return folder / "a.safetensors"


def test_a_model_file_carries_it_and_the_same_gives_the_same_bytes(exported: Path) -> None:
    assert exported.read_bytes() == exported.with_name("b.safetensors").read_bytes()
    read = read_exported(exported).likeness
    assert read is not None
    again = exported.with_name("again.safetensors")
    export_model(exported, again, SETTINGS, Measured(likeness=read))
    assert again.read_bytes() == exported.read_bytes()
    assert read_exported(exported.with_name("trained.safetensors")).likeness is None


def test_what_is_unlike_is_warned_of_once_and_what_is_like_is_not(
    exported: Path, caplog: pytest.LogCaptureFixture
) -> None:
    model = load_model(exported)
    odd = np.asarray(smooth_noise(1, 100)) // 4 + 60
    table = model.predict(list(IMAGES[:3]))
    assert caplog.messages == []
    with_odd = model.predict([*IMAGES[:2], odd, IMAGES[2]])
    assert caplog.messages == [f"1 image may be wrong: item 2 {UNLIKE}"]
    assert np.allclose(with_odd.iloc[[0, 1, 3]], table, atol=1e-6)
    caplog.clear()
    model.predict(BLANK)
    assert caplog.messages == ["1 image may be wrong: item 0 is blank, or nearly so"]


@pytest.mark.parametrize(("name", "size"), [("cnn", 84), ("resnet", 512), ("tuned", 64)])
def test_features_are_what_the_last_layer_sees(tmp_path: Path, name: str, size: int) -> None:
    model = load_model(make_model(tmp_path / "model", name), LoadOptions(precision="float32"))
    features = model.features(IMAGES[:3])
    assert features.shape == (3, size)
    assert features.dtype == np.float32
    assert model.features(IMAGES[:0]).shape == (0, size)
    with torch.inference_mode():
        fractions = model.model.head(torch.from_numpy(features)).numpy()
    raw = replace(model, project=False).predict(IMAGES[:3]).to_numpy()
    assert np.allclose(fractions, raw, atol=1e-5)
    assert np.ptp(features, axis=0).max() > 0
    one = networks.find(name).fold(build(name, seed=3).eval())
    assert one.look(torch.zeros(1, 3, 64, 64)).features.shape == (1, size)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"mean": torch.zeros(3)}, r"likeness.mean must be numbers \[150\], got \[3\]"),
        ({"widths": None}, r"likeness.widths must be numbers \[150, 150\], got none"),
        ({"mean": torch.full((150,), torch.nan)}, "likeness.mean holds values that are no numbers"),
        ({"mean": torch.zeros(150, dtype=torch.int64)}, "must be at most .* in F32, got I64"),
        ({"widths": torch.zeros(4097, 4097)}, r"must be at most 16,777,216 .* F32 \[4097, 4097\]"),
        ({"more": torch.zeros(1)}, r"likeness.more must be none, got \[1\]"),
        ({"threshold": -1.0}, "likeness.threshold must be a number from 0 to"),
        ({"threshold": None}, "likeness is missing"),
    ],
)
def test_what_is_damaged_is_refused_in_a_line(
    exported: Path, tmp_path: Path, wrong: dict[str, object], message: str
) -> None:
    model = read_exported(exported)
    assert model.likeness is not None
    tensors = model.likeness.tensors() | {n: t for n, t in wrong.items() if n != "threshold"}
    metadata = model.info.as_dict() | {"predict": {"views": 1, "project": True}}
    threshold = wrong.get("threshold", 1.0)
    if threshold is not None:
        metadata["likeness"] = {"threshold": threshold, "galaxies": 60}
    own = {f"likeness.{n}": tensor for n, tensor in tensors.items() if isinstance(tensor, Tensor)}
    save_weights(tmp_path / "damaged", model.module, metadata, own)
    with pytest.raises(ModelFileError, match=message) as error:
        read_exported(tmp_path / "damaged")
    assert "\n" not in str(error.value)
