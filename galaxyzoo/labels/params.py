"""What params.yaml says of the split."""

from typing import Annotated, Literal

from pydantic import Field

from galaxyzoo.base.sections import Section, Seed


class SplitParams(Section):
    """Which galaxies are kept for testing, and which for intervals."""

    test_fraction: Annotated[float, Field(gt=0, lt=1)]
    seed: Seed
    calibration_fraction: Annotated[float, Field(ge=0, lt=1)] = 0.0
    missing: Literal["report", "error"] = "report"
