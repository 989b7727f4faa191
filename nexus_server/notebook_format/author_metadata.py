"""What authors may say in a notebook's metadata, under ``nexus`` and ``extended_cell``, and its schemas.

A key that is not here is an error, because it is nearly always a misspelt one. What of it learners get is decided by
`release_contents`.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from nbformat import NotebookNode
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

ConceptId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:[._-][a-z0-9]+)*$", max_length=120)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=80)]
Scalar = str | int | float | bool


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RubricItem(_Strict):
    """One thing that a person looks for in an answer, and the points that it gives or takes."""

    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]+$", max_length=80)]
    text: Text
    points: float = Field(allow_inf_nan=False)


class CellMetadata(_Strict):
    """``metadata.nexus`` of a cell."""

    #: concepts that a graded cell shows
    concepts: list[ConceptId] = []
    #: hints for the task, in order: the idea, the form, the form with gaps
    hints: list[Text] = []
    #: items for marking by hand
    rubric: list[RubricItem] = []
    #: whether learners read the literal messages of hidden asserts
    messages: Literal["shown", "hidden"] = "shown"

    @model_validator(mode="after")
    def _unique(self) -> Self:
        ids = [item.id for item in self.rubric]
        if len(set(ids)) != len(ids):
            raise ValueError("two items of the rubric have the same id")
        if len(set(self.concepts)) != len(self.concepts):
            raise ValueError("a concept is named twice")
        return self


class Range(_Strict):
    """Numbers from `min` to `max`, both included, in steps."""

    min: int | float
    max: int | float
    step: int | float = Field(1, gt=0)

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if self.min > self.max:
            raise ValueError("min is greater than max")
        return self


class NotebookMetadata(_Strict):
    """``metadata.nexus`` of a notebook."""

    #: the lab that the notebook is known as; written when a learner opens it
    node_id: str | None = None
    #: values that a learner's variant is drawn from, by name
    parameters: dict[Name, Annotated[list[Scalar], Field(min_length=1)] | Range] = {}
    #: what takes an answer's place instead of the product's own stubs; an import writes a course's here
    stubs: dict[Literal["code", "text"], str] = {}


class ExtendedCell(_Strict):
    """``metadata.extended_cell``, as e2xgrader writes it."""

    #: singlechoice and multiplechoice are drawn and graded; other kinds are cells like any other
    type: str
    options: dict[str, Scalar | None] = {}
    #: numbers of the right options, counted from 0; never in a release
    choice: list[str | int] = []
    #: left by older versions of e2xgrader; never read
    source: dict[str, Any] | None = None


def shows_messages(cell: NotebookNode) -> bool:
    """Whether learners read the literal messages of a test's hidden checks."""
    raw = cell.metadata.get("nexus")
    return not (isinstance(raw, dict) and raw.get("messages") == "hidden")


def metadata_problems(notebook: NotebookNode) -> Iterator[tuple[int | None, str]]:
    """Yield each mistake in the authors' keys: its cell (from 0; None: the notebook), and a text that names the key."""
    for index, cell in enumerate(notebook.cells):
        for key, model in (("nexus", CellMetadata), ("extended_cell", ExtendedCell)):
            for message in _faults(cell.metadata, key, model):
                yield index, message
    for message in _faults(notebook.metadata, "nexus", NotebookMetadata):
        yield None, message


def _faults(metadata: NotebookNode, key: str, model: type[BaseModel]) -> Iterator[str]:
    if key not in metadata:
        return
    try:
        model.model_validate(metadata[key])
    except ValidationError as error:
        for item in error.errors():
            where = ".".join(str(part) for part in ("metadata", key, *item["loc"]) if "[" not in str(part))
            message = item["msg"].removeprefix("Value error, ")
            yield f"{where}: {message.replace('Extra inputs are not permitted', 'there is no such key')}"
