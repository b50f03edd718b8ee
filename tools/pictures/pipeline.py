"""The pipeline, drawn from dvc.yaml: a row for what can run at the same time."""

import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tools.pictures.svg import Drawing, Theme

WIDTH = 850
GAP_ACROSS, GAP_DOWN = 18, 34
ONE_WIDTH = 470  # of a box that has a row for itself
LINE, PADDING = 18, 12
LETTER = 6.6  # how wide a letter of the description is, on average
OWN = "your own galaxies"
OWN_SAID = "in their place, if data.images and data.labels in params.yaml name them"

Edges = set[tuple[str, str]]


@cache
def read_stages(folder: Path) -> dict[str, dict[str, Any]]:
    """The stages of dvc.yaml, with the parameters that stand in for their files."""
    params = yaml.safe_load((folder / "params.yaml").read_text(encoding="utf-8"))
    text = re.sub(
        r"\$\{(\w+)\.(\w+)\}",
        lambda found: str(params[found[1]][found[2]]),
        (folder / "dvc.yaml").read_text(encoding="utf-8"),
    )
    stages: dict[str, dict[str, Any]] = yaml.safe_load(text)["stages"]
    return stages


def edges(stages: Mapping[str, Mapping[str, Any]]) -> Edges:
    """Which stage reads what which other writes."""
    outs = [(name, out) for name, own in stages.items() for out in _paths(own["outs"])]
    return {
        (before, after)
        for after, own in stages.items()
        for dep in _paths(own["deps"])
        for before, out in outs
        if f"{dep}/".startswith(f"{out}/") or f"{out}/".startswith(f"{dep}/")
    }


def _paths(entries: list[Any]) -> Iterator[str]:
    for entry in entries:
        yield from [entry] if isinstance(entry, str) else entry


def without_shortcuts(all_edges: Edges) -> Edges:
    """The edges but for those from where others lead to, too."""
    return {
        (before, after)
        for before, after in all_edges
        if not any(
            first == before and second != after and after in reached(second, all_edges)
            for first, second in all_edges
        )
    }


def reached(start: str, all_edges: Edges) -> set[str]:
    """What comes after a stage, however many stages later."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        stage = waiting.pop()
        new = {after for before, after in all_edges if before == stage} - found
        found |= new
        waiting += sorted(new)
    return found


def rows(stages: Mapping[str, Any], all_edges: Edges) -> list[list[str]]:
    """The stages by how many others must run one after the other before, in their order."""
    level: dict[str, int] = {}

    def level_of(stage: str) -> int:
        if stage not in level:
            befores = [before for before, after in all_edges if after == stage]
            level[stage] = 1 + max(map(level_of, befores), default=-1)
        return level[stage]

    found: list[list[str]] = [[] for _ in range(1 + max(map(level_of, stages)))]
    for stage in stages:
        found[level[stage]].append(stage)
    return found


@dataclass(frozen=True)
class Box:
    """Where a stage is drawn."""

    name: str
    said: list[str]
    left: float
    top: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return self.left + self.width / 2


def place_boxes(stages: Mapping[str, Mapping[str, Any]], placed: list[list[str]]) -> list[Box]:
    """Each stage in its row, and beside the first what may take its place."""
    said = {name: str(own["desc"]) for name, own in stages.items()} | {OWN: OWN_SAID}
    boxes: list[Box] = []
    top: float = 2
    for row in [[*placed[0], OWN], *placed[1:]]:
        boxes += place_row({name: said[name] for name in row}, top)
        top += boxes[-1].height + GAP_DOWN
    return boxes


def place_row(said: Mapping[str, str], top: float) -> list[Box]:
    """Boxes side by side, of one size; one alone isn't stretched over the whole width."""
    gaps = GAP_ACROSS * (len(said) - 1)
    width = (WIDTH - 4 - gaps) / len(said) if len(said) > 1 else ONE_WIDTH
    first = (WIDTH - len(said) * width - gaps) / 2
    letters = int((width - 2 * PADDING) / LETTER)
    lines = {name: textwrap.wrap(text, letters) for name, text in said.items()}
    height = 2 * PADDING - 4 + LINE * (1 + max(map(len, lines.values())))
    lefts = (first + place * (width + GAP_ACROSS) for place in range(len(said)))
    return [
        Box(name, own, left, top, width, height)
        for (name, own), left in zip(lines.items(), lefts, strict=True)
    ]


def draw(folder: Path, theme: Theme) -> Drawing:
    """The picture of the pipeline in a folder."""
    stages = read_stages(folder)
    read = edges(stages)
    placed = rows(stages, read)
    boxes = {box.name: box for box in place_boxes(stages, placed)}
    height = max(box.top + box.height for box in boxes.values()) + 2
    about = "The stages of the pipeline, from top to bottom: " + "; ".join(map(", ".join, placed))
    drawing = Drawing(WIDTH, round(height), about, theme)
    for before, after in sorted(without_shortcuts(read)):
        _draw_arrow(drawing, boxes[before], boxes[after])
    for after in sorted({after for before, after in read if before in placed[0]} & {*placed[1]}):
        _draw_arrow(drawing, boxes[OWN], boxes[after], dashed=True)
    for box in boxes.values():
        _draw_box(drawing, box, _color(box.name, read, theme))
    return drawing


def _color(stage: str, read: Edges, theme: Theme) -> str:
    """Data before what learns, what learns, and what comes of it."""
    if stage.startswith("train_"):
        return theme.learning
    before = stage == OWN or any(name.startswith("train_") for name in reached(stage, read))
    return theme.data if before else theme.scores


def _draw_box(drawing: Drawing, box: Box, color: str) -> None:
    own = box.name == OWN
    drawing.add(
        "rect",
        x=box.left,
        y=box.top,
        width=box.width,
        height=box.height,
        rx=7,
        fill=drawing.theme.box,
        stroke=color,
        stroke_width=1.5,
        stroke_dasharray="5 4" if own else "none",
    )
    first = box.top + PADDING + 12
    drawing.text(
        (box.middle, first), box.name, color=color, anchor="middle", bold=True, code=not own
    )
    for number, line in enumerate(box.said, start=1):
        drawing.text((box.middle, first + LINE * number), line, size=13, anchor="middle")


def _draw_arrow(drawing: Drawing, before: Box, after: Box, dashed: bool = False) -> None:
    start, end = before.top + before.height, after.top - 8
    entry = _entry(before, after)
    bend = (start + end) / 2
    curve = (before.middle, start), (before.middle, bend), (entry, bend), (entry, end)
    path = "M{} C{} {} {}".format(*(f"{x:.1f} {y:.1f}" for x, y in curve))
    dashes = "5 4" if dashed else "none"
    color = drawing.theme.faint
    drawing.add(
        "path", d=path, fill="none", stroke=color, stroke_width=1.5, stroke_dasharray=dashes
    )
    head = f"M{entry - 5:.1f} {end - 1:.1f}h10l-5 8z"
    drawing.add("path", d=head, fill=color)


def _entry(before: Box, after: Box) -> float:
    """Where an arrow meets a box: from the side that it comes from, so that heads stay apart."""
    reach = after.width / 2 - 30
    return after.middle + max(-reach, min(reach, (before.middle - after.middle) * 0.35))
