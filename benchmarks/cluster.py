"""What a cluster of Dask costs `galaxyzoo classify`, beside its own processes on the same cores.

usage: python -m benchmarks.cluster IMAGES MODEL [--views N] [--many N] [--rounds N]

IMAGES is a zip or a folder of <GalaxyID>.jpg, which are repeated to the number that is measured. A
scheduler and a worker for each core are started on loopback. The whole command takes turns with
processes and with this cluster, for few images and for many: few is the start, the difference the
rate. Then chunks without work, whose results are as large as real ones, go through driver and
scheduler: each is a process that does one thing at a time, so that the processor time which it
takes for a chunk says how many chunks a second it carries, whoever else uses the cores. Last, the
memory that the driver takes for a name, of two lists of names.
"""

import argparse
import itertools
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import psutil

from benchmarks.classify import make_zip
from galaxyzoo.classify.catalogue import Layout
from galaxyzoo.classify.chunks import Chunk, Job, chunks_of
from galaxyzoo.classify.partial import ClassifiedBatch
from galaxyzoo.classify.terms import Terms, resolved
from galaxyzoo.images.by_id import open_images
from galaxyzoo.images.opening import open_files
from galaxyzoo.images.sources import survey
from galaxyzoo.predict.load_options import AS_THE_FILE_SAYS, BATCH_SIZE
from galaxyzoo.predict.predictor import load_model
from galaxyzoo.predict.rows import label
from galaxyzoo.processes.cores import usable_cores
from galaxyzoo.processes.dask_engine import connect
from galaxyzoo.processes.surviving import in_order

CORES = usable_cores()
CHUNK = 4 * BATCH_SIZE
FEW = 2 * CORES * CHUNK
EMPTY = 400
NAMES = 1_000_000
ROW = "1000000," + ",".join(["0.123456789"] * 37) + "\n"


@contextmanager
def cluster(folder: Path) -> Iterator[tuple[Path, psutil.Process, list[psutil.Process]]]:
    """The scheduler's file, the scheduler, and its workers."""
    file, nowhere = folder / "scheduler.json", ("--dashboard-address", "127.0.0.1:0")
    begin = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    given = [*begin, "--host", "127.0.0.1", "--port", "0", *nowhere, "--scheduler-file", str(file)]
    with (folder / "log").open("w") as log, subprocess.Popen(given, stderr=log) as scheduler:
        begin = [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(file)]
        many = ["--nworkers", str(CORES), "--nthreads", "1", "--host", "127.0.0.1"]
        given = [*begin, *many, *nowhere, "--local-directory", str(folder)]
        with subprocess.Popen(given, stderr=log) as nanny:
            try:
                workers: list[psutil.Process] = []
                while len(workers) < CORES:
                    time.sleep(0.5)
                    children = psutil.Process(nanny.pid).children()
                    workers = [own for own in children if "spawn_main" in " ".join(own.cmdline())]
                yield file, psutil.Process(scheduler.pid), workers
            finally:
                nanny.terminate()
                nanny.wait()
                scheduler.terminate()


def command(images: Path, model: Path, views: int, *options: str) -> tuple[float, float]:
    """Seconds of the whole command, and the most memory of its main process in MB."""
    output = images.with_suffix(".csv")
    given = [str(images), "--model", str(model), "--output", str(output), "--views", str(views)]
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "galaxyzoo", "classify", *given, "--device", "cpu", *options],
        stdout=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return time.perf_counter() - start, used.ru_maxrss / 1024


def nothing(chunk: Chunk) -> ClassifiedBatch:
    return ClassifiedBatch(len(chunk), ROW * len(chunk), [], [])


def carried(file: Path, scheduler: psutil.Process, images: Path, model: Path) -> None:
    """Print how many chunks a second driver and scheduler carry."""
    predictor, files = load_model(model), open_files(images)
    options, layout = resolved(predictor, AS_THE_FILE_SAYS), Layout(predictor.tree, described=False)
    job = Job(layout, predictor.crop, model.absolute(), options, Terms.of(predictor))
    one = next(chunks_of(job, files, label(files, survey(files)), CHUNK))
    used = {}
    for number in (EMPTY // 4, EMPTY):
        before = (sum(scheduler.cpu_times()[:2]), time.process_time(), time.perf_counter())
        done = sum(1 for _ in in_order(connect(str(file)), nothing, itertools.repeat(one, number)))
        assert done == number
        after = (sum(scheduler.cpu_times()[:2]), time.process_time(), time.perf_counter())
        used[number] = [late - early for late, early in zip(after, before, strict=True)]
    count = EMPTY - EMPTY // 4
    each = [(most - few) / count for few, most in zip(*used.values(), strict=True)]
    print(
        f"chunks/s without work: scheduler {1 / each[0]:.0f}, driver {1 / each[1]:.0f} (by "
        f"processor time); all on these {CORES} cores {1 / each[2]:.0f} (by the clock)",
        flush=True,
    )


def bytes_of_a_name(folder: Path) -> float:
    """By which the most memory grows, that it takes to open a list and to order its rows."""
    code = (
        "import sys; from pathlib import Path; from benchmarks.cluster import open_and_order; "
        "open_and_order(Path(sys.argv[1]))"
    )
    most = []
    for number in (NAMES, 2 * NAMES):
        path = folder / f"{number}.txt"
        path.write_text("".join(f"images/{10**6 + one}.jpg\n" for one in range(number)))
        done = subprocess.run([sys.executable, "-c", code, str(path)], stdout=-1, check=True)
        most.append(int(done.stdout))
    return (most[1] - most[0]) / NAMES


def open_and_order(path: Path) -> None:
    files = open_files(path)
    label(files, survey(files))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("images", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("--views", type=int, default=1)
    parser.add_argument("--many", type=int, default=8_192)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    source = open_images(given.images)
    jpegs = [source.read(one) for one in itertools.islice(source.names, 2_000)]
    seconds: dict[tuple[str, int], list[float]] = {}
    driver: dict[str, float] = {}
    with TemporaryDirectory() as name, cluster(Path(name)) as (file, scheduler, workers):
        folder = Path(name)
        for number in (FEW, FEW + given.many):
            make_zip(folder / f"{number}.zip", itertools.cycle(jpegs), number)
        engines = {"processes": ["--workers", str(CORES)], "cluster": ["--cluster", str(file)]}
        sizes = (FEW, FEW + given.many)
        command(folder / f"{FEW}.zip", given.model, given.views, *engines["cluster"])
        for _, engine, number in itertools.product(range(given.rounds), engines, sizes):
            images = folder / f"{number}.zip"
            took, memory = command(images, given.model, given.views, *engines[engine])
            seconds.setdefault((engine, number), []).append(took)
            driver[engine] = memory
        rates = {}
        for engine in engines:
            few, most = (median(seconds[engine, number]) for number in sizes)
            rates[engine] = given.many / (most - few)
            print(
                f"{engine}: {rates[engine]:.0f} images/s; {FEW} images with the start {few:.1f} s; "
                f"main process {driver[engine]:.0f} MB",
                flush=True,
            )
        sizes_of = [own.memory_info().rss / 2**20 for own in workers]
        print(f"cluster / processes: {rates['cluster'] / rates['processes']:.3f} of the rate")
        scheduling = scheduler.memory_info().rss / 2**20
        print(f"scheduler {scheduling:.0f} MB, workers {max(sizes_of):.0f} MB each")
        carried(file, scheduler, folder / f"{FEW}.zip", given.model)
        print(f"driver: {bytes_of_a_name(folder):.0f} bytes for a name")


if __name__ == "__main__":
    main()
