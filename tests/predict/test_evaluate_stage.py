"""The stage evaluate, on a few galaxies and an untrained network."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from galaxyzoo.base import paths
from galaxyzoo.base.files import write_array, write_csv
from galaxyzoo.base.ids import Ids, id_array
from galaxyzoo.dataset.galaxies import DataFiles
from galaxyzoo.devices import Compute
from galaxyzoo.labels.facts import LabelFacts
from galaxyzoo.labels.split import draw_split, set_apart
from galaxyzoo.labels.table import read_predictions
from galaxyzoo.labels.votes import Votes
from galaxyzoo.networks.common.reading import ModelFileError
from galaxyzoo.networks.common.weights import ModelInfo, save_weights
from galaxyzoo.predict.inference import ONE_VIEW, see
from galaxyzoo.predict.likeness import Cloud, Likeness
from galaxyzoo.predict.metadata import PredictSettings
from galaxyzoo.predict.model_files import Measured, export_model, read_exported, read_model
from galaxyzoo.predict.residuals import learn_residuals
from galaxyzoo.scoring.results import Results
from galaxyzoo.tree import GZ2, LabelColumn
from stages import export
from stages.evaluate import main
from tests.conftest import ROOT, build, make_ids, make_labels

IDS = make_ids(range(100, 120))


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the earlier stages leave behind, in the current folder."""
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text((ROOT / "params.yaml").read_text())
    write_data(IDS)
    write_csv(paths.SPLIT, draw_split(IDS, 0.5, seed=1))


def write_data(ids: Ids) -> None:
    labels = make_labels(ids).set_index("GalaxyID")
    Votes(labels).write(paths.VOTES)
    images = np.random.default_rng(0).integers(0, 256, (len(ids), 32, 32, 3), dtype=np.uint8)
    processed = paths.ProcessedPaths()
    write_array(processed.images, images)
    write_array(processed.centers, images[:, :10, :10])
    write_array(processed.galaxy_ids, ids)


def learned(column: LabelColumn | None, path: Path | None = None) -> None:
    """A model file of a network that learned this column of the data; exported, or at `path`."""
    info = ModelInfo("cnn", GZ2, 212, 32, 424, False, DataFiles(GZ2).digest(), label_column=column)
    metadata = info.as_dict() | {"predict": {"views": 1, "project": True}}
    save_weights(path or paths.exported_model("cnn"), build("cnn", 32), metadata)


@pytest.mark.parametrize("column", ["kaggle", "weighted_fraction", None])
def test_a_network_is_tested_on_the_column_that_it_learned(column: LabelColumn | None) -> None:
    learned(column)
    LabelFacts("A catalogue", "weighted_fraction", len(IDS)).write(paths.LABEL_FACTS)
    if column == "weighted_fraction":
        main()
        assert paths.metrics("cnn").is_file()
        return
    said = f"cnn.safetensors: learned {column or 'unknown'} labels, .* are weighted_fraction: "
    with pytest.raises(ModelFileError, match=said):
        main()
    assert not paths.METRICS.exists()


def test_scores_are_over_known_answers_and_predictions_are_never_masked() -> None:
    votes = Votes.read(paths.VOTES, GZ2).fractions.copy()
    votes.iloc[::2, GZ2.span(GZ2.question("arms"))] = np.nan
    Votes(votes).write(paths.VOTES)
    learned("kaggle")
    LabelFacts("A catalogue", "kaggle", len(IDS)).write(paths.LABEL_FACTS)
    main()
    predicted = pd.read_csv(paths.predictions("cnn"), dtype={"GalaxyID": str}).set_index("GalaxyID")
    assert predicted.notna().all(axis=None)
    voted = votes.loc[predicted.index]
    squared = (predicted - voted).to_numpy() ** 2
    scores = Results.read()
    assert scores.rmse("cnn") == pytest.approx(np.sqrt(np.nanmean(squared)), abs=2e-6)
    assert (scores.answers["known"][:37] == voted.notna().sum().to_numpy()).all()


