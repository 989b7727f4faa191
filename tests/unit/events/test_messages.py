"""Every event has a model, and the API's document holds them all."""

from typing import Any

import pytest

from nexus_server.events.messages import EventMessage
from nexus_server.handlers.openapi import document
from nexus_server.handlers.routes import ROUTES

KINDS = EventMessage.__subclasses__()


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    found: dict[str, Any] = document(ROUTES)["components"]["schemas"]
    return found


def test_the_union_of_events_names_each_of_them(schemas: dict[str, Any]) -> None:
    named = {each["$ref"].rsplit("/", 1)[1] for each in schemas["Event"]["anyOf"]}
    assert named == {kind.__name__ for kind in KINDS}
    assert len(named) >= 15


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_event_says_what_it_is_and_leaves_no_field_out(kind: type[EventMessage], schemas: dict[str, Any]) -> None:
    schema = schemas[kind.__name__]
    assert "const" in schema["properties"]["type"]
    assert set(schema["required"]) == set(schema["properties"])
