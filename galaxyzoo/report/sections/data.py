"""The question, the data and the preparation."""

from typing import Any

from galaxyzoo.report.chart_rows import question_title
from galaxyzoo.report.facts import Facts
from galaxyzoo.report.pictures import data_address, frame_crop, shrink


def about_data(facts: Facts) -> dict[str, Any]:
    width, height = facts.originals[facts.showpiece].size
    crop = facts.preparation.crop
    return {
        "pixels": width * height,
        "kept": crop**2 / (width * height),
        "steps": _steps(facts),
        "exemplars": _exemplars(facts),
    }


def _steps(facts: Facts) -> list[dict[str, Any]]:
    """What crop and resize do to one galaxy."""
    galaxy_id = facts.showpiece
    original, processed = facts.originals[galaxy_id], facts.processed[galaxy_id]
    crop, size = facts.preparation.crop, facts.preparation.size
    pixels = f"{original.width} by {original.height} pixels"
    return [
        {
            "src": data_address(frame_crop(original, crop)),
            "width": 212,
            "alt": f"Galaxy {galaxy_id} as it came, with a frame around its centre",
            "caption": f"The original, {pixels}; the frame shows what is kept.",
        },
        {
            "src": data_address(processed),
            "width": 106,
            "alt": f"Galaxy {galaxy_id}, cropped and resized",
            "caption": f"Cropped to {crop} by {crop}, resized to {size} by {size}.",
        },
    ]


def _exemplars(facts: Facts) -> list[dict[str, Any]]:
    """By question, the galaxy with the highest vote fraction for each answer; none: not known."""
    none = {column: {"answer": text} for column, text in facts.tree.texts.items()}
    tiles: dict[str, dict[str, Any]] = none | {
        exemplar.column: {
            "galaxy_id": exemplar.galaxy_id,
            "answer": facts.tree.texts[exemplar.column],
            "fraction": exemplar.fraction,
            "original": data_address(shrink(facts.originals[exemplar.galaxy_id])),
            "processed": data_address(facts.processed[exemplar.galaxy_id]),
        }
        for exemplar in facts.exemplars
    }
    return [
        {"title": question_title(facts.tree, q), "tiles": [tiles[column] for column in q.columns]}
        for q in facts.tree.questions
    ]
