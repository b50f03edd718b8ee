"""Neighbours as a page of pictures, which holds all it shows, and loads nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

from jinja2 import Environment, PackageLoader, PrefixLoader, StrictUndefined

from galaxyzoo.base.messages import plain
from galaxyzoo.report.pictures import data_address
from galaxyzoo.similar.neighbours import Described, Look, Neighbour


@dataclass(frozen=True)
class Nearest:
    """All that is known of a query."""

    query: str
    """What it is called"""
    look: Look
    described: Described
    neighbours: Sequence[Neighbour]
    """Nearest first"""
    usual: float
    """The distance that half of the images exceed"""
    galaxies: int
    """How many were searched"""
    images: str
    """Where they are"""
    model: str
    """The model in a line"""


def render(nearest: Nearest) -> str:
    """The page as HTML; file names, which can be anything, are shown as text, on one line."""
    environment = Environment(
        loader=PrefixLoader(
            {
                "similar": PackageLoader("galaxyzoo.similar", "."),
                "report": PackageLoader("galaxyzoo.report", "page"),
            }
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"address": data_address, "plain": plain}
    return environment.get_template("similar/page.html.j2").render(
        version=version("galaxyzoo"),
        nearest=nearest,
    )
