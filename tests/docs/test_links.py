"""Links lead somewhere: to files that are committed, and to headings that there are."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.docs.pages import PAGES, headings, links, spans, target

FOLDERS = ("galaxyzoo/", "stages/", "tests/", "tools/", "benchmarks/", "docs/", ".github/", ".ci/")


@cache
def ignored(path: Path) -> bool:
    """Whether git keeps a file out of every clone; where there is no git, no file."""
    asked = ["git", "check-ignore", "--quiet", path.relative_to(ROOT).as_posix()]
    return subprocess.run(asked, cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    for link in links(page):
        if re.match(r"[a-z]+:", link):
            continue
        path, anchor = target(page, link)
        assert path.exists(), f"{page}: {link}"
        assert path.is_relative_to(ROOT), f"{page}: {link} leads out of the project"
        assert not ignored(path), f"{page}: {link} is in no clone"
        if anchor:
            assert anchor in headings(path.relative_to(ROOT).as_posix()), f"{page}: {link}"


@pytest.mark.parametrize("page", PAGES)
def test_files_of_ours_that_a_page_names_are_there(page: str) -> None:
    for name in spans(page):
        if name.startswith(FOLDERS) and not re.search(r"[ *{<]|NAME", name):
            assert (ROOT / name).exists(), f"{page}: {name}"


def test_every_page_is_in_the_list_of_all() -> None:
    listed = {target("docs/README.md", link)[0] for link in links("docs/README.md")}
    pages = {path.resolve() for path in (ROOT / "docs").rglob("*.md")}
    assert pages - listed == {(ROOT / "docs/README.md").resolve()}
