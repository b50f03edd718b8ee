"""Text for users: on one line, on one screen, and without what could steer a terminal."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # numpy takes as long to import as all else that --help needs
    from numpy.typing import NDArray

MOST_LISTED = 10
"""Lines of a list in a message; the rest is counted"""

MOST_NAMED = 3
"""Examples within a line"""

MOST_CHARACTERS = 120
"""Of one thing that somebody else wrote: a cell, a name, a package's own words"""


def plain(text: object) -> str:
    r"""One printable line: line ends, escape sequences and what isn't Unicode as ``\n``, ``\x1b``.

    Names from a zip, cells of a CSV and file names can hold anything.
    """
    return "".join(
        character
        if character.isprintable()
        else character.encode("unicode_escape", "backslashreplace").decode("ascii")
        for character in str(text)
    )


def shorten(text: object, most: int = MOST_CHARACTERS) -> str:
    """`plain`, with the end left out where it is long."""
    line = plain(text)
    return line if len(line) <= most else f"{line[:most]}... ({len(line)} characters)"


def quoted(value: object) -> str:
    """A value as a user wrote it: a number plainly, text in quotes."""
    item = getattr(value, "item", None)
    if item is not None:  # np.float64(1.5) is 1.5
        value = item()
    return shorten(repr(value) if isinstance(value, str) else value)


def some(items: "Sequence[object] | NDArray[Any]", most: int = MOST_NAMED) -> str:
    """The first few of some names, and how many more there are: "1, 2, 3 and 4 more"."""
    named = ", ".join(shorten(item) for item in items[:most])
    return f"{named} and {len(items) - most} more" if len(items) > most else named


def listing(lines: Sequence[object], most: int = MOST_LISTED) -> str:
    """The first few of some lines, indented, and how many more there are."""
    shown = [f"  {shorten(line, 2 * MOST_CHARACTERS)}" for line in lines[:most]]
    if len(lines) > most:
        shown.append(f"  and {len(lines) - most} more")
    return "\n".join(shown)


def count(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: "1 image", "1,234 images"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def sentence(parts: Iterable[str]) -> str:
    """Some clauses, each of which may be empty, as one line."""
    return "; ".join(part for part in parts if part)
