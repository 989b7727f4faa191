"""One bad file for each thing that `nexus content check` finds by reading: its exact message, with file and line."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import jupytext
import nbformat
import pytest

from nexus_server.roadmaps.checks.checks import check_content, check_limits, check_roadmap
from nexus_server.roadmaps.files.loader import load_roadmap
from tests.plugins.content import QUIZ, ROADMAP

ROADMAP_FILE, NOTE, LAB, QUIZ_FILE = "roadmap.yaml", "notes/hello.md", "labs/lab.ipynb", "quizzes/quizzed.yaml"

UNUSED = "tiny/labs/lab.ipynb:1: warning: no node of roadmap.yaml uses this file"
UNSAFE = "error: this HTML is not shown as it is written:"
ELSEWHERE = "is not beside the learner's notebook: name it under `data`"


def found(content_dir: Path) -> list[str]:
    return [str(problem) for problem in check_content(content_dir)[1]]


def line_with(path: Path, part: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if part in line)


def write_text_cell(content_dir: Path, text: str) -> Path:
    """Put `text` into the lab's first cell, as Jupyter writes it."""
    path = content_dir / "tiny" / LAB
    notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    notebook.cells[0].source = text
    path.write_text(nbformat.writes(notebook), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        # schema
        (
            ROADMAP_FILE,
            "title: Tiny",
            "titel: Tiny",
            ["1: error: title: Field required", "2: error: titel: there is no such key"],
        ),
        (
            ROADMAP_FILE,
            "points: 5",
            "points: -5",
            ["10: error: nodes.1.points: Input should be greater than or equal to 0"],
        ),
        (ROADMAP_FILE, "slug: tiny", "slug: [tiny", ["2: error: not YAML: expected ',' or ']', but got ':'"]),
        (
            QUIZ_FILE,
            "answer: a",
            "answer: z",
            ["3: error: questions.0.single: the answer names choices that are not there: z"],
        ),
        # circles, and what nothing unlocks
        (
            ROADMAP_FILE,
            "points: 5",
            "points: 5\n    requires: {all: [quizzed]}",
            ["11: error: prerequisites go round in a circle: clip -> quizzed -> clip"],
        ),
        (
            ROADMAP_FILE,
            "{all: [hello]}",
            "{all: [nobody]}",
            ["18: error: lab requires 'nobody', which is not a node of this roadmap"],
        ),
        # ids that are there twice
        (ROADMAP_FILE, "slug: quizzed", "slug: clip", ["12: error: the slug 'clip' is taken by line 7"]),
        (QUIZ_FILE, "id: two", "id: one", ["9: error: the id 'one' is taken by line 3"]),
        # files that are not there
        (
            ROADMAP_FILE,
            "file: labs/lab.ipynb",
            "file: labs/gone.ipynb",
            [UNUSED, "13: error: there is no file 'labs/gone.ipynb'"],
        ),
        # dead links and images, missing alt text, unsafe HTML
        (NOTE, "# Hello", "# Hello\n\n[Gone](gone.md)", ["9: error: 'gone.md' leads nowhere"]),
        (NOTE, "# Hello", "# Hello\n\n<a href='//[x'>a</a>", ["9: error: '//[x' leads nowhere"]),
        (NOTE, "dot.svg", "gone.svg", ["9: error: '../images/gone.svg' leads nowhere"]),
        (
            NOTE,
            "# Hello",
            "<img src='../images/gone.svg'>",
            [
                "7: error: '../images/gone.svg' leads nowhere",
                "7: error: the image '../images/gone.svg' has no alt text",
            ],
        ),
        (NOTE, "![A dot]", "![]", ["9: error: the image '../images/dot.svg' has no alt text"]),
        (NOTE, "# Hello", "a\n<b onclick='x()'>b</b>", [f"8: {UNSAFE} <b onclick='x()'>"]),
        ("media/clip.md", "What", "[What](what.md)", ["1: error: 'what.md' leads nowhere"]),
        # quizzes hold Markdown too
        (
            QUIZ_FILE,
            '"1 + 1?"',
            '"![](../images/dot.svg)"',
            ["5: error: the image '../images/dot.svg' has no alt text"],
        ),
        (QUIZ_FILE, '"1 + 1?"', "|\n      One\n\n      [and one](gone.md)?", ["8: error: 'gone.md' leads nowhere"]),
        (QUIZ_FILE, "It is two.", "<iframe src='x'></iframe>", [f"8: {UNSAFE} <iframe src='x'></iframe>"]),
        (QUIZ_FILE, 'text: "3"', 'text: "[3](three.md)"', ["6: error: 'three.md' leads nowhere"]),
        (QUIZ_FILE, "    explanation: It is two.\n", "", ["3: warning: one: has no explanation"]),
        (
            QUIZ_FILE,
            "    answer: a\n",
            '    answer: a\n    section: "#gone"\n',
            ["8: error: one: the note has no heading '#gone'"],
        ),
    ],
)
def test_each_clause_names_file_line_and_what(
    content_dir: Path, file: str, old: str, new: str, expected: list[str]
) -> None:
    path = content_dir / "tiny" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert found(content_dir) == [line if line.startswith("tiny/") else f"tiny/{file}:{line}" for line in expected]


