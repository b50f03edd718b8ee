"""Sentences that follow the numbers: each is true whichever network won."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from galaxyzoo.calibration import calibration_table
from galaxyzoo.figures.style import Galaxies
from galaxyzoo.models import count_parameters
from galaxyzoo.report.facts import Facts, TrainedNetwork
from galaxyzoo.scores import LEADERBOARD_TEAMS, PUBLISHED, gain_percent, kaggle_rank, leaderboard
from galaxyzoo.tree import ANSWERS, QUESTIONS

_SAME = 1.5
"""Percent of RMSE within which two models count as alike: another seed moves them as far
(docs/tuning.md)"""
_STILL_FALLING = 0.98
"""Times the test error of the epoch before, below which it is still falling"""
_RISEN = 1.02
"""Times the lowest test error, from which on the last one counts as risen"""
_APART = 1.15
"""Times the training error, from which on the test error counts as apart from it"""
_AT_ITS_WORD = 0.03
"""By how much the mean of a bin may miss the votes"""
_FEW = 100
"""Predictions below which a bin counts for little: it scatters by chance"""


def listed(words: Sequence[str]) -> str:
    """One, one and two, or one, two and three."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def upper(sentence: str) -> str:
    """With a capital letter at its beginning."""
    return sentence[:1].upper() + sentence[1:]


def verdict(facts: Facts) -> str:
    """Which network won, by how much, and whether it beats what knows nothing of shapes."""
    best = facts.best
    reference = min(own["rmse"] for own in facts.benchmarks.values())
    gain = gain_percent(best.rmse, reference)
    others = sorted(
        (network for network in facts.networks if network is not best), key=lambda own: own.rmse
    )
    ahead = [f"{network.label} ({network.rmse:.4f})" for network in others]
    won = f"{best.label} has the lowest error, RMSE {best.rmse:.4f}"
    if ahead:
        won += f", before {listed(ahead)}"
    if gain >= _SAME:
        return (
            f"{won}. That is {gain:.0f}% below the better of the two benchmarks without a network."
        )
    if gain > -_SAME:
        return f"{won}. That is about what the better of the two benchmarks without a network has."
    return f"{won}. Even so it does not beat the better of the two benchmarks without a network."


def behind_benchmarks(facts: Facts) -> str:
    """Which networks are worse than a benchmark; empty if none is."""
    reference = min(own["rmse"] for own in facts.benchmarks.values())
    behind = [network.label for network in facts.networks if network.rmse >= reference]
    if not behind:
        return ""
    verb = "is" if len(behind) == 1 else "are"
    return f"{listed(behind)} {verb} no better than predicting without a network."


def beside_published(facts: Facts) -> str:
    """The best network beside the course's; for rendered galaxies only that they don't compare."""
    if facts.galaxies.rendered:
        return (
            "The published figures are of real galaxies. They stand here to show what is known, "
            "and cannot be compared with the rendered ones."
        )
    name, published = min(PUBLISHED.items(), key=lambda item: item[1])
    gain = gain_percent(facts.best.rmse, published)
    if abs(gain) < _SAME:
        return f"{facts.best.label} is about as good as {name}."
    side = "below" if gain > 0 else "above"
    return (
        f"The error of {facts.best.label} is {abs(gain):.0f}% {side} that of {name}, "
        "which learned from 49,262 galaxies; "
        f"here there were {facts.galaxies.train:,}."
    )


def rank(score: float, galaxies: Galaxies) -> str:
    """Where an RMSE would have stood on Kaggle's leaderboard."""
    if galaxies.rendered:
        return "does not apply"
    place = kaggle_rank(score)
    if place is None:
        return f"behind rank {leaderboard()['rank'].max()} of {LEADERBOARD_TEAMS}"
    return f"about {place} of {LEADERBOARD_TEAMS}"


