"""The kinds of items that QTI 1.2 has, by how they are answered: what their exporters call them is a hint only."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from nexus_server.courses.imports.quizzes.numbers import number_of, points_of
from nexus_server.courses.imports.quizzes.writing import Item, Option, QuizWriter, UnmappedItemError
from nexus_server.courses.imports.quizzes.xml_reading import child, children, descendants, local_name

_RESPONSES = ("response_lid", "response_str", "response_num", "response_grp", "response_xy")
_UNMAPPED = {
    "essay": "a person marks it: ask it in a lab, in a cell that is marked by hand",
    "file_upload": "a file is handed in: ask it in a lab",
    "text_only": "a text without a question: write it into the note",
    "calculated": "its numbers are drawn by a formula: write a lab with variants",
    "formula": "its numbers are drawn by a formula: write a lab with variants",
}
_NUMERIC = ("numerical", "numeric")
_BLANKS = ("multiple_blanks", "multiple_dropdowns", "fill_in_multiple")
_PARTLY = "answers that are partly right earn nothing here"


@dataclass(frozen=True, slots=True)
class _Rule:
    """A condition that gives points: which values are asked for, of which response, and which must not be."""

    condition: Element
    gives: float


def write_item(element: Element, presentation: Element, kind: str, item: Item, writer: QuizWriter) -> None:
    """Write an item.

    Raises:
        UnmappedItemError: it has no counterpart, or no key.
    """
    reason = next((text for name, text in _UNMAPPED.items() if name in kind), "")
    responses = list(descendants(presentation, *_RESPONSES))
    if reason or not responses:
        raise UnmappedItemError(reason or _UNMAPPED["text_only"])
    item.prompt = "\n\n".join(_prompt_texts(presentation, writer))
    rules = list(_rules(element))
    kinds = {local_name(response) for response in responses}
    if kinds == {"response_lid"} and len(responses) == 1 and not any(name in kind for name in _BLANKS):
        _write_choice(element, responses[0], rules, item, writer)
    elif kinds == {"response_lid"}:
        _write_several(responses, rules, kind, item, writer)
    elif kinds == {"response_str"} and len(responses) > 1:
        _write_texts(responses, rules, item, writer)
    elif kinds <= {"response_str", "response_num"}:
        _write_typed(responses[0], rules, kind, item, writer)
    else:
        raise UnmappedItemError("it is answered in a way that has no counterpart here")


def texts_of(element: Element, writer: QuizWriter) -> str:
    """Return the texts below an element as Markdown."""
    return "\n\n".join(
        text for each in element.iter() if local_name(each) in ("mattext", "matimage") and (text := _text(each, writer))
    )


def _text(element: Element, writer: QuizWriter) -> str:
    if local_name(element) == "matimage":
        return writer.html(f'<img src="{element.get("uri", "")}" alt="{element.get("label", "")}">')
    source = (element.text or "").strip()
    is_html = "html" in element.get("texttype", "").lower()
    return writer.html(source) if is_html else writer.plain(source)


def _prompt_texts(element: Element, writer: QuizWriter) -> Iterator[str]:
    """Yield the texts of a presentation that belong to no response."""
    for each in element:
        if local_name(each) in _RESPONSES:
            continue
        if local_name(each) == "material":
            if text := texts_of(each, writer):
                yield text
        else:
            yield from _prompt_texts(each, writer)


def _rules(element: Element) -> Iterator[_Rule]:
    for condition in descendants(element, "respcondition"):
        variables = child(condition, "conditionvar")
        given = [points_of((each.text or "").strip(), 0.0) for each in children(condition, "setvar")]
        if variables is not None and given:
            yield _Rule(variables, max(given))


def _wanted(element: Element, *, is_negated: bool = False) -> Iterator[tuple[str, str, bool]]:
    """Yield each response and value that a condition compares, and whether it must not be the answer."""
    for each in element:
        name = local_name(each)
        if name in ("varequal", "varsubset", "varsubstring"):
            yield each.get("respident", ""), (each.text or "").strip(), is_negated
        elif name == "not":
            yield from _wanted(each, is_negated=not is_negated)
        else:
            yield from _wanted(each, is_negated=is_negated)


def _keys(rules: Sequence[_Rule], response: str) -> list[str]:
    """Return the values that give points for a response."""
    values = [
        value
        for rule in rules
        if rule.gives > 0
        for ident, value, is_negated in _wanted(rule.condition)
        if ident == response and not is_negated
    ]
    return list(dict.fromkeys(values))


def _labels(response: Element, writer: QuizWriter) -> list[tuple[str, str]]:
    return [(label.get("ident", ""), texts_of(label, writer)) for label in descendants(response, "response_label")]


def _write_choice(element: Element, response: Element, rules: list[_Rule], item: Item, writer: QuizWriter) -> None:
    cardinality = response.get("rcardinality", "Single").lower()
    labels = _labels(response, writer)
    ident = response.get("ident", "")
    if cardinality == "ordered":
        _write_order(ident, labels, rules, item, writer)
        return
    is_multiple = cardinality == "multiple"
    if is_multiple:
        item.changes.append(_PARTLY)
    best = max((rule.gives for rule in rules), default=0.0)
    counted = rules if is_multiple else [rule for rule in rules if rule.gives == best]
    right = _keys(counted, ident)
    why = {each.get("ident", "").removesuffix("_fb"): each for each in children(element, "itemfeedback")}
    options = [Option(text, name in right, texts_of(why[name], writer) if name in why else "") for name, text in labels]
    writer.choose(item, options, is_multiple=is_multiple)


def _write_order(ident: str, labels: list[tuple[str, str]], rules: list[_Rule], item: Item, writer: QuizWriter) -> None:
    texts = dict(labels)
    order = [name for name in _keys(rules, ident) if name in texts]
    if len(order) != len(labels):
        raise UnmappedItemError("its key does not put all of it in order")
    writer.order(item, [texts[name] for name in order])


def _write_several(responses: list[Element], rules: list[_Rule], kind: str, item: Item, writer: QuizWriter) -> None:
    """Write a question for each response: of pairs to match, or of gaps in a text."""
    asked = [(response, _own_text(response, writer)) for response in responses]
    is_typed = "multiple_blanks" in kind or "fill_in_multiple" in kind
    is_gap = is_typed or any(f"[{text}]" in item.prompt or f"\\[{text}\\]" in item.prompt for _, text in asked)
    prompts = [_gap_prompt(item.prompt, text) if is_gap else f"{item.prompt}\n\n{text}" for _, text in asked]
    for part, (response, _) in zip(writer.parts(item, prompts), asked, strict=True):
        right, labels = _keys(rules, response.get("ident", "")), _labels(response, writer)
        if is_typed:
            texts = dict(labels)
            writer.text(part, [_unescaped(texts[name]) for name in right or texts if name in texts])
        else:
            writer.choose(part, [Option(text, name in right[:1]) for name, text in labels], is_multiple=False)


def _own_text(response: Element, writer: QuizWriter) -> str:
    material = child(response, "material")
    return texts_of(material, writer) if material is not None else ""


def _gap_prompt(prompt: str, name: str) -> str:
    return prompt.replace(f"\\[{name}\\]", "**[ ? ]**").replace(f"[{name}]", "**[ ? ]**")


def _unescaped(text: str) -> str:
    """Return what a Markdown text reads as, for a key that is typed."""
    return re.sub(r"\\([\\`*_{}\[\]()#+.!$>~|-])", r"\1", text).replace("&lt;", "<")


def _write_texts(responses: list[Element], rules: list[_Rule], item: Item, writer: QuizWriter) -> None:
    prompts = [
        f"{item.prompt}\n\n{_own_text(each, writer) or f'({number})'}" for number, each in enumerate(responses, 1)
    ]
    for part, response in zip(writer.parts(item, prompts), responses, strict=True):
        writer.text(part, _keys(rules, response.get("ident", "")))


def _write_typed(response: Element, rules: list[_Rule], kind: str, item: Item, writer: QuizWriter) -> None:
    ident = response.get("ident", "")
    bounds = [found for rule in rules if rule.gives > 0 for found in _bounds(rule.condition)]
    is_number = local_name(response) == "response_num" or any(name in kind for name in _NUMERIC)
    if not is_number and not bounds:
        accepted = _keys(rules, ident)
        if any(True for rule in rules for _ in descendants(rule.condition, "varsubstring")):
            item.changes.append("a text that only contains the key is not enough here")
        writer.text(item, accepted)
        return
    exact = [number_of(value) for value in _keys(rules, ident)]
    _write_number(exact, bounds, item, writer)


def _bounds(condition: Element) -> Iterator[tuple[float, float]]:
    """Yield each span that a condition accepts: a lower and an upper bound that stand together."""
    for group in condition.iter():
        low = [number_of(each.text or "") for name in ("vargte", "vargt") for each in children(group, name)]
        high = [number_of(each.text or "") for name in ("varlte", "varlt") for each in children(group, name)]
        if low and high:
            yield min(low), max(high)


def _write_number(exact: list[float], bounds: list[tuple[float, float]], item: Item, writer: QuizWriter) -> None:
    if len(bounds) > 1 or (not bounds and len(exact) > 1):
        raise UnmappedItemError("it accepts several numbers")
    if not bounds:
        if not exact:
            raise UnmappedItemError("it has no key")
        writer.number(item, exact[0], 0.0)
        return
    low, high = bounds[0]
    middle = (low + high) / 2
    if exact and abs((exact[0] - low) - (high - exact[0])) <= 1e-9 * max(1.0, abs(exact[0])):
        middle = exact[0]
    writer.number(item, round(middle, 12), round((high - low) / 2, 12))
