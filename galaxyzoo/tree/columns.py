"""Which of a catalogue's columns the answers of labels are taken from."""

from typing import Literal, get_args

LabelColumn = Literal["kaggle", "debiased", "weighted_fraction", "fraction"]
"""Which of a catalogue's columns were learned. They differ by more than networks err, so scores
against different ones are not compared. kaggle: the competition's, which has no other."""

LABEL_COLUMNS: tuple[LabelColumn, ...] = get_args(LabelColumn)

CALLED: dict[LabelColumn, str] = {
    "kaggle": "the competition's vote fractions",
    "debiased": "debiased vote fractions",
    "weighted_fraction": "weighted vote fractions",
    "fraction": "raw vote fractions",
}
"""What people read of each"""
