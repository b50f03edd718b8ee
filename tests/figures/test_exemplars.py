from collections import Counter

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from galaxyzoo.figures.exemplars import TILE, draw_exemplars, thumbnail
from galaxyzoo.figures.style import PIXELS_PER_UNIT, Galaxies
from galaxyzoo.scoring.exemplars import find_exemplars
from galaxyzoo.tree import GZ2, Answer, Question, Tree
from tests.conftest import ANSWERS, COLUMNS
from tests.figures.drawings import make_images, make_votes, pixels, spoilt_texts, words

GALAXIES = Galaxies(rendered=False, train=48, test=12)


def draw(tree: Tree = GZ2) -> Figure:
    exemplars = find_exemplars(tree, make_votes(0, tree), make_images())
    return draw_exemplars(tree, exemplars, make_images(), GALAXIES, "as they are")


def test_each_tile_says_column_answer_and_fraction() -> None:
    exemplars = find_exemplars(GZ2, make_votes(0), make_images())
    said = Counter(words(draw()).splitlines())
    assert set(COLUMNS) <= set(said)
    assert not Counter(ANSWERS.values()) - said
    assert not Counter(f"{own.fraction:.2f}" for own in exemplars) - said
    assert any(line.startswith("Out of 60 real galaxies: as they are. ") for line in said)


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
    for tile, exemplar in zip(tiles, find_exemplars(GZ2, make_votes(0), images), strict=True):
        assert np.abs(tile[1::3, 1::3] - images[exemplar.galaxy_id]).max() <= 3


def test_a_question_of_more_answers_than_fit_goes_on_in_the_next_row() -> None:
    letters = "abcdefghi"
    many = Question("many", "Which?", tuple(Answer(f"many_{x}", x.upper()) for x in letters))
    two = Question("two", "Or?", (Answer("two_yes", "Yes"), Answer("two_no", "No")))
    figure = draw(Tree("Many answers", (many, two)))
    assert spoilt_texts(figure) == []
    said = words(figure).splitlines()
    assert [line for line in said if line.startswith("many_")] == [f"many_{x}" for x in letters]
    assert [line for line in said if line.startswith("Question ")] == [
        "Question 1: many",
        "Question 1: many",
        "Question 2: two",
    ]
    places = {text.get_text(): text.get_position() for text in figure.texts}
    assert places["many_g"][1] > places["many_h"][1] == places["two_no"][1]
    assert places["many_a"][0] == places["many_h"][0]


def test_a_thumbnail_shows_the_whole_image() -> None:
    corner = np.zeros((424, 424, 3), np.uint8)
    corner[:100, :100] = 200
    small = thumbnail(Image.fromarray(corner))
    assert small.shape == (96, 96, 3)
    assert (small[:20, :20] == 200).all()
    assert not small[30:].any()
