"""The pages that people read, and what stands in them."""

import re
from functools import cache
from pathlib import Path

from tests.conftest import ROOT

PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
)
_FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


@cache
def text_of(page: str) -> str:
    return _COMMENT.sub("", (ROOT / page).read_text(encoding="utf-8"))


def prose(page: str) -> str:
    """A page without its blocks of code."""
    return re.sub(r"^    .*$", "", _FENCE.sub("", text_of(page)), flags=re.MULTILINE)


def fenced(page: str, language: str) -> list[str]:
    """The blocks of code in a language."""
    return [code for name, code in _FENCE.findall(text_of(page)) if name == language]


def code_lines(page: str) -> list[str]:
    """Each line of indented code, without prompts, continued lines as one."""
    text = _FENCE.sub("", text_of(page)).replace("\\\n", " ")
    return [
        line.strip().removeprefix("$ ") for line in re.findall(r"^ {4,}(.*)$", text, re.MULTILINE)
    ]


def spans(page: str) -> list[str]:
    """What stands in backticks; a line break in it is a space."""
    return [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose(page))]


def headings(page: str) -> set[str]:
    """The anchors of a page, as GitHub makes them."""
    found = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in found}


def links(page: str) -> list[str]:
    """Where links and pictures of a page lead."""
    text = prose(page)
    inline = re.findall(r"\]\(([^)\s]+)\)", text)
    return inline + re.findall(r'(?:src|srcset|href)="([^"\s]+)"', text)


def target(page: str, link: str) -> tuple[Path, str]:
    """The file that a link leads to, and the anchor there."""
    path, _, anchor = link.partition("#")
    return ((ROOT / page).parent / path if path else ROOT / page).resolve(), anchor
