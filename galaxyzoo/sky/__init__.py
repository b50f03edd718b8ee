"""The model of the sky that comes with the package, trained on real galaxies: see its model card.

sky.safetensors is an exported model file like any other. `make sky-model` writes it, and with it
docs/model_card.md: what it learned from, how well it does, and what it is not for.
"""

from importlib.resources import files
from pathlib import Path

from galaxyzoo.base.errors import UserError

PLACE = "sky.safetensors"
"""Beside this file"""


class NoSkyError(UserError):
    """The package lacks its model file."""


def path() -> Path:
    """The model file of the sky; NoSkyError if this copy of the package has none."""
    own = Path(str(files(__name__) / PLACE))
    if not own.is_file():
        raise NoSkyError(
            f"{own}: this copy of galaxyzoo lacks the model of the sky that comes with it; name "
            "another model file, or install galaxyzoo anew"
        )
    return own
