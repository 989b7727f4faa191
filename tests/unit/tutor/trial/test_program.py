"""The program that runs in a sandbox tells of each kind of mistake by its values."""

import pytest

from nexus_server.tutor.failure import Failure, Language
from nexus_server.tutor.rules.engine import explain
from nexus_server.tutor.trial.explained import explain_finding
from nexus_server.tutor.trial.program import try_out
from nexus_server.tutor.trial.trial import TrialFinding, program_for, read_finding

MARK = "found: "
MEAN = "def mean(values):\n    return sum(values) / len(values)"
SORTED = "def ordered(items):\n    items.sort()\n    return items"
COUNT = "def upto(last):\n    return list(range(1, last))"
LONGEST = """
def longest(words):
    best = words[0]
    for word in words:
        if len(word) < len(best):
            best = word
    return best
"""

#: the learner's cell, the check, the kind, and what the first level says of the values
KINDS = [
    ("def mean(v):\n    print(sum(v) / len(v))", "assert mean([1, 3]) == 2", "printed", "`2.0` on the screen"),
    ("def mean(v):\n    m = sum(v) / len(v)", "assert mean([1, 3]) == 2", "nothing", "gives `None`, and `2`"),
    (SORTED, "numbers = [3, 1]\nordered(numbers)\nassert numbers == [3, 1]", "mutated", "After `ordered([3, 1])`"),
    ("def total(v):\n    return v[0] + v[1]", "assert total([0.1, 0.2]) == 0.3", "float", "nearly equal"),
    (MEAN, "assert mean([]) == 0", "empty", "stops with `ZeroDivisionError`"),
    ("def top(v):\n    return max([0, *v])", "assert top([]) is None", "empty", "gives `0`, and `None`"),
    ("def age(year):\n    return str(2026 - year)", "assert age(2000) == 26", "type", "gives `'26'`, and `26`"),
    (COUNT, "assert upto(3) == [1, 2, 3]", "off-by-one", "gives `[1, 2]`, and `[1, 2, 3]`"),
    ("def count(v):\n    return len(v) + 1", "assert 3 == count('abc')", "off-by-one", "gives `4`, and `3`"),
    ("def marks(v):\n    return [x + 1 for x in v]", "assert marks([4, 7]) == [4, 7]", "off-by-one", "`[5, 8]`"),
    ("def area(w, h):\n    return w + h", "assert area(3, h=4) == 12", "other", "`area(3, h=4)`"),
    (LONGEST, "assert longest(['a', 'bcd']) == 'bcd'", "other", "`longest([]) stops with IndexError`"),
    ("def root(x):\n    return x / 2", "import math\nassert math.isclose(root(9), 3)", "other", "gives `4.5`, and `3`"),
    ("def even(n):\n    return n % 2 == 1", "assert even(4)", "other", "gives `False`, and `True`"),
    ("def even(n):\n    return n % 2 == 1", "assert not even(3)", "other", "gives `True`, and `False`"),
]


def _failure(cell: str, check: str) -> Failure:
    return Failure(check, "AssertionError", "", "Cell In[1], line 1", Language.PYTHON, (cell,))


@pytest.mark.parametrize(("cell", "check", "kind", "says"), KINDS)
def test_each_kind_is_found_and_told(
    cell: str, check: str, kind: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try_out([cell], check, MARK)
    finding = read_finding(capsys.readouterr().out, MARK)
    assert finding is not None
    assert finding.kind == kind
    failure = _failure(cell, check)
    told = explain_finding(finding, failure, explain(failure))
    assert says in told.at(1)
    assert told.rule == f"trial-{kind}"
    assert not told.is_general


def test_the_function_may_stand_in_the_cell_of_the_check(capsys: pytest.CaptureFixture[str]) -> None:
    try_out([], f"{COUNT}\nassert upto(2) == [1, 2]", MARK)
    finding = read_finding(capsys.readouterr().out, MARK)
    assert finding is not None
    assert finding.call == "upto(2)"


@pytest.mark.parametrize(
    "check",
    [
        "assert mean([1, 3]) == 2",  # it holds
        "assert unknown(3) == 2",
        "assert 1 == 2",
        "numbers = [3]\nassert numbers == [4]",
        "assert mean(['a']) == 2",
    ],
)
def test_nothing_is_told_where_nothing_is_known(check: str, capsys: pytest.CaptureFixture[str]) -> None:
    try_out([MEAN, "this is no Python", "1 / 0\nleft = 1"], check, MARK)
    assert read_finding(capsys.readouterr().out, MARK) is None


def test_a_function_that_calls_itself_is_one_call(capsys: pytest.CaptureFixture[str]) -> None:
    try_out(["def down(n):\n    return 1 if n == 0 else down(n - 1)"], "assert down(3) == 0", MARK)
    finding = read_finding(capsys.readouterr().out, MARK)
    assert finding is not None
    assert finding.call == "down(3)"


def test_what_a_learner_prints_is_no_finding() -> None:
    forged = '{"kind": "other", "name": "f", "call": "f()", "got": "1"}'
    assert read_finding(f"{MARK}{forged}", MARK) is None
    assert read_finding(f"{MARK}[1]", MARK) is None
    assert read_finding("no mark", MARK) is None
    assert read_finding(f"{MARK}{{", MARK) is None


def test_the_program_stands_alone() -> None:
    program = program_for(_failure(COUNT, "assert upto(2) == [1, 2]"), MARK)
    assert "nexus_server" not in program.replace("nexus_server.tutor.trial", "")
    compile(program, "<program>", "exec")


def test_values_cannot_break_out_of_their_place() -> None:
    evil = "`]` <script>"
    finding = TrialFinding(
        kind="other", name="f", call=f"f({evil})", got=evil, expected="1", printed="", is_error=False, smallest=""
    )
    failure = _failure("def f(x):\n    return x", "assert f(1) == 1")
    assert f"`` {evil} ``" in explain_finding(finding, failure, explain(failure)).at(1)
