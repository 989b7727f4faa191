"""Every snippet of every note, run from top to bottom as a learner would: it prints what the note says.

The programs of quizzes print what their keys say.
"""

import json
import re
import subprocess
from pathlib import Path

import pytest

from nexus_server.installation import CONTENT
from nexus_server.kernels.image_building import exists
from nexus_server.roadmaps.files.note_file import split_note
from nexus_server.roadmaps.files.quiz_file import CodeOutputQuestion
from nexus_server.roadmaps.learning.quiz_scoring import is_correct
from tests.plugins.content import product_roadmaps

pytestmark = pytest.mark.docker

NOTES = sorted(CONTENT.glob("*/notes/*.md"))
PROGRAMS = {
    f"{source.folder.name}-{node.entry.slug}-{question.id}": question
    for source in product_roadmaps()
    for node in source.nodes
    for question in (node.quiz.questions if node.quiz else [])
    if isinstance(question, CodeOutputQuestion)
}
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


#: the same for JavaScript, of which the values that Deno's kernel would show are left out; what a snippet promises is
#: awaited, and one that awaits at its top level keeps its names to itself
JAVASCRIPT_RUNNER = """
import vm from "node:vm";
const shown = {};
for (const [name, task] of Object.entries(JSON.parse(await new Response(Deno.stdin.readable).text()))) {
  shown[name] = [];
  for (const code of task.snippets) {
    const lines = [];
    const text = (value) => typeof value === "string" ? value : Deno.inspect(value);
    console.log = (...values) => { lines.push(values.map(text).join(" ")); };
    try {
      const whole = /^[^\\/\\n]*\\bawait\\b/m.test(code.replace(/^ .*$/gm, "")) ? `(async () => {${code}})()` : code;
      const importModuleDynamically = (name) => import(name);
      await vm.runInThisContext(task.own && whole === code ? `{${code}}` : whole, {importModuleDynamically});
    } catch (error) {
      lines.push(`${error.name}: ${error.message}`);
    }
    shown[name].push(lines.join("\\n"));
  }
}
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(shown)));
"""
Task = dict[str, object]


def snippets(note: Path, language: str = "python") -> list[tuple[str, str | None]]:
    """Return each fence of a language with the text fence right below it, if there is one."""
    markdown = split_note(note.read_text(encoding="utf-8")).markdown
    fences = list(FENCE.finditer(markdown))
    found: list[tuple[str, str | None]] = []
    for fence, below in zip(fences, [*fences, None][1:], strict=True):
        if fence[1] == language:
            is_output = below and below[1] == "text" and not markdown[fence.end() : below.start()].strip()
            found.append((fence[2], below[2] if below and is_output else None))
    return found


def needs_learning(note: Path) -> bool:
    """Whether a note's snippets use scikit-learn, which is in an image that not every site builds."""
    return any("sklearn" in code for code, _ in snippets(note))


def lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


def name_of(note: Path) -> str:
    return f"{note.parent.parent.name}/{note.name}"


def run(image: str, program: list[str], tasks: dict[str, Task]) -> dict[str, list[str]]:
    """Run a program in an image with tasks on its standard input, and return what it showed of each."""
    flags = ["--rm", "-i", "--network=none", "--tmpfs=/tmp", "--env=HOME=/tmp", "--env=MPLBACKEND=Agg"]
    command = ["docker", "run", *flags, f"--entrypoint={program[0]}", image, *program[1:]]
    done = subprocess.run(command, input=json.dumps(tasks), capture_output=True, text=True, check=True, timeout=150)
    found: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def shown() -> dict[str, list[str]]:
    """What every snippet showed, by note, in the image that learners of data analysis get; quizzes' programs too."""
    tasks: dict[str, Task] = {name_of(note): task_of(note) for note in NOTES if not needs_learning(note)}
    own = {name: question for name, question in PROGRAMS.items() if not is_javascript(name)}
    tasks |= {name: {"snippets": [question.code], "data": {}} for name, question in own.items()}
    return run("nexus-data", ["python3", "-c", RUNNER], tasks)


def task_of(note: Path) -> Task:
    return {
        "snippets": [code for code, _ in snippets(note)],
        "data": {path.name: path.read_text(encoding="utf-8") for path in note.parent.parent.glob("data/*")},
    }


@pytest.fixture(scope="module")
def shown_with_learning() -> dict[str, list[str]]:
    """What the notes on machine learning show, where their image is built."""
    if not exists("nexus-ml:latest"):
        pytest.skip("the image nexus-ml is not built")
    return run("nexus-ml", ["python3", "-c", RUNNER], {name_of(note): task_of(note) for note in LEARNING_NOTES})


@pytest.fixture(scope="module")
def shown_by_deno() -> dict[str, list[str]]:
    """What JavaScript's notes and quizzes show, each note in a process of its own."""
    notes = [note for note in NOTES if snippets(note, "javascript")]
    found: dict[str, list[str]] = {}
    own: dict[str, Task] = {
        name: {"snippets": [question.code], "own": True} for name, question in PROGRAMS.items() if is_javascript(name)
    }
    each: list[dict[str, Task]] = [
        {name_of(note): {"snippets": [code for code, _ in snippets(note, "javascript")]}} for note in notes
    ]
    for tasks in [*each, own]:
        script = 'printf %s "$0" > /tmp/run.mjs && exec /opt/nexus/deno run /tmp/run.mjs'
        found |= run("nexus-javascript", ["sh", "-c", script, JAVASCRIPT_RUNNER], tasks)
    return found


def is_javascript(program: str) -> bool:
    return program.startswith("javascript-")


LEARNING_NOTES = [note for note in NOTES if needs_learning(note)]


@pytest.mark.parametrize("note", [note for note in NOTES if note not in LEARNING_NOTES], ids=name_of)
def test_snippets_print_what_the_note_says(note: Path, shown: dict[str, list[str]]) -> None:
    assert_prints_as_said(note, shown)


@pytest.mark.parametrize("note", LEARNING_NOTES, ids=name_of)
def test_snippets_with_scikit_learn_print_what_the_note_says(
    note: Path, shown_with_learning: dict[str, list[str]]
) -> None:
    assert_prints_as_said(note, shown_with_learning)


def assert_prints_as_said(note: Path, shown: dict[str, list[str]]) -> None:
    for (code, said), printed in zip(snippets(note), shown[name_of(note)], strict=True):
        if said is None:
            assert "Error: " not in printed, code
        elif VARIES in said:
            assert lines(printed)[0] == lines(said)[0]
        else:
            assert lines(printed) == lines(said), code


def test_javascript_prints_what_the_note_says(shown_by_deno: dict[str, list[str]]) -> None:
    notes = [note for note in NOTES if snippets(note, "javascript")]
    assert notes
    for note in notes:
        for (code, said), printed in zip(snippets(note, "javascript"), shown_by_deno[name_of(note)], strict=True):
            assert lines(printed) == lines(said or ""), code


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_quiz_s_program_prints_its_key(
    name: str, shown: dict[str, list[str]], shown_by_deno: dict[str, list[str]]
) -> None:
    (printed,) = (shown_by_deno if is_javascript(name) else shown)[name]
    assert is_correct(PROGRAMS[name], printed)
    assert printed.split() == PROGRAMS[name].answer[0].split(), "the first key is what is printed, to the letter"


def test_the_notes_have_snippets() -> None:
    assert len(NOTES) >= 15
    assert sum(len(snippets(note)) for note in NOTES) >= 100
