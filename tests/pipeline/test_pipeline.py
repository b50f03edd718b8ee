"""The pipeline as a user runs it: real DVC, in a git repository of its own, on a tiny sample."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from safetensors import safe_open

from galaxyzoo.base import paths
from galaxyzoo.base.files import file_digest
from galaxyzoo.scoring.rmse import rmse
from galaxyzoo.tree import ID_COLUMN
from tests.conftest import ROOT
from tests.pipeline.project import ALL_STAGES, Project, stages_run
from tests.reruns import to_paste


def outputs() -> Iterator[str]:
    for stage in yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"].values():
        for output in stage["outs"]:
            yield output if isinstance(output, str) else next(iter(output))


def add_encoder(project: Project) -> None:
    """What docs/full_data.md says, with a small model."""
    for name, (pasted, place) in zip(("dvc.yaml", "params.yaml"), to_paste(), strict=True):
        path = project.folder / name
        text = path.read_text()
        assert text.count(place) == 1
        path.write_text(text.replace(place, pasted + place))
    project.set_param("train_encoder", "model", "shufflenet_v2_x0_5")
    project.set_param("train_encoder", "epochs", 1)


def start_from_itself(project: Project) -> str:
    """ResNet is to learn on; the SHA-256 of what it starts from."""
    start = project.folder / "models" / "start.safetensors"
    shutil.copy(project.folder / "models/exported/resnet.safetensors", start)
    project.set_param("train_resnet", "pretrained", "models/start.safetensors")
    return file_digest(start)


class TestPipeline:
    def test_everything_is_written_and_git_sees_what_it_should(self, project: Project) -> None:
        assert [path for path in outputs() if not (project.folder / path).exists()] == []
        committed = set(project.run("git", "ls-files").split()) - {"galaxyzoo/sky/sky.safetensors"}
        assert "metrics/tuned.json" in committed
        assert "plots/figures/rmse.png" in committed
        assert not any(
            path.endswith((".npy", ".zip", ".safetensors", ".jpg")) for path in committed
        )
        ignore_files = {path for path in committed if path.endswith(".gitignore")}
        assert ignore_files == {".gitignore", ".dvc/.gitignore"}, (
            "DVC added ignore rules that we should commit"
        )

    def test_each_network_is_exported_with_its_own_views(self, project: Project) -> None:
        exported = project.folder / "models" / "exported"
        told = {path.stem: read_metadata(path) for path in exported.iterdir()}
        views = {name: own["predict"]["views"] for name, own in told.items()}
        assert views == {"cnn": 1, "resnet": 1, "tuned": 8}

    def test_the_baselines_know_the_training_split_alone(self, project: Project) -> None:
        labels = pd.read_csv(project.folder / paths.SAMPLE_LABELS, index_col=ID_COLUMN)
        subset = pd.read_csv(project.folder / paths.SPLIT, index_col=ID_COLUMN)["subset"]
        train, test = labels[subset == "train"], labels[subset == "test"]
        expected = rmse(train.mean().to_numpy(), test.to_numpy())
        scored = json.loads((project.folder / "metrics" / "mean_vote.json").read_text())
        assert scored["rmse"] == pytest.approx(expected, abs=2e-6)

    def test_nothing_to_do_also_with_files_that_desktops_leave(self, project: Project) -> None:
        for name in (".DS_Store", "Thumbs.db"):
            (project.folder / "galaxyzoo" / "training" / name).touch()
        assert "Data and pipelines are up to date." in project.run("dvc", "repro")
        project.run("dvc", "repro", "--dry", "--allow-missing")
        for name in (".DS_Store", "Thumbs.db"):
            (project.folder / "galaxyzoo" / "training" / name).unlink()

    def test_metrics_fit_a_terminal_with_the_rmse_first(self, project: Project) -> None:
        shown = project.run("dvc", "metrics", "show").splitlines()
        assert max(map(len, shown)) <= 80
        assert shown[0].split()[:2] == ["Path", "rmse"]
        models = ("central_pixel", "cnn", "mean_vote", "resnet", "tuned")
        assert [line.split()[0] for line in shown[1:]] == [f"metrics/{m}.json" for m in models]

    def test_fine_tuning_and_a_fourth_network_rerun_what_depends_on_them(
        self, project: Project
    ) -> None:
        """On a branch, which is then compared with main, as the README shows."""
        project.run("git", "switch", "--quiet", "--create", "changed")
        project.set_param("train_resnet", "learning_rate", 0.002)
        start = start_from_itself(project)
        add_encoder(project)
        trained = ["train_encoder", "train_resnet"]
        ran = project.repro()
        assert sorted(ran[:2]) == trained
        assert ran[2:] == ["export", "evaluate", "figures", "report"]
        check_encoder(project)
        told = read_metadata(project.folder / "models/exported/resnet.safetensors")
        assert told["pretrained"] == start
        project.commit("changed")
        check_comparison_with_main(project)
        project.run("git", "switch", "--quiet", "main")
        for left in ("models/trained", "models/exported"):
            (project.folder / left / "encoder.safetensors").unlink()
        (project.folder / "models" / "start.safetensors").unlink()
        project.run("dvc", "checkout", "--quiet", "--force")

    def test_classify_predicts_as_evaluate_does(self, project: Project) -> None:
        """The images of the test split, as they came, with nothing but the model file."""
        precision = ("--precision", "float32")  # as in evaluate
        for name in ("cnn", "tuned"):
            model = f"models/exported/{name}.safetensors"
            options = ("--model", model, "--output", "catalogue.csv", *precision)
            images = "data/sample/images_training_rev1.zip"
            project.run("python", "-m", "galaxyzoo", "classify", images, *options)
            ours = pd.read_csv(project.folder / "catalogue.csv", index_col=0)
            evaluated = pd.read_csv(project.folder / f"data/predictions/{name}.csv", index_col=0)
            same = ours.loc[evaluated.index, evaluated.columns]
            rounded = same.round(6)  # as evaluate writes them
            assert (rounded - evaluated).abs().to_numpy().max() < 1.5e-6
        (project.folder / "catalogue.csv").unlink()

    def test_back_on_main_nothing_has_to_run(self, project: Project) -> None:
        assert project.repro() == []

    def test_an_experiment_with_predictions_and_jpegs_trains_nothing_anew(
        self, project: Project
    ) -> None:
        """Without JPEGs their folder is empty, and the array for training the same."""
        changes = ("-S", "crop_resize.save_jpegs=false", "-S", "predict.tuned_views=4")
        output = project.run("dvc", "exp", "run", "--temp", *changes, "-n", "other", "export")
        assert stages_run(output) == ["crop_resize", "export"]
        assert "other" in project.run("dvc", "exp", "show", "--csv")
        assert project.run("git", "status", "--porcelain") == ""


def check_encoder(project: Project) -> None:
    """It is found in metrics, plots, report and among the model files."""
    assert "metrics/encoder.json" in project.run("dvc", "metrics", "show")
    curves = pd.read_csv(project.folder / "plots/losses.csv")
    assert set(curves["network"]) == {"CNN", "ResNet-18", "Tuned ResNet", "Encoder"}
    answers = pd.read_csv(project.folder / "data/scores/answers.csv")
    assert "encoder" in set(answers["model"])
    report = (project.folder / "report/index.html").read_text()
    assert "the model shufflenet_v2_x0_5 of torchvision" in report
    assert "Encoder, layer by layer" in report
    told = read_metadata(project.folder / "models/exported/encoder.safetensors")
    assert told["architecture"] == "shufflenet_v2_x0_5"
    assert told["predict"]["views"] == 8, "as its own module says"


def check_comparison_with_main(project: Project) -> None:
    params = project.json("params", "diff", "main")
    rate = params["params.yaml"]["train_resnet.learning_rate"]
    assert (rate["old"], rate["new"]) == (0.0005, 0.002)
    metrics = project.json("metrics", "diff", "main")
    assert set(metrics) == {"metrics/resnet.json", "metrics/encoder.json"}
    assert "rmse" in metrics["metrics/resnet.json"]
    table = project.run("dvc", "metrics", "diff", "main")
    assert max(map(len, table.splitlines())) <= 80
    project.run("dvc", "plots", "diff", "main")
    page = (project.folder / "dvc_plots" / "index.html").read_text()
    for shown in ("Loss by epoch", "RMSE by answer", "rmse.png", '"main"', '"workspace"'):
        assert shown in page


def read_metadata(model: Path) -> dict[str, Any]:
    """What a model file says of itself."""
    with safe_open(model, "pt") as file:
        told: dict[str, Any] = json.loads(file.metadata()["galaxyzoo"])
    return told


def test_a_clone_from_scratch_gives_the_same_bytes(first_run: Project) -> None:
    """What `make verify` runs; no cache is there to take anything from."""
    said = first_run.run("python", "-m", "tools.verify")
    assert stages_run(said) == ALL_STAGES
    count = len(list(outputs()))
    assert f"{count} of {count} outputs have the same bytes" in said
