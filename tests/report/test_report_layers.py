import pytest

from galaxyzoo.models import ARCHITECTURES, build, count_parameters
from galaxyzoo.report.layers import list_layers


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_parameter_is_in_one_row_and_every_row_says_why(architecture: str) -> None:
    model = build(architecture, 64, seed=1)
    rows = list_layers(model, 64)
    assert sum(row.parameters for row in rows) == count_parameters(model)
    assert all(row.why and row.output for row in rows), rows
    assert rows[-1].kind == "Sigmoid"
    assert rows[-1].output == "37"


def test_rows_are_those_of_the_real_module() -> None:
    rows = list_layers(build("cnn", 64, seed=1), 64)
    assert rows[0][:4] == ("features.0", "Convolution, 6 filters of 5x5", "6 x 66 x 66", 456)
    assert [row.output for row in rows if row.kind == "Max pooling"] == [
        "6 x 33 x 33",
        "16 x 17 x 17",
    ]
    resnet = list_layers(build("resnet", 64, seed=1), 64)
    assert [row.output for row in resnet if row.kind == "Residual block"][-1] == "512 x 2 x 2"


def test_the_module_stays_as_it_was() -> None:
    model = build("cnn", 64, seed=1).train()
    list_layers(model, 64)
    assert model.training
    assert not any(module._forward_hooks for module in model.modules())
