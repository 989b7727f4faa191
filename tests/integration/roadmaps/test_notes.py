"""Every snippet of every note, run from top to bottom as a learner would: it prints what the note says."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from nexus_server.installation import CONTENT
from nexus_server.roadmaps.files.note_file import split_note

pytestmark = pytest.mark.docker

NOTES = sorted(CONTENT.glob("*/notes/*.md"))
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: the keys that the error lists, after its first line, vary with the version of pandas; the note says so
VARIES = "(a list of the keys may follow; that varies with the version of pandas)"
#: runs each note's snippets in a namespace of its own, and prints what each showed: the last value as Jupyter has it
RUNNER = """
import ast, contextlib, io, json, os, pathlib, sys

def show(code, names):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        try:
            tree = ast.parse(code)
            last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, "note", "exec"), names)
            if last is not None:
                value = eval(compile(ast.Expression(last.value), "note", "eval"), names)
                if value is not None:
                    print(repr(value))
        except Exception as error:
            print(f"{type(error).__name__}: {error}")
    return out.getvalue()

shown = {}
for name, task in json.load(sys.stdin).items():
    folder = pathlib.Path("/tmp", name)
    (folder / "data").mkdir(parents=True)
    os.chdir(folder)
    for file, text in task["data"].items():
        (folder / "data" / file).write_text(text)
    names = {"__name__": "__main__"}
    shown[name] = [show(code, names) for code in task["snippets"]]
print(json.dumps(shown))
"""


def snippets(note: Path) -> list[tuple[str, str | None]]:
    """Return each Python fence with the text fence right below it, if there is one."""
    markdown = split_note(note.read_text(encoding="utf-8")).markdown
    fences = list(FENCE.finditer(markdown))
    found: list[tuple[str, str | None]] = []
    for fence, below in zip(fences, [*fences[1:], None], strict=True):
        if fence[1] == "python":
            is_output = below and below[1] == "text" and not markdown[fence.end() : below.start()].strip()
            found.append((fence[2], below[2] if below and is_output else None))
    return found


def lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


def name_of(note: Path) -> str:
    return f"{note.parent.parent.name}/{note.name}"


@pytest.fixture(scope="module")
def shown() -> dict[str, list[str]]:
    """What every snippet showed, by note, in the image that learners of data analysis get."""
    tasks = {
        name_of(note): {
            "snippets": [code for code, _ in snippets(note)],
            "data": {path.name: path.read_text(encoding="utf-8") for path in note.parent.parent.glob("data/*")},
        }
        for note in NOTES
    }
    command = [
        "docker",
        "run",
        "--rm",
        "-i",
        "--network=none",
        "--tmpfs=/tmp",
        "--env=HOME=/tmp",
        "--env=MPLBACKEND=Agg",
    ]
    done = subprocess.run(
        [*command, "--entrypoint=python3", "nexus-data", "-c", RUNNER],
        input=json.dumps(tasks),
        capture_output=True,
        text=True,
        check=True,
        timeout=150,
    )
    found: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("note", NOTES, ids=name_of)
def test_snippets_print_what_the_note_says(note: Path, shown: dict[str, list[str]]) -> None:
    for (code, said), printed in zip(snippets(note), shown[name_of(note)], strict=True):
        if said is None:
            assert "Error: " not in printed, code
        elif VARIES in said:
            assert lines(printed)[0] == lines(said)[0]
        else:
            assert lines(printed) == lines(said), code


def test_the_notes_have_snippets() -> None:
    assert len(NOTES) >= 15
    assert sum(len(snippets(note)) for note in NOTES) >= 100
