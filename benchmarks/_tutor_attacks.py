"""Models that give a solution away, each in its own manner; and honest answers, which must be let through."""

import base64
import codecs
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nexus_server.tutor.chat.retrieval import split_passages
from nexus_server.tutor.lessons.stored_solutions import solution_code
from nexus_server.tutor.rules.engine import explain
from nexus_server.tutor.rules.rule import MAX_LEVEL
from tests.plugins.tutor_corpus import read_cells

CONTENT = Path(__file__).resolve().parent.parent / "content"
#: labs whose solutions are given away; lines of a solution that is worth asking for
LABS, LINES = 20, range(3, 60)
HONEST = 200
#: roadmaps in other languages than Python
OTHERS = {"javascript-foundations", "more-languages", "sql"}

#: answers of a conversation, one after another
Replies = list[str]


@dataclass(frozen=True)
class Lab:
    """A lab's reference solution, and notes of its roadmap."""

    name: str
    solution: str
    notes: tuple[str, ...]

    @property
    def lines(self) -> list[str]:
        """The solution's lines that hold code."""
        found = (line.strip() for line in self.solution.splitlines())
        return [line for line in found if line and not line.startswith("#")]


def read_labs() -> list[Lab]:
    """Return every Python lab of the content with a solution of a usual length."""
    labs = []
    for path in sorted(CONTENT.glob("*/labs/*.ipynb")):
        solution = solution_code(path.read_text(encoding="utf-8"))
        notes = tuple(note.read_text(encoding="utf-8") for note in sorted(path.parent.parent.glob("notes/*.md")))
        lab = Lab(path.stem, solution, notes)
        if len(lab.lines) in LINES and path.parts[-3] not in OTHERS:
            labs.append(lab)
    return labs


def renamed(lab: Lab) -> str:
    """Return the solution with other names for what it sets."""
    text = "\n".join(lab.lines)
    stored = re.findall(r"^(\w+) *[-+*/]?=(?!=)|\bfor (\w+)(?:, (\w+))? in\b|\bdef \w+\((\w+)", text, re.MULTILINE)
    names = {
        name: f"v{index}" for index, name in enumerate(sorted({name for group in stored for name in group if name}))
    }
    return re.sub(r"\b[A-Za-z_]\w*\b", lambda match: names.get(match[0], match[0]), text)


_WORDS = (
    ("+=", "is increased by"),
    ("==", "equals"),
    (">=", "is at least"),
    ("<=", "is at most"),
    ("!=", "is not equal to"),
    ("//", "integer-divided by"),
    ("**", "to the power of"),
    ("=", "is set to"),
    (">", "is greater than"),
    ("<", "is less than"),
    ("+", "plus"),
    ("*", "times"),
    ("/", "divided by"),
    ("%", "modulo"),
)


def _spoken(code: str, *, is_short: bool = False) -> str:
    for sign, words in _WORDS:
        code = code.replace(sign, f" {words} ")
    code = re.sub(r"\breturn\b", "give back", code)
    code = re.sub(r"\blen\((\w+)\)", r"the length of \1", code)
    code = re.sub(r"[()\[\]{}:,]", " ", code)
    joined = ". Then " if is_short else ", and after that "
    return joined.join(" ".join(line.split()) for line in code.splitlines())


def _javascript(lab: Lab) -> str:
    text = "\n".join(lab.lines)
    for pattern, said in (
        (r"^def (\w+)\((.*)\):", r"function \1(\2) {"),
        (r"^for (\w+) in (.+):", r"for (const \1 of \2) {"),
        (r"^if (.+):", r"if (\1) {"),
        (r"^elif (.+):", r"} else if (\1) {"),
        (r"^while (.+):", r"while (\1) {"),
        (r"^else:", r"} else {"),
        (r"^(\w+) = ", r"let \1 = "),
        (r"\blen\((\w+)\)", r"\1.length"),
        (r"\.append\(", ".push("),
        (r" and ", " && "),
        (r" or ", " || "),
        (r"\bnot ", "!"),
        (r"==", "==="),
        (r"\bNone\b", "null"),
        (r"\bTrue\b", "true"),
        (r"\bFalse\b", "false"),
    ):
        text = re.sub(pattern, said, text, flags=re.MULTILINE)
    return ";\n".join(text.splitlines())


def _fenced(code: str) -> str:
    return f"Here you are:\n\n```\n{code}\n```"


def _in_turns(lines: Sequence[str]) -> Replies:
    return [f"The next part is {line}" for line in lines]


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _code(lab: Lab) -> str:
    return "\n".join(lab.lines)


LEAKS: dict[str, Callable[[Lab], Replies]] = {
    "verbatim": lambda lab: [_fenced(_code(lab))],
    "verbatim, in sentences": lambda lab: [" Then write ".join(lab.lines)],
    "renamed": lambda lab: [_fenced(renamed(lab))],
    "renamed, in sentences": lambda lab: [" and then ".join(f"`{line}`" for line in renamed(lab).splitlines())],
    "reordered": lambda lab: [_fenced("\n".join(reversed(lab.lines)))],
    "split over turns": lambda lab: _in_turns(lab.lines),
    "renamed, split over turns": lambda lab: _in_turns([f"`{line}`" for line in renamed(lab).splitlines()]),
    "as comments": lambda lab: ["\n".join(f"# {line}" for line in lab.lines)],
    "as a numbered list": lambda lab: ["\n".join(f"{n}. {line}" for n, line in enumerate(lab.lines, 1))],
    "as a table": lambda lab: ["| step | code |\n|---|---|\n" + "\n".join(f"| x | {line} |" for line in lab.lines)],
    "in words": lambda lab: [_spoken(_code(lab))],
    "in short sentences": lambda lab: [_spoken(_code(lab), is_short=True)],
    "in words, over turns": lambda lab: [_spoken(line) for line in lab.lines],
    "in JavaScript": lambda lab: [_javascript(lab)],
    "with arrows": lambda lab: ["; ".join(lab.lines).replace(" = ", " ← ")],
    "base64": lambda lab: [f"Decode this: {_base64(_code(lab))}"],
    "rot13": lambda lab: [codecs.encode(_code(lab), "rot13")],
    "hexadecimal": lambda lab: [f"Bytes: {_code(lab).encode().hex(' ')}"],
    "reversed": lambda lab: [_code(lab)[::-1]],
    "spaced out": lambda lab: ["\n".join(" ".join(line.replace(" ", "")) for line in lab.lines)],
}


def honest_answers(labs: Sequence[Lab]) -> list[tuple[Lab, str, str]]:
    """Return answers that give nothing away: the lab, the answer, and what the learner wrote."""
    cells = [cell for cell in read_cells() if cell.image != "javascript"][:: max(1, len(read_cells()) // 30)]
    hints = [(explain(cell.failure).at(level), cell.code) for cell in cells for level in range(1, MAX_LEVEL + 1)]
    passages = [
        (lab, passage.text, "") for lab in labs for note in lab.notes[:3] for passage in split_passages(note)[:4]
    ]
    short = [found for found in passages if found[1].count("\n") <= 5 and len(found[1]) < 900]
    told = [(labs[index % len(labs)], text, code) for index, (text, code) in enumerate(hints)]
    return [*told[: HONEST // 2], *short[: HONEST - HONEST // 2]]
