"""The commands by which the documentation gets the open data, against a server with those paths."""

import gzip
import re
import shlex
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import pytest
import yaml

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.ids import id_array
from galaxyzoo.images.opening import open_files
from galaxyzoo.labels.reading import read_votes
from galaxyzoo.tree import GZ2
from tests.conftest import ROOT, make_jpeg, make_zip

PAGES = ("docs/own_data.md", "docs/open_data.md")
URLS = {
    "images_gz2.zip": "https://zenodo.org/records/3565489/files/images_gz2.zip",
    "gz2_filename_mapping.csv": "https://zenodo.org/records/3565489/files/gz2_filename_mapping.csv",
    "gz2_hart16.csv.gz": "https://gz2hart.s3.amazonaws.com/gz2_hart16.csv.gz",
}
RAW = Path("data/raw")
CURL = shutil.which("curl")

needs_curl = pytest.mark.skipif(CURL is None, reason="no curl here")


def commands(page: str, program: str) -> list[list[str]]:
    """The commands of a page that begin with `program`, as a shell would split them."""
    text = (ROOT / page).read_text().replace("\\\n", " ")
    lines = re.findall(rf"^    ({program} .*)$", text, re.MULTILINE)
    return [shlex.split(line, comments=True) for line in lines]


def getting(page: str) -> list[list[str]]:
    return [words for words in commands(page, "curl") if words[-1] in URLS.values()]


class Handler(BaseHTTPRequestHandler):
    """Files with ranges; Zenodo's are found where it redirects to."""

    server: "Archive"

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.server.asked.append((self.path, wanted))
        content = self.server.files.get(self.path)
        if content is None:
            self.send_error(404)
        elif self.path.startswith("/records/"):
            self.send_response(302)
            self.send_header("Location", f"/stored{self.path}")
            self.end_headers()
        else:
            self._send(content, int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else None)

    def _send(self, content: bytes, start: int | None) -> None:
        if start is not None and start >= len(content):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(content)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        rest = content[start or 0 :]
        self.send_response(200 if start is None else 206)
        if start is not None:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        self.wfile.write(rest[: self.server.cut or len(rest)])

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Archive(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        stored = {f"/stored{path}": own for path, own in files.items()}
        self.files = files | stored
        self.asked: list[tuple[str, str | None]] = []
        self.cut: int | None = None
        """After how many bytes an answer breaks off"""


@pytest.fixture(scope="module")
def contents() -> dict[str, bytes]:
    """The three files, of two galaxies."""
    images = BytesIO()
    make_zip(images, {f"images/{n}.jpg": make_jpeg(n) for n in (1, 2)})  # type: ignore[arg-type]
    stems = [answer.stem for answer in GZ2.answers.values()]
    header = ",".join(["dr7objid", *(f"{stem}_debiased" for stem in stems)])
    rows = [",".join([f"58772298174208414{n}", *["0.5"] * len(stems)]) for n in (1, 2)]
    mapping = (
        "objid,sample,asset_id\n587722981742084141,original,1\n587722981742084142,original,2\n"
    )
    return {
        "images_gz2.zip": images.getvalue(),
        "gz2_filename_mapping.csv": mapping.encode(),
        "gz2_hart16.csv.gz": gzip.compress("\n".join([header, *rows, ""]).encode()),
    }


@pytest.fixture
def archive(contents: dict[str, bytes]) -> Iterator[Archive]:
    server = Archive(
        {URLS[name][URLS[name].index("/", 8) :]: own for name, own in contents.items()}
    )
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def fetch(folder: Path, archive: Archive) -> list[int]:
    """Give all commands, to this archive; the exit codes."""
    here = f"http://127.0.0.1:{archive.server_address[1]}"
    codes = []
    for words in getting(PAGES[-1]):
        url = re.sub(r"^https://[^/]+", here, words[-1])
        done = subprocess.run([*words[:-1], url], cwd=folder, capture_output=True, check=False)
        codes.append(done.returncode)
    return codes


def read(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / RAW).iterdir()}


def test_each_file_has_its_command() -> None:
    short, told = map(getting, PAGES)
    assert [words[-1] for words in told] == list(URLS.values())
    assert short == told


@pytest.mark.parametrize("page", PAGES)
def test_what_was_fetched_is_what_is_trained_on(page: str) -> None:
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    for words in commands(page, "dvc exp run"):
        given = dict(word.split("=", 1) for word in words if "=" in word)
        for name in given:
            section, _, parameter = name.partition(".")
            assert parameter in params[section], name
        paths = {path for path in given.values() if path.startswith("data/raw/gz2")}
        if paths:
            assert paths | {given["data.images"]} == {f"data/raw/{name}" for name in URLS}


@needs_curl
def test_the_files_come_whole_and_once(
    tmp_path: Path, archive: Archive, contents: dict[str, bytes]
) -> None:
    assert fetch(tmp_path, archive) == [0, 0, 0]
    assert read(tmp_path) == contents
    assert set(fetch(tmp_path, archive)) <= {0, 22}  # 22: there is nothing after its end
    assert read(tmp_path) == contents


@needs_curl
def test_what_broke_off_goes_on(
    tmp_path: Path, archive: Archive, contents: dict[str, bytes]
) -> None:
    archive.cut = 50
    broken = 18  # of curl: the end was missing
    assert fetch(tmp_path, archive) == [broken, broken, broken]
    assert read(tmp_path) == {name: own[:50] for name, own in contents.items()}
    archive.cut, archive.asked = None, []
    assert fetch(tmp_path, archive) == [0, 0, 0]
    assert {wanted for _, wanted in archive.asked} == {"bytes=50-"}
    assert read(tmp_path) == contents


@needs_curl
def test_a_page_of_an_error_is_no_file(tmp_path: Path, archive: Archive) -> None:
    archive.files.clear()
    assert fetch(tmp_path, archive) == [22, 22, 22]
    assert not any(own for own in read(tmp_path).values())


def test_a_file_that_is_cut_short_is_named(tmp_path: Path, contents: dict[str, bytes]) -> None:
    for name, own in contents.items():
        (tmp_path / name).write_bytes(own[:-20])
    zipped, mapping, labels = (tmp_path / name for name in URLS)
    with pytest.raises(UserError, match=f"^{zipped}: .*is cut short or damaged"):
        open_files(zipped)
    images = id_array(["1", "2"])
    with pytest.raises(UserError, match=f"^{labels}: this gzip file is cut short or damaged"):
        read_votes(labels, mapping, "debiased", GZ2, images)
    labels.write_bytes(contents[labels.name])
    with pytest.raises(UserError, match=f"^{mapping}: line 3: "):
        read_votes(labels, mapping, "debiased", GZ2, images)
    mapping.write_bytes(contents[mapping.name])
    assert list(read_votes(labels, mapping, "debiased", GZ2, images).votes.fractions.index) == [
        "1",
        "2",
    ]
