import numpy as np
import pandas as pd
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from galaxyzoo.figures.gallery import draw_gallery
from galaxyzoo.figures.style import Galaxies
from galaxyzoo.networks import find
from galaxyzoo.scoring.highlights import rank_galaxies
from galaxyzoo.tree import GZ2
from tests.conftest import COLUMNS
from tests.figures.drawings import IDS, make_images, make_votes, pixels, words

RESNET = find("resnet")
GALAXIES = Galaxies(rendered=False, train=1, test=1)


def draw(predicted: pd.DataFrame, voted: pd.DataFrame) -> Figure:
    ranked = rank_galaxies(predicted, voted)
    return draw_gallery(GZ2, RESNET, ranked, predicted, voted, make_images(), GALAXIES)


def test_each_galaxy_has_its_image_and_its_three_largest_votes() -> None:
    voted = pd.DataFrame(0.0, index=[IDS[7]], columns=list(COLUMNS))
    voted[["Class8.6", "Class1.2", "Class6.1", "Class2.2"]] = [0.91, 0.82, 0.73, 0.73]
    predicted = voted / 2
    figure = draw(predicted, voted)

    said = words(figure)
    assert "ResNet-18: best, median and worst predictions" in said
    assert f"GalaxyID {IDS[7]} RMSE 0.132" in said
    answers = ["Merger", "0.91", "0.46", "Featured or disc", "0.82", "0.41"]
    # Class2.2 stands before Class6.1, and has as many votes
    assert "\n".join([*answers, "Not edge on", "0.73", "0.36"]) in said
    assert "Odd feature" not in said
    for shown in pixels(figure):
        assert np.abs(shown[1::3, 1::3] - make_images()[IDS[7]]).max() <= 3


def test_groups_stand_side_by_side_and_galaxies_in_the_order_of_their_rank() -> None:
    voted, predicted = make_votes(0), make_votes(1)
    figure = draw(predicted, voted)
    ranked = rank_galaxies(predicted, voted)
    captions = {
        text.get_text(): text.get_position() for text in figure.texts if "\nRMSE" in text.get_text()
    }
    lefts = []
    for errors in ranked:
        places = [captions[f"GalaxyID {i}\nRMSE {error:.3f}"] for i, error in errors.items()]
        heights = [height for _, height in places]
        assert heights == sorted(heights, reverse=True)
        assert len({left for left, _ in places}) == 1
        lefts.append(places[0][0])
    assert lefts == sorted(lefts)
    assert len(set(lefts)) == 3
    assert len(captions) == 12


def test_bars_are_those_of_the_votes_and_of_the_network() -> None:
    voted, predicted = make_votes(0), make_votes(1)
    figure = draw(predicted, voted)
    galaxy_id = rank_galaxies(predicted, voted).best.index[0]
    largest = voted.loc[galaxy_id].sort_values(ascending=False, kind="stable").index[:3]
    # each bar stands on a light one that spans all of 0 to 1
    bars = figure.axes[0].patches[1::2]
    widths = [bar.get_width() for bar in bars]  # type: ignore[attr-defined]
    expected = [own.loc[galaxy_id, column] for column in largest for own in (voted, predicted)]
    assert np.allclose(widths, expected)
    assert [to_hex(bar.get_facecolor()) for bar in bars] == ["#555555", RESNET.color.lower()] * 3
