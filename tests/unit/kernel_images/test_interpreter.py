"""An interpreter behind pipes: what it tells of a cell, how it ends, and what no cell can say in its place."""

import importlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

FOLDER = Path(__file__).parents[3] / "kernel_images" / "thin"

#: runs cells of Python; `tell`, `ask` and `os` are what a cell may use
TOY = """
import os, sys
told, asked = os.fdopen(int(sys.argv[1]), "w", buffering=1), os.fdopen(int(sys.argv[2]))
names = {"os": os, "tell": lambda line: print(line, file=told)}
def ask(prompt):
    names["tell"]("ask " + prompt)
    answer = asked.readline()
    if not answer.startswith("answer "):
        raise EOFError("nobody")
    return answer[7:-1]
names["ask"] = ask
while line := asked.readline():
    word, *rest = line.split()
    if word == "cell":
        try:
            exec(compile(open(rest[1]).read(), "cell", "exec"), names)
        except KeyboardInterrupt:
            names["tell"]("failed 0 KeyboardInterrupt interrupted")
        except Exception as error:
            names["tell"](f"failed {error.__traceback__.tb_next.tb_lineno} {type(error).__name__} {error}")
        sys.stdout.flush()
        names["tell"]("end " + rest[0])
    elif word == "close":
        names["tell"]("closed " + rest[0])
    elif word == "reset":
        names.pop("bent", None)
"""


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module("interpreter")


@pytest.fixture
def interruptible() -> Iterator[None]:
    """A shell's background job starts with interrupts ignored, and hands that on; a kernel never does."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


MakeToy = Callable[..., Any]


@pytest.fixture
def make_toy(
    module: ModuleType, tmp_path: Path, interruptible: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MakeToy]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "toy.py").write_text(TOY)
    opened: list[Any] = []

    def make(ask: Callable[[str, bool], str]) -> Any:
        def command(told: int, asked: int) -> list[str]:
            return [sys.executable, "-E", "toy.py", str(told), str(asked)]

        opened.append(module.Interpreter(command, ask, extension=".py", folder=tmp_path))
        return opened[-1]

    yield make
    for each in opened:
        each.close()


def nobody(_prompt: str, _hidden: bool) -> str:  # noqa: FBT001  as the kernel calls it
    raise RuntimeError("nobody can answer")


@pytest.fixture
def toy(make_toy: MakeToy) -> Any:
    return make_toy(nobody)


def printed(toy: Any, cell: str) -> str:
    return "".join(output.text for output in toy.run(cell) if hasattr(output, "text"))


def failure(module: ModuleType, toy: Any, cell: str) -> tuple[str, str, int | None]:
    with pytest.raises(module.CellError) as failed:
        list(toy.run(cell))
    error = failed.value
    return error.kind, error.message, error.line


def test_what_a_cell_sets_stays(toy: Any, tmp_path: Path) -> None:
    assert printed(toy, "x = 3\nprint('a')") == "a\n"
    assert printed(toy, "print(x + 1)") == "4\n"
    assert list(tmp_path.glob("cell*")) == []


def test_a_failed_cell_names_its_line_and_the_next_one_runs(module: ModuleType, toy: Any) -> None:
    assert failure(module, toy, "x = 1\n\nx / 0") == ("ZeroDivisionError", "division by zero", 3)
    assert printed(toy, "print(x)") == "1\n"


def test_a_value_that_was_expected_fails_whatever_the_cell_makes_of_it(module: ModuleType, toy: Any) -> None:
    cell = "try:\n  tell('unmet expected 9, got 8')\n  raise ValueError\nexcept ValueError:\n  pass"
    assert failure(module, toy, cell) == ("AssertionError", "expected 9, got 8", None)


def test_a_result_and_a_picture_are_shown(toy: Any, tmp_path: Path) -> None:
    (tmp_path / "p.png").write_bytes(b"png")
    result, picture = toy.run(f"tell('result 1.5')\ntell('picture {tmp_path}/p.png')\ntell('picture /gone.png')")
    assert (result.data, result.is_result) == ({"text/plain": "1.5"}, True)
    assert picture.data["image/png"] == "cG5n"
    assert not (tmp_path / "p.png").exists()


def test_somebody_answers(make_toy: MakeToy) -> None:
    asked = []

    def ask(prompt: str, _hidden: bool) -> str:  # noqa: FBT001  as the kernel calls it
        asked.append(prompt)
        return "Ada"

    assert printed(make_toy(ask), "print(ask('Name? '))") == "Ada\n"
    assert asked == ["Name? "]


def test_where_nobody_answers_the_cell_says_so(module: ModuleType, toy: Any) -> None:
    assert failure(module, toy, "\nask('Name? ')")[::2] == ("StdinNotImplementedError", 2)


def test_a_session_that_ended_begins_anew(module: ModuleType, toy: Any) -> None:
    printed(toy, "x = 3")
    kind, message, _ = failure(module, toy, "os._exit(3)")
    assert (kind, "with status 3" in message) == ("SessionEnded", True)
    assert failure(module, toy, "x")[0] == "NameError"


@pytest.mark.parametrize("lie", ["tell('end 1')", "tell('end 1'); tell('end 1')", "tell('end 1'); os._exit(0)"])
def test_a_cell_that_says_that_it_has_ended_fails(module: ModuleType, toy: Any, lie: str) -> None:
    assert failure(module, toy, f"{lie}\ntell('unmet expected 9, got 8')")[0] in {
        "AssertionError",
        "ProtocolBroken",
        "SessionEnded",
    }


def test_an_end_told_twice_is_no_good_end(module: ModuleType, toy: Any) -> None:
    assert failure(module, toy, "tell('end 1')")[0] == "ProtocolBroken"
    assert printed(toy, "print(2)") == "2\n"


def _interrupt(toy: Any) -> None:
    with closing(toy.run("print('on', flush=True)\nwhile True: pass")) as running:
        assert next(running).text == "on\n"
        os.kill(os.getpid(), signal.SIGINT)
        next(running)


def test_an_interrupted_cell_ends_and_the_session_goes_on(toy: Any) -> None:
    printed(toy, "x = 3")
    with pytest.raises(KeyboardInterrupt):
        _interrupt(toy)
    assert printed(toy, "print(x)") == "3\n"


def test_a_graders_commands_reach_the_session(toy: Any, tmp_path: Path) -> None:
    printed(toy, "bent = 1")
    cells = '.write {"name": "a/b.txt", "data": "aGk=", "append": false}\n.reset\nprint("bent" in globals())'
    assert printed(toy, cells) == "False\n"
    assert (tmp_path / "a/b.txt").read_text() == "hi"
    assert printed(toy, '.remove ["a/b.txt"]') == ""
    assert not (tmp_path / "a/b.txt").exists()
