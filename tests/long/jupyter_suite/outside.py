"""Fixtures for Jupyter Server's own tests that talk HTTP to a server that runs elsewhere, as one of its learners.

A plugin of pytest for the process that runs those tests; `NEXUS_SUITE` tells it where the server is, and where to note
how each test ended.
"""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from jupyter_server.utils import url_path_join
from tornado.escape import url_escape
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.httputil import url_concat
from tornado.websocket import websocket_connect

# The tests' own conftest asks for the plugin that starts a server inside of this process.
sys.modules["jupyter_server.pytest_plugin"] = ModuleType("jupyter_server.pytest_plugin")
SITE = json.loads(os.environ["NEXUS_SUITE"])
HEADERS = {"Authorization": f"Bearer {SITE['token']}"}
REQUEST_TIMEOUT_S = 60.0
#: how each test ended; one that failed at its end or its start failed
_endings: dict[str, str] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note how a test ended."""
    if report.outcome != "passed" or report.when == "call":
        _endings[report.nodeid] = report.outcome if report.when == "call" else "failed"


def pytest_sessionfinish() -> None:
    """Tell it."""
    Path(SITE["endings"]).write_text(json.dumps(_endings), encoding="utf-8")


def url_of(*parts: str, params: dict[str, Any] | None = None) -> str:
    """Return an address of the server's."""
    path = url_escape(url_path_join(*parts), plus=False) if parts else ""
    return url_concat(url_path_join(SITE["url"], path), params or {})


async def fetch(*parts: str, headers: dict[str, str] | None = None, params: Any = None, **options: Any) -> Any:
    """Send a request."""
    options = {"request_timeout": REQUEST_TIMEOUT_S, "headers": {**HEADERS, **(headers or {})}, **options}
    return await AsyncHTTPClient().fetch(url_of(*parts, params=params), **options)


@pytest.fixture
def jp_fetch() -> Any:
    """Send requests to the server."""
    return fetch


@pytest.fixture
def jp_ws_fetch() -> Any:
    """Open WebSockets to the server."""

    async def connect(*parts: str, headers: dict[str, str] | None = None, params: Any = None, **options: Any) -> Any:
        url = url_of(*parts, params=params).replace("http", "ws", 1)
        return await websocket_connect(HTTPRequest(url, headers={**HEADERS, **(headers or {})}, **options))

    return connect


@pytest.fixture
def jp_base_url() -> str:
    """The server's prefix."""
    return "/"


@pytest.fixture
def jp_root_dir() -> Path:
    """The learner's files, on this machine."""
    return Path(SITE["files"])


@pytest.fixture
def jp_serverapp(jp_root_dir: Path) -> Any:
    """As much of the server as can be known from outside."""
    kernels = SimpleNamespace(use_pending_kernels=False, get_kernel=lambda _id: object())
    return SimpleNamespace(root_dir=str(jp_root_dir), kernel_manager=kernels)


@pytest.fixture
def jp_kernelspecs() -> None:
    """Add no kernels: the site's own are what it has."""


@pytest.fixture
def jp_data_dir(tmp_path: Path) -> Path:
    """A place of no meaning to the server."""
    return tmp_path


@pytest.fixture
def jp_http_port() -> int:
    """The server's port."""
    return int(SITE["url"].rpartition(":")[2])


@pytest.fixture
def jp_auth_header() -> dict[str, str]:
    """The learner's token."""
    return HEADERS


@pytest.fixture(autouse=True)
def empty_place() -> Iterator[None]:
    """Begin each test without files, sessions and kernels."""
    yield
    asyncio.run(_end_everything())
    for path in Path(SITE["files"]).iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


async def _end_everything() -> None:
    for kind in ("sessions", "kernels"):
        for each in json.loads((await fetch("api", kind)).body):
            await fetch("api", kind, each["id"], method="DELETE", raise_error=False)
