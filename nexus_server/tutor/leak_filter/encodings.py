"""Undo the encodings in which a text may hide: of bytes, of characters, and of letters. Pure."""

import base64
import binascii
import html
import re
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from string import ascii_lowercase as lower
from string import ascii_uppercase as upper
from urllib.parse import unquote

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_BASE32 = re.compile(r"\b[A-Z2-7]{16,}={0,6}")
_BASE85 = re.compile(r"<~([!-uz\s]{10,})~>")
_HEX = re.compile(
    r"(?:[0-9a-fA-F]{2}[\s:,-]?){8,}|(?:(?:\\x|0x|%)[0-9a-fA-F]{2}[\s,]*){6,}"
    r"|(?:[^\w\s]{1,2}[0-9a-fA-F]{2}\s*){8,}"
)
_NUMBERS = re.compile(r"(?:\b\d{2,3}\b[^\w\n]{1,4}(?:chr\()?){6,}\b\d{2,3}\b|(?:\b\d{2,3}\b[\s,;]+){6,}\b\d{2,3}\b")
_BITS = re.compile(r"(?:\b[01]{7,8}\b[\s,]*){6,}|\b(?:[01]{8}){6,}\b")
_ESCAPE = re.compile(
    r"\\u\{?([0-9a-fA-F]{4,6})\}?|\\U([0-9a-fA-F]{8})|\\x([0-9a-fA-F]{2})|\\([0-3][0-7]{2})|U\+([0-9a-fA-F]{4})"
)
_ENTITY = re.compile(r"&#?\w+;")
_PERCENT = re.compile(r"%[0-9a-fA-F]{2}")
#: bytes that a compressed text may have
_UNPACKED = 20_000
#: characters that all decoded parts of one text may have together: what is compressed may be very long
_SAID = 60_000
#: encodings within encodings that are undone
_DEPTH = 3

#: words by which a program is known whatever its letters were turned into
_MARKERS = ("return", "print", "range", "append", "while", "for", "def", "len", "sum", "import", "self", "not", "and")


def decoded(text: str, depth: int = _DEPTH) -> Iterator[str]:
    """Yield what parts of `text` say when they are decoded, once or several times over."""
    found = list(_at_most(said for decode in _DECODERS for said in decode(text)))
    yield from found
    if len(found) > 1:
        yield "\n".join(found)
    if depth > 1:
        for said in found:
            yield from decoded(said, depth - 1)


def _at_most(texts: Iterator[str]) -> Iterator[str]:
    length = 0
    for text in texts:
        length += len(text)
        if length > _SAID:
            return
        yield text


def substituted(text: str) -> Iterator[str]:
    """Yield `text` with its letters turned back, for each way of turning them by which it holds words of a program."""
    words = set(_LETTERS.findall(text.casefold()))
    for turned, back in _TURNED:
        if words & turned:
            yield text.translate(back)
    if _ROT47.search(text):
        yield text.translate(_ROT47_TABLE)


def _from_base64(text: str) -> Iterator[str]:
    for match in _BASE64.finditer(text):
        raw = match[0].rstrip("=").replace("-", "+").replace("_", "/")
        yield from _said(base64.b64decode, raw + "=" * (-len(raw) % 4))


def _from_base32(text: str) -> Iterator[str]:
    for match in _BASE32.finditer(text):
        raw = match[0].rstrip("=")
        yield from _said(base64.b32decode, raw + "=" * (-len(raw) % 8))


def _from_base85(text: str) -> Iterator[str]:
    for match in _BASE85.finditer(text):
        yield from _said(base64.a85decode, match[1])


def _said(decode: Callable[[str], bytes], raw: str) -> Iterator[str]:
    """Yield the text, if it is one; it may have been compressed before."""
    try:
        plain = decode(raw)
    except (binascii.Error, ValueError):
        return  # a long word, not an encoding
    for unpacked in (plain, _unpacked(plain)):
        try:
            yield unpacked.decode()
        except ValueError:
            continue


def _unpacked(raw: bytes) -> bytes:
    """Return compressed bytes as they were, as far as the limit goes; others stay."""
    try:
        # 32: zlib's or gzip's head, whichever is there
        return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(raw, _UNPACKED)
    except zlib.error:
        return raw


def _from_hex(text: str) -> Iterator[str]:
    for match in _HEX.finditer(text):
        digits = re.sub(r"\\x|0x|[^0-9a-fA-F]", "", match[0])
        yield from _said(bytes.fromhex, digits)


def _from_numbers(text: str) -> Iterator[str]:
    for match in _NUMBERS.finditer(text):
        yield "".join(chr(int(number)) for number in re.findall(r"\d+", match[0]))


def _from_bits(text: str) -> Iterator[str]:
    for match in _BITS.finditer(text):
        groups = match[0].split() if re.search(r"\s", match[0]) else re.findall(r"[01]{8}", match[0])
        yield "".join(chr(int(bits.strip(","), 2)) for bits in groups)


def _from_escapes(text: str) -> Iterator[str]:
    if _ESCAPE.search(text):
        yield _ESCAPE.sub(_character, text).replace("\\n", "\n")
    if _ENTITY.search(text):
        yield html.unescape(text)
    if _PERCENT.search(text):
        yield unquote(text.replace("+", " "))


def _character(match: re.Match[str]) -> str:
    *hexadecimal, octal, named = match.groups()
    number = next((value for value in (*hexadecimal, named) if value), None)
    code = int(number, 16) if number else int(octal, 8)
    return chr(code) if code <= sys.maxunicode else match[0]


_DECODERS = (_from_base64, _from_base32, _from_base85, _from_hex, _from_numbers, _from_bits, _from_escapes)


def _table(letters: str, capitals: str) -> Mapping[int, int]:
    return str.maketrans(lower + upper, letters + capitals)


def _turned() -> Iterator[tuple[frozenset[str], Mapping[int, int]]]:
    """Yield, for each way of turning letters, how words of a program look in it, and the way back."""
    there = [_table(lower[by:] + lower[:by], upper[by:] + upper[:by]) for by in range(1, 26)]
    for table in (*there, _table(lower[::-1], upper[::-1])):
        back = {turned: plain for plain, turned in table.items()}
        yield frozenset(word.translate(table) for word in _MARKERS), back


_LETTERS = re.compile(r"[a-z]{3,}")
_TURNED = tuple(_turned())
_PRINTABLE = "".join(map(chr, range(33, 127)))
_ROT47_TABLE = str.maketrans(_PRINTABLE, _PRINTABLE[47:] + _PRINTABLE[:47])
_ROT47 = re.compile("|".join(re.escape(word.translate(_ROT47_TABLE)) for word in _MARKERS))
