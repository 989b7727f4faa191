"""Which names a cell defines and uses, read from its syntax tree. Pure."""

import ast
import builtins
from collections.abc import Iterable
from dataclasses import dataclass

from nbformat import NotebookNode

BUILTINS = frozenset(vars(builtins))


@dataclass(frozen=True, slots=True)
class Names:
    """A cell's top-level names. `uses` holds what must exist before the cell runs, builtins included."""

    defines: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()
    uses: frozenset[str] = frozenset()
    #: names whose object the cell may change in place: `x.append(1)`, `x[0] = 1`, `x += 1`, `global x`
    changes: frozenset[str] = frozenset()


class _Collector(ast.NodeVisitor):
    def __init__(self) -> None:
        self.defines: set[str] = set()
        self.imports: set[str] = set()
        self.uses: set[str] = set()
        self.changes: set[str] = set()
        self._depth = 0

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.uses.add(node.id)
        elif not self._depth:
            self.defines.add(node.id)

    def visit_Import(self, node: ast.Import) -> None:
        self._import(node.names)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        self._import(node.names)

    def _import(self, names: list[ast.alias]) -> None:
        bound = {alias.asname or alias.name.partition(".")[0] for alias in names}
        self.imports |= bound
        if not self._depth:
            self.defines |= bound

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._scope(node, node.name)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._scope(node, node.name)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._scope(node, node.name)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._inside(node)

    def visit_ListComp(self, node: ast.ListComp) -> None:
        self._inside(node)

    def visit_SetComp(self, node: ast.SetComp) -> None:
        self._inside(node)

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._inside(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        self._inside(node)

    def _scope(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, name: str) -> None:
        if not self._depth:
            self.defines.add(name)
        self._inside(node)

    def _inside(self, node: ast.AST) -> None:
        self._depth += 1
        self.generic_visit(node)
        self._depth -= 1

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name and not self._depth:
            self.defines.add(node.name)
        self.generic_visit(node)

    def visit_Global(self, node: ast.Global) -> None:
        self.changes |= set(node.names)
        self.defines |= set(node.names)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        # A method call may change its object; reading an attribute may be a call in disguise.
        if isinstance(node.value, ast.Name):
            self.changes.add(node.value.id)
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if isinstance(node.ctx, ast.Store | ast.Del) and isinstance(node.value, ast.Name):
            self.changes.add(node.value.id)
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.uses.add(node.target.id)
            self.changes.add(node.target.id)
        self.generic_visit(node)


def parse(source: str) -> ast.Module | None:
    """Parse plain Python; None for magics, shell lines and broken syntax."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return None


def cell_names(tree: ast.Module) -> Names:
    """Collect a cell's names.

    A parameter or local of a function counts as used where it is read: too many uses at worst.
    """
    collector = _Collector()
    collector.visit(tree)
    return Names(
        frozenset(collector.defines),
        frozenset(collector.imports),
        frozenset(collector.uses),
        frozenset(collector.changes - collector.imports),
    )


def defined_names(notebook: NotebookNode) -> frozenset[str]:
    """Return every top-level name that some code cell of the notebook defines."""
    trees = [parse(cell.source) for cell in notebook.cells if cell.cell_type == "code"]
    return frozenset(name for tree in trees if tree for name in cell_names(tree).defines)


def tied_tests(notebook: NotebookNode, tests: Iterable[int], some: Iterable[int]) -> frozenset[int]:
    """Return the test cells that must run where some of them do: one defines or changes what another uses."""
    trees = {index: parse(notebook.cells[index].source) for index in tests}
    names = {index: cell_names(tree) for index, tree in trees.items() if tree is not None}
    tied, queue = set(some), list(some)
    while queue:
        mine = names[queue.pop()]
        for index, other in names.items():
            makes = (mine.defines - mine.imports) & other.uses or (other.defines - other.imports) & mine.uses
            if index not in tied and makes:
                tied.add(index)
                queue.append(index)
    return frozenset(tied)
