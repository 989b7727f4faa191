"""What goes wrong in Bash is explained: the cells are run as the Bash kernel runs them."""

import importlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest

from nexus_server.tutor.failure import Failure, Language, language_of
from nexus_server.tutor.rules.engine import RULES, explain
from nexus_server.tutor.rules.rule import MAX_LEVEL

FOLDER = Path(__file__).parents[4] / "kernel_images" / "bash"

#: the rule, the cell, the line, and what the second level says of this very cell
CELLS = [
    ("bash-spaces-around-equals", "echo a\nname = Ada", 2, "`=`"),
    ("bash-brackets", "x=1\nif true; then\n  [$x -eq 1]\nfi", 3, "space behind `[`"),
    ("bash-command", "grpe a /etc/passwd", 1, "`grep`"),
    ("bash-command", "sqaure 3", 1, "earlier cell"),
    ("bash-command", "square() { echo 9; }\nsqaure 3", 2, "`square`"),
    ("bash-permission", "/etc/passwd", 1, "`ls -l`"),
    ("bash-no-file", "cd /\ncat shopping.txt", 2, "`pwd`"),
    ("bash-no-file", "wc -l < shopping.txt", 1, "`pwd`"),
    ("bash-no-file", "./run.sh", 1, "`ls`"),
    ("bash-folder", "cp /etc /dev/shm/none/\necho", 1, "`ls -ld`"),
    ("bash-folder", "mkdir /tmp", 1, "`ls -ld`"),
    ("bash-number", "age=old\n[ $age -gt 3 ]", 2, "whole numbers"),
    ("bash-number", "echo $(( 1.5 + 1 ))", 1, "whole numbers"),
    ("bash-division", "n=0\necho $(( 3 / n ))", 2, "divisor"),
    ("bash-unquoted", "x=\n[ $x = a ]", 2, "empty"),
    ("bash-unquoted", "x='a b c'\n[ $x = a ]", 2, "space"),
    ("bash-unquoted", '[ "a" = a]', 1, "`]` stand alone"),
    ("bash-redirect", "echo a > $nothing", 1, "`>`"),
    ("bash-block", "for i in 1 2\n  echo $i\ndone", 2, "`done`"),
    ("bash-block", "if true\n  echo a\nfi", 3, "`then`"),
    ("bash-open", "if true; then\n  echo a\n", 4, "`fi`"),
    ("bash-open", 'echo a\necho "b', 2, "quote"),
    ("bash-unset", "set -u\necho $nothing", 2, "spelled"),
    ("bash-exit", "f() { exit 1; }\nf", None, "`exit`"),
    ("bash-value", 'expect "$(echo 9)" 8', 1, "`$( )`"),
    ("bash-question", "echo a\nread name", 2, "graded"),
    ("bash-status", "echo apple | grep pear", 1, "`grep`"),
]


@pytest.fixture(scope="module")
def shell() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(FOLDER.parent / "thin")
        patch.syspath_prepend(FOLDER)
        yield importlib.import_module("shell")


def _nobody(_prompt: str, _hidden: bool) -> str:  # noqa: FBT001  as the kernel calls it
    raise RuntimeError("nobody can answer")


def _failure(shell: ModuleType, folder: Path, cell: str, *, language: Language | None = None) -> Failure:
    with closing(shell.Shell(_nobody, folder)) as opened, pytest.raises(shell.CellError) as failed:
        list(opened.run(cell))
    error = failed.value
    return Failure(cell, error.kind, error.message, "\n".join(error.traceback), language)


@pytest.mark.parametrize("sample", CELLS, ids=lambda sample: sample[1])
def test_an_error_is_explained_at_its_line(
    shell: ModuleType, tmp_path: Path, sample: tuple[str, str, int | None, str]
) -> None:
    rule, cell, line, says = sample
    found = explain(_failure(shell, tmp_path, cell, language=Language.BASH))
    assert (found.rule, found.line) == (rule, line if line is None or line <= len(cell.splitlines()) else None)
    assert says in found.at(2)
    assert all(found.at(level).strip() for level in range(1, MAX_LEVEL + 1))
    assert "```python" not in found.at(3)


def test_every_rule_for_bash_has_a_cell() -> None:
    assert {rule.id for rule in RULES if rule.language is Language.BASH} == {rule for rule, *_ in CELLS}


def test_an_error_of_bash_is_known_without_the_kernels_name(shell: ModuleType, tmp_path: Path) -> None:
    assert explain(_failure(shell, tmp_path, "sqaure 3")).rule == "bash-command"


def test_a_lab_with_the_bash_kernel_has_its_hints() -> None:
    assert language_of("nexus-bash") is Language.BASH
