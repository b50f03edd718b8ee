from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from galaxyzoo.figures.style import Galaxies
from galaxyzoo.report import courses, words
from galaxyzoo.scoring.calibration import calibration_table
from galaxyzoo.scoring.results import unlike_table
from galaxyzoo.tree import GZ2, Tree
from tests.report.facts_to_tell import make_facts, with_history, with_options
from tests.small_tree import SMALL

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
    assert "below the better of the two baselines" in words.verdict(facts)
    assert words.hardest(facts).startswith(winner)


def test_it_says_of_how_many_galaxies_networks_warn() -> None:
    unlike = {"cnn": np.arange(30) < 3, "tuned": np.zeros(30, np.bool_)}
    results = replace(FACTS.results, unlike=unlike_table(unlike))
    assert words.unlike(replace(FACTS, results=results)) == (
        "Of the 30 test galaxies, which are like those, 3 (10.0%) by CNN and 0 (0.0%) by Tuned "
        "ResNet would get the warning."
    )
    assert words.unlike(FACTS) == "", "older model files can't tell"


def test_a_network_that_loses_to_the_baselines_is_told_so() -> None:
    facts = make_facts({"cnn": 0.9, "resnet": 0.05, "tuned": 0.8})
    assert words.behind_baselines(facts).startswith("CNN and Tuned ResNet are no better")
    assert words.behind_baselines(FACTS) == ""
    assert "does not beat" in words.verdict(make_facts({"cnn": 0.9, "resnet": 0.8}))


@pytest.mark.parametrize(
    ("test", "train", "said"),
    [
        ([0.2, 0.05, 0.03], [0.2, 0.05, 0.029], "is still falling: a longer training may help"),
        ([0.2, 0.05, 0.03], [0.2, 0.03, 0.018], "is still falling: a longer training may help"),
        ([0.2, 0.0302, 0.03], [0.2, 0.02, 0.0195], "has settled: more epochs alone"),
        ([0.2, 0.05, 0.045], [0.2, 0.05, 0.02], "falls more slowly than the error on the training"),
        ([0.2, 0.03, 0.03], [0.2, 0.05, 0.01], "falls no more, unlike the error on the training"),
        ([0.2, 0.03, 0.05], [0.2, 0.05, 0.01], "lower (0.0300) after epoch 1"),
        ([0.2, 0.25, 0.3], [0.2, 0.25, 0.3], "did not learn"),
    ],
)
def test_what_the_curves_show(test: list[float], train: list[float], said: str) -> None:
    assert said in courses.curve(with_history(CNN, test, train))


def test_changes_say_in_which_direction() -> None:
    worse, better = words.changes(FACTS)
    assert worse.startswith(
        "From CNN to ResNet-18, with 20 times as many parameters, the RMSE rises"
    )
    assert better.startswith(
        "From ResNet-18 to Tuned ResNet, with 3% of the parameters, the RMSE falls"
    )
    same = replace(FACTS, networks=[CNN, replace(FACTS.networks[1], rmse=CNN.rmse)])
    assert "stays about the same" in words.changes(same)[0]


def test_published_figures_are_compared_for_real_galaxies_alone() -> None:
    assert "cannot be compared" in words.beside_published(FACTS)
    real = make_facts(rendered=False)
    assert "% below that of the course's ResNet-18" in words.beside_published(real)
    worse = make_facts({"cnn": 0.9, "resnet": 0.8}, rendered=False)
    assert "% above that of the course's ResNet-18" in words.beside_published(worse)


def test_nothing_published_is_beside_scores_against_other_labels() -> None:
    galaxies = Galaxies(False, 40, 30, "weighted_fraction")
    said = words.beside_published(replace(FACTS, galaxies=galaxies))
    assert said == galaxies.apart
    assert "weighted vote fractions" in said


def test_ranks() -> None:
    real, rendered = Galaxies(False, 1, 1), Galaxies(True, 1, 1)
    assert words.rank(0.08304, real) == "about 10 of 326"
    assert words.rank(0.2, real) == "behind 145 of 326"
    assert words.rank(0.08304, rendered) == "does not apply"
    assert words.rank(0.08304, replace(real, labels="debiased")) == "does not apply"


def test_calibration_names_the_bin_that_is_furthest_off() -> None:
    voted = FACTS.voted.to_numpy()
    predicted = {"cnn": voted, "resnet": voted.clip(0.31, 0.35)}
    tables = [calibration_table(own, voted).assign(model=name) for name, own in predicted.items()]
    results = replace(FACTS.results, calibration=pd.concat(tables, ignore_index=True))
    good, bad = words.calibration(replace(FACTS, networks=FACTS.networks[:2], results=results))
    assert good.startswith("The fractions of CNN")
    assert bad.startswith("ResNet-18")
    assert "no bin is off by more than 0.00" in good
    assert "furthest off where it says 0.3" in bad


