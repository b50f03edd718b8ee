"""Learn the vote fractions of Galaxy Zoo from images of galaxies.

From Python: ``load_model().predict(images)``.
"""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from galaxyzoo.predict.predictor import load_model

    __version__: str

__all__ = ["load_model"]


def __getattr__(name: str) -> Any:  # noqa: ANN401  a module's attributes are of any type
    # Only when it is asked for: torch takes seconds to import.
    if name == "load_model":
        return import_module("galaxyzoo.predict.predictor").load_model
    if name == "__version__":
        return version("galaxyzoo")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
