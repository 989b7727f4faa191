"""Moodle's questions with gaps: each gap is a question of its own."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from nexus_server.courses.imports.quizzes.numbers import number_of, points_of
from nexus_server.courses.imports.quizzes.writing import Item, Option, QuizWriter, UnmappedItemError
from nexus_server.courses.imports.quizzes.xml_reading import child, children, inner_text, text_at

MAX_GAPS = 40
_GAP = re.compile(r"\{(\d*):([A-Z_]{2,20}):((?:[^{}\\]|\\.){1,4000})\}")
_MARKED = re.compile(r"\[\[(\d{1,3})\]\]")
#: where the alternatives of a gap are parted, and how each begins: right, with a share, or wrong
_ALTERNATIVES = re.compile(r"(?<!\\)~")
_KEY = re.compile(r"^(?:=|%(-?\d+(?:\.\d+)?)%)?", re.DOTALL)
_TYPED = frozenset({"SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC"})
_NUMBERS = frozenset({"NUMERICAL", "NM"})


@dataclass(frozen=True, slots=True)
class _Alternative:
    text: str
    share: float
    why: str


def write_cloze(question: Element, item: Item, writer: QuizWriter) -> None:
    """Write a question whose text has ``{1:SHORTANSWER:=Paris}``.

    Raises:
        UnmappedItemError: a gap has no key.
    """
    element = child(question, "questiontext")
    source = inner_text(element, "text") if element is not None else ""
    gaps = list(_GAP.finditer(source))
    if not gaps:
        raise UnmappedItemError("it has no gap that can be read")
    weights = [points_of(gap[1] or "1") for gap in gaps]
    # What Moodle counts for such a question is the sum of its gaps.
    item.points = sum(weights)
    for number, part in _parts(source, [gap.span() for gap in gaps], weights, item, writer):
        _write_gap(gaps[number][2], list(_alternatives(gaps[number][3])), part, writer)


def _parts(
    source: str, spans: Sequence[tuple[int, int]], weights: Sequence[float], item: Item, writer: QuizWriter
) -> Iterator[tuple[int, Item]]:
    """Yield each gap's number with its question: the whole text, in which this gap is marked."""
    if len(spans) > MAX_GAPS:
        raise UnmappedItemError(f"it has over {MAX_GAPS} gaps")
    texts = [writer.html(_gapped(source, spans, number)) for number in range(len(spans))]
    parts = writer.parts(item, texts) if len(texts) > 1 else [item]
    item.prompt = texts[0]
    for number, part in enumerate(parts):
        part.points = weights[number]
        yield number, part


def _gapped(source: str, spans: Sequence[tuple[int, int]], asked: int) -> str:
    parts, at = [], 0
    for number, (begin, end) in enumerate(spans):
        parts += [source[at:begin], "<strong>[ ? ]</strong>" if number == asked else "[ … ]"]
        at = end
    return "".join([*parts, source[at:]])


def _alternatives(text: str) -> Iterator[_Alternative]:
    for each in _ALTERNATIVES.split(text):
        key = _KEY.match(each)
        rest = each[key.end() :] if key else each
        share = 100.0 if each.startswith("=") else float(key[1]) if key and key[1] else 0.0
        answer, _, why = rest.partition("#")
        yield _Alternative(re.sub(r"\\(.)", r"\1", answer).strip(), share, why.strip())


def _write_gap(kind: str, alternatives: Sequence[_Alternative], item: Item, writer: QuizWriter) -> None:
    right = [each for each in alternatives if each.share >= 100]  # noqa: PLR2004  per cent
    if any(0 < each.share < 100 for each in alternatives):  # noqa: PLR2004
        item.changes.append("answers that are partly right earn nothing here")
    if kind in _TYPED:
        writer.text(item, [each.text for each in right if "*" not in each.text])
    elif kind in _NUMBERS:
        if len(right) != 1:
            raise UnmappedItemError("a gap for a number has not one key")
        value, _, tolerance = right[0].text.partition(":")
        writer.number(item, number_of(value), number_of(tolerance) if tolerance else 0.0)
    else:
        is_multiple = kind.startswith(("MULTIRESPONSE", "MR"))
        options = [
            Option(writer.html(each.text), each.share > 0 if is_multiple else each.share >= 100, writer.html(each.why))  # noqa: PLR2004
            for each in alternatives
        ]
        writer.choose(item, options, is_multiple=is_multiple)


def write_marked_gaps(question: Element, item: Item, writer: QuizWriter) -> None:
    """Write a question whose text has ``[[1]]`` where an option of its list belongs, by number and group.

    Raises:
        UnmappedItemError: a gap names no option.
    """
    element = child(question, "questiontext")
    source = inner_text(element, "text") if element is not None else ""
    options = [*children(question, "dragbox"), *children(question, "selectoption")]
    gaps = list(_MARKED.finditer(source))
    if not gaps or any(not 0 < int(gap[1]) <= len(options) for gap in gaps):
        raise UnmappedItemError("its gaps name no options")
    share = round(item.points / len(gaps), 6)
    for number, part in _parts(source, [gap.span() for gap in gaps], [share] * len(gaps), item, writer):
        right = options[int(gaps[number][1]) - 1]
        group = [each for each in options if text_at(each, "group") == text_at(right, "group")]
        writer.choose(
            part, [Option(writer.html(inner_text(each, "text")), each is right) for each in group], is_multiple=False
        )
