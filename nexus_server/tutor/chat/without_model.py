"""Answers without a model, and honest about it: quotes from the lesson, and the glossary. Pure."""

import re
from collections.abc import Sequence

from nexus_server.languages import UserLanguage, translate
from nexus_server.phrases import Phrase, gettext_noop, phrase
from nexus_server.tutor.chat.notes import NoteLink
from nexus_server.tutor.chat.retrieval import Passage, best_passages, shorten, split_passages
from nexus_server.tutor.failure import Language
from nexus_server.tutor.lessons.lessons import Lesson
from nexus_server.tutor.rules.glossary import ERRORS, GLOSSARY
from nexus_server.tutor.rules.rule import code

#: the concept of one language: `loops and blocks (R)`
_OF_ONE = re.compile(r" \((\w+)\)$")
_PREFACE = gettext_noop("No language model answers here; I can only look things up.")


def static_answer(
    question: str,
    lesson: Lesson | None,
    notes: Sequence[NoteLink] = (),
    reader: UserLanguage = UserLanguage.ENGLISH,
) -> str:
    """Return what the lesson, the glossary and other notes say about the question, or where else to look."""
    passages = best_passages(question, split_passages(lesson.content_md)) if lesson else []
    concepts = _concepts(question, reader, lesson.language if lesson else None)
    if not passages and not concepts and not notes:
        return f"{translate(_PREFACE, reader)} {translate(_nothing_found(lesson), reader)}"
    parts = [_PREFACE]
    if passages and lesson:
        parts += [phrase("This is what **{title}** says about it:", title=lesson.title), *(_quote(p) for p in passages)]
    if concepts:
        parts += [gettext_noop("From the glossary:") if not passages else gettext_noop("And from the glossary:")]
        parts += [Phrase("- **{name}**: {text}", name=name, text=GLOSSARY[name]) for name in concepts]
    if notes:
        read = "\n".join(f"- **{note.title}** ({note.place})" for note in notes)
        parts += [gettext_noop("You may read about it in:"), read]
    parts.append(gettext_noop("If that is not it, ask in the forum, or ask a person: *I'm stuck* in a lab."))
    return "\n\n".join(translate(part, reader) for part in parts)


def _is_meant(name: str, question: str, spoken: Language | None) -> bool:
    """Whether a concept of one programming language is looked for: in its lessons, or where the question names it."""
    found = _OF_ONE.search(name)
    if found is None or found[1].casefold() not in set(Language):
        return True
    return found[1].casefold() == spoken or re.search(rf"\b{found[1]}\b", question) is not None


def _concepts(question: str, reader: UserLanguage, spoken: Language | None) -> list[str]:
    """Return the concepts that the question names in the reader's words or in English, or whose error it names."""
    named = [concept for ename, concept in ERRORS.items() if ename.casefold() in question.casefold()]
    found: list[str] = []
    meant = [name for name in GLOSSARY if _is_meant(name, question, spoken)]
    for language in dict.fromkeys((reader, UserLanguage.ENGLISH)):
        entries = {translate(name, language): name for name in meant}
        passages = [Passage(said, translate(GLOSSARY[name], language)) for said, name in entries.items()]
        found += [entries[passage.heading] for passage in best_passages(question, passages)]
    return list(dict.fromkeys([*named, *found]))[:2]


def _quote(passage: Passage) -> str:
    heading = f"**{passage.heading}**\n\n" if passage.heading else ""
    return "\n".join(f"> {line}".rstrip() for line in (heading + shorten(passage.text)).splitlines())


def _nothing_found(lesson: Lesson | None) -> str:
    topics = list(dict.fromkeys(p.heading for p in split_passages(lesson.content_md) if p.heading)) if lesson else []
    if topics:
        return phrase(
            "I found nothing about this in the lesson. It has these parts: {parts}. Ask with a word from one of them, "
            "or ask in the forum.",
            parts=", ".join(code(topic) for topic in topics[:12]),
        )
    return phrase(
        "I found nothing about this. Ask with the name of an error (such as `NameError`) or of a concept (such as "
        "`loops` or `dictionaries`), or ask in the forum, where people answer."
    )
