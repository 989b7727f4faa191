"""The interactions of QTI 2 and 3 as questions; an item with several becomes a question for each."""

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element, tostring

from nexus_server.courses.imports.quizzes.numbers import number_of, points_of
from nexus_server.courses.imports.quizzes.qti2_names import attribute, elements
from nexus_server.courses.imports.quizzes.writing import Item, Option, QuizWriter, UnmappedItemError

_FEEDBACK = ("feedbackInline", "feedbackBlock", "rubricBlock", "printedVariable", "templateBlock", "templateInline")
_PARTLY = "answers that are partly right earn nothing here"
_NUMBERS = ("float", "integer")
_UNMAPPED = {
    "extendedTextInteraction": "a person marks it: ask it in a lab, in a cell that is marked by hand",
    "uploadInteraction": "a file is handed in: ask it in a lab",
    "drawingInteraction": "it is answered by a drawing",
    "mediaInteraction": "it only shows a medium",
    "hotspotInteraction": "it is answered in a picture",
    "selectPointInteraction": "it is answered in a picture",
    "graphicGapMatchInteraction": "it is answered in a picture",
    "graphicOrderInteraction": "it is answered in a picture",
    "graphicAssociateInteraction": "it is answered in a picture",
    "positionObjectInteraction": "it is answered in a picture",
    "customInteraction": "only its own program can show it",
    "portableCustomInteraction": "only its own program can show it",
}


@dataclass(frozen=True, slots=True)
class _Key:
    """What a response declaration says is right."""

    kind: str
    cardinality: str
    values: tuple[str, ...]
    #: what else earns as much as the right value, or something
    mapped: Mapping[str, float]


def write_item(element: Element, item: Item, writer: QuizWriter) -> None:
    """Write an item's questions.

    Raises:
        UnmappedItemError: it has no counterpart, or no key.
    """
    body = next(elements(element, "itemBody"), None)
    if body is None:
        raise UnmappedItemError("it has no body")
    found = _interactions(body)
    if not found:
        raise UnmappedItemError("a text without a question: write it into the note")
    for each in found:
        if each.tag not in _WRITERS:
            raise UnmappedItemError(_UNMAPPED.get(each.tag, f"there is no counterpart of its kind {each.tag}"))
    if attribute(element, "adaptive") == "true":
        item.changes.append("it adapts to answers in QTI; here it is asked once")
    if any(True for _ in elements(element, "templateDeclaration")):
        raise UnmappedItemError("its numbers are drawn by a formula: write a lab with variants")
    item.explanation = _explanation(element, writer)
    keys = dict(_keys(element))
    prompts = [_prompt(body, each, found, writer) for each in found]
    items = writer.parts(item, prompts) if len(found) > 1 else [item]
    item.prompt = prompts[0]
    for part, interaction in zip(items, found, strict=True):
        key = keys.get(attribute(interaction, "responseIdentifier"))
        if key is None:
            raise UnmappedItemError("it has no key")
        _WRITERS[interaction.tag](_Asked(element, interaction, key), part, writer)


def _interactions(body: Element) -> list[Element]:
    return [each for each in body.iter() if isinstance(each.tag, str) and each.tag.endswith("Interaction")]


@dataclass(frozen=True, slots=True)
class _Asked:
    """An interaction of an item with its key."""

    item: Element
    interaction: Element
    key: _Key


def _keys(element: Element) -> Iterator[tuple[str, _Key]]:
    for declared in elements(element, "responseDeclaration"):
        correct = next(elements(declared, "correctResponse"), None)
        values = tuple((each.text or "").strip() for each in elements(correct, "value")) if correct is not None else ()
        mapped = {
            attribute(e, "mapKey"): points_of(attribute(e, "mappedValue"), 0.0) for e in elements(declared, "mapEntry")
        }
        yield (
            attribute(declared, "identifier"),
            _Key(attribute(declared, "baseType"), attribute(declared, "cardinality"), values, mapped),
        )


