from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest
from pydantic import BaseModel, ValidationError

from nexus_server.handlers.lists import FromAttributes, PageOut, PageQuery
from nexus_server.paging import Page, Position

PLACE = Position(datetime(2026, 11, 18, 11, 0, 0, 5, tzinfo=UTC), UUID(int=7))


class NameOut(FromAttributes):
    name: str


@dataclass
class Named:
    name: str


class NamesOut(PageOut[NameOut]):
    """Names."""


def test_a_page_is_shaped_with_its_cursor() -> None:
    shaped = NamesOut.model_validate(Page([Named("Ada"), Named("Bob")], PLACE))
    assert shaped.model_dump() == {"items": [{"name": "Ada"}, {"name": "Bob"}], "next": str(PLACE)}
    assert NamesOut.model_validate(Page([], None)).next is None


def test_the_cursor_of_a_page_is_taken_back() -> None:
    assert PageQuery.model_validate({"cursor": str(PLACE)}).cursor == PLACE
    assert PageQuery.model_validate({}) == PageQuery(cursor=None, limit=50)


@pytest.mark.parametrize("query", [{"cursor": "x"}, {"limit": 0}, {"limit": 201}, {"page": "2"}])
def test_other_queries_are_refused(query: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        PageQuery.model_validate(query)


def test_the_document_says_that_a_cursor_is_a_text() -> None:
    def of(model: type[BaseModel], name: str, mode: str) -> object:
        return model.model_json_schema(mode=mode)["properties"][name]["anyOf"]  # type: ignore[arg-type]

    assert of(PageQuery, "cursor", "validation") == [{"type": "string"}, {"type": "null"}]
    assert of(NamesOut, "next", "serialization") == [{"type": "string"}, {"type": "null"}]
