"""Fine-tuning: a training starts from a model file, and what it refuses to start from."""

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.files import file_digest
from galaxyzoo.networks import find
from galaxyzoo.networks.common.ensemble import ensemble_of
from galaxyzoo.networks.common.weights import ModelInfo, save_weights
from galaxyzoo.predict.model_files import read_model
from galaxyzoo.training.loop import fit, start
from galaxyzoo.training.pretrained import PretrainedError, read_pretrained
from galaxyzoo.training.run import train_network
from galaxyzoo.tree import GZ2, Tree
from tests.conftest import build
from tests.small_tree import SMALL
from tests.training.test_checkpoints import make_data
from tests.training.test_training import make_dataset, options

CNN, TUNED = find("cnn"), find("tuned")
LAST = {"classifier.4.weight", "classifier.4.bias"}


def info(network: str = "cnn", tree: Tree = GZ2, **changed: Any) -> ModelInfo:
    facts: dict[str, Any] = {
        "crop": 212,
        "size": 32,
        "width": 424,
        "rendered": True,
        "data_digest": "0" * 64,
    }
    return ModelInfo(network, tree, **facts | changed)


def save(path: Path, network: str = "cnn", **changed: Any) -> Path:
    """A model file with first weights."""
    own = info(network, **changed)
    save_weights(path, build(network, own.size, seed=5, tree=own.tree), own.as_dict())
    return path


def test_a_training_goes_on_where_a_model_file_ended(tmp_path: Path) -> None:
    """It says so itself, and another file makes another checkpoint."""
    data, path = make_data(tmp_path), tmp_path / "first.safetensors"
    chosen = options(epochs=1, precise_bn=False)
    first = train_network(CNN, data, chosen, tmp_path / "checkpoints")
    first.write(path, tmp_path / "history.csv")
    further = chosen.model_copy(update={"pretrained": str(path)})
    second = train_network(CNN, data, further, tmp_path / "checkpoints")
    assert second.history["test_mse"][0] == first.history["test_mse"].iloc[-1]
    assert second.history["learning_rate"].tolist() == pytest.approx([0.0003] * 2)
    second.write(tmp_path / "second.safetensors", tmp_path / "history.csv")
    assert read_model(tmp_path / "second.safetensors").info.pretrained == file_digest(path)
    assert first.info.pretrained is None
    save(path)
    other = train_network(CNN, data, further, tmp_path / "checkpoints")
    assert len({first.checkpoint, second.checkpoint, other.checkpoint}) == 3


def test_of_another_tree_all_but_the_last_layer_is_taken(tmp_path: Path) -> None:
    path = save(tmp_path / "small.safetensors", tree=SMALL)
    found = read_pretrained(CNN, info(), options(pretrained=str(path)))
    assert found is not None
    model, old = build("cnn", 32), build("cnn", 32, seed=5, tree=SMALL).state_dict()
    first = model.state_dict()["classifier.4.weight"].clone()
    names = found.give_to(model)
    assert set(old) - names == LAST
    assert all(torch.equal(model.state_dict()[name], old[name]) for name in names)
    assert torch.equal(model.state_dict()["classifier.4.weight"], first)
    optimizer = start(model, options(schedule="one_cycle"), names).optimizer
    new, older = optimizer.param_groups
    assert [own.shape for own in new["params"]] == [(37, 84), (37,)]
    assert older["lr"] == pytest.approx(0.1 * new["lr"])


def test_layers_that_are_not_to_learn_stay_as_they_are() -> None:
    model = build("cnn")
    first = {name: own.clone() for name, own in model.named_parameters()}
    old = set(first) - LAST
    frozen = options(epochs=1, pretrained_lr_mult=0.0, weight_decay=0.1)
    fit(model, make_dataset(32), None, frozen, pretrained=old)
    moved = {name for name, own in model.named_parameters() if not torch.equal(own, first[name])}
    assert moved == LAST


def test_an_interrupted_fine_tuning_resumes(tmp_path: Path) -> None:
    weights = []
    for stops in ((2,), (1, 2)):
        for epochs in stops:
            model = build("cnn")
            names = {name for name, _ in model.named_parameters()} - LAST
            path = tmp_path / f"{len(stops)}.safetensors"
            chosen = options(epochs=epochs, precise_bn=False)
            fit(model, make_dataset(32), None, chosen, path, pretrained=names)
        weights.append(torch.cat([own.flatten() for own in model.parameters()]))
    assert torch.equal(*weights)


