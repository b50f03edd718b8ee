"""A decision tree as a picture: where its branches run, and how wide they are."""

import math
import re
from collections.abc import Sequence
from xml.etree import ElementTree

import numpy as np
import pytest

from galaxyzoo.drawing.describing import describe
from galaxyzoo.drawing.layout import lay_out
from galaxyzoo.drawing.marks import Branches, TreePicture, Words, predicted, voted
from galaxyzoo.drawing.svg import tree_svg
from galaxyzoo.tree import GZ2, Answer, Question, Tree
from tests.conftest import make_labels
from tests.small_tree import SMALL

HOSTILE = Tree(
    "<i>", (Question("q", 'Is "it" <b>?', (Answer("yes", "<script>"), Answer("no", "&"))),)
)
every_tree = pytest.mark.parametrize("tree", [GZ2, SMALL, HOSTILE], ids=lambda tree: tree.name)


def fractions(tree: Tree, seed: int) -> list[float]:
    row = make_labels([1], seed, tree).iloc[0, 1:].astype(float)
    return [float(own) for own in row]


def both(tree: Tree) -> list[Branches]:
    return [voted(fractions(tree, 1)), predicted(fractions(tree, 2))]


def numbers(picture: TreePicture) -> list[Words]:
    return [own for own in picture.words if own.role == "number"]


def straight(picture: TreePicture, owner: int) -> list[float]:
    """The widths of the branches of a set, one for each answer."""
    return [own.thick for own in picture.ribbons if own.owner == owner and own.right > own.bend]


@every_tree
def test_branches_are_as_wide_as_their_fractions(tree: Tree) -> None:
    sets = both(tree)
    picture = lay_out(tree, sets)
    for owner, own in enumerate(sets):
        by_question = sorted(own.fractions)
        widths = sorted(straight(picture, owner))
        wide = [(w, f) for w, f in zip(widths, by_question, strict=True) if f > 0.05]
        assert [w / f for w, f in wide] == pytest.approx([wide[0][0] / wide[0][1]] * len(wide))
        assert min(widths) > 0, "the tree is whole"


@every_tree
def test_all_stays_within_the_picture_and_no_words_overlap(tree: Tree) -> None:
    picture = lay_out(tree, both(tree), above=150)
    for ribbon in picture.ribbons:
        assert 0 <= ribbon.left <= ribbon.bend <= ribbon.right <= picture.width
        assert min(ribbon.top, ribbon.bend_top) >= 0
        assert max(ribbon.top, ribbon.bend_top) + ribbon.thick <= picture.height
    places = [(own.left, own.base) for own in picture.words if own.role != "number"]
    assert len(places) == len(set(places))
    for left in {left for left, _ in places}:
        bases = sorted(base for own, base in places if own == left)
        assert min(np.diff(bases), default=13) > 12
    first = [base for own, base in places if own == min(left for left, _ in places)]
    assert min(first) > 150, "room for what is shown above the first column"


@every_tree
def test_a_branch_leads_to_every_question_that_follows(tree: Tree) -> None:
    picture = lay_out(tree, [voted(fractions(tree, 1))])
    nodes = [(own.left, own.top, own.top + own.height) for own in picture.nodes]
    assert len(nodes) == len(tree.questions)
    links = [own for own in picture.ribbons if own.right == own.bend]
    assert len(links) == sum(len(question.after) for question in tree.questions)
    for link in links:
        assert any(
            link.right == left and top - 1 <= link.bend_top <= low for left, top, low in nodes
        )


def test_what_is_not_known_is_not_drawn_and_says_so() -> None:
    own = fractions(SMALL, 1)
    own[3:5] = [math.nan, math.nan]
    picture = lay_out(SMALL, [voted(own)])
    assert len(straight(picture, 0)) == len(SMALL.columns) - 2
    assert [word.text for word in numbers(picture)].count("?") == 2
    assert "nan" not in tree_svg(SMALL, [voted(own)], "A galaxy")
    assert describe(SMALL, [voted([math.nan] * 7)]) == "Voted: not known."


def test_fractions_of_another_tree_are_refused() -> None:
    with pytest.raises(ValueError, match="voted: 37 fractions of 7"):
        lay_out(SMALL, [voted(fractions(GZ2, 1))])


@every_tree
def test_an_svg_is_whole_and_says_all_answers_and_numbers(tree: Tree) -> None:
    text = tree_svg(tree, both(tree), "A <galaxy>")
    assert text == tree_svg(tree, both(tree), "A <galaxy>")
    root = ElementTree.fromstring(text)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"].startswith("A <galaxy>. Voted: ")
    said = " ".join(own.text or "" for own in root.iter("{http://www.w3.org/2000/svg}text"))
    for question in tree.questions:
        assert question.text in said
        assert all(answer.text in said for answer in question.answers)
    percents = [f"{own:.0%}" for branches in both(tree) for own in branches.fractions]
    assert sorted(re.findall(r"\d+%", said)) == sorted(percents)
    assert not re.search("https?://(?!www.w3.org/2000/svg)", text), "nothing is loaded"


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ([0.7, 0.2, 0.1, 0.6, 0.3, 0.1, 0.1], "Voted: Round 70%, Tails 60%."),
        ([0.1, 0.9, 0.0, 0.2, 0.8, 0.5, 0.4], "Voted: Flat 90%, No tails 80%, Two 50%."),
    ],
)
def test_words_tell_the_way_that_most_took(own: Sequence[float], said: str) -> None:
    assert describe(SMALL, [voted(own)]) == said
