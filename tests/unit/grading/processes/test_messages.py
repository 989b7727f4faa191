"""Words about failed tests: what of them learners may read."""

import pytest

from nexus_server.grading.processes.learner_process import cell_error
from nexus_server.grading.processes.messages import NO_ANSWER, CellError, explain_test_failure

TEST = """import assert from "node:assert/strict";
assert.equal(mean([1]), 1, "one value is its own mean");
// BEGIN HIDDEN TESTS
assert.equal(mean([]), 0, "nothing has the mean zero");
// END HIDDEN TESTS"""
HIDDEN = "A hidden test failed: your code works for some values but not for all that were tried."


@pytest.mark.parametrize(
    ("evalue", "told"),
    [
        ("one value is its own mean", "one value is its own mean"),
        ("one value is its own mean\n\n2 !== 1\n", "one value is its own mean"),
        ("nothing has the mean zero", HIDDEN),
        ("its own mean", HIDDEN),
        ("node:assert/strict is not what you think", HIDDEN),
        ("", HIDDEN),
    ],
)
@pytest.mark.parametrize("quiet", [False, True])
def test_a_message_is_shown_if_learners_can_read_it_in_the_test(evalue: str, told: str, *, quiet: bool) -> None:
    assert explain_test_failure(TEST, CellError("AssertionError", evalue), quiet=quiet) == told


def test_a_stub_is_no_answer_in_every_language() -> None:
    assert explain_test_failure(TEST, CellError("Error", "not implemented"), quiet=True) == NO_ANSWER
    assert explain_test_failure("assert f()", CellError("NotImplementedError", "", 1), quiet=True) == NO_ANSWER


SECRET = "289"
BEGIN, END = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
TABLE = f"""assert all(
    square(a) == b for a, b in [(1, 1),
    {BEGIN}
    (17, {SECRET}),
    {END}
    ])"""
LATER_MESSAGE = f"""assert square(1) == 1, (
    {BEGIN}
    'not even for 17, which gives {SECRET}'
    {END}
    )"""
LOOP = f"""for n in range(3):
    assert square(n) == n * n, f'{{square(n)}}'
    {BEGIN}
    assert square(n + 17) >= {SECRET}
    {END}"""
CALLED = f"""check(
    {BEGIN}
    17, {SECRET},
    {END}
    square)"""
HELPER = f"""{BEGIN}
def check(a, b):
    assert square(a) == b, f'{{a}} gives {{b}}'
{END}
check(1, 1)"""


@pytest.mark.parametrize(
    ("source", "line", "told"),
    [
        (TABLE, 1, HIDDEN),
        (TABLE, 2, HIDDEN),
        (LATER_MESSAGE, 1, HIDDEN),
        (LOOP, 2, "This check failed: `assert square(n) == n * n`"),
        (LOOP, 4, HIDDEN),
        (CALLED, 1, HIDDEN),
        (HELPER, 5, "This check failed: `check(1, 1)`"),
        (f"%%time\n{LOOP}", 3, "A check failed."),
    ],
)
def test_a_visible_line_says_nothing_of_hidden_ones(source: str, line: int, told: str) -> None:
    error = CellError("AssertionError", f"17 gives {SECRET}", line)
    assert explain_test_failure(source, error, quiet=False) == told
    stopped = explain_test_failure(source, CellError("KeyError", SECRET, line), quiet=False)
    assert SECRET not in stopped


def test_the_line_is_the_tests_own_whatever_an_exception_was_raised_from() -> None:
    """IPython shows first what an exception was raised from, which may lie in the learner's cell."""
    cause = "KeyError  Traceback\nCell In[2], line 3, in f(x)\n\nThe above exception was the direct cause of ..."
    reply = {
        "ename": "ValueError",
        "evalue": "no",
        "execution_count": 4,
        "traceback": [cause, "Cell In[4], line 7\n", "Cell In[2], line 5, in f(x)"],
    }
    assert cell_error(reply).line == 7
    assert cell_error({**reply, "execution_count": None}).line == 3
    assert cell_error({"traceback": ["File <ipython-input-3-abc>:2, in <module>"]}).line == 2
