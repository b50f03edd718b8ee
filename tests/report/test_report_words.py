from dataclasses import replace

import pytest

from galaxyzoo.figures.style import Galaxies
from galaxyzoo.report import words
from tests.report.facts_to_tell import make_facts, with_history

FACTS = make_facts()
CNN = FACTS.networks[0]


@pytest.mark.parametrize(
    ("noise", "winner"),
    [
        ({"cnn": 0.1, "resnet": 0.2, "tuned": 0.05}, "Tuned ResNet"),
        ({"cnn": 0.02, "resnet": 0.2, "tuned": 0.05}, "CNN"),
        ({"cnn": 0.1, "resnet": 0.02}, "ResNet-18"),
    ],
)
def test_the_verdict_names_whichever_won(noise: dict[str, float], winner: str) -> None:
    facts = make_facts(noise)
    assert words.verdict(facts).startswith(
        f"{winner} has the lowest error, RMSE {facts.best.rmse:.4f}"
    )
    assert "below the better of the two benchmarks" in words.verdict(facts)
    assert words.hardest(facts).startswith(winner)


def test_a_network_that_loses_to_the_benchmarks_is_told_so() -> None:
    facts = make_facts({"cnn": 0.9, "resnet": 0.05, "tuned": 0.8})
    assert words.behind_benchmarks(facts).startswith("CNN and Tuned ResNet are no better")
    assert words.behind_benchmarks(FACTS) == ""
    assert "does not beat" in words.verdict(make_facts({"cnn": 0.9, "resnet": 0.8}))


@pytest.mark.parametrize(
    ("test", "train", "said"),
    [
        ([0.2, 0.05, 0.03], [0.2, 0.05, 0.029], "close to the error on the training split"),
        ([0.2, 0.05, 0.03], [0.2, 0.05, 0.01], "is still falling"),
        ([0.2, 0.03, 0.03], [0.2, 0.05, 0.01], "it has begun to learn its galaxies by heart"),
        ([0.2, 0.03, 0.05], [0.2, 0.05, 0.01], "lower (0.0300) after epoch 1"),
        ([0.2, 0.25, 0.3], [0.2, 0.25, 0.3], "did not learn"),
    ],
)
def test_what_the_curves_show(test: list[float], train: list[float], said: str) -> None:
    assert said in words.curve(with_history(CNN, test, train), FACTS.galaxies)


def test_changes_say_in_which_direction() -> None:
    worse, better = words.changes(FACTS)
    assert worse.startswith(
        "From CNN to ResNet-18, with 20 times as many parameters, the RMSE rises"
    )
    assert better.startswith(
        "From ResNet-18 to Tuned ResNet, with 3% of the parameters, the RMSE falls"
    )
    same = replace(FACTS, networks=[CNN, replace(FACTS.networks[1], scores=CNN.scores)])
    assert "stays about the same" in words.changes(same)[0]


def test_published_figures_are_compared_for_real_galaxies_alone() -> None:
    assert "cannot be compared" in words.beside_published(FACTS)
    real = make_facts(rendered=False)
    assert "% below that of the course's ResNet-18" in words.beside_published(real)
    worse = make_facts({"cnn": 0.9, "resnet": 0.8}, rendered=False)
    assert "% above that of the course's ResNet-18" in words.beside_published(worse)


def test_ranks() -> None:
    real, rendered = Galaxies(False, 1, 1), Galaxies(True, 1, 1)
    assert words.rank(0.08304, real) == "about 10 of 326"
    assert words.rank(0.2, real) == "behind rank 145 of 326"
    assert words.rank(0.08304, rendered) == "does not apply"


def test_calibration_names_the_bin_that_is_furthest_off() -> None:
    exact = replace(CNN, predicted=FACTS.voted)
    off = replace(CNN, predicted=FACTS.voted.clip(0.31, 0.35))
    good, bad = words.calibration(replace(FACTS, networks=[exact, off]))
    assert "no bin is off by more than 0.00" in good
    assert "furthest off where it says 0.3" in bad


def test_lists() -> None:
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b"]) == "a and b"
    assert words.listed(["a", "b", "c"]) == "a, b and c"
