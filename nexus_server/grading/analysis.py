"""Which test cells can run sealed, and what they need there: static analysis of the instructor's notebook. Pure."""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nbformat import NotebookNode

from nexus_server.grading.format import ANSWER_ROLES, Role, cell_meta
from nexus_server.grading.markers import code_stub
from nexus_server.grading.names import BUILTINS, Names, cell_names, parse
from nexus_server.grading.release import notebook_language

#: names by which a test looks at the process or the notebook it runs in
PROCESS_NAMES = frozenset(
    {"get_ipython", "In", "Out", "_", "globals", "locals", "vars", "input", "eval", "exec", "compile", "__file__"}
)
#: modules that look into live objects, replace parts of them, or keep state that the learner's cells fill
PROCESS_MODULES = frozenset({"inspect", "unittest", "mock", "IPython", "gc", "ctypes", "dis", "builtins", "matplotlib"})
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
    #: classes that the reference solution defines
    asked_for: tuple[str, ...]
    #: test cells that define something which later cells use: the learner's process needs them, too
    also_in_kernel: frozenset[int]


def analyse(source: NotebookNode) -> Analysis:
    """Analyse an instructor's notebook; for languages other than Python nothing is sealable."""
    if notebook_language(source) != "python":
        return Analysis(frozenset(), {}, {}, (), frozenset())
    return _Analyser(source).analysis()


class _Analyser:
    def __init__(self, source: NotebookNode) -> None:
        self.cells = {index: cell for index, cell in enumerate(source.cells) if cell.cell_type == "code"}
        self.roles = {index: cell_meta(cell).role for index, cell in self.cells.items()}
        self.trees = {index: parse(cell.source) for index, cell in self.cells.items()}
        self.names = {index: cell_names(tree) for index, tree in self.trees.items() if tree is not None}
        self.answers = {index for index, role in self.roles.items() if role in ANSWER_ROLES}
        self.tests = {index for index, role in self.roles.items() if role is Role.TESTS}
        self.defined = {name for names in self.names.values() for name in names.defines}
        self.learners = self._learners()

    def analysis(self) -> Analysis:
        sealable = frozenset(index for index in self.tests if self._is_sealable(index))
        needed = self._needed(sealable)
        return Analysis(
            sealable=sealable,
            trusted_code={index: code for index in self.cells if (code := self._trusted_code(index, needed))},
            learner_names={index: self._fetched(names) for index, names in self.names.items()},
            asked_for=tuple(sorted(self._classes())),
            also_in_kernel=frozenset(index for index in sealable if self._is_used_later(index)),
        )

    def _learners(self) -> set[str]:
        """Names that belong to the learner: what answers define, or change in place."""
        answers = [self.names[index] for index in self.answers if index in self.names]
        defines = {name for names in answers for name in names.defines - names.imports}
        changes = {name for names in answers for name in names.changes if name in self._instructors()}
        return defines | changes

    def _instructors(self) -> set[str]:
        """Names that only the instructor's cells define, and not by importing."""
        own = [self.names[index] for index in self.names if index not in self.answers]
        return {name for names in own for name in names.defines - names.imports}

    def _is_sealable(self, index: int) -> bool:
        tree = self.trees[index]
        return tree is not None and not any(_looks_at_process(node) for node in ast.walk(tree))

    def _needed(self, sealable: Iterable[int]) -> set[int]:
        """The instructor's cells that sealed tests build upon, directly or through one another."""
        needed, wanted = set(sealable), {name for index in sealable for name in self.names[index].uses}
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
        imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        # One that fails here must not keep the others from being made; a test that needs it will say so.
        return "\n".join(f"try: {ast.unparse(node)}\nexcept ImportError: pass" for node in imports)

    def _fetched(self, names: Names) -> tuple[str, ...]:
        """What a cell takes from the learner: the learner's names, and names that nothing in the source explains."""
        unexplained = names.uses - self.defined - BUILTINS
        return tuple(sorted((names.uses & self.learners) | unexplained))

    def _classes(self) -> set[str]:
        trees = [tree for index in self.answers if (tree := self.trees[index]) is not None]
        return {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}

    def _is_used_later(self, index: int) -> bool:
        later = [names for other, names in self.names.items() if other > index and other not in self.tests]
        # A learner's answer may use any import that a test cell above has made.
        return bool(self.names[index].imports) or any(self.names[index].defines & names.uses for names in later)


def _looks_at_process(node: ast.AST) -> bool:
    if isinstance(node, ast.Name):
        return node.id in PROCESS_NAMES
    if isinstance(node, ast.Attribute):
        return node.attr in PROCESS_ATTRIBUTES
    if isinstance(node, ast.Import):
        return any(alias.name.partition(".")[0] in PROCESS_MODULES for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").partition(".")[0] in PROCESS_MODULES
    return False


def has_reference(source: NotebookNode) -> bool:
    """Whether the source's answers are more than stubs, so that they can prove what works."""
    stub = code_stub(notebook_language(source))
    answers = [cell for cell in source.cells if cell.cell_type == "code" and cell_meta(cell).role in ANSWER_ROLES]
    return any(cell.source.strip() not in ("", stub) for cell in answers)
