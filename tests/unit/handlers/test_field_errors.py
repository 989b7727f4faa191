"""What pydantic says of a field is said in the reader's language; in English it stays pydantic's own sentence."""

from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from nexus_server.handlers.field_errors import field_errors
from nexus_server.languages import UserLanguage, translate
from nexus_server.phrases import Phrase


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Sample(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, StringConstraints(min_length=1, max_length=3, pattern="^a")] = "a"
    long_text: Annotated[str, StringConstraints(min_length=2)] = "ab"
    number: Annotated[int, Field(ge=1, le=9)] = 1
    share: Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)] = 0.5
    flag: bool = False
    colour: Colour = Colour.RED
    way: Literal["in", "out"] = "in"
    items: Annotated[list[int], Field(min_length=1, max_length=2)] = [1]
    id: UUID | None = None
    at: AwareDatetime | None = None
    needed: int = 1


WRONG: list[dict[str, Any]] = [
    {"text": ""}, {"text": "aaaa"}, {"text": "b"}, {"text": 3}, {"long_text": "a"},
    {"number": 0}, {"number": 10}, {"number": "x"}, {"number": 1.5}, {"number": []},
    {"share": 0}, {"share": 1}, {"share": "x"}, {"share": []}, {"share": float("nan")},
    {"flag": "x"}, {"flag": []}, {"colour": "pink"}, {"way": "up"},
    {"items": []}, {"items": [1, 2, 3]}, {"items": 1}, {"id": "x"}, {"at": "2026-11-30T10:00:00"}, {"at": "soon"},
    {"other": 1},
]  # fmt: skip


@pytest.mark.parametrize("values", WRONG, ids=repr)
def test_the_sentence_is_pydantics_own_and_can_be_translated(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        Sample.model_validate(values)
    [(_, said)] = field_errors(caught.value).items()
    assert said == caught.value.errors()[0]["msg"]
    assert isinstance(said, Phrase)
    for language in (UserLanguage.GERMAN, UserLanguage.SPANISH):
        assert translate(said, language) != said


def test_a_missing_field_is_named() -> None:
    class Needy(BaseModel):
        name: str

    with pytest.raises(ValidationError) as caught:
        Needy.model_validate({})
    assert field_errors(caught.value) == {"name": "Field required"}
