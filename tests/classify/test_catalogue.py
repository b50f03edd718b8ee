import csv
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd

from galaxyzoo.classify.catalogue import Layout
from galaxyzoo.tree import GZ2, ID_COLUMN
from tests.conftest import COLUMNS, make_labels
from tests.predict.voted_galaxies import EDGE_ON, SMOOTH, SPIRAL, STAR


def test_the_header_is_that_of_kaggles_submissions(real_data: Path) -> None:
    published = (real_data / "central_pixel_benchmark.csv").read_text().splitlines()[0]
    assert Layout(GZ2, described=False).header() == f"{published}\n"


def test_a_row_loses_nothing_of_float32() -> None:
    fractions = make_labels(range(50))[list(COLUMNS)].to_numpy(np.float32)
    layout = Layout(GZ2, described=False)
    text = layout.header() + layout.rows([str(i) for i in range(50)], fractions, [""] * 50)
    read = pd.read_csv(StringIO(text), dtype=dict.fromkeys(COLUMNS, np.float32))
    assert read[ID_COLUMN].tolist() == list(range(50))
    assert np.array_equal(read[list(COLUMNS)].to_numpy(), fractions)


def test_names_and_descriptions_are_quoted() -> None:
    names = ["plain.jpg", 'a "b", c.jpg', "two\nlines.jpg", "caf\udce9.jpg"]
    layout = Layout(GZ2, described=True)
    text = layout.header() + layout.rows(
        names, np.stack([SPIRAL, SMOOTH, EDGE_ON, STAR]), ["", "is blank", "", ""]
    )
    rows = list(csv.DictReader(StringIO(text)))
    assert [row[ID_COLUMN] for row in rows] == [*names[:2], r"two\nlines.jpg", r"caf\udce9.jpg"]
    assert [row["warning"] for row in rows] == ["", "is blank", "", ""]
    assert rows[0]["description"] == "spiral, 2 arms, medium wound, no bar"
    assert (rows[0]["arms"], rows[0]["arms_fraction"]) == ("2 spiral arms", "1.000000")
    assert (rows[1]["arms"], rows[1]["arms_fraction"]) == ("", "")
