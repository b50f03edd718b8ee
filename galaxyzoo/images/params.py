"""What params.yaml says of the preparation of images."""

from typing import Annotated, Literal

from pydantic import Field

from galaxyzoo.base.sections import Section

OnBadImage = Literal["error", "reject"]


class CropResizeParams(Section):
    """What is made of an image."""

    crop: Annotated[int, Field(ge=10)]
    size: Annotated[int, Field(ge=8, le=512)]
    save_jpegs: bool
    on_bad_image: OnBadImage = "error"
