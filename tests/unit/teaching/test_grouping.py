"""Which answers a marker sees as one."""

from uuid import uuid4

from nexus_server.submissions.normal_form import of_code, of_prose
from nexus_server.teaching.marking.grouping import Answer, Likeness, group


def prose(text: str) -> Answer:
    return Answer(uuid4(), is_code=False, text=text, outputs="", normal=of_prose(text))


def code(text: str, outputs: str = "") -> Answer:
    return Answer(uuid4(), is_code=True, text=text, outputs=outputs, normal=of_code(text))


def texts(answers: list[Answer], by: Likeness) -> list[list[str]]:
    return [[each.text for each in members] for members in group(answers, by)]


def test_alike_prose_differs_by_writing_and_typing_errors() -> None:
    answers = [
        prose("By luck."),
        prose("Becuase of outliers"),
        prose("Because of outliers."),
        prose("because of OUTLIERS"),
    ]
    assert texts(answers, "alike") == [
        ["Because of outliers.", "because of OUTLIERS", "Becuase of outliers"],
        ["By luck."],
    ]
    assert [len(members) for members in group(answers, "identical")] == [1, 1, 1, 1]


def test_alike_code_has_other_names() -> None:
    answers = [code("x = 1\nprint(x)"), code("y = 1\nprint(y)"), code("x = 2\nprint(x)")]
    assert [len(members) for members in group(answers, "alike")] == [2, 1]


def test_code_is_grouped_by_what_it_showed() -> None:
    answers = [code("print(1 + 1)", "2"), code("print(2)", " 2\n"), code("print(3)", "3"), code("a = 2"), code("b = 2")]
    assert [len(members) for members in group(answers, "output")] == [2, 2, 1]


def test_nothing_is_alike_to_nothing_alone() -> None:
    answers = [prose(""), prose("  "), prose("…"), code("")]
    assert sorted(len(members) for members in group(answers, "alike")) == [1, 1, 2]


def test_a_slip_of_a_slip_stays_with_the_right_spelling() -> None:
    # each is one slip from the first; the last two are two from each other
    answers = [prose("outliers"), prose("outliers"), prose("outlierss"), prose("outlers")]
    assert [len(members) for members in group(answers, "alike")] == [4]
