"""A course's own markers and stubs: what its nbgrader_config says, read as text and never run."""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from nexus_server.errors import InvalidError
from nexus_server.files.links import resolved
from nexus_server.notebook_format.languages import notebook_language

#: folders above a notebook in which its course's configuration may lie
MAX_FOLDERS_UP = 3
PYTHON_FILE, JSON_FILE = "nbgrader_config.py", "nbgrader_config.json"
#: nbgrader's options for what marks a region, and the product's markers; nbgrader spells "delimeter" so
_MARKERS = {
    "ClearSolutions.begin_solution_delimeter": "BEGIN SOLUTION",
    "ClearSolutions.end_solution_delimeter": "END SOLUTION",
    "ClearHiddenTests.begin_test_delimeter": "BEGIN HIDDEN TESTS",
    "ClearHiddenTests.end_test_delimeter": "END HIDDEN TESTS",
    "ClearMarkScheme.begin_mark_scheme_delimeter": "BEGIN MARK SCHEME",
    "ClearMarkScheme.end_mark_scheme_delimeter": "END MARK SCHEME",
}
_CODE_STUB, _TEXT_STUB = "ClearSolutions.code_stub", "ClearSolutions.text_stub"
_OPTIONS = frozenset({*_MARKERS, _CODE_STUB, _TEXT_STUB})
#: signs of a comment that belong to a marker
_COMMENT = re.compile(r"[#/%*;<!-]*\s*")


class UnreadableConfigError(InvalidError):
    """The course's nbgrader_config names its own markers in a way that cannot be read."""

    code = "unreadable_course_config"


@dataclass(frozen=True, slots=True)
class CourseConfig:
    """What a course marks regions with, and what its learners find in place of answers."""

    #: the course's marker to the product's
    markers: Mapping[str, str]
    #: by language, in lower case
    code_stubs: Mapping[str, str]
    text_stub: str | None = None

    def apply(self, notebook: NotebookNode) -> bool:
        """Write the product's markers instead of the course's, in place; return whether anything changed."""
        changed = False
        for cell in notebook.cells:
            lines = [self._marker_line(line) for line in cell.source.split("\n")]
            changed = changed or lines != cell.source.split("\n")
            cell.source = "\n".join(lines)
        return changed

    def _marker_line(self, line: str) -> str:
        # The longest first: one marker may be a part of another.
        for theirs in sorted(self.markers, key=len, reverse=True):
            if theirs in line:
                signs = _COMMENT.match(theirs)
                return line.replace(theirs, f"{signs[0] if signs else ''}{self.markers[theirs]}")
        return line

    def adopt(self, notebook: NotebookNode) -> bool:
        """Apply the markers and note the course's stubs in the notebook; return whether anything changed."""
        changed, stubs = self.apply(notebook), self.stubs_for(notebook)
        if stubs:
            own = notebook.metadata.get("nexus")
            notebook.metadata["nexus"] = NotebookNode({**(own if isinstance(own, dict) else {}), "stubs": stubs})
        return changed or bool(stubs)

    def stubs_for(self, notebook: NotebookNode) -> dict[str, str]:
        """Return the course's stubs for cells of code and of text, where it has its own."""
        code = self.code_stubs.get(notebook_language(notebook))
        return {name: stub for name, stub in (("code", code), ("text", self.text_stub)) if stub is not None}


NO_CONFIG = CourseConfig({}, {})


def config_beside(notebook: Path) -> CourseConfig:
    """Return the configuration of the course that a source notebook lies in.

    Raises:
        UnreadableConfigError: it sets markers or stubs by more than plain texts.
    """
    folders = list(resolved(notebook).parents)[: MAX_FOLDERS_UP + 1]
    for folder in folders:
        for name in (PYTHON_FILE, JSON_FILE):
            if (folder / name).is_file():
                return read_config(folder / name)
    return NO_CONFIG


def read_config(path: Path) -> CourseConfig:
    """Read a configuration file, without running it.

    Raises:
        UnreadableConfigError: see `config_beside`.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        found = dict(_from_json(text) if path.suffix == ".json" else _from_python(text, path))
    except (OSError, ValueError, SyntaxError, RecursionError) as error:
        raise UnreadableConfigError(f"{path}: it cannot be read: {type(error).__name__}.") from error
    for option, value in found.items():
        if not (isinstance(value, dict) if option == _CODE_STUB else isinstance(value, str) and value.strip()):
            raise UnreadableConfigError(f"{path}: the value of {option} is none that nbgrader takes.")
    markers = {str(found[option]): ours for option, ours in _MARKERS.items() if option in found}
    code_stubs = found.get(_CODE_STUB, {})
    assert isinstance(code_stubs, dict)  # noqa: S101  looked at above
    stubs = {str(language).lower(): str(stub) for language, stub in code_stubs.items()}
    return CourseConfig(markers, stubs, str(found[_TEXT_STUB]) if _TEXT_STUB in found else None)


def _from_json(text: str) -> Iterator[tuple[str, object]]:
    content = json.loads(text)
    for group, options in content.items() if isinstance(content, dict) else ():
        for name, value in options.items() if isinstance(options, dict) else ():
            if f"{group}.{name}" in _OPTIONS:
                yield f"{group}.{name}", value


def _from_python(text: str, path: Path) -> Iterator[tuple[str, object]]:
    """Yield the options that are set to plain values; in nested code, too, for the last one counts."""
    for node in ast.walk(ast.parse(text)):
        targets = node.targets if isinstance(node, ast.Assign) else ()
        for target in targets:
            option = ast.unparse(target).partition(".")[2]
            if option not in _OPTIONS:
                continue
            assert isinstance(node, ast.Assign)  # noqa: S101  only those have targets here
            try:
                yield option, ast.literal_eval(node.value)
            except ValueError:
                text = f"{path}, line {node.lineno}: {option} is not a plain text; write it out, or use nbgrader's own."
                raise UnreadableConfigError(text) from None


def noted_stub(notebook: NotebookNode, kind: str) -> str | None:
    """Return the stub for cells of `kind` ("code" or "text") that a notebook's course has of its own."""
    own = notebook.metadata.get("nexus")
    stubs = own.get("stubs") if isinstance(own, dict) else None
    stub = stubs.get(kind) if isinstance(stubs, dict) else None
    return stub if isinstance(stub, str) else None
