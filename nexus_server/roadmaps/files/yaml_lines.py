"""YAML that remembers on which line each value stands."""

from collections.abc import Iterator
from typing import Any

import yaml

from nexus_server.roadmaps.files.problem import ContentError, Problem

#: where a value is: keys and indexes from the root
YamlPath = tuple[str | int, ...]


class Document:
    """A YAML document's plain data and the line (from 1) of each of its values."""

    def __init__(self, data: Any, lines: dict[YamlPath, int], blocks: frozenset[YamlPath] = frozenset()) -> None:
        """Built by `read_yaml`; `blocks` are the texts that stand below their key, line by line."""
        self.data = data
        self._lines = lines
        self._blocks = blocks

    def line_of(self, path: YamlPath) -> int:
        """Return the line of the value at `path`, or of the nearest value around it.

        Parts that are not in the document are skipped: pydantic puts the names of union members into its paths.
        """
        here: YamlPath = ()
        for part in path:
            if (*here, part) in self._lines:
                here = (*here, part)
        return self._lines.get(here, 1)

    def line_in_text(self, path: YamlPath, line: int) -> int:
        """Return where line `line` (from 1) of the text at `path` stands, or its key where the text is folded."""
        return self.line_of(path) + (line if path in self._blocks else 0)


def read_yaml(text: str, file: str, *, first_line: int = 1) -> Document:
    """Parse `text`.

    Args:
        text: one YAML document.
        file: name for problems.
        first_line: the line of `file` on which `text` begins.

    Raises:
        ContentError: it is not YAML, or a mapping has the same key twice.
    """
    loader = yaml.SafeLoader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            return Document(None, {(): first_line})
        lines: dict[YamlPath, int] = {}
        _note_lines(root, (), lines, first_line)
        return Document(loader.construct_document(root), lines, frozenset(_blocks(root, ())))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + (mark.line if mark else 0)
        raise ContentError([Problem(file, line, f"not YAML: {error.problem or error.context}")]) from None
    except (yaml.YAMLError, ValueError) as error:
        raise ContentError([Problem(file, first_line, f"not YAML: {error}")]) from None
    finally:
        loader.dispose()


def _note_lines(node: yaml.Node, path: YamlPath, lines: dict[YamlPath, int], first_line: int) -> None:
    lines[path] = first_line + node.start_mark.line
    if isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            _note_lines(child, (*path, index), lines, first_line)
    if isinstance(node, yaml.MappingNode):
        for key, child in node.value:
            if (*path, key.value) in lines:
                raise yaml.MarkedYAMLError(problem=f"the key {key.value!r} is there twice", problem_mark=key.start_mark)
            _note_lines(child, (*path, key.value), lines, first_line)
            lines[(*path, key.value)] = first_line + key.start_mark.line


def _blocks(node: yaml.Node, path: YamlPath) -> Iterator[YamlPath]:
    if isinstance(node, yaml.ScalarNode) and node.style == "|":
        yield path
    if isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            yield from _blocks(child, (*path, index))
    if isinstance(node, yaml.MappingNode):
        for key, child in node.value:
            yield from _blocks(child, (*path, key.value))
