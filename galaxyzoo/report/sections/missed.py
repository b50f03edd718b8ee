"""The galaxies that the best network misses worst, question by question."""

from typing import Any

from galaxyzoo.report.chart_rows import question_title
from galaxyzoo.report.facts import Facts
from galaxyzoo.report.pictures import data_address
from galaxyzoo.report.sections.galaxies import describe_galaxy
from galaxyzoo.scoring.highlights import largest_misses, rank_by_question
from galaxyzoo.tree import Question


def about_missed(facts: Facts) -> dict[str, Any]:
    every = facts.results.question_rmse(facts.best.name)
    return {
        "missed": [
            {
                "title": question_title(facts.tree, question),
                "rmse": every[question.name],
                "galaxies": [
                    _missed(facts, question, str(galaxy_id)) | {"rmse": error}
                    for galaxy_id, error in errors.items()
                ],
            }
            for question, errors in rank_by_question(facts.tree, facts.best.predicted, facts.voted)
        ]
    }


def _missed(facts: Facts, question: Question, galaxy_id: str) -> dict[str, Any]:
    columns = largest_misses(facts.best.predicted, facts.voted, galaxy_id, question)
    about = describe_galaxy(facts, galaxy_id, columns)
    return about | {"src": data_address(facts.processed[galaxy_id])}
