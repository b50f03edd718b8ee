from collections import Counter

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from galaxyzoo.figures.exemplars import TILE, draw_exemplars, find_exemplars, thumbnail
from galaxyzoo.figures.style import PIXELS_PER_UNIT, Galaxies
from galaxyzoo.tree import ANSWERS, COLUMNS
from tests.figures.drawings import make_images, make_votes, pixels, words

GALAXIES = Galaxies(rendered=False, train=48, test=12)


def draw() -> Figure:
    return draw_exemplars(find_exemplars(make_votes(0)), make_images(), GALAXIES, "as they are")


def test_each_answer_has_the_galaxy_with_its_highest_fraction() -> None:
    votes = make_votes(0)
    exemplars = find_exemplars(votes)
    assert tuple(exemplar.column for exemplar in exemplars) == COLUMNS
    for column, galaxy_id, fraction in exemplars:
        assert fraction == votes[column].max() == votes.loc[galaxy_id, column]


def test_among_equals_the_lowest_id_wins_in_whatever_order_they_come() -> None:
    votes = make_votes(0)
    votes.loc[votes.index[[5, 30, 50]], "Class8.7"] = 1.0
    for order in (slice(None), slice(None, None, -1)):
        exemplar = find_exemplars(votes[order])[COLUMNS.index("Class8.7")]
        assert exemplar == ("Class8.7", votes.index[5], 1.0)


def test_each_tile_says_column_answer_and_fraction() -> None:
    votes = make_votes(0)
    said = Counter(words(draw()).splitlines())
    assert set(COLUMNS) <= set(said)
    assert not Counter(ANSWERS.values()) - said
    assert not Counter(f"{votes[column].max():.2f}" for column in COLUMNS) - said
    assert "Out of 60 real galaxies: as they are." in said


def test_no_answer_runs_past_its_tile() -> None:
    figure = draw()
    FigureCanvasAgg(figure).draw()  # type: ignore[no-untyped-call]
    tile = TILE * PIXELS_PER_UNIT
    names = set(ANSWERS.values())
    answers = [text for text in figure.texts if text.get_text().replace("\n", " ") in names]
    assert len(answers) == len(ANSWERS)
    wide = [text.get_text() for text in answers if text.get_window_extent().width > tile]
    assert wide == []


def test_tiles_stand_in_the_order_of_the_columns() -> None:
    images = make_images()
    tiles = list(pixels(draw()))
    for tile, exemplar in zip(tiles, find_exemplars(make_votes(0)), strict=True):
        assert np.abs(tile[1::3, 1::3] - images[exemplar.galaxy_id]).max() <= 3


def test_a_thumbnail_shows_the_whole_image() -> None:
    corner = np.zeros((424, 424, 3), np.uint8)
    corner[:100, :100] = 200
    small = thumbnail(Image.fromarray(corner))
    assert small.shape == (96, 96, 3)
    assert (small[:20, :20] == 200).all()
    assert not small[30:].any()
