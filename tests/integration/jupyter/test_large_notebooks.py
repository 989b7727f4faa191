"""Notebooks with large outputs over HTTP: nothing that a learner wrote is lost, and refusals are in words."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest

from tests.plugins.server import LiveServer

pytestmark = [pytest.mark.docker]

MIB = 1024 * 1024


@pytest.fixture
def ada(live_server: LiveServer) -> Iterator[httpx.Client]:
    with closing(live_server.learner("ada")) as client:
        client.base_url = httpx.URL(live_server.url)
        client.timeout = httpx.Timeout(60)
        yield client


def _notebook(megabytes: int) -> dict[str, Any]:
    output = {"output_type": "stream", "name": "stdout", "text": "x" * (megabytes * MIB)}
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": "work", "outputs": [output]}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}


def _save(client: httpx.Client, notebook: dict[str, Any]) -> httpx.Response:
    return client.put("/api/contents/n.ipynb", json={"type": "notebook", "format": "json", "content": notebook})


def test_a_save_over_the_file_limit_keeps_the_sources(ada: httpx.Client) -> None:
    saved = _save(ada, _notebook(20))
    assert saved.status_code in (200, 201)
    assert "outputs of cell 1" in saved.json()["message"]
    [cell] = ada.get("/api/contents/n.ipynb").json()["content"]["cells"]
    assert cell["source"] == "work"
    assert "left out of the file" in cell["outputs"][0]["text"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "/api/contents/n.ipynb"), pytest.param("POST", "/nexus/api/v1/forum/threads", marks=pytest.mark.long)],
)
def test_a_body_over_the_limit_is_read_and_answered_in_words(ada: httpx.Client, method: str, path: str) -> None:
    for _ in range(2):  # the connection stays usable
        refused = ada.request(method, path, content=b"x" * 33 * MIB)
        assert refused.status_code == 413
        assert "Clear large outputs" in refused.json()["message"]
        assert refused.json()["error"]["code"] == "too_large"


def test_format_3_is_saved(ada: httpx.Client) -> None:
    sheets = [{"cells": [{"cell_type": "code", "input": "1", "language": "python", "outputs": []}]}]
    assert _save(ada, {"nbformat": 3, "nbformat_minor": 0, "worksheets": sheets}).status_code in (200, 201)
    assert ada.get("/api/contents/n.ipynb").json()["content"]["cells"][0]["source"] == "1"
