"""Simulated volunteers: a galaxy's own parameters -> its vote fractions.

Each galaxy is shown to a few dozen volunteers, and they answer as people do: the chance of an
answer is a smooth function of what there is to see, features fade with blur and faintness, and
neighbouring answers are mixed up. So the fractions carry the noise of small numbers, as real ones
do, and obey the decision tree exactly.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from galaxyzoo.sample.discs import bulge_over_total
from galaxyzoo.sample.galaxy import Disc, Galaxy, Kind
from galaxyzoo.tree import Question, Tree

Shares = NDArray[np.float64]
"""The chance of each answer to a question; they sum to 1."""

_FEWEST, _MOST = 36, 62  # volunteers per galaxy
_THUMBNAIL_BLUR = 5.0  # pixels; nothing finer is left of an image shrunk to 64x64
_OPINION = 0.3  # deviation of the logits that galaxies of the same parameters differ by


def vote(galaxy: Galaxy, tree: Tree, rng: np.random.Generator) -> NDArray[np.float64]:
    """The vote fractions of a galaxy, in the order of `tree.columns`.

    They obey the tree to rounding: the answers to a question that nobody reached are 0. Raises
    ValueError if the tree asks what these volunteers can't answer: they know the questions of
    Galaxy Zoo 2, by their names.
    """
    unknown = [question.name for question in tree.questions if question.name not in _SHARES]
    if unknown:
        raise ValueError(f"volunteers know {', '.join(_SHARES)}, and not {', '.join(unknown)}")
    voters = dict.fromkeys(tree.columns, 0)
    fractions = np.zeros(len(tree.columns))
    everybody = int(rng.integers(_FEWEST, _MOST))
    sight = _look(galaxy)
    for question in tree.questions:
        asked = sum(voters[column] for column in question.after) if question.after else everybody
        reached = fractions[tree.places(question)].sum() if question.after else 1.0
        votes = rng.multinomial(asked, _opinion(answer_shares(question, sight), rng))
        voters.update(zip(question.columns, votes.tolist(), strict=True))
        if asked > 0:
            fractions[tree.span(question)] = votes / asked * reached
    return fractions


@dataclass(frozen=True)
class Sight:
    """What there is to see, each from 0 (nothing) to 1 (plain) unless it says otherwise."""

    galaxy: Galaxy
    sharpness: float
    spiral: float
    bar: float
    ring: float
    arc: float
    dust: float
    merger: float
    irregular: float
    axis_ratio: float
    """Of the outline: 0 a needle, 1 round."""


def answer_shares(question: Question, sight: Sight) -> Shares:
    """The chance of each answer among the volunteers who come to `question`."""
    return _SHARES[question.name](sight)


def _look(galaxy: Galaxy) -> Sight:
    body = galaxy.body
    disc = body.disc
    sharpness = _sigmoid((5.4 - galaxy.exposure.blur) / 0.9)
    face_on = 0.0 if disc is None else _sigmoid((disc.axis_ratio - 0.27) / 0.05)
    seen = (0.3 + 0.7 * sharpness) * face_on * _brightness_seen(disc)
    bar = body.bar
    arc = galaxy.arc
    return Sight(
        galaxy=galaxy,
        sharpness=sharpness,
        spiral=_spiral_seen(galaxy) * _brightness_seen(disc),
        bar=0.0 if bar is None or disc is None else seen * min(1, bar.brightness / disc.brightness),
        ring=0.0 if body.ring is None else (0.35 + 0.65 * sharpness) * (0.3 + 0.7 * face_on),
        arc=0.0 if arc is None else min(1, 0.55 + 0.12 * arc.brightness),
        dust=0.0 if body.dust is None else sharpness * min(1, body.dust.depth / 1.8),
        merger=0.0 if galaxy.partner is None else 0.6 + 0.4 * galaxy.disturbance,
        irregular=float(galaxy.kind is Kind.IRREGULAR),
        axis_ratio=_axis_ratio(galaxy),
    )


def _brightness_seen(disc: Disc | None) -> float:
    return 0.0 if disc is None else _sigmoid((np.log(disc.brightness) - 1.2) / 0.5)


def _spiral_seen(galaxy: Galaxy) -> float:
    """Arms have to stand out from the disc, and apart from each other by more than the blur."""
    disc, spiral = galaxy.body.disc, galaxy.body.spiral
    if disc is None or spiral is None or disc.is_edge_on:
        return 0.0
    foreshortened = 2 * disc.scale * disc.axis_ratio**0.7
    apart = 2 * np.pi * foreshortened * np.sin(spiral.pitch) / spiral.arms
    blur = np.hypot(2.35 * galaxy.exposure.blur, _THUMBNAIL_BLUR)
    resolved = _sigmoid((apart / blur - 1.15) / 0.3)
    confused = 1.0 if galaxy.partner is None else 0.45
    contrast = spiral.contrast * (1 - 0.7 * bulge_over_total(galaxy.body))
    return _sigmoid((contrast - 0.36) / 0.08) * resolved * confused


def _axis_ratio(galaxy: Galaxy) -> float:
    body = galaxy.body
    sharp = 1.0
    if body.spheroid is not None:
        sharp = body.spheroid.axis_ratio
    if body.disc is not None:
        share = bulge_over_total(body)
        sharp = share * sharp + (1 - share) * body.disc.axis_ratio
    blurred = (galaxy.exposure.blur / 30) ** 2  # the air rounds what is small
    return float(np.sqrt((sharp**2 + blurred) / (1 + blurred)))


def _smooth(sight: Sight) -> Shares:
    if sight.galaxy.kind is Kind.STAR:
        return np.array([0.07, 0.05, 0.88])
    if sight.galaxy.kind is Kind.SMOOTH:
        featured = -1.95 + 1.5 * _sigmoid((0.3 - sight.axis_ratio) / 0.06)
        featured += 2.2 * sight.ring + 1.6 * sight.dust + 0.6 * sight.arc
        featured += 1.2 * sight.galaxy.disturbance
    else:
        patterns = 3.7 * sight.spiral + 2.0 * sight.bar + 2.6 * sight.ring
        featured = -1.05 + patterns + 1.9 * sight.irregular + 1.0 * sight.galaxy.disturbance
        featured += 3.4 * _sigmoid((0.36 - sight.axis_ratio) / 0.05)
        featured += 0.8 * (sight.sharpness - 0.5)
    share = _sigmoid(featured) * 0.98
    return np.array([0.98 - share, share, 0.02])


def _edge_on(sight: Sight) -> Shares:
    disc = sight.galaxy.body.disc
    if disc is None or sight.galaxy.kind is Kind.SMOOTH:
        seen = 0.02 + 0.7 * _sigmoid((0.4 - sight.axis_ratio) / 0.05)
    else:
        seen = _sigmoid((np.degrees(disc.inclination) - 75.5) / 2.6)
        seen = 0.01 + 0.97 * seen * (1 - 0.4 * sight.spiral) + 0.02 * sight.merger
    return np.array([seen, 1 - seen])


def _bar(sight: Sight) -> Shares:
    share = _sigmoid(-2.7 + 5.6 * sight.bar)
    return np.array([share, 1 - share])


def _spiral(sight: Sight) -> Shares:
    share = _sigmoid(-1.5 + 5.6 * sight.spiral - 0.7 * sight.ring - 1.2 * sight.irregular)
    return np.array([share, 1 - share])


def _bulge(sight: Sight) -> Shares:
    body = sight.galaxy.body
    share = bulge_over_total(body) if sight.galaxy.kind is Kind.DISC else 0.15
    if sight.galaxy.kind is Kind.IRREGULAR:
        share = 0.02
    return _ordered(np.log(share + 0.01), np.log([0.026, 0.14, 0.56]), 0.38)


def _odd(sight: Sight) -> Shares:
    galaxy = sight.galaxy
    plain = 1 - np.prod([1 - min(1.0, s) for s in _odd_features(sight)])
    share = _sigmoid(-2.05 + 4.5 * plain - 0.8 * (galaxy.kind is Kind.SMOOTH) * (1 - plain))
    return np.array([share, 1 - share])


def _odd_features(sight: Sight) -> list[float]:
    """How plain each odd feature is, in the order of the question's answers."""
    galaxy = sight.galaxy
    is_merger = galaxy.partner is not None
    disturbed = galaxy.disturbance * (0.35 if is_merger else 1.0)
    return [
        sight.ring,
        sight.arc,
        disturbed,
        sight.irregular,
        galaxy.strangeness + 0.6 * (galaxy.kind is Kind.STAR),
        sight.merger,
        sight.dust,
    ]


