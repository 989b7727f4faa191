"""An Otter question as cells of a lab: its text, its answers, and its tests with their points."""

import re
from collections.abc import Sequence

from nbformat import NotebookNode

from nexus_server.courses.imports.errors import UnreadableImportError
from nexus_server.courses.imports.lab_writing import LabWriter
from nexus_server.courses.imports.otter.blocks import OtterQuestion, Placed, QuestionPart
from nexus_server.courses.imports.otter.solutions import (
    is_ignored,
    marked_solution,
    prompted,
    whole,
    without_ignored,
)
from nexus_server.courses.imports.otter.test_cases import OtterCase, OtterTests, read_test_cell
from nexus_server.courses.imports.report import PartOutcome

_USED = {"name", "manual", "points", "all_or_nothing", "check_cell"}
_INCLUDED_TAG = "otter_include"
#: cells that only set Otter up, check all, or export
_OTTER_LINE = re.compile(
    r"(?:#.*|import otter\b.*|from otter\b.*|%pip install .*otter.*|\w+[ ]*=[ ]*otter\.Notebook\(.*\)"
    r"|\w+\.(?:check_all|export)\(.*\);?)?"
)
_OTTER_CALL = re.compile(r"\botter\b|\.check_all\(|\.export\(")


def write_plain(placed: Placed, writer: LabWriter) -> None:
    """Write a cell that belongs to no question; what only Otter needs is left out."""
    cell, place = placed.cell, placed.place
    if is_ignored(cell.source):
        writer.say(place, PartOutcome.LEFT_OUT, "Otter ignores it, too")
    elif cell.cell_type == "code" and _is_otter_only(cell.source):
        writer.say(place, PartOutcome.LEFT_OUT, "it only sets up or calls Otter")
    elif cell.cell_type == "raw":
        writer.say(place, PartOutcome.LEFT_OUT, "a raw cell, which learners could neither read nor run")
    else:
        _keep(placed, writer, "kept as it is")


def _is_otter_only(source: str) -> bool:
    lines = (line.strip() for line in source.split("\n"))
    return bool(_OTTER_CALL.search(source)) and all(_OTTER_LINE.fullmatch(line) for line in lines)


def _keep(placed: Placed, writer: LabWriter, text: str) -> None:
    cell = placed.cell
    if cell.cell_type == "code":
        source = without_ignored(cell.source, placed.place)
        cell = NotebookNode({**cell, "source": source})
    writer.keep(placed.place, cell, text)


def write_question(question: OtterQuestion, writer: LabWriter, *, is_ok_format: bool) -> None:
    """Write all cells of a question.

    Raises:
        UnreadableImportError: its tests or its points cannot be read.
    """
    name = str(question.config.get("name") or f"q{question.number}")
    is_manual = question.config.get("manual") is True
    said = ", ".join(sorted(question.config.keys() - _USED))
    text = f"marks a part of {name}, which the cells' metadata say here"
    for number in question.boundaries:
        more = f"; without a counterpart: {said}" if said and number == question.number else ""
        writer.say(f"cell {number}", PartOutcome.CHANGED, text + more)
    grade_id = writer.free_id(name)
    for placed in question.of(QuestionPart.TEXT):
        if placed.cell.cell_type == "raw":
            writer.say(placed.place, PartOutcome.LEFT_OUT, "a raw cell, which learners could neither read nor run")
        else:
            _keep(placed, writer, f"the text of {name}")
    if is_manual:
        _write_by_hand(question, name, grade_id, writer)
    else:
        _write_answers(question, name, grade_id, writer)
    cases = _cases(question, is_ok_format=is_ok_format)
    if cases:
        _write_cases(question, name, cases, writer, is_manual=is_manual)


def _write_answers(question: OtterQuestion, name: str, grade_id: str, writer: LabWriter) -> None:
    prompt = _prompt(question, name, writer, "code")
    answers = [each for each in question.of(QuestionPart.SOLUTION) if each.cell.cell_type == "code"]
    ids = [grade_id, *(writer.free_id(grade_id) for _ in answers[1:])]
    for placed in question.of(QuestionPart.SOLUTION):
        if placed not in answers:
            _write_aside(placed, writer)
            continue
        source = without_ignored(placed.cell.source, placed.place)
        marked = marked_solution(source, placed.place)
        first = placed is answers[0]
        writer.answer(prompted(prompt, source) if prompt and first else marked, ids.pop(0))
        kind = "the answer" if marked != source or (prompt and first) else "the answer, from its first line to its last"
        writer.say(placed.place, PartOutcome.CHANGED, f"{kind} of {name}")
    if prompt and not answers:
        writer.answer(prompt, grade_id)


def _prompt(question: OtterQuestion, name: str, writer: LabWriter, kind: str) -> str:
    """Return what learners begin with, where the author wrote it; other prompts are kept as cells."""
    texts = []
    for placed in question.of(QuestionPart.PROMPT):
        if placed.cell.cell_type == kind:
            texts.append(placed.cell.source)
            writer.say(placed.place, PartOutcome.CHANGED, f"the beginning of the answer of {name}")
        else:
            writer.keep(placed.place, placed.cell, f"a prompt of {name}")
    return "\n".join(texts)


