"""The line of a JavaScript cell that an error is about.

Deno compiles a cell before it runs it, and its stack names lines of the compiled text: one statement a line, with
declarations taken apart. So the line is looked for by what the message quotes, in the function that the stack names.
A syntax error is told by the parser, which read the cell itself.
"""

import re
from collections.abc import Iterator, Sequence

_FRAME = re.compile(
    r"^\s+at (?:async )?(?:(?P<function>[^\n(]*?) \()?"
    r"(?:evalmachine\.<anonymous>|file:\S+|<anonymous>|\[?eval\d*\]?|REPL\d*|cell):(?P<line>\d+):\d+\)?$",
    re.MULTILINE,
)
_BUILT_IN = re.compile(r"^\s+at (?P<call>[\w.]+) \(<anonymous>\)$", re.MULTILINE)
_POINTED = re.compile(r"^(?P<line>\d+) \|", re.MULTILINE)
_CODE = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|//.*")

#: what a message says, and how the code of its line looks; groups of the first fill the second
_EVIDENCE = (
    (r"^Cannot access '([\w$]+)' before", r"(?<![.\w$]){0}(?![\w$])"),
    (r"^([\w$]+) is not defined", r"(?<![.\w$]){0}(?![\w$])"),
    (r"\((?:reading|setting) '([^']+)'\)", r"\.{0}(?![\w$])|\[\s*{0}\s*\]|\["),
    (r"^Cannot destructure property '([\w$]+)'", r"\{{[^}}]*{0}[^}}]*\}}\s*[=)]"),
    (r"^Class constructor ([\w$]+) cannot", r"(?<!new )(?<![\w$.]){0}\("),
    (r"^([\w$.]+) is not a constructor", r"new {0}(?![\w$])"),
    (r"^(?:.*[).\]])?\.([\w$#]+) is not a function", r"\.{0}\("),
    (r"^(.+?) is not a function", r"{0}\s*\("),
    (r"^(?:.*\.)?([\w$]+) is not iterable", r"(?:of|\.\.\.|=|\()\s*(?:[\w$]+\.)*{0}(?![\w$])"),
    (r"^Spread syntax requires", r"\.\.\."),
    (r"^Cannot (?:set|assign to read only|add|delete) property '?([\w$]+)'?", r"\.{0}\s*[-+*/]?=|\[.*\]\s*=|delete "),
    (r"^Must call super", r"this\."),
    (r"^Invalid array length", r"new Array\(|Array\(|\.length\s*="),
    (r"^Invalid count value", r"\.(?:repeat|padStart|padEnd)\("),
    (r"^(to\w+)\(\)", r"\.{0}\("),
    (r"^Cannot mix BigInt", r"[\w$)\]]\s*(?:[-+*/%]=?|\*\*|[&|^]|<<|>>)\s*[\w$(\[]"),
    (r"cannot be converted to a BigInt", r"BigInt\("),
    (r"^Invalid time value", r"\.to\w*String\(|\.format\("),
    (r"in JSON at|JSON input|is not valid JSON", r"JSON\.parse\("),
    (r"circular structure", r"JSON\.stringify\("),
    (r"^Cannot use 'in' operator", r"\bin\b"),
    (r"^Right-hand side of 'instanceof'", r"\binstanceof\b"),
    (r"^Missing initializer in const", r"\bconst\s+[\w$]+\s*(?:;|$)"),
    (r"^await is only valid", r"\bawait\b"),
    (r"^Illegal (\w+) statement", r"\b{0}\b"),
    (r"^Invalid shorthand property initializer", r"^\s*[\w$]+\s*=[^=>]"),
    (r"one constructor", r"\bconstructor\("),
    (r"^Invalid regular expression", r"/.+|RegExp\("),
    (r"^Private field '(#[\w$]+)'", r"\.{0}(?![\w$])"),
)


def find_line(lines: Sequence[str], message: str, traceback: str) -> int | None:
    """Return the line (from 1) of the cell `lines`, or None when nothing tells it."""
    if not any(line.strip() for line in lines):
        return None
    frames = list(_FRAME.finditer(traceback))
    reported = int(frames[0]["line"]) if frames else None
    if pointed := [int(number) for number in _POINTED.findall(traceback)]:
        return _within(reported or pointed[0], lines)
    named = next((frame["function"] for frame in frames if frame["function"]), None) if frames else None
    found = list(_quoted(lines, message, traceback))
    if named and frames[0]["function"]:
        found = _inside(found, lines, named) or found
    elif frames:
        found = _outside(found, lines) or found
    if found:
        return _nearest(found, reported)
    return _within(reported, lines) if len(lines) > 1 else 1


