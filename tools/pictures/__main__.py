"""Draw the pictures of README and docs/ anew: python -m tools.pictures"""

from collections.abc import Callable
from pathlib import Path

from galaxyzoo.base.endings import told
from galaxyzoo.base.files import atomic
from tools.pictures import pipeline, results
from tools.pictures.svg import THEMES, Drawing, Theme

FOLDER = Path("docs/pictures")
PICTURES: dict[str, Callable[[Path, Theme], Drawing]] = {
    "pipeline": pipeline.draw,
    "results": results.draw,
}
"""What draws each, of the folder of the project"""


def drawings(root: Path) -> dict[Path, str]:
    """Each picture's file, and what belongs into it."""
    return {
        FOLDER / f"{name}_{theme.name}.svg": str(draw(root, theme))
        for name, draw in PICTURES.items()
        for theme in THEMES
    }


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for path, content in drawings(Path()).items():
        with atomic(path) as temporary:
            temporary.write_text(content, encoding="utf-8")


if __name__ == "__main__":
    with told():
        main()