def test_the_fixture_of_the_table_is_sound(content_dir: Path) -> None:
    assert found(content_dir) == []
    assert (content_dir / "tiny" / ROADMAP_FILE).read_text() == ROADMAP
    assert (content_dir / "tiny" / QUIZ_FILE).read_text() == QUIZ


def test_the_ids_of_an_ordering_must_not_give_its_answer_away(content_dir: Path) -> None:
    path = content_dir / "tiny" / QUIZ_FILE
    choices = "choices: [{id: a, text: x}, {id: b, text: y}], answer: [a, b]"
    path.write_text(f"{QUIZ}  - {{id: order, type: ordering, prompt: Sort., explanation: So., {choices}}}\n")
    message = "warning: order: the ids of the choices, sorted, are the answer"
    assert found(content_dir) == [f"tiny/{QUIZ_FILE}:10: {message}"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Lab\n\n[gone](gone.csv)", "3 'gone.csv' leads nowhere"),
        ("# Lab\n\n[out](../../../etc/passwd)", "3 '../../../etc/passwd' leads nowhere"),
        ("# Lab\nsee ![x](attachment:gone.png)", "2 'attachment:gone.png' leads nowhere"),
        ("![](data/numbers.csv)", "1 the image 'data/numbers.csv' has no alt text"),
        ("a\n\n<img src='data/numbers.csv'>", "3 the image 'data/numbers.csv' has no alt text"),
        ("a\n\n<script>x</script>", "3 this HTML is not shown as it is written: <script>x</script>"),
        # It is in the roadmap's folder, but the learner's notebook lies elsewhere.
        ("![A dot](../images/dot.svg)", f"1 '../images/dot.svg' {ELSEWHERE}"),
        ("![A dot](images/dot.svg)", f"1 'images/dot.svg' {ELSEWHERE}"),
    ],
)
def test_the_text_cells_of_a_notebook_are_read_like_notes(content_dir: Path, text: str, expected: str) -> None:
    path = write_text_cell(content_dir, text)
    inside, _, message = expected.partition(" ")
    wanted = json.dumps(text.splitlines()[int(inside) - 1])[:-1]
    assert found(content_dir) == [f"tiny/{LAB}:{line_with(path, wanted)}: error: {message}"]


def test_what_a_notebook_may_show_is_no_problem(content_dir: Path) -> None:
    text = "[data](data/numbers.csv), [site](https://example.org), [below](#part), ![A](attachment:a.png) <kbd>x</kbd>"
    path = write_text_cell(content_dir, text)
    notebook = json.loads(path.read_text())
    notebook["cells"][0]["attachments"] = {"a.png": {"image/png": "iVBORw0KGgo="}}
    path.write_text(json.dumps(notebook))
    assert found(content_dir) == []


@pytest.mark.parametrize("style", ["#", '"""'])
def test_the_text_cells_of_a_script_are_read_too(content_dir: Path, style: str) -> None:
    folder = content_dir / "tiny"
    notebook = jupytext.read(folder / LAB)
    notebook.cells[0].source = "# Lab\n\n[gone](gone.csv)"
    if style != "#":
        notebook.cells[0].metadata["cell_marker"] = style
    (folder / LAB).unlink()
    script = folder / "labs/lab.py"
    script.write_text(jupytext.writes(notebook, fmt="py:percent"))
    (folder / ROADMAP_FILE).write_text(ROADMAP.replace(LAB, "labs/lab.py"))
    line = line_with(script, "[gone](gone.csv)")
    assert found(content_dir) == [f"tiny/labs/lab.py:{line}: error: 'gone.csv' leads nowhere"]


def test_a_renamed_grade_id_that_is_taken_is_named_by_its_cell(content_dir: Path) -> None:
    path = content_dir / "tiny" / LAB
    path.write_text(path.read_text().replace('"grade_id": "test-hidden"', '"grade_id": "test-visible"'))
    cell = path.read_text().splitlines().index('   "id": "test-hidden",') - 2
    (message,) = found(content_dir)
    assert message == f"tiny/{LAB}:{cell}: error: The id 'test-visible' belongs to cell 3 already."


