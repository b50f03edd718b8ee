"""The pictures of README, drawn as SVG, each for pages that are light and for such that are dark."""
