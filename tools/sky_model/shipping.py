"""From what the trainings left to what the package carries: the model file, and its card.

`make sky-model` ends with this. Where the trainings ran elsewhere, with this code or an older one:
python -m tools.sky_model.shipping WEIGHTS OUT_OF_FOLD.csv LABELS
"""

import sys
from pathlib import Path

import pandas as pd

from galaxyzoo import devices, sky
from galaxyzoo.base.endings import say, told
from galaxyzoo.base.files import atomic
from galaxyzoo.labels.table import read_labels
from galaxyzoo.predict.metadata import PredictSettings
from galaxyzoo.predict.model_files import export_model, read_exported
from galaxyzoo.tree import GZ2, ID_COLUMN
from tools.sky_model.card import make_card, write_page
from tools.sky_model.scores import mean, measure
from tools.sky_model.settings import Settings, read_settings

SHIPPED = Path(sky.__file__).with_name(sky.PLACE)
PAGE = Path("docs/model_card.md")


def ship(weights: Path, predictions: pd.DataFrame, labels: Path, settings: Settings) -> None:
    """Write the model file and the page.

    `weights` learned from all galaxies; `predictions` are those of the cross-validation, of the
    same galaxies. The machine that the card names is this one.
    """
    scores = measure(GZ2, predictions, read_labels(labels, GZ2))
    predict = settings.predict
    machine = devices.describe(devices.choose_device(settings.train_tuned.device))
    export_model(
        weights,
        SHIPPED,
        PredictSettings(predict.views, predict.project, predict.magnified),
        card=make_card(scores, settings, machine),
        training=settings.model_dump(),
    )
    with atomic(PAGE) as temporary:
        temporary.write_text(write_page(read_exported(SHIPPED)), encoding="utf-8")
    say(f"{SHIPPED}, {PAGE}: RMSE {mean(scores.all_answers)} in {len(scores.all_answers)} folds")


def main() -> None:
    weights, predictions, labels = map(Path, sys.argv[1:])
    table = pd.read_csv(predictions, dtype={ID_COLUMN: str})
    ship(weights, table, labels, read_settings())


if __name__ == "__main__":
    with told():
        main()
