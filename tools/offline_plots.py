"""Let DVC's page of plots open without internet: python -m tools.offline_plots

By itself `dvc plots show` writes a page that loads Vega from a content network. This writes a
template that holds Vega, from an installed package, and tells DVC, for this clone alone, to use it.
"""

import subprocess
from pathlib import Path

from galaxyzoo.base.endings import told
from galaxyzoo.base.files import atomic
from galaxyzoo.report.vega import chart_library

TEMPLATE = Path(".dvc/plots_page.html")

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
    {refresh_tag}
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>DVC plots</title>
    <link rel="icon" href="data:,">
    <script>%s</script>
    <style>
        body { font-family: system-ui, sans-serif; }
        table { border-spacing: 15px; }
        div:has(> div > img) { display: flex; flex-wrap: wrap; }
        div:has(> div > img) > p { flex-basis: 100%%; }
        div:has(> img) { flex: 1; max-width: 1000px; }
        img { width: 100%%; }
    </style>
</head>
<body>
    {plot_divs}
</body>
</html>
"""


def main() -> None:
    write(TEMPLATE)
    setting = ["plots.html_template", TEMPLATE.name]
    subprocess.run(["dvc", "config", "--quiet", "--local", *setting], check=True)


def write(path: Path) -> None:
    with atomic(path) as temporary:
        temporary.write_text(_PAGE % chart_library(), encoding="utf-8")


if __name__ == "__main__":
    with told():
        main()
