"""A section of params.yaml: read, validated, refused by name.

Each section stands as a class beside what it steers, in `params.py` of its room; what a parameter
means, and its unit, stands beside its value in params.yaml.
"""

from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.messages import MOST_LISTED, quoted, shorten
from galaxyzoo.base.paths import PARAMS
from galaxyzoo.base.safe_yaml import YamlFileError, read_mapping

Seed = Annotated[int, Field(ge=0, lt=2**32)]
Count = Annotated[int, Field(ge=1)]
Device = Literal["auto", "cuda", "mps", "cpu"]
Precision = Literal["auto", "float32", "bfloat16"]
Shuffle = Literal["auto", "rows", "blocks"]


_EXPECTED = {
    "model_type": "must be a section: names with their values, a line each",
    "string_too_short": "must not be empty",
    "int_from_float": "must be a valid integer",
    "value_error": "must be another value",
}
"""Our words for some kinds of pydantic's errors; those of the others are clear"""


_URL = "url"
_IMPORT = "must be a path; dvc import-url makes a file of a URL (docs/object_storage.md)"


class ParamsError(UserError):
    """A parameter is missing, unknown, of the wrong type or out of its range."""


class Section(BaseModel):
    """Some parameters that belong together."""

    # Strict: a quoted number or a misspelt key is a mistake, and is not guessed at.
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


def _here(path: str) -> str:
    if "://" in path:
        raise PydanticCustomError(_URL, _IMPORT)
    return path


DataPath = Annotated[str, Field(min_length=1), AfterValidator(_here)]


class DataParams(Section):
    """Where the galaxies come from: the one section that many rooms read."""

    images: DataPath
    labels: DataPath
    mapping: DataPath = "data/no_mapping.csv"
    label_column: Literal["debiased", "weighted_fraction", "fraction"] = "debiased"


OneSection = TypeVar("OneSection", bound=Section)


def read_section(name: str, kind: type[OneSection], path: Path = PARAMS) -> OneSection:
    """Read the section `name` of params.yaml, and no other.

    Raises ParamsError that names each bad parameter, its value and what is allowed, a line each.
    """
    content = read_yaml(path)
    if name not in content:
        raise ParamsError(f"{name}: is missing")
    return validate(kind, content[name], prefix=f"{name}.")


def read_yaml(path: Path) -> dict[str, Any]:
    """The sections of params.yaml, not yet validated; ParamsError if it holds none."""
    try:
        return read_mapping(path)
    except YamlFileError as error:
        raise ParamsError(str(error)) from error


def validate(kind: type[OneSection], content: object, prefix: str = "") -> OneSection:
    """Make a section of what YAML holds; ParamsError puts `prefix` before each parameter's name."""
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        raise ParamsError(describe(error, prefix)) from error


def describe(error: ValidationError, prefix: str = "") -> str:
    """One line for each thing wrong: "train_cnn.epochs: must be at least 1, got 0"."""
    lines = [
        _describe_one(
            name=shorten(f"{prefix}{'.'.join(str(part) for part in item['loc'])}".rstrip(".")),
            kind=item["type"],
            message=item["msg"],
            value=item["input"],
        )
        for item in error.errors(include_url=False)
    ]
    if len(lines) > MOST_LISTED:
        lines[MOST_LISTED:] = [f"and {len(lines) - MOST_LISTED} more"]
    return "\n".join(lines)


def _describe_one(name: str, kind: str, message: str, value: object) -> str:
    if kind == "missing":
        return f"{name}: is missing"
    if kind == "extra_forbidden":
        return f"{name}: is not a parameter; remove it, or mend its spelling"
    if kind == _URL:  # which may hold a password
        return f"{name}: {message}"
    expected = _EXPECTED.get(kind) or message.replace("Input should", "must", 1)
    return f"{name}: {expected}, got {quoted(value)}"
