"""The comment of a pull request, in Markdown; also the summary of the run that made it."""

import html
import os
from collections.abc import Iterator, Sequence

from tools.pr_report import charts
from tools.pr_report.results import Effect

MARK = "<!-- galaxyzoo: pr-report -->"
"""How the workflow finds its comment again"""
_MOST_PARAMS = 40
_NONE = "–"  # noqa: RUF001  a dash


def write(effect: Effect, machine: str) -> str:
    """What a branch names (models, parameters, values) is escaped, and stands in code."""
    return "\n\n".join([MARK, "## What this changes", *_parts(effect, machine)]) + "\n"


def _parts(effect: Effect, machine: str) -> Iterator[str]:
    stages = effect.stages()
    yield _told(effect, machine, stages)
    yield _scores(effect)
    if effect.before.scores != effect.after.scores:
        yield f"Ranking: 🟦 before, 🟧 after; the shorter the better\n\n{charts.ranking(effect)}"
    networks = charts.changed(effect)
    if networks:
        yield "Loss on the test split, epoch by epoch: 🟦 before, 🟧 after"
        yield from (charts.curves(effect, network) for network in networks)
    if effect.params():
        yield _params(effect)
    if stages:
        yield f"Stages that made something else: {', '.join(_code(name) for name in stages)}."
    yield _where()


def _told(effect: Effect, machine: str, stages: list[str]) -> str:
    before, after = effect.before, effect.after
    told = (
        f"The pipeline before (`{before.commit[:7]}`) and after (`{after.commit[:7]}`), "
        f"both run on one machine: {html.escape(machine)}."
    )
    if not stages:
        told += " **Every output has the same bytes.**"
    elif before.scores == after.scores:
        told += " **No score changed.**"
    if after.rendered:
        told += " These galaxies are rendered: their scores say nothing of the sky."
    return told


def _scores(effect: Effect) -> str:
    before, after = effect.before.scores, effect.after.scores
    rows = [
        (_code(name), _rmse(before.get(name)), _rmse(after.get(name)), _change(name, effect))
        for name in effect.models()
    ]
    return _table(("model", "RMSE before", "RMSE after", "change"), rows)


def _rmse(value: float | None) -> str:
    return _NONE if value is None else f"{value:.5f}"


def _change(name: str, effect: Effect) -> str:
    before, after = effect.before.scores.get(name), effect.after.scores.get(name)
    if before is None or after is None:
        return "new" if before is None else "gone"
    if before == after:
        return "none"
    share = f" ({100 * (after / before - 1):+.1f}%)" if before else ""
    return f"{'🟢 better' if after < before else '🔴 worse'} {after - before:+.5f}{share}"


def _params(effect: Effect) -> str:
    names = effect.params()
    one, other = effect.before.params, effect.after.params
    rows = [
        (_code(name), *(_code(own[name]) if name in own else _NONE for own in (one, other)))
        for name in names[:_MOST_PARAMS]
    ]
    table = _table(("parameter", "before", "after"), rows)
    more = len(names) - len(rows)
    return table + (f"\n\nand {more} parameters more" if more else "")


def _where() -> str:
    """Where the report is: in the run's artifact, or in the folder beside the comment."""
    server, project, run = (
        os.environ.get(f"GITHUB_{name}") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID")
    )
    what = "the reports before and after, DVC's page of plots, and these charts with all of them"
    if server and project and run:
        return (
            f"[The run]({server}/{project}/actions/runs/{run}) keeps {what}: artifact `pr-report`."
        )
    return f"Beside this file: {what}."


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _code(value: object) -> str:
    """Text that Markdown, within a table, shows as it is."""
    text = html.escape(" ".join(str(value).split())).replace("|", "&#124;")
    return f"<code>{text.replace('`', '&#96;').replace('@', '&#64;')}</code>"
