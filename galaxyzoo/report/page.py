"""The page: facts, charts and sentences put into the template of the folder page/."""

import json
import math
import re
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from galaxyzoo.base.ids import ascending
from galaxyzoo.figures.style import NOT_KNOWN
from galaxyzoo.networks.common.ensemble import one_of
from galaxyzoo.networks.common.network import count_parameters
from galaxyzoo.predict.intervals import COVERAGE
from galaxyzoo.report import words
from galaxyzoo.report.chart_rows import ALL_QUESTIONS, question_title
from galaxyzoo.report.charts import all_charts, symbols
from galaxyzoo.report.citations import SOURCES
from galaxyzoo.report.facts import Facts
from galaxyzoo.report.layers import list_layers
from galaxyzoo.report.origin import about_labels
from galaxyzoo.report.pictures import data_address, frame_crop, shrink
from galaxyzoo.report.vega import chart_library
from galaxyzoo.scoring.baselines import BASELINES
from galaxyzoo.scoring.highlights import (
    deepest_exemplar,
    find_exemplars,
    highest_predictions,
    largest_votes,
    rank_galaxies,
)
from galaxyzoo.scoring.rmse import describe_gain
from galaxyzoo.training.params import TrainParams

_GALAXIES_PER_ANSWER = 8
NO_AUGMENTATION = "none"
_PRECISIONS = {"auto": "bfloat16 where the processor computes with it, else float32"}
_PAGE = files("galaxyzoo.report") / "page"


def render(facts: Facts) -> str:
    """The whole page as HTML: it holds its images, styles, scripts and data, and loads nothing."""
    environment = Environment(
        loader=PackageLoader("galaxyzoo.report", "page"),
        autoescape=True,
        undefined=StrictUndefined,
    )
    environment.globals["cite"] = _cite
    environment.filters["known"] = _known
    by_answer = {column: _highest(facts, column) for column in facts.tree.columns}
    galaxy_ids = {galaxy["galaxy_id"] for own in by_answer.values() for galaxy in own}
    return environment.get_template("report.html.j2").render(
        {
            "style": _inline("report.css"),
            "script": _inline("report.js"),
            "vega": Markup(chart_library()),
            "data": _data(facts, galaxy_ids),
            "by_answer": by_answer,
        }
        | _about_data(facts)
        | about_labels(facts)
        | _about_networks(facts)
        | _about_scores(facts)
    )


def _known(value: float, form: str) -> str:
    """A number in a form such as "%.3f", where it is one."""
    return NOT_KNOWN if math.isnan(value) else form % value


def _inline(name: str) -> Markup:
    return Markup((_PAGE / name).read_text())


def _cite(key: str) -> Markup:
    return Markup('(<a href="#source-{}">{}</a>)').format(key, SOURCES[key].short)


def _cited(text: str) -> Markup:
    """A text in which [key] becomes a citation where it is the key of a source."""
    pieces = re.split(r"\[(\w+)\]", text.strip())
    keys = {place for place in range(1, len(pieces), 2) if pieces[place] in SOURCES}
    return Markup("").join(
        _cite(piece) if place in keys else f"[{piece}]" if place % 2 else piece
        for place, piece in enumerate(pieces)
    )


def _data(facts: Facts, galaxy_ids: Iterable[str]) -> Markup:
    """What the page's script reads."""
    content = {
        "charts": {name: chart.as_json() for name, chart in all_charts(facts).items()},
        "images": {i: data_address(facts.processed[i]) for i in ascending(galaxy_ids)},
    }
    # "</" would end the script element, and "<!--" with "<script" keep it open
    text = json.dumps(content, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    return Markup(text)


def _about_data(facts: Facts) -> dict[str, Any]:
    width, height = facts.originals[deepest_exemplar(facts.tree, facts.labels).galaxy_id].size
    crop = facts.preparation.crop
    return {
        "facts": facts,
        "params": {name: own.model_dump() for name, own in facts.parameters.items()},
        "galaxies": facts.galaxies,
        "prep": facts.preparation,
        "pixels": width * height,
        "kept": crop**2 / (width * height),
        "steps": _steps(facts),
        "exemplars": _exemplars(facts),
        "tree": facts.tree,
        "questions": facts.tree.questions,
        "titles": {q.name: question_title(facts.tree, q) for q in facts.tree.questions},
        "all_questions": ALL_QUESTIONS,
        "sources": SOURCES,
    }


def _steps(facts: Facts) -> list[dict[str, Any]]:
    """What crop and resize do to one galaxy."""
    galaxy_id = deepest_exemplar(facts.tree, facts.labels).galaxy_id
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
        for exemplar in find_exemplars(facts.tree, facts.labels)
    }
    return [
        {"title": question_title(facts.tree, q), "tiles": [tiles[column] for column in q.columns]}
        for q in facts.tree.questions
    ]


def _about_networks(facts: Facts) -> dict[str, Any]:
    networks, size = facts.networks, facts.preparation.size
    options = {network.label: network.options for network in networks}
    return {
        "words": words,
        "networks": networks,
        "symbols": symbols(facts),
        "about": {n.name: _cited(n.network.about) for n in networks},
        "symmetric": [n.label for n in networks if n.network.quarter_turns_alike(size)],
        "parameters": {n.name: count_parameters(n.module) for n in networks},
        "layers": {n.name: list_layers(n.network, one_of(n.module), size) for n in networks},
        "recipe": _recipe(facts),
        "one_cycle": [label for label, own in options.items() if own.schedule == "one_cycle"],
        "averaged": [label for label, own in options.items() if own.ema_decay],
        "augmented": [
            label for label, own in options.items() if augmentation(own) != NO_AUGMENTATION
        ],
        "versions": sorted(networks[-1].info.versions.items()),
        "data_digest": networks[-1].info.data_digest,
    }


