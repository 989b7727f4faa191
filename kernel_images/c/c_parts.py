"""Which parts of a cell of C stand outside of functions, and which are statements to run. Pure text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

#: a token that decides about structure, or one that hides such characters
_TOKEN = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|[{}();]|\n", re.DOTALL)
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_BLANK = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_CONTROL = re.compile(r"(?:if|else|for|while|do|switch|return|goto|break|continue|case|default)\b|\{|\w+\s*:(?!:)")
_TYPE = re.compile(r"(?:(?:static|extern|const|volatile)\s+)*(?:struct|union|enum)\b[^(]*\{|typedef\b")
_FUNCTION = re.compile(
    r"(?:[A-Za-z_][\w\s*]*?[\s*])(?P<name>[A-Za-z_]\w*)\s*\((?P<parameters>[^;{}]*)\)\s*\{", re.DOTALL
)
_DECLARATION = re.compile(
    r"(?:(?:static|extern|const|volatile|unsigned|signed|register)\s+)*"
    r"(?:void|char|short|int|long|float|double|bool|_Bool|size_t|FILE|u?int\d+_t|(?:struct|union|enum)\s+\w+|[A-Z]\w*)\b[\s\w*]*"
    r"\s\**\w+\s*(?:\[|=|;|,|\()"
)


@dataclass(frozen=True)
class Part:
    """A piece of a cell that stands alone, and the line (from 1) on which it begins."""

    text: str
    line: int

    @property
    def bare(self) -> str:
        """The text without comments and space around it."""
        return _COMMENT.sub(" ", self.text).strip()

    @property
    def function(self) -> str | None:
        """The name of the function that it defines, or None."""
        found = _FUNCTION.match(self.bare)
        return found["name"] if found and not _CONTROL.match(self.bare) else None

    @property
    def is_type(self) -> bool:
        """Whether it defines a type."""
        return bool(_TYPE.match(self.bare))

    @property
    def prototype(self) -> str:
        """What a function is called with and gives, without its body; parameters may be arrays."""
        return " ".join(self.bare.split("{", 1)[0].split())

    def beginning_with(self, statement: str) -> str:
        """Return a function's text with a statement before all others."""
        begin = next(token.end() for token in _TOKEN.finditer(self.text) if token[0] == "{")
        return f"{self.text[:begin]} {statement} {self.text[begin:]}"

    @property
    def name(self) -> str:
        """What it defines, so that a later definition takes its place."""
        if self.function:
            return f"function {self.function}"
        bare = " ".join(self.bare.split())
        if found := re.match(r"#\s*define\s+(\w+)|((?:struct|union|enum)\s+\w+)\s*\{|typedef\b.*?(\w+)\s*;$", bare):
            return f"type {next(each for each in found.groups() if each)}"
        if found := re.match(r"[\w\s*]*?(\w+)\s*(?:\[[^\]]*\]\s*)*(?:=|;)", bare):
            return f"variable {found[1]}"
        return bare

    @property
    def is_outside(self) -> bool:
        """Whether it stands outside of functions by its nature: directives, types, functions."""
        return self.bare.startswith("#") or bool(_TYPE.match(self.bare)) or self.function is not None

    @property
    def is_declaration(self) -> bool:
        """Whether it declares variables or a function, so that it could stand outside."""
        return not _CONTROL.match(self.bare) and bool(_DECLARATION.match(self.bare))


def parts(cell: str) -> Iterator[Part]:
    """Yield a cell's parts; the last one may be unfinished."""
    begin = 0
    while begin < len(cell):
        blank = _BLANK.match(cell, begin)
        begin = blank.end() if blank else begin
        if begin >= len(cell):
            return
        line = cell.count("\n", 0, begin) + 1
        end = _end_of_directive(cell, begin) if cell[begin] == "#" else _end_of_part(cell, begin)
        yield Part(cell[begin:end], line)
        begin = end


def _end_of_directive(cell: str, at: int) -> int:
    while (end := cell.find("\n", at)) >= 0:
        if cell[end - 1] != "\\":
            return end
        at = end + 1
    return len(cell)


def _end_of_part(cell: str, begin: int) -> int:
    depth = brackets = 0
    for token in _TOKEN.finditer(cell, begin):
        match token[0]:
            case "{":
                depth += 1
            case "}":
                depth -= 1
                if depth <= 0 and brackets == 0 and _is_closed(cell, begin, token.end()):
                    return token.end()
            case "(":
                brackets += 1
            case ")":
                brackets = max(brackets - 1, 0)
            case ";" if depth == 0 and brackets == 0:
                return token.end()
    return len(cell)


def _is_closed(cell: str, begin: int, end: int) -> bool:
    """Whether a part ends with this brace: types and lists of values go on to their semicolon, `do` to its `while`."""
    text = _COMMENT.sub(" ", cell[begin:end]).strip()
    head = text.split("{", 1)[0]
    if re.match(r"do\b", text) or _TYPE.match(text) or "=" in re.sub(r"\(.*\)", "", head, flags=re.DOTALL):
        return False
    rest = cell[end:].lstrip()
    return not re.match(r"else\b", rest)


def is_complete(cell: str) -> str:
    """Return whether a cell could be run as it is: "complete", or "incomplete" while something is open."""
    *_, last = ["", *(part.bare for part in parts(cell) if not part.bare.startswith("#"))]
    return "complete" if not last or last[-1] in ";}" else "incomplete"
