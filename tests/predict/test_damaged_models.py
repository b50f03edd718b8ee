"""Model files that were damaged, or made to do harm: refused by name, or they predict fractions."""

import json
import pickle
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch

from galaxyzoo.base.errors import UserError
from galaxyzoo.images.params import CropResizeParams
from galaxyzoo.networks.common.inputs import MOST_PIXELS
from galaxyzoo.networks.common.reading import ModelFileError
from galaxyzoo.networks.common.weights import METADATA_KEY
from galaxyzoo.predict.load_options import LoadOptions
from galaxyzoo.predict.model_files import read_exported
from galaxyzoo.predict.predictor import load_model
from tests.predict.damaged_models import KINDS, damaged, read, write
from tests.predict.keep_model_file import KEPT, draw_images

IMAGE = draw_images()[:1]
Metadata = dict[str, Any]


def refusal(path: Path) -> str:
    """The one line with which a model file is refused, if not when it is read, then in use."""
    with pytest.raises(UserError) as error:
        load_model(path).predict(IMAGE)
    message = str(error.value)
    assert len(message.splitlines()) == 1
    assert len(message) < 700
    assert message.isprintable()
    return message


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_refused_in_a_line_or_predicts_fractions(tmp_path: Path, kind: str) -> None:
    for seed in range(60):
        path = damaged(tmp_path, kind, seed)
        try:
            fractions = load_model(path).predict(IMAGE).to_numpy()
        except UserError:
            refusal(path)
        else:
            assert fractions.min() >= 0, path
            assert fractions.max() <= 1, path
        path.unlink()


def test_a_byte_that_changes_anywhere_is_found(tmp_path: Path) -> None:
    """The checksum finds also what leaves all values finite."""
    path = write(tmp_path / "model", *read(KEPT), with_sum=True)
    whole = path.read_bytes()
    for place in range(100, len(whole), 997):
        changed = bytearray(whole)
        changed[place] ^= 1
        path.write_bytes(changed)
        assert refusal(path)


def first_question(**changed: object) -> Callable[[Metadata], None]:
    return lambda own: own["tree"]["questions"][0].update(changed)


def twice(own: Metadata) -> None:
    own["tree"]["questions"].append(deepcopy(own["tree"]["questions"][0]))


