"""What is odd about somebody's data: each kind with a name, a count, examples, and what to do.

What is certainly wrong stops a stage. What may be right is a warning, which stands in a JSON of the
stage and in the report, too.
"""

import logging
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.files import read_json, write_json
from galaxyzoo.base.messages import MOST_NAMED, plain, some

logger = logging.getLogger(__name__)

_FORMS = re.compile(r"\{([^|{}]*)\|([^|{}]*)\}")


class FindingsError(UserError):
    """Something about the data is certainly wrong."""


@dataclass(frozen=True)
class Finding:
    """One kind of oddity."""

    name: str
    """Of the kind, such as "placeholder-votes": by it the documentation tells more"""
    count: int
    """How many galaxies, images or files are such"""
    examples: tuple[str, ...]
    """The first three"""
    what: str
    """A clause that the count begins: "galaxies have votes that do not follow the tree"."""
    advice: str
    """What to do"""

    def __str__(self) -> str:
        return f"{self.count} {self.what} ({self.name}): {self._named()}. {self.advice}"

    def _named(self) -> str:
        more = self.count - len(self.examples)
        named = some(self.examples)
        return f"{named} and {more} more" if more > 0 else named


def finding(name: str, cases: Sequence[object], what: str, advice: str) -> list[Finding]:
    """The finding of some cases, each told in a few words; none if there are no cases.

    `what` may hold "{galaxy has|galaxies have}", which becomes one or the other.
    """
    if not cases:
        return []
    examples = tuple(plain(case) for case in cases[:MOST_NAMED])
    form = r"\1" if len(cases) == 1 else r"\2"
    return [Finding(name, len(cases), examples, _FORMS.sub(form, what), advice)]


def refuse(path: Path, findings: Sequence[Finding]) -> None:
    """Raise FindingsError, which tells them a line each, if there are findings about `path`."""
    if findings:
        raise FindingsError("\n".join(f"{path}: {each}" for each in findings))


def warn(path: Path, findings: Sequence[Finding]) -> None:
    """Log each finding about `path` as a warning."""
    for each in findings:
        logger.warning("warning: %s: %s", path, each)


def write_findings(path: Path, findings: Sequence[Finding]) -> None:
    """Write them as JSON: an object whose "findings" is a list, empty where nothing is odd."""
    write_json(path, {"findings": [asdict(each) for each in findings]})


def read_findings(path: Path) -> list[Finding]:
    """What `write_findings` wrote."""
    return [_parse(each) for each in read_json(path)["findings"]]


def _parse(content: dict[str, Any]) -> Finding:
    return Finding(**content | {"examples": tuple(content["examples"])})
