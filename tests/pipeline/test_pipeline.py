"""The pipeline as a user runs it: real DVC, in a git repository of its own, on a tiny sample."""

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import yaml
from safetensors import safe_open

from galaxyzoo.base import paths
from galaxyzoo.scoring.rmse import rmse
from galaxyzoo.tree import ID_COLUMN
from tests.conftest import ROOT
from tests.pipeline.project import ALL_STAGES, Project, stages_run

FOURTH = """
from torch import nn

from galaxyzoo.networks.common.network import Network


def make(size: int, outputs: int) -> nn.Module:
    pixels = nn.Sequential(nn.AvgPool2d(8), nn.Flatten())
    return nn.Sequential(pixels, nn.Linear(3 * (size // 8) ** 2, outputs), nn.Sigmoid())


NETWORK = Network("fourth", "One layer", "#CC79A7", "A single layer.", make, views=2)
"""


def outputs() -> Iterator[str]:
    for stage in yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"].values():
        for output in stage["outs"]:
            yield output if isinstance(output, str) else next(iter(output))


def add_network(project: Project) -> None:
    """A module, a section of params.yaml, a stage and its script, as CONTRIBUTING says."""
    folder = project.folder
    (folder / "galaxyzoo/networks/fourth.py").write_text(FOURTH)
    for path, name in (("params.yaml", "train_cnn"), ("dvc.yaml", "train_cnn")):
        content = yaml.safe_load((folder / path).read_text())
        sections = content if path == "params.yaml" else content["stages"]
        copied = yaml.safe_dump(sections[name]).replace("cnn", "fourth")
        sections["train_fourth"] = yaml.safe_load(copied)
        (folder / path).write_text(yaml.safe_dump(content, sort_keys=False))
    script = (folder / "stages/train_cnn.py").read_text()
    (folder / "stages/train_fourth.py").write_text(script.replace("cnn", "fourth"))


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
        views = {path.stem: read_views(path) for path in exported.iterdir()}
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

    def test_a_changed_parameter_and_a_fourth_network_rerun_what_depends_on_them(
        self, project: Project
    ) -> None:
        """On a branch, which is then compared with main, as the README shows."""
        project.run("git", "switch", "--quiet", "--create", "changed")
        project.set_param("train_resnet", "learning_rate", 0.002)
        add_network(project)
        trained = ["train_fourth", "train_resnet"]
        ran = project.repro()
        assert sorted(ran[:2]) == trained
        assert ran[2:] == ["export", "evaluate", "figures", "report"]
        check_fourth_network(project)
        project.commit("changed")
        check_comparison_with_main(project)
        project.run("git", "switch", "--quiet", "main")
        for left in ("models/trained", "models/exported"):
            (project.folder / left / "fourth.safetensors").unlink()
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
            rounded = ours.loc[evaluated.index].round(6)  # as evaluate writes them
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


def check_fourth_network(project: Project) -> None:
    """It is found in metrics, plots, report and among the model files."""
    assert "metrics/fourth.json" in project.run("dvc", "metrics", "show")
    curves = pd.read_csv(project.folder / "plots/losses.csv")
    assert set(curves["network"]) == {"CNN", "ResNet-18", "Tuned ResNet", "One layer"}
    answers = pd.read_csv(project.folder / "data/scores/answers.csv")
    assert "fourth" in set(answers["model"])
    report = (project.folder / "report/index.html").read_text()
    assert "<p>A single layer.</p>" in report
    assert "One layer, layer by layer" in report
    model = project.folder / "models/exported/fourth.safetensors"
    assert read_views(model) == 2, "as its own module says"


def check_comparison_with_main(project: Project) -> None:
    params = project.json("params", "diff", "main")
    rate = params["params.yaml"]["train_resnet.learning_rate"]
    assert (rate["old"], rate["new"]) == (0.0005, 0.002)
    metrics = project.json("metrics", "diff", "main")
    assert set(metrics) == {"metrics/resnet.json", "metrics/fourth.json"}
    assert "rmse" in metrics["metrics/resnet.json"]
    table = project.run("dvc", "metrics", "diff", "main")
    assert max(map(len, table.splitlines())) <= 80
    project.run("dvc", "plots", "diff", "main")
    page = (project.folder / "dvc_plots" / "index.html").read_text()
    for shown in ("Loss by epoch", "RMSE by answer", "rmse.png", '"main"', '"workspace"'):
        assert shown in page


def read_views(model: Path) -> int:
    """How many views a model file says that its network is read with."""
    with safe_open(model, "pt") as file:
        return int(json.loads(file.metadata()["galaxyzoo"])["predict"]["views"])


def test_a_clone_from_scratch_gives_the_same_bytes(first_run: Project) -> None:
    """What `make verify` runs; no cache is there to take anything from."""
    said = first_run.run("python", "-m", "tools.verify")
    assert stages_run(said) == ALL_STAGES
    count = len(list(outputs()))
    assert f"{count} of {count} outputs have the same bytes" in said
