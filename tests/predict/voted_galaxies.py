"""A galaxy of each kind, as its votes."""

import numpy as np
from numpy.typing import NDArray

from tests.conftest import COLUMNS


def votes(**fractions: float) -> NDArray[np.float32]:
    """Fractions of one galaxy: those given, as Class1_1=0.5, and 0 elsewhere."""
    row = np.zeros(37, np.float32)
    for name, fraction in fractions.items():
        row[COLUMNS.index(name.replace("_", "."))] = fraction
    return row


SPIRAL = votes(
    Class1_1=0.2,
    Class1_2=0.8,
    Class2_1=0.2,
    Class2_2=0.6,
    Class3_1=0.2,
    Class3_2=0.4,
    Class4_1=0.45,
    Class4_2=0.15,
    Class5_2=0.6,
    Class6_1=0.1,
    Class6_2=0.9,
    Class10_2=0.45,
    Class11_2=0.45,
)
SMOOTH = votes(Class1_1=0.9, Class1_2=0.1, Class6_1=0.7, Class6_2=0.3, Class7_2=0.9, Class8_6=0.7)
EDGE_ON = votes(Class1_2=1, Class2_1=1, Class6_2=1, Class9_1=0.6, Class9_3=0.4)
STAR = votes(Class1_3=1, Class6_2=1)
