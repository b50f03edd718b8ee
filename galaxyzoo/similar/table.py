"""Neighbours as a table: in any of the formats of a catalogue."""

from collections.abc import Sequence

from galaxyzoo.base.messages import plain
from galaxyzoo.classify.catalogue import cell
from galaxyzoo.classify.columns import Heading
from galaxyzoo.classify.identity import Fact, facts_of
from galaxyzoo.classify.whole import Catalogue
from galaxyzoo.predict.predictor import Predictor
from galaxyzoo.similar.neighbours import Neighbour
from galaxyzoo.tree import ID_COLUMN

_HEADINGS = (
    Heading(ID_COLUMN, "text", "GalaxyID, or the name of the image"),
    Heading("distance", "float", "how far the network's features are from those of the query"),
    Heading("file", "text", "the image's file, among the images"),
    Heading("description", "text", "the galaxy in a few words"),
    Heading("warning", "text", "what may be wrong with the image; empty if nothing is"),
)


def as_table(predictor: Predictor, query: str, neighbours: Sequence[Neighbour]) -> Catalogue:
    """A row for each neighbour, nearest first."""
    rows = [_row(own) for own in neighbours]
    facts = [own for own in facts_of(predictor, "kaggle", None) if own.name != "columns"]
    facts.append(Fact("query", "GZQUERY", plain(query), "what these are similar to"))
    return Catalogue(_HEADINGS, facts, texts=lambda: rows, rows=len(rows))


def _row(own: Neighbour) -> str:
    texts = (own.file, own.described.words, own.described.warning)
    return f"{cell(own.name)},{own.distance:.9g},{','.join(map(cell, texts))}\n"
