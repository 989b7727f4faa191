"""Words about failed tests: what of them learners may read."""

import pytest

from nexus_server.grading.processes.learner_process import cell_error
from nexus_server.grading.processes.messages import (
    NO_ANSWER,
    CellError,
    explain_test_failure,
    is_about_no_answer,
    is_unanswered,
    needs_answers,
)

TEST = """import assert from "node:assert/strict";
assert.equal(mean([1]), 1, "one value is its own mean");
// BEGIN HIDDEN TESTS
assert.equal(mean([]), 0, "nothing has the mean zero");
assert.throws(() => mean(["nobody knows"]), TypeError, "a word has no mean");
assert.equal(label(mean([17])), "expected by nobody");
// END HIDDEN TESTS"""
HIDDEN = "A hidden test failed: your code works for some values but not for all that were tried."


@pytest.mark.parametrize(
    ("evalue", "told"),
    [
        ("one value is its own mean", "one value is its own mean"),
        ("one value is its own mean\n\n2 !== 1\n", "one value is its own mean"),
        ("nothing has the mean zero", "nothing has the mean zero"),
        ("Missing expected exception (TypeError): a word has no mean", "a word has no mean"),
        ("expected by nobody", HIDDEN),
        ("nobody knows", HIDDEN),
        ("its own mean", HIDDEN),
        ("node:assert/strict is not what you think", HIDDEN),
        ("", HIDDEN),
    ],
)
@pytest.mark.parametrize("quiet", [False, True])
def test_a_message_is_shown_if_learners_can_read_it_in_the_test(evalue: str, told: str, *, quiet: bool) -> None:
    assert explain_test_failure(TEST, CellError("AssertionError", evalue), quiet=quiet) == told


def test_hidden_messages_stay_hidden_where_the_author_says_so() -> None:
    error = CellError("AssertionError", "nothing has the mean zero")
    assert explain_test_failure(TEST, error, quiet=False, shows_hidden=False) == HIDDEN
    source = f"{BEGIN}\nassert f(1) == 2, 'one more'\n{END}"
    told = [
        explain_test_failure(source, CellError("AssertionError", "x", 2), quiet=False, shows_hidden=s)
        for s in (True, False)
    ]
    assert told == ["one more", HIDDEN]


def test_a_stub_is_known_in_every_language() -> None:
    assert is_unanswered(CellError("Error", "not implemented"))
    assert is_unanswered(CellError("NotImplementedError", "", 1))
    assert not is_unanswered(CellError("Error", "something else"))
    assert needs_answers(["train"]) == "This check also needs `train`, which isn't written yet."
    assert needs_answers(["a", "b"]) == "This check also needs `a` and `b`, which aren't written yet."
    assert is_about_no_answer(NO_ANSWER)
    assert is_about_no_answer(needs_answers(["train"]))
    assert not is_about_no_answer(HIDDEN)


SECRET = "289"
BEGIN, END = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
TABLE = f"""assert all(
    square(a) == b for a, b in [(1, 1),
    {BEGIN}
    (17, {SECRET}),
    {END}
    ])"""
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


@pytest.mark.parametrize(
    ("check", "told"),
    [
        ("assert f(17) == 289, 'a literal'", "a literal"),
        ("assert f(17) == 289, f'a literal, too'", "a literal, too"),
        ("assert f(17) == 289, 'put ' 'together'", "put together"),
        ("np.testing.assert_allclose(f(17), 289, err_msg='a word of NumPy')", "a word of NumPy"),
        ("raise AssertionError('a literal')", "a literal"),
        ("assert f(17) == 289, f'you got {f(17)}'", HIDDEN),
        ("assert f(17) == 289, text", HIDDEN),
        ("assert f(17) == 289", HIDDEN),
        ("check(f(17), 289)", HIDDEN),
    ],
)
def test_a_literal_message_of_a_hidden_check_is_told(check: str, told: str) -> None:
    source = f"assert f(1) == 1\n{BEGIN}\n{check}\n{END}"
    assert explain_test_failure(source, CellError("AssertionError", "17 gives 289", 3), quiet=False) == told
    literal = "" if told == HIDDEN else f" {told}"
    stopped = explain_test_failure(source, CellError("KeyError", "289", 3), quiet=False)
    assert stopped == f"A hidden test failed: it stopped with KeyError.{literal}"


def test_a_library_s_message_comes_first_and_what_it_computed_below() -> None:
    source = "np.testing.assert_allclose(f(1), 2, err_msg='twice as much')"
    error = CellError("AssertionError", "\nNot equal\ntwice as much\n x: 1\n y: 2", 1)
    assert explain_test_failure(source, error, quiet=False) == "twice as much\nNot equal\n\n x: 1\n y: 2"
    assert explain_test_failure(source, error, quiet=True) == "twice as much"


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
