"""Answers without a model, and honest about it: quotes from the lesson, and the glossary. Pure."""

from collections.abc import Sequence

from nexus_server.tutor.chat.notes import NoteLink
from nexus_server.tutor.chat.retrieval import Passage, best_passages, shorten, split_passages
from nexus_server.tutor.lessons.lessons import Lesson
from nexus_server.tutor.rules.glossary import ERRORS, GLOSSARY
from nexus_server.tutor.rules.rule import code

_PREFACE = "No language model answers here; I can only look things up."


def static_answer(question: str, lesson: Lesson | None, notes: Sequence[NoteLink] = ()) -> str:
    """Return what the lesson, the glossary and other notes say about the question, or where else to look."""
    passages = best_passages(question, split_passages(lesson.content_md)) if lesson else []
    concepts = _concepts(question)
    if not passages and not concepts and not notes:
        return f"{_PREFACE} {_nothing_found(lesson)}"
    parts = [_PREFACE]
    if passages and lesson:
        parts += [f"This is what **{lesson.title}** says about it:", *(_quote(p) for p in passages)]
    if concepts:
        parts += ["From the glossary:" if not passages else "And from the glossary:"]
        parts += [f"- **{name}**: {GLOSSARY[name]}" for name in concepts]
    if notes:
        parts += ["You may read about it in:", "\n".join(f"- **{note.title}** ({note.place})" for note in notes)]
    parts.append("If that is not it, ask in the forum, or ask a person: *I'm stuck* in a lab.")
    return "\n\n".join(parts)


def _concepts(question: str) -> list[str]:
    """Return the concepts that the question names, or that belong to an error which it names."""
    named = [concept for ename, concept in ERRORS.items() if ename.casefold() in question.casefold()]
    entries = [Passage(name, text) for name, text in GLOSSARY.items()]
    found = [passage.heading for passage in best_passages(question, entries)]
    return list(dict.fromkeys([*named, *found]))[:2]


def _quote(passage: Passage) -> str:
    heading = f"**{passage.heading}**\n\n" if passage.heading else ""
    return "\n".join(f"> {line}".rstrip() for line in (heading + shorten(passage.text)).splitlines())


def _nothing_found(lesson: Lesson | None) -> str:
    topics = list(dict.fromkeys(p.heading for p in split_passages(lesson.content_md) if p.heading)) if lesson else []
    if topics:
        return (
            "I found nothing about this in the lesson. It has these parts: "
            + ", ".join(code(topic) for topic in topics[:12])
            + ". Ask with a word from one of them, or ask in the forum."
        )
    return (
        "I found nothing about this. Ask with the name of an error (such as `NameError`) or of a concept (such as "
        "`loops` or `dictionaries`), or ask in the forum, where people answer."
    )
