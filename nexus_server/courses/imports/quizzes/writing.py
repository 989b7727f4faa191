"""Writing a quiz question by question, with a line in the report for each item that it was made of."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from nexus_server.courses.imports.errors import NothingToImportError, UnreadableImportError
from nexus_server.courses.imports.quizzes.html_texts import FindPicture, markdown_of, markdown_of_plain
from nexus_server.courses.imports.report import ImportedStep, PartOutcome, PartReport
from nexus_server.roadmaps.files.quiz_file import Question, QuizFile

MAX_QUESTIONS = 500
MAX_ID = 70
_NO_ID = re.compile(r"[^A-Za-z0-9_.-]+")
_QUESTION: TypeAdapter[Any] = TypeAdapter(Question)


class UnmappedItemError(UnreadableImportError):
    """This kind of question has no counterpart here."""

    code = "unmapped_item"


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose: its text in Markdown, whether it is right, and why it is wrong."""

    text: str
    is_right: bool = False
    why: str = ""


@dataclass
class Item:
    """An item on its way into a quiz: what is asked, and what about it is not as it was."""

    place: str
    id: str
    prompt: str
    points: float
    explanation: str = ""
    changes: list[str] = field(default_factory=list)


@dataclass
class QuizWriter:
    """A quiz that is being written."""

    find_picture: FindPicture
    questions: list[dict[str, Any]] = field(default_factory=list)
    reports: list[PartReport] = field(default_factory=list)
    #: pictures that did not come along, of the item that is being read
    lost: list[str] = field(default_factory=list)
    _ids: set[str] = field(default_factory=set)

    def html(self, source: str) -> str:
        """Return HTML as Markdown."""
        return markdown_of(source, self.find_picture, self.lost)

    def plain(self, source: str) -> str:
        """Return a plain text as Markdown."""
        return markdown_of_plain(source, self.find_picture, self.lost)

    @contextmanager
    def attempt(self, place: str) -> Iterator[None]:
        """Write an item as a whole: where it cannot be read to its end, nothing of it comes along, and why is said."""
        questions, reports = len(self.questions), len(self.reports)
        try:
            yield
        except UnreadableImportError as error:
            del self.questions[questions:], self.reports[reports:]
            self.reports.append(PartReport(place, PartOutcome.LEFT_OUT, error.message))
        finally:
            self.lost.clear()

    def require_some(self, name: str) -> None:
        """Refuse a quiz without a question.

        Raises:
            NothingToImportError
        """
        if not self.questions:
            reasons = "; ".join(f"{report.place}: {report.text}" for report in self.reports[:5])
            raise NothingToImportError(f"{name}: none of its questions has a counterpart. {reasons}".strip())

    def choose(self, item: Item, options: Sequence[Option], *, is_multiple: bool) -> None:
        """Add a question whose right options have to be chosen.

        Raises:
            UnmappedItemError: no option is right, or several where one may be chosen.
        """
        right = [number for number, option in enumerate(options) if option.is_right]
        if not right or (not is_multiple and len(right) > 1):
            raise UnmappedItemError("its key names no single right option" if right else "it has no key")
        names = [_choice_id(number) for number in range(len(options))]
        found: dict[str, Any] = {
            "type": "multiple" if is_multiple else "single",
            "choices": [{"id": name, "text": option.text} for name, option in zip(names, options, strict=True)],
            "answer": [names[number] for number in right] if is_multiple else names[right[0]],
        }
        wrong = {name: each.why for name, each in zip(names, options, strict=True) if each.why and not each.is_right}
        self.add(item, found | ({"why": wrong} if wrong else {}))

    def order(self, item: Item, texts: Sequence[str]) -> None:
        """Add a question whose texts are given in the right order."""
        # Ids go to the browser: given in the right order they would be the key.
        mixed = sorted(range(len(texts)), key=lambda at: sha256(f"{item.id}/{at}/{texts[at]}".encode()).digest())
        if mixed == sorted(mixed):
            mixed = mixed[1:] + mixed[:1]
        names = {at: _choice_id(number) for number, at in enumerate(mixed)}
        choices = [{"id": names[at], "text": texts[at]} for at in mixed]
        self.add(item, {"type": "ordering", "choices": choices, "answer": [names[at] for at in range(len(texts))]})

    def number(self, item: Item, answer: float, tolerance: float) -> None:
        """Add a question for a number."""
        self.add(item, {"type": "numeric", "answer": answer, "tolerance": tolerance})

    def text(self, item: Item, accepted: Sequence[str]) -> None:
        """Add a question for a short text.

        Raises:
            UnmappedItemError: nothing is accepted.
        """
        forms = list(dict.fromkeys(form.strip() for form in accepted if form.strip()))
        if not forms:
            raise UnmappedItemError("it has no key")
        self.add(item, {"type": "text", "answer": forms})

    def parts(self, item: Item, prompts: Sequence[str]) -> list[Item]:
        """Return an item for each part of one that asks for several things; they share its points."""
        share = round(item.points / max(1, len(prompts)), 6)
        rest = round(item.points - share * (len(prompts) - 1), 6)
        changes = [*item.changes, f"asked as {len(prompts)} questions that share its points"]
        return [
            Item(
                item.place,
                f"{item.id}-{number}",
                prompt,
                rest if number == len(prompts) else share,
                item.explanation,
                changes,
            )
            for number, prompt in enumerate(prompts, 1)
        ]

    def add(self, item: Item, found: Mapping[str, Any]) -> None:
        """Add a question of the quiz format, and its line.

        Raises:
            UnmappedItemError: it is none that a quiz may have.
        """
        if len(self.questions) >= MAX_QUESTIONS:
            raise UnmappedItemError(f"a quiz has {MAX_QUESTIONS} questions at most")
        changes = list(dict.fromkeys(item.changes))
        points = item.points
        if points <= 0:
            points = 1.0
            changes.append("it gave no points, and gives 1 here")
        changes += [f"its picture {name} did not come along" for name in self.lost]
        self.lost.clear()
        question = {"id": self._free(item.id), "prompt": item.prompt, "points": _plain_number(points), **found}
        if item.explanation:
            question["explanation"] = item.explanation
        try:
            _QUESTION.validate_python(question)
        except ValidationError as error:
            reason = error.errors()[0]["msg"].removeprefix("Value error, ")
            raise UnmappedItemError(f"it cannot be a question here: {reason}") from error
        self.questions.append(question)
        outcome = PartOutcome.CHANGED if changes else PartOutcome.KEPT
        said = f"question {question['id']}: {question['type']}, {points:g} points"
        self.reports.append(PartReport(item.place, outcome, "; ".join([said, *changes])))

    def _free(self, wanted: str) -> str:
        stem = _NO_ID.sub("-", wanted).strip("-")[:MAX_ID] or "question"
        number, found = 1, stem
        while found in self._ids:
            number += 1
            found = f"{stem}-{number}"
        self._ids.add(found)
        return found

    def step(self, title: str, pictures: Mapping[str, bytes]) -> ImportedStep:
        """Return the quiz as a step."""
        quiz = {"passing_score": 0.7, "shuffle": True, "questions": self.questions}
        QuizFile.model_validate(quiz)
        content = yaml.safe_dump(quiz, sort_keys=False, allow_unicode=True, width=140).encode()
        return ImportedStep("quiz", title, content, tuple(self.reports), dict(pictures))


def _choice_id(number: int) -> str:
    """Return a, b, …, z, aa, …: ids go to the browser, so they say nothing of the key."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    return letters[number] if number < len(letters) else f"{_choice_id(number // 26 - 1)}{letters[number % 26]}"


def _plain_number(value: float) -> float | int:
    return int(value) if float(value).is_integer() else round(value, 6)
