"""The packages that results depend on: versions.yaml, which the stages of dvc.yaml name by package.

Whoever installs another version gets it into versions.yaml by `make setup`, and `dvc repro` then
runs the stages that it matters to. A stage that finds other versions than those stops, so that no
result is of versions that dvc.lock doesn't tell. To write what is installed:
python -m galaxyzoo.base.versions
"""

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from galaxyzoo.base.endings import told
from galaxyzoo.base.errors import UserError
from galaxyzoo.base.files import atomic
from galaxyzoo.base.messages import shorten
from galaxyzoo.base.safe_yaml import read_mapping

VERSIONS = Path("versions.yaml")

PACKAGES = {
    "jinja2": "jinja2",
    "matplotlib": "matplotlib",
    "numpy": "numpy",
    "pandas": "pandas",
    "PIL": "pillow",
    "pyarrow": "pyarrow",
    "safetensors": "safetensors",
    "simplejpeg": "simplejpeg",
    "torch": "torch",
    "torchvision": "torchvision",
    "vl_convert": "vl-convert-python",
}
"""By the name that code imports. The versions of others change no byte of what the stages write."""

_HEADER = """\
# What results were made with. Written by `make setup`; a stage that finds others stops.
"""


class VersionsError(UserError):
    """Other packages are installed than versions.yaml says."""


def installed_versions() -> dict[str, str]:
    """The version of each of those packages; "none" where there is none."""
    return {package: _version(package) for package in sorted(PACKAGES.values())}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"


def check_versions(path: Path = VERSIONS) -> None:
    """Raise VersionsError if other versions are installed than a file says, if it is there.

    DVC runs no stage without it; who runs one alone elsewhere has nothing to compare with.
    """
    if path.exists() and (different := _differences(path)):
        raise VersionsError(
            f"{path}: not what is installed: {'; '.join(different)}. Run `make setup`, which "
            "installs requirements.txt and writes the versions there, and then `dvc repro`"
        )


def _differences(path: Path) -> list[str]:
    told, installed = read_mapping(path), installed_versions()
    return [
        f"{shorten(name)} {shorten(told.get(name, 'none'), 20)}, and {installed[name]} is installed"
        if name in installed
        else f"{shorten(name)}, which is none of those that matter"
        for name in sorted({*told, *installed})
        if told.get(name) != installed.get(name)
    ][:3]


def write_versions(path: Path = VERSIONS) -> None:
    """Write what is installed, and say what that changes; leave a file alone that says the same."""
    different = _differences(path) if path.exists() else ["nothing"]
    if not different:
        return
    if path.exists():
        print(f"{path} is written anew: it said {'; '.join(different)}")
    lines = [f'{name}: "{own}"\n' for name, own in installed_versions().items()]
    with atomic(path) as temporary:
        temporary.write_text(_HEADER + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    with told():
        write_versions()
