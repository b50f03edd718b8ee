from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from galaxyzoo.sample.archive import generators
from galaxyzoo.sample.galaxy import (
    Arc,
    Bar,
    Body,
    Colour,
    Disc,
    DustLane,
    Exposure,
    Galaxy,
    Kind,
    Ring,
    Sersic,
    Spiral,
)
from galaxyzoo.sample.population import draw_galaxy
from galaxyzoo.sample.volunteers import vote
from galaxyzoo.tree import GZ2
from tests.conftest import ANSWERS, COLUMNS, QUESTIONS

WHITE: Colour = (1.0, 1.0, 1.0)
EXPOSURE = Exposure(256, 1.3, (0.1, 0.1, 0.1), (0.1, 0.1, 0.1))
BULGE = Sersic(8.0, 2.0, 3.0, 1.0, WHITE)
DISC = Disc(20.0, 11.0, 0.3, 0.15, WHITE, WHITE)
SPIRAL = Spiral(2, np.radians(20), 0.9, 0.0, 12.0, 70.0, 0.0, 1, 0, WHITE)
DISC_GALAXY = Galaxy(Kind.DISC, Body(0, 0, 0, BULGE, DISC, spiral=SPIRAL), EXPOSURE)
SMOOTH = Galaxy(Kind.SMOOTH, Body(0, 0, 0, replace(BULGE, radius=20)), EXPOSURE)


def mean_vote(galaxy: Galaxy) -> dict[str, float]:
    """The mean fraction of each answer over 40 votes, as "question: answer"."""
    votes = np.mean([vote(galaxy, GZ2, np.random.default_rng(seed)) for seed in range(40)], axis=0)
    names = (f"{q.name}: {ANSWERS[column]}" for q in QUESTIONS for column in q.columns)
    return dict(zip(names, votes.tolist(), strict=True))


def winner(galaxy: Galaxy, question_name: str) -> str:
    votes = mean_vote(galaxy)
    own = {name: v for name, v in votes.items() if name.startswith(f"{question_name}: ")}
    return max(own, key=lambda name: own[name]).partition(": ")[2]


def with_disc(**changes: Any) -> Galaxy:
    return replace(DISC_GALAXY, body=replace(DISC_GALAXY.body, **changes))


def with_spiral(arms: int = 2, pitch: float = 20, raggedness: float = 0) -> Galaxy:
    changed = replace(SPIRAL, arms=arms, pitch=np.radians(pitch), raggedness=raggedness)
    return with_disc(spiral=changed)


def test_votes_obey_the_tree() -> None:
    votes = np.empty((200, len(COLUMNS)))
    for i in range(200):
        population, _, volunteers = generators(3, i)
        votes[i] = vote(draw_galaxy(population), GZ2, volunteers)
    assert GZ2.violations(votes).max() < 1e-12
    assert votes.min() >= 0
    assert votes.max() <= 1
    assert np.isfinite(votes).all()


def test_votes_are_those_of_a_few_dozen_people() -> None:
    votes = np.array([vote(DISC_GALAXY, GZ2, np.random.default_rng(seed)) for seed in range(60)])
    spread = votes[:, COLUMNS.index("Class4.1")].std()
    assert 0.02 < spread < 0.2
    counts = {round(1 / step) for step in np.diff(np.unique(votes[:, 0])) if step > 0.01}
    assert max(counts) < 100