def _odd_feature(sight: Sight) -> Shares:
    at_rest = np.array([0.25, 0.08, 0.3, 0.35, 1.0, 0.45, 0.03])  # what people pick for want of any
    scores = np.log(at_rest) + 4.2 * np.array(_odd_features(sight)) * np.array(
        [1.0, 1.3, 1.0, 1.0, 1.0, 1.0, 1.45]
    )
    return _softmax(scores)


def _roundness(sight: Sight) -> Shares:
    return _ordered(-sight.axis_ratio, np.array([-0.8, -0.37]), 0.055)


def _edge_on_bulge(sight: Sight) -> Shares:
    bulge = sight.galaxy.body.spheroid
    if bulge is None or sight.galaxy.kind is not Kind.DISC:
        return np.array([0.25, 0.07, 0.68])
    disc = sight.galaxy.body.disc
    size = bulge.radius / (disc.scale if disc else 20) * (bulge.brightness / 5) ** 0.5
    none = _sigmoid((0.24 - size) / 0.08)
    boxy = (1 - none) * (0.05 + 0.72 * sight.sharpness * (bulge.boxiness > 3))
    return np.array([1 - none - boxy, boxy, none])


def _winding(sight: Sight) -> Shares:
    spiral = sight.galaxy.body.spiral
    if spiral is None:
        return np.array([0.4, 0.35, 0.25])
    pitch = np.degrees(spiral.pitch)
    return _ordered(np.log(pitch), np.log([14.5, 26.0]), 0.13 + 0.1 * (1 - sight.spiral))


