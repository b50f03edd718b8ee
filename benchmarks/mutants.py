"""Which changes to the code of a room no test of that room notices.

usage: python -m benchmarks.mutants ROOM [MOST [SECONDS]]

ROOM is a folder of galaxyzoo/ with tests of its own, such as training or predict.
In a copy of the project one place of its code is changed at a time: a comparison, an operator, a
number, a truth value, an argument that is left out. Then the tests in tests/ROOM run until one
fails. A change that lives is printed: either it makes no difference, or a test is missing. Of more
than MOST places (default 100) so many are drawn, by a seed; after SECONDS (default 1800) it ends.
"""

import ast
import copy
import multiprocessing
import os
import random
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np  # noqa: F401  what tests import is here already in each fork
import pandas as pd  # noqa: F401
import pytest
import torch
import torchvision  # noqa: F401

PARTS = ("galaxyzoo", "stages", "tests", "params.yaml", "dvc.yaml", "pyproject.toml", "README.md")
SEED = 1
PATIENCE = 180  # seconds for the tests of a change; one that hangs is noticed, too

COMPARISONS = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
}


def changes(node: ast.AST) -> Iterator[ast.AST]:
    """Each way in which a node of the code can be changed: the node in its place."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARISONS:
        changed = copy.deepcopy(node)
        changed.ops[0] = COMPARISONS[type(node.ops[0])]()
        yield changed
    elif isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        yield ast.BinOp(node.left, OPERATORS[type(node.op)](), node.right)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield node.operand
    elif isinstance(node, ast.Constant):
        yield from _other_values(node.value)
    elif isinstance(node, ast.Call):
        yield from _calls_with_less(node)


def _other_values(value: object) -> Iterator[ast.AST]:
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int | float):
        yield ast.Constant(value + 1)


def _calls_with_less(call: ast.Call) -> Iterator[ast.AST]:
    for place in range(len(call.keywords)):
        changed = copy.deepcopy(call)
        del changed.keywords[place]
        yield changed


class _Places(ast.NodeTransformer):
    """Visits the places of a module that can be changed, and changes the one with a number.

    Types and decorators are left alone: they hardly ever change what a program does.
    """

    def __init__(self, number: int | None = None) -> None:
        self.number = number
        self.found: list[tuple[int, str]] = []

    def visit(self, node: ast.AST) -> ast.AST:
        for changed in changes(node):
            self.found.append((getattr(node, "lineno", 0), f"{show(node)}  ->  {show(changed)}"))
            if len(self.found) - 1 == self.number:
                return ast.copy_location(changed, node)
        visited: ast.AST = super().visit(node)
        return visited

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            node.value = self._expression(node.value)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.args.defaults = [self._expression(default) for default in node.args.defaults]
        node.body = self._statements(node.body)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.body = self._statements(node.body)
        return node

    def _statements(self, body: list[ast.stmt]) -> list[ast.stmt]:
        visited = [self.visit(statement) for statement in body]
        return [statement for statement in visited if isinstance(statement, ast.stmt)]

    def _expression(self, node: ast.expr) -> ast.expr:
        visited = self.visit(node)
        assert isinstance(visited, ast.expr)
        return visited


def show(node: ast.AST) -> str:
    return ast.unparse(node).replace("\n", " ")[:70]


def change(source: str, number: int) -> str:
    """The source with one place changed."""
    return ast.unparse(ast.fix_missing_locations(_Places(number).visit(ast.parse(source))))


def places(source: str) -> list[tuple[int, str]]:
    """Line and description of each change."""
    visitor = _Places()
    visitor.visit(ast.parse(source))
    return visitor.found


def run_tests(folder: Path, room: str) -> None:
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    torch.set_num_threads(1)
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:cov"]
    os._exit(int(pytest.main([*options, f"tests/{room}"])))


def is_noticed(folder: Path, room: str) -> bool:
    process = multiprocessing.get_context("fork").Process(target=run_tests, args=(folder, room))
    process.start()
    process.join(PATIENCE)
    if process.is_alive():
        process.kill()
        process.join()
    return process.exitcode != 0


def draw_work(folder: Path, room: str) -> list[tuple[Path, int, tuple[int, str]]]:
    """All changes to a room, in a drawn order: file, number, line and description of each."""
    work = [
        (path, number, place)
        for path in sorted((folder / "galaxyzoo" / room).rglob("*.py"))
        for number, place in enumerate(places(path.read_text()))
    ]
    random.Random(SEED).shuffle(work)
    return work


def try_changes(folder: Path, room: str, most: int, seconds: float) -> str:
    """Print the changes that live; the counts, in words."""
    work = draw_work(folder, room)
    tried = alive = 0
    end = time.monotonic() + seconds
    for path, number, (line, what) in work[:most]:
        if time.monotonic() > end:
            break
        source = path.read_text()
        path.write_text(change(source, number))
        tried += 1
        if not is_noticed(folder, room):
            alive += 1
            print(f"{path.relative_to(folder)}:{line}: {what}", flush=True)
        path.write_text(source)
    return f"{room}: {alive} of {tried} changes live, of {len(work)} that there are"


def main() -> None:
    given = sys.argv[1:]
    room, most, seconds = given + ["100", "1800"][len(given) - 1 :]
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for part in PARTS:
            copier = shutil.copytree if Path(part).is_dir() else shutil.copy
            copier(part, folder / part)
        if is_noticed(folder, room):
            sys.exit(f"tests/{room} fail without any change")
        print(try_changes(folder, room, int(most), float(seconds)))


if __name__ == "__main__":
    main()
