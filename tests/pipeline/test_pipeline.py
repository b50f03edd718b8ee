"""The pipeline as a user runs it: real DVC, in a git repository of its own, on a tiny sample."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import yaml

from tests.conftest import ROOT
from tests.pipeline.project import ALL_STAGES, Project, stages_run


def outputs() -> Iterator[str]:
    for stage in yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"].values():
        for output in stage["outs"] + stage.get("metrics", []):
            yield output if isinstance(output, str) else next(iter(output))


@pytest.mark.xdist_group("pipeline")
class TestPipeline:
    def test_everything_is_written_and_git_sees_what_it_should(self, project: Project) -> None:
        assert [path for path in outputs() if not (project.folder / path).exists()] == []
        committed = set(project.run("git", "ls-files").split())
        assert "metrics/evaluate.json" in committed
        assert "plots/figures/rmse.png" in committed
        assert not any(
            path.endswith((".npy", ".zip", ".safetensors", ".jpg")) for path in committed
        )
        ignore_files = {path for path in committed if path.endswith(".gitignore")}
        assert ignore_files == {".gitignore", ".dvc/.gitignore"}, (
            "DVC added ignore rules that we should commit"
        )

    def test_nothing_to_do(self, project: Project) -> None:
        assert "Data and pipelines are up to date." in project.run("dvc", "repro")
        project.run("dvc", "repro", "--dry", "--allow-missing")

    def test_a_changed_parameter_reruns_what_depends_on_it(self, project: Project) -> None:
        """On a branch, which is then compared with main, as the README shows."""
        project.run("git", "switch", "--quiet", "--create", "faster")
        project.set_param("train_resnet", "learning_rate", 0.002)
        stages = ["train_resnet", "export", "evaluate", "figures", "report"]
        assert project.repro() == stages
        project.commit("faster")

        params = project.json("params", "diff", "main")
        rate = params["params.yaml"]["train_resnet.learning_rate"]
        assert (rate["old"], rate["new"]) == (0.0005, 0.002)
        metrics = project.json("metrics", "diff", "main")
        assert set(metrics) == {"metrics/evaluate.json", "metrics/train_resnet.json"}
        assert "resnet.rmse" in metrics["metrics/evaluate.json"]
        assert "cnn.rmse" not in metrics["metrics/evaluate.json"]

        project.run("dvc", "plots", "diff", "main")
        page = (project.folder / "dvc_plots" / "index.html").read_text()
        for shown in ("Loss by epoch", "RMSE by answer", "rmse.png", '"main"', '"workspace"'):
            assert shown in page
        project.run("git", "switch", "--quiet", "main")
        project.run("dvc", "checkout", "--quiet")

    def test_classify_predicts_as_evaluate_does(self, project: Project) -> None:
        """The images of the test split, as they came, with nothing but the model file."""
        for name in ("cnn", "tuned"):
            model = f"models/{name}.safetensors"
            options = ("--model", model, "--output", "catalogue.csv")
            images = "data/sample/images_training_rev1.zip"
            project.run("python", "-m", "galaxyzoo", "classify", images, *options)
            ours = pd.read_csv(project.folder / "catalogue.csv", index_col=0)
            evaluated = pd.read_csv(project.folder / f"data/predictions/{name}.csv", index_col=0)
            rounded = ours.loc[evaluated.index].round(6)  # as evaluate writes them
            assert (rounded - evaluated).abs().to_numpy().max() < 1.5e-6
        (project.folder / "catalogue.csv").unlink()

    def test_other_settings_of_predictions_train_nothing_anew(self, project: Project) -> None:
        output = project.run("dvc", "exp", "run", "--temp", "-S", "predict.tuned_views=4")
        assert stages_run(output) == ["export", "evaluate", "figures", "report"]

    def test_back_on_main_nothing_has_to_run(self, project: Project) -> None:
        assert project.repro() == []

    def test_an_experiment_without_jpegs_trains_nothing_anew(self, project: Project) -> None:
        """The folder of JPEGs is then empty, and the array for training the same."""
        set_param = ("-S", "crop_resize.save_jpegs=false")
        output = project.run("dvc", "exp", "run", "--temp", *set_param, "-n", "no-jpegs")
        assert stages_run(output) == ["crop_resize", "report"]
        assert "no-jpegs" in project.run("dvc", "exp", "show", "--csv")
        assert project.run("git", "status", "--porcelain") == ""


@pytest.mark.xdist_group("pipeline")
def test_two_runs_from_scratch_give_the_same_bytes(project: Project, tmp_path: Path) -> None:
    again = Project(tmp_path / "again")
    assert again.repro() == ALL_STAGES
    assert again.lock() == project.lock()
