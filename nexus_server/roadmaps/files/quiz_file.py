"""The schema of ``quizzes/*.yaml``: six types of question."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from nexus_server.roadmaps.files.concept_file import ConceptId, Section
from nexus_server.roadmaps.files.roadmap_file import Share, Strict

QuestionId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]+$", max_length=80)]
Prompt = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


def _as_alternatives(value: object) -> object:
    """One answer or several; YAML reads ``42`` as a number where a text is meant."""
    values = value if isinstance(value, list) else [value]
    return [str(item) if isinstance(item, int | float) and not isinstance(item, bool) else item for item in values]


_Accepted = str | int | float
Alternatives = Annotated[
    list[str],
    Field(min_length=1),
    BeforeValidator(
        _as_alternatives, json_schema_input_type=_Accepted | Annotated[list[_Accepted], Field(min_length=1)]
    ),
]


class Choice(Strict):
    """Something to choose or to put in order; `text` is Markdown."""

    id: QuestionId
    text: Prompt


class _Question(Strict):
    id: QuestionId
    prompt: Prompt
    points: float = Field(1, gt=0, le=1000)
    #: Markdown, shown at once for a right answer, for others after passing and after the last attempt
    explanation: str = ""
    #: concepts that a right answer shows
    concepts: list[ConceptId] = Field(default_factory=list)
    #: heading of the note where to read about it
    section: Section | None = None


class _ChoiceQuestion(_Question):
    choices: list[Choice] = Field(min_length=2)
    #: by choice, why it is wrong; never shown before an answer
    why: dict[QuestionId, Prompt] = Field(default_factory=dict)

    def _check_ids(self, answer: list[str]) -> None:
        ids = [choice.id for choice in self.choices]
        if len(set(ids)) != len(ids):
            raise ValueError("two choices have the same id")
        if unknown := sorted(set(answer) - set(ids)):
            raise ValueError(f"the answer names choices that are not there: {', '.join(unknown)}")
        if len(set(answer)) != len(answer):
            raise ValueError("the answer names a choice twice")
        if unknown := sorted(set(self.why) - set(ids)):
            raise ValueError(f"`why` names choices that are not there: {', '.join(unknown)}")


class SingleQuestion(_ChoiceQuestion):
    """Exactly one choice is right."""

    type: Literal["single"]
    answer: str

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        self._check_ids([self.answer])
        return self


class MultipleQuestion(_ChoiceQuestion):
    """Every right choice, and no other, must be picked."""

    type: Literal["multiple"]
    answer: list[str]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        self._check_ids(self.answer)
        return self


class OrderingQuestion(_ChoiceQuestion):
    """All choices must be put in this order."""

    type: Literal["ordering"]
    answer: list[str]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        self._check_ids(self.answer)
        if len(self.answer) != len(self.choices):
            raise ValueError("the answer of an ordering question names every choice")
        return self


class NumericQuestion(_Question):
    """A number within `tolerance` of the answer, absolute."""

    type: Literal["numeric"]
    answer: float
    tolerance: float = Field(0, ge=0)


class TextQuestion(_Question):
    """A short text, compared without regard to case, white space and how Unicode spells it; a value as a value."""

    type: Literal["text"]
    answer: Alternatives
    #: whether "Yes, always!" is the same as "yes always"
    ignore_punctuation: bool = False


class CodeOutputQuestion(_Question):
    """What a program prints, compared exactly but for white space at line ends; values by value, in any spacing."""

    type: Literal["code_output"]
    code: str
    answer: Alternatives


Question = Annotated[
    SingleQuestion | MultipleQuestion | OrderingQuestion | NumericQuestion | TextQuestion | CodeOutputQuestion,
    Field(discriminator="type"),
]


class QuizFile(Strict):
    """A whole quiz."""

    #: share of the points, 0 to 1
    passing_score: Share = 0.7
    shuffle: bool = True
    max_attempts: int | None = Field(None, ge=1)
    questions: list[Question] = Field(min_length=1)
