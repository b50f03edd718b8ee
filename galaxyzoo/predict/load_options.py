"""How a model file is to be used, where it isn't as the file says."""

from dataclasses import dataclass

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.messages import quoted
from galaxyzoo.predict.limits import VIEWS_ALLOWED, views_fit

BATCH_SIZE = 64
"""Images per forward pass, where nobody asks for another number"""

DEVICES = ("auto", "cuda", "mps", "cpu")
PRECISIONS = ("auto", "float32", "bfloat16")


@dataclass(frozen=True)
class LoadOptions:
    """How to use a model file; None: as it says itself."""

    device: str = "auto"
    """auto (the first of CUDA, MPS and CPU), cuda, mps or cpu"""
    precision: str = "auto"
    """float32, bfloat16, or auto: bfloat16 where the device computes with it"""
    views: int | None = None
    """Over how many turned and mirrored views of an image to average (test-time augmentation): 1,
    or an even number"""
    crop: float | None = None
    """The part of an image's width that is kept in its centre, above 0 and at most 1"""
    batch_size: int = BATCH_SIZE
    """Images per forward pass"""
    intervals: bool = True
    """With intervals around predictions, if the file has them"""

    def check(self) -> None:
        """Raise UserError that names an option with another value than those above."""
        allowed = {
            "device": (self.device in DEVICES, f"one of {', '.join(DEVICES)}"),
            "precision": (self.precision in PRECISIONS, f"one of {', '.join(PRECISIONS)}"),
            "views": (self.views is None or views_fit(self.views), VIEWS_ALLOWED),
            "crop": (self.crop is None or 0 < self.crop <= 1, "above 0 and at most 1"),
            "batch_size": (self.batch_size >= 1, "at least 1"),
        }
        for name, (is_fine, expected) in allowed.items():
            if not is_fine:
                raise UserError(f"{name}: must be {expected}, got {quoted(getattr(self, name))}")


AS_THE_FILE_SAYS = LoadOptions()
