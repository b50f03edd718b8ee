import pytest

from galaxyzoo.networks import find, names
from galaxyzoo.networks.common.network import count_parameters
from galaxyzoo.report.layers import Layer, list_layers
from galaxyzoo.tree import GZ2, Tree
from tests.conftest import build
from tests.small_tree import SMALL


def rows_of(name: str, tree: Tree = GZ2) -> list[Layer]:
    return list_layers(find(name), build(name, 64, seed=1, tree=tree), 64)


@pytest.mark.parametrize("name", names())
def test_every_parameter_is_in_one_row_and_every_row_says_why(name: str) -> None:
    rows = rows_of(name)
    assert sum(row.parameters for row in rows) == count_parameters(build(name, 64, seed=1))
    assert all(row.why and row.output for row in rows), rows
    assert rows[-1].kind == "Sigmoid"
    assert rows[-1].output == "37"


@pytest.mark.parametrize("name", names())
def test_the_last_row_gives_the_answers_of_whatever_tree(name: str) -> None:
    assert rows_of(name, SMALL)[-1].output == "7"


def test_rows_are_those_of_the_real_module() -> None:
    rows = rows_of("cnn")
    assert rows[0][:4] == ("features.0", "Convolution, 6 filters of 5x5", "6 x 66 x 66", 456)
    assert [row.output for row in rows if row.kind == "Max pooling"] == [
        "6 x 33 x 33",
        "16 x 17 x 17",
    ]
    resnet = rows_of("resnet")
    assert [row.output for row in resnet if row.kind == "Residual block"][-1] == "512 x 2 x 2"


def test_what_a_network_calls_a_layer_of_its_own_is_one_row() -> None:
    kinds = [row.kind for row in rows_of("resnet")]
    assert kinds.count("Residual block") == 8
    assert kinds.count("Batch norm") == 1
    kinds = [row.kind for row in rows_of("tuned")]
    assert kinds.count("Residual block, in all orientations") == 8
    assert kinds[0].startswith("Convolution, 4 filters of 4x4 in 8 orientations")


def test_the_module_stays_as_it_was() -> None:
    model = build("cnn", 64, seed=1).train()
    list_layers(find("cnn"), model, 64)
    assert model.training
    assert not any(module._forward_hooks for module in model.modules())
