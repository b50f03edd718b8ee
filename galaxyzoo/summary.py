"""The table that `make repro` ends with: python -m galaxyzoo.summary metrics/evaluate.json"""

import sys
from pathlib import Path
from typing import Any

from galaxyzoo.files import read_json
from galaxyzoo.scores import LEADERBOARD_TEAMS, leaderboard


def summarize(evaluation: dict[str, Any]) -> str:
    """The scores of metrics/evaluate.json as a table, the best model first, and where to look."""
    models = {name: scores for name, scores in evaluation.items() if isinstance(scores, dict)}
    lines = [f"{'model':<16}{'test RMSE':>10}{'gain over central pixel':>26}{'Kaggle rank':>16}"]
    for name, scores in sorted(models.items(), key=lambda item: float(item[1]["rmse"])):
        gain = f"{scores['gain_over_central_pixel_percent']:+.1f}%"
        rank = _rank(scores["about_kaggle_rank"], rendered=evaluation["rendered"])
        lines.append(f"{name:<16}{scores['rmse']:>10.5f}{gain:>26}{rank:>16}")
    if evaluation["rendered"]:
        lines += [
            "",
            "These galaxies are rendered: their scores say nothing of the sky.",
        ]
    return "\n".join([*lines, "", *_WHERE_TO_LOOK])


def _rank(rank: int | None, rendered: bool) -> str:
    if rendered:
        return "-"
    if rank is None:
        return f"worse than {leaderboard()['rank'].max()}"
    return f"about {rank} of {LEADERBOARD_TEAMS}"


_WHERE_TO_LOOK = (
    "report/index.html what was done and what came of it: open it in a browser",
    "plots/figures/    figures",
    "metrics/          all scores; `dvc metrics diff`, `dvc params diff` compare with a commit",
    "dvc plots show    writes a page with the loss curves and the RMSE by answer",
)


if __name__ == "__main__":
    print(f"\n{summarize(read_json(Path(sys.argv[1])))}")
