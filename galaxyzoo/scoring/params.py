"""What params.yaml says of scores."""

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from galaxyzoo.base.sections import Section


def _check_range(volunteers: list[int]) -> list[int]:
    if volunteers != sorted(volunteers):
        raise PydanticCustomError("volunteers", "Input should be the fewest and the most")
    return volunteers


class NoiseFloorParams(Section):
    """What the noise floor is worked out from."""

    volunteers: Annotated[
        list[Annotated[int, Field(ge=2)]],
        Field(min_length=2, max_length=2),
        AfterValidator(_check_range),
    ]
    """The fewest and the most who looked at a galaxy"""
