"""Values that people write by hand: lists, arrays, numbers and truth values in any spacing and quotes. Pure.

A whole number and a fraction differ, as they do where a program prints them: `2` is not `2.0`. Inside of lists and
arrays they don't: NumPy writes `[1. 2.]`.
"""

import ast
import math
import re
from typing import Any

#: longer texts are compared as texts
MAX_CHARS = 1000
#: relative error of binary fractions
ROUNDING = 1e-9
_STRING = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'")
_WORDS = {"true": "True", "false": "False", "null": "None", "undefined": "'undefined'"}
_WORD = re.compile(r"\b(?:true|false|null|undefined)\b")
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?"
#: NumPy separates by white space, other people by commas
_GAP = re.compile(r"(?<=[\d.\]eE'\"])\s+(?=[-+\d.\['\"])")
_KEY = re.compile(r"([{,]\s*)([A-Za-z_$][\w$]*)\s*:")
_SIGN = "(?:,|x|\N{MULTIPLICATION SIGN}|by)"
_SHAPE = re.compile(rf"[(\[]?\s*({_NUMBER}(?:\s*{_SIGN}\s*{_NUMBER})+)\s*,?\s*[)\]]?", re.IGNORECASE)
_BETWEEN = re.compile(rf"\s*{_SIGN}\s*", re.IGNORECASE)


def is_same_value(answer: str, accepted: str) -> bool:
    """Whether both texts write the same value; false where one of them writes none."""
    given, wanted = read_value(answer), read_value(accepted)
    return given is not None and wanted is not None and _equal(given[0], wanted[0], is_inside=False)


def is_same_shape(answer: str, accepted: str) -> bool:
    """Whether both texts write the same two or more numbers, in whatever brackets: `(2, 7)`, `[2,7]`, `2 by 7`."""
    given, wanted = _numbers(answer), _numbers(accepted)
    return bool(given) and given == wanted


def read_value(text: str) -> tuple[Any] | None:
    """Return the value that a text writes, in a tuple of its own; None where it writes none."""
    if len(text) > MAX_CHARS:
        return None
    for candidate in (_as_python(text, with_gaps=False), _as_python(text, with_gaps=True)):
        try:
            return (ast.literal_eval(candidate),)
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            continue
    return None


def _as_python(text: str, *, with_gaps: bool) -> str:
    """Write JavaScript's and NumPy's values as Python does; what stands in quotes stays."""
    strings: list[str] = []

    def take(found: re.Match[str]) -> str:
        strings.append(found[0])
        return f"'{len(strings) - 1}'"

    plain = _STRING.sub(take, text.strip())
    plain = _WORD.sub(lambda found: _WORDS[found[0]], _KEY.sub(r"\1'\2':", plain))
    if with_gaps and plain.startswith("["):
        plain = _GAP.sub(", ", plain)
    return re.sub(r"'(\d+)'", lambda found: strings[int(found[1])] if int(found[1]) < len(strings) else found[0], plain)


def _equal(left: Any, right: Any, *, is_inside: bool) -> bool:
    if isinstance(left, int | float) and isinstance(right, int | float):
        is_alike = type(left) is type(right) or (
            is_inside and not isinstance(left, bool) and not isinstance(right, bool)
        )
        return is_alike and (left == right or math.isclose(left, right, rel_tol=ROUNDING))
    if type(left) is not type(right):
        return False
    if isinstance(left, list | tuple):
        pairs = zip(left, right, strict=False)
        return len(left) == len(right) and all(_equal(a, b, is_inside=True) for a, b in pairs)
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(_equal(left[key], right[key], is_inside=True) for key in left)
    return bool(left == right)


def _numbers(text: str) -> list[float]:
    found = _SHAPE.fullmatch(text.strip()) if len(text) <= MAX_CHARS else None
    return [float(number) for number in _BETWEEN.split(found[1])] if found else []