def test_markers_out_of_balance_are_named_by_their_line(content_dir: Path) -> None:
    path = content_dir / "tiny" / LAB
    path.write_text(path.read_text().replace("### END HIDDEN TESTS", "# and so on"))
    line = line_with(path, "BEGIN HIDDEN TESTS")
    assert found(content_dir) == [f"tiny/{LAB}:{line}: error: BEGIN HIDDEN TESTS without an END (line 1)."]


CONCEPTS = """\
- {id: tiny.hello, title: Hello, taught: hello, note: "#hello"}
- {id: tiny.clip, title: Clips, taught: clip, needs: [tiny.hello, python.loops]}
"""
CONCEPT_FILE = "concepts.yaml"


def write_concepts(content_dir: Path, text: str) -> None:
    folder = content_dir / "tiny"
    (folder / CONCEPT_FILE).write_text(text)
    (folder / ROADMAP_FILE).write_text(ROADMAP.replace("difficulty:", "concepts: concepts.yaml\ndifficulty:"))


def test_a_map_of_concepts_is_read(content_dir: Path) -> None:
    write_concepts(content_dir, CONCEPTS)
    assert [problem for problem in found(content_dir) if ": error: " in problem] == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "title: Clips",
            "titel: Clips",
            ["2: error: 1.titel: there is no such key", "2: error: 1.title: Field required"],
        ),
        ("tiny.clip", "tiny.hello", ["2: error: id: the concept 'tiny.hello' is there already"]),
        ("taught: clip", "taught: gone", ["2: error: taught: 'gone' is not a node of this roadmap"]),
        ("[tiny.hello,", "[tiny.hallo,", ["2: error: needs: there is no concept 'tiny.hallo' here"]),
        (
            "[tiny.hello,",
            "[tiny.clip,",
            ["2: error: needs: the concept 'tiny.clip' needs itself, over others or at once"],
        ),
        ('"#hello"', "hello", ["1: error: 0.note: String should match pattern '^#\\S+$'"]),
    ],
)
def test_each_mistake_of_a_map_of_concepts_is_named(content_dir: Path, old: str, new: str, expected: list[str]) -> None:
    write_concepts(content_dir, CONCEPTS.replace(old, new, 1))
    assert found(content_dir) == [f"tiny/{CONCEPT_FILE}:{line}" for line in expected]


def test_a_map_of_concepts_that_is_not_there_or_no_list_is_named(content_dir: Path) -> None:
    write_concepts(content_dir, "id: x")
    assert found(content_dir) == [f"tiny/{CONCEPT_FILE}:1: error: a list of concepts is expected here"]
    (content_dir / "tiny" / CONCEPT_FILE).unlink()
    assert found(content_dir) == [f"tiny/{ROADMAP_FILE}:4: error: there is no file 'concepts.yaml'"]


def test_a_question_says_what_it_shows_and_why_a_choice_is_wrong(content_dir: Path) -> None:
    path = content_dir / "tiny" / QUIZ_FILE
    path.write_text(
        QUIZ.replace(
            "    answer: a\n",
            "    answer: a\n    concepts: [tiny.sum]\n    section: '#quizzed'\n    why: {b: Count.}\n",
        )
    )
    assert found(content_dir) == []
    path.write_text(QUIZ.replace("    answer: a\n", "    answer: a\n    why: {z: Count.}\n"))
    (message,) = found(content_dir)
    assert message.endswith("questions.0.single: `why` names choices that are not there: z")


def test_a_drill_has_visible_tests_of_one_point_and_counts_nothing(content_dir: Path) -> None:
    path = content_dir / "tiny" / ROADMAP_FILE
    path.write_text(ROADMAP.replace("pass_score: 0.5", "drill: true"))
    messages = [message.partition("error: ")[2] for message in found(content_dir)]
    assert "A drill has no hidden tests." in messages
    path.write_text(ROADMAP.replace("pass_score: 0.5", "drill: true, attempts: 3"))
    (message,) = found(content_dir)[-1:]
    assert "a drill counts no attempts" in "".join(found(content_dir)), message


def _say_of_cell(book: nbformat.NotebookNode, **metadata: object) -> None:
    book.cells[1].metadata.update(metadata)


