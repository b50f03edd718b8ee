"""The model card: facts for the metadata of the model file, and from that file the page."""

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

from galaxyzoo.predict.model_files import ExportedModel
from galaxyzoo.tree import Tree
from tools.sky_model.scores import Scores, mean, spread
from tools.sky_model.settings import Settings

TEMPLATE = Path(__file__).with_name("card.md")

_WIDTH = 8.48
"""Of the published pictures of Galaxy Zoo 2, in Petrosian radii R90 of their galaxy: 424 pixels of
0.02 R90 (Willett et al. 2013)"""

_LINE = 100
_MISSED = ", with what the network's layers tell of what it misses"

IMAGES = (
    "pictures of the Sloan Digital Sky Survey in gri colours, from the training set of the Kaggle "
    "competition Galaxy Zoo - The Galaxy Challenge (images_training_rev1)"
)
LABELS = (
    "the competition's products of debiased vote fractions (training_solutions_rev1), whose "
    "answers to a question sum to the fraction of those who were asked it. Raw or weighted "
    "fractions are another label: they differ from debiased ones by more than this model errs"
)
NOT_FOR = (
    "Pictures of other surveys, bands, colour recipes or depths than SDSS's of Galaxy Zoo 2: "
    "nothing was measured there.",
    "Another scale: a galaxy that fills more or less of the picture than in training gets other "
    "answers.",
    "Galaxies fainter or farther than those of Galaxy Zoo 2 (r < 17, and with a redshift from "
    "0.0005 to 0.25, or none). Labels were debiased by redshift, which a picture does not show.",
    "Statements on single galaxies, beyond what their intervals say. Debiased fractions are meant "
    "for populations.",
    "Finding stars and artifacts: 44 of the competition's 61,578 galaxies have a majority for that "
    "answer, so that hardly any was there to learn from.",
)
CITE = (
    "Willett et al. 2013, Galaxy Zoo 2: detailed morphological classifications for 304,122 "
    "galaxies from the Sloan Digital Sky Survey, MNRAS 435, 2835 (arXiv:1308.3496)",
    "York et al. 2000, The Sloan Digital Sky Survey: Technical Summary, AJ 120, 1579",
    "Kaggle and Galaxy Zoo 2013, Galaxy Zoo - The Galaxy Challenge, "
    "https://www.kaggle.com/c/galaxy-zoo-the-galaxy-challenge",
)
LICENCE = (
    "The images and votes carry no licence that we know of; we claim none on them, and none of "
    "them is in the package. The weights are numbers computed from them. Our code is under the MIT "
    "licence, and so are the weights, as far as we can give it. Whether others have rights in "
    "them, too, we can't say: read the competition's rules before you use the weights for more "
    "than research, or pass them on."
)


def make_card(
    scores: Scores, settings: Settings, machine: str, held: Mapping[str, Any]
) -> dict[str, Any]:
    """The facts, as JSON holds them; `held` is what `intervals.held_out` gives."""
    return {
        "name": "Model of the sky (Galaxy Zoo 2)",
        "date": settings.date,
        "machine": machine,
        "images": IMAGES,
        "galaxies": scores.galaxies,
        "labels": LABELS,
        "rmse": mean(scores.all_answers),
        "rmse_deviation": spread(scores.all_answers),
        "rmse_by_fold": [mean([own]) for own in scores.all_answers],
        "rmse_by_question": {
            name: {"rmse": mean(own), "deviation": spread(own)}
            for name, own in scores.by_question.items()
        },
        "intervals": dict(held),
        "not_for": list(NOT_FOR),
        "licence": LICENCE,
        "cite": list(CITE),
    }


def write_page(model: ExportedModel) -> str:
    """docs/model_card.md of a model file that has such a card."""
    card, info = model.card, model.info
    facts = {name: value for name, value in card.items() if isinstance(value, str)}
    own = {
        "network": model.network.label,
        "size": info.size,
        "answers": len(info.tree.columns),
        "questions": len(info.tree.questions),
        "tree": info.tree.name,
        "views": model.settings.views,
        "missed": _MISSED if model.residuals else "",
        "projected": ", moved to the nearest that obey the tree" if model.settings.project else "",
        "label_column": info.label_column,
        "galaxies": f"{card['galaxies']:,}",
        "scale": _scale(info.crop, info.width, info.size),
        "folds": len(card["rmse_by_fold"]),
        "rmse": f"{card['rmse']:.4f}",
        "deviation": f"{card['rmse_deviation']:.4f}",
        "each_fold": ", ".join(f"{score:.4f}" for score in card["rmse_by_fold"]),
        "table": "\n".join(_rows(info.tree, card["rmse_by_question"])),
        "intervals": _intervals(model),
        "not_for": _bullets(card["not_for"]),
        "cite": _bullets(card["cite"]),
        "settings": "\n".join(_settings(model.training)),
    }
    page = Template(TEMPLATE.read_text(encoding="utf-8")).substitute(facts | own)
    return "\n\n".join(map(_wrap, page.split("\n\n")))


def _intervals(model: ExportedModel) -> str:
    """The end of a sentence on errors: of files from before there were intervals, too."""
    if model.intervals is None:
        return ", and no prediction carries an error bar."
    wanted, own = model.intervals.coverage, model.card["intervals"]
    return (
        f". So each fraction has an interval, made to hold what {wanted:.0%} of galaxies got: "
        f"learned from four folds, intervals held {own['coverage']:.1%} of the fifth's fractions, "
        f"and were {own['width']:.3f} wide on average; where at least half of the volunteers were "
        f"asked, {own['mostly_asked']:.1%} (docs/intervals.md)."
    )


def _scale(crop: int, width: int, size: int) -> str:
    part = crop / width
    return (
        f"the pictures of Galaxy Zoo 2 are {_WIDTH} Petrosian radii (R90) of their galaxy wide. "
        f"The central {crop} of {width} pixels are kept, {part * _WIDTH:.2f} radii, and resized to "
        f"{size} pixels. That the competition's pictures are cut like the published ones is "
        "likely, and not verified."
    )


def _rows(tree: Tree, scores: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    for question in tree.questions:
        own = scores[question.name]
        yield f"| {question.text} | {own['rmse']:.4f} | {own['deviation']:.4f} |"


def _bullets(texts: Sequence[str]) -> str:
    return "\n\n".join(f"- {text}" for text in texts)


def _wrap(block: str) -> str:
    """A paragraph, or an item of a list, in lines of some length; headings, tables, code as are."""
    if block.startswith(("#", "|", "    ")):
        return block
    indent = "  " if block.startswith("- ") else ""
    lines = textwrap.fill(
        block, _LINE, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return lines + block[len(block.rstrip("\n")) :]


def _settings(content: Mapping[str, Any], indent: str = "    ") -> Iterator[str]:
    """YAML of a mapping, as a block of code."""
    for name, value in content.items():
        if isinstance(value, Mapping):
            yield f"{indent}{name}:"
            yield from _settings(value, f"{indent}  ")
        else:
            yield f"{indent}{name}: {json.dumps(value)}"
