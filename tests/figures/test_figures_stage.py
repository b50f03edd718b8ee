from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from galaxyzoo.base import paths
from galaxyzoo.base.files import write_array, write_csv
from galaxyzoo.figures.loss import loss_table
from galaxyzoo.figures.style import Galaxies
from galaxyzoo.labels.facts import LabelFacts
from galaxyzoo.labels.split import draw_split
from galaxyzoo.labels.votes import Votes
from galaxyzoo.networks import find
from galaxyzoo.processed import Preparation
from galaxyzoo.scoring.results import score
from galaxyzoo.tree import GZ2, ID_COLUMN
from stages.figures import draw_scores, main
from tests.conftest import COLUMNS, ROOT, make_ids, make_jpeg, make_labels, make_zip, write_votes
from tests.figures.drawings import make_history, words

IDS = make_ids(range(100, 130))
WITHOUT_IMAGE = "99"
NETWORKS = ("cnn", "resnet")
HISTORY = {"cnn": 3, "resnet": 5}
FIGURES = {
    "answer_rmse.png",
    "exemplars_original.png",
    "exemplars_processed.png",
    "loss.png",
    "predicted_voted.png",
    "predictions.png",
    "rmse.png",
    "tree_galaxy.png",
    "tree_mean.png",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the other stages leave behind, in the current folder."""
    monkeypatch.chdir(tmp_path)
    params = (ROOT / "params.yaml").read_text()
    Path("params.yaml").write_text(params.replace("data/sample/", ""))
    labels = make_labels([WITHOUT_IMAGE, *IDS])
    labels.loc[0, list(COLUMNS)] = 1.0  # it would be the exemplar of every answer
    write_votes(paths.VOTES, labels)
    LabelFacts("Kaggle's table", "kaggle", len(labels)).write(paths.LABEL_FACTS)
    jpegs = {f"{i}.jpg": make_jpeg(int(i), 60, 60) for i in IDS}
    make_zip(Path("images_training_rev1.zip"), jpegs)

    processed = paths.ProcessedPaths()
    images = np.random.default_rng(0).integers(0, 256, (len(IDS), 32, 32, 3), dtype=np.uint8)
    write_array(processed.images, images)
    write_array(processed.galaxy_ids, IDS)
    Preparation(crop=40, size=32, width=64, rendered=True).write(processed.preparation)
    split = draw_split(IDS, 0.5, seed=1)
    write_csv(paths.SPLIT, split)
    _write_results(labels, split.loc[split["subset"] == "test", ID_COLUMN].to_numpy())
    return tmp_path


def _write_results(labels: pd.DataFrame, test_ids: np.ndarray) -> None:
    """Scores of predictions at random, but for those of ResNet-18, which are nearer to the votes"""
    voted = labels.set_index(ID_COLUMN).loc[test_ids]
    models = (*NETWORKS, "mean_vote", "central_pixel")
    predictions = {
        name: make_labels(test_ids, seed).set_index(ID_COLUMN)
        for seed, name in enumerate(models, start=1)
    }
    predictions["resnet"] = 0.9 * voted + 0.1 * predictions["resnet"]
    for name in NETWORKS:
        write_csv(paths.predictions(name), predictions[name].reset_index())
        write_csv(paths.training_history(name), make_history(HISTORY[name]))
    fractions = {name: own.to_numpy() for name, own in predictions.items()}
    networks = {name: fractions[name] for name in NETWORKS}
    score(GZ2, voted.to_numpy(), fractions, networks, networks).write()


def test_the_stage_writes_its_figures_with_the_same_bytes_whatever_a_user_set(
    project: Path,
) -> None:
    """And the losses as a table for DVC; a figure of an earlier run does not stay."""
    (project / paths.FIGURES).mkdir(parents=True)
    (project / paths.FIGURES / "of_an_earlier_run.png").touch()
    runs = []
    for size, color in ((10, "white"), (20, "red")):
        with mpl.rc_context({"font.size": size, "axes.facecolor": color}):
            main()
        runs.append({path.name: path.read_bytes() for path in (project / paths.FIGURES).iterdir()})
    assert set(runs[0]) == FIGURES
    assert runs[0] == runs[1]
    histories = {name: make_history(epochs) for name, epochs in HISTORY.items()}
    expected = loss_table([find(name) for name in NETWORKS], histories)
    pd.testing.assert_frame_equal(pd.read_csv(project / paths.LOSSES), expected)


def test_figures_are_told_which_labels_they_are_of_and_whether_all_are_known(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Galaxies] = []

    def note(_: pd.DataFrame, own: Galaxies) -> dict[str, Figure]:
        told.append(own)
        return {"any": Figure()}

    monkeypatch.setattr("stages.figures.draw_both_exemplars", lambda *_: {})
    monkeypatch.setattr("stages.figures.draw_scores", note)
    main()
    LabelFacts("A catalogue", "weighted_fraction", 30).write(project / paths.LABEL_FACTS)
    votes = make_labels(IDS)
    votes.loc[3, "Class9.1"] = np.nan
    write_votes(paths.VOTES, votes)
    main()
    assert [(own.labels, own.masked) for own in told] == [
        ("kaggle", False),
        ("weighted_fraction", True),
    ]


@pytest.mark.usefixtures("project")
def test_networks_are_those_with_predictions_and_the_gallery_is_of_the_best() -> None:
    split = pd.read_csv(paths.SPLIT, dtype=str)
    test_ids = split.loc[split["subset"] == "test", ID_COLUMN]
    voted = Votes.read(paths.VOTES, GZ2).fractions.loc[test_ids]
    galaxies = Galaxies(rendered=True, train=15, test=15)
    figures = draw_scores(voted, galaxies)
    assert [axes.get_title() for axes in figures["loss"].axes] == ["CNN", "ResNet-18"]
    assert "ResNet-18: best, median and worst predictions" in words(figures["predictions"])
    paths.predictions("resnet").unlink()
    figures = draw_scores(voted, galaxies)
    assert [axes.get_title() for axes in figures["loss"].axes] == ["CNN"]
    assert "CNN: best, median and worst predictions" in words(figures["predictions"])
