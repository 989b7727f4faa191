"""Which test cells can run sealed, and what they need there: static analysis of the instructor's notebook. Pure."""

import ast
import builtins
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from nbformat import NotebookNode

from nexus_server.grading.remote.install import Classes
from nexus_server.notebook_format.languages import PYTHON, notebook_language
from nexus_server.notebook_format.markers import code_stub
from nexus_server.notebook_format.metadata import ANSWER_ROLES, CellRole, cell_meta
from nexus_server.notebook_format.names import BUILTINS, Names, cell_names, parse

#: names by which a test looks at the process or the notebook it runs in
PROCESS_NAMES = frozenset(
    {"get_ipython", "In", "Out", "_", "globals", "locals", "vars", "input", "eval", "exec", "compile", "__file__"}
)
#: modules that look into live objects, replace parts of them, or keep state that the learner's cells fill
PROCESS_MODULES = frozenset(
    {"inspect", "unittest.mock", "mock", "IPython", "gc", "ctypes", "dis", "builtins", "matplotlib"}
)
#: calls that make a class, beside the statement `class`
CLASS_MAKERS = frozenset({"namedtuple", "NamedTuple", "Enum", "IntEnum", "Flag", "make_dataclass", "type"})
#: bases, or makers, of classes whose objects do not change, and so can cross as data
IMMUTABLE = frozenset({"Enum", "IntEnum", "StrEnum", "NamedTuple", "namedtuple"})
#: attributes of functions that do not cross
PROCESS_ATTRIBUTES = frozenset({"__code__", "__globals__", "__closure__", "__wrapped__", "__dict__"})


@dataclass(frozen=True, slots=True)
class Analysis:
    """What a source notebook's code cells need in the tests' process. Keys are positions of the source's cells."""

    #: test cells that nothing speaks against running sealed
    sealable: frozenset[int]
    #: what to run there, in the order of the positions: the instructor's cells, and the imports of the answers
    trusted_code: Mapping[int, str]
    #: names to fetch from the learner's process before a cell runs
    learner_names: Mapping[int, tuple[str, ...]]
    #: classes that the reference solution defines, and immutable ones that the instructor's cells do
    classes: Classes
    #: modules and their members that only answers import: a test has them if the learner has
    asked_imports: Mapping[int, tuple[str, ...]]
    #: test cells that define something which later answers use: the learner's process needs them, too
    also_in_kernel: frozenset[int]
    #: what each test cell uses, defines and changes, but for builtins and what is imported anywhere
    test_names: Mapping[int, frozenset[str]]


def analyse(source: NotebookNode) -> Analysis:
    """Analyse an instructor's notebook; for languages other than Python nothing is sealable."""
    if notebook_language(source) != PYTHON:
        return Analysis(frozenset(), {}, {}, Classes(), {}, frozenset(), {})
    return _Analyser(source).analysis()


class _Analyser:
    def __init__(self, source: NotebookNode) -> None:
        self.cells = {index: cell for index, cell in enumerate(source.cells) if cell.cell_type == "code"}
        self.roles = {index: cell_meta(cell).role for index, cell in self.cells.items()}
        self.trees = {index: parse(cell.source) for index, cell in self.cells.items()}
        self.names = {index: cell_names(tree) for index, tree in self.trees.items() if tree is not None}
        self.answers = {index for index, role in self.roles.items() if role in ANSWER_ROLES}
        self.tests = {index for index, role in self.roles.items() if role is CellRole.TESTS}
        self.defined = {name for names in self.names.values() for name in names.defines}
        self.given = self._given()
        self.learners = self._learners()

    def analysis(self) -> Analysis:
        sealable = frozenset(index for index in self.tests if self._is_sealable(index))
        needed = self._needed(sealable)
        return Analysis(
            sealable=sealable,
            trusted_code={index: code for index in self.cells if (code := self._trusted_code(index, needed))},
            learner_names={index: self._fetched(names) for index, names in self.names.items()},
            classes=Classes(tuple(sorted(self._asked_for())), tuple(sorted(self.given))),
            asked_imports={index: found for index in self.names if (found := self._asked_imports(index))},
            also_in_kernel=frozenset(index for index in sealable if self._is_used_later(index)),
            test_names={index: self._own_names(index) for index in self.tests if index in self.names},
        )

    def _own_names(self, index: int) -> frozenset[str]:
        names, imported = self.names[index], {name for names in self.names.values() for name in names.imports}
        return (names.uses | names.defines | names.changes) - BUILTINS - imported

    def _learners(self) -> set[str]:
        """Names that belong to the learner: what answers define, or change in place."""
        answers = [self.names[index] for index in self.answers if index in self.names]
        defines = {name for names in answers for name in names.defines - names.imports}
        changes = {name for names in answers for name in names.changes if name in self._instructors()}
        # To read a member of an enumeration is no change of it.
        return defines | (changes - self.given)

    def _instructors(self) -> set[str]:
        """Names that only the instructor's cells define, and not by importing."""
        own = [self.names[index] for index in self.names if index not in self.answers]
        return {name for names in own for name in names.defines - names.imports}

    def _is_sealable(self, index: int) -> bool:
        tree = self.trees[index]
        if tree is None:
            return False
        # `for _ in range(3)` is a variable; without that, `_` is what the notebook showed last.
        own = {"_"} & {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and _is_stored(node)}
        return not any(_looks_at_process(node, own) for node in ast.walk(tree))

    def _needed(self, sealable: Iterable[int]) -> set[int]:
        """The instructor's cells that sealed tests build upon, directly or through one another."""
        # A given class may come back from the learner where no test names it.
        wanted = self.given.union(*(self.names[index].uses for index in sealable)) if sealable else set()
        needed = set(sealable)
        for index in sorted(self.names, reverse=True):
            names = self.names[index]
            if index not in self.answers and names.defines & wanted:
                needed.add(index)
                wanted |= names.uses
        return needed

    def _trusted_code(self, index: int, needed: set[int]) -> str:
        tree = self.trees[index]
        if tree is None:
            return ""
        if index in needed:
            return str(self.cells[index].source)
        return import_statements(self.cells[index].source)

    def _fetched(self, names: Names) -> tuple[str, ...]:
        """What a cell takes from the learner: the learner's names, and names that nothing in the source explains."""
        unexplained = names.uses - self.defined - BUILTINS
        return tuple(sorted((names.uses & self.learners) | unexplained))

    def _asked_imports(self, index: int) -> tuple[str, ...]:
        """What a cell uses that an answer above has to import: importing it may be the very exercise."""
        above = {other: names for other, names in self.names.items() if other <= index}
        asked = {name for other, names in above.items() if other in self.answers for name in names.imports}
        given = {name for other, names in above.items() if other not in self.answers for name in names.imports}
        return tuple(sorted((asked - given) & self.names[index].uses))

    def _asked_for(self) -> set[str]:
        trees = [tree for index in self.answers if (tree := self.trees[index]) is not None]
        return {name for tree in trees for node in ast.walk(tree) for name in _made_classes(node)}

    def _given(self) -> set[str]:
        """Classes of the instructor's whose objects do not change: of them each side can have its own."""
        answered = {name for index in self.answers if index in self.names for name in self.names[index].defines}
        given: set[str] = set()
        for index, tree in self.trees.items():
            if tree is not None and index not in self.answers | self.tests:
                for node in tree.body:
                    given.update(name for name in _made_classes(node) if _is_immutable(node, given))
        return given - answered

    def _is_used_later(self, index: int) -> bool:
        later = [names for other, names in self.names.items() if other > index and other not in self.tests]
        names = self.names[index]
        return any((names.defines - names.imports) & other.uses for other in later)


