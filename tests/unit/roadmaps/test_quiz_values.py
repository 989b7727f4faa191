"""Values in answers to quizzes: the same in any spacing and quotes, and as many different ones as programs print."""

import pytest

from nexus_server.roadmaps.files.quiz_file import CodeOutputQuestion, TextQuestion
from nexus_server.roadmaps.learning.quiz_scoring import is_correct
from nexus_server.roadmaps.learning.quiz_values import is_same_value, read_value


def prints(accepted: str, answer: str) -> bool:
    question = CodeOutputQuestion(id="q", type="code_output", prompt="?", code="print()", answer=accepted)
    return is_correct(question, answer)


def means(accepted: str, answer: str) -> bool:
    return is_correct(TextQuestion(id="q", type="text", prompt="?", answer=accepted), answer)


@pytest.mark.parametrize(
    ("accepted", "answer"),
    [
        ("['m', 's']", '["m","s"]'),
        ("['m', 's']", "[ 'm' ,'s' ]"),
        ("['m', 's']", "[\u2018m\u2019, \u2018s\u2019]"),
        ("[ 0.25  0.25 -0.5 ]", "[0.25 0.25 -0.5]"),
        ("[ 0.25  0.25 -0.5 ]", "[0.25, 0.25, -0.50]"),
        ("[1. 2.]", "[1, 2]"),
        ("[1. 2.]", "[1.0, 2.0]"),
        ("[[1 2]\n [3 4]]", "[[1, 2], [3, 4]]"),
        ("[[1 2]\n [3 4]]", "[[1 2] [3 4]]"),
        ("True", "true"),
        ("false", "False"),
        ("None", "null"),
        ("-0.5", "-.5"),
        ("2.0", "2.00"),
        ("1e-05", "0.00001"),
        ("{'a': 1}", '{"a":1}'),
        ('{ a: 1, b: "x" }', "{a: 1, b: 'x'}"),
        ('[ "a", "b" ]', "['a','b']"),
        ("(1, 2)", "(1,2)"),
        ("3\n[1, 2]", "3\n[1,2]"),
        ("1 4.0", "1 4.0 "),
    ],
)
def test_the_same_value_counts_in_any_spacing_and_quotes(accepted: str, answer: str) -> None:
    assert prints(accepted, answer)


@pytest.mark.parametrize(
    ("accepted", "answer"),
    [
        ("2.0", "2"),
        ("2", "2.0"),
        ("1", "True"),
        ("51", "5 1"),
        ("'5'", "5"),
        ("[1, 2]", "[2, 1]"),
        ("[1, 2]", "(1, 2)"),
        ("[1, 2]", "[1, 2, 3]"),
        ("['m', 's']", "['m s']"),
        ("['a b']", "['a', 'b']"),
        ("1 10 9", "1, 10, 9"),
        ("no", "No"),
        ("book", "'book'"),
        ("3\n4", "3"),
        ("None", ""),
    ],
)
def test_another_value_does_not(accepted: str, answer: str) -> None:
    assert not prints(accepted, answer)


@pytest.mark.parametrize(
    "answer", ["(2, 7)", "(2,7)", "[2, 7]", "[2,7]", "2, 7", "2x7", "2 \N{MULTIPLICATION SIGN} 7", "2 by 7", "2 By 7"]
)
def test_a_shape_may_be_written_as_people_say_it(answer: str) -> None:
    assert means("(2, 7)", answer)
    assert not means("(7, 2)", answer)


@pytest.mark.parametrize("answer", ["27", "2", "(2, 7, 1)", "2 7 by", "two by seven", "2.7"])
def test_another_shape_does_not_count(answer: str) -> None:
    assert not means("(2, 7)", answer)


def test_words_stay_words() -> None:
    assert means("split", "Split ")
    assert not means("split", "splits")
    assert means("False", "false")


@pytest.mark.parametrize(
    "text", ["[" * 600, "[" * 5000, "9" * 900 + ".", "1" + "e9" * 300, "{" * 200 + "}" * 200, "f(1)", "a"]
)
def test_whatever_people_send_is_read_in_no_time_or_not_at_all(text: str) -> None:
    assert not is_same_value(text, "[1, 2]")
    assert read_value("f(1)") is None
