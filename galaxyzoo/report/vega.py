"""Vega, Vega-Lite and Vega-Embed as one script that a page can hold, from an installed package."""

import vl_convert

_SNIPPET = "window.vegaEmbed = vegaEmbed; window.vega = vega; window.vegaLite = vegaLite;"


def chart_library() -> str:
    """JavaScript that defines `vegaEmbed`, `vega` and `vegaLite`, and loads nothing."""
    script: str = vl_convert.javascript_bundle(_SNIPPET)
    return script
