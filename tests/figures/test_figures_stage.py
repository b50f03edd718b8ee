from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from galaxyzoo.files import write_array, write_csv, write_json
from galaxyzoo.processed import Preparation, ProcessedPaths
from galaxyzoo.scores import answer_table, score_all
from galaxyzoo.split import draw_split
from galaxyzoo.tree import COLUMNS, ID_COLUMN
from stages.figures import main
from tests.conftest import ROOT, make_jpeg, make_labels, make_zip
from tests.figures.drawings import make_history

IDS = np.arange(100, 130)
WITHOUT_IMAGE = 99
NETWORKS = ("cnn", "resnet")
FIGURES = {
    "answer_rmse.png",
    "exemplars_original.png",
    "exemplars_processed.png",
    "loss.png",
    "predicted_voted.png",
    "predictions.png",
    "rmse.png",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the other stages leave behind, in the current folder."""
    monkeypatch.chdir(tmp_path)
    params = (ROOT / "params.yaml").read_text()
    Path("params.yaml").write_text(params.replace("data/sample/", ""))
    labels = make_labels([WITHOUT_IMAGE, *IDS])
    labels.loc[0, list(COLUMNS)] = 1.0  # it would be the exemplar of every answer
    write_csv(Path("training_solutions_rev1.csv"), labels)
    jpegs = {f"{i}.jpg": make_jpeg(int(i), 60, 60) for i in IDS}
    make_zip(Path("images_training_rev1.zip"), jpegs)

    processed = ProcessedPaths(Path("data/processed"))
    images = np.random.default_rng(0).integers(0, 256, (len(IDS), 32, 32, 3), dtype=np.uint8)
    write_array(processed.images, images)
    write_array(processed.galaxy_ids, IDS)
    Preparation(crop=40, size=32, width=64, rendered=True).write(processed.preparation)
    split = draw_split(IDS, 0.5, seed=1)
    write_csv(Path("data/split.csv"), split)
    _write_results(labels, split.loc[split["subset"] == "test", ID_COLUMN].to_numpy())
    return tmp_path


def _write_results(labels: pd.DataFrame, test_ids: np.ndarray) -> None:
    voted = labels.set_index(ID_COLUMN).loc[test_ids].to_numpy()
    models = (*NETWORKS, "mean_vote", "central_pixel")
    predictions = {name: make_labels(test_ids, seed) for seed, name in enumerate(models)}
    for name in NETWORKS:
        write_csv(Path(f"data/predictions/{name}.csv"), predictions[name])
        write_csv(Path(f"plots/{name}_history.csv"), make_history(3))
    fractions = {name: own[list(COLUMNS)].to_numpy() for name, own in predictions.items()}
    write_csv(Path("plots/answer_rmse.csv"), answer_table(fractions, voted))
    write_json(Path("metrics/evaluate.json"), {"rendered": True} | score_all(fractions, voted))


def test_the_stage_writes_its_figures_with_the_same_bytes_whatever_a_user_set(
    project: Path,
) -> None:
    runs = []
    for size, color in ((10, "white"), (20, "red")):
        with mpl.rc_context({"font.size": size, "axes.facecolor": color}):
            main()
        runs.append({path.name: path.read_bytes() for path in project.glob("plots/figures/*")})
    assert set(runs[0]) == FIGURES
    assert runs[0] == runs[1]
