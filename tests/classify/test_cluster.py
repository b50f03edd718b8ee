"""A cluster of Dask on this machine: a scheduler and workers that are processes, and are killed."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import psutil
import pytest

import galaxyzoo
from galaxyzoo import sky
from galaxyzoo.base.errors import UserError
from galaxyzoo.classify import workers
from galaxyzoo.classify.catalogue import Layout
from galaxyzoo.classify.chunks import KILLS
from galaxyzoo.classify.terms import Terms, TermsError
from galaxyzoo.classify.working import job_of
from galaxyzoo.images.opening import open_files
from galaxyzoo.predict.load_options import LoadOptions
from galaxyzoo.predict.predictor import load_model
from galaxyzoo.processes.dask_engine import Cluster, connect
from tests.classify.classify_inputs import make_model
from tests.conftest import ROOT, make_jpeg, make_zip

dask, distributed = pytest.importorskip("dask"), pytest.importorskip("distributed")

DEADLY, IMAGES = "17.jpg", 120


class Farm:
    """The program in farm.py."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "scheduler.json"
        self._log = (folder / "farm.log").open("w")
        self._program = subprocess.Popen(
            [sys.executable, "-m", "tests.classify.farm", str(folder)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )

    def make(self, *words: str) -> None:
        assert self._program.stdin is not None
        for word in words:
            self._program.stdin.write(f"{word}\n")
        self._program.stdin.flush()

    def start(self, workers: int) -> str:
        """A new scheduler and so many workers; gives the scheduler's file."""
        self.file.unlink(missing_ok=True)
        self.make("clear", "scheduler")
        wait_until(self._is_written)
        self.make(*["worker"] * workers)
        wait_until(lambda: len(self.processes()) == 1 + workers)
        return str(self.file)

    def _is_written(self) -> bool:
        """All of it: Dask's JSON ends so, and a part of it is no file of a scheduler."""
        return self.file.exists() and self.file.read_text().rstrip().endswith("}")

    def processes(self) -> list[psutil.Process]:
        """The scheduler, and then the workers."""
        found: list[psutil.Process] = psutil.Process(self._program.pid).children()
        return sorted(found, key=lambda own: float(own.create_time()))

    def close(self) -> None:
        self._program.communicate()  # at the end of its input it ends all
        self._log.close()


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Farm]:
    made = Farm(tmp_path_factory.mktemp("farm"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with images, a model, and the catalogue that one process makes of them."""
    folder = tmp_path_factory.mktemp("work")
    jpegs = {f"{number}.jpg": make_jpeg(number, 100, 100) for number in range(IMAGES)}
    make_zip(folder / "images.zip", jpegs | {"77.jpg": b"?"})
    make_zip(folder / "deadly.zip", jpegs | {DEADLY: jpegs[DEADLY] + b"deadly"})
    make_model(folder / "cnn.safetensors")
    classify(folder, "expected.csv", workers=1)
    return folder


def classify(work: Path, output: str, images: str = "images.zip", **options: object) -> None:
    path = work / output
    galaxyzoo.classify(work / images, path, work / "cnn.safetensors", batch_size=1, **options)  # type: ignore[arg-type]


def lines(work: Path, output: str) -> int:
    """How many chunks are done."""
    partial = work / f"{output}.partial"
    return partial.read_bytes().count(b"\n") if partial.exists() else 0


@contextmanager
def meanwhile(when: Callable[[], bool], then: Callable[[], object]) -> Iterator[None]:
    """Do something in the midst of the work."""

    def act() -> None:
        wait_until(when)
        then()

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(act)
        yield
        done.result()


def same(work: Path, output: str) -> bool:
    kinds = ("", ".rejected.csv")
    expected, found = (
        [(work / f"{name}{kind}").read_bytes() for kind in kinds]
        for name in ("expected.csv", output)
    )
    return expected == found


def test_the_same_bytes_and_everything_listens_on_loopback_only(farm: Farm, work: Path) -> None:
    cluster = farm.start(2)
    classify(work, "cluster.csv", cluster=cluster)
    assert same(work, "cluster.csv")
    addresses = [
        connection.laddr.ip
        for process in [psutil.Process(), *farm.processes()]
        for connection in process.net_connections()
        if connection.status == psutil.CONN_LISTEN
    ]
    assert len(addresses) >= 3
    assert set(addresses) == {"127.0.0.1"}


def test_a_worker_is_not_taken_for_the_scheduler(farm: Farm) -> None:
    with distributed.Client(scheduler_file=farm.start(1), set_as_default=False) as client:
        client.wait_for_workers(1)
        (worker,) = client.scheduler_info()["workers"]
    with pytest.raises(UserError, match=r"at tcp://.*: what listens there is a Worker of Dask's"):
        connect(worker)


def test_a_worker_is_killed(farm: Farm, work: Path) -> None:
    cluster = farm.start(2)
    with meanwhile(lambda: lines(work, "killed.csv") > 3, farm.processes()[1].kill):
        classify(work, "killed.csv", cluster=cluster)
    assert same(work, "killed.csv")


def test_a_worker_joins_late(farm: Farm, work: Path, caplog: pytest.LogCaptureFixture) -> None:
    cluster = farm.start(0)
    told = lambda: "no workers yet: waiting" in caplog.text  # noqa: E731
    with meanwhile(told, lambda: farm.make("worker")):
        classify(work, "late.csv", cluster=cluster)
    assert same(work, "late.csv")


def test_an_image_that_kills_its_worker_is_rejected_and_no_other(farm: Farm, work: Path) -> None:
    classify(work, "deadly.csv", "deadly.zip", cluster=farm.start(2))
    expected = (work / "expected.csv").read_text().splitlines()
    found = (work / "deadly.csv").read_text().splitlines()
    only_here = [line.partition(",")[0] for line in set(found) - set(expected)]
    assert only_here == ["77"]
    assert [line for line in expected if line.startswith("17,")] == list(set(expected) - set(found))
    rejected = (work / "deadly.csv.rejected.csv").read_text()
    assert rejected == f'file,reason\n{DEADLY},"{KILLS}"\n'


def test_the_scheduler_goes_and_the_same_call_resumes(
    farm: Farm, work: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cluster = farm.start(2)
    gone = meanwhile(lambda: lines(work, "gone.csv") > 3, farm.processes()[0].kill)
    with gone, pytest.raises(UserError, match="the scheduler of the cluster is gone; the same"):
        classify(work, "gone.csv", cluster=cluster)
    classify(work, "gone.csv", cluster=farm.start(1))
    assert "resuming after" in caplog.text
    assert same(work, "gone.csv")


def test_the_driver_is_killed_and_another_executor_resumes(
    farm: Farm, work: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cluster = farm.start(2)
    given = {"target": classify, "args": (work, "driver.csv"), "kwargs": {"cluster": cluster}}
    driver = get_context("fork").Process(**given)  # type: ignore[arg-type]
    driver.start()
    wait_until(lambda: lines(work, "driver.csv") > 3)
    driver.kill()
    driver.join()
    with distributed.Client(scheduler_file=cluster, set_as_default=False) as client:
        executor = client.get_executor()
        classify(work, "driver.csv", executor=executor)
        assert executor.submit(abs, -1).result() == 1
    assert "resuming after" in caplog.text
    assert same(work, "driver.csv")


def test_where_nobody_answers_or_dask_is_missing(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UserError, match=r"cluster: must be an address, .*, got 'gone.json'"):
        connect("gone.json")
    with dask.config.set({"distributed.comm.timeouts.connect": "0.2s"}):
        with pytest.raises(UserError, match="no scheduler of Dask answers at tcp://127"):
            connect("tcp://127.0.0.1:9")
        with socket.create_server(("127.0.0.1", 0)) as silent:
            address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
            with pytest.raises(UserError, match=f"{address}: what listens there isn't one$"):
                connect(address)
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UserError, match=r"pip install 'galaxyzoo\[cluster\]'$"):
        classify(work, "none.csv", cluster="tcp://127.0.0.1:9")
    with pytest.raises(UserError, match="only one of these can be given"):
        classify(work, "none.csv", cluster="tcp://127.0.0.1:9", workers=2)


@pytest.mark.parametrize(
    ("cluster", "message"),
    [
        ("http://127.0.0.1:8787", "must be the address of a scheduler, as tcp://.*, got 'http://"),
        ("tls://127.0.0.1:8786", "no scheduler .*8786: TLS needs certificates, and Dask's config"),
        ("tcp://127.0.0.1", "no scheduler of Dask answers at tcp://127.0.0.1: missing port"),
    ],
)
def test_an_address_that_is_none_is_refused_at_once(cluster: str, message: str) -> None:
    with pytest.raises(UserError, match=f"^cluster: {message}"):
        connect(cluster)


@pytest.mark.parametrize("content", ['{"address": "tcp://127', "[1]", '{"address": 5}', "\xff"])
def test_a_scheduler_file_that_is_none(tmp_path: Path, content: str) -> None:
    file = tmp_path / "scheduler.json"
    file.write_text(content, "latin-1")
    with pytest.raises(UserError, match=f"^cluster: {file}: isn't what a scheduler of Dask writes"):
        connect(str(file))


def test_a_bug_of_ours_is_not_told_as_other_versions() -> None:
    engine = Cluster(None, ThreadPoolExecutor(1), own=False)
    assert not engine.ended_a_process(AttributeError("'Chunk' object has no attribute 'parts'"))
    with pytest.raises(UserError, match="same versions"):
        engine.ended_a_process(AttributeError("Can't get attribute 'Chunk' on <module 'm'>"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"versions": (("torch", "1.0"),)}, "has torch 2.*, and the run was started with 1.0"),
        ({"versions": (("pillow", "1.0"),)}, "has pillow .*, and the run was started with 1.0"),
        ({"code": "0" * 64}, "has other code of galaxyzoo than where the run was started"),
        ({"model": "0" * 64}, "cnn.safetensors: is another model file here than where"),
        ({"device": "cuda"}, "this machine has no cuda"),
    ],
)
def test_a_worker_that_would_compute_otherwise_is_refused(
    work: Path, change: dict[str, Any], message: str
) -> None:
    own = Terms.of(load_model(work / "cnn.safetensors"))
    own.check(work / "cnn.safetensors")
    with pytest.raises(TermsError, match=f"the worker on {os.uname().nodename}: .*{message}"):
        replace(own, **change).check(work / "cnn.safetensors")


def test_the_model_of_the_sky_is_found_wherever_the_package_is(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    predictor = load_model()
    job = job_of(None, predictor, Layout(predictor.tree, described=False), LoadOptions())
    assert job.model is None
    job.terms.check(None)
    monkeypatch.setattr(sky, "path", lambda: work / "cnn.safetensors")
    with pytest.raises(TermsError, match=r"cnn\.safetensors: is another model file here"):
        job.terms.check(None)


def test_a_worker_that_does_not_see_the_images_is_refused(work: Path) -> None:
    files = open_files(work / "images.zip")
    with pytest.raises(TermsError, match=r"the worker on far: can't read 1\.jpg of .*zip"):
        workers._check_unread(files, "1.jpg", "far")
