"""Literal messages of checks, in Python and in JavaScript."""

import ast

import pytest

from nexus_server.notebook_format.check_messages import CheckMessage, literal_message, script_messages


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("assert x == 1, 'one'", "one"),
        ("assert x == 1, f'one'", "one"),
        ("assert x == 1, f'{x}'", None),
        ("assert x == 1", None),
        ("check(x, msg='one')", "one"),
        ("check(x, msg=one)", None),
        ("check(x, 'one')", None),
        ("raise AssertionError('one')", "one"),
        ("raise ValueError('one')", None),
        ("x = 'one'", None),
    ],
)
def test_a_message_is_a_text_that_nothing_computes(source: str, message: str | None) -> None:
    assert literal_message(ast.parse(source).body[0]) == message
    assert literal_message(None) is None


@pytest.mark.parametrize(
    ("source", "messages"),
    [
        ('assert.equal(f(1, "a,)"), 2, "two");', ["two"]),
        ("assert.deepEqual(f([1, 2]), {a: [3]}, `three`)", ["three"]),
        ('assert.ok(f(1), "true")', ["true"]),
        ('assert(f(1), "true")', ["true"]),
        ('assert.throws(() => f("x"), TypeError, "throws")', ["throws"]),
        ('assert.equal(f(1), "expected")', []),
        ('assert.throws(() => f(1), "expected")', []),
        ("assert.equal(f(1), 2, `got ${f(1)}`)", []),
        ('assert.equal(f(1), 2, "a" + "b")', []),
        ('assert.equal(f(1), 2, "open', []),
        ('assert.equal(f("\\")"), 2, "escaped")', ["escaped"]),
    ],
)
def test_of_node_s_checks_only_the_argument_for_it_is_a_message(source: str, messages: list[str]) -> None:
    assert [message.text for message in script_messages(source)] == messages


def test_each_message_has_its_line() -> None:
    source = 'assert.ok(a, "first");\nassert.equal(\n  b, 1, "second");'
    assert list(script_messages(source)) == [CheckMessage(1, "first"), CheckMessage(2, "second")]
