"""Moodle's XML of questions as a quiz."""

import base64
import binascii
import re
from collections.abc import Callable
from xml.etree.ElementTree import Element

from nexus_server.courses.imports.pictures import PictureBox
from nexus_server.courses.imports.quizzes.moodle_gaps import write_cloze, write_marked_gaps
from nexus_server.courses.imports.quizzes.numbers import number_of, points_of
from nexus_server.courses.imports.quizzes.writing import Item, Option, QuizWriter, UnmappedItemError
from nexus_server.courses.imports.quizzes.xml_reading import child, children, inner_text, text_at
from nexus_server.courses.imports.report import ImportedStep
from nexus_server.courses.imports.titles import file_title

FULL = 100.0
_PARTLY = "answers that are partly right earn nothing here"
#: kinds without a key, and those that only Moodle can draw, with what to do instead
_UNMAPPED = {
    "essay": "a person marks it: ask it in a lab, in a cell that is marked by hand",
    "description": "a text without a question: write it into the note",
    "random": "it stands for a question that is drawn elsewhere",
    "randomsamatch": "it is drawn from other questions",
    "calculated": "its numbers are drawn by a formula: write a lab with variants",
    "calculatedsimple": "its numbers are drawn by a formula: write a lab with variants",
    "calculatedmulti": "its numbers are drawn by a formula: write a lab with variants",
    "ddimageortext": "it is answered in a picture",
    "ddmarker": "it is answered in a picture",
    "coderunner": "it runs code: write a lab",
}


def import_moodle(root: Element, path: str) -> ImportedStep:
    """Make a quiz of a file of questions.

    Raises:
        NothingToImportError: no question of it has a counterpart.
    """
    pictures = PictureBox()
    writer = QuizWriter(pictures.find)
    title = ""
    for number, question in enumerate(children(root, "question"), 1):
        kind = question.get("type", "")
        if kind == "category":
            title = title or text_at(question, "category", "text").rpartition("/")[2].strip()
            continue
        name = text_at(question, "name", "text")
        place = f"question {number}" + (f" ({name})" if name else "")
        with writer.attempt(place):
            pictures.fill(_pictures(question))
            _write(question, kind, name or f"q{number}", place, writer)
    writer.require_some(path)
    return writer.step(title if title and title != "top" else file_title(path), pictures.used)


def _pictures(question: Element) -> dict[str, bytes]:
    found = {}
    for file in question.iter("file"):
        try:
            found[file.get("name", "")] = base64.b64decode(file.text or "", validate=False)
        except (binascii.Error, ValueError):
            continue
    return found


def _write(question: Element, kind: str, name: str, place: str, writer: QuizWriter) -> None:
    if kind not in _WRITERS:
        raise UnmappedItemError(_UNMAPPED.get(kind, f"there is no counterpart of its kind {kind or 'without a name'}"))
    prompt = rich_text(child(question, "questiontext"), writer)
    feedback = rich_text(child(question, "generalfeedback"), writer)
    points = points_of(text_at(question, "defaultgrade"))
    item = Item(place, text_at(question, "idnumber") or name, prompt, points, feedback)
    if text_at(question, "hidden") == "1":
        item.changes.append("it is hidden in Moodle")
    if hints := len(list(children(question, "hint"))):
        item.changes.append(f"{hints} hints are left out")
    _WRITERS[kind](question, item, writer)


def rich_text(element: Element | None, writer: QuizWriter) -> str:
    """Return the text of an element as Markdown; its attribute `format` says what it is written in."""
    if element is None:
        return ""
    text = inner_text(element, "text")
    written_in = element.get("format", "html")
    if written_in == "markdown":
        return text
    return writer.plain(text) if written_in == "plain_text" else writer.html(text)


def _fraction(answer: Element) -> float:
    return points_of(answer.get("fraction", "0").lstrip("-")) * (
        -1 if answer.get("fraction", "").startswith("-") else 1
    )


