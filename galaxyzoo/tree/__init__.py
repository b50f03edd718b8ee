"""Decision trees, as values: questions.py says what one is, gz2.py is that of Galaxy Zoo 2;
columns.py names the columns of a catalogue that labels are taken from.

Every name, column and sum of a tree stands here, and nowhere else: all other code takes a tree as a
value.
"""

from galaxyzoo.tree.columns import LABEL_COLUMNS, LabelColumn
from galaxyzoo.tree.gz2 import GZ2
from galaxyzoo.tree.questions import ID_COLUMN, Answer, Question, Tree, TreeError

__all__ = [
    "GZ2",
    "ID_COLUMN",
    "LABEL_COLUMNS",
    "Answer",
    "LabelColumn",
    "Question",
    "Tree",
    "TreeError",
]