ANSWER = {"column": "a", "text": "", "words": ""}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"crop": 0}, "crop must be a whole number from 1 to 80, got 0"),
        ({"crop": -3}, "crop must be a whole number from 1 to 80, got -3"),
        ({"crop": 81}, "crop must be a whole number from 1 to 80, got 81"),
        ({"crop": 40.5}, "crop must be a whole number"),
        ({"crop": True}, "crop must be a whole number"),
        ({"width": "80"}, "width must be a whole number from 1 to 1000000, got '80'"),
        ({"size": 0}, "size must be a whole number from 1 to 512, got 0"),
        ({"size": 10**9}, "size must be a whole number from 1 to 512"),
        ({"rendered": "no"}, "rendered must be true or false, got 'no'"),
        ({"network": "../../tmp/evil"}, "no network is called '../../tmp/evil'"),
        ({"network": ["cnn"]}, "network must be printable text"),
        ({"network": "cnn\x1b[2J"}, r"network must be printable text .* got 'cnn\\x1b"),
        ({"versions": {"torch": 2}}, "versions.torch must be printable text"),
        ({"versions": [1]}, "versions must be an object, got 'a list of 1'"),
        ({"predict": {"views": 0, "project": True}}, "predict.views must be a whole number from 1"),
        ({"predict": {"views": 3, "project": True}}, "predict.views must be 1, or an even number"),
        ({"predict": {"views": 10**9, "project": True}}, "predict.views must be a whole number"),
        ({"predict": {"views": 2, "project": 1}}, "predict.project must be true or false, got 1"),
        ({"predict": {"views": 2}}, "predict.project is missing"),
        ({"predict": "yes"}, "predict must be an object"),
        ({"tree": None}, "tree must be an object"),
        ({"tree": {"questions": []}}, "tree.name is missing|described is missing"),
        (first_question(answers=[]), "questions.0.answers must be at least one answer"),
        (first_question(answers=[ANSWER, ANSWER]), "the column a comes more than once"),
        (first_question(answers=[ANSWER | {"column": "GalaxyID"}]), "column must be a name other"),
        (first_question(answers=[ANSWER | {"column": 5}]), "column must be printable text"),
        (first_question(answers=[ANSWER] * 101), "answers must be a list of at most 100"),
        (first_question(after=["nobody"]), "shape follows nobody"),
        (first_question(after=["shape_round"]), "shape follows shape_round"),
        (first_question(text="x" * 501), "text must be printable text of at most 500"),
        (twice, "comes more than once"),
        (lambda own: own["tree"].update(described=["else"]), "names of its questions"),
        (lambda own: own["tree"]["questions"][1].update(after=["shape_flat"] * 2), "each once"),
        (lambda own: own.pop("crop"), "crop is missing"),
        ({"format": "one"}, "format must be a whole number"),
        ({"format": float("nan")}, "holds NaN, which is no number"),
    ],
)
def test_metadata_is_refused_by_the_name_of_what_is_wrong(
    tmp_path: Path, change: Metadata | Callable[[Metadata], None], message: str
) -> None:
    metadata, weights = read(KEPT)
    if callable(change):
        change(metadata)
    else:
        metadata |= change
    path = write(tmp_path / "model", metadata, weights, with_sum=True)
    with pytest.raises(ModelFileError, match=message):
        read_exported(path)
    assert refusal(path).startswith(f"{path}: ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 100_000, "too deep in each other"),
        ('{"a":' * 100_000, "too deep in each other"),
        ("[]", "is no object"),
        ('{"format": ' + "9" * 5000 + "}", "is no JSON"),
        ('{"format": -Infinity}', "holds -Infinity, which is no number"),
        ("{", "is no JSON"),
        (" " * 1_000_001, "holds 1,000,001 characters"),
    ],
)
def test_what_is_no_metadata(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "model"
    safetensors.torch.save_file({"weight": torch.zeros(1)}, path, {METADATA_KEY: text})
    assert message in refusal(path)


@pytest.mark.parametrize("with_sum", [True, False])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda w: w["classifier.0.bias"].fill_(torch.nan), "holds values that are no numbers"),
        (lambda w: w["classifier.0.bias"].mul_(torch.inf), "holds values that are no numbers"),
        (lambda w: w["features.1.running_var"].fill_(-1), "is below 0, and is a variance"),
        (lambda w: w["features.0.weight"].fill_(3e38), "model: gives what is no number"),
        (lambda w: w.update(more=torch.zeros(3)), "lacks none, and has beyond them more"),
        (lambda w: w.pop("features.0.weight"), "lacks features.0.weight, and has beyond them none"),
        (
            lambda w: w.update({"classifier.0.bias": torch.zeros(3)}),
            r"classifier.0.bias must be F32 \[120\], got F32 \[3\]",
        ),
        (
            lambda w: w.update({"classifier.0.bias": torch.zeros(120).half()}),
            r"classifier.0.bias must be F32 \[120\], got F16 \[120\]",
        ),
    ],
)
def test_weights_are_refused_by_name(
    tmp_path: Path, change: Callable[[dict[str, Any]], None], message: str, with_sum: bool
) -> None:
    metadata, weights = read(KEPT)
    change(weights)
    path = write(tmp_path / "model", metadata, weights, with_sum=with_sum)
    with pytest.raises(UserError, match=message):
        load_model(path).predict(IMAGE)
    assert refusal(path)


def test_a_pickle_under_a_models_name_runs_nothing(tmp_path: Path) -> None:
    path, mark = tmp_path / "model.safetensors", tmp_path / "ran"

    class Harm:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (mark,)

    path.write_bytes(pickle.dumps(Harm()))
    assert "not a safetensors file" in refusal(path)
    torch.save({"weight": Harm()}, path)
    assert "not a safetensors file" in refusal(path)
    assert not mark.exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (LoadOptions(views=0), "views: must be 1, or an even number up to 1024, got 0"),
        (LoadOptions(views=3), "views: must be 1, or an even number"),
        (LoadOptions(crop=0.0), "crop: must be above 0 and at most 1, got 0"),
        (LoadOptions(crop=float("nan")), "crop: must be above 0 and at most 1, got nan"),
        (LoadOptions(batch_size=0), "batch_size: must be at least 1, got 0"),
        (LoadOptions(device="gpu"), "device: must be one of auto, cuda, mps, cpu, got 'gpu'"),
        (LoadOptions(precision="half"), "precision: must be one of auto, float32, bfloat16"),
    ],
)
def test_options_without_meaning_are_refused_by_name(options: LoadOptions, message: str) -> None:
    with pytest.raises(UserError, match=message):
        load_model(KEPT, options)


def test_the_largest_image_is_that_of_the_parameters() -> None:
    largest = {"crop": 600, "size": MOST_PIXELS, "save_jpegs": True}
    assert CropResizeParams.model_validate(largest).size == MOST_PIXELS
    with pytest.raises(ValueError, match="less than or equal"):
        CropResizeParams.model_validate(largest | {"size": MOST_PIXELS + 1})


def test_its_predictions_are_those_that_are_kept(tmp_path: Path) -> None:
    """The damage of these tests is all that is wrong with the files that they make."""
    path = write(tmp_path / "model", *read(KEPT), with_sum=True)
    kept = load_model(KEPT).predict(IMAGE)
    assert np.array_equal(load_model(path).predict(IMAGE), kept)
    assert json.loads(json.dumps(read(path)[0]))["network"] == "cnn"
