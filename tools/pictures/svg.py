"""A small drawing as SVG, whose text is the same on every machine."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

FONT = "-apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif"

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True)
class Theme:
    """Colours by what they are for, on a page of one kind; the picture itself has no background."""

    name: str
    ink: str
    faint: str
    rule: str
    box: str
    """Of boxes, and around letters that cross a line: near that of the page"""
    ours: str
    others: str
    data: str
    learning: str
    scores: str


THEMES = (
    Theme(
        "light",
        ink="#1f2328",
        faint="#59636e",
        rule="#d1d9e0",
        box="#ffffff",
        ours="#0a5fb4",
        others="#a8480b",
        data="#0a5fb4",
        learning="#a8480b",
        scores="#187a45",
    ),
    Theme(
        "dark",
        ink="#f0f6fc",
        faint="#9aa4af",
        rule="#3d444d",
        box="#0d1117",
        ours="#66b2ff",
        others="#ffa15c",
        data="#66b2ff",
        learning="#ffa15c",
        scores="#56d08a",
    ),
)


@dataclass
class Drawing:
    """A picture of some size; lengths are in pixels of a page that shows it whole."""

    width: int
    height: int
    about: str
    """What it shows, for who can't see it"""
    theme: Theme
    parts: list[str] = field(default_factory=list)

    def add(self, element: str, text: str | None = None, **attributes: str | float) -> None:
        """An element with attributes, whose underscores stand for hyphens; escaped."""
        said = "".join(
            f" {name.rstrip('_').replace('_', '-')}={quoteattr(shown(value))}"
            for name, value in attributes.items()
        )
        self.parts.append(
            f"<{element}{said}/>"
            if text is None
            else f"<{element}{said}>{escape(text)}</{element}>"
        )

    def line(self, points: Sequence[tuple[float, float]], color: str, width: float = 1) -> None:
        """Straight from point to point."""
        joined = " ".join(f"{shown(x)},{shown(y)}" for x, y in points)
        self.add("polyline", points=joined, fill="none", stroke=color, stroke_width=width)

    def text(  # noqa: PLR0913  what a text needs
        self,
        place: tuple[float, float],
        text: str,
        *,
        size: float = 14,
        color: str | None = None,
        anchor: Anchor = "start",
        bold: bool = False,
        code: bool = False,
    ) -> None:
        """A line of text whose baseline begins, ends, or has its middle, at a place."""
        self.add(
            "text",
            text,
            x=place[0],
            y=place[1],
            font_size=size,
            fill=color or self.theme.ink,
            text_anchor=anchor,
            font_weight="600" if bold else "400",
            font_family="ui-monospace, Menlo, Consolas, monospace" if code else FONT,
        )

    def __str__(self) -> str:
        head = (
            '<svg xmlns="http://www.w3.org/2000/svg" role="img" '
            f'width="{self.width}" height="{self.height}" viewBox="0 0 {self.width} {self.height}">'
        )
        return "\n".join([head, f"<title>{escape(self.about)}</title>", *self.parts, "</svg>", ""])


def shown(value: str | float) -> str:
    """A number with at most one decimal, so that its last digits never differ."""
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")
