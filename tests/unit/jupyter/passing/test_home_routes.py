"""Which requests need a home: the list that the routes make is the one of the table of routes."""

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml

from nexus_server.handlers.routes import ROUTES, pattern_of
from nexus_server.jupyter.front_door.allow_list import OPENINGS
from nexus_server.jupyter.front_door.gate import Guard
from nexus_server.jupyter.passing.home_routes import HomeRoutes, home_operations

TABLE = Path(__file__).parents[3] / "security" / "matrix.yaml"


def routes() -> list[tuple[str, Any]]:
    """Return every route with its handler, as the running server has them."""
    own = [(pattern_of(route.path), route.handler) for route in ROUTES]
    return own + [(pattern, type("Guarded", (Guard,), {"opening": each})) for pattern, each in OPENINGS.items()]


@pytest.fixture(scope="module")
def table() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))["open"]
    return found


def test_the_routes_say_what_the_table_says(table: list[dict[str, Any]]) -> None:
    """Whoever adds a route decides whether it opens files or kernels, and writes it in both places."""
    told = {(method, row["path"]) for row in table for method in row.get("home", ())}
    assert set(home_operations(routes())) == told


def test_every_example_of_the_table_goes_where_it_should(table: list[dict[str, Any]]) -> None:
    found = HomeRoutes(home_operations(routes()))
    for row in table:
        path = re.sub(r"\{\w+\}", str(uuid4()), row["example"].partition("?")[0])
        for method in row["methods"]:
            assert ((method, path) in found) == (method in row.get("home", ())), (method, path)


@pytest.mark.parametrize(
    "path",
    ["/api/contents", "/api/contents/a/b.ipynb", "/files/a%2Fb.txt", "/api/kernels/1-2-3-4-5/channels"],
)
def test_files_and_kernels_need_one(path: str) -> None:
    assert ("GET", path) in HomeRoutes(home_operations(routes()))
    assert ("GET", f"/school{path}") in HomeRoutes(home_operations(routes()), "/school/")
    assert ("GET", f"/school{path}") not in HomeRoutes(home_operations(routes()))


def test_without_such_routes_nothing_does() -> None:
    assert ("GET", "/api/contents") not in HomeRoutes([])
