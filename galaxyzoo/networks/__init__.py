"""The networks: each module beside this one is one, and says all that others need to know of it.

`find` gives a network by its name, `names` lists them by listing this folder. What they share is in
common/, and layers that not every network has in layers/.
"""

from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from galaxyzoo.base.errors import UserError
from galaxyzoo.networks.common.network import Network


class UnknownNetworkError(UserError):
    """No network has this name."""


@cache
def names() -> tuple[str, ...]:
    """The names of all networks, in order; none of them is imported."""
    modules = iter_modules([str(Path(__file__).parent)])
    return tuple(sorted(module.name for module in modules if not module.ispkg))


def find(name: str) -> Network:
    """The network that the module `name` defines as NETWORK.

    Raises UnknownNetworkError, which names the networks that there are.
    """
    if name not in names():
        raise UnknownNetworkError(f"no network is called {name!r}; there are {', '.join(names())}")
    network: Network = import_module(f"{__name__}.{name}").NETWORK
    return network


def networks_in(folder: Path) -> list[Network]:
    """The networks that have a file of their name in `folder`, in the order of the names.

    Raises UnknownNetworkError that names the file if one belongs to no network. What isn't called
    as our files are, such as what desktops leave, is passed over.
    """
    found = []
    ours = [path for path in folder.glob("[!.]*") if path.suffix in (".safetensors", ".csv")]
    for path in sorted(ours):
        try:
            found.append(find(path.stem))
        except UnknownNetworkError as error:
            raise UnknownNetworkError(f"{path}: {error}; remove the file, or add it") from error
    if not found:
        raise UserError(f"{folder}: holds no network; run `dvc repro`")
    return found