def _recipe(facts: Facts) -> list[dict[str, Any]]:
    """The table of how each network was trained."""
    options = [network.options for network in facts.networks]
    known = ", where known" if facts.galaxies.masked else ""
    rows: dict[str, list[str]] = {
        "Objective": [f"MSE over all {len(facts.tree.columns)} fractions{known}" for _ in options],
        "First weights": [f"of {own.start.name}" if own.start else "random" for own in options],
        "Optimiser": ["AdamW" if own.weight_decay else "Adam" for own in options],
        "Weight decay": [
            f"{own.weight_decay:g}" if own.weight_decay else "none" for own in options
        ],
        "Learning rate": [f"{own.learning_rate:g}" for own in options],
        "Schedule": [own.schedule.replace("_", " ") for own in options],
        "Epochs": [str(own.epochs) for own in options],
        "Images in a batch": [str(own.batch_size) for own in options],
        "Moving average of weights (EMA)": [
            f"{own.ema_decay:g}" if own.ema_decay else "none" for own in options
        ],
        "Statistics of batch norm": [_batch_norm(own) for own in options],
        "Augmentation": [augmentation(own) for own in options],
        "Numbers": [_PRECISIONS.get(own.precision, own.precision) for own in options],
        "Views at prediction (test-time augmentation)": [
            str(network.views) for network in facts.networks
        ],
    }
    if any(own.members > 1 for own in options):
        rows["Networks whose predictions are averaged (ensemble)"] = [
            str(own.members) for own in options
        ]
    return [{"name": name, "cells": cells} for name, cells in rows.items()]


def _batch_norm(own: TrainParams) -> str:
    if own.ema_decay:
        return "moving average"
    return "precise" if own.precise_bn else "running"


def augmentation(own: TrainParams) -> str:
    """How the images of a training are changed at random."""
    parts = {
        f"turned by up to {own.rotation:g}°": own.rotation > 0,
        "every other one mirrored": own.flip,
        f"zoomed by up to {own.zoom:g}": own.zoom > 1,
        f"shifted by up to {own.shift:g} pixels": own.shift > 0,
        f"lit by up to {own.brightness:.0%} more or less": own.brightness > 0,
    }
    return words.listed([part for part, holds in parts.items() if holds] or [NO_AUGMENTATION])


def _about_scores(facts: Facts) -> dict[str, Any]:
    return {
        "best": facts.best,
        "baselines": BASELINES,
        "results": facts.results,
        "question_rmse": {m: facts.results.question_rmse(m) for m in facts.results.models.index},
        "ranking": _ranking(facts),
        "published": sorted(facts.galaxies.published.items(), key=lambda item: item[1]),
        "calibration": words.calibration(facts),
        "covered": words.covered(facts),
        "widths": _widths(facts),
        "coverage": COVERAGE,
        "batch_norm": words.batch_norm(facts),
        "groups": _groups(facts),
    }


def _widths(facts: Facts) -> list[dict[str, Any]]:
    """The table of intervals: by question, of each network, where most were asked the question."""
    table = facts.results.coverage
    mostly = table[table["group"] == "mostly_asked"] if len(table) else table
    cells = {
        (own["name"], own["model"]): f"{own['coverage']:.0%} in {own['width']:.2f}"
        for _, own in mostly.iterrows()
    }
    return [
        {
            "title": question_title(facts.tree, question),
            "cells": [cells.get((question.name, own.name), NOT_KNOWN) for own in facts.networks],
        }
        for question in facts.tree.questions
    ]


def _ranking(facts: Facts) -> list[dict[str, Any]]:
    labels = {network.name: network.label for network in facts.networks} | BASELINES
    models = facts.results.models.sort_values("rmse", kind="stable")
    return [
        {
            "label": labels[str(name)],
            "rmse": own["rmse"],
            "gain": describe_gain(own["rmse_gain_percent"]),
            "rank": words.rank(own["rmse"], facts.galaxies),
            "best": name == facts.best.name,
        }
        for name, own in models.iterrows()
    ]


def _groups(facts: Facts) -> list[dict[str, Any]]:
    ranked = rank_galaxies(facts.best.predicted, facts.voted)
    titles = {
        "best": "The best predicted",
        "median": "In the middle",
        "worst": "The worst predicted",
    }
    return [
        {
            "title": titles[name],
            "galaxies": [
                _galaxy(facts, galaxy_id, largest_votes(facts.voted.loc[galaxy_id]))
                | {"rmse": error, "src": data_address(facts.processed[galaxy_id])}
                for galaxy_id, error in errors.items()
            ],
        }
        for name, errors in ranked._asdict().items()
    ]


def _highest(facts: Facts, column: str) -> list[dict[str, Any]]:
    """The galaxies of the test split with the highest predictions of the best network."""
    highest = highest_predictions(facts.best.predicted[column], _GALAXIES_PER_ANSWER)
    return [_galaxy(facts, galaxy_id, [column]) for galaxy_id in highest]


def _galaxy(facts: Facts, galaxy_id: str, columns: list[str]) -> dict[str, Any]:
    predicted = facts.best.predicted.loc[[galaxy_id]].iloc[0]
    voted = facts.voted.loc[[galaxy_id]].iloc[0]
    return {
        "galaxy_id": str(galaxy_id),
        "votes": [
            {
                "answer": facts.tree.texts[c],
                "voted": None if math.isnan(voted[c]) else float(voted[c]),
                "predicted": float(predicted[c]),
            }
            for c in columns
        ],
    }
