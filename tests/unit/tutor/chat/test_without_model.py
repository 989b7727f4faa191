from uuid import uuid4

import pytest

from nexus_server.languages import UserLanguage
from nexus_server.tutor.chat.retrieval import shorten, split_passages
from nexus_server.tutor.chat.without_model import static_answer
from nexus_server.tutor.lessons.lessons import Lesson
from nexus_server.tutor.rules.engine import RULES
from nexus_server.tutor.rules.glossary import GLOSSARY

NOTE = """\
# Lists

A list keeps values in order.

## Adding items

The method `append` adds one item at the end:

```python
# not a heading
queue.append('Ann')

queue.append('Bo')
```

## Slices

A slice such as `items[1:3]` copies a part of a list.
"""
LESSON = Lesson(uuid4(), "Lists of things", NOTE)


def test_the_answer_quotes_the_passage_that_fits() -> None:
    answer = static_answer("How do I append items to my list?", LESSON)
    assert "> **Adding items**" in answer
    assert "> queue.append('Bo')" in answer
    assert "Slices" not in answer


def test_the_answer_says_that_nobody_clever_wrote_it() -> None:
    for question in ("How do slices work?", "What is the weather?"):
        assert static_answer(question, LESSON).startswith("No language model answers here")


def test_an_error_is_looked_up_in_the_glossary() -> None:
    assert GLOSSARY["indentation"] in static_answer("what is an IndentationError??", None)


def test_who_reads_german_is_answered_and_may_ask_in_german() -> None:
    asked_in_german = static_answer("Was sind Schleifen?", None, reader=UserLanguage.GERMAN)
    assert asked_in_german.startswith("Hier antwortet kein Sprachmodell")
    assert "- **Schleifen**: `for item in items:` führt seinen Block" in asked_in_german
    assert "**Schleifen**" in static_answer("What are loops?", None, reader=UserLanguage.GERMAN)
    quoted = static_answer("How do slices work?", LESSON, reader=UserLanguage.GERMAN)
    assert "> **Slices**" in quoted, "the lesson stays in its own words"
    assert f"Das sagt **{LESSON.title}** dazu:" in quoted


def test_a_question_that_fits_nothing_gets_the_parts_of_the_lesson() -> None:
    answer = static_answer("Who won the football match?", LESSON)
    assert "I found nothing" in answer
    assert "`Adding items`, `Slices`" in answer


def test_the_general_room_names_ways_to_ask() -> None:
    assert "`NameError`" in static_answer("Who won the football match?", None)


def test_code_stays_whole_and_with_its_heading() -> None:
    passages = {p.heading: p.text for p in split_passages(NOTE) if p.heading != "Lists"}
    assert list(passages) == ["Adding items", "Slices"]
    assert passages["Adding items"].endswith("queue.append('Bo')\n```")


def test_a_shortened_passage_closes_its_code() -> None:
    cut = shorten("```\n" + "x = 1\n" * 400 + "```", 100)
    assert len(cut) < 120
    assert cut.count("```") == 2


@pytest.mark.parametrize("concept", sorted({rule.concept for rule in RULES} | {"reading error messages"}))
def test_every_concept_is_in_the_glossary(concept: str) -> None:
    assert len(GLOSSARY[concept]) > 40


def test_a_concept_of_another_programming_language_is_told_to_who_asks_for_it() -> None:
    assert "(R)" not in static_answer("What are loops?", None)
    assert "**loops and blocks (Octave)**" in static_answer("What are loops in Octave?", None)
