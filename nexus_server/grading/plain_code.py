"""Whether a learner's code is of the plain kind that cannot bend a test in its own process. Pure.

A value that cannot cross whole sends its test into the learner's kernel, and a learner can make such a value at will.
So that happens for plain code only: it makes no classes, replaces nothing, reads nothing that tests bring along, and
names only what `plain_tables` lists. Such code has no way to an object that claims to equal everything, to the test's
text, or to what a test calls.
"""

import ast
import string
import symtable
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nbformat import NotebookNode

from nexus_server.grading.plain_tables import (
    BY_TEXT,
    CHANGING,
    CONVERTERS,
    PLAIN_BUILTINS,
    UNPLAIN_MEMBERS,
    UNPLAIN_PREFIXES,
    is_module,
    members,
    readers,
)
from nexus_server.grading.sharing import Sharing
from nexus_server.notebook_format.merge import MergedCell
from nexus_server.notebook_format.metadata import ANSWER_ROLES, CellRole, cell_meta
from nexus_server.notebook_format.names import BUILTINS, cell_names, parse

#: a name that an import binds, and the module or member that it stands for
Binding = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a learner's code finds around it in a notebook."""

    #: names that the instructor's cells define, not by imports
    given: frozenset[str] = frozenset()
    #: what the instructor's cells import, tests included
    imports: frozenset[Binding] = frozenset()
    #: names that tests define, not by imports
    of_tests: frozenset[str] = frozenset()
    #: names of the instructor's whose objects the reference solution may change
    changeable: frozenset[str] = frozenset()
    #: whether tests bring files along
    has_test_files: bool = False


def surroundings(merged: Iterable[MergedCell], source: NotebookNode, *, has_test_files: bool) -> Surroundings:
    """Read what stands around a learner's cells in the notebook that is graded."""
    own = [cell for cell in merged if cell.is_trusted and cell.cell.cell_type == "code"]
    cells = [(cell.meta.role, read) for cell in own if (read := _read(cell.cell.source)) is not None]
    answers = [cell for cell in source.cells if cell_meta(cell).role in ANSWER_ROLES and cell.cell_type == "code"]
    reference = [read for cell in answers if (read := _read(cell.source)) is not None]
    tests = [cell for role, cell in cells if role is CellRole.TESTS]
    given = [cell for role, cell in cells if role is not CellRole.TESTS]
    return Surroundings(
        given=frozenset(name for cell in given for name in _assigned(cell.table)),
        imports=frozenset(binding for cell in (*given, *tests) for binding in _bindings(cell.tree)),
        of_tests=frozenset(name for cell in tests for name in _assigned(cell.table)),
        changeable=frozenset(name for cell in reference for name in cell_names(cell.tree).changes),
        has_test_files=has_test_files,
    )


def is_plain_work(sources: Iterable[str], around: Surroundings) -> bool:
    """Whether all of a learner's cells are plain, in a notebook like this."""
    cells = [_read(source) for source in sources]
    found = [cell for cell in cells if cell is not None]
    try:
        return len(found) == len(cells) and _Work(found, around).is_plain()
    except RecursionError:
        return False


@dataclass(frozen=True, slots=True)
class _Cell:
    tree: ast.Module
    table: symtable.SymbolTable


def _read(source: str) -> _Cell | None:
    """Parse plain Python; None for magics, shell lines and what does not compile."""
    tree = parse(source)
    try:
        return None if tree is None else _Cell(tree, symtable.symtable(source, "cell", "exec"))
    except (SyntaxError, ValueError, RecursionError):
        return None


