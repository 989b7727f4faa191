"""How much a JSON text holds, before it is parsed."""

import json

import pytest

from nexus_server.errors import MalformedError
from nexus_server.json_scan import TooManyValuesError, check_size


def check(raw: bytes, *, max_values: int = 10, max_depth: int = 3) -> None:
    check_size(raw, max_values=max_values, max_depth=max_depth)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"3",
        b'{"a": [1, 2, {"b": 3}]}',
        b'"' + b"," * 100 + b'"',
        b'{"a": "[[[[{{{{\\"[[[["}',
        b'"\\\\"',
        b'["\\\\", "["]',
    ],
)
def test_what_is_small_passes(raw: bytes) -> None:
    check(raw)


@pytest.mark.parametrize("value", [[0] * 20, [[]] * 20, {str(n): n for n in range(20)}, [""] * 40, ["\\", '"'] * 10])
def test_too_many_values_are_refused(value: object) -> None:
    with pytest.raises(TooManyValuesError):
        check(json.dumps(value).encode())


@pytest.mark.parametrize("raw", [b"[" * 4, b'{"a":' * 4, b'{"[[": [{"x": [[1]]}]}'])
def test_too_many_levels_are_refused(raw: bytes) -> None:
    with pytest.raises(MalformedError, match="more than 3 levels"):
        check(raw)


def test_other_encodings_are_refused() -> None:
    with pytest.raises(MalformedError):
        check(json.dumps(["x"]).encode("utf-16"))


@pytest.mark.parametrize("raw", [b'"\\', b'"abc', b'"' + b'\\"' * 1000])
def test_a_string_without_an_end_is_one_string(raw: bytes) -> None:
    check(raw)


def test_the_words_say_the_limit() -> None:
    with pytest.raises(TooManyValuesError, match="more than 1,000 values"):
        check(b"[" + b"1," * 2000, max_values=1000)
