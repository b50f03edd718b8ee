"""The processes of a training are started, and end together."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import psutil
import pytest
import yaml

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.places import STORE
from galaxyzoo.dataset.galaxies import DataFiles
from galaxyzoo.networks.cnn import NETWORK
from galaxyzoo.training import together
from galaxyzoo.training.launch import PROCESSES, KilledError, launch, processes_to_start
from galaxyzoo.tree import GZ2
from tests.conftest import ROOT
from tests.training.test_checkpoints import make_data
from tests.training.test_training import options
from tests.warm import run_warm

Ranked = Callable[[str], list[str]]


@pytest.fixture
def ranked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ranked:
    """Gives a command that runs some code, which knows its `rank`, and the time to `sleep`."""
    monkeypatch.chdir(tmp_path)
    head = "import json, os, signal, sys; from time import sleep; rank = int(os.environ['RANK'])"
    return lambda code: [sys.executable, "-S", "-c", f"{head}\n{code}"]


def test_each_process_gets_its_place(ranked: Ranked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    launch(ranked("json.dump(dict(os.environ), open(str(rank), 'w'))"), 2, threads=3)
    first, second = (json.loads(Path(name).read_text()) for name in "01")
    for rank, own in enumerate((first, second)):
        assert (own["RANK"], own["LOCAL_RANK"]) == (str(rank), str(rank))
        assert (own["WORLD_SIZE"], own["LOCAL_WORLD_SIZE"]) == ("2", "2")
        assert own["OMP_NUM_THREADS"] == "3"
    assert first[STORE] == second[STORE]
    assert not Path(first[STORE]).parent.exists()


def test_one_fails_and_all_end_with_its_code(ranked: Ranked) -> None:
    before = set(psutil.Process().children())  # which other tests started
    with pytest.raises(SystemExit) as ended:
        launch(ranked("sys.exit(3) if rank else sleep(1000)"), 3, threads=1)
    assert ended.value.code == 3
    assert set(psutil.Process().children()) <= before


def test_one_is_killed_and_all_end(ranked: Ranked) -> None:
    before = set(psutil.Process().children())
    stubborn = "signal.signal(signal.SIGTERM, signal.SIG_IGN); sleep(1000)"
    code = f"if rank: os.kill(os.getpid(), 9)\n{stubborn}"
    said = r"process 1 of 2 of this training was killed \(SIGKILL\), perhaps because memory"
    with pytest.raises(KilledError, match=said):
        launch(ranked(code), 2, threads=1)
    assert set(psutil.Process().children()) <= before


@pytest.mark.parametrize("said", ["0", "two", "-1", "1.5", "", "99999"])
def test_a_number_of_processes_that_is_none(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv(PROCESSES, said)
    with pytest.raises(UserError, match=rf"{PROCESSES} is {said!r}; it has to be a whole number"):
        processes_to_start()


def test_who_was_started_starts_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PROCESSES, "2")
    assert processes_to_start() == 2
    monkeypatch.setenv("RANK", "0")
    monkeypatch.setenv("WORLD_SIZE", "2")
    assert processes_to_start() == 1


def test_a_stage_that_is_to_train_in_two_processes_starts_itself_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: list[object] = []
    monkeypatch.setenv(PROCESSES, "2")
    monkeypatch.setattr(sys, "orig_argv", ["python", "-m", "stages.train_cnn"])
    monkeypatch.setattr(together, "launch", lambda *own: given.extend(own[:2]))
    together.train_together(NETWORK, DataFiles(GZ2), options())
    assert given == [[sys.executable, "-m", "stages.train_cnn"], 2]


def test_a_stage_that_torchrun_starts_twice_writes_and_logs_once(tmp_path: Path) -> None:
    make_data(tmp_path)
    (tmp_path / ".dvc" / "tmp").mkdir(parents=True)  # where the stage's lock is
    section = options(epochs=2).model_dump()
    (tmp_path / "params.yaml").write_text(yaml.safe_dump({"train_cnn": section}))
    variables = {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    program = ("torch.distributed.run", "--standalone", "--nproc-per-node", "2")
    done = run_warm(tmp_path, *program, "-m", "stages.train_cnn", variables=variables)
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.partition(":")[0] for line in done.stdout.splitlines()] == [
        "shuffled by rows",
        "epoch 0",
        "epoch 1",
        "epoch 2",
    ]
    history = pd.read_csv(tmp_path / "plots/history/cnn.csv")
    assert set(history["processes"]) == {2}
    assert (tmp_path / "models/trained/cnn.safetensors").is_file()
    assert not (tmp_path / "checkpoints").exists()