def _made_classes(node: ast.AST) -> Iterable[str]:
    if isinstance(node, ast.ClassDef):
        return (node.name,)
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and _last_name(node.value) in CLASS_MAKERS:
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return ()


def _is_immutable(made: ast.AST, known: AbstractSet[str]) -> bool:
    """Whether a class is an enumeration, named tuple, exception or frozen data class, as far as its text says."""
    if isinstance(made, ast.ClassDef):
        bases = {_last_name(base) for base in made.bases}
        is_record = any(_is_frozen_dataclass(decorator) for decorator in made.decorator_list)
        return is_record or bool(bases & (known | IMMUTABLE)) or any(_is_exception(base) for base in bases)
    return isinstance(made, ast.Assign) and _last_name(made.value) in IMMUTABLE


def _last_name(node: ast.expr) -> str:
    """Return the last part of a name, or of the name that a call calls."""
    if isinstance(node, ast.Call):
        return _last_name(node.func)
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _is_frozen_dataclass(decorator: ast.expr) -> bool:
    keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
    frozen = any(word.arg == "frozen" and getattr(word.value, "value", None) is True for word in keywords)
    return frozen and _last_name(decorator) == "dataclass"


def _is_exception(name: str) -> bool:
    found = getattr(builtins, name, None)
    return isinstance(found, type) and issubclass(found, BaseException)


def _is_stored(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def _looks_at_process(node: ast.AST, own: AbstractSet[str]) -> bool:
    if isinstance(node, ast.Name):
        return node.id in PROCESS_NAMES - own
    if isinstance(node, ast.Attribute):
        return node.attr in PROCESS_ATTRIBUTES
    if isinstance(node, ast.Import):
        return any(_is_process_module(alias.name) for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        return any(_is_process_module(f"{node.module}.{alias.name}") for alias in node.names)
    return False


def _is_process_module(name: str) -> bool:
    parts = name.split(".")
    return any(".".join(parts[:count]) in PROCESS_MODULES for count in range(1, len(parts) + 1))


def import_statements(source: str) -> str:
    """Return a cell's top-level imports, each kept from hurting the others; empty for what is no plain Python."""
    tree = parse(source)
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)] if tree else []
    # A future import stands first in a cell or nowhere.
    future = [ast.unparse(node) for node in imports if _is_future(node)]
    imports = [node for node in imports if not _is_future(node)]
    # One that fails must not keep the others from being made; who needs it will say so.
    return "\n".join([*future, *(f"try: {ast.unparse(node)}\nexcept ImportError: pass" for node in imports)])


def _is_future(node: ast.AST) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def has_reference(source: NotebookNode) -> bool:
    """Whether the source's answers are more than stubs, so that they can prove what works."""
    stub = code_stub(notebook_language(source))
    answers = [cell for cell in source.cells if cell.cell_type == "code" and cell_meta(cell).role in ANSWER_ROLES]
    return any(cell.source.strip() not in ("", stub) for cell in answers)
