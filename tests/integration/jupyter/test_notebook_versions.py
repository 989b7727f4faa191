"""Former versions through Jupyter's own contents API, as JupyterLab and the learning pages save."""

from typing import Any

import httpx
import pytest

from nexus_server.web.contract import API
from tests.plugins.server import LiveServer

pytestmark = [pytest.mark.docker]


def save(client: httpx.Client, path: str, source: str, printed: str = "") -> None:
    outputs = [{"output_type": "stream", "name": "stdout", "text": printed}] if printed else []
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": source, "outputs": outputs, "execution_count": 1}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
    body = {"type": "notebook", "format": "json", "content": notebook}
    client.put(f"/api/contents/{path}", json=body).raise_for_status()


def versions(client: httpx.Client, path: str) -> list[dict[str, Any]]:
    reply = client.get(f"{API}/me/notebook-versions", params={"path": path}).raise_for_status()
    found: list[dict[str, Any]] = reply.json()["items"]
    return found


def test_a_version_is_compared_brought_back_renamed_and_deleted(live_server: LiveServer, ada: httpx.Client) -> None:
    save(ada, "n.ipynb", "then")
    save(ada, "n.ipynb", "now", "printed")
    [version] = versions(ada, "n.ipynb")
    assert version["cells"] == 1
    address = f"{API}/me/notebook-versions/{version['id']}"
    compared = ada.get(address).raise_for_status().json()
    assert [(cell["before"], cell["after"]) for cell in compared["cells"]] == [("now", "then")]
    back = ada.post(f"{address}/restore").raise_for_status().json()
    [cell] = ada.get("/api/contents/n.ipynb").json()["content"]["cells"]
    assert (cell["source"], cell["outputs"]) == ("then", [])
    kept = versions(ada, "n.ipynb")
    assert [one["id"] for one in kept] == [back["kept"], version["id"]]

    ada.patch("/api/contents/n.ipynb", json={"path": "m.ipynb"}).raise_for_status()
    assert versions(ada, "n.ipynb") == []
    assert [one["id"] for one in versions(ada, "m.ipynb")] == [one["id"] for one in kept]
    ada.delete("/api/contents/m.ipynb").raise_for_status()
    assert versions(ada, "m.ipynb") == []
    gone = ada.get(address)
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "no_such_version")
    exported = ada.get(f"{API}/me/export").raise_for_status().json()
    assert exported["notebook_versions.user_id"] == []


@pytest.mark.parametrize("path", ["", "../x.ipynb", "a" * 1001])
def test_a_path_that_is_none_is_refused(live_server: LiveServer, ada: httpx.Client, path: str) -> None:
    refused = ada.get(f"{API}/me/notebook-versions", params={"path": path})
    assert refused.status_code in (400, 422)
