"""Quizzes of other systems keep key, text and points; what has no counterpart is said item by item."""

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from nexus_server.courses.imports.bundles import folder_bundle
from nexus_server.courses.imports.companions import Bundle
from nexus_server.courses.imports.errors import ImportTooLargeError, NothingToImportError, UnreadableImportError
from nexus_server.courses.imports.formats import import_bundle
from nexus_server.courses.imports.report import ImportedStep, PartOutcome
from nexus_server.courses.imports.task import import_task, received
from nexus_server.roadmaps.files.quiz_file import QuizFile

CORPUS = Path(__file__).parent / "corpus"
EXPECTED: dict[str, list[list[Any]]] = yaml.safe_load((CORPUS / "expected.yaml").read_text(encoding="utf-8"))
#: of the corpus' items, in per cent
KEPT_LEAST = 95


def corpus(name: str) -> Bundle:
    path = CORPUS / name
    return folder_bundle(path) if path.is_dir() else {name: path.read_bytes()}


def quiz_of(step: ImportedStep) -> dict[str, Any]:
    """Return a quiz that the platform would take."""
    content: dict[str, Any] = yaml.safe_load(step.content)
    QuizFile.model_validate(content)
    return content


def key_of(question: dict[str, Any]) -> Any:
    """Return what is right: the texts of choices, a number with its tolerance, or what is accepted."""
    answer = question["answer"]
    if question["type"] == "numeric":
        return [answer, question["tolerance"]]
    if "choices" not in question:
        return answer
    texts = {choice["id"]: choice["text"] for choice in question["choices"]}
    return [texts[name] for name in answer] if isinstance(answer, list) else texts[answer]


def items_of(step: ImportedStep) -> dict[str, list[dict[str, Any]]]:
    """Return the questions that each item of the source became."""
    questions = {question["id"]: question for question in quiz_of(step)["questions"]}
    items: dict[str, list[dict[str, Any]]] = {}
    for report in step.reports:
        if report.place.startswith("file "):
            continue
        found = re.match(r"question ([^:]+): ", report.text)
        items.setdefault(report.place, []).extend([questions[found[1]]] if found else [])
    return items


def is_kept(expected: list[Any], questions: list[dict[str, Any]]) -> bool:
    points, keys, text = expected
    return (
        [key_of(question) for question in questions] == keys
        and sum(question["points"] for question in questions) == pytest.approx(points)
        and any(text in question["prompt"] for question in questions)
    )


def test_of_all_items_95_per_cent_keep_key_text_and_points() -> None:
    count, lost = 0, []
    for name, expected in EXPECTED.items():
        [step] = import_bundle(corpus(name))
        items = items_of(step)
        assert len(items) == len(expected), name
        for (place, questions), wanted in zip(items.items(), expected, strict=True):
            count += 1
            if not is_kept(wanted, questions):
                lost.append(f"{name}: {place}")
    assert count >= 45
    assert 100 * (count - len(lost)) / count >= KEPT_LEAST, lost
    assert lost == ["moodle.xml: question 17 (Essay)", "canvas: item 10 (Question)"]


def test_what_differs_is_said_and_what_is_wrong_with_a_choice_comes_along() -> None:
    [step] = import_bundle(corpus("moodle.xml"))
    told = {report.place: (report.outcome, report.text) for report in step.reports}
    assert told["question 17 (Essay)"][0] is PartOutcome.LEFT_OUT
    assert "marked by hand" in told["question 17 (Essay)"][1]
    assert told["question 15 (Case)"][0] is PartOutcome.CHANGED
    assert "upper and lower case count the same here" in told["question 15 (Case)"][1]
    assert told["question 5 (Keyword)"] == (PartOutcome.KEPT, "question Keyword: text, 1 points")
    first = quiz_of(step)["questions"][0]
    assert (first["explanation"], first["why"]) == (
        "A single slash always gives a float.",
        {"a": "Only `//` gives an int."},
    )
    assert (step.title, sorted(step.files)) == ("Introduction to programming", ["images/a-plot.png"])


def test_the_ids_of_an_order_do_not_give_it_away() -> None:
    steps = [step for name in EXPECTED for step in import_bundle(corpus(name))]
    orders = [q for step in steps for q in quiz_of(step)["questions"] if q["type"] == "ordering"]
    assert len(orders) == 4
    assert [question["id"] for question in orders if question["answer"] == sorted(question["answer"])] == []


def test_a_package_is_read_in_a_task_as_it_is_here() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in corpus("canvas").items():
            archive.writestr(name, data)
    told, body = import_task(out.getvalue(), name="export.imscc")
    assert received(told, body) == import_bundle(corpus("canvas"))


HOT = """<assessmentItem identifier="hot" title="Hot"><responseDeclaration identifier="R" cardinality="single"
 baseType="identifier"><correctResponse><value>B</value></correctResponse></responseDeclaration><itemBody>
 <hottextInteraction responseIdentifier="R" maxChoices="1"><prompt>Which word is a verb?</prompt><p>The
 <hottext identifier="A">dog</hottext> <hottext identifier="B">runs</hottext>.</p></hottextInteraction>
</itemBody></assessmentItem>"""


def test_words_to_choose_in_a_text_stay_in_it() -> None:
    [step] = import_bundle({"hot.xml": HOT.encode()})
    [question] = quiz_of(step)["questions"]
    assert key_of(question) == "runs"
    assert " ".join(question["prompt"].split()) == "The dog runs. Which word is a verb?"


