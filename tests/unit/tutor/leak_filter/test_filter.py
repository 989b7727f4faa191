import base64
import codecs

import pytest

from nexus_server.tutor.leak_filter.filter import Refusal, find_refusal
from nexus_server.tutor.leak_filter.for_node import make_gate
from nexus_server.tutor.leak_filter.prepared import prepare
from nexus_server.tutor.settings import TutorSettings

SOLUTION = """
def mean(numbers):
    # nothing to divide by
    if not numbers:
        return 0
    total = 0
    for value in numbers:
        total += value
    return total / len(numbers)
"""
STUDENT = "def mean(numbers):\n    return sum(numbers)"


def refusal(text: str, *, known: str = STUDENT, whole_lines: bool = True) -> Refusal | None:
    return find_refusal(text, [SOLUTION], known=known, whole_lines=whole_lines)


@pytest.mark.parametrize(
    "text",
    [
        "The list may be empty. What should the mean of no numbers be?",
        "Look at line 2: `return sum(numbers)`. A sum is not yet a mean.",
        "Count the items with `len`:\n\n```python\nlen(['a', 'b'])\n```",
        "A loop goes through items:\n\n```python\nfor colour in ['red']:\n    print(colour)\n```",
    ],
)
def test_hints_pass(text: str) -> None:
    assert refusal(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Write `return total / len(numbers)` at the end.",
        "Write return total/len(numbers) at the end.",
        "First `for  value  in numbers :`, then add.",
        "# return total / len(numbers)",
    ],
)
def test_a_line_of_the_solution_is_refused(text: str) -> None:
    assert refusal(text) is Refusal.SOLUTION_LINE


def test_the_whole_solution_is_refused_even_among_many_labs() -> None:
    assert refusal(f"Here:\n{' '.join(SOLUTION.split())}", whole_lines=False) is Refusal.SOLUTION_OVERLAP


def test_other_names_do_not_help() -> None:
    text = (
        "Like this:\n\n```python\nif not xs:\n    return 0\ns = 0\nfor x in xs:\n    s += x\n```\n\nand then\n\n"
        "```python\nreturn s / len(xs)\n```"
    )
    assert refusal(text) is Refusal.SOLUTION_STRUCTURE


def test_the_learners_own_code_may_be_quoted() -> None:
    text = "You wrote `return total / len(numbers)`: which name has no value?"
    assert refusal(text, known="def mean(numbers):\n    return total / len(numbers)") is None


@pytest.mark.parametrize("fence", ["```python\n{}\n```", "~~~\n{}\n~~~", "{}", "```\n{}"])
def test_long_code_is_refused_without_any_solution(fence: str) -> None:
    code = "\n".join(f"x{i} = call({i})" for i in range(6))
    assert find_refusal(fence.format(code)) is Refusal.TOO_MUCH_CODE


def test_many_short_blocks_are_refused() -> None:
    assert find_refusal("```\na = 1\nb = 2\nc = 3\n```\ntext\n" * 3) is Refusal.TOO_MUCH_CODE


def test_long_prose_passes() -> None:
    assert find_refusal("A sentence about loops, lists and what they do.\n" * 40) is None


def test_comments_in_the_solution_are_no_secret() -> None:
    assert refusal("Remember: nothing to divide by.") is None


LEAK = "total = 0\nfor value in numbers:\n    total += value\nreturn total / len(numbers)"


@pytest.mark.parametrize(
    "text",
    [
        base64.b64encode(LEAK.encode()).decode(),
        codecs.encode(LEAK, "rot13"),
        f"Bytes: {LEAK.encode().hex(' ')}",
        " ".join(str(ord(sign)) for sign in LEAK),
        LEAK[::-1],
        "\n".join(line[::-1] for line in LEAK.splitlines()),
        "\n".join(" ".join(reversed(line.split())) for line in LEAK.splitlines()),
        "\u200b".join(LEAK),
        LEAK.translate({ord(sign): ord(sign) + 0xFEE0 for sign in "abcdefghijklmnopqrstuvwxyz"}),
        "\n".join(" ".join(line.replace(" ", "")) for line in LEAK.splitlines()),
    ],
    ids=["base64", "rot13", "hex", "numbers", "reversed", "lines", "words", "invisible", "wide", "spaced"],
)
def test_an_encoding_is_undone(text: str) -> None:
    assert refusal(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        (
            "Set total to 0. For each value in numbers, add value to total. Give back total divided by the length of "
            "numbers."
        ),
        "let total = 0; for (const value of numbers) { total += value } return total / numbers.length",
    ],
)
def test_words_and_other_languages_do_not_help(text: str) -> None:
    assert refusal(text) in {Refusal.SOLUTION_IN_WORDS, Refusal.SOLUTION_LINE}


def test_a_solution_told_in_parts_is_one() -> None:
    earlier, last = "Begin with `s = 0`, then `for x in xs:` and `s += x`.", "And now `return s / len(xs)`."
    assert refusal(last) is None
    assert find_refusal(last, [SOLUTION], known=STUDENT, earlier=earlier) is Refusal.SOLUTION_STRUCTURE


def test_early_levels_show_less_code() -> None:
    text = "```python\nlen('abc')\nlen([1, 2])\nmax(3, 4)\n```"
    levels = [make_gate(TutorSettings(), None, [], level=level)(text) for level in range(1, 5)]
    assert levels == [Refusal.TOO_MUCH_CODE, Refusal.TOO_MUCH_CODE, None, Refusal.TOO_MUCH_CODE]


def test_preparing_leaves_others_as_much_time_and_happens_once(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("nexus_server.tutor.leak_filter.prepared.time.sleep", slept.append)
    solution = "\n".join(f"total_{number} = amount * {number} + rate" for number in range(200))
    prepare([solution])
    assert len(slept) == 1
    prepare([solution])
    assert len(slept) == 1, "it is prepared"