def _explanation(element: Element, writer: QuizWriter) -> str:
    feedback = next((each for each in element if each.tag == "modalFeedback"), None)
    return _markdown(feedback, writer) if feedback is not None else ""


def _markdown(element: Element, writer: QuizWriter) -> str:
    """Return an element's content as Markdown, without what is shown after an answer only."""
    copied = copy.deepcopy(element)
    _remove(copied, lambda each: each.tag in _FEEDBACK)
    for each in copied.iter():
        if each.tag == "object" and each.get("type", "").startswith("image/"):
            each.tag = "img"
            each.set("src", each.get("data", ""))
            each.set("alt", "".join(each.itertext()).strip())
            each.text = None
    copied.tag, copied.tail = "div", None
    for name in list(copied.attrib):
        del copied.attrib[name]
    return writer.html(tostring(copied, encoding="unicode", method="html"))


def _remove(element: Element, is_gone: Callable[[Element], bool]) -> None:
    before: Element | None = None
    for each in list(element):
        if is_gone(each):
            tail = each.tail or ""
            if before is None:
                element.text = (element.text or "") + tail
            else:
                before.tail = (before.tail or "") + tail
            element.remove(each)
            continue
        _remove(each, is_gone)
        before = each


def _prompt(body: Element, asked: Element, found: list[Element], writer: QuizWriter) -> str:
    """Return an item's text with its gaps drawn; the gap that is asked for is marked."""
    numbers = {id(each): number for number, each in enumerate(found)}
    copied = copy.deepcopy(body)
    copies = _interactions(copied)
    mine = numbers[id(asked)]
    own = next((each for each in copies[mine] if each.tag == "prompt"), None)
    own_text = _markdown(own, writer) if own is not None else ""
    for number, each in enumerate(copies):
        if each.tag == "hottextInteraction" and number == mine:
            # Its text is what is asked about; the parts to choose from stand in it.
            _remove(each, lambda inner: inner.tag == "prompt")
            each.tag = "div"
            continue
        is_inline = each.tag in ("textEntryInteraction", "inlineChoiceInteraction")
        tail = each.tail
        each.clear()
        each.tag, each.tail = "span", tail
        if is_inline:
            each.text = "[ ? ]" if number == mine and len(found) > 1 else "[ … ]"
    return "\n\n".join(text for text in (_markdown(copied, writer), own_text) if text) or attribute(asked, "label")


def _choice(asked: _Asked, item: Item, writer: QuizWriter) -> None:
    key, interaction = asked.key, asked.interaction
    right = set(key.values) or {name for name, gain in key.mapped.items() if gain > 0}
    is_multiple = key.cardinality == "multiple" and attribute(interaction, "maxChoices") != "1"
    if is_multiple and key.mapped:
        item.changes.append(_PARTLY)
    options = []
    for choice in elements(interaction, "simpleChoice", "inlineChoice", "hottext"):
        why = " ".join(_markdown(each, writer) for each in elements(choice, "feedbackInline", "feedbackBlock"))
        options.append(Option(_markdown(choice, writer), attribute(choice, "identifier") in right, why))
    writer.choose(item, options, is_multiple=is_multiple)


def _order(asked: _Asked, item: Item, writer: QuizWriter) -> None:
    texts = {
        attribute(each, "identifier"): _markdown(each, writer) for each in elements(asked.interaction, "simpleChoice")
    }
    if sorted(asked.key.values) != sorted(texts):
        raise UnmappedItemError("its key does not put all of it in order")
    writer.order(item, [texts[name] for name in asked.key.values])


def _entry(asked: _Asked, item: Item, writer: QuizWriter) -> None:
    key = asked.key
    if key.kind in _NUMBERS and key.values:
        writer.number(item, number_of(key.values[0]), _tolerance(asked, number_of(key.values[0])))
        return
    best = max(key.mapped.values(), default=0.0)
    forms = [*key.values, *(name for name, gain in key.mapped.items() if gain >= best > 0)]
    if any(0 < gain < best for gain in key.mapped.values()):
        item.changes.append(_PARTLY)
    writer.text(item, forms)


