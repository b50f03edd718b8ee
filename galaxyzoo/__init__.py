"""Learn the vote fractions of Galaxy Zoo from images of galaxies.

From Python: ``load_model(path).predict(images)``.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from galaxyzoo.predictor import load_model

__all__ = ["load_model"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:  # noqa: ANN401  a module's attributes are of any type
    # Only when it is asked for: torch takes seconds to import, and a stage that doesn't predict
    # must not depend on how predictions are made.
    if name == "load_model":
        return import_module("galaxyzoo.predictor").load_model
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
