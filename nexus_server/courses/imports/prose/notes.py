"""Notes in MyST's or Quarto's Markdown as notes: what the pages here cannot draw becomes what they can, and is said."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import yaml

from nexus_server.courses.imports.companions import Bundle
from nexus_server.courses.imports.errors import UnreadableImportError
from nexus_server.courses.imports.pictures import PictureBox
from nexus_server.courses.imports.prose.blocks import MAX_DEPTH, Fenced, Lines, blocks
from nexus_server.courses.imports.prose.lines import plain_lines
from nexus_server.courses.imports.report import ImportedStep, PartOutcome, PartReport
from nexus_server.courses.imports.titles import file_title, heading_of
from nexus_server.files.names import is_nobodys
from nexus_server.roadmaps.files.note_file import split_note

SUFFIXES = (".md", ".qmd", ".myst")
MAX_CHARS = 2_000_000
_ABOUT = frozenset({"readme", "license", "changelog", "contributing"})
_ADMONITIONS = frozenset(
    {"note", "tip", "hint", "warning", "important", "caution", "attention", "danger", "error", "seealso", "admonition"}
    | {"exercise", "prf:theorem", "prf:definition", "prf:example", "epigraph", "topic", "margin", "sidebar"}
)
_FOLDED = frozenset({"solution", "dropdown", "toggle", "details"})
_CODE = frozenset(
    {"code-cell", "code-block", "code", "sourcecode", "python", "r", "julia", "ojs", "bash", "sql", "javascript"}
)
#: what only a book has
_BOOKISH = frozenset(
    {"toctree", "tableofcontents", "bibliography", "glossary", "index", "contents", "include", "eval-rst"}
)
_CALLOUT = re.compile(r"^\.callout-(\w+)$")
#: keys of a front matter that come along
_KEPT = {"title", "summary", "minutes", "sources"}
_RENAMED = {"description": "summary", "subtitle": "summary"}


@dataclass
class _NoteWriter:
    """A note that is being written."""

    pictures: PictureBox
    out: list[str] = field(default_factory=list)
    reports: list[PartReport] = field(default_factory=list)

    def say(self, line: int, outcome: PartOutcome, text: str) -> None:
        self.reports.append(PartReport(f"line {line}", outcome, text))


def import_notes(bundle: Bundle) -> list[ImportedStep]:
    """Make a note of each Markdown file of a bundle.

    Raises:
        UnreadableImportError: a file is no text in UTF-8, or its front matter no YAML.
    """
    paths = [path for path in sorted(bundle) if path.lower().endswith(SUFFIXES) and not is_nobodys(PurePosixPath(path))]
    # What tells about a folder is no note of it, unless it is all that there is.
    return [_note(bundle, path) for path in paths if len(bundle) == 1 or PurePosixPath(path).stem.lower() not in _ABOUT]


def _note(bundle: Bundle, path: str) -> ImportedStep:
    try:
        text = bundle[path].decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise UnreadableImportError(f"{path}: it is no text in UTF-8.") from error
    if len(text) > MAX_CHARS:
        raise UnreadableImportError(f"{path}: it has over {MAX_CHARS} characters.")
    parts = split_note(text)
    folder = PurePosixPath(path).parent
    near = {name: data for name, data in bundle.items() if PurePosixPath(name).is_relative_to(folder)}
    writer = _NoteWriter(PictureBox(near))
    said = _front_matter(parts.front_matter, path, writer)
    _write(parts.markdown.split("\n"), parts.first_line, writer, 0)
    body = re.sub(r"\n{3,}", "\n\n", "\n".join(writer.out)).strip()
    title = str(said.get("title") or heading_of(body) or file_title(path))
    head = yaml.safe_dump({**said, "title": title[:200]}, sort_keys=False, allow_unicode=True)
    content = f"---\n{head}---\n\n{body}\n".encode()
    return ImportedStep("note", title, content, tuple(writer.reports), writer.pictures.used, sources=(path,))


def _front_matter(text: str, path: str, writer: _NoteWriter) -> dict[str, Any]:
    try:
        found = yaml.safe_load(text) if text else {}
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise UnreadableImportError(f"{path}: its front matter is not valid YAML.") from error
    if not isinstance(found, dict):
        return {}
    named = {_RENAMED.get(str(key), str(key)): value for key, value in found.items()}
    kept = {key: value for key, value in named.items() if key in _KEPT and isinstance(value, str | int | float)}
    left = sorted(str(key) for key in named.keys() - kept.keys())
    writer.say(
        1,
        PartOutcome.CHANGED if left else PartOutcome.KEPT,
        "the front matter" + (f"; left out: {', '.join(left)}" if left else ""),
    )
    return kept


def _write(lines: list[str], first: int, writer: _NoteWriter, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise UnreadableImportError(f"line {first}: blocks are nested more than {MAX_DEPTH} deep.")
    for block in blocks(lines, first):
        if isinstance(block, Lines):
            writer.out += plain_lines(block, writer.pictures.find, writer.say)
        elif not block.name:
            writer.out += [
                "",
                block.opening,
                *block.body,
                block.opening[: len(block.opening) - len(block.opening.lstrip("`~"))],
                "",
            ]
            writer.say(block.first, PartOutcome.KEPT, "code")
        else:
            _writer_of(block)(block, writer, depth)


def _writer_of(block: Fenced) -> Callable[[Fenced, _NoteWriter, int], None]:
    name = block.name
    if name in _CODE:
        return _write_code
    if name in ("math", "figure", "image"):
        return _write_math if name == "math" else _write_picture
    if name in _BOOKISH:
        return _leave_out
    if name in _FOLDED:
        return _write_folded
    if name in _ADMONITIONS or _CALLOUT.match(name):
        return _write_quoted
    return _write_open


def _nested(block: Fenced, writer: _NoteWriter, depth: int) -> list[str]:
    """Return what is in a block, written as a text of its own."""
    inner = _NoteWriter(writer.pictures, [], writer.reports)
    _write(list(block.body), block.body_first, inner, depth + 1)
    return "\n".join(inner.out).strip().split("\n")


def _write_code(block: Fenced, writer: _NoteWriter, depth: int) -> None:  # noqa: ARG001  as the others
    words = block.argument.split()
    language = words[0] if block.name.startswith(("code", "source")) and words else block.name
    language = {"code-cell": "python", "ipython3": "python", "python3": "python", "ipython": "python"}.get(
        language, language
    )
    longest = max((len(line) - len(line.lstrip("`")) for line in block.body), default=0)
    fence = "`" * max(3, longest + 1)
    writer.out += ["", f"{fence}{language}", *block.body, fence, ""]
    left = f"; options left out: {', '.join(block.options)}" if block.options else ""
    writer.say(block.first, PartOutcome.CHANGED, f"{block.name}: code, which is shown and not run{left}")


def _write_math(block: Fenced, writer: _NoteWriter, depth: int) -> None:  # noqa: ARG001
    writer.out += ["", "$$", *(line for line in block.body if line.strip()), "$$", ""]
    writer.say(block.first, PartOutcome.CHANGED, "math: a formula")


def _write_picture(block: Fenced, writer: _NoteWriter, depth: int) -> None:  # noqa: ARG001
    caption = " ".join(line.strip() for line in block.body if line.strip())
    alt = block.options.get("alt") or caption or PurePosixPath(block.argument).stem
    place = writer.pictures.find(block.argument)
    if place is None:
        writer.out += ["", f"*[{alt}]*", ""]
        writer.say(block.first, PartOutcome.LEFT_OUT, f"the picture {block.argument} is not here")
        return
    writer.out += ["", f"![{alt}]({place})", "", *([f"*{caption}*", ""] if caption else [])]
    writer.say(block.first, PartOutcome.CHANGED, f"{block.name}: a picture")


def _leave_out(block: Fenced, writer: _NoteWriter, depth: int) -> None:  # noqa: ARG001
    writer.say(block.first, PartOutcome.LEFT_OUT, f"{block.name}: only a book has it")


def _title(block: Fenced) -> str:
    callout = _CALLOUT.match(block.name)
    kind = (callout[1] if callout else block.name.rpartition(":")[2]).capitalize()
    said = block.options.get("title") or ("" if block.name in ("solution", "exercise") else block.argument)
    return said.strip() or kind


def _write_quoted(block: Fenced, writer: _NoteWriter, depth: int) -> None:
    inner = _nested(block, writer, depth)
    writer.out += ["", f"> **{_title(block)}**", ">", *(f"> {line}".rstrip() for line in inner), ""]
    writer.say(block.first, PartOutcome.CHANGED, f"{block.name}: a quotation with a title")


def _write_folded(block: Fenced, writer: _NoteWriter, depth: int) -> None:
    inner = _nested(block, writer, depth)
    writer.out += ["", "<details>", f"<summary>{_title(block)}</summary>", "", *inner, "", "</details>", ""]
    writer.say(block.first, PartOutcome.CHANGED, f"{block.name}: a text that readers unfold")


def _write_open(block: Fenced, writer: _NoteWriter, depth: int) -> None:
    """Write what has no counterpart as the text that is in it."""
    writer.out += ["", *_nested(block, writer, depth), ""]
    writer.say(block.first, PartOutcome.CHANGED, f"{block.name}: only the text in it")
