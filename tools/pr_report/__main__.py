"""What a branch does to the results: make pr-report BASE=main, or python -m tools.pr_report main

Runs the pipeline of the commit where this branch left BASE, and then that of HEAD, as far as they
differ, in a temporary clone. pr-report/ gets comment.md, ranking.png and losses.png, the reports of
both, and DVC's page of plots. --cached takes what this project's cache holds, and doesn't run it.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from galaxyzoo.base import endings
from galaxyzoo.base.files import atomic
from galaxyzoo.devices import choose_device, describe
from galaxyzoo.processes.cores import usable_cores
from tools.pr_report import charts, comment
from tools.pr_report.running import Clone, both, compare


def main(project: Path, words: list[str]) -> None:
    asked = parse(words)
    commits = both(project, asked.base)
    warn_of_changes(project)
    with tempfile.TemporaryDirectory(prefix="galaxyzoo-pr-report-") as folder:
        clone = Clone.make(project, Path(folder) / "clone", asked.cached)
        effect = compare(commits, clone, asked.out)
    charts.draw(effect, project, asked.out)
    machine = f"{describe(choose_device('auto'))}, {usable_cores()} cores"
    with atomic(asked.out / "comment.md") as temporary:
        temporary.write_text(comment.write(effect, machine), encoding="utf-8")
    endings.say(f"{asked.out / 'comment.md'} says what changed; look at {asked.out}/plots, too")


def parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.pr_report", description=__doc__)
    parser.add_argument("base", help="the branch or commit to compare with")
    parser.add_argument("--out", type=Path, default=Path("pr-report"), help="a folder")
    parser.add_argument("--cached", action="store_true", help="take results from the cache")
    return parser.parse_args(words)


def warn_of_changes(project: Path) -> None:
    command = ["git", "status", "--porcelain", "--untracked-files=no"]
    if subprocess.run(command, cwd=project, capture_output=True, check=True).stdout:
        print("what isn't committed is not part of this comparison", file=sys.stderr)


if __name__ == "__main__":
    with endings.told():
        main(Path.cwd(), sys.argv[1:])
