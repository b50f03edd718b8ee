"""Sentences that follow the numbers: each is true whichever network won."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from galaxyzoo.figures.style import Galaxies
from galaxyzoo.networks.common.network import count_parameters
from galaxyzoo.report.facts import Contestant, Facts
from galaxyzoo.scoring.baselines import BASELINES
from galaxyzoo.scoring.highlights import hardest_answers
from galaxyzoo.scoring.leaderboard import describe_rank
from galaxyzoo.scoring.rmse import gain_percent
from galaxyzoo.tree import Question, Tree

SAME = 1.5
"""Percent of RMSE within which two models count as alike: another seed moves them as far
(docs/tuning.md)"""
_AT_ITS_WORD = 0.03
"""By how much the mean of a bin may miss the votes"""
_FEW = 100
"""Predictions below which a bin counts for little: it scatters by chance"""


def listed(words: Sequence[str], word: str = "and") -> str:
    """One, one and two, or one, two and three; with another `word` than "and" before the last."""
    *first, last = words
    return f"{', '.join(first)} {word} {last}" if first else last


def upper(sentence: str) -> str:
    """With a capital letter at its beginning."""
    return sentence[:1].upper() + sentence[1:]


def verdict(facts: Facts) -> str:
    """Which network won, by how much, and whether it beats what knows nothing of shapes."""
    best = facts.best
    reference = _best_baseline(facts)
    gain = gain_percent(best.rmse, reference)
    others = sorted(
        (network for network in facts.networks if network is not best), key=lambda own: own.rmse
    )
    ahead = [f"{network.label} ({network.rmse:.4f})" for network in others]
    won = f"{best.label} has the lowest error, RMSE {best.rmse:.4f}"
    if ahead:
        won += f", before {listed(ahead)}"
    if gain >= SAME:
        return f"{won}. That is {gain:.0f}% below the better of the two baselines."
    if gain > -SAME:
        return f"{won}. That is about what the better of the two baselines has."
    return f"{won}. Even so it does not beat the better of the two baselines."


def _best_baseline(facts: Facts) -> float:
    return min(facts.results.rmse(name) for name in BASELINES)


def behind_baselines(facts: Facts) -> str:
    """Which networks are worse than a baseline; empty if none is."""
    reference = _best_baseline(facts)
    behind = [network.label for network in facts.networks if network.rmse >= reference]
    if not behind:
        return ""
    verb = "is" if len(behind) == 1 else "are"
    return f"{listed(behind)} {verb} no better than predicting without a network."


def beside_published(facts: Facts) -> str:
    """The best network beside the course's; or why they don't compare."""
    if not facts.galaxies.published:
        return facts.galaxies.apart
    if facts.galaxies.apart:
        return (
            "The published figures are of real galaxies. They stand here to show what is known, "
            "and cannot be compared with the rendered ones."
        )
    name, published = min(facts.galaxies.published.items(), key=lambda item: item[1])
    gain = gain_percent(facts.best.rmse, published)
    if abs(gain) < SAME:
        return f"{facts.best.label} is about as good as {name}."
    side = "below" if gain > 0 else "above"
    return (
        f"The error of {facts.best.label} is {abs(gain):.0f}% {side} that of {name}, "
        "which learned from 49,262 galaxies; "
        f"here there were {facts.galaxies.train:,}."
    )


def rank(score: float, galaxies: Galaxies) -> str:
    """Where an RMSE would have stood on Kaggle's leaderboard."""
    return "does not apply" if galaxies.apart else describe_rank(score)


def hardest(facts: Facts) -> str:
    """For which questions and answers the best network is furthest from the votes."""
    results, tree = facts.results, facts.tree
    every = results.question_rmse(facts.best.name)
    scores = {name: error for name, error in every.items() if not math.isnan(error)}
    order = [tree.question(name) for name in sorted(scores, key=scores.__getitem__)]
    columns, error = hardest_answers(results.answers[results.answers["model"] == facts.best.name])
    answers = listed([f"“{tree.texts[column]}”" for column in columns])
    verb = "is" if len(columns) == 1 else "are"
    return (
        f"{facts.best.label} is nearest to the votes at “{order[0].text}” "
        f"({scores[order[0].name]:.3f}) and furthest at “{order[-1].text}” "
        f"({scores[order[-1].name]:.3f}). Of single answers, {answers} {verb} the hardest "
        f"({error:.3f})."
    )


def calibration(facts: Facts) -> list[str]:
    """For each network whether its fractions can be taken at their word."""
    return [_calibrated(network, facts) for network in facts.networks]


def _calibrated(network: Contestant, facts: Facts) -> str:
    every = facts.results.calibration
    table = every[every["model"] == network.name]
    large = table["count"] >= min(_FEW, table["count"].max())
    bins = table.loc[large, ["predicted", "voted"]].to_numpy()
    said, voted = bins[np.abs(bins[:, 0] - bins[:, 1]).argmax()]
    if abs(said - voted) < _AT_ITS_WORD:
        return (
            f"The fractions of {network.label} can be taken at their word: no bin is off by more "
            f"than {abs(said - voted):.2f}."
        )
    return f"{network.label} is furthest off where it says {said:.2f} and {voted:.2f} was voted."