def _write_aside(placed: Placed, writer: LabWriter) -> None:
    """Write what stands in a solution and is no code: for learners where its author says so, else for staff."""
    if _INCLUDED_TAG in placed.cell.metadata.get("tags", []):
        writer.keep(placed.place, placed.cell, "kept: learners read it in Otter, too")
    else:
        writer.for_staff(placed.cell)
        writer.say(placed.place, PartOutcome.CHANGED, "a cell for staff alone")


def _write_by_hand(question: OtterQuestion, name: str, grade_id: str, writer: LabWriter) -> None:
    """Write a question that a person marks: one answer has its points, the other code is solved without."""
    points = question.config.get("points") or 0
    if isinstance(points, bool) or not isinstance(points, int | float):
        raise UnreadableImportError(f"Cell {question.number}: the points of {name} are no number.")
    texts = [each for each in question.of(QuestionPart.SOLUTION) if each.cell.cell_type == "markdown"]
    texts = [each for each in texts if _INCLUDED_TAG not in each.cell.metadata.get("tags", [])]
    codes = [each for each in question.of(QuestionPart.SOLUTION) if each.cell.cell_type == "code"]
    kind = "code" if codes and not texts else "markdown"
    prompt = _prompt(question, name, writer, kind)
    is_marked = False
    for placed in question.of(QuestionPart.SOLUTION):
        source = placed.cell.source
        if placed in texts:
            writer.say(placed.place, PartOutcome.CHANGED, f"the model answer of {name}, which a person marks")
        elif placed in codes and not texts and not is_marked:
            source = without_ignored(source, placed.place)
            marked = prompted(prompt, source) if prompt else marked_solution(source, placed.place)
            writer.by_hand("code", marked, grade_id, float(points))
            writer.say(placed.place, PartOutcome.CHANGED, f"the answer of {name}, which a person marks")
            is_marked = True
        elif placed in codes:
            source = without_ignored(source, placed.place)
            writer.answer(marked_solution(source, placed.place), writer.free_id(grade_id))
            writer.say(placed.place, PartOutcome.CHANGED, f"an answer of {name} without points of its own")
        else:
            _write_aside(placed, writer)
    if not is_marked:
        model = "\n\n".join(each.cell.source for each in texts)
        whole_text = f"{prompt}\n\n{whole(model)}" if prompt else model or "There is no model answer."
        writer.by_hand("markdown", whole_text, grade_id, float(points))


def _cases(question: OtterQuestion, *, is_ok_format: bool) -> tuple[OtterCase, ...]:
    cases = []
    for placed in question.of(QuestionPart.TESTS):
        if placed.cell.cell_type != "code":
            raise UnreadableImportError(f"Cell {placed.number}: only code can be a test.")
        source = without_ignored(placed.cell.source, placed.place)
        cell = NotebookNode({**placed.cell, "source": source})
        cases.append(read_test_cell(cell, is_ok_format=is_ok_format, where=placed.place))
    return tuple(cases)


def _write_cases(
    question: OtterQuestion, name: str, cases: tuple[OtterCase, ...], writer: LabWriter, *, is_manual: bool
) -> None:
    if is_manual:
        cases = tuple(case.without_points() for case in cases)
    tests = OtterTests(name, cases, question.config.get("all_or_nothing") is True)
    if not is_manual:
        tests = tests.with_points(question.config.get("points"), f"Cell {question.number}")
    write_tests(tests, name, writer, [placed.place for placed in question.of(QuestionPart.TESTS)])


def write_tests(tests: OtterTests, name: str, writer: LabWriter, places: Sequence[str]) -> None:
    """Write the tests of a question: a cell for each case, or one for all where all or nothing counts."""
    for case, place in zip(tests.cases, places, strict=True):
        text = f"{'a hidden' if case.is_hidden else 'a visible'} test of {name}, {case.points:g} points"
        if tests.is_all_or_nothing:
            text += ", of one cell: all or nothing"
        writer.say(place, PartOutcome.CHANGED if case.changes else PartOutcome.KEPT, "; ".join([text, *case.changes]))
    if tests.is_all_or_nothing:
        visible = [case.code for case in tests.cases if not case.is_hidden]
        hidden = [case.code for case in tests.cases if case.is_hidden]
        points = round(sum(case.points or 0 for case in tests.cases), 6)
        writer.test(visible, hidden, writer.free_id(f"test-{name}"), points)
        return
    for number, case in enumerate(tests.cases, 1):
        grade_id = writer.free_id(f"test-{name}-{number}" if len(tests.cases) > 1 else f"test-{name}")
        visible, hidden = ([], [case.code]) if case.is_hidden else ([case.code], [])
        writer.test(visible, hidden, grade_id, case.points or 0)
