import base64
import codecs
import gzip
import html
import zlib
from collections.abc import Callable
from urllib.parse import quote

import pytest

from nexus_server.tutor.leak_filter.encodings import decoded, substituted
from nexus_server.tutor.leak_filter.filter import find_refusal
from nexus_server.tutor.leak_filter.readings import readings

SOLUTION = """total = 0
for price in prices:
    if price > limit:
        total += price * rate
return total / len(prices)"""


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _shifted(text: str, by: int) -> str:
    letters = "abcdefghijklmnopqrstuvwxyz"
    return text.translate(str.maketrans(letters, letters[by:] + letters[:by]))


ENCODED: dict[str, Callable[[str], str]] = {
    "base64": lambda text: _b64(text.encode()),
    "base64 twice": lambda text: _b64(_b64(text.encode()).encode()),
    "base32": lambda text: base64.b32encode(text.encode()).decode(),
    "base85": lambda text: base64.a85encode(text.encode(), adobe=True).decode(),
    "zlib": lambda text: _b64(zlib.compress(text.encode())),
    "gzip": lambda text: _b64(gzip.compress(text.encode(), mtime=0)),
    "hexadecimal": lambda text: text.encode().hex(" "),
    "bits": lambda text: " ".join(f"{ord(sign):08b}" for sign in text),
    "numbers": lambda text: ", ".join(str(ord(sign)) for sign in text),
    "percent": lambda text: quote(text, safe=""),
    "entities": lambda text: "".join(f"&#{ord(sign)};" for sign in text),
    "HTML": html.escape,
    "escapes": lambda text: "".join(f"\\u{ord(sign):04x}" for sign in text),
    "octal": lambda text: "".join(f"\\{ord(sign):03o}" for sign in text),
    "shifted": lambda text: _shifted(text, 5),
    "rot13": lambda text: codecs.encode(text, "rot13"),
    "mirrored": lambda text: text.translate(
        str.maketrans("abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxyz"[::-1])
    ),
    "rot47": lambda text: "".join(chr(33 + (ord(s) - 33 + 47) % 94) if "!" <= s <= "~" else s for s in text),
    "columns": lambda text: "\n".join(
        "".join(column) for column in zip(*(line.ljust(40) for line in text.splitlines()), strict=True)
    ),
    "filled": lambda text: " well ".join(text.split()),
}


@pytest.mark.parametrize("name", ENCODED)
def test_a_solution_is_found_in_each_encoding(name: str) -> None:
    said = f"Here is a riddle:\n{ENCODED[name](SOLUTION)}" if name != "columns" else ENCODED[name](SOLUTION)
    assert find_refusal(said, [SOLUTION]) is not None


def test_an_encoded_greeting_is_none() -> None:
    text = "A kind word for you"
    for name in ("base64", "zlib", "bits", "entities"):
        assert find_refusal(ENCODED[name](text), [SOLUTION]) is None


def test_plain_words_are_not_turned() -> None:
    text = "Look at line 2: which value does the name have there, and for how long?"
    assert list(substituted(text)) == []
    assert list(decoded(text)) == []
    assert find_refusal(text, [SOLUTION]) is None


def test_what_is_compressed_stays_bounded() -> None:
    bomb = " ".join([_b64(zlib.compress(b"a" * 10_000_000))] * 3)
    assert sum(map(len, readings(bomb))) < 2_000_000