@pytest.mark.parametrize(
    ("network", "changed", "message"),
    [
        ("tuned", {}, r"old: is a model of 'tuned', and 'cnn' is to start from it"),
        (
            "cnn",
            {"size": 64},
            r"old: does not fit 'cnn' for images of 32 pixels: classifier\.0\.we",
        ),
    ],
)
def test_a_model_file_of_another_network_or_size(
    tmp_path: Path, network: str, changed: dict[str, Any], message: str
) -> None:
    path = save(tmp_path / "old", network, **changed)
    with pytest.raises(PretrainedError, match=message) as error:
        read_pretrained(CNN, info(), options(pretrained=str(path)))
    assert len(str(error.value).splitlines()) == 1


def save_members(path: Path, members: int) -> dict[str, torch.Tensor]:
    model = ensemble_of(CNN, members).build(32, len(GZ2.columns), seed=5)
    save_weights(path, model, info(members=members).as_dict())
    return model.state_dict()


@pytest.mark.parametrize("members", [1, 2, 3])
def test_of_a_model_file_with_more_members_the_first_are_taken(
    tmp_path: Path, members: int
) -> None:
    path, wanted = tmp_path / "three", info(members=members)
    weights = save_members(path, 3)
    found = read_pretrained(CNN, wanted, options(pretrained=str(path)))
    assert found is not None
    model = ensemble_of(CNN, members).build(32, len(GZ2.columns), seed=6)
    assert found.give_to(model) == set(model.state_dict())
    for name, own in model.state_dict().items():
        assert torch.equal(own, weights[f"members.0.{name}" if members == 1 else name])


def test_of_another_tree_each_member_has_a_new_last_layer(tmp_path: Path) -> None:
    data, path = make_data(tmp_path), tmp_path / "small"
    both = ensemble_of(CNN, 2).build(32, len(SMALL.columns), seed=5)
    save_weights(path, both, info(tree=SMALL, members=2).as_dict())
    chosen = options(epochs=1, members=2, pretrained=str(path), pretrained_lr_mult=0.0)
    model = train_network(CNN, data, chosen, tmp_path / "checkpoints").model.state_dict()
    old = both.state_dict()
    kept = {name for name, own in model.items() if torch.equal(own, old[name])}
    assert {f"members.{n}.features.0.weight" for n in (0, 1)} <= kept
    assert not {f"members.{n}.{name}" for n in (0, 1) for name in LAST} & kept


def test_a_model_file_with_fewer_members_is_refused(tmp_path: Path) -> None:
    save_members(tmp_path / "two", 2)
    message = "two: has 2 members of 'cnn', and 3 are to start from it: members must be at most 2"
    with pytest.raises(PretrainedError, match=message):
        read_pretrained(CNN, info(members=3), options(pretrained=str(tmp_path / "two")))


@pytest.mark.parametrize(("tree", "warned"), [(GZ2, True), (SMALL, False)])
def test_a_training_in_which_nothing_learns_is_warned_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, tree: Tree, warned: bool
) -> None:
    path = save(tmp_path / "old", tree=tree)
    frozen = options(pretrained=str(path), pretrained_lr_mult=0.0)
    assert read_pretrained(CNN, info(), frozen) is not None
    assert ("pretrained_lr_mult is 0: no weight learns" in caplog.text) is warned


def test_what_is_no_model_file(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"gone: no such model file"):
        read_pretrained(CNN, info(), options(pretrained=str(tmp_path / "gone")))
    (tmp_path / "text").write_text("no weights\n")
    with pytest.raises(UserError, match=r"text: not a safetensors file, or cut short"):
        read_pretrained(CNN, info(), options(pretrained=str(tmp_path / "text")))
    assert read_pretrained(CNN, info(), options(pretrained="./data/no_weights.txt")) is None


@pytest.mark.parametrize(
    ("learned", "warned"),
    [
        ({}, ""),
        ({"crop": 106, "width": 212}, ""),
        ({"crop": 300}, "old: learned from images of 32 pixels (crop 300 of 424), and these are"),
        ({"size": 64}, "old: learned from images of 64 pixels"),
        ({"rendered": False, "data_digest": "1" * 64}, "old: learned from other data; if galaxies"),
    ],
)
def test_what_may_help_less_or_flatter_is_warned_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, learned: dict[str, Any], warned: str
) -> None:
    caplog.set_level(logging.INFO)
    wanted = replace(info("tuned"), rendered=learned.get("rendered", True))
    path = save(tmp_path / "old", "tuned", **learned)
    assert read_pretrained(TUNED, wanted, options(pretrained=str(path))) is not None
    said = [own.getMessage() for own in caplog.records if own.levelname == "WARNING"]
    assert len(said) == bool(warned)
    assert warned in "".join(said)
    assert "which learned from" in caplog.text
