"""Other ways to read a text: what a learner would have by undoing an encoding. Pure."""

import base64
import binascii
import codecs
import re
import unicodedata
from collections.abc import Iterator

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}[\s:,-]?){8,}|(?:(?:\\x|0x|%)[0-9a-fA-F]{2}[\s,]*){6,}")
_NUMBERS = re.compile(r"(?:\b\d{2,3}\b[\s,;]+){6,}\b\d{2,3}\b")
_SPACED = re.compile(r"(?:(?<=\s)|^)(?:\S[ \t.\-_|*]){5,}\S(?=\s|$)", re.MULTILINE)
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
_COMMENT = re.compile(r"^\s*(?:#+|//+|--|\*|>|\d+[.)]|[-•])[ \t]?", re.MULTILINE)
#: characters of a text that are read in other ways; an answer is shorter
_LIMIT = 20_000


def readings(text: str) -> Iterator[str]:
    """Yield `text` itself, without disguise, and then what it says when it is decoded."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text[:_LIMIT]))
    yield plain
    if (bare := _COMMENT.sub("", plain)) != plain:
        yield bare
    yield from _decoded(plain)
    yield codecs.encode(plain, "rot13")
    yield plain[::-1]
    yield "\n".join(line[::-1] for line in plain.splitlines())
    yield "\n".join(" ".join(reversed(line.split())) for line in plain.splitlines())
    if _SPACED.search(plain):
        yield _SPACED.sub(lambda match: re.sub(r"(\S)[ \t.\-_|*]", r"\1", match[0]), plain)


def _decoded(text: str) -> Iterator[str]:
    found = [*_from_base64(text), *_from_hex(text), *_from_numbers(text)]
    yield from found
    if len(found) > 1:
        yield "\n".join(found)


def _from_base64(text: str) -> Iterator[str]:
    for match in _BASE64.finditer(text):
        raw = match[0].rstrip("=").replace("-", "+").replace("_", "/")
        try:
            yield base64.b64decode(raw + "=" * (-len(raw) % 4)).decode()
        except (binascii.Error, ValueError):
            continue  # a long word, not base64


def _from_hex(text: str) -> Iterator[str]:
    for match in _HEX.finditer(text):
        digits = re.sub(r"\\x|0x|[^0-9a-fA-F]", "", match[0])
        try:
            yield bytes.fromhex(digits).decode()
        except ValueError:
            continue  # numbers, not text


def _from_numbers(text: str) -> Iterator[str]:
    for match in _NUMBERS.finditer(text):
        yield "".join(chr(int(number)) for number in re.findall(r"\d+", match[0]))
