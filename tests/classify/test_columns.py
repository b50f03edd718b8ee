"""Which fractions a catalogue has: products as Kaggle's, or shares of those who were asked."""

import csv
from io import StringIO

import numpy as np
import pytest
from numpy.typing import NDArray

from galaxyzoo.base.errors import UserError
from galaxyzoo.classify.catalogue import Layout
from galaxyzoo.classify.columns import headings, numbers, tree_with
from galaxyzoo.tree import GZ2, Tree
from tests.conftest import COLUMNS, make_labels
from tests.predict.voted_galaxies import EDGE_ON, SPIRAL
from tests.small_tree import SMALL


def published(fractions: NDArray[np.float32]) -> dict[str, float]:
    """A galaxy's numbers by the names of their columns."""
    names = [heading.name for heading in headings(GZ2, "gz2")]
    (row,) = numbers(GZ2, "gz2", fractions[None])
    return dict(zip(names, row.tolist(), strict=True))


def test_fractions_are_of_those_who_are_asked_and_reach_says_how_many_these_are() -> None:
    row = published(SPIRAL)
    assert row["t01_smooth_or_features_reach"] == row["t06_odd_reach"] == 1
    assert row["t01_smooth_or_features_a02_features_or_disk_fraction"] == pytest.approx(0.8)
    assert row["t02_edgeon_reach"] == pytest.approx(0.8)
    assert row["t02_edgeon_a05_no_fraction"] == pytest.approx(0.75)
    assert row["t04_spiral_reach"] == pytest.approx(0.6)
    assert row["t04_spiral_a08_spiral_fraction"] == pytest.approx(0.75)
    assert row["t11_arms_number_reach"] == pytest.approx(0.45)
    assert row["t11_arms_number_a32_2_fraction"] == pytest.approx(1)


def test_fractions_of_nobody_are_empty() -> None:
    row = published(EDGE_ON)
    assert row["t03_bar_reach"] == 0
    assert np.isnan(row["t03_bar_a06_bar_fraction"])
    text = Layout(GZ2, described=False, columns="gz2").rows(["nan.jpg"], EDGE_ON[None], [""])
    cells = dict(zip(["id", *row], next(csv.reader(StringIO(text))), strict=True))
    assert (cells["t03_bar_reach"], cells["t03_bar_a06_bar_fraction"]) == ("0", "")
    assert cells["id"] == "nan.jpg"


def test_fractions_times_reach_are_kaggles_products() -> None:
    products = make_labels(range(50))[list(COLUMNS)].to_numpy(np.float32)
    shown = numbers(GZ2, "gz2", products)
    names = [heading.name for heading in headings(GZ2, "gz2")]
    for question in GZ2.questions:
        reach = shown[:, names.index(f"{question.stem}_reach")]
        for answer in question.answers:
            share = np.nan_to_num(shown[:, names.index(f"{answer.stem}_fraction")])
            product = products[:, COLUMNS.index(answer.column)]
            assert np.abs(share * reach - product).max() < 1e-6


def test_gz2_has_a_column_for_each_question_and_answer_that_says_what_it_is() -> None:
    found = {heading.name: heading.description for heading in headings(GZ2, "gz2")}
    assert len(found) == 11 + 37
    assert found["t04_spiral_reach"] == (
        'fraction of all volunteers who are asked "Is there a spiral arm pattern?"'
    )
    assert found["t04_spiral_a08_spiral_fraction"] == (
        'fraction of those who are asked "Is there a spiral arm pattern?" who answer "Spiral"; '
        "empty if nobody is"
    )


@pytest.mark.parametrize("columns", ["kaggle", "gz2"])
def test_all_columns_have_names_of_their_own(columns: str) -> None:
    layout = Layout(GZ2, described=True, columns=columns)  # type: ignore[arg-type]
    names = [heading.name for heading in layout.headings()]
    assert len({name.lower() for name in names}) == len(names)
    row = next(csv.reader(StringIO(layout.rows(["1"], SPIRAL[None], [""]))))
    assert len(row) == len(names)


def test_a_tree_without_published_names_is_refused() -> None:
    assert tree_with("kaggle", SMALL) is SMALL
    with pytest.raises(UserError, match=r"gz2 needs the published names .* Three questions, lacks"):
        tree_with("gz2", SMALL)
    with pytest.raises(UserError, match="columns: must be one of kaggle, gz2, got 'all'"):
        tree_with("all", GZ2)  # type: ignore[arg-type]


def test_those_of_galaxy_zoo_2_are_known_also_where_a_model_lacks_them() -> None:
    """As models of before trees had them."""
    content = GZ2.as_dict()
    for question in content["questions"]:
        for own in (question, *question["answers"]):
            del own["stem"]
    bare = Tree.from_dict(content)
    assert bare != GZ2
    assert tree_with("gz2", bare) == tree_with("gz2", GZ2) == GZ2
