"""What the report draws: the tree, random views, what networks look at, and what they miss."""

import re
from dataclasses import replace

import numpy as np
import pytest

from galaxyzoo.report.facts import Facts
from galaxyzoo.report.page import render
from galaxyzoo.report.sections.looking import about_looking, mark, where
from galaxyzoo.report.sections.missed import about_missed
from galaxyzoo.scoring.branches import mean_branches
from galaxyzoo.scoring.occlusion import Occlusion
from galaxyzoo.tree import GZ2
from tests.report.facts_to_tell import make_facts
from tests.report.page_parts import Cells, Elements, told

GRID = np.full((12, 12), 0.6)
GRID[1, 10] = 0.2


@pytest.fixture(scope="module")
def facts() -> Facts:
    own = make_facts()
    looked = Occlusion(str(own.voted.index[0]), "Class4.1", 0.6, GRID)
    return replace(own, results=replace(own.results, occlusions=[looked]))


@pytest.fixture(scope="module")
def page(facts: Facts) -> str:
    return render(facts)


def test_the_tree_of_one_galaxy_and_of_all_is_drawn_and_told(facts: Facts, page: str) -> None:
    trees = [own for own in Elements(page).attributes("svg") if own.get("class") == "tree"]
    galaxy_id = facts.tested_showpiece
    assert [(own["aria-label"] or "").split(".")[0] for own in trees] == [
        f"Decision tree of galaxy {galaxy_id}",
        "Decision tree of all test galaxies",
    ]
    assert galaxy_id in facts.voted.index
    tables = Cells(page).tables
    rows = tables[f"GalaxyID {galaxy_id}, voted and predicted"][1:]
    assert [row[1] for row in rows] == list(GZ2.texts.values())
    voted, predicted = facts.voted.loc[galaxy_id], facts.best.predicted.loc[galaxy_id]
    assert [row[2] for row in rows] == [f"{own:.0%}" for own in voted]
    assert [row[3] for row in rows] == [f"{own:.0%}" for own in predicted]
    means = [row[2] for row in tables["All test galaxies, voted and predicted"][1:]]
    assert means == [f"{own:.0%}" for own in facts.voted.mean()]


def test_means_of_both_are_over_the_same_galaxies(facts: Facts) -> None:
    voted = facts.voted.copy()
    voted.iloc[:10, 0] = np.nan
    means = mean_branches(voted, facts.best.predicted)
    first = facts.voted.columns[0]
    assert means[0][first] == pytest.approx(facts.voted[first][10:].mean())
    assert means[1][first] == pytest.approx(facts.best.predicted[first][10:].mean())


def test_random_views_are_of_a_network_that_saw_some(facts: Facts) -> None:
    about = about_looking(facts)
    assert about["viewer"] == "Tuned ResNet"
    assert len(set(about["views"])) == len(about["views"]) == 12
    assert about["views"] == about_looking(facts)["views"]
    plain = make_facts({"cnn": 0.1})
    assert about_looking(plain)["views"] == []
    assert "looking" not in told(render(plain))


def test_what_a_network_looks_at_is_marked_and_said(page: str) -> None:
    assert "Spiral: 60%; covered at the upper right, 20%." in page
    said = [own["alt"] or "" for own in Elements(page).attributes("img")]
    assert sum("What speaks most for “Spiral” is at the upper right." in own for own in said) == 1
    grey = np.full((64, 64, 3), 128, np.uint8)
    marked = mark(grey, GRID - 0.6).astype(int)
    red, _, blue = marked[24, 168]
    assert red > blue + 50, "orange"
    assert np.ptp(marked[160, 20]) == 0, "and grey elsewhere"
    red, _, blue = mark(grey, 0.6 - GRID).astype(int)[24, 168]
    assert blue > red + 50


@pytest.mark.parametrize(
    ("place", "said"),
    [((0, 0), "at the upper left"), ((6, 5), "in the centre"), ((11, 6), "at the bottom")],
)
def test_parts_of_an_image_have_names(place: tuple[int, int], said: str) -> None:
    change = np.zeros((12, 12))
    change[place] = -0.1
    assert where(change) == said


def test_each_question_has_the_galaxies_that_are_missed_worst_at_it(facts: Facts) -> None:
    missed = about_missed(facts)["missed"]
    assert [own["title"] for own in missed] == [
        f"{number}. {question.text}" for number, question in enumerate(GZ2.questions, start=1)
    ]
    for own, question in zip(missed, GZ2.questions, strict=True):
        columns = list(question.columns)
        errors = (facts.best.predicted[columns] - facts.voted[columns]).pow(2).mean(axis=1) ** 0.5
        worst = errors.sort_values(ascending=False)[:4]
        assert [galaxy["galaxy_id"] for galaxy in own["galaxies"]] == list(worst.index)
        assert [galaxy["rmse"] for galaxy in own["galaxies"]] == pytest.approx(list(worst))
        answers = [answer.text for answer in question.answers]
        for galaxy in own["galaxies"]:
            said = [vote["answer"] for vote in galaxy["votes"]]
            assert said == [text for text in answers if text in said]
            assert len(said) == min(len(answers), 3)


def test_a_question_of_which_nothing_is_known_is_left_out(facts: Facts) -> None:
    voted = facts.voted.copy()
    voted[list(GZ2.question("arms").columns)] = np.nan
    missed = about_missed(replace(facts, voted=voted))["missed"]
    assert len(missed) == len(GZ2.questions) - 1


def test_every_picture_has_words(page: str) -> None:
    assert all(own.get("alt") for own in Elements(page).attributes("img"))
    assert not re.search(r'<svg class="tree"(?![^>]*aria-label="[^"]{60})', page)