def _arms(sight: Sight) -> Shares:
    spiral = sight.galaxy.body.spiral
    if spiral is None:
        return np.array([0.12, 0.33, 0.06, 0.03, 0.02, 0.44])
    numbers = np.arange(1, 6)
    counted = min(spiral.arms, 5)
    confusion = 0.34 + 0.05 * counted + 0.5 * (1 - sight.spiral)
    scores = -0.5 * np.square((numbers - counted) / confusion)
    lost = -2.7 + 5.2 * spiral.raggedness + 2.2 * (1 - sight.spiral) + 0.12 * counted
    return _softmax(np.append(scores, lost))


_SHARES: dict[str, Callable[[Sight], Shares]] = {
    "smooth": _smooth,
    "edge_on": _edge_on,
    "bar": _bar,
    "spiral": _spiral,
    "bulge": _bulge,
    "odd": _odd,
    "roundness": _roundness,
    "odd_feature": _odd_feature,
    "edge_on_bulge": _edge_on_bulge,
    "winding": _winding,
    "arms": _arms,
}


def _opinion(shares: Shares, rng: np.random.Generator) -> Shares:
    """What this galaxy's own volunteers make of it: `shares` with their logits shaken."""
    shaken = np.log(np.clip(shares, 1e-6, 1)) + _OPINION * rng.standard_normal(len(shares))
    return _softmax(shaken)


def _ordered(value: float, limits: NDArray[np.float64], width: float) -> Shares:
    """Answers in an order, each from one limit of `value` to the next, blurred by `width`."""
    above = [1.0, *(_sigmoid((value - limit) / width) for limit in limits), 0.0]
    return -np.diff(above)


def _softmax(scores: Shares) -> Shares:
    powers: Shares = np.exp(scores - scores.max())
    shares: Shares = powers / powers.sum()
    return shares


def _sigmoid(x: float | np.floating) -> float:
    return float(1 / (1 + np.exp(-np.clip(x, -50, 50))))
