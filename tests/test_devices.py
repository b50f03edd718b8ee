import platform

import pytest
import torch

from galaxyzoo.base.errors import UserError
from galaxyzoo.devices import Compute, choose_compute, choose_device, describe

CPU = torch.device("cpu")


def test_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert choose_device("auto") == choose_device("cpu") == torch.device("cpu")
    with pytest.raises(UserError, match="this machine has no cuda"):
        choose_device("cuda")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert choose_device("auto") == torch.device("mps")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert choose_device("auto") == torch.device("cuda")


@pytest.mark.parametrize(("native", "chosen"), [(True, torch.bfloat16), (False, torch.float32)])
def test_auto_takes_bfloat16_only_where_the_processor_has_it(
    monkeypatch: pytest.MonkeyPatch, native: bool, chosen: torch.dtype
) -> None:
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: native)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False)
    assert choose_compute("cpu", "auto") == Compute(CPU, chosen)
    assert choose_compute("cpu", "bfloat16") == Compute(CPU, torch.bfloat16)
    assert choose_compute("cpu", "float32") == Compute(CPU, torch.float32)


def test_layers_compute_in_the_chosen_type() -> None:
    layer, values = torch.nn.Linear(2, 2), torch.rand(1, 2)
    for dtype in (torch.float32, torch.bfloat16):
        with Compute(CPU, dtype).autocast():
            assert layer(values).dtype == dtype


def test_the_kind_of_a_processor_is_what_its_bits_hang_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False)
    plain = describe(CPU)
    assert plain.startswith(platform.machine())
    assert plain.endswith(torch.backends.cpu.get_cpu_capability())
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: True)
    assert describe(CPU) == f"{plain} bfloat16"
    assert describe(torch.device("mps")) == "mps"
