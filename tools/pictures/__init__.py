"""The pictures of README and docs/, as SVG: each for pages that are light, and for dark ones."""
