"""Images and catalogues on a real S3 server, with what can go wrong there."""

import logging
import os
import pickle
import platform
import tracemalloc
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

import galaxyzoo
from galaxyzoo.base.errors import UserError
from galaxyzoo.classify import run
from galaxyzoo.classify.run import Options, Outcome, classify
from galaxyzoo.images.sources import Files, ImagesError
from galaxyzoo.predict.load_options import LoadOptions
from galaxyzoo.predict.rows import label
from galaxyzoo.remote import ahead, listing, requests
from galaxyzoo.remote.connection import disconnect
from galaxyzoo.remote.opening import open_anywhere
from galaxyzoo.remote.requests import Version
from galaxyzoo.remote.troubles import RemoteError
from galaxyzoo.remote.versions import Versions
from tests.classify.classify_inputs import make_model
from tests.conftest import make_jpeg, make_zip
from tests.remote.conftest import Store
from tests.remote.object_server import BUCKET, SENDER, WRITER

IMAGES = {f"set/{number}.jpg": make_jpeg(number, 128, 128) for number in range(95, 107)}
CHUNK = 4  # images, with the options below
SMALL = LoadOptions(batch_size=1)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("models") / "cnn.safetensors")


@pytest.fixture
def zipped(tmp_path: Path) -> Path:
    return make_zip(tmp_path / "images.zip", IMAGES | {"set/bad.jpg": b"no image"})


@pytest.fixture
def options(tmp_path: Path) -> Options:
    return Options(SMALL, workers=1, work=tmp_path / "work")


@pytest.fixture
def expected(zipped: Path, model: Path, tmp_path: Path, options: Options) -> bytes:
    classify(zipped, model, tmp_path / "here.csv", options)
    return (tmp_path / "here.csv").read_bytes()


def message(url: str) -> str:
    with pytest.raises(RemoteError) as refused:
        open_anywhere(url)
    told = str(refused.value)
    assert told.startswith(f"{url}: ")
    assert "\n" not in told
    return told.removeprefix(f"{url}: ")


