"""Which galaxies stand for the answers."""

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from galaxyzoo.scoring.exemplars import deepest_exemplar, find_exemplars, visible_detail
from galaxyzoo.tree import GZ2, Answer, Question, Tree
from tests.conftest import COLUMNS, make_labels
from tests.figures.drawings import make_images, make_votes
from tests.small_tree import SMALL


def flat_images(votes: pd.DataFrame) -> dict[str, NDArray[np.uint8]]:
    """Images that show nothing at all."""
    return dict.fromkeys(map(str, votes.index), np.zeros((64, 64, 3), np.uint8))


def checkered(side: int = 8) -> NDArray[np.uint8]:
    """An image with something to see in its middle."""
    image = np.zeros((64, 64, 3), np.uint8)
    tiles = (np.indices((20, 20)).sum(axis=0) // side + 1) % 2
    image[22:42, 22:42] = 200 * tiles[..., None]
    return image


@pytest.mark.parametrize("tree", [GZ2, SMALL], ids=lambda tree: tree.name)
def test_each_answer_has_a_galaxy_of_its_own_that_many_gave_it_to(tree: Tree) -> None:
    votes = make_votes(0, tree)
    exemplars = find_exemplars(tree, votes, make_images())
    assert tuple(exemplar.column for exemplar in exemplars) == tree.columns
    assert len({exemplar.galaxy_id for exemplar in exemplars}) == len(tree.columns)
    for column, galaxy_id, fraction in exemplars:
        assert fraction == votes.loc[galaxy_id, column]
        assert fraction > 0
    # the first to choose has all to choose from
    first = max(exemplars, key=lambda own: tree.depth(tree.asker(own.column)))
    assert first.fraction >= 0.85 * votes[first.column].max()


def test_of_those_with_high_fractions_it_is_the_one_with_the_most_to_see() -> None:
    votes = make_votes(0)
    votes["Class11.3"] = 0.1
    votes.loc[votes.index[[3, 4, 5, 6]], "Class11.3"] = [0.9, 0.8, 0.7, 0.8]
    images = flat_images(votes)
    images[votes.index[4]] = images[votes.index[5]] = checkered()
    own = {own.column: own for own in find_exemplars(GZ2, votes, images)}
    assert own["Class11.3"] == ("Class11.3", votes.index[4], 0.8)


def test_there_is_more_to_see_where_a_galaxy_has_structure_and_nothing_else_shines() -> None:
    blank, noisy = np.zeros((64, 64, 3), np.uint8), np.zeros((64, 64, 3), np.uint8)
    noisy[::2, ::2] = 3
    disturbed = checkered()
    disturbed[:6, :6] = 255
    assert visible_detail(blank) == visible_detail(noisy) == 0
    assert visible_detail(checkered()) > visible_detail(disturbed)
    assert visible_detail(checkered()) > visible_detail(checkered(side=40)) > 0


def test_fewer_galaxies_than_answers_come_more_than_once() -> None:
    votes = make_votes(0)[:5]
    assert len(find_exemplars(GZ2, votes, make_images())) == len(COLUMNS)


def test_among_equals_the_lowest_id_wins_in_whatever_order_they_come() -> None:
    votes = make_votes(0)
    votes.loc[votes.index[[5, 30, 50]], "Class8.7"] = 1.0
    for order in (slice(None), slice(None, None, -1)):
        exemplars = find_exemplars(GZ2, votes[order], flat_images(votes))
        exemplar = exemplars[COLUMNS.index("Class8.7")]
        assert exemplar == ("Class8.7", votes.index[5], 1.0)


def test_columns_of_a_table_may_come_in_any_order() -> None:
    votes, images = make_votes(0), make_images()
    turned = find_exemplars(GZ2, votes[votes.columns[::-1]], images)
    assert turned == find_exemplars(GZ2, votes, images)


def test_the_deepest_answer_that_leads_on_is_spiral_arms() -> None:
    exemplars = find_exemplars(GZ2, make_votes(0), make_images())
    assert deepest_exemplar(GZ2, exemplars) == exemplars[COLUMNS.index("Class4.1")]


def test_the_deepest_exemplar_of_other_trees() -> None:
    # both answers that lead on are to the first question: the first of them
    small = find_exemplars(SMALL, make_votes(0, SMALL), make_images())
    assert deepest_exemplar(SMALL, small).column == "shape_round"
    flat = Tree("One question", (Question("one", "?", (Answer("no", "No"), Answer("yes", "Yes"))),))
    own = find_exemplars(flat, make_votes(0, flat), make_images())
    assert deepest_exemplar(flat, own).column == "no"


def test_only_what_is_known_has_an_exemplar() -> None:
    votes = make_labels(range(8)).set_index("GalaxyID")
    votes[["Class10.1", "Class10.2", "Class10.3"]] = np.nan
    votes.iloc[5] = np.nan
    votes.loc[votes.index[6], [c for c in COLUMNS if not c.startswith("Class6.")]] = np.nan
    found = {own.column: own for own in find_exemplars(GZ2, votes, flat_images(votes))}
    assert list(found) == [column for column in COLUMNS if not column.startswith("Class10.")]
    for column, exemplar in found.items():
        assert exemplar.fraction == votes.loc[exemplar.galaxy_id, column]
    votes[[column for column in COLUMNS if GZ2.depth(GZ2.asker(column)) > 1]] = np.nan
    own = find_exemplars(GZ2, votes, flat_images(votes))
    assert deepest_exemplar(GZ2, own).column == "Class2.1"
