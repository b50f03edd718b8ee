"""The stage report and the summary of `make repro`, on what the other stages leave behind."""

import numpy as np
import pytest

from galaxyzoo.base import paths
from galaxyzoo.findings import write_findings
from galaxyzoo.labels.facts import LabelFacts
from galaxyzoo.networks.common.weights import ModelInfo, save_weights
from galaxyzoo.params import read_params
from galaxyzoo.processed import Preparation
from galaxyzoo.report import summary
from galaxyzoo.tree import GZ2
from stages.report import FINDINGS, gather
from tests.conftest import build, make_labels, write_votes
from tests.figures.test_figures_stage import IDS, project  # noqa: F401  a fixture

ORIGIN = LabelFacts("A catalogue", "fraction", 50, {"no image": 20}, {"edge_on_bulge": 1})


@pytest.mark.usefixtures("project")
def test_the_page_is_told_where_the_labels_are_from() -> None:
    votes = make_labels(IDS)
    votes.loc[3, ["Class9.1", "Class9.2", "Class9.3"]] = np.nan
    write_votes(paths.VOTES, votes)
    ORIGIN.write(paths.LABEL_FACTS)
    for path in FINDINGS:
        write_findings(path, [])
    info = ModelInfo("cnn", GZ2, 40, 32, 64, rendered=False, data_digest="")
    metadata = info.as_dict() | {"predict": {"views": 1, "project": True}}
    save_weights(paths.exported_model("cnn"), build("cnn", 32), metadata)
    facts = gather(read_params())
    assert facts.origin == ORIGIN
    assert (facts.galaxies.labels, facts.galaxies.masked) == ("fraction", True)
    assert facts.labels.isna().sum().sum() == 3


@pytest.mark.usefixtures("project")
def test_the_summary_gives_no_rank_to_scores_against_other_labels(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Preparation(40, 32, 64, rendered=False).write(paths.ProcessedPaths().preparation)
    summary.main()
    assert "of 326" in capsys.readouterr().out
    ORIGIN.write(paths.LABEL_FACTS)
    summary.main()
    said = capsys.readouterr().out
    assert "of 326" not in said
    assert "\nThe labels are raw vote fractions, not the competition's: Kaggle's scores" in said