def test_votes_come_from_the_generator() -> None:
    first, again, other = (vote(DISC_GALAXY, GZ2, np.random.default_rng(s)) for s in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_smooth_featured_and_star() -> None:
    assert winner(SMOOTH, "smooth") == "Smooth"
    assert winner(DISC_GALAXY, "smooth") == "Featured or disc"
    assert winner(replace(SMOOTH, kind=Kind.STAR), "smooth") == "Star or artifact"


def test_a_blurred_spiral_looks_smooth() -> None:
    galaxy = with_spiral(arms=3, pitch=14)
    blurred = replace(galaxy, exposure=replace(EXPOSURE, detector_pixels=80))
    sharp, soft = mean_vote(galaxy), mean_vote(blurred)
    assert soft["smooth: Smooth"] > sharp["smooth: Smooth"] + 0.2
    assert soft["spiral: Spiral"] < sharp["spiral: Spiral"] - 0.3


@pytest.mark.parametrize(("inclination", "answer"), [(40, "Not edge on"), (87, "Edge on")])
def test_edge_on_follows_the_inclination(inclination: float, answer: str) -> None:
    galaxy = with_disc(disc=replace(DISC, inclination=np.radians(inclination)))
    assert winner(galaxy, "edge_on") == answer


def test_a_bar_is_seen_where_there_is_one() -> None:
    bar = Bar(25.0, 0.3, 0.0, 12.0, WHITE)
    assert winner(with_disc(bar=bar), "bar") == "Bar through center"
    assert winner(DISC_GALAXY, "bar") == "No bar"


def test_arms_are_seen_where_there_are_some() -> None:
    assert winner(DISC_GALAXY, "spiral") == "Spiral"
    assert winner(with_disc(spiral=None, ring=Ring(45, 6, 3, WHITE)), "spiral") == "No spiral"


@pytest.mark.parametrize(
    ("brightness", "answer"),
    [
        (0.02, "No bulge"),
        (1.5, "Just noticeable bulge"),
        (9, "Obvious bulge"),
        (90, "Dominant bulge"),
    ],
)
def test_the_bulges_prominence_follows_its_light(brightness: float, answer: str) -> None:
    galaxy = with_disc(spheroid=replace(BULGE, brightness=brightness), spiral=SPIRAL)
    assert winner(galaxy, "bulge") == answer


@pytest.mark.parametrize(
    ("axis_ratio", "answer"),
    [(0.97, "Completely round"), (0.6, "In between"), (0.2, "Cigar shaped")],
)
def test_roundness_follows_the_axis_ratio(axis_ratio: float, answer: str) -> None:
    body = replace(SMOOTH.body, spheroid=replace(BULGE, axis_ratio=axis_ratio))
    assert winner(replace(SMOOTH, body=body), "roundness") == answer


@pytest.mark.parametrize(
    ("pitch", "answer"),
    [(10, "Tightly wound arms"), (19, "Medium wound arms"), (38, "Loose wound arms")],
)
def test_winding_follows_the_pitch(pitch: float, answer: str) -> None:
    assert winner(with_spiral(pitch=pitch), "winding") == answer


@pytest.mark.parametrize("arms", [1, 2, 3, 4, 6])
def test_the_number_of_arms_is_counted(arms: int) -> None:
    answers = [answer.text for answer in QUESTIONS[-1].answers]
    assert winner(with_spiral(arms, pitch=30), "arms") == answers[min(arms, 5) - 1]


def test_pieces_of_arms_cannot_be_counted() -> None:
    galaxy = with_spiral(5, pitch=30, raggedness=0.95)
    assert winner(galaxy, "arms") == "Can't tell how many arms"


@pytest.mark.parametrize(
    ("galaxy", "answer"),
    [
        (with_disc(ring=Ring(45.0, 6.0, 3.0, WHITE)), "Ring"),
        (replace(SMOOTH, arc=Arc(50.0, 4.0, 0.0, 1.5, 5.0, WHITE)), "Lens or arc"),
        (replace(DISC_GALAXY, disturbance=0.9), "Disturbed"),
        (replace(with_disc(spiral=None), kind=Kind.IRREGULAR), "Irregular"),
        (replace(SMOOTH, strangeness=0.9), "Other"),
        (replace(SMOOTH, kind=Kind.MERGER, partner=SMOOTH.body, disturbance=0.7), "Merger"),
        (
            replace(SMOOTH, body=replace(SMOOTH.body, dust=DustLane(2.5, 5, 0, 0, 50, 0))),
            "Dust lane",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_odd_feature_is_named(galaxy: Galaxy, answer: str) -> None:
    assert winner(galaxy, "odd") == "Odd feature"
    assert winner(galaxy, "odd_feature") == answer
    assert winner(SMOOTH, "odd") == "No odd feature"


@pytest.mark.parametrize(
    ("bulge", "answer"),
    [
        (replace(BULGE, radius=12.0, brightness=6.0), "Rounded bulge"),
        (replace(BULGE, radius=12.0, brightness=6.0, boxiness=4.0), "Boxy bulge"),
        (None, "No bulge"),
    ],
)
def test_the_bulge_of_an_edge_on_disc(bulge: Sersic | None, answer: str) -> None:
    edge_on = replace(DISC, inclination=np.radians(88))
    body = Body(0, 0, 0, bulge, edge_on)
    assert winner(replace(DISC_GALAXY, body=body), "edge_on_bulge") == answer