def _choices(question: Element, item: Item, writer: QuizWriter) -> None:
    is_multiple = text_at(question, "single").lower() in ("false", "0")
    answers = list(children(question, "answer"))
    # Where one may be chosen, the best is the key; where several may, all that give points are.
    least = 0.0 if is_multiple else FULL - 0.01
    options = [
        Option(rich_text(each, writer), _fraction(each) > least, rich_text(child(each, "feedback"), writer))
        for each in answers
    ]
    if is_multiple or any(0 < _fraction(each) <= least for each in answers):
        item.changes.append(_PARTLY)
    writer.choose(item, options, is_multiple=is_multiple)


def _truth(question: Element, item: Item, writer: QuizWriter) -> None:
    words = {"true": "True", "false": "False"}
    options = [
        Option(
            words.get(text_at(each, "text").lower(), text_at(each, "text")),
            _fraction(each) > 0,
            rich_text(child(each, "feedback"), writer),
        )
        for each in children(question, "answer")
    ]
    writer.choose(item, options, is_multiple=False)


def _short(question: Element, item: Item, writer: QuizWriter) -> None:
    answers = list(children(question, "answer"))
    full = [text_at(each, "text") for each in answers if _fraction(each) >= FULL]
    exact = [re.sub(r"\\\*", "*", text) for text in full if not re.search(r"(?<!\\)\*", text)]
    if full and not exact:
        raise UnmappedItemError("its key has a wildcard: write out what to accept")
    if len(exact) < len(full):
        item.changes.append("answers with a wildcard are left out")
    if any(0 < _fraction(each) < FULL for each in answers):
        item.changes.append(_PARTLY)
    if text_at(question, "usecase") == "1":
        item.changes.append("upper and lower case count the same here")
    writer.text(item, exact)


def _numeric(question: Element, item: Item, writer: QuizWriter) -> None:
    answers = list(children(question, "answer"))
    full = [each for each in answers if _fraction(each) >= FULL and text_at(each, "text") != "*"]
    if not full:
        raise UnmappedItemError("it has no key")
    if any(0 < _fraction(each) < FULL for each in answers):
        item.changes.append(_PARTLY)
    if child(question, "units", "unit") is not None:
        item.changes.append("its units are left out: the prompt has to name one")
    keys = [(number_of(text_at(each, "text")), points_of(text_at(each, "tolerance"), 0.0)) for each in full]
    if len(set(keys)) == 1:
        writer.number(item, *keys[0])
    elif all(tolerance == 0 for _, tolerance in keys):
        writer.text(item, [f"{value:g}" for value, _ in keys])
    else:
        raise UnmappedItemError("it accepts several numbers, each with a tolerance of its own")


def _matching(question: Element, item: Item, writer: QuizWriter) -> None:
    pairs = [(rich_text(each, writer), text_at(each, "answer", "text")) for each in children(question, "subquestion")]
    answers = list(dict.fromkeys(answer for _, answer in pairs if answer))
    asked = [(text, answer) for text, answer in pairs if text and answer]
    if not asked or len(answers) < 2:  # noqa: PLR2004  a choice
        raise UnmappedItemError("it has no pairs to match")
    parts = writer.parts(item, [f"{item.prompt}\n\n{text}" for text, _ in asked])
    for part, (_, right) in zip(parts, asked, strict=True):
        options = [Option(writer.plain(answer), answer == right) for answer in answers]
        writer.choose(part, options, is_multiple=False)


def _ordering(question: Element, item: Item, writer: QuizWriter) -> None:
    answers = sorted(children(question, "answer"), key=_fraction)
    item.changes.append(_PARTLY)
    writer.order(item, [rich_text(each, writer) for each in answers])


_WRITERS: dict[str, Callable[[Element, Item, QuizWriter], None]] = {
    "multichoice": _choices,
    "multichoiceset": _choices,
    "truefalse": _truth,
    "shortanswer": _short,
    "numerical": _numeric,
    "matching": _matching,
    "ddmatch": _matching,
    "ordering": _ordering,
    "cloze": write_cloze,
    "multianswer": write_cloze,
    "gapselect": write_marked_gaps,
    "ddwtos": write_marked_gaps,
}
