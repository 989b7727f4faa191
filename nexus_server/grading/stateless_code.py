"""Whether a learner's code can carry nothing from one call to the next. Pure.

Of such code what a visible check computes tells of that check's own values alone, whatever a hidden test asked before.
The code is plain already (see `plain_code`): it makes no classes, sets no members, and reaches nothing by text.
"""

import ast
import symtable
from collections.abc import Iterable

from nexus_server.grading.plain_code import Surroundings, globals_used, is_plain_work
from nexus_server.notebook_format.names import BUILTINS, parse

#: modules whose functions keep nothing; of `random`, `time` or `calendar` some do
_MODULES = frozenset(
    {"bisect", "cmath", "collections", "copy", "datetime", "fractions", "functools", "heapq", "itertools"}
) | frozenset({"json", "math", "numpy", "numpy.linalg", "pandas", "re", "statistics", "string"})
#: members of these that keep what they were called with, or that draw or read what others left
_KEEPING = frozenset(["cache", "lru_cache", "random", "read_csv", "read_json", "read_table", "genfromtxt", "loadtxt"])
_STATEFUL = (ast.Global, ast.Nonlocal, ast.Yield, ast.YieldFrom, ast.Await, ast.FunctionDef, ast.AsyncFunctionDef)


def keeps_nothing(sources: Iterable[str], around: Surroundings, asked: frozenset[str]) -> bool:
    """Whether the learner's answers are functions without memory, and values that do not change.

    `sources` are all cells of the learner, `asked` the names that tests use.
    """
    texts = list(sources)
    if not is_plain_work(texts, around):
        return False
    trees = [tree for text in texts if (tree := parse(text)) is not None]
    tables = [symtable.symtable(text, "cell", "exec") for text in texts]
    statements = [statement for tree in trees for statement in tree.body]
    functions: dict[str, list[ast.FunctionDef]] = {}
    values, others = set[str](), set[str]()
    for statement in statements:
        if isinstance(statement, ast.FunctionDef):
            functions.setdefault(statement.name, []).append(statement)
        elif name := _fixed_value(statement):
            values.add(name)
        else:
            others |= _bound(statement)
    imports = {name for tree in trees for name in _imported(tree)} | {name for name, _ in around.imports}
    needed = _closure(asked & functions.keys(), tables)
    known = (functions.keys() | values | imports | BUILTINS) - others
    is_memoryless = all(_is_stateless(function) for name in needed & functions.keys() for function in functions[name])
    return is_memoryless and needed <= known and not asked & others and _imports_stateless(trees, around)


def _closure(names: frozenset[str] | set[str], tables: list[symtable.SymbolTable]) -> set[str]:
    """Return the notebook's names that functions of these names read, directly or through others."""
    inner = [child for table in tables for child in table.get_children()]
    found, queue = set(names), list(names)
    while queue:
        name = queue.pop()
        for table in inner:
            if table.get_name() == name:
                fresh = set(globals_used(table)) - found
                found |= fresh
                queue += fresh
    return found


def _imports_stateless(trees: list[ast.Module], around: Surroundings) -> bool:
    paths = [path for _, path in around.imports]
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Import):
            paths += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            paths += [f"{node.module}.{alias.name}" for alias in node.names]
    return all(path in _MODULES or _is_stateless_member(path) for path in paths)


def _is_stateless_member(path: str) -> bool:
    module, _, name = path.rpartition(".")
    return module in _MODULES and name not in _KEEPING


def _imported(tree: ast.Module) -> set[str]:
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom))
    return {alias.asname or alias.name.partition(".")[0] for node in nodes for alias in node.names}


def _fixed_value(statement: ast.stmt) -> str:
    """Return the name that a statement gives a value which cannot change."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_fixed(value):
            return name
    return ""


def _is_fixed(value: ast.expr) -> bool:
    match value:
        case ast.Constant():
            return True
        case ast.UnaryOp(operand=operand):
            return _is_fixed(operand)
        case ast.Tuple(elts=items):
            return all(map(_is_fixed, items))
    return False


def _bound(statement: ast.stmt) -> set[str]:
    """Return the names that a statement may bind outside of functions, but for imports."""
    found = set[str]()
    for node in ast.walk(statement):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                found.add(name)
            case ast.MatchMapping(rest=str(name)):
                found.add(name)
    return found


def _is_stateless(function: ast.FunctionDef) -> bool:
    """Whether nothing in a function's text outlives its call."""
    defaults = [*function.args.defaults, *(default for default in function.args.kw_defaults if default is not None)]
    if function.decorator_list or not all(map(_is_fixed, defaults)):
        return False
    inner = [node for statement in function.body for node in ast.walk(statement)]
    members = {node.attr for node in inner if isinstance(node, ast.Attribute)}
    return not members & _KEEPING and not any(isinstance(node, _STATEFUL) or _is_kept_lambda(node) for node in inner)


def _is_kept_lambda(node: ast.AST) -> bool:
    """Whether a function without a name is returned, or given one."""
    return isinstance(node, ast.Return | ast.Assign | ast.NamedExpr) and isinstance(node.value, ast.Lambda)
