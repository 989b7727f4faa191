"""A cell of Bash: which one fails and where, what stops it, who answers `read`, and what no cell can bend."""

import importlib
import signal
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from nexus_server.grading.languages.bash import BASH, CHUNK

FOLDER = Path(__file__).parents[3] / "kernel_images" / "bash"


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(FOLDER.parent / "thin")
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module("shell")


@pytest.fixture
def interruptible() -> Iterator[None]:
    """A shell's background job starts with interrupts ignored, and hands that on; a kernel never does."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def nobody(_prompt: str, _hidden: bool) -> str:  # noqa: FBT001  as the kernel calls it
    raise RuntimeError("nobody can answer")


@pytest.fixture
def shell(module: ModuleType, tmp_path: Path, interruptible: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.chdir(tmp_path)
    with closing(module.Shell(nobody, tmp_path)) as opened:
        yield opened


def printed(shell: Any, cell: str) -> str:
    return "".join(output.text for output in shell.run(cell) if hasattr(output, "text"))


def failure(module: ModuleType, shell: Any, cell: str) -> Any:
    with pytest.raises(module.CellError) as failed:
        list(shell.run(cell))
    return failed.value


def test_what_is_set_stays(shell: Any) -> None:
    printed(shell, 'x=3\nf() { echo "f $1"; }\ncd /')
    assert printed(shell, 'f "$x"; pwd') == "f 3\n/\n"


def test_both_streams_come_in_the_order_of_their_writing(shell: Any) -> None:
    assert printed(shell, "echo a; echo b >&2; echo c; printf käse") == "a\nb\nc\nkäse"


@pytest.mark.parametrize(
    "sample",
    [
        ("echo a\nfalse\necho b", "CommandFailed", 2, "`false` ended with status 1"),
        ("for i in 1 2 3; do\n  [ $i -lt 2 ]\ndone\ntrue", "CommandFailed", 2, "`[ $i -lt 2 ]`"),
        ("f() {\n  false\n  true\n}\nf\ntrue", "CommandFailed", 5, "`false`"),
        ("x=$(false)\ntrue", "CommandFailed", 1, "status 1"),
        ("(\n  false\n  true\n)\ntrue", "CommandFailed", 4, "status 1"),
        ("set -eu\nfalse\ntrue", "CommandFailed", 2, "`false`"),
        ("ls gone\ntrue", "CommandFailed", 1, "ls: cannot access 'gone': No such file or directory"),
        ("\nnot_there 1", "CommandNotFound", 2, "not_there: command not found"),
        ("/etc/passwd", "NotExecutable", 1, "Permission denied"),
        ("trap - ERR\nfalse", "CommandFailed", None, "the last command"),
        ("return 3", "CommandFailed", None, "status 3"),
        ("echo a\nfi", "SyntaxError", 2, "unexpected token `fi'"),
        ("echo 'a", "SyntaxError", 1, "matching"),
        ("exit 0", "ShellEnded", None, "variables and functions are gone"),
        ("set -u\necho $unknown", "ShellEnded", 2, "unknown: unbound variable"),
        ("kill -9 $$", "ShellEnded", None, "SIGKILL"),
        ("echo a\necho $(( 1 / 0 ))", "CommandFailed", 2, "division by 0"),
    ],
    ids=lambda sample: sample[0],
)
def test_a_cell_fails_with_its_first_failing_command(
    module: ModuleType, shell: Any, sample: tuple[str, str, int | None, str]
) -> None:
    cell, kind, line, says = sample
    error = failure(module, shell, cell)
    assert (error.kind, error.line) == (kind, line)
    assert says in error.message
    assert printed(shell, "echo on") == "on\n"


@pytest.mark.parametrize(
    "cell",
    [
        "if false; then :; fi",
        "false || true",
        "! true && true; true",
        "while false; do :; done",
        "trap - ERR; false; true",
        "false | true",
        "shopt -s extglob; [[ ab == @(ab|c) ]]",
    ],
)
def test_a_condition_may_fail(shell: Any, cell: str) -> None:
    assert printed(shell, cell) == ""


def test_a_cell_that_cannot_be_read_runs_nothing(module: ModuleType, shell: Any) -> None:
    failure(module, shell, "x=1\nif true; then")
    assert printed(shell, 'echo "<$x>"') == "<>\n"


def interrupt_once_it_runs(shell: Any, cell: str) -> None:
    for output in shell.run(cell):
        assert output.text == "running\n"
        signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize(
    "endless",
    [
        "while :; do :; done",
        "f() { while :; do :; done; }; while :; do if f; then :; fi; done",
        "sleep 600 | cat",
        "x=$(sleep 600)",
    ],
    ids=["a loop", "a function in a condition", "a pipe", "a substitution"],
)
def test_what_never_ends_can_be_interrupted(shell: Any, endless: str) -> None:
    printed(shell, "kept=1")
    with pytest.raises(KeyboardInterrupt):
        interrupt_once_it_runs(shell, f"echo running\n{endless}")
    assert printed(shell, "echo $kept") == "1\n"


def test_what_does_not_heed_an_interrupt_is_ended(
    module: ModuleType, shell: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.import_module("child"), "GRACE_S", 0.01)
    with pytest.raises(KeyboardInterrupt):
        interrupt_once_it_runs(shell, "trap '' INT\necho running\nsleep 600")
    assert printed(shell, "echo on") == "on\n"


def test_read_asks_and_nothing_else_waits(module: ModuleType, tmp_path: Path, interruptible: None) -> None:
    asked: list[tuple[str, bool]] = []
    answers = iter(["Ada Lovelace", "s3cret"])

    def answer(prompt: str, hidden: bool) -> str:  # noqa: FBT001  as the kernel calls it
        asked.append((prompt, hidden))
        try:
            return next(answers)
        except StopIteration:
            raise EOFError from None

    with closing(module.Shell(answer, tmp_path)) as shell:
        assert printed(shell, 'read -rp "Name? " first last; echo "$last, $first"') == "Lovelace, Ada\n"
        assert printed(shell, 'read -s word; echo "${#word}"; cat; wc -c') == "6\n0\n"
        assert printed(shell, "echo 1 2 | while read a b; do echo $b; done; read c <<< 3; echo $c") == "2\n3\n"
        error = failure(module, shell, "read more\necho no")
        assert (error.kind, error.line, asked) == ("CommandFailed", 1, [("Name? ", False), ("", True), ("", False)])


def test_read_is_refused_where_nobody_can_answer(module: ModuleType, shell: Any) -> None:
    assert failure(module, shell, "echo a\nread name").kind == "StdinNotImplementedError"


def test_checks_say_what_they_expected(module: ModuleType, shell: Any) -> None:
    (result,) = shell.run('expect "$(echo 9)" 9\npoints 1.5')
    assert (dict(result.data), result.is_result) == ({"text/plain": "1.5"}, True)
    error = failure(module, shell, "expect a a\nexpect 'a b' c\ntrue")
    assert (error.kind, error.line, error.message) == ("AssertionError", 2, "expected c, got a b")
    assert failure(module, shell, "expect 1 2 || true").kind == "AssertionError"
    assert "two values" in failure(module, shell, "expect 1").message


@pytest.mark.parametrize(
    "bend",
    [
        "[() { :; }; test() { :; }; grep() { :; }; false() { :; }; unset() { :; }; builtin() { :; }",
        "shopt -s expand_aliases; alias false=true [=true expect=true unset=true",
        "source() { :; }; printf() { :; }; trap() { :; }; set() { :; }; local() { :; }; eval() { :; }",
        "PATH=/nowhere; IFS=x",
        "exec 2>&-; enable -n [ test",
    ],
    ids=["commands", "aliases", "the kernel's own", "variables", "switched off"],
)
def test_what_a_cell_bent_is_put_back_or_noticed(module: ModuleType, shell: Any, bend: str) -> None:
    with suppress(module.CellError):
        list(shell.run(bend))
    assert _holds(module, shell)


@pytest.mark.parametrize(
    "bend",
    [
        "f() { trap - ERR; }",
        "f() { trap 'return 0' DEBUG; }",
        'f() { builtin() { :; }; printf() { :; }; echo "end 1 0" >&"$__nexus_told"; }',
        "f() { expect() { :; }; }",
        "f() { exit 0; }",
    ],
    ids=["failures unseen", "each command returns", "forged words", "another expect", "an early end"],
)
def test_a_function_that_a_check_calls_cannot_make_it_pass(module: ModuleType, shell: Any, bend: str) -> None:
    list(shell.run(bend))
    assert failure(module, shell, 'f\nexpect "$(f)" 9\ntrue').kind in {
        *("AssertionError", "CommandFailed", "ShellEnded", "TrapChanged"),
    }


def test_expect_is_nobody_elses(module: ModuleType, shell: Any) -> None:
    assert "readonly function" in failure(module, shell, "expect() { :; }").message


def _holds(module: ModuleType, shell: Any) -> bool:
    list(shell.run(BASH.reset(())))
    for canary in BASH.canaries():
        shown: list[str] = []
        kind = None
        try:
            shown = [output.data["text/plain"] for output in shell.run(canary.source) if hasattr(output, "data")]
        except module.CellError as error:
            kind = error.kind
        if kind != canary.must_raise or (canary.must_show and shown != [canary.must_show]):
            return False
    return True


def test_canaries_hold_in_a_sound_shell_alone(module: ModuleType, shell: Any) -> None:
    assert _holds(module, shell)
    list(shell.run("false() { :; }; readonly -f false"))
    with pytest.raises(module.CellError):
        _holds(module, shell)


def test_a_grader_prepares_the_shell(shell: Any, tmp_path: Path) -> None:
    run: Callable[[str], str] = lambda cell: printed(shell, cell)  # noqa: E731  short here
    for cell in BASH.file_cells({"data/a b.txt": b"K\xc3\xa4se", "../outside": b"", "-n": bytes(CHUNK + 1)}):
        assert run(cell) == ""
    assert (tmp_path / "data" / "a b.txt").read_bytes() == b"K\xc3\xa4se"
    assert (tmp_path / "-n").stat().st_size == CHUNK + 1
    assert not (tmp_path.parent / "outside").exists()
    run(BASH.environment({"LAB": "it's"}))
    assert run("sh -c 'echo $LAB'") == "it's\n"
    run(BASH.removal({"-n", "gone", "../outside"}))
    assert not (tmp_path / "-n").exists()


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        ("echo a", "complete"),
        ("", "complete"),
        ("for i in 1; do", "incomplete"),
        ("echo 'a", "incomplete"),
        ("fi", "invalid"),
    ],
)
def test_a_cell_says_whether_it_is_complete(module: ModuleType, cell: str, status: str) -> None:
    assert module.is_complete(cell) == status


def test_commands_and_files_are_completed(module: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "echoes.txt").touch()
    monkeypatch.chdir(tmp_path)
    assert {"echo", "echoes.txt"} <= set(module.complete("echo", is_first=True))
    assert module.complete("echo", is_first=False) == ["echoes.txt"]
