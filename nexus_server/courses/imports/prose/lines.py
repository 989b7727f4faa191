"""Lines of MyST's and Quarto's Markdown between their blocks: roles, labels, attributes and shortcodes. Pure."""

import re
from collections.abc import Callable, Iterator

from nexus_server.courses.imports.prose.blocks import Lines
from nexus_server.courses.imports.report import PartOutcome

FindPicture = Callable[[str], str | None]
Say = Callable[[int, PartOutcome, str], None]
_TARGET = re.compile(r"^\([\w:.-]+\)=\s*$")
_ROLE = re.compile(r"\{(?P<role>[A-Za-z][\w:-]*)\}`(?P<text>[^`\n]+)`")
_LINK = re.compile(r"^(?P<text>[^<\n]*)<(?P<target>[^>\n]+)>$")
_PICTURE = re.compile(
    r"!\[(?P<alt>[^\[\]\n]*)\]\((?P<place>[^()\s]{1,1000})(?:[ \t][^)\n]*)?\)(?:\{(?P<attributes>[^}\n]*)\})?"
)
_SPAN = re.compile(r"\[(?P<text>[^\[\]\n]+)\]\{[^{}\n]*\}")
_HEADING = re.compile(r"^(#{1,6} [^{\n]*)\{[^}\n]*\}\s*$")
_EQUATION_LABEL = re.compile(r"^\$\$ *(?:\{#[\w-]+\}|\([\w-]+\))\s*$")
_SHORTCODE = re.compile(r"\{\{<[^<>{\n]*>\}\}")
_CROSS = re.compile(r"(?<![\w@])@((?:fig|tbl|eq|sec|lst|thm)-[\w-]+)")
_ALT = re.compile(r"fig-alt=\"([^\"\n]*)\"")
_MATH_ROLES = ("math", "eq:inline")
_CODE_ROLES = (
    "code",
    "py:func",
    "py:class",
    "py:meth",
    "func",
    "class",
    "meth",
    "mod",
    "file",
    "kbd",
    "command",
    "program",
)


def plain_lines(block: Lines, find_picture: FindPicture, say: Say) -> Iterator[str]:
    """Yield lines as the pages here draw them; what changed or is left out is said with its number."""
    for number, line in enumerate(block.lines, block.first):
        if _TARGET.match(line):
            say(number, PartOutcome.LEFT_OUT, "a label to refer to")
        elif line.startswith("%") or line.strip() == "+++":
            say(number, PartOutcome.LEFT_OUT, "a comment")
        else:
            yield _line(line, number, find_picture, say)


def _line(line: str, number: int, find_picture: FindPicture, say: Say) -> str:
    def picture(match: re.Match[str]) -> str:
        described = _ALT.search(match["attributes"] or "")
        alt = described[1] if described else match["alt"]
        place = find_picture(match["place"])
        if place is None:
            say(number, PartOutcome.LEFT_OUT, f"the picture {match['place']} is not here")
            return f"*[{alt or match['place']}]*"
        say(number, PartOutcome.KEPT, f"the picture {match['place']}")
        return f"![{alt or match['place'].rpartition('/')[2]}]({place})"

    changed = _ROLE.sub(_role, _PICTURE.sub(picture, line))
    changed = _SPAN.sub(r"\g<text>", _HEADING.sub(r"\1", changed).rstrip() if _HEADING.match(changed) else changed)
    changed = _EQUATION_LABEL.sub("$$", _CROSS.sub(r"*\1*", changed))
    if _SHORTCODE.search(changed):
        say(number, PartOutcome.LEFT_OUT, "a shortcode, which only Quarto can run")
        changed = _SHORTCODE.sub("", changed)
    if changed != line and not _PICTURE.search(line):
        say(number, PartOutcome.CHANGED, "roles, labels or attributes in the line")
    return changed


def _role(match: re.Match[str]) -> str:
    role, text = match["role"].lower(), match["text"]
    if role in _MATH_ROLES:
        return f"${text}$"
    if role in _CODE_ROLES:
        return f"`{text.lstrip('~')}`"
    link = _LINK.match(text)
    if role in ("doc", "download") and link:
        return f"*{link['text'].strip()}*"
    return f"*{(link['text'].strip() if link else text) or text}*"
