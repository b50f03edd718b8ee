"""Small inputs of the figures, and what a figure says where."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import BboxBase
from numpy.typing import NDArray

from galaxyzoo.drawing.marks import predicted as predicted_branches
from galaxyzoo.drawing.marks import voted as voted_branches
from galaxyzoo.figures.branches import draw_tree
from galaxyzoo.figures.exemplars import draw_exemplars
from galaxyzoo.figures.gallery import draw_gallery
from galaxyzoo.figures.loss import draw_losses
from galaxyzoo.figures.rmse import draw_answer_rmse, draw_rmse
from galaxyzoo.figures.style import Galaxies
from galaxyzoo.figures.votes import draw_predicted_voted
from galaxyzoo.networks import find
from galaxyzoo.scoring.exemplars import find_exemplars
from galaxyzoo.scoring.highlights import rank_galaxies
from galaxyzoo.scoring.results import score
from galaxyzoo.tree import GZ2, ID_COLUMN, LabelColumn, Tree
from tests.conftest import make_ids, make_labels

IDS = make_ids(range(1_000_000, 1_000_060))
MINE = replace(find("cnn"), name="mine", label="mine", color="#CC79A7")
"""A network that the registry doesn't know"""


def make_votes(seed: int, tree: Tree = GZ2) -> pd.DataFrame:
    return make_labels(IDS, seed, tree).set_index(ID_COLUMN)


def make_images(size: int = 64) -> dict[str, NDArray[np.uint8]]:
    draws = np.random.default_rng(0)
    return {i: draws.integers(0, 256, (size, size, 3), dtype=np.uint8) for i in map(str, IDS)}


def make_history(epochs: int) -> pd.DataFrame:
    epoch = np.arange(epochs + 1)
    return pd.DataFrame(
        {"epoch": epoch, "train_mse": 0.2 / (1 + epoch), "test_mse": 0.25 / (1 + epoch)}
    )


def mask(votes: pd.DataFrame, tree: Tree = GZ2) -> pd.DataFrame:
    """Nobody's answers to the last question are known, nor any of the first galaxy's."""
    known = votes.copy()
    known[list(tree.questions[-1].columns)] = np.nan
    known.iloc[0] = np.nan
    return known


def draw_all(
    chosen: tuple[str, ...],
    rendered: bool,
    tree: Tree = GZ2,
    labels: LabelColumn = "kaggle",
    masked: bool = False,
) -> dict[str, Figure]:
    """Each figure, of networks with these names."""
    networks = [MINE if name == MINE.name else find(name) for name in chosen]
    galaxies = Galaxies(rendered, 49_262, len(IDS), labels, masked)
    voted, images = make_votes(0, tree), make_images()
    voted = mask(voted, tree) if masked else voted
    predicted = {name: make_votes(seed, tree) for seed, name in enumerate(chosen, start=1)}
    plain = voted.fillna(0.5)
    models = predicted | {"mean_vote": plain * 0 + plain.mean(), "central_pixel": plain / 2}
    fractions = {name: own.to_numpy() for name, own in models.items()}
    scores = score(tree, voted.to_numpy(), fractions, {}, {})
    answers, rmse = scores.answers, dict.fromkeys(models, 0.15)
    own = predicted[chosen[0]]
    return {
        "exemplars": draw_exemplars(
            tree, find_exemplars(tree, voted, images), images, galaxies, "the original images"
        ),
        "tree": draw_tree(
            tree,
            [voted_branches(voted.iloc[1]), predicted_branches(own.iloc[1])],
            "A galaxy",
            galaxies,
            images[str(voted.index[1])],
        ),
        "loss": draw_losses(networks, {name: make_history(6) for name in chosen}, galaxies),
        "rmse": draw_rmse(tree, networks, rmse, galaxies, scores.noise_floor),
        "predicted_voted": draw_predicted_voted(tree, networks, predicted, voted, galaxies),
        "answer_rmse": draw_answer_rmse(tree, networks, answers, galaxies),
        "predictions": draw_gallery(
            tree, networks[0], rank_galaxies(own, voted), own, voted, images, galaxies
        ),
    }


def pixels(figure: Figure) -> Iterator[NDArray[np.int64]]:
    """The images of a figure, in the order in which they were drawn."""
    for image in figure.images:
        yield np.asarray(image.get_array()).astype(np.int64)


def words(figure: Figure) -> str:
    """All that a figure says, a text a line; those that are broken into lines made whole."""
    return "\n".join(text.get_text().replace("\n", " ") for text in texts(figure))


def texts(figure: Figure) -> list[Text]:
    beyond = set(_labels_beyond_the_axes(figure))
    found = figure.findobj(Text)
    return [t for t in found if isinstance(t, Text) and t.get_text() and t not in beyond]


def _labels_beyond_the_axes(figure: Figure) -> Iterator[Text]:
    """Labels of ticks that matplotlib made, and never draws."""
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
                if not low <= tick.get_loc() <= high:
                    yield from (tick.label1, tick.label2)


def spoilt_texts(figure: Figure) -> list[str]:
    """The texts that leave the figure, and those that overlap with another."""
    figure.draw_without_rendering()
    boxes = {text: text.get_window_extent() for text in texts(figure) if text.get_visible()}
    leaving = [text.get_text() for text, box in boxes.items() if not _within(figure.bbox, box)]
    overlapping = [
        f"{one.get_text()} | {other.get_text()}"
        for (one, box), (other, other_box) in combinations(boxes.items(), 2)
        if box.overlaps(other_box)
    ]
    return leaving + overlapping


def _within(whole: BboxBase, box: BboxBase) -> bool:
    return bool(whole.contains(box.x0, box.y0) and whole.contains(box.x1, box.y1))
