"""Where each test cell of a source runs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from nbformat import NotebookNode

from nexus_server.grading.analysis import Analysis, import_statements
from nexus_server.grading.languages.language import LanguageSupport


@dataclass(frozen=True, slots=True)
class Plan:
    """How every submission to one source is graded."""

    analysis: Analysis
    #: positions of the test cells that run sealed
    sealed: frozenset[int]
    #: None where nobody knows how to check the kernel's own checks
    language: LanguageSupport | None
    #: names that the instructor's notebook defines, the reference solution included
    defined: frozenset[str]
    #: the instructor's choice cells by grade id, with the right choices
    choices: Mapping[str, NotebookNode]

    def without_sealed(self, tests: Collection[int], source: NotebookNode) -> "Plan":
        """Return this plan with tests in the kernel on which no sealed one builds: beside it only their imports run."""
        imports = {index: import_statements(source.cells[index].source) for index in tests}
        trusted = {index: code for index, code in {**self.analysis.trusted_code, **imports}.items() if code}
        return replace(
            self, sealed=self.sealed - frozenset(tests), analysis=replace(self.analysis, trusted_code=trusted)
        )
