import pytest

from nexus_server.tutor.failure import Failure, Language
from nexus_server.tutor.hints.normal_form import normalised, stable


def _normal(source: str, language: Language = Language.PYTHON) -> str:
    return normalised(Failure(source, "NameError", "name 'x' is not defined", language=language))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("print(x)", "print( x )"),
        ("a=1\nb = 2", "a = 1  \nb=2"),
        ("if a:\n    b = [1,2]", "if a :\n    b = [ 1, 2 ]"),
        ("x = 1\n\ny = 2", "x = 1\n   \ny = 2"),
    ],
)
def test_spacing_makes_no_difference(one: str, other: str) -> None:
    assert _normal(one) == _normal(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("print(x)", "print(y)"),
        ("print('a b')", "print('a  b')"),
        ("x = 1\ny = 2", "\nx = 1\ny = 2"),
        ("if a:\n    b\n    c", "if a:\n    b\nc"),
        ("print(x)", "print(x)  # why?"),
    ],
)
def test_what_means_something_does(one: str, other: str) -> None:
    assert _normal(one) != _normal(other)


@pytest.mark.parametrize("source", ["x = 'open", "f(", "\t\x00", "if a:\n        b\n   c"])
def test_what_is_no_code_stays_as_it_is(source: str) -> None:
    assert _normal(source + "   ") == _normal(source)


def test_javascript_keeps_its_lines() -> None:
    assert _normal("let a = 1;  \n  f( a )", Language.JAVASCRIPT) == "let a = 1;\n  f( a )"


def test_addresses_differ_from_run_to_run() -> None:
    assert stable("<A object at 0x7f01ab> has no b") == stable("<A object at 0x55eeff01> has no b")
