"""The ranking and the loss curves: as text that GitHub draws, and as pictures."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import vl_convert

from galaxyzoo.base.files import atomic
from tools.pr_report.results import Effect

TEMPLATES = Path(".dvc/plots")
SIDES = ("before", "after")

_HEAD = """```mermaid
---
config:
  xyChart: {{width: 700, height: {height}{more}}}
  themeVariables: {{xyChart: {{plotColorPalette: "#0072B2, #D55E00"}}}}
---
xychart-beta{direction}"""
_NO_NUMBERS = ", yAxis: {showLabel: false, showTick: false}"  # with them, a bar of 0 shows


def ranking(effect: Effect) -> str:
    """Bars for GitHub: each model before and after, the best first; numbers in their names."""
    scores = (effect.before.scores, effect.after.scores)
    bars = [
        (f"{name} {side} {own[name]:.5f}", own[name], number)
        for name in effect.models()
        for number, (side, own) in enumerate(zip(SIDES, scores, strict=True))
        if name in own
    ]
    lengths = [[value if side == number else 0 for _, value, side in bars] for number in (0, 1)]
    return _chart(
        _HEAD.format(height=40 + 34 * len(bars), more=_NO_NUMBERS, direction=" horizontal"),
        f"x-axis {_words([name for name, _, _ in bars])}",
        f'y-axis "RMSE on the test split" 0 --> {1.05 * max(value for _, value, _ in bars):.5f}',
        *(f"bar {_numbers(own)}" for own in lengths),
    )


def curves(effect: Effect, network: str) -> str:
    """The loss of a network on the test split, for GitHub; without epoch 0, which hides the rest.

    A line that ends earlier goes on at its last value: all have to be of one length.
    """
    lines = [
        _tested(own.losses, network) for own in (effect.before, effect.after) if len(own.losses)
    ]
    lines = [line for line in lines if line]
    most = max(map(len, lines))
    lines = [line + line[-1:] * (most - len(line)) for line in lines]
    values = [value for line in lines for value in line]
    return _chart(
        _HEAD.format(height=300, more="", direction=""),
        f"title {_words([network])[1:-1]}",
        f'x-axis "epoch" [{", ".join(str(epoch) for epoch in range(1, most + 1))}]',
        f'y-axis "mean squared error" {0.95 * min(values):.5f} --> {1.05 * max(values):.5f}',
        *(f"line {_numbers(line)}" for line in lines),
    )


def changed(effect: Effect) -> list[str]:
    """The networks that have curves, and other ones than before."""
    return [
        name
        for name in effect.networks()
        if _tested(effect.after.losses, name)
        and _tested(effect.before.losses, name) != _tested(effect.after.losses, name)
    ]


def draw(effect: Effect, project: Path, folder: Path) -> None:
    """Write ranking.png and losses.png, drawn as DVC draws its page."""
    templates = project / TEMPLATES
    scores = [
        {"rev": side, "model": name, "rmse": own.scores[name]}
        for side, own in zip(SIDES, (effect.before, effect.after), strict=True)
        for name in effect.models()
        if name in own.scores
    ]
    words = {"TITLE": "RMSE", "X": "rmse", "Y": "model"}
    words |= {"X_LABEL": "RMSE on the test split", "Y_LABEL": "Model"}
    _draw(folder / "ranking.png", templates / "networks.json", scores, words)
    losses = [
        {"rev": side, **row}
        for side, own in zip(SIDES, (effect.before, effect.after), strict=True)
        for row in json.loads(own.losses.to_json(orient="records"))
    ]
    words = {"TITLE": "Loss by epoch", "X": "epoch", "Y": "mse", "X_LABEL": "Epoch"}
    words |= {"Y_LABEL": "Mean squared error (solid: test, dashed: train)"}
    _draw(folder / "losses.png", templates / "losses.json", losses, words)


def _draw(path: Path, template: Path, rows: list[dict[str, Any]], words: dict[str, str]) -> None:
    text = template.read_text(encoding="utf-8")
    text = text.replace('"<DVC_METRIC_DATA>"', json.dumps(rows))
    for name, word in words.items():
        text = text.replace(f"<DVC_METRIC_{name}>", word)
    with atomic(path) as temporary:
        temporary.write_bytes(vl_convert.vegalite_to_png(json.loads(text), scale=2))


def _tested(losses: pd.DataFrame, network: str) -> list[float]:
    own = losses[(losses["network"] == network) & (losses["split"] == "test")]
    return [float(value) for value in own[own["epoch"] > 0].sort_values("epoch")["mse"]]


def _chart(head: str, *lines: str) -> str:
    return "\n".join([head, *(f"    {line}" for line in lines), "```"])


def _words(names: Sequence[str]) -> str:
    """Names as Mermaid takes them, which knows no escapes."""
    return f"[{', '.join(_quoted(names))}]"


def _quoted(names: Sequence[str]) -> Iterator[str]:
    for name in names:
        yield '"' + "".join(c if c.isalnum() or c in " ._-" else " " for c in name) + '"'


def _numbers(values: Sequence[float]) -> str:
    return f"[{', '.join(f'{value:.5g}' for value in values)}]"