@pytest.mark.parametrize(
    ("running", "said"),
    [
        (0.09, "CNN goes from RMSE 0.3000 to 0.2000."),
        (0.0401, "CNN goes from RMSE 0.2002 to 0.2000: the averages had settled."),
        (0.0225, "CNN goes from RMSE 0.1500 to 0.2000: here they did not help."),
    ],
)
def test_what_precise_batch_norm_did(running: float, said: str) -> None:
    network = with_history(CNN, [0.25, 0.04], [0.25, 0.03], running=[0.25, running])
    assert courses.batch_norm(replace(FACTS, networks=[network])) == [said]


def test_only_trainings_with_precise_batch_norm_speak_of_it() -> None:
    said = courses.batch_norm(FACTS)
    assert [sentence.split(" goes ")[0] for sentence in said] == ["CNN", "ResNet-18"]
    running = [with_options(network, precise_bn=False) for network in FACTS.networks]
    assert courses.batch_norm(replace(FACTS, networks=running)) == []
    averaged = [with_options(network, ema_decay=0.9) for network in FACTS.networks]
    assert courses.batch_norm(replace(FACTS, networks=averaged)) == []


def test_the_example_of_a_question_that_not_all_are_asked() -> None:
    assert words.asked_after(FACTS) == (
        "only those who had answered “Spiral” were asked “How tightly wound are the spiral arms?”"
    )
    assert words.asked_after(replace(FACTS, tree=SMALL)) == (
        "only those who had answered “Round” or “Flat” were asked “Does it have tails?”"
    )
    flat = Tree("One question", SMALL.roots)
    assert words.asked_after(replace(FACTS, tree=flat)) == ""


@pytest.mark.parametrize("apart", [1.1, 1.5, 3.0])
def test_curves_that_run_side_by_side_are_no_overfitting(apart: float) -> None:
    train = [0.2, 0.1, 0.08, 0.06, 0.05, 0.045, 0.04]
    said = courses.curve(with_history(CNN, [apart * own for own in train], train))
    assert "by heart" not in said
    assert "still falling" in said


def test_the_longest_way_down_the_tree_is_shorter_than_the_tree() -> None:
    assert words.most_questions(GZ2) == 9
    assert words.most_questions(SMALL) == 3


def test_questions_whose_answers_sum_to_one() -> None:
    assert words.whole_sums(SMALL) == "the answers to “What is it?” sum to 1 for every galaxy"
    assert words.whole_sums(GZ2) == (
        "the answers to “Is the galaxy smooth and rounded, with no sign of a disc?” sum to 1 for "
        "every galaxy, and so do those to “Is there anything odd?”, as fractions of whoever was "
        "asked it"
    )


def test_the_hardest_is_of_the_best_network_alone() -> None:
    answers = FACTS.results.answers
    own = answers[answers["model"] == "tuned"]
    worst = own.sort_values("rmse").iloc[-1]
    scores = FACTS.results.question_rmse("tuned")
    said = words.hardest(FACTS)
    assert f"“{worst['answer']}”" in said
    assert f"({worst['rmse']:.3f})" in said
    assert f"({min(scores.values()):.3f}) and furthest" in said
    assert f"({max(scores.values()):.3f}). Of single" in said
    assert answers["rmse"].max() > worst["rmse"]


def test_what_the_projection_did() -> None:
    table = pd.DataFrame(
        {
            "rmse_before": [0.2, 0.1],
            "rmse_after": [0.19, 0.09],
            "violation_before": [0.3, 0.75],
            "violation_after": [0.0, 0.0],
        },
        index=["cnn", "resnet"],
    )
    said = words.agreement(replace(FACTS, results=replace(FACTS.results, agreement=table)))
    assert "off by up to 0.75; after, by nothing. The RMSE falls by 5.0% to 10.0%." in said


def test_over_known_answers_the_projection_may_move_an_error_up() -> None:
    table = pd.DataFrame(
        {"rmse_before": [0.2, 0.1], "rmse_after": [0.201, 0.09], "violation_before": [0.3, 0.75]}
    )
    results = replace(FACTS.results, agreement=table)
    galaxies = replace(FACTS.galaxies, masked=True)
    said = words.agreement(replace(FACTS, results=results, galaxies=galaxies))
    assert said.endswith("The RMSE over known answers changes by -10.0% to +0.5%.")


def test_the_easiest_and_the_hardest_question_are_known_ones() -> None:
    questions = FACTS.results.questions.copy()
    questions.loc[questions["question"].isin(["smooth", "arms"]), "rmse"] = float("nan")
    said = words.hardest(replace(FACTS, results=replace(FACTS.results, questions=questions)))
    assert "nan" not in said
    scores = questions[questions["model"] == "tuned"]["rmse"]
    assert f"({scores.min():.3f}) and furthest" in said
    assert f"({scores.max():.3f}). Of single" in said


def test_steps_count_the_last_batch_though_it_is_smaller() -> None:
    assert words.steps(CNN, FACTS.galaxies) == 2 * 3


def test_lists() -> None:
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b"]) == "a and b"
    assert words.listed(["a", "b", "c"]) == "a, b and c"
    assert words.listed(["a", "b", "c"], "or") == "a, b or c"