def _quoted(lines: Sequence[str], message: str, traceback: str) -> Iterator[int]:
    if twice := re.match(r"^Identifier '([\w$]+)' has already", message):
        declared = [
            n
            for n, line in _code(lines)
            if re.search(rf"\b(?:let|const|var|function|class)\s+{re.escape(twice[1])}\b", line)
        ]
        yield from declared[-1:]
        return
    if message.startswith("Assignment to constant"):
        yield from _constants_set(lines)
        return
    if message.startswith("Maximum call stack"):
        yield from _recursive_calls(lines, traceback)
        return
    pattern = _evidence_of(message) or _built_in(traceback) or r"\bthrow\b|\.reject\("
    yield from (number for number, line in _code(lines) if re.search(pattern, line))


def _evidence_of(message: str) -> str | None:
    for said, looks in _EVIDENCE:
        if match := re.search(said, message):
            quoted = [re.escape(text).replace(r"\.\.\.", ".*") for text in match.groups()]
            return looks.format(*quoted)
    return None


def _built_in(traceback: str) -> str | None:
    found = _BUILT_IN.search(traceback)
    return re.escape(found["call"].rpartition(".")[2]) + r"\(" if found else None


def _constants_set(lines: Sequence[str]) -> Iterator[int]:
    names = [name for _, line in _code(lines) for name in re.findall(r"\bconst\s+([\w$]+)", line)]
    for number, line in _code(lines):
        for name in names:
            known = rf"(?<![.\w$]){re.escape(name)}"
            if re.search(rf"(?<!const )(?:{known}\s*(?:[-+*/%]?=(?![=>])|\+\+|--)|(?:\+\+|--){known}\b)", line):
                yield number


def _recursive_calls(lines: Sequence[str], traceback: str) -> Iterator[int]:
    frame = _FRAME.search(traceback)
    name = re.escape((frame["function"] or "").rpartition(".")[2]) if frame else ""
    if not name:
        return
    called = [number for number, line in _code(lines) if re.search(rf"\b{name}\(", line)]
    body = _inside(called, lines, name)
    inner = [number for number in body if not re.search(rf"function\s+{name}\(", lines[number - 1])]
    yield from (inner or body)[:1]


def _code(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield each line with its number, without what stands in its comments; short texts stay, as keys do."""
    for number, line in enumerate(lines, start=1):
        yield number, _CODE.sub(lambda m: "" if m[0].startswith("//") else m[0], line)


def _bodies(lines: Sequence[str]) -> list[tuple[str, int, int]]:
    """Return the name, first and last line of each function, method and class, by counting braces."""
    found = []
    head = r"(?:function\s*\*?\s*|class\s+)(?P<a>[\w$]+)|(?:const|let|var)\s+(?P<b>[\w$]+)\s*=.*=>"
    r"|^\s*(?:async\s+|static\s+|get\s+|set\s+)*(?P<c>[\w$]+)\([^()]*\)\s*\{"
    for number, line in enumerate(lines, start=1):
        for match in re.finditer(head, line):
            name = match["a"] or match["b"] or match["c"]
            if name not in {"if", "for", "while", "switch", "catch"}:
                found.append((name, number, _end_of(lines, number)))
    return found


def _end_of(lines: Sequence[str], first: int) -> int:
    depth = 0
    for number in range(first, len(lines) + 1):
        depth += lines[number - 1].count("{") - lines[number - 1].count("}")
        if depth <= 0:
            return number
    return len(lines)


def _inside(found: Sequence[int], lines: Sequence[str], function: str) -> list[int]:
    name = function.removeprefix("new ").rpartition(".")[2].split(" ")[0]
    bodies = [(first, last) for known, first, last in _bodies(lines) if known == name]
    return [number for number in found if any(first <= number <= last for first, last in bodies)]


def _outside(found: Sequence[int], lines: Sequence[str]) -> list[int]:
    bodies = [(first, last) for _, first, last in _bodies(lines) if first < last]
    return [number for number in found if not any(first <= number <= last for first, last in bodies)]


def _nearest(found: Sequence[int], reported: int | None) -> int:
    """Return the last place at or above the reported line, which is never above the true one by much."""
    if reported is None:
        return found[0]
    above = [number for number in found if number <= reported]
    return above[-1] if above else found[0]


def _within(number: int | None, lines: Sequence[str]) -> int | None:
    return None if number is None else min(max(number, 1), len(lines))
