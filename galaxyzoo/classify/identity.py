"""What a catalogue says of the model that made it."""

import hashlib
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from galaxyzoo.base.messages import plain
from galaxyzoo.classify.columns import ColumnSet
from galaxyzoo.classify.targets import Targets
from galaxyzoo.predict.predictor import Predictor


@dataclass(frozen=True)
class Fact:
    """One thing to know of a catalogue."""

    name: str
    keyword: str
    """As FITS can have it: at most 8 capitals"""
    value: str | int | float | bool
    meaning: str


def facts_of(predictor: Predictor, columns: ColumnSet, targets: Targets | None) -> list[Fact]:
    """What tells with which model, how used, the fractions of a catalogue were made."""
    info = predictor.info
    learned = "rendered galaxies: knows nothing of the sky" if info.rendered else "real galaxies"
    facts = [
        Fact("software", "GZSOFT", f"galaxyzoo {version('galaxyzoo')}", "what wrote this"),
        Fact("model", "GZABOUT", predictor.about(), "the model in a line"),
        Fact("network", "GZNET", info.network, "network"),
        Fact("model_file", "GZMODEL", predictor.path.name, "name of the model file"),
        Fact("model_sha256", "GZSHA256", _sha256(predictor.path), "SHA-256 of the model file"),
        Fact("tree", "GZTREE", info.tree.name, "decision tree"),
        Fact("columns", "GZCOLS", columns, "kind of the columns of fractions"),
        Fact("learned_from", "GZLEARN", learned, "what the model learned from"),
        Fact("training_data_sha256", "GZDATA", info.data_digest, "SHA-256 of its data"),
        Fact("crop_fraction", "GZCROP", predictor.crop.fraction, "part of the width kept"),
        Fact("image_size", "GZSIZE", predictor.crop.size, "pixels a side that it sees"),
        Fact("views", "GZVIEWS", predictor.views.count, "views averaged"),
        Fact("projected", "GZPROJ", predictor.project, "moved onto the tree's sums"),
        Fact("precision", "GZPREC", _precision(predictor), "floating point of the network"),
    ]
    if predictor.coverage is not None:
        facts.append(Fact("intervals", "GZCOVER", predictor.coverage, "share of votes within them"))
    if info.label_column is not None:
        facts.append(Fact("label_column", "GZLABEL", info.label_column, "kind of votes learned"))
    if targets is not None:
        facts.append(Fact("table", "GZTABLE", targets.path.name, "table whose columns are here"))
        facts.append(Fact("id_column", "GZID", targets.id_column, "its column of ids"))
    return [_on_one_line(fact) for fact in facts]


def _sha256(path: Path) -> str:
    """As sha256sum prints it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _precision(predictor: Predictor) -> str:
    return str(predictor.compute.dtype).removeprefix("torch.")


def _on_one_line(fact: Fact) -> Fact:
    return replace(fact, value=plain(fact.value)) if isinstance(fact.value, str) else fact
