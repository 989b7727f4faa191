from typing import Any

import pytest

from nexus_server.roadmaps.files.quiz_file import Question
from nexus_server.roadmaps.learning.quiz_scoring import QUESTIONS, find_misfits, is_correct, score_quiz

CHOICES = [{"id": name, "text": name.upper()} for name in "abc"]


def question(kind: str, **fields: Any) -> Question:
    (made,) = QUESTIONS.validate_python([{"id": "q", "type": kind, "prompt": "P", **fields}])
    return made


@pytest.mark.parametrize(
    ("asked", "right", "wrong"),
    [
        (question("single", choices=CHOICES, answer="b"), ["b"], ["a", "", None, ["b"], 1, True]),
        (
            question("multiple", choices=CHOICES, answer=["a", "c"]),
            [["a", "c"], ["c", "a"]],
            [["a"], ["a", "b", "c"], [], "ac", None, ["a", "c", "c"], [1]],
        ),
        (question("multiple", choices=CHOICES, answer=[]), [[]], [["a"], None]),
        (
            question("ordering", choices=CHOICES, answer=["b", "a", "c"]),
            [["b", "a", "c"]],
            [["a", "b", "c"], ["b", "a"], "bac", None],
        ),
        (
            question("numeric", answer=2.5, tolerance=0.1),
            [2.5, 2.6, "2.45", "2,5", " 2.5 "],
            [2.61, "two", "", None, True, [2.5], "nan", float("nan"), "1e999"],
        ),
        (question("numeric", answer=0.3), [0.1 + 0.2, "0.3", ".3"], [0.30001, "0,3,0"]),
        (question("numeric", answer=-4), ["-4", "\N{MINUS SIGN}4", -4], [4]),
        (
            question("text", answer=["split", "split()"]),
            ["split", " SPLIT ", "Split()"],
            ["splitt", "", None, ["split"], True],
        ),
        (
            question(
                "text", answer=["d'accord", "\N{LATIN SMALL LETTER E WITH ACUTE}t\N{LATIN SMALL LETTER E WITH ACUTE}"]
            ),
            [
                "D\N{RIGHT SINGLE QUOTATION MARK}accord",
                "e\N{COMBINING ACUTE ACCENT}te\N{COMBINING ACUTE ACCENT}",
                "d'ac\N{ZERO WIDTH SPACE}cord",
            ],
            ["daccord", "ete", "d'accord!"],
        ),
        (
            question("text", answer=["STRASSE"]),
            ["stra\N{LATIN SMALL LETTER SHARP S}e", "\N{FULLWIDTH LATIN SMALL LETTER S}trasse"],
            ["strase"],
        ),
        (
            question("text", answer=["Don't stop, ever"], ignore_punctuation=True),
            ["dont stop ever.", "Don\N{RIGHT SINGLE QUOTATION MARK}t stop - ever!"],
            ["do not stop ever", "", "?"],
        ),
        (question("text", answer=["New York"]), ["new   york", "NEW\nYORK"], ["newyork"]),
        (
            question("code_output", code="print()", answer=["1\n2"]),
            ["1\n2", "1  \r\n2\n", "\n1\n2\n\n"],
            ["1 2", "12", None],
        ),
        (question("code_output", code="print()", answer=["a\n  b"]), ["a\n  b"], ["a\nb", "a\n b"]),
        (question("code_output", code="print()", answer=[6]), ["6", 6], ["6.0"]),
    ],
)
def test_each_type_knows_right_from_wrong(asked: Question, right: list[Any], wrong: list[Any]) -> None:
    assert [answer for answer in right if not is_correct(asked, answer)] == []
    assert [answer for answer in wrong if is_correct(asked, answer)] == []


@pytest.mark.parametrize(
    ("asked", "fitting", "misfits"),
    [
        (question("single", choices=CHOICES, answer="b"), ["a", None], ["z", "", 1, True, ["b"]]),
        (
            question("multiple", choices=CHOICES, answer=["a"]),
            [[], ["c", "a"], None],
            ["a", ["z"], ["a", "a"], [1], ["a"] * 5000],
        ),
        (
            question("ordering", choices=CHOICES, answer=["b", "a", "c"]),
            [["a"], ["c", "b", "a"]],
            ["abc", ["a", "a", "b"]],
        ),
        (question("numeric", answer=1), [1, "1", "one", float("inf")], [[1], True, {}]),
        (question("text", answer=["x"]), ["", "y", 4], [["x"], False]),
        (question("code_output", code="", answer=["x"]), ["", 4], [["x"], {"x": 1}]),
    ],
)
def test_answers_that_do_not_fit_are_named(asked: Question, fitting: list[Any], misfits: list[Any]) -> None:
    assert [answer for answer in fitting if find_misfits([asked], {"q": answer})] == []
    assert [answer for answer in misfits if "q" not in find_misfits([asked], {"q": answer})] == []
    assert [answer for answer in misfits if is_correct(asked, answer)] == []
    assert find_misfits([asked], {"other": "x"}) == {"other": "is no question of this quiz"}


def test_points_weigh_and_missing_answers_are_wrong() -> None:
    questions = QUESTIONS.validate_python(
        [
            {"id": "x", "type": "numeric", "prompt": "P", "answer": 1, "points": 3},
            {"id": "y", "type": "multiple", "prompt": "P", "choices": CHOICES, "answer": []},
        ]
    )
    outcome = score_quiz(questions, {"x": 1, "unknown": 5})
    assert outcome.score == 0.75
    assert [item.correct for item in outcome.per_question] == [True, False]


def test_a_reason_names_a_choice_that_is_there() -> None:
    with pytest.raises(ValueError, match="`why` names choices that are not there: z"):
        question("single", choices=CHOICES, answer="b", why={"z": "No."})
