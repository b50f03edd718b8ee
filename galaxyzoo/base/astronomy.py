"""astropy, for the tables of astronomers: an extra, which only who has such tables installs."""

from importlib import import_module
from types import ModuleType

from galaxyzoo.base.errors import UserError


def astropy(module: str, path: object) -> ModuleType:
    """The module `module` of astropy, such as "table" or "io.fits".

    Raises UserError, which names the file `path` that it is needed for, if astropy is missing.
    """
    try:
        return import_module(f"astropy.{module}")
    except ImportError as error:
        raise UserError(
            f"{path}: FITS, VOTable and ECSV need astropy, which is missing here: "
            "pip install 'galaxyzoo[astronomy]'"
        ) from error
