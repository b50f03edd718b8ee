"""What runs again when a file, a parameter or a package changes: what dvc.yaml is held to."""

import re
from typing import Any

import yaml

from tests.conftest import ROOT

PIPELINE = yaml.safe_load((ROOT / "dvc.yaml").read_text())
STAGES: dict[str, dict[str, Any]] = PIPELINE["stages"]
PARAMS = yaml.safe_load((ROOT / "params.yaml").read_text())
TRAININGS = [stage for stage in STAGES if stage.startswith("train_")]

RERUN_BY = {
    "galaxyzoo/base/": list(STAGES),
    "galaxyzoo/processes/": ["make_sample", "crop_resize", "report"],
    "galaxyzoo/findings.py": ["crop_resize", "split", "report"],
    "galaxyzoo/tree/": [stage for stage in STAGES if stage != "crop_resize"],
    "galaxyzoo/processed.py": list(STAGES),
    "galaxyzoo/devices.py": [*TRAININGS, "export", "evaluate"],
    "galaxyzoo/sample/": ["make_sample", "report"],
    "galaxyzoo/images/": ["crop_resize", "figures", "report"],
    "galaxyzoo/formats/": ["split", *TRAININGS, "export", "evaluate", "figures", "report"],
    "galaxyzoo/labels/": ["split", *TRAININGS, "export", "evaluate", "figures", "report"],
    "galaxyzoo/dataset/": [*TRAININGS, "export", "evaluate"],
    "galaxyzoo/networks/__init__.py": [*TRAININGS, "export", "evaluate", "figures", "report"],
    "galaxyzoo/networks/common/": [*TRAININGS, "export", "evaluate", "figures", "report"],
    "galaxyzoo/networks/layers/": ["train_tuned", "export", "evaluate", "figures", "report"],
    "galaxyzoo/networks/cnn.py": ["train_cnn", "export", "evaluate", "figures", "report"],
    "galaxyzoo/networks/encoder.py": ["export", "evaluate", "figures", "report"],
    "galaxyzoo/networks/resnet.py": ["train_resnet", "export", "evaluate", "figures", "report"],
    "galaxyzoo/networks/tuned.py": ["train_tuned", "export", "evaluate", "figures", "report"],
    "galaxyzoo/training/": [*TRAININGS, "report"],
    "galaxyzoo/predict/": ["export", "evaluate", "report"],
    "galaxyzoo/drawing/": ["figures", "report"],
    "galaxyzoo/scoring/": ["evaluate", "figures", "report"],
    "galaxyzoo/figures/": ["figures", "report"],
    "galaxyzoo/report/": ["report"],
    "galaxyzoo/params.py": ["report"],
    "galaxyzoo/tables/": [],
    "galaxyzoo/remote/": [],
    "galaxyzoo/framing.py": [],
    "galaxyzoo/cutouts/": [],
    "galaxyzoo/classify/": [],
    "galaxyzoo/serve/": [],
    "galaxyzoo/similar/": [],
    "galaxyzoo/sky/": [],
    "galaxyzoo/cli.py": [],
    "galaxyzoo/commands/": [],
    "galaxyzoo/__init__.py": [],
    "galaxyzoo/__main__.py": [],
    "stages/__init__.py": list(STAGES),
    "galaxyzoo/py.typed": [],
    "tools/": [],
    "tests/": [],
    "benchmarks/": [],
    "docs/": [],
    ".ci/": [],
    ".devcontainer/": [],
    ".github/": [],
    ".dvc/": [],
    ".dvcignore": [],
    ".gitattributes": [],
    ".gitignore": [],
    ".pre-commit-config.yaml": [],
    ".vscode/": [],
    "CHANGELOG.md": [],
    "CITATION.cff": [],
    "CONTRIBUTING.md": [],
    "LICENSE": [],
    "Makefile": [],
    "README.md": [],
    "pyproject.toml": [],
    "requirements.txt": [],
}
"""Which stages run again when a file in a room is changed, added or removed; those that follow them
run too, if what these write has changed. requirements.txt and pyproject.toml: through the versions
of packages that are installed by them."""

TO_PASTE = "train_encoder"
"""The stage that docs/full_data.md has, for who wants it"""

RERUN_BY_STAGE = {f"stages/{stage}.py": [stage] for stage in STAGES} | {f"stages/{TO_PASTE}.py": []}

PLACES = ("  export:\n", "predict:")
"""What stands after train_tuned"""

OTHER_TABLES = (
    "params.yaml",
    "versions.yaml",
    "dvc.yaml",
    "dvc.lock",
    "data/no_mapping.csv",
    "data/no_weights.txt",
)
"""Whose parts have tables of their own, and DVC's own: it compares the stages with each other; and
what a parameter names"""

RERUN_BY_PARAM = {
    "data.images": ["crop_resize", "figures", "report"],
    "data.label_column": ["split", "report"],
    "data.labels": ["split", "report"],
    "data.mapping": ["split", "report"],
    "make_sample": ["make_sample", "report"],
    "crop_resize": ["crop_resize", "report"],
    "split": ["split", "report"],
    "predict": ["export", "report"],
    "evaluate": ["export", "evaluate", "report"],
    "noise_floor": ["evaluate", "report"],
} | {training: [training, "report"] for training in TRAININGS}
"""The same for each parameter of a section, or for one by its name"""

AFTER_DATA = ["split", *TRAININGS, "export", "evaluate", "figures", "report"]
RERUN_BY_PACKAGE = {
    "jinja2": ["report"],
    "matplotlib": ["figures", "report"],
    "numpy": list(STAGES),
    "pandas": ["make_sample", "crop_resize", *AFTER_DATA],
    "pillow": ["make_sample", "crop_resize", "figures", "report"],
    "pyarrow": AFTER_DATA,
    "simplejpeg": ["crop_resize", "figures", "report"],
    "safetensors": [*TRAININGS, "export", "evaluate", "report"],
    "torch": [*TRAININGS, "export", "evaluate", "figures", "report"],
    "torchvision": ["train_resnet", "export", "evaluate", "figures", "report"],
    "vl-convert-python": ["report"],
}
"""The same for the version of each package that matters"""

NO_MATTER = {
    "astropy": "reads numbers of a file, as it holds them",
    "markupsafe": "escapes for jinja2, which pins it",
    "pydantic": "only checks",
    "pydantic_core": "only checks",
    "tqdm": "only shows",
    "yaml": "reads a file of plain values, which our own tests pin",
}
"""Packages that stages import, and why their versions change no result"""


def to_paste() -> list[tuple[str, str]]:
    """What docs/full_data.md has for dvc.yaml and params.yaml, each with what it goes before."""
    page = (ROOT / "docs" / "full_data.md").read_text()
    return list(zip(re.findall(r"^```yaml\n(.*?)^```$", page, re.M | re.S), PLACES, strict=True))