class _Work:
    """A learner's cells, looked at together."""

    def __init__(self, cells: list[_Cell], around: Surroundings) -> None:
        self._cells = cells
        self._around = around
        self._own = frozenset(binding for cell in cells for binding in _bindings(cell.tree))
        self._bound = dict(around.imports | self._own)
        self._assigned = frozenset(name for cell in cells for name in _assigned(cell.table))
        #: names of the instructor's whose objects are not the learner's to change
        self._fixed = around.given - around.changeable
        self._sharing = Sharing([cell.tree for cell in cells], self._fixed)

    def is_plain(self) -> bool:
        """Look at every name and every node."""
        is_known = self._replaces_nothing() and self._names_known() and self._sharing.is_followed
        return is_known and all(self._is_plain(cell.tree) for cell in self._cells)

    def _replaces_nothing(self) -> bool:
        """Whether no name gets a second meaning, neither by assignment nor by import."""
        around, imported = self._around, {name for name, _ in self._own}
        is_single = len(self._bound) == len(around.imports | self._own)
        stored = {name for cell in self._cells for name in _stored(cell.tree)}
        replaced = self._assigned & (BUILTINS | around.given) or stored & self._bound.keys()
        return is_single and not replaced and not imported & around.given

    def _names_known(self) -> bool:
        """Whether all names are the notebook's own, and none that is read later is one that a test defines."""
        inner = [table for cell in self._cells for table in cell.table.get_children()]
        later = {name for table in inner for name in globals_used(table)}
        used = {name for cell in self._cells for name in globals_used(cell.table)}
        known = BUILTINS | self._around.given | self._assigned | self._bound.keys()
        return used <= known and not later & self._around.of_tests

    def _is_plain(self, node: ast.AST) -> bool:  # noqa: C901, PLR0911  one line per kind
        """Whether this and all below it is plain."""
        if self._sharing.is_change(node):
            return False
        match node:
            case ast.ClassDef():
                return False
            case ast.Import() | ast.ImportFrom():
                return all(self._is_offered(path) for _, path in _bindings(node)) and _is_plain_import(node)
            case ast.Name(id=name):
                return self._is_plain_variable(name)
            case ast.Attribute():
                return self._is_plain_member(node)
            case ast.Call(func=ast.Attribute(attr=name, value=owner)) if name in (*BY_TEXT, "format"):
                is_fixed = _is_fixed_format(owner) if name == "format" else _is_fixed_call(node)
                return is_fixed and self._are_plain([owner, *node.args, *node.keywords])
            case ast.Compare():
                return self._are_plain(_without_type_calls([node.left, *node.comparators]))
            case ast.MatchClass(kwd_attrs=names) if not all(map(_is_plain_name, names)):
                return False
            case ast.AugAssign(target=target) if _root(target) in self._fixed:
                return False
            case ast.Subscript(ctx=ast.Store() | ast.Del()) if _root(node) in self._fixed:
                return False
        return self._are_plain(ast.iter_child_nodes(node))

    def _are_plain(self, nodes: Iterable[ast.AST]) -> bool:
        return all(map(self._is_plain, nodes))

    def _is_plain_variable(self, name: str) -> bool:
        """Whether a name is plain where it stands alone: a module may go nowhere."""
        if (path := self._bound.get(name)) is not None:
            return self._is_offered(path) and not is_module(path)
        return name not in BUILTINS or name in PLAIN_BUILTINS

    def _is_plain_member(self, node: ast.Attribute) -> bool:
        if not isinstance(node.ctx, ast.Load):
            return False
        if (module := self._module(node.value)) is not None:
            return self._is_offered(f"{module}.{node.attr}") and not is_module(f"{module}.{node.attr}")
        is_change = node.attr in CHANGING and _root(node) in self._fixed
        is_text = node.attr in BY_TEXT or node.attr == "format"
        return _is_plain_name(node.attr) and not is_change and not is_text and self._is_plain(node.value)

    def _module(self, node: ast.expr) -> str | None:
        """Return the module that an expression names."""
        if isinstance(node, ast.Attribute) and (outer := self._module(node.value)) is not None:
            path = f"{outer}.{node.attr}"
        elif isinstance(node, ast.Name):
            path = self._bound.get(node.id, "")
        else:
            return None
        return path if is_module(path) else None

    def _is_offered(self, path: str) -> bool:
        """Whether a module, or a member of one, is plain."""
        module, _, name = path.rpartition(".")
        is_read = name in readers(module) and not self._around.has_test_files
        return is_module(path) or name in members(module) or is_read


def _bindings(tree: ast.AST) -> Iterator[Binding]:
    """Tell which name each import binds to what."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield (alias.asname, alias.name) if alias.asname else (alias.name.partition(".")[0],) * 2
        elif isinstance(node, ast.ImportFrom):
            yield from ((alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names)


def _is_plain_import(node: ast.Import | ast.ImportFrom) -> bool:
    """Whether an import says what it imports, and means no file beside the notebook."""
    if isinstance(node, ast.Import):
        return all(is_module(alias.name) for alias in node.names)
    return node.level == 0 and all(alias.name != "*" for alias in node.names)


def _stored(tree: ast.Module) -> Iterator[str]:
    """Tell which names are stored in or deleted, at whatever depth, but for imports."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name
            case ast.MatchMapping(rest=str(name)):
                yield name


def _assigned(table: symtable.SymbolTable) -> Iterator[str]:
    """Tell which of the notebook's names a piece of code assigns, at whatever depth, but for imports."""
    is_outermost = table.get_type() == "module"
    for symbol in table.get_symbols():
        is_own = is_outermost or symbol.is_declared_global()
        if is_own and (symbol.is_assigned() or symbol.is_namespace()) and not symbol.is_imported():
            yield symbol.get_name()
    for inner in table.get_children():
        yield from _assigned(inner)


def globals_used(table: symtable.SymbolTable) -> Iterator[str]:
    """Tell which of the notebook's names a piece of code reads, at whatever depth."""
    is_outermost = table.get_type() == "module"
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (is_outermost or symbol.is_global()):
            yield symbol.get_name()
    for inner in table.get_children():
        yield from globals_used(inner)


def _is_plain_name(name: str) -> bool:
    is_writer = name.startswith("to_") and name not in CONVERTERS
    return not name.startswith(UNPLAIN_PREFIXES) and name not in UNPLAIN_MEMBERS and not is_writer


def _root(node: ast.expr) -> str:
    """Return the name that a chain of members and calls begins with."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _is_fixed_call(node: ast.Call) -> bool:
    """Whether a call that may name a member by text has no arguments for that member."""
    words = {word.arg for word in node.keywords}
    if node.args:
        return len(node.args) == 1 and not isinstance(node.args[0], ast.Starred) and words <= {"axis"}
    return bool(words) and all(word.arg and isinstance(word.value, ast.Tuple) for word in node.keywords)


def _is_fixed_format(text: ast.expr) -> bool:
    """Whether a format stands there, and shows its arguments as they are."""
    return isinstance(text, ast.Constant) and isinstance(text.value, str) and _is_flat(text.value)


def _is_flat(text: str) -> bool:
    """Whether a format's fields are values, and no members of them."""
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        return False
    return all(
        "." not in (field or "") and "[" not in (field or "") and "{" not in (spec or "") for _, field, spec, _ in parts
    )


def _without_type_calls(operands: list[ast.expr]) -> list[ast.expr]:
    """Look at `x` for `type(x)`, which is compared here and goes nowhere."""
    return [_argument_of_type(operand) or operand for operand in operands]


def _argument_of_type(node: ast.expr) -> ast.expr | None:
    match node:
        case ast.Call(func=ast.Name(id="type"), args=[argument], keywords=[]):
            return argument
    return None