def covered(facts: Facts) -> list[str]:
    """For each network with intervals how often these hold the votes, and how wide they are."""
    table = facts.results.coverage
    whole = table[table["group"] == "all"].set_index("model") if len(table) else table
    return [
        f"Those of {network.label} hold {own['coverage']:.1%} of the votes, and are "
        f"{own['width']:.2f} wide on average."
        for network in facts.networks
        if network.name in whole.index
        for own in [whole.loc[network.name]]
    ]


def unasked(facts: Facts) -> str:
    """Of the zeros that nobody could vote for, how many the intervals of each network hold."""
    table = facts.results.coverage
    rows = table[table["group"] == "unasked"].set_index("model") if len(table) else table
    found = [(own.label, rows.loc[own.name]) for own in facts.networks if own.name in rows.index]
    if not found:
        return ""
    held = ", ".join(f"{own['coverage']:.1%} ({label})" for label, own in found)
    zeros = int(rows["answers"].iloc[0])  # the same ones for all networks
    return f"of {zeros:,} such zeros, intervals hold {held}"


def unlike(facts: Facts) -> str:
    """Of how many test galaxies each network warns; empty if none can tell."""
    table = facts.results.unlike
    labels = {network.name: network.label for network in facts.networks}
    told = [
        f"{own['warned']:,} ({own['warned'] / own['galaxies']:.1%}) by {labels[str(name)]}"
        for name, own in table.iterrows()
    ]
    said = f"Of the {facts.galaxies.test:,} test galaxies, which are like those, "
    return f"{said}{listed(told)} would get the warning." if told else ""


def changes(facts: Facts) -> list[str]:
    """What each change of the model did to the error, in the order of the networks."""
    return [_change(before, after) for before, after in pairwise(facts.networks)]


def _change(before: Contestant, after: Contestant) -> str:
    gain = gain_percent(after.rmse, before.rmse)
    size = count_parameters(after.module) / count_parameters(before.module)
    weights = f"{size:.2g} times as many" if size > 1 else f"{size:.0%} of the"
    sentence = f"From {before.label} to {after.label}, with {weights} parameters, the RMSE "
    if abs(gain) < SAME:
        return f"{sentence}stays about the same ({after.rmse:.4f})."
    verb = "falls" if gain > 0 else "rises"
    return f"{sentence}{verb} by {abs(gain):.0f}%, to {after.rmse:.4f}."


def steps(network: Contestant, galaxies: Galaxies) -> int:
    """How often the weights of a network were changed."""
    return network.options.epochs * math.ceil(galaxies.train / network.options.batch_size)


def agreement(facts: Facts) -> str:
    """What the projection onto the decision tree did."""
    table = facts.results.agreement
    gains = [
        gain_percent(after, before)
        for after, before in zip(table["rmse_after"], table["rmse_before"], strict=True)
    ]
    most = table["violation_before"].max()
    off = f"Before, sums were off by up to {most:.2f}; after, by nothing."
    if min(gains) < 0 and facts.galaxies.masked:
        changes = _range([-gain for gain in gains], "+.1f")
        return f"{off} The RMSE over known answers changes by {changes}."
    return f"{off} The RMSE falls by {_range(gains, '.1f')}."


def _range(percents: Sequence[float], form: str) -> str:
    """The least and the largest of some percentages: "1.2% to 3.4%"; one, where they look alike."""
    least, largest = f"{min(percents):{form}}%", f"{max(percents):{form}}%"
    return largest if least == largest else f"{least} to {largest}"


def asked_after(facts: Facts) -> str:
    """An example of a question that not everybody is asked; empty if everybody is asked all."""
    tree = facts.tree
    asked = [question for question in tree.questions if question.after]
    if not asked:
        return ""
    deepest = max(asked, key=tree.depth)
    answers = listed([f"“{tree.texts[column]}”" for column in deepest.after], "or")
    return f"only those who had answered {answers} were asked “{deepest.text}”"


def most_questions(tree: Tree) -> int:
    """How many questions a volunteer is asked at most, on the longest way down the tree."""
    return sum(_most_from(tree, question) for question in tree.roots)


def _most_from(tree: Tree, question: Question) -> int:
    ways = [sum(_most_from(tree, own) for own in tree.after(c)) for c in question.columns]
    return 1 + max(ways)


def whole_sums(tree: Tree) -> str:
    """Which questions have answers that sum to 1, whatever was answered before."""
    first, *others = [f"“{question.text}”" for question in tree.roots]
    said = f"the answers to {first} sum to 1 for every galaxy"
    if not others:
        return said
    return f"{said}, and so do those to {listed(others)}, as fractions of whoever was asked it"