@pytest.mark.parametrize(
    ("change", "place", "what"),
    [
        (lambda book: book.metadata.update(widgets={"state": {}}), "notebook", "metadata.widgets is not for learners"),
        *(
            (partial(_say_of_cell, nexus={key: value}), "cell 2", f"metadata.nexus.{key} is not for learners")
            for key, value in (
                ("hints", ["Add."]),
                ("rubric", [{"id": "a", "text": "Clear.", "points": 1}]),
                ("messages", "hidden"),
            )
        ),
        (
            partial(_say_of_cell, extended_cell={"type": "singlechoice", "choice": ["1"]}),
            "cell 2",
            "metadata.extended_cell.choice is not for learners",
        ),
        (
            lambda book: book.metadata.update(nexus={"parameters": {"n": [1, 2]}}),
            "notebook",
            "metadata.nexus.parameters is not for learners",
        ),
        (
            lambda book: book.cells[0].update(attachments={"a.png": {"image/png": "AAAA"}}),
            "cell 1",
            "the text does not show the attachment 'a.png'",
        ),
        (
            lambda book: book.cells[1].update(outputs=[nbformat.v4.new_output("stream", text="4")]),
            "cell 2",
            "outputs of a run of the source are not for learners",
        ),
    ],
)
def test_a_release_with_more_than_the_allow_list_is_named_by_its_cell(
    content_dir: Path, change: Callable[[nbformat.NotebookNode], None], place: str, what: str
) -> None:
    source = load_roadmap(content_dir / "tiny")
    node = next(node for node in source.nodes if node.lab is not None)
    assert node.lab is not None
    released = nbformat.reads(node.lab.release_notebook, as_version=4)
    change(released)
    lab = replace(node.lab, release_notebook=json.dumps(released))
    spoilt = replace(source, nodes=[replace(node, lab=lab) if one is node else one for one in source.nodes])
    (problem,) = check_roadmap(spoilt)
    ids = [cell.id for cell in released.cells]
    at = line_with(content_dir / "tiny" / LAB, f'"id": "{ids[int(place[-1]) - 1]}"') if place != "notebook" else 1
    assert (problem.file, str(problem.message)) == (f"tiny/{LAB}", f"the student version is not clean: {place}: {what}")
    assert problem.line == 1 if place == "notebook" else problem.line < at
    assert list(check_roadmap(source)) == []


def test_what_a_lab_says_about_itself_holds_nothing_for_staff(content_dir: Path) -> None:
    path = content_dir / "tiny" / LAB
    notebook = json.loads(path.read_text())
    staff = {
        "id": "staff",
        "cell_type": "markdown",
        "metadata": {"tags": ["remove-for-students"]},
        "source": "It is 42.",
    }
    notebook["cells"] = [staff, *notebook["cells"]]
    path.write_text(json.dumps(notebook))
    (lab,) = [node.lab for node in load_roadmap(content_dir / "tiny").nodes if node.lab is not None]
    assert lab.introduction_md
    assert "42" not in lab.introduction_md + lab.release_notebook
    assert "42" in lab.source_notebook


def test_a_misspelt_key_of_the_authors_is_named_by_its_cell(content_dir: Path) -> None:
    path = content_dir / "tiny" / LAB
    notebook = json.loads(path.read_text())
    notebook["cells"][2]["metadata"]["nexus"] = {"hint": ["Add."]}
    path.write_text(json.dumps(notebook, indent=1))
    (message,) = found(content_dir)
    assert message.endswith(": error: metadata.nexus.hint: there is no such key")
    assert not message.startswith(f"tiny/{LAB}:1:")


def test_limits_over_the_sites_are_named_by_their_line(content_dir: Path) -> None:
    path = content_dir / "tiny" / ROADMAP_FILE
    wanted = "pass_score: 0.5,\n      limits: {memory_mb: 900,\n        cpu_share: 1.5}"
    path.write_text(ROADMAP.replace("pass_score: 0.5", wanted))
    source = load_roadmap(content_dir / "tiny")
    assert [str(problem) for problem in check_limits(source, 512, 1.0)] == [
        f"tiny/{ROADMAP_FILE}:20: error: memory_mb: 900 is over the site's limit of 512",
        f"tiny/{ROADMAP_FILE}:21: error: cpu_share: 1.5 is over the site's limit of 1",
    ]
    assert list(check_limits(source, 900, 1.5)) == []


def test_a_roadmaps_own_folder_can_be_checked_too(content_dir: Path) -> None:
    (content_dir / "tiny" / NOTE).write_text("[gone](gone.md)")
    assert found(content_dir / "tiny") == found(content_dir) == [f"tiny/{NOTE}:1: error: 'gone.md' leads nowhere"]


def test_an_empty_folder_says_what_is_missing(tmp_path: Path) -> None:
    assert found(tmp_path) == [f"{tmp_path}:1: error: there is no roadmap.yaml here, nor in a folder below"]
