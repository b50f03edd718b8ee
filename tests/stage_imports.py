"""Which modules of this project a script uses, and which params a stage reads: from its source."""

import ast
from collections.abc import Iterator
from pathlib import Path

OURS = ("galaxyzoo", "stages")


def modules_used(script: Path, root: Path) -> set[str]:
    """The files below `root` that `script` imports, directly or through others; itself too."""
    found: set[str] = set()
    waiting = [script]
    while waiting:
        path = waiting.pop()
        name = path.relative_to(root).as_posix()
        if name not in found:
            found.add(name)
            waiting += imported_files(path, root)
    return found


def imported_files(path: Path, root: Path) -> Iterator[Path]:
    """The modules of ours that the source file `path` imports, wherever in it.

    Not those for the type checker alone: they aren't there when it runs.
    """
    for node in _executed(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _module(alias.name, root)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                submodule = list(_module(f"{node.module}.{alias.name}", root))
                yield from submodule or _module(node.module, root)


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
        if candidate.is_file():
            yield candidate


def params_read(script: Path) -> set[str]:
    """The dotted names that follow `params.` in a stage's script, such as "split.seed"."""
    chains = {
        chain
        for node in ast.walk(ast.parse(script.read_text()))
        if isinstance(node, ast.Attribute) and (chain := _chain(node)) is not None
    }
    # ast.walk meets params.split.seed, and params.split inside of it: the longest counts
    return {c for c in chains if not any(other.startswith(f"{c}.") for other in chains)}


def _chain(node: ast.expr) -> str | None:
    if not isinstance(node, ast.Attribute):
        return None
    if isinstance(node.value, ast.Name) and node.value.id == "params":
        return node.attr
    before = _chain(node.value)
    return f"{before}.{node.attr}" if before is not None else None
