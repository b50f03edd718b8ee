"""How large a galaxy is in its picture, as Galaxy Zoo 2's pictures of SDSS were cut.

Willett et al. 2013 (arXiv:1308.3496), section 2.2: 424x424 pixels of 0.02 petroR90_r arcsec each.
petroR90_r is the radius, in arcsec, of the circle that holds 90% of a galaxy's Petrosian flux in r.
"""

import os
from pathlib import Path

SIDE = 424
"""Width and height in pixels"""

SCALE_IN_RADII = 0.02
"""Width of a pixel, in petroR90_r"""

SMALLEST_RADIUS = 3.0
"""petroR90_r, in arcsec, that a galaxy of Galaxy Zoo 2 has at least"""


def radii_across(fraction: float) -> float:
    """How many petroR90_r wide the central `fraction` of such a picture's width is."""
    return fraction * SIDE * SCALE_IN_RADII


def record_path(folder: Path) -> Path:
    """Where it stands at which scale the pictures of a folder were cut: beside the folder."""
    return beside(folder, "cutouts.csv")


def beside(folder: Path, ending: str) -> Path:
    """A file that is named after a folder; also after one that is "." or ends in ".."."""
    whole = folder if folder.name not in ("", "..") else Path(os.path.abspath(folder))  # noqa: PTH100  links stay
    return whole.with_name(f"{whole.name}.{ending}")
