"""External links, against a server on loopback: gone is an error, a bad day gets more chances, then a warning."""

import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from nexus_server.roadmaps.checks.external_links import ExternalLink, Patience, check_external, external_links
from nexus_server.roadmaps.files.loader import load_content
from nexus_server.roadmaps.files.problem import Severity

PATIENCE = Patience(timeout_s=20.0, attempts=3, pause_s=0.01)


class _Site(BaseHTTPRequestHandler):
    asked: ClassVar[Counter[str]] = Counter()

    def _answer(self, method: str) -> None:
        self.asked[f"{method} {self.path}"] += 1
        status = {"/gone": 404, "/down": 503, "/no-head": 405 if method == "HEAD" else 200}.get(self.path, 200)
        if self.path == "/second-chance" and self.asked[f"{method} {self.path}"] == 1:
            status = 500
        self.send_response(status)
        self.end_headers()

    def do_HEAD(self) -> None:
        self._answer("HEAD")

    def do_GET(self) -> None:
        self._answer("GET")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    _Site.asked = Counter()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


async def test_each_address_is_judged_by_its_answers(site: str) -> None:
    links = [
        ExternalLink("a/notes/x.md", line, f"{site}/{path}")
        for line, path in enumerate(["fine", "gone", "down", "no-head", "second-chance", "gone"], start=1)
    ]
    found = await check_external(links, PATIENCE)
    assert [(problem.line, problem.severity) for problem in found] == [
        (2, Severity.ERROR),
        (3, Severity.WARNING),
        (6, Severity.ERROR),
    ]
    assert _Site.asked["HEAD /gone"] == 1
    assert _Site.asked["HEAD /down"] == PATIENCE.attempts
    assert _Site.asked["HEAD /second-chance"] == 2


async def test_nobody_there_is_a_warning() -> None:
    [problem] = await check_external([ExternalLink("a/b.md", 1, "http://127.0.0.1:1/x")], PATIENCE)
    assert problem.severity is Severity.WARNING


def test_links_are_found_with_file_and_line(content_dir: Path) -> None:
    note = content_dir / "tiny/notes/quizzed.md"
    note.write_text(note.read_text() + "\n\nSee [there](https://example.org/x) and [here](hello.md).\n")
    [link] = external_links(load_content(content_dir))
    assert (link.file, link.url) == ("tiny/notes/quizzed.md", "https://example.org/x")
    assert note.read_text().splitlines()[link.line - 1].startswith("See [there]")
