"""The blocks of MyST's and Quarto's Markdown: fences with a name in braces, and what is in them. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

MAX_DEPTH = 12
_OPEN = re.compile(r"^ {0,3}(?P<fence>`{3,}|~{3,}|:{3,}) *(?P<info>[^`\n]*)$")
_NAMED = re.compile(r"^\{(?P<name>[A-Za-z][\w:+.-]*)(?P<rest>[^}]*)\}(?P<after>.*)$")
_CLASSED = re.compile(r"^\{(?P<attributes>[^}]*)\}\s*$")
_OPTION = re.compile(r"^ *:(?P<key>[\w-]+):(?:[ \t]+(?P<value>.*))?$")
_CODE_OPTION = re.compile(r"^#\| *(?P<key>[\w-]+): *(?P<value>.*)$")
_CLASS = re.compile(r"\.([A-Za-z][\w-]*)")
_PAIR = re.compile(r"([\w-]+)=(?:\"([^\"]*)\"|'([^']*)'|(\S+))")


@dataclass(frozen=True, slots=True)
class Lines:
    """Plain lines of Markdown; `first` is the number of the first one, from 1."""

    first: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fenced:
    """A fenced block: a directive, a cell of code, a div with a class, or plain code."""

    first: int
    #: its name in braces; empty for plain code
    name: str
    #: what stands behind the name
    argument: str
    options: Mapping[str, str] = field(default_factory=dict)
    body: tuple[str, ...] = ()
    #: of its first body line, from 1
    body_first: int = 1
    #: how it was opened, for plain code
    opening: str = ""


def blocks(lines: Sequence[str], first: int = 1) -> Iterator[Lines | Fenced]:
    """Yield the blocks of a text in order; a fence without an end goes to the end of the text."""
    plain: list[str] = []
    at = 0
    while at < len(lines):
        opened = _OPEN.match(lines[at])
        if opened is None or not _begins(opened):
            plain.append(lines[at])
            at += 1
            continue
        if plain:
            yield Lines(first + at - len(plain), tuple(plain))
            plain = []
        end = _end(lines, at, opened["fence"])
        yield _fenced(opened, lines[at + 1 : end], first + at)
        at = end + 1
    if plain:
        yield Lines(first + at - len(plain), tuple(plain))


def _begins(opened: re.Match[str]) -> bool:
    """Whether a line opens a block: colons without a name would close one."""
    return not opened["fence"].startswith(":") or opened["info"].strip() != ""


def _end(lines: Sequence[str], start: int, fence: str) -> int:
    """Return the line that closes a fence: of its sign, as long at least; colons of one length may nest."""
    depth = 0
    is_colon = fence.startswith(":")
    for at in range(start + 1, len(lines)):
        line = lines[at].strip()
        is_bare = len(line) >= len(fence) and not line.strip(fence[0])
        if is_bare and depth == 0:
            return at
        if is_colon and is_bare:
            depth -= 1
        elif is_colon and line.startswith(fence) and line.strip(":"):
            depth += 1
    return len(lines)


def _fenced(opened: re.Match[str], body: Sequence[str], number: int) -> Fenced:
    info = opened["info"].strip()
    named, classed = _NAMED.match(info), _CLASSED.match(info)
    if named:
        options, rest = _options(body)
        argument = f"{named['rest'].strip()} {named['after'].strip()}".strip()
        skipped = len(body) - len(rest)
        return Fenced(number, named["name"].lower(), argument, options, tuple(rest), number + 1 + skipped)
    if classed:
        classes = _CLASS.findall(classed["attributes"])
        pairs = {key: first or second or third for key, first, second, third in _PAIR.findall(classed["attributes"])}
        return Fenced(number, f".{classes[0]}" if classes else ".div", "", pairs, tuple(body), number + 1)
    if opened["fence"].startswith(":"):
        return Fenced(number, f".{info.split()[0].lower()}", "", {}, tuple(body), number + 1)
    return Fenced(number, "", info, {}, tuple(body), number + 1, opened[0].strip())


def _options(body: Sequence[str]) -> tuple[dict[str, str], Sequence[str]]:
    """Return a directive's options and its body: lines of ``:key: value`` or ``#| key: value``, or a YAML block."""
    found: dict[str, str] = {}
    if body and body[0].strip() == "---":
        ends = [at for at, line in enumerate(body[1:], 1) if line.strip() == "---"]
        if ends:
            pairs = (line.partition(":") for line in body[1 : ends[0]])
            return {key.strip(): value.strip() for key, _, value in pairs if key.strip()}, body[ends[0] + 1 :]
    for at, line in enumerate(body):
        option = _OPTION.match(line) or _CODE_OPTION.match(line)
        if option is None:
            return found, body[at:]
        found[option["key"]] = (option["value"] or "").strip("\"' ")
    return found, ()
