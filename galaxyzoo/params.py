"""All of params.yaml: the sections of all rooms, and of each network that there is.

A stage reads its own sections alone, so that no other can change what it does. Here is the whole:
for the report, which shows it, and to be checked before anything runs:
python -m galaxyzoo.params
"""

from functools import cache
from pathlib import Path
from typing import Any

from pydantic import create_model

from galaxyzoo import networks
from galaxyzoo.base.endings import told
from galaxyzoo.base.paths import PARAMS
from galaxyzoo.base.sections import DataParams, Section, read_yaml, validate
from galaxyzoo.images.params import CropResizeParams
from galaxyzoo.labels.params import SplitParams
from galaxyzoo.predict.params import EvaluateParams, predict_params
from galaxyzoo.sample.params import SampleParams
from galaxyzoo.scoring.params import NoiseFloorParams
from galaxyzoo.training.params import params_of


def section_of(network: str) -> str:
    """The name of the section that tells how a network is trained."""
    return f"train_{network}"


@cache
def _whole() -> type[Section]:
    sections: dict[str, type[Section]] = {
        "data": DataParams,
        "make_sample": SampleParams,
        "crop_resize": CropResizeParams,
        "split": SplitParams,
        **{section_of(name): params_of(name) for name in networks.names()},
        "predict": predict_params(),
        "evaluate": EvaluateParams,
        "noise_floor": NoiseFloorParams,
    }
    fields: dict[str, Any] = {name: (kind, ...) for name, kind in sections.items()}
    # a network that no stage trains needs no section; one that is there is validated
    fields |= {name: (sections[name], None) for name in map(section_of, networks.names())}
    return create_model("Params", __base__=Section, **fields)


def read_params(path: Path = PARAMS) -> dict[str, Section]:
    """Each section of params.yaml, by name; those of networks may be missing.

    Raises ParamsError that names each bad parameter, its value and what is allowed, a line each.
    """
    whole = validate(_whole(), read_yaml(path))
    names = type(whole).model_fields
    return {name: getattr(whole, name) for name in names if name in whole.model_fields_set}


if __name__ == "__main__":
    with told():
        read_params()
