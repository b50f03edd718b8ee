"""Chromium without a network, for the tests of pages."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str:
    """The browser's program; the test is skipped where there is none."""
    named = os.environ.get("CHROMIUM")
    found = named or next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        pytest.skip(
            "no Chromium: install it (Debian: apt-get install chromium), or name it in CHROMIUM"
        )
    return found


@contextmanager
def open_browser(*flags: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        given = [*_FLAGS, *flags]
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=given)
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page that was opened, and what it asked for and complained of."""

    page: Page
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@contextmanager
def visit(browser: Browser, path: Path, **options: Any) -> Iterator[Visit]:
    """Open a file in a context that has no network."""
    with visit_at(browser, path.as_uri(), offline=True, **options) as visit:
        yield visit


@contextmanager
def visit_at(browser: Browser, address: str, **options: Any) -> Iterator[Visit]:
    """Open an address."""
    context = browser.new_context(**options)
    visit = Visit(context.new_page())
    visit.page.on("request", lambda request: visit.requests.append(request.url))
    visit.page.on("websocket", lambda socket: visit.requests.append(socket.url))
    visit.page.on("pageerror", lambda error: visit.errors.append(str(error)))
    visit.page.on(
        "console", lambda said: visit.errors.append(said.text) if said.type == "error" else None
    )
    visit.page.goto(address)
    yield visit
    context.close()


def outside(visit: Visit) -> list[str]:
    """What the page asked for that is neither itself nor part of it."""
    return [url for url in visit.requests if not url.startswith(("file:", "data:", "blob:"))]


def colors(page: Page, selector: str) -> int:
    """How many different colours an element shows: more than a few where something is drawn."""
    return len(pixels(page, selector))


def pixels(page: Page, selector: str) -> set[tuple[int, int, int]]:
    """The colours that an element shows."""
    picture = Image.open(BytesIO(page.locator(selector).first.screenshot())).convert("RGB")
    return {color for _, color in picture.getcolors(picture.width * picture.height) or []}  # type: ignore[misc]
