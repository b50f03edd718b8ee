"""From what the trainings left to what the package carries: the model file, and its card.

`make sky-model` ends with this. Where the trainings ran elsewhere, with this code or an older one:
python -m tools.sky_model.shipping WEIGHTS OUT_OF_FOLD.csv LABELS
where WEIGHTS learned from all galaxies, and OUT_OF_FOLD.csv is what out_of_fold.py wrote.
"""

import sys
from pathlib import Path

import pandas as pd

from galaxyzoo import devices, sky
from galaxyzoo.base.endings import say, told
from galaxyzoo.base.files import atomic
from galaxyzoo.labels.table import read_labels
from galaxyzoo.predict.likeness import Likeness
from galaxyzoo.predict.metadata import PredictSettings
from galaxyzoo.predict.model_files import export_model, read_exported
from galaxyzoo.tree import GZ2, ID_COLUMN
from tools.sky_model.card import make_card, write_page
from tools.sky_model.intervals import held_out, intervals_of
from tools.sky_model.scores import mean, measure
from tools.sky_model.settings import Settings, read_settings

SHIPPED = Path(sky.__file__).with_name(sky.PLACE)
PAGE = Path("docs/model_card.md")


def ship(
    weights: Path,
    predictions: pd.DataFrame,
    labels: Path,
    settings: Settings,
    likeness: Likeness | None = None,
) -> None:
    """Write the model file and the page.

    `weights` learned from all galaxies; `predictions` are those of the cross-validation, of the
    same galaxies, and give the intervals. The machine that the card names is this one.
    """
    votes, predict = read_labels(labels, GZ2), settings.predict
    scores = measure(GZ2, predictions, votes)
    held = held_out(GZ2, predictions, votes, predict.views)
    machine = devices.describe(devices.choose_device(settings.train_tuned.device))
    export_model(
        weights,
        SHIPPED,
        PredictSettings(predict.views, predict.project, predict.magnified),
        intervals_of(GZ2, predictions, votes, predict.views),
        likeness,
        card=make_card(scores, settings, machine, held),
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
