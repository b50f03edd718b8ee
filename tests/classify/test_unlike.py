"""Catalogues warn of images that are unlike those that the model learned from."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from galaxyzoo.classify.run import Options, Outcome, classify
from galaxyzoo.predict.likeness import UNLIKE, Cloud, Likeness
from galaxyzoo.predict.metadata import PredictSettings
from galaxyzoo.predict.model_files import Measured, export_model
from galaxyzoo.predict.predictor import load_model
from tests.classify.classify_inputs import encode, layers_of, make_model, smooth_noise
from tests.conftest import make_jpeg


@pytest.fixture
def model(tmp_path: Path) -> Path:
    trained = make_model(tmp_path / "trained.safetensors")
    learned = np.stack([np.asarray(smooth_noise(seed, 100)) for seed in range(60)])
    likeness = Likeness(Cloud.of(layers_of(load_model(trained), learned)), 1.2, len(learned))
    export_model(
        trained, tmp_path / "model", PredictSettings(1, project=True), Measured(likeness=likeness)
    )
    return tmp_path / "model"


def test_in_the_one_column_of_warnings_and_the_same_whoever_works(
    model: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.png").write_bytes(encode(smooth_noise(number, 100), "PNG"))
    dark = smooth_noise(1, 100).point(lambda value: value // 4 + 60)
    (folder / "3.png").write_bytes(encode(dark, "PNG"))
    (folder / "4.jpg").write_bytes(make_jpeg(1, 100, 100)[:-30])
    (folder / "5.png").write_bytes(encode(dark.point(lambda _: 40), "PNG"))
    outputs = [tmp_path / f"{workers}.csv" for workers in (1, 2)]
    for workers, output in enumerate(outputs, start=1):
        found = classify(folder, model, output, Options(described=True, workers=workers))
        assert found == Outcome(5, rejected=1, suspicious=2)
    assert outputs[0].read_bytes() == outputs[1].read_bytes()
    table = pd.read_csv(outputs[0], dtype={"GalaxyID": str}).set_index("GalaxyID")
    warned = table["warning"].dropna().to_dict()
    assert warned == {"3": UNLIKE, "5": "is blank, or nearly so"}
    listed = pd.read_csv(tmp_path / "1.csv.warnings.csv").to_numpy().tolist()
    assert listed == [["3.png", UNLIKE], ["5.png", "is blank, or nearly so"]]
    assert f"3.png {UNLIKE}; 5.png is blank" in caplog.text