def _tolerance(asked: _Asked, value: float) -> float:
    """Return how far from the key an answer may be, where the item's rules say so."""
    for rule in elements(asked.item, "equal"):
        mode, given = attribute(rule, "toleranceMode"), attribute(rule, "tolerance").split()
        named = {attribute(each, "identifier") for each in elements(rule, "variable", "correct")}
        if attribute(asked.interaction, "responseIdentifier") in named and given and mode in ("absolute", "relative"):
            most = max(number_of(each) for each in given)
            return most if mode == "absolute" else abs(value) * most / 100
    return 0.0


def _slider(asked: _Asked, item: Item, writer: QuizWriter) -> None:
    if not asked.key.values:
        raise UnmappedItemError("it has no key")
    item.changes.append("its slider is a number to be typed")
    value = number_of(asked.key.values[0])
    writer.number(item, value, _tolerance(asked, value))


def _match(asked: _Asked, item: Item, writer: QuizWriter) -> None:
    """Write a question for each thing that is matched, or put into a gap; what it is matched with are the options."""
    pairs = [tuple(value.split()) for value in asked.key.values or asked.key.mapped]
    sets = [list(elements(each, "simpleAssociableChoice")) for each in elements(asked.interaction, "simpleMatchSet")]
    if len(sets) != 2 or not pairs or any(len(pair) != 2 for pair in pairs):  # noqa: PLR2004  two sides
        raise UnmappedItemError("it has no pairs to match")
    left, right = ({attribute(each, "identifier"): _markdown(each, writer) for each in side} for side in sets)
    wanted: dict[str, set[str]] = {name: set() for name in left}
    for first, second in pairs:
        wanted.setdefault(first, set()).add(second)
    asked_for = {name: names for name, names in wanted.items() if name in left and names}
    parts = writer.parts(item, [f"{item.prompt}\n\n{left[name]}" for name in asked_for])
    for part, names in zip(parts, asked_for.values(), strict=True):
        options = [Option(text, name in names) for name, text in right.items()]
        writer.choose(part, options, is_multiple=len(names) > 1)


def _gap_match(asked: _Asked, item: Item, writer: QuizWriter) -> None:
    # A pair names what is put, and then the gap.
    pairs = {gap: put for put, _, gap in (value.partition(" ") for value in asked.key.values)}
    options = {
        attribute(each, "identifier"): _markdown(each, writer) for each in elements(asked.interaction, "gapText")
    }
    gaps = [attribute(each, "identifier") for each in elements(asked.interaction, "gap")]
    if not gaps or any(gap not in pairs for gap in gaps):
        raise UnmappedItemError("its gaps have no key")
    texts = [_gapped(asked.interaction, gap, item.prompt, writer) for gap in gaps]
    for part, gap in zip(writer.parts(item, texts), gaps, strict=True):
        writer.choose(part, [Option(text, name == pairs[gap]) for name, text in options.items()], is_multiple=False)


def _gapped(interaction: Element, asked: str, before: str, writer: QuizWriter) -> str:
    copied = copy.deepcopy(interaction)
    _remove(copied, lambda each: each.tag in ("gapText", "gapImg", "prompt"))
    for gap in elements(copied, "gap"):
        gap.text, gap.tag = ("[ ? ]" if attribute(gap, "identifier") == asked else "[ … ]"), "span"
    return "\n\n".join(text for text in (before, _markdown(copied, writer)) if text)


_WRITERS: dict[str, Callable[[_Asked, Item, QuizWriter], None]] = {
    "choiceInteraction": _choice,
    "inlineChoiceInteraction": _choice,
    "hottextInteraction": _choice,
    "orderInteraction": _order,
    "textEntryInteraction": _entry,
    "sliderInteraction": _slider,
    "matchInteraction": _match,
    "gapMatchInteraction": _gap_match,
}