def test_files_of_a_package_that_nobody_needs_are_named() -> None:
    [step] = import_bundle({**corpus("canvas"), "web_resources/syllabus.pdf": b"pdf"})
    left = [report.place for report in step.reports if report.place.startswith("file ")]
    assert left == ["file g7f1/assessment_meta.xml", "file imsmanifest.xml", "file web_resources/syllabus.pdf"]


def moodle(*questions: str) -> Bundle:
    return {"q.xml": f"<quiz>{''.join(questions)}</quiz>".encode()}


def asked(kind: str, inner: str, text: str = "?") -> str:
    named = f"<name><text>n</text></name><questiontext><text>{text}</text></questiontext>"
    return f'<question type="{kind}">{named}{inner}</question>'


GOOD = asked(
    "truefalse", '<answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer>'
)


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        (
            asked(
                "multichoice",
                '<answer fraction="50"><text>a</text></answer><answer fraction="0"><text>b</text></answer>',
            ),
            "it has no key",
        ),
        (asked("shortanswer", '<answer fraction="100"><text>*x*</text></answer>'), "its key has a wildcard"),
        (asked("numerical", '<answer fraction="100"><text>many</text></answer>'), "is no number"),
        (asked("numerical", '<answer fraction="100"><text>nan</text></answer>'), "is no number"),
        (asked("calculated", ""), "its numbers are drawn by a formula"),
        (asked("stack", ""), "there is no counterpart of its kind stack"),
        (asked("cloze", "", "{1:SA:=a} and {1:NM:=x}"), "is no number"),
        (asked("gapselect", "<selectoption><text>a</text></selectoption>", "[[2]]"), "its gaps name no options"),
        (asked("matching", ""), "it has no pairs to match"),
        (asked("description", ""), "write it into the note"),
    ],
)
def test_an_item_without_a_counterpart_is_named_and_the_others_come_along(question: str, reason: str) -> None:
    [step] = import_bundle(moodle(question, GOOD))
    first, second = step.reports
    assert (first.place, first.outcome) == ("question 1 (n)", PartOutcome.LEFT_OUT)
    assert reason in first.text
    assert second.outcome is PartOutcome.KEPT
    assert len(quiz_of(step)["questions"]) == 1


def test_a_picture_that_is_not_here_is_named() -> None:
    shown = '&lt;img src="@@PLUGINFILE@@/gone.png" alt="A map"&gt;'
    [step] = import_bundle(moodle(GOOD.replace("?</text>", f"{shown}</text>")))
    assert quiz_of(step)["questions"][0]["prompt"] == "*[A map]*"
    assert step.reports[0].text.endswith("its picture gone.png did not come along")


def test_scripts_and_markup_of_strangers_are_text() -> None:
    evil = "&lt;script&gt;alert(1)&lt;/script&gt; &lt;p onclick=x()&gt;2 &amp;lt; 3&lt;/p&gt;"
    [step] = import_bundle(moodle(GOOD.replace("?</text>", f"{evil}</text>")))
    prompt = quiz_of(step)["questions"][0]["prompt"]
    assert "<script" not in prompt
    assert "onclick" not in prompt
    assert "2 &lt; 3" in prompt


def test_a_quiz_of_which_nothing_is_left_is_refused_with_the_reasons() -> None:
    with pytest.raises(NothingToImportError, match="a person marks it"):
        import_bundle(moodle(asked("essay", "")))


LAUGHS = (
    '<!DOCTYPE quiz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><quiz><question type="truefalse">&b;</question></quiz>'
)
OUTSIDE = '<!DOCTYPE quiz [<!ENTITY a SYSTEM "file:///etc/hostname">]><quiz><question>&a;</question></quiz>'


@pytest.mark.parametrize("text", [LAUGHS, OUTSIDE])
def test_entities_are_refused_in_words(text: str) -> None:
    with pytest.raises(UnreadableImportError, match="declares entities, or refers to other files"):
        import_bundle({"q.xml": text.encode()})


def test_sixteen_megabytes_of_nesting_are_refused_at_once() -> None:
    with pytest.raises(ImportTooLargeError, match="over 100 levels"):
        import_bundle({"q.xml": b"<quiz>" + b"<a>" * (16 * 1024 * 1024 // 3)})
    with pytest.raises(ImportTooLargeError, match="60000 elements"):
        import_bundle({"q.xml": b"<quiz>" + b"<a/>" * 60_001 + b"</quiz>"})


def test_html_that_is_nested_without_end_leaves_its_item_out() -> None:
    deep = "&lt;div&gt;" * 15_000
    [step] = import_bundle(moodle(GOOD.replace("?</text>", f"{deep}</text>"), GOOD))
    assert [report.outcome for report in step.reports] == [PartOutcome.LEFT_OUT, PartOutcome.KEPT]
    assert "nested too deeply" in step.reports[0].text


@pytest.mark.parametrize("data", [b"<quiz>", b"\xff\xfe<", b"", b'<?xml version="1.0" encoding="x-no-such"?><quiz/>'])
def test_what_is_no_xml_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(UnreadableImportError, match=r"q\.xml: it is not valid XML"):
        import_bundle({"q.xml": data})


def test_other_xml_is_no_quiz() -> None:
    with pytest.raises(UnreadableImportError, match="its root is 'svg'"):
        import_bundle({"a.xml": b"<svg/>"})
