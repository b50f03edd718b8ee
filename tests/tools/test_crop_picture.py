"""The picture that explains --crop: its values mend what they are said to mend."""

from pathlib import Path

import numpy as np
from PIL import Image

from galaxyzoo.figures.style import save_figure
from tests.conftest import ROOT
from tools.crop_picture import KEPT, PICTURE, draw, frames


def test_each_value_shows_the_network_what_it_learned_from() -> None:
    wide, right, narrow = frames()
    assert (wide.crop, right.crop, narrow.crop) == (KEPT / 2, KEPT, 2 * KEPT)
    assert 0 < wide.crop < narrow.crop <= 1
    learned = right.seen(KEPT).astype(int)
    for frame in (wide, narrow):
        assert abs(frame.seen(frame.crop) - learned).mean() < 1
        assert abs(frame.seen(KEPT) - learned).mean() > 10


def test_the_picture_is_what_the_program_draws(tmp_path: Path) -> None:
    save_figure(draw(), tmp_path / "crop.png")
    drawn, committed = (Image.open(path) for path in (tmp_path / "crop.png", ROOT / PICTURE))
    assert drawn.size == committed.size
    assert abs(np.asarray(drawn, int) - np.asarray(committed, int)).mean() < 1
    assert (ROOT / PICTURE).stat().st_size < 500_000
