"""Which code of this project a script uses, and which params a stage reads: from its source."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

OURS = ("galaxyzoo", "stages")
NETWORKS = "galaxyzoo/networks"


def modules_used(script: Path, root: Path) -> set[str]:
    """The files below `root` that `script` imports, directly or through others; itself too.

    Also the packages that these are in, but for galaxyzoo/__init__.py, which imports nothing of
    ours until somebody asks it for a name.
    """
    found: set[str] = set()
    waiting = [script]
    while waiting:
        path = waiting.pop()
        name = path.relative_to(root).as_posix()
        if name not in found:
            found.add(name)
            waiting += imported_files(path, root)
            waiting += _packages(path, root)
    return found


def _packages(path: Path, root: Path) -> Iterator[Path]:
    for folder in path.relative_to(root).parents:
        package = root / folder / "__init__.py"
        if folder != Path() and package.is_file() and folder != Path("galaxyzoo"):
            yield package


def imported_files(path: Path, root: Path) -> Iterator[Path]:
    """The modules of ours that the source file `path` imports, wherever in it.

    Not those for the type checker alone: they aren't there when it runs.
    """
    for node in _executed(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _module(alias.name, root)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [alias.name for alias in node.names]
            for name in names:
                submodule = list(_module(f"{node.module}.{name}", root))
                yield from submodule or _module(node.module, root)
            if _asks_the_registry(node.module, names):
                yield from (root / NETWORKS).glob("*.py")


def packages_used(script: Path, root: Path) -> set[str]:
    """The modules of others that `script` imports at their top, directly or through ours.

    Without those of Python itself, and those for the type checker alone.
    """
    found: set[str] = set()
    for name in modules_used(script, root):
        for node in _executed(ast.parse((root / name).read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
    return found - set(OURS) - sys.stdlib_module_names


def _asks_the_registry(module: str, names: list[str]) -> bool:
    """Who asks for a network by its name imports any of them."""
    if module == "galaxyzoo":
        return "networks" in names
    return module == "galaxyzoo.networks" and not {"find", "networks_in"}.isdisjoint(names)


def _executed(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"):
            yield from _executed(child)


def _module(name: str, root: Path) -> Iterator[Path]:
    """The file of a module of ours; nothing for one of others, or for what isn't a module."""
    if name.partition(".")[0] not in OURS:
        return
    path = root / name.replace(".", "/")
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.is_file() and candidate != root / "galaxyzoo" / "__init__.py":
            yield candidate


def params_read(script: Path) -> set[str]:
    """The params that a stage's script reads: "split" for a section, "data.labels" for a part.

    A section is read by `read_section("NAME", ...)`; where it is only asked for attributes, at once
    or by the name that it was given, these are what is read. `read_params()` reads everything: "*".
    """
    tree = ast.parse(script.read_text())
    found: set[str] = set()
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and (section := _section(node.value)):
            (target,) = node.targets
            assert isinstance(target, ast.Name)
            names[target.id] = section
        if isinstance(node, ast.Attribute) and (section := _section(node.value)):
            found.add(f"{section}.{node.attr}")
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "read_params":
            found.add("*")
    attributes = {
        id(node.value): node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
            attribute = attributes.get(id(node))
            section = names[node.id]
            called = attribute == "views"  # a method
            found.add(section if attribute is None or called else f"{section}.{attribute}")
    return {name for name in found if name.partition(".")[0] not in found or "." not in name}


def _section(node: ast.expr) -> str | None:
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "read_section":
        name = node.args[0]
        assert isinstance(name, ast.Constant)
        return str(name.value)
    return None
