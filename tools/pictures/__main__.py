"""Draw the pictures of README and docs/ anew: python -m tools.pictures"""

from collections.abc import Callable
from pathlib import Path

from galaxyzoo.base.endings import told
from galaxyzoo.base.files import atomic
from tools.pictures import galaxy, pipeline, results
from tools.pictures.svg import THEMES, Drawing, Theme

FOLDER = Path("docs/pictures")
PICTURES: dict[str, Callable[[Path, Theme], Drawing]] = {
    "pipeline": pipeline.draw,
    "results": results.draw,
}
"""What draws each, of the folder of the project"""


def drawings(root: Path) -> dict[Path, str]:
    """Each picture's file, and what belongs into it: it follows from committed files alone."""
    return {
        FOLDER / f"{name}_{theme.name}.svg": str(draw(root, theme))
        for name, draw in PICTURES.items()
        for theme in THEMES
    }


def galaxies(root: Path) -> dict[Path, bytes]:
    """The files of the galaxy: its predictions are those of the last run of the pipeline."""
    own = galaxy.render(root)
    trees = {
        FOLDER / f"tree_{theme.name}.svg": galaxy.tree(root, own, theme).encode()
        for theme in THEMES
    }
    return trees | {FOLDER / "galaxy.jpg": galaxy.picture(own)}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    drawn = {path: content.encode() for path, content in drawings(Path()).items()}
    for path, content in (drawn | galaxies(Path())).items():
        with atomic(path) as temporary:
            temporary.write_bytes(content)


if __name__ == "__main__":
    with told():
        main()