def test_predictions_have_the_names_of_the_survey_if_the_labels_do() -> None:
    learned("kaggle")
    LabelFacts("A catalogue", "kaggle", len(IDS)).write(paths.LABEL_FACTS)
    main()
    without = pd.read_csv(paths.predictions("cnn"), dtype=str)
    votes = Votes.read(paths.VOTES, GZ2)
    objids = id_array(f"58772298173612{own}" for own in votes.fractions.index)
    Votes(votes.fractions, objids).write(paths.VOTES)
    learned("kaggle")
    main()
    table = pd.read_csv(paths.predictions("cnn"), dtype=str)
    assert table.columns[:3].tolist() == ["GalaxyID", "dr7objid", "Class1.1"]
    assert (table["dr7objid"] == "58772298173612" + table["GalaxyID"]).all()
    pd.testing.assert_frame_equal(table.drop(columns="dr7objid"), without)
    tested = id_array(table["GalaxyID"])
    assert read_predictions(paths.predictions("cnn"), GZ2, tested).shape == (len(tested), 37)


def test_galaxies_kept_for_calibration_give_a_model_file_its_intervals() -> None:
    """The stages export and evaluate, one after the other; 20 of 60 galaxies calibrate."""
    ids = make_ids(range(100, 160))
    write_data(ids)
    write_csv(paths.SPLIT, set_apart(draw_split(ids, 0.5, 1), np.arange(60), 0.67, 1))
    LabelFacts("A catalogue", "kaggle", len(ids)).write(paths.LABEL_FACTS)
    learned("kaggle", paths.trained_weights("cnn"))
    export.main()
    intervals = read_exported(paths.exported_model("cnn")).intervals
    assert intervals is not None
    assert (intervals.galaxies, intervals.views) == (20, 1)
    main()
    scores = Results.read()
    assert scores.coverage["model"].unique().tolist() == ["cnn"]
    whole = scores.coverage.set_index("group").loc["all"]
    assert 0 < whole["width"] < 1
    write_csv(paths.SPLIT, draw_split(ids, 0.5, 1))
    learned("kaggle", paths.trained_weights("cnn"))
    export.main()
    assert read_exported(paths.exported_model("cnn")).intervals is None
    main()
    assert Results.read().coverage.empty


def found_ids() -> list[str]:
    """The test galaxies, as predictions have them."""
    return list(pd.read_csv(paths.predictions("cnn"), dtype=str)["GalaxyID"])


def test_galaxies_unlike_those_learned_from_are_counted() -> None:
    learned("kaggle")
    LabelFacts("A catalogue", "kaggle", len(IDS)).write(paths.LABEL_FACTS)
    main()
    found = Results.read()
    assert found.unlike.empty
    assert found.feature_map.places["GalaxyID"].tolist() == found_ids()
    path, data = paths.exported_model("cnn"), DataFiles(GZ2)
    compute = Compute(torch.device("cpu"))
    seen = see(read_model(path).folded(), data.open("test"), 4, compute, ONE_VIEW).layers
    cloud = Cloud.of(seen)
    threshold = float(np.sort(cloud.distances(seen))[-3])  # beyond which two are
    settings = PredictSettings(views=1, project=True)
    export_model(path, path, settings, Measured(likeness=Likeness(cloud, threshold, len(seen))))
    main()
    assert Results.read().unlike.loc["cnn"].to_dict() == {"galaxies": len(seen), "warned": 2}


def test_what_a_network_misses_is_added_to_its_predictions() -> None:
    learned("kaggle")
    LabelFacts("A catalogue", "kaggle", len(IDS)).write(paths.LABEL_FACTS)
    path, data = paths.exported_model("cnn"), DataFiles(GZ2)
    compute = Compute(torch.device("cpu"))
    seen = see(read_model(path).folded(), data.open("test"), 4, compute, ONE_VIEW)
    missed = np.full(seen.fractions.shape, 0.1)
    missed[:, 1:] = 0
    own = learn_residuals(seen.layers, missed, 0.01)
    settings = PredictSettings(views=1, project=False)
    export_model(path, path, settings, Measured(residuals=own))
    main()
    predicted = pd.read_csv(paths.predictions("cnn"), index_col=0).to_numpy()
    expected = seen.fractions + missed
    assert np.allclose(predicted, expected, atol=0.01)
    assert len(Results.read().occlusions) > 0
    for covered in Results.read().occlusions:
        column = list(GZ2.columns).index(covered.column)
        row = found_ids().index(covered.galaxy_id)
        assert covered.whole == pytest.approx(expected[row, column], abs=0.02)
