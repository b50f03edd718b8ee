"""What the labels are: from which table, which of its columns, and which galaxies were left out."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from galaxyzoo.base.files import read_json, write_json
from galaxyzoo.tree import LabelColumn


@dataclass(frozen=True)
class LabelFacts:
    """The origin of the labels, as the stage `split` writes it."""

    table: str
    """What the table is called, for people"""
    column: LabelColumn
    rows: int
    """Of the table"""
    dropped: Mapping[str, int] = field(default_factory=dict)
    """How many of its rows became no galaxy, by why"""
    masked: Mapping[str, int] = field(default_factory=dict)
    """How many galaxies have no known answers to a question that some were asked, by its name"""

    def write(self, path: Path) -> None:
        write_json(path, asdict(self))

    @classmethod
    def read(cls, path: Path) -> "LabelFacts":
        return cls(**read_json(path))
