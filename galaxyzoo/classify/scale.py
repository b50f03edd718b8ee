"""How large a galaxy has to be in its image, which nobody can see in the image itself."""

import logging
from pathlib import Path

from galaxyzoo.framing import radii_across, record_path
from galaxyzoo.predict.predictor import Predictor
from galaxyzoo.remote.urls import is_url
from galaxyzoo.tree import GZ2

logger = logging.getLogger(__name__)


def tell_scale(predictor: Predictor, images: Path | str, crop: float | None) -> None:
    """Say which scale is assumed of `images`, unless somebody chose it.

    That is by a `crop` of their own, or because `galaxyzoo cutouts` made the folder. Of rendered
    galaxies, there is nothing to say.
    """
    recorded = not is_url(images) and record_path(Path(images)).is_file()
    if crop is None and not predictor.rendered and not recorded:
        logger.info("%s", _assumed(predictor))


def _assumed(predictor: Predictor) -> str:
    part = predictor.crop.fraction
    kept = f"of each image, the central {100 * part:.3g}% of its width is looked at"
    if predictor.tree.name != GZ2.name:
        return f"scale: {kept}, as in training; galaxies of another size in theirs need --crop"
    return (
        f"scale: {kept}. In pictures cut as Galaxy Zoo 2's that is {radii_across(part):.2f} of "
        f"{radii_across(1):.2f} Petrosian radii (petroR90_r); others need --crop"
    )
