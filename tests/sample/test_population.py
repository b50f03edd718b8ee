from collections import Counter

import numpy as np
import pytest

from galaxyzoo.sample.archive import generators
from galaxyzoo.sample.galaxy import Galaxy, Kind
from galaxyzoo.sample.population import draw_galaxy
from galaxyzoo.sample.volunteers import vote
from galaxyzoo.tree import GZ2
from tests.conftest import ANSWERS, COLUMNS, QUESTIONS

SEED, GALAXIES = 2007, 2000  # those of params.yaml


@pytest.fixture(scope="module")
def population() -> list[Galaxy]:
    return [draw_galaxy(generators(SEED, i)[0]) for i in range(GALAXIES)]


def test_the_same_seed_draws_the_same_galaxy() -> None:
    first, again, other = (draw_galaxy(generators(seed, 5)[0]) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_every_answer_has_a_galaxy_that_wins_it(population: list[Galaxy]) -> None:
    votes = np.array([vote(g, GZ2, generators(SEED, i)[2]) for i, g in enumerate(population)])
    highest = dict(zip(COLUMNS, votes.max(axis=0), strict=True))
    assert {ANSWERS[column]: v for column, v in highest.items() if v < 0.5} == {}
    for question in QUESTIONS:
        winners = set(votes[:, GZ2.span(question)].argmax(axis=1).tolist())
        assert winners == set(range(len(question.answers))), question.name


def test_every_kind_is_drawn_and_most_are_smooth_or_discs(population: list[Galaxy]) -> None:
    kinds = Counter(galaxy.kind for galaxy in population)
    assert set(kinds) == set(Kind)
    assert kinds[Kind.SMOOTH] + kinds[Kind.DISC] > 0.8 * GALAXIES


def test_arms_wind_both_ways_from_one_to_more_than_five(population: list[Galaxy]) -> None:
    spirals = [g.body.spiral for g in population if g.body.spiral is not None]
    assert {spiral.arms for spiral in spirals} == {1, 2, 3, 4, 5, 6, 7}
    assert {spiral.handedness for spiral in spirals} == {-1, 1}
    pitches = np.degrees([spiral.pitch for spiral in spirals])
    assert pitches.min() < 10
    assert pitches.max() > 35


def test_discs_are_turned_at_random(population: list[Galaxy]) -> None:
    inclinations = [
        g.body.disc.inclination for g in population if g.kind is Kind.DISC if g.body.disc
    ]
    shares, _ = np.histogram(np.cos(inclinations), bins=4, range=(0, 1))
    assert shares / len(inclinations) == pytest.approx([0.25] * 4, abs=0.04)
