"""YAML that remembers on which line each value stands."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import yaml

from nexus_server.roadmaps.files.problem import ContentError, Problem

#: values of one document, those that an alias repeats counted each time: more are no author's
MAX_VALUES = 50_000
#: levels of nesting that libyaml is trusted with
MAX_DEPTH = 2000
#: what PyYAML raises besides its own errors, of a value that does not fit its tag
_ODD_VALUES = (ValueError, TypeError, AttributeError, LookupError, OverflowError)

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
        ContentError: it is not YAML, holds too much, or a mapping has the same key twice.
    """
    if is_fast(text):
        with suppress(ContentError):  # what is wrong is said in the other loader's words
            return _read(yaml.CSafeLoader, text, file, first_line)
    return _read(yaml.SafeLoader, text, file, first_line)


def is_fast(text: str) -> bool:
    """Whether libyaml may read this: it is twenty times as fast, and runs out of stack where a text is nested for long.

    A level of nesting takes a bracket, or a further space, dash or question mark at the beginning of a line.
    """
    if not yaml.__with_libyaml__ or text.count("[") + text.count("{") > MAX_DEPTH:
        return False
    return all(
        len(line) - len(line.lstrip(" ")) + line.count("-") + line.count("?") < MAX_DEPTH for line in text.split("\n")
    )


def _read(kind: "type[yaml.SafeLoader | yaml.CSafeLoader]", text: str, file: str, first_line: int) -> Document:
    try:
        loader = kind(text)
    except yaml.YAMLError as error:
        raise _not_yaml(file, first_line, str(error).splitlines()[0]) from None
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
        raise _not_yaml(file, line, error.problem or error.context or "") from None
    except RecursionError:
        raise _not_yaml(file, first_line, "it is nested too deeply, or a part of it holds itself") from None
    except (yaml.YAMLError, *_ODD_VALUES) as error:
        raise _not_yaml(file, first_line, str(error) or type(error).__name__) from None
    finally:
        loader.dispose()


def _not_yaml(file: str, line: int, reason: str) -> ContentError:
    return ContentError([Problem(file, line, f"not YAML: {reason}")])


def _note_lines(node: yaml.Node, path: YamlPath, lines: dict[YamlPath, int], first_line: int) -> None:
    lines[path] = first_line + node.start_mark.line
    if len(lines) > MAX_VALUES:
        raise yaml.MarkedYAMLError(problem=f"it holds more than {MAX_VALUES:,} values", problem_mark=node.start_mark)
    if isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            _note_lines(child, (*path, index), lines, first_line)
    if isinstance(node, yaml.MappingNode):
        for key, child in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(problem="a key is a single word here", problem_mark=key.start_mark)
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
