"""Learn the vote fractions of Galaxy Zoo from images of galaxies.

From Python: ``load_model().predict(images)``; and ``classify(images, output)``, which is what the
command does, also on a cluster.
"""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from galaxyzoo.classify.calling import classify
    from galaxyzoo.predict.predictor import load_model

    __version__: str

__all__ = ["classify", "load_model"]


def __getattr__(name: str) -> Any:  # noqa: ANN401  a module's attributes are of any type
    # Only when it is asked for: torch takes seconds to import.
    if name == "load_model":
        return import_module("galaxyzoo.predict.predictor").load_model
    if name == "classify":  # the room, which can be called
        return import_module("galaxyzoo.classify")
    if name == "__version__":
        return version("galaxyzoo")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
