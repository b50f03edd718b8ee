"""Vega, Vega-Lite and Vega-Embed as one script that a page can hold, from an installed package."""

from functools import cache

import vl_convert

_SNIPPET = "window.vegaEmbed = vegaEmbed; window.vega = vega; window.vegaLite = vegaLite;"


@cache  # it takes a second and more
def chart_library() -> str:
    """JavaScript that defines `vegaEmbed`, `vega` and `vegaLite`, and loads nothing."""
    script: str = vl_convert.javascript_bundle(_SNIPPET)
    return script
