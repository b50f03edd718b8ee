"""The page of `galaxyzoo serve`: a real server and a real browser, neither with a network."""

import os
import re
import signal
import socket
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
import pytest
import torch
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from galaxyzoo.base.ids import is_id
from galaxyzoo.classify.run import Options, classify
from galaxyzoo.predict.inference import see_batch
from galaxyzoo.predict.likeness import UNLIKE, Cloud, Likeness
from galaxyzoo.predict.metadata import PredictSettings
from galaxyzoo.predict.model_files import Measured, export_model
from galaxyzoo.predict.predictor import load_model
from galaxyzoo.serve.server import ServeError, check_installed, listen
from tests.classify.classify_inputs import encode, make_intervals, make_model, smooth_noise
from tests.conftest import make_jpeg
from tests.pipeline.browser import Visit, open_browser, visit_at
from tests.warm import Started, started_warm

NO_NETWORK = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
PHONE = {"width": 380, "height": 800}
ODD_NAME = "*a* _b_ [c](d) :red[e] $f$ <b>g &amp; `h`.png"
LIKE = smooth_noise(1, 100)
DARK = LIKE.point(lambda value: value // 4 + 60)
GALAXIES = {
    "10.png": encode(smooth_noise(2, 100), "PNG"),
    "9.png": encode(LIKE, "PNG"),
    "blank.png": encode(LIKE.point(lambda _: 40), "PNG"),
    "last.png": encode(smooth_noise(3, 90), "PNG"),
    ODD_NAME: encode(DARK, "TIFF"),
}
NO_PICTURES = {
    "damaged.jpg": make_jpeg(1, 100, 100)[:-30],
    "notes.txt": b"no picture",
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("serve")
    trained = make_model(folder / "trained.safetensors")
    learned = [smooth_noise(seed, 100) for seed in range(60)]
    predictor = load_model(trained)
    images = torch.from_numpy(np.stack([predictor.crop(own) for own in learned]))
    layers = see_batch(predictor.model, images, predictor.compute, predictor.views).layers.numpy()
    cloud = Cloud.of(layers)
    likeness = Likeness(cloud, float(cloud.distances(layers).max()), len(learned))
    settings = PredictSettings(1, project=True)
    export_model(trained, folder / "model", settings, Measured(make_intervals(1), likeness))
    return folder / "model"


@pytest.fixture(scope="module")
def server(model: Path) -> Iterator[Started]:
    command = ("tests.serve.guarded", "serve", "--model", str(model), "--port", "0", "--open")
    browser = {"BROWSER": "echo opened %s"}  # as Python finds it, too
    with started_warm(model.parent, *command, variables=browser) as started:
        yield started
        started.process.kill()
        started.process.join()


@pytest.fixture(scope="module")
def address(server: Started) -> str:
    """As the command says it, and then tells a browser, which prints that."""
    while server.said()[0].count("\n") < 2:
        assert server.process.is_alive(), server.said()
        time.sleep(0.02)
    told = r"(http://127\.0\.0\.1:\d+) shows the page; Ctrl-C ends it\nopened \1\n"
    said = re.fullmatch(told, server.said()[0])
    assert said is not None, server.said()
    return said[1]


@pytest.fixture(scope="module")
def shown(address: str) -> Iterator[Visit]:
    """The page in a browser, when all files have been dropped and looked at."""
    files = [(name, own) for name, own in (GALAXIES | NO_PICTURES).items()]
    given = [{"name": name, "mimeType": "", "buffer": content} for name, content in files]
    with (
        open_browser(NO_NETWORK) as browser,
        visit_at(browser, address, viewport=PHONE) as visit,
    ):
        visit.page.locator("input[type=file]").set_input_files(given)  # type: ignore[arg-type]
        expect(visit.page.locator(".galaxy")).to_have_count(len(GALAXIES), timeout=60_000)
        yield visit


def catalogue(model: Path, folder: Path) -> pd.DataFrame:
    """What `galaxyzoo classify` makes of the same files."""
    (folder / "images").mkdir()
    for name, content in (GALAXIES | NO_PICTURES).items():
        (folder / "images" / name).write_bytes(content)
    classify(folder / "images", model, folder / "c.csv", Options(described=True, workers=1))
    return pd.read_csv(folder / "c.csv", dtype={"GalaxyID": str}, keep_default_na=False)


def test_it_says_what_classify_says(shown: Visit, model: Path, tmp_path: Path) -> None:
    table = catalogue(model, tmp_path)
    with shown.page.expect_download() as download:
        shown.page.get_by_text("Catalogue of 5 galaxies as CSV").click()
    assert Path(download.value.path()).read_bytes() == (tmp_path / "c.csv").read_bytes()
    blocks = shown.page.locator(".galaxy").all()
    for block, (_, row) in zip(blocks, table.iterrows(), strict=True):
        name = f"{row['GalaxyID']}.png" if is_id(row["GalaxyID"]) else row["GalaxyID"]
        assert block.locator("h2").inner_text() == name
        assert block.locator("p").inner_text() == row["description"]
        block.locator("summary").click()
        cells = block.locator("details tbody tr:has(td)").first.locator("td").all_inner_texts()
        low, high = 100 * row["Class1.1_low"], row["Class1.1_high"]
        assert cells[:3] == ["Smooth", f"{row['Class1.1']:.0%}", f"{low:.0f} to {high:.0%}"]
        assert block.locator("details tbody tr:has(td)").count() == 37


def test_what_is_no_galaxy_and_what_is_no_picture_are_told(shown: Visit) -> None:
    told = shown.page.get_by_test_id("stAlert").all_inner_texts()
    assert told == [
        "damaged.jpg is a damaged JPEG: Premature end of JPEG file",
        "notes.txt is none of JPEG, PNG, TIFF, WebP, BMP or GIF",
        f"{ODD_NAME} {UNLIKE}: it may be no galaxy, and the answers may mean nothing",
        "blank.png is blank, or nearly so: the answers may mean nothing",
    ]


def test_pictures_are_drawn_and_nothing_overflows_a_phone(shown: Visit) -> None:
    drawn = "own => own.complete && own.naturalWidth > 0 && own.alt !== ''"
    pictures = shown.page.locator(".galaxy img").all()
    assert len(pictures) == 2 * len(GALAXIES)  # and the tree of each
    assert all(picture.evaluate(drawn) for picture in pictures)
    width = "document.querySelector('[data-testid=stMain]').scrollWidth"
    assert shown.page.evaluate(width) <= PHONE["width"]
    found = Axe().run(shown.page, context=".galaxy")
    assert found.violations_count == 0, found.generate_report()


def test_neither_page_nor_server_asks_anybody_else(
    shown: Visit, address: str, server: Started
) -> None:
    here = (f"{address}/", address.replace("http", "ws") + "/", "data:", "blob:")
    assert [url for url in shown.requests if not url.startswith(here)] == []
    assert len(shown.requests) > 10
    assert shown.errors == []
    assert server.said()[1] == ""


UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}


def status(address: str, path: str, headers: dict[str, str]) -> int:
    connection = HTTPConnection(urlsplit(address).netloc)
    connection.request("GET", path, headers=headers)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize("foreign", ["Host", "Origin"])
def test_pages_of_others_are_refused(address: str, server: Started, foreign: str) -> None:
    other = {foreign: {"Host": "", "Origin": "http://"}[foreign] + "elsewhere.example"}
    assert status(address, "/", other) == 403
    assert status(address, "/_stcore/stream", UPGRADE | other) == 403
    assert status(address, "/", {"Origin": address}) == 200
    assert status(address, "/_stcore/stream", UPGRADE) == 101
    assert server.said()[1] == ""


def test_other_computers_find_no_server(address: str) -> None:
    """Which 127.0.0.2 stands for: an address of this computer that isn't the one."""
    port = urlsplit(address).port
    with socket.socket() as other:
        assert other.connect_ex(("127.0.0.2", port)) != 0


def test_a_port_that_is_taken_is_told(address: str) -> None:
    port = urlsplit(address).port
    assert port is not None
    with pytest.raises(ServeError, match=f"--port {port}: another program uses this port"):
        listen(port)


def test_without_streamlit_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "streamlit", None)
    with pytest.raises(ServeError, match=re.escape("pip install 'galaxyzoo[serve]'")):
        check_installed()


def test_a_signal_ends_it_quietly(server: Started, shown: Visit) -> None:
    """The last test, since there is one server for all of them."""
    assert shown.page.locator(".galaxy").count()  # a page is open
    assert server.process.pid is not None
    said = server.said()
    os.kill(server.process.pid, signal.SIGINT)
    server.process.join(20)
    assert server.process.exitcode == 128 + signal.SIGINT
    assert server.said() == said
