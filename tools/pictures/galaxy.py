"""A galaxy of the embedded sample, and its way through the tree: as voted, and as predicted."""

import re
from io import BytesIO
from pathlib import Path

import pandas as pd
import yaml
from PIL import Image

from galaxyzoo.drawing.layout import WIDTH
from galaxyzoo.drawing.marks import predicted, voted
from galaxyzoo.drawing.svg import tree_svg
from galaxyzoo.sample.archive import Rendered, draw_ids, render_one
from galaxyzoo.tree import GZ2, ID_COLUMN
from tools.pictures.svg import Theme

GALAXY = 972150
"""Of the test split: a spiral, and a bar on which volunteers are at odds"""
NETWORK = "tuned"
SIDE = 240
_ROOM = 12
"""To the right, for titles in a font that is wider than most"""
_DARK = re.compile(r"@media screen and \(prefers-color-scheme:dark\)\{(.*?\})\}")


def render(root: Path) -> Rendered:
    """The galaxy with its votes, as `make_sample` renders it."""
    own = yaml.safe_load((root / "params.yaml").read_text(encoding="utf-8"))["make_sample"]
    index = draw_ids(own["galaxies"], own["seed"]).index(GALAXY)
    return render_one(GZ2, own["seed"], index)


def picture(galaxy: Rendered) -> bytes:
    """The galaxy as a JPEG, as much of it as networks see."""
    with Image.open(BytesIO(galaxy.jpeg)) as whole:
        margin = whole.width // 4
        seen = whole.crop((margin, margin, whole.width - margin, whole.height - margin))
    file = BytesIO()
    seen.resize((SIDE, SIDE), Image.Resampling.BICUBIC).save(file, "JPEG", quality=90)
    return file.getvalue()


def tree(root: Path, galaxy: Rendered, theme: Theme) -> str:
    """Its votes and what the last run of the pipeline predicted, as SVG of one theme."""
    table = pd.read_csv(root / f"data/predictions/{NETWORK}.csv", index_col=ID_COLUMN)
    own = table[[*GZ2.columns]].loc[[GALAXY]].to_numpy(float)[0]
    drawn = tree_svg(
        GZ2,
        [voted(galaxy.votes), predicted(own)],
        f"The questions of {GZ2.name}, and the way of a rendered galaxy through them",
    )
    wider = drawn.replace(f'viewBox="0 0 {WIDTH}', f'viewBox="0 0 {WIDTH + _ROOM}', 1)
    return _DARK.sub(r"\1" if theme.name == "dark" else "", wider) + "\n"
