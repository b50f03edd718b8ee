import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from galaxyzoo.figures.rmse import draw_answer_rmse, draw_rmse
from galaxyzoo.figures.style import Galaxies
from galaxyzoo.networks import find
from galaxyzoo.scoring.noise_floor import NoiseFloor
from galaxyzoo.scoring.results import score
from galaxyzoo.tree import GZ2
from tests.conftest import ANSWERS, COLUMNS
from tests.figures.drawings import MINE, make_votes, words

NETWORKS = [find("cnn"), find("resnet"), MINE]
RMSE = {"cnn": 0.12, "resnet": 0.11, "mine": 0.09, "mean_vote": 0.16, "central_pixel": 0.15}
SKY = Galaxies(rendered=False, train=1000, test=200)
FLOOR = NoiseFloor(40, 50, lowest=0.036, highest=0.041)
RENDERED = Galaxies(rendered=True, train=1600, test=400)


def bars(axes: Axes) -> dict[str, float]:
    labels = [label.get_text() for label in axes.get_yticklabels()]
    widths = [bar.get_width() for bar in axes.patches]  # type: ignore[attr-defined]
    return dict(zip(labels, widths, strict=True))


def test_own_scores_and_published_ones_stand_in_panels_of_their_own() -> None:
    own, published = draw_rmse(GZ2, NETWORKS, RMSE, RENDERED, FLOOR).axes
    assert bars(own) == {
        "CNN": 0.12,
        "ResNet-18": 0.11,
        "mine": 0.09,
        "Mean vote": 0.16,
        "Central pixel": 0.15,
    }
    assert bars(published) == {
        "Kaggle's central pixel": 0.16194,
        "The course's CNN": 0.11684,
        "The course's ResNet-18": 0.10863,
    }
    assert own.get_xlim() == published.get_xlim()


def test_the_panels_look_different_and_name_their_galaxies() -> None:
    own, published = draw_rmse(GZ2, NETWORKS, RMSE, RENDERED, FLOOR).axes
    assert {bar.get_hatch() for bar in own.patches} == {None}
    assert {bar.get_hatch() for bar in published.patches} == {"////"}
    assert own.get_facecolor() != published.get_facecolor()
    title = "This run, on rendered galaxies: 1,600 to train, 400 to test"
    assert own.get_title(loc="left") == title
    assert published.get_title(loc="left").startswith("Published, on real galaxies")


def test_each_network_has_its_colour_and_no_baseline_has_it() -> None:
    own, _ = draw_rmse(GZ2, NETWORKS, RMSE, RENDERED, FLOOR).axes
    colors = [to_hex(bar.get_facecolor()).upper() for bar in own.patches]
    assert colors[:3] == [network.color for network in NETWORKS]
    assert len(set(colors)) == 5


@pytest.mark.parametrize("galaxies", [RENDERED, SKY])
def test_only_scores_on_rendered_galaxies_are_kept_from_comparison(galaxies: Galaxies) -> None:
    said = words(draw_rmse(GZ2, NETWORKS, RMSE, galaxies, FLOOR))
    assert ("Don't compare the two panels" in said) == galaxies.rendered


def test_a_band_across_the_bars_is_the_noise_floor_and_a_line_says_so() -> None:
    figure = draw_rmse(GZ2, NETWORKS, RMSE, RENDERED, FLOOR)
    own, published = figure.axes
    (band,) = own.collections
    (path,) = band.get_paths()
    assert path.get_extents().intervalx.tolist() == [FLOOR.lowest, FLOOR.highest]
    assert not published.collections, "it is the floor of other labels"
    assert f"Band: {FLOOR.in_words()}." in words(figure)
    unknown = draw_rmse(GZ2, NETWORKS, RMSE, RENDERED, NoiseFloor(40, 50, np.nan, np.nan))
    assert not unknown.axes[0].collections
    assert "Band" not in words(unknown)


def test_each_answer_has_a_mark_per_network_and_for_the_mean_vote() -> None:
    voted = make_votes(0)
    models = {name: make_votes(seed).to_numpy() for seed, name in enumerate(RMSE, start=1)}
    table = score(GZ2, voted.to_numpy(), models, {}, {}).answers
    figure = draw_answer_rmse(GZ2, NETWORKS, table, SKY)
    (axes,) = figure.axes
    marks = {str(line.get_label()): line for line in axes.lines}
    assert set(marks) == {"Mean vote", "CNN", "ResNet-18", "mine"}
    names = {n.name: n.label for n in NETWORKS} | {"mean_vote": "Mean vote"}
    for name, label in names.items():
        expected = table[table["model"] == name]["rmse"].to_numpy()
        assert np.array_equal(marks[label].get_xdata(), expected)
    assert [marks[n.label].get_color() for n in NETWORKS] == [n.color for n in NETWORKS]
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == [f"{ANSWERS[column]}  {column}" for column in COLUMNS]
    assert np.array_equal(axes.get_yticks(), np.asarray(marks["Mean vote"].get_ydata()))
    assert (np.diff(axes.get_yticks()) > 0).all()
    for line in marks.values():
        assert np.abs(np.asarray(line.get_ydata()) - axes.get_yticks()).max() < 0.3
