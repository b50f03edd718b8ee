"""The table that `make repro` ends with: python -m galaxyzoo.report.summary"""

from galaxyzoo.base import paths
from galaxyzoo.base.endings import say, told
from galaxyzoo.labels.facts import LabelFacts
from galaxyzoo.processed import Preparation
from galaxyzoo.scoring.leaderboard import describe_rank, why_apart
from galaxyzoo.scoring.results import Results
from galaxyzoo.scoring.rmse import describe_gain


def summarize(results: Results, apart: str) -> str:
    """The scores as a table, the best model first, and where to look.

    `apart` says why the scores can't be compared with Kaggle's; empty: they can.
    """
    lines = [f"{'model':<16}{'test RMSE':>10}{'gain over central pixel':>26}{'Kaggle rank':>20}"]
    for name, own in results.models.sort_values("rmse", kind="stable").iterrows():
        gain = describe_gain(own["rmse_gain_percent"])
        rank = "-" if apart else describe_rank(own["rmse"])
        lines.append(f"{name:<16}{own['rmse']:>10.5f}{gain:>26}{rank:>20}")
    if apart:
        lines += ["", apart]
    return "\n".join([*lines, "", *_WHERE_TO_LOOK])


_WHERE_TO_LOOK = (
    "report/index.html what was done and what came of it: open it in a browser",
    "plots/figures/    figures",
    "data/scores/      RMSE by question and answer, calibration, agreement with the tree",
    "dvc metrics diff  compares the scores with those of a commit; dvc params diff the parameters",
    "dvc plots show    writes a page with the loss curves and the RMSE by answer",
)


def main() -> None:
    preparation = Preparation.read(paths.ProcessedPaths().preparation)
    apart = why_apart(preparation.rendered, LabelFacts.read(paths.LABEL_FACTS).column)
    say(f"\n{summarize(Results.read(), apart)}")


if __name__ == "__main__":
    with told():
        main()
