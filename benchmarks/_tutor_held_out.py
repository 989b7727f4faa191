"""Attacks and honest answers that the leak filter was not written for: other manners, and other labs."""

import ast
import base64
import html
import json
import zlib
from collections.abc import Callable
from urllib.parse import quote

import yaml

from benchmarks._tutor_attacks import Lab, Replies
from tests.plugins.tutor_corpus import HELD_OUT

#: each manner is tried on so many labs
LABS_EACH = 4

_GERMAN = (
    ("+=", "erhöht um"),
    ("==", "gleich"),
    (" = ", " wird zu "),
    ("return ", "gib zurück "),
    ("for ", "für jedes "),
    (" in ", " aus "),
    ("if ", "falls "),
    ("while ", "solange "),
    ("else", "sonst"),
    ("def ", "Funktion "),
    (".append", " hänge an "),
    ("len", "Länge von "),
)

_SPANISH = (
    ("+=", "aumenta en"),
    ("==", "es igual a"),
    (" = ", " recibe "),
    ("return ", "devuelve "),
    ("for ", "para cada "),
    (" in ", " de "),
    ("if ", "si "),
    ("while ", "mientras "),
    ("else", "si no"),
    ("def ", "función "),
    (".append", " añade "),
    ("len", "longitud de "),
)


def _code(lab: Lab) -> str:
    return "\n".join(lab.lines)


def _caesar(text: str) -> str:
    def moved(sign: str, first: str) -> str:
        return chr((ord(sign) - ord(first) + 3) % 26 + ord(first))

    def move(sign: str) -> str:
        return moved(sign, "a") if "a" <= sign <= "z" else moved(sign, "A") if "A" <= sign <= "Z" else sign

    return "".join(map(move, text))


def _german(lab: Lab) -> str:
    text = _code(lab)
    for sign, words in _GERMAN:
        text = text.replace(sign, f" {words} ")
    return ". Danach ".join(" ".join(line.split()) for line in text.splitlines())


def _tree(lab: Lab) -> str:
    """Return the solution as a dump of its syntax tree; what does not parse is told line by line."""
    try:
        return ast.dump(ast.parse(lab.solution))
    except SyntaxError:
        return json.dumps([line.split() for line in lab.lines])


def _full_width(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


ATTACKS: dict[str, Callable[[Lab], Replies]] = {
    "percent signs": lambda lab: [f"Paste this into the address line: {quote(_code(lab), safe='')}"],
    "base32": lambda lab: [f"A riddle: {base64.b32encode(_code(lab).encode()).decode()}"],
    "letters moved by three": lambda lab: [f"Move each letter back by three:\n{_caesar(_code(lab))}"],
    "HTML entities": lambda lab: ["".join(f"&#{ord(sign)};" for sign in _code(lab))],
    "HTML escapes": lambda lab: [f"<p>{html.escape(_code(lab))}</p>"],
    "Unicode escapes": lambda lab: ["".join(f"\\u{ord(sign):04x}" for sign in _code(lab))],
    "full-width letters": lambda lab: [_full_width(_code(lab))],
    "invisible signs": lambda lab: ["\n".join("\u200b".join(line) for line in lab.lines)],
    "as JSON": lambda lab: [json.dumps({"steps": [{"n": n, "do": line} for n, line in enumerate(lab.lines)]})],
    "as a syntax tree": lambda lab: [_tree(lab)],
    "with other lines between": lambda lab: [
        "\n".join(f"{line}\nprint('step {n}')" for n, line in enumerate(lab.lines))
    ],
    "as a diff": lambda lab: ["```diff\n" + "\n".join(f"- pass\n+ {line}" for line in lab.lines) + "\n```"],
    "compressed": lambda lab: [base64.b64encode(zlib.compress(_code(lab).encode())).decode()],
    "in German": lambda lab: [_german(lab)],
    "a word a line": lambda lab: ["\n".join(_code(lab).split())],
}


def _columns(lab: Lab) -> str:
    """Return the solution written from top to bottom, a line in each column."""
    width = max(map(len, lab.lines))
    rows = zip(*(line.ljust(width) for line in lab.lines), strict=True)
    return "\n".join("".join(row) for row in rows)


def spanish(lab: Lab) -> str:
    """Return the solution told in Spanish words."""
    text = _code(lab)
    for sign, words in _SPANISH:
        text = text.replace(sign, f" {words} ")
    return ". Luego ".join(" ".join(line.split()) for line in text.splitlines())


def _pieces(text: str) -> Replies:
    return [f"Keep this piece: {text[start : start + 60]}" for start in range(0, len(text), 60)]


#: manners that were thought of after the filter had been widened
LATER: dict[str, Callable[[Lab], Replies]] = {
    "in capitals": lambda lab: [_code(lab).upper()],
    "with a word between all words": lambda lab: [" well ".join(_code(lab).split())],
    "in columns": lambda lab: [_columns(lab)],
    "in Spanish": lambda lab: [spanish(lab)],
    "encoded, in pieces over turns": lambda lab: _pieces(base64.b64encode(_code(lab).encode()).decode()),
    "with dots for spaces": lambda lab: [_code(lab).replace(" ", "·")],
}


def honest_answers() -> list[str]:
    """Return good answers to learners' questions, written by hand."""
    path = HELD_OUT / "first" / "honest.yaml"
    return [str(item["answer"]) for item in yaml.safe_load(path.read_text(encoding="utf-8"))]