def curve(network: TrainedNetwork, galaxies: Galaxies) -> str:
    """What the curves of one network show."""
    test, train = network.history["test_mse"].to_numpy(), network.history["train_mse"].to_numpy()
    lowest = int(test.argmin())
    start = f"The test MSE of {network.label} starts at {test[0]:.3f} and ends at {test[-1]:.4f}"
    if len(test) == 1 or test[-1] > test[0]:
        return f"{start}: it did not learn."
    if test[-1] > _RISEN * test[lowest]:
        return (
            f"{start}, but was lower ({test[lowest]:.4f}) after epoch {lowest}: "
            "more epochs did not help any more."
        )
    if test[-1] <= _APART * train[-1]:
        return (
            f"{start}, close to the error on the training split ({train[-1]:.4f}): there is no "
            "sign that it learns its galaxies by heart, so a longer training may help."
        )
    if test[-1] < _STILL_FALLING * test[-2]:
        return (
            f"{start}, and is still falling, but lies above that of the training split "
            f"({train[-1]:.4f}). After {steps(network, galaxies):,} steps the averages that batch "
            "norm uses for new images may lag behind; it may also have begun to learn its "
            "galaxies by heart."
        )
    return (
        f"{start}, and falls no more, while the error on the training split is down to "
        f"{train[-1]:.4f}: it has begun to learn its galaxies by heart."
    )


def hardest(facts: Facts) -> str:
    """For which questions and answers the best network is furthest from the votes."""
    scores = facts.best.scores["questions"]
    texts = {question.name: question.text for question in QUESTIONS}
    order = sorted(scores, key=scores.__getitem__)
    table = facts.answer_rmse[facts.answer_rmse["model"] == facts.best.name]
    error = table["rmse"].max()
    # a question of two answers that everybody is asked has the same error at both
    columns = table.loc[np.isclose(table["rmse"], error), "column"]
    answers = listed([f"“{ANSWERS[column]}”" for column in columns])
    verb = "is" if len(columns) == 1 else "are"
    return (
        f"{facts.best.label} is nearest to the votes at “{texts[order[0]]}” "
        f"({scores[order[0]]:.3f}) and furthest at “{texts[order[-1]]}” "
        f"({scores[order[-1]]:.3f}). Of single answers, {answers} {verb} the hardest "
        f"({error:.3f})."
    )


def calibration(facts: Facts) -> list[str]:
    """For each network whether its fractions can be taken at their word."""
    return [_calibrated(network, facts) for network in facts.networks]


def _calibrated(network: TrainedNetwork, facts: Facts) -> str:
    table = calibration_table(network.predicted.to_numpy(), facts.voted.to_numpy())
    large = table["count"] >= min(_FEW, table["count"].max())
    bins = table.loc[large, ["predicted", "voted"]].to_numpy()
    said, voted = bins[np.abs(bins[:, 0] - bins[:, 1]).argmax()]
    if abs(said - voted) < _AT_ITS_WORD:
        return (
            f"The fractions of {network.label} can be taken at their word: no bin is off by more "
            f"than {abs(said - voted):.2f}."
        )
    return f"{network.label} is furthest off where it says {said:.2f} and {voted:.2f} was voted."


def changes(facts: Facts) -> list[str]:
    """What each change of the model did to the error, in the order of the networks."""
    return [_change(before, after) for before, after in pairwise(facts.networks)]


def _change(before: TrainedNetwork, after: TrainedNetwork) -> str:
    gain = gain_percent(after.rmse, before.rmse)
    size = count_parameters(after.model) / count_parameters(before.model)
    weights = f"{size:.2g} times as many" if size > 1 else f"{size:.0%} of the"
    sentence = f"From {before.label} to {after.label}, with {weights} parameters, the RMSE "
    if abs(gain) < _SAME:
        return f"{sentence}stays about the same ({after.rmse:.4f})."
    verb = "falls" if gain > 0 else "rises"
    return f"{sentence}{verb} by {abs(gain):.0f}%, to {after.rmse:.4f}."


def steps(network: TrainedNetwork, galaxies: Galaxies) -> int:
    """How often the weights of a network were changed."""
    return network.options.epochs * math.ceil(galaxies.train / network.options.batch_size)


def agreement(facts: Facts) -> str:
    """What the projection onto the decision tree did."""
    trees = [network.scores["tree"] for network in facts.networks]
    most = max(tree["before_projection"]["largest_violation"] for tree in trees)
    gains = [
        gain_percent(tree["after_projection"]["rmse"], tree["before_projection"]["rmse"])
        for tree in trees
    ]
    least, largest = f"{min(gains):.1f}%", f"{max(gains):.1f}%"
    by = largest if least == largest else f"{least} to {largest}"
    return f"Before, sums were off by up to {most:.2f}; after, by nothing. The RMSE falls by {by}."