def test_from_zip_and_prefix_to_object_as_from_disk_to_disk(  # noqa: PLR0917
    store: Store,
    zipped: Path,
    model: Path,
    options: Options,
    expected: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With a request for each chunk of a zip, and none of what was made here left behind."""
    images = store.put("z/images.zip", zipped.read_bytes())
    store.gets()
    store.put("c/old.csv.warnings.csv", b"of an earlier run")
    assert classify(images, model, store.url("c/old.csv"), options) == Outcome(12, 1)
    assert len(store.gets()) == 1 + -(-13 // CHUNK)  # the directory, and the chunks
    assert store.get_text("c/old.csv") == expected
    assert store.get_text("c/old.csv.rejected.csv").startswith(b"file,reason\nset/bad.jpg,")
    assert list(options.work.iterdir()) == []
    for name, content in IMAGES.items():
        store.put(f"p/{name}", content)
    store.put("p/set/readme.txt", b"left out")
    monkeypatch.setattr(listing, "PAGE", 5)
    parallel = Options(SMALL, workers=2, work=options.work)
    assert classify(store.url("p"), model, store.url("c/new.csv"), parallel) == Outcome(12, 0)
    assert store.get_text("c/new.csv") == expected
    assert {key for key in store.found() if key.startswith("c/")} == {
        "c/old.csv",
        "c/old.csv.rejected.csv",
        "c/new.csv",
    }


def test_from_python_as_by_the_command(
    store: Store, zipped: Path, model: Path, options: Options, expected: bytes
) -> None:
    images, catalogue = store.put("images.zip", zipped.read_bytes()), store.url("python.csv")
    outcome = galaxyzoo.classify(
        images, catalogue, model, workers=1, batch_size=1, work=options.work
    )
    assert outcome == Outcome(12, 1)
    assert store.get_text("python.csv") == expected


def test_many_objects_take_little_memory_beside_their_names() -> None:
    names = [f"{number:07}.jpg" for number in range(5_000)]
    found = ((name, Version(number, f'"{number:032x}"')) for number, name in enumerate(names))
    tracemalloc.start()
    versions = Versions.of(found)
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken < 80 * len(names)
    assert versions[names[7]] == Version(7, f'"{7:032x}"')
    with pytest.raises(KeyError):
        versions["7.jpg"]


def test_objects_are_in_the_order_of_their_names_however_they_are_listed() -> None:
    found = [("b", Version(2, "two")), ("c", Version(3, "")), ("a", Version(1, "one"))]
    assert list(Versions.of(found)) == sorted(found)


def test_a_part_is_small_and_reads_in_few_requests(
    store: Store, zipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = open_anywhere(store.put("images.zip", zipped.read_bytes()))
    part = pickle.loads(pickle.dumps(files.part(files.names)))  # noqa: S301  of ours
    store.gets()
    assert {name: part.read(name) for name in IMAGES} == IMAGES
    assert len(store.gets()) == 1
    few = files.part([files.names[0], files.names[-2]])
    monkeypatch.setattr(ahead, "GAP", 100)  # bytes, of 30,000 that lie between
    assert few.read(files.names[0]) == IMAGES[files.names[0]]
    assert few.read(files.names[-2]) == IMAGES[files.names[-2]]
    assert len(store.gets()) == 2
    monkeypatch.setattr(ahead, "AT_ONCE", 10_000)  # bytes, of 40,000
    part = files.part(files.names)
    assert {name: part.read(name) for name in IMAGES} == IMAGES
    assert 4 <= len(store.gets()) <= len(IMAGES)


def test_an_answer_that_breaks_off_is_asked_for_again(store: Store, zipped: Path) -> None:
    url = store.put("images.zip", zipped.read_bytes())
    files = open_anywhere(url)
    store.proxy.break_next("GET /sky/images.zip", requests.TIMES - 1)
    assert files.read("set/95.jpg") == IMAGES["set/95.jpg"]
    store.proxy.break_next("GET /sky/images.zip", 2 * requests.TIMES)
    with pytest.raises(RemoteError, match=rf"^{url}: asked 6 times in vain: .*"):
        files.read("set/95.jpg")


@pytest.mark.parametrize("kind", ["zip", "prefix"])
def test_an_object_that_changes_stops_the_run_and_the_next_begins_anew(  # noqa: PLR0917
    store: Store,
    zipped: Path,
    model: Path,
    tmp_path: Path,
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """From any worker; also where the size stays."""
    changing = "changing.zip" if kind == "zip" else "changing/97.jpg"
    old = zipped.read_bytes() if kind == "zip" else IMAGES["set/97.jpg"]
    store.put("changing/98.jpg", IMAGES["set/98.jpg"])
    images = store.url("changing.zip" if kind == "zip" else "changing")
    store.put(changing, old)

    def change_then_label(files: Files, *given: object) -> object:
        store.put(changing, old[:-1] + b"\n")
        return label(files, *given)  # type: ignore[arg-type]

    with monkeypatch.context() as between:
        between.setattr(run, "label", change_then_label)
        with pytest.raises(RemoteError, match=rf"^{images}: .*was changed while it was read; "):
            classify(images, model, tmp_path / "c.csv", Options(SMALL, workers=2))
    before = open_anywhere(images)
    first = before.fingerprint(before.names[0])
    store.put("changing/97.jpg", b"other")
    store.put("changing.zip", make_zip(tmp_path / "new.zip", {"set/95.jpg": b"1"}).read_bytes())
    after = open_anywhere(images)
    assert after.fingerprint(after.names[0]) != first


def test_what_is_not_there_or_not_for_us_is_said_in_a_line(store: Store) -> None:
    url = store.put("there.zip", b"no zip")
    assert "no such object" in message(store.url("none.zip"))
    assert "no such object" in message("s3://no-such-bucket/images.zip")
    with pytest.raises(ImagesError, match=rf"^{url}: expected a zip of images, but it is none"):
        open_anywhere(url)
    with pytest.raises(ImagesError, match=r"is no zip and no image by its name"):
        open_anywhere(store.put("there.txt", b"text"))
    store.be_a_stranger()
    assert "no access" in message(url)
    store.environment.delenv("AWS_ACCESS_KEY_ID")
    disconnect()
    assert "needs credentials" in message(url)
    store.be(WRITER)
    store.proxy.close()
    store.environment.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{store.proxy.port}")
    disconnect()
    assert "asked 6 times in vain" in message(url)


def test_an_output_that_may_not_be_written_is_refused_before_the_work(
    store: Store, zipped: Path, model: Path, options: Options
) -> None:
    store.be_a_stranger()
    url = store.url("catalogue.csv")
    with pytest.raises(RemoteError, match=rf"^{url}\.check: no access"):
        classify(zipped, model, url, options)
    assert not options.work.exists()


def test_who_may_write_and_not_read_sends_a_catalogue(
    store: Store, zipped: Path, model: Path, options: Options, expected: bytes
) -> None:
    store.be(SENDER)
    classify(zipped, model, store.url("sent/catalogue.csv"), options)
    store.be(WRITER)
    assert store.get_text("sent/catalogue.csv") == expected
    assert {key for key in store.found() if key.startswith("sent/")} == {
        "sent/catalogue.csv",
        "sent/catalogue.csv.rejected.csv",
    }


def test_a_worker_without_credentials_is_named(
    store: Store, zipped: Path, model: Path, tmp_path: Path
) -> None:
    images = store.put("images.zip", zipped.read_bytes())
    with ProcessPoolExecutor(1, get_context("fork"), lose_credentials) as far:
        options = Options(SMALL, executor=far)
        named = rf"^the worker on {platform.node()}: {images}: needs credentials"
        with pytest.raises(UserError, match=named):
            classify(images, model, tmp_path / "c.csv", options)


def lose_credentials() -> None:
    del os.environ["AWS_ACCESS_KEY_ID"]


def test_what_could_not_be_sent_is_sent_by_the_same_command(  # noqa: PLR0917
    store: Store,
    zipped: Path,
    model: Path,
    options: Options,
    expected: bytes,
    caplog: pytest.LogCaptureFixture,
) -> None:
    url = store.url("late.csv")
    store.proxy.break_next("PUT /sky/late.csv", 2 * requests.TIMES)
    with pytest.raises(RemoteError, match=rf"^{url}: asked 6 times in vain"):
        classify(zipped, model, url, options)
    store.proxy.break_next("", 0)
    with caplog.at_level(logging.WARNING):
        classify(zipped, model, url, options)
    assert "resuming after 13 files" in caplog.text
    assert store.get_text("late.csv") == expected
    assert list(options.work.iterdir()) == []


def test_no_secret_is_shown_or_kept(
    store: Store, model: Path, zipped: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    images = store.put("images.zip", zipped.read_bytes())
    disconnect()
    with caplog.at_level(logging.INFO), caplog.at_level(logging.DEBUG, "galaxyzoo"):
        classify(images, model, tmp_path / "c.parquet", Options(SMALL, workers=1))
    assert "Found" not in caplog.text  # credentials and endpoint, says botocore
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for secret in WRITER:
        assert secret not in caplog.text
        assert secret.encode() not in kept
    assert BUCKET.encode() not in (tmp_path / "c.parquet").read_bytes()
