"""Which answers are not written yet, and which of them a test needs."""

from nexus_server.grading.processes.answers import Answers

STUB = "    # YOUR CODE HERE\n    raise NotImplementedError()"
WRITTEN = "    return x"


def answers(*sources: str) -> Answers:
    found = Answers()
    for source in sources:
        found.close()
        found.add(source)
    return found


def test_the_own_answer_is_the_one_since_the_test_before() -> None:
    found = answers(f"def train(x):\n{STUB}", f"def decide(x):\n{WRITTEN}")
    assert not found.is_own_unwritten
    assert answers(f"def decide(x):\n{WRITTEN}", f"def train(x):\n{STUB}").is_own_unwritten


def test_an_answer_that_defines_nothing_is_one_too() -> None:
    found = answers("exit()", "x.append(3)")
    assert not found.is_own_unwritten
    assert found.unwritten("assert x == [3]") == []
    assert answers("# YOUR CODE HERE\nraise NotImplementedError()").is_own_unwritten


def test_a_stub_that_became_a_comment_is_none() -> None:
    answer = "def train(x):\n    # YOUR CODE HERE\n    # raise NotImplementedError()\n    return x"
    assert not answers(answer).is_own_unwritten
    assert answers(answer).unwritten("assert train(1) == 1") == []


def test_two_tests_of_one_answer_share_it() -> None:
    found = answers(f"def train(x):\n{STUB}")
    found.close()
    found.close()
    assert found.is_own_unwritten


def test_what_a_test_needs_is_found_directly_and_through_other_answers() -> None:
    found = answers(
        f"def train(x):\n{STUB}", "def run(x):\n    return train(x)", f"def shown(x):\n{STUB}", f"def f(x):\n{WRITTEN}"
    )
    assert found.unwritten("assert f(train(1)) == 1") == ["train"]
    assert found.unwritten("assert run(1) == 1") == ["train"]
    assert found.unwritten("assert f(1) == 1") == []


def test_functions_of_one_cell_are_told_apart_in_javascript_too() -> None:
    cell = "function fee(days) {\n  return 1;\n}\n\nfunction owed(loans) {\n  throw new Error('not implemented')\n}"
    assert answers(cell).unwritten("assert.equal(fee(3), 1)") == []
    assert answers(cell).unwritten("assert.equal(owed([]), fee(0))") == ["owed"]
