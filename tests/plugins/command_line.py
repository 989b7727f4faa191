"""The `nexus` command in this process, and arguments for it that no careful person would type."""

import io
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import chain
from pathlib import Path
from typing import Any
from unittest.mock import patch

import typer.main
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from nexus_server.cli import app, main


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    code: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Parameter:
    """One of a command's parameters; an argument, which has no name on the command line, has no `flag`."""

    name: str
    kind: Any
    flag: str
    is_switch: bool
    is_required: bool


@dataclass(frozen=True)
class Command:
    """A command's words, and what it takes."""

    words: tuple[str, ...]
    parameters: tuple[Parameter, ...]

    @property
    def name(self) -> str:
        """As it is typed."""
        return " ".join(self.words)


def nexus(arguments: Sequence[str], *, stdin: bytes = b"", environment: Mapping[str, str] | None = None) -> Outcome:
    """Run a command as a shell would; whatever it raises but its exit is raised here, as it would be shown there."""
    out, err = io.BytesIO(), io.BytesIO()
    replaced: dict[str, Any] = {
        "argv": ["nexus", *arguments],
        "stdin": io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8", errors="strict"),
        "stdout": io.TextIOWrapper(out, encoding="utf-8", errors="strict", write_through=True),
        "stderr": io.TextIOWrapper(err, encoding="utf-8", errors="backslashreplace", write_through=True),
    }
    code = 0
    with patch.multiple(sys, **replaced), patch.dict(os.environ, environment or {}):
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
    return Outcome(code, out.getvalue().decode(), err.getvalue().decode())


#: builds container images, whatever it is given
BUILDERS = {"images"}


def commands() -> list[Command]:
    """Return every command that does something and builds nothing."""
    found = _below(typer.main.get_command(app), ())
    return [command for command in found if command.name not in BUILDERS]


def _below(command: Any, words: tuple[str, ...]) -> Iterator[Command]:
    """Walk typer's command tree (its classes are private: typer brings its own copy of click)."""
    if hasattr(command, "commands"):
        for name, child in command.commands.items():
            yield from _below(child, (*words, name))
    else:
        yield Command(words, tuple(_parameter(each) for each in command.params))


def _parameter(found: Any) -> Parameter:
    is_option = found.param_type_name == "option"
    return Parameter(
        name=found.name,
        kind=found.type_descriptor.annotation,
        flag=found.opts[0] if is_option else "",
        is_switch=is_option and found.is_flag,
        is_required=found.required,
    )


TEXTS = st.sampled_from(
    ["", " ", "-", "--", "--help", "\n", "a\nb", "é", "\u202e", "\udcff", "x" * 5000, "%s", "{}", "[red]", "../..", "0"]
) | st.text(st.characters(exclude_characters="\0"), max_size=20)
NUMBERS = st.sampled_from(
    ["", "0", "-1", "1", "2.5", "65536", "1e400", "nan", "inf", "9" * 30, "0x10", "-0", "1_000", "1" * 5000]
)


def arguments_of(command: Command, values: Mapping[str, SearchStrategy[str]]) -> SearchStrategy[list[str]]:
    """Return arguments for a command: odd, some missing, in any order, and now and then one too many.

    `values` are those of parameters, by name; "path" has those of every other path.
    """
    groups = st.tuples(*(_words(each, values) for each in command.parameters)).flatmap(st.permutations)
    stray = st.integers(0, 7).flatmap(lambda chance: TEXTS.map(lambda text: [text]) if chance == 0 else st.just([]))
    return st.tuples(groups, stray).map(lambda pair: [*command.words, *chain.from_iterable(pair[0]), *pair[1]])


def _words(parameter: Parameter, values: Mapping[str, SearchStrategy[str]]) -> SearchStrategy[list[str]]:
    if parameter.is_switch:
        words = st.just([parameter.flag])
    else:
        value = values[parameter.name] if parameter.name in values else _values(parameter.kind, values)
        words = value.map(lambda text: [parameter.flag, text] if parameter.flag else [text])
    is_always_there = parameter.is_required or parameter.name in values
    return words if is_always_there else st.just([]) | words


def _values(kind: Any, values: Mapping[str, SearchStrategy[str]]) -> SearchStrategy[str]:
    if kind in (int, float):
        return NUMBERS
    if kind is Path:
        return values["path"]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from([each.value for each in kind]) | TEXTS
    return TEXTS
