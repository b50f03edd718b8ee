"""What params.yaml says of the embedded sample."""

from typing import Annotated

from pydantic import Field

from galaxyzoo.base.sections import Section, Seed


class SampleParams(Section):
    """Which sample is rendered."""

    galaxies: Annotated[int, Field(ge=1, le=100_000)]
    seed: Seed
