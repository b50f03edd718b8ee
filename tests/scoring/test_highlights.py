import numpy as np
import pandas as pd
import pytest

from galaxyzoo.scoring.highlights import (
    find_telling_answers,
    hardest_answers,
    highest_predictions,
    largest_votes,
    rank_galaxies,
)
from galaxyzoo.scoring.results import score
from galaxyzoo.tree import GZ2, ID_COLUMN, Tree
from tests.conftest import COLUMNS, make_labels
from tests.small_tree import SMALL

FIRST_ID = 1_000_000


def make_votes(seed: int, galaxies: int = 60, tree: Tree = GZ2) -> pd.DataFrame:
    ids = range(FIRST_ID, FIRST_ID + galaxies)
    return make_labels(ids, seed, tree).set_index(ID_COLUMN)


def miss_by(errors: list[float]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Predictions that miss each galaxy's 37 votes by so much; and the votes."""
    voted = make_votes(0, len(errors))
    return voted.add(pd.Series(errors, voted.index), axis=0), voted


def places(galaxies: pd.Series) -> list[int]:
    return [int(galaxy_id) - FIRST_ID for galaxy_id in galaxies.index]


def spread(widths: dict[str, float]) -> pd.DataFrame:
    """Votes of two galaxies that differ by these widths, and not at all in other answers."""
    votes = pd.DataFrame(0.0, index=["1", "2"], columns=list(COLUMNS))
    for column, width in widths.items():
        votes.loc["2", column] = width
    return votes


def test_the_best_the_middle_and_the_worst_are_found() -> None:
    errors = np.random.default_rng(0).permutation(20)
    ranked = rank_galaxies(*miss_by([0.01 * error for error in errors]))
    place = np.argsort(errors).tolist()
    assert places(ranked.best) == place[:4]
    assert places(ranked.median) == place[8:12]
    assert places(ranked.worst) == place[:-5:-1]
    assert ranked.worst.iloc[0] == pytest.approx(0.19)


def test_as_many_are_shown_as_one_asks_for() -> None:
    ranked = rank_galaxies(*miss_by([0.3, 0.1, 0.2, 0.5, 0.4]), shown=1)
    assert [places(group) for group in ranked] == [[1], [0], [3]]
    assert [group.tolist() for group in ranked] == [[pytest.approx(e)] for e in (0.1, 0.3, 0.5)]


def test_best_and_median_run_upwards_and_worst_downwards() -> None:
    best, median, worst = rank_galaxies(make_votes(1), make_votes(0))
    for group in (best, median, worst[::-1]):
        assert group.is_monotonic_increasing
        assert group.is_unique
    assert best.iloc[-1] < median.iloc[0]
    assert median.iloc[-1] < worst.iloc[-1]


def test_few_test_galaxies_come_more_than_once() -> None:
    ranked = rank_galaxies(*miss_by([0.2, 0.1, 0.3]))
    assert [places(group) for group in ranked] == [[1, 0, 2], [1, 0, 2], [2, 0, 1]]


def test_one_answer_of_each_of_the_six_questions_that_vary_most() -> None:
    widths = {"Class11.2": 0.9, "Class9.1": 0.8, "Class7.3": 0.7, "Class5.1": 0.6, "Class3.2": 0.5}
    others = {"Class11.1": 0.85, "Class1.1": 0.4, "Class2.1": 0.3, "Class1.3": 0.35}
    votes = spread(widths | others)
    found = find_telling_answers(GZ2, votes)
    assert found == ["Class1.1", "Class3.2", "Class5.1", "Class7.3", "Class9.1", "Class11.2"]
    assert find_telling_answers(GZ2, votes, most=2) == ["Class9.1", "Class11.2"]


def test_a_tree_of_few_questions_has_as_many_telling_answers() -> None:
    found = find_telling_answers(SMALL, make_votes(0, tree=SMALL))
    assert [SMALL.asker(column).name for column in found] == ["shape", "tails", "arms"]


def test_the_largest_votes_come_first_and_among_equals_the_first_column() -> None:
    votes = pd.Series(0.0, index=list(COLUMNS))
    for column, vote in {"Class8.6": 0.91, "Class1.2": 0.82, "Class6.1": 0.73}.items():
        votes[column] = vote
    votes["Class2.2"] = votes["Class6.1"]
    assert largest_votes(votes) == ["Class8.6", "Class1.2", "Class2.2"]
    assert largest_votes(votes, shown=4) == ["Class8.6", "Class1.2", "Class2.2", "Class6.1"]


def test_the_highest_predictions_come_first_and_equals_in_their_order() -> None:
    predicted = pd.Series([0.2, 0.9, 0.5, 0.9, 0.1, 0.5], index=list("GFEDCB"))
    assert highest_predictions(predicted, 5) == ["F", "D", "E", "B", "G"]
    assert highest_predictions(predicted, 1) == ["F"]
    assert highest_predictions(predicted, 9) == ["F", "D", "E", "B", "G", "C"]
    ids = [str(number) for number in range(100, 0, -1)]
    equal = pd.Series(0.5, index=ids)
    assert highest_predictions(equal, 50) == ids[:50]


def test_the_hardest_answer_is_that_with_the_largest_error() -> None:
    answers = pd.DataFrame({"column": ["a", "b", "c"], "rmse": [0.2, 0.3, 0.2999]})
    assert hardest_answers(answers) == (["b"], 0.3)


def test_answers_with_the_same_error_are_the_hardest_together() -> None:
    answers = pd.DataFrame({"column": ["a", "b", "c"], "rmse": [0.1 + 0.2, 0.1, 0.3]})
    assert hardest_answers(answers) == (["a", "c"], 0.1 + 0.2)


def test_both_answers_to_a_question_that_all_are_asked_are_equally_hard() -> None:
    voted = make_votes(0)
    predicted = voted.copy()
    predicted["Class6.1"] += 0.25
    predicted["Class6.2"] -= 0.25
    models = {"cnn": predicted.to_numpy(), "central_pixel": 0.5 * voted.to_numpy()}
    table = score(GZ2, voted.to_numpy(), models, {}, {}).answers
    columns, error = hardest_answers(table[table["model"] == "cnn"])
    assert columns == ["Class6.1", "Class6.2"]
    assert error == 0.25
