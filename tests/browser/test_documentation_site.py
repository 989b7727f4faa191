"""The built documentation is whole: it can be searched, draws its diagrams, and loads nothing from elsewhere."""

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Page, expect

ROOT = Path(__file__).resolve().parents[2]
#: what a browser fetches by itself when it shows a page
LOADED = {("link", "href"), ("script", "src"), ("img", "src"), ("source", "src"), ("video", "src"), ("iframe", "src")}
#: what style sheets fetch
FETCHED = re.compile(r"(?:@import\s+[\"']?|url\(\s*[\"']?)((?:https?:)?//[^\"')\s]+)")
HOSTS = re.compile(r"unpkg|jsdelivr|cdnjs|googleapis|gstatic|bootstrapcdn|skypack|esm\.sh", re.IGNORECASE)

pytestmark = pytest.mark.browser


class Addresses(HTMLParser):
    """Every address on a page that is loaded or linked, and every place that a link may name."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.linked: list[str] = []
        self.places: set[str] = set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if (tag, name) in LOADED and value:
                self.loaded.append(value)
            elif (tag, name) == ("a", "href") and value:
                self.linked.append(value)
            elif name == "id" and value:
                self.places.add(value)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site as `make docs` does."""
    folder = tmp_path_factory.mktemp("docs") / "html"
    command = [sys.executable, str(ROOT / "scripts" / "docs_site.py"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_the_site_loads_nothing_from_another_site(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 20
    assert [(page.name, url) for page in pages for url in Addresses(page).loaded if urlsplit(url).netloc] == []
    texts = [*pages, *site.rglob("*.css"), *site.rglob("*.js")]
    assert [page.name for page in texts if HOSTS.search(page.read_text(encoding="utf-8"))] == []
    styles = [*pages, *site.rglob("*.css")]
    assert [page.name for page in styles if FETCHED.search(page.read_text(encoding="utf-8"))] == []


def test_every_link_of_the_site_leads_to_a_page_and_a_place_on_it(site: Path) -> None:
    pages = {page: Addresses(page) for page in sorted(site.rglob("*.html"))}
    dead = [
        (page.name, url)
        for page, addresses in pages.items()
        for url in [*addresses.linked, *addresses.loaded]
        if not urlsplit(url).scheme and not _exists(page, url, pages)
    ]
    assert dead == []


def _exists(page: Path, url: str, pages: dict[Path, Addresses]) -> bool:
    parts = urlsplit(url)
    target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if not target.exists():
        return False
    return not parts.fragment or target not in pages or unquote(parts.fragment) in pages[target].places


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files, and says nothing of it."""

    def log_message(self, *args: object) -> None: ...


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Serve the site."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def asked(page: Page) -> list[str]:
    """Every address that the page asks for."""
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url))
    return urls


def test_a_reader_searches_and_finds(address: str, page: Page, asked: list[str]) -> None:
    page.goto(address)
    page.get_by_role("textbox", name="Search").first.fill("leaderboard")
    page.keyboard.press("Enter")
    expect(page.locator("#search-results li").first).to_be_visible()
    assert asked
    assert [url for url in asked if not url.startswith((address, "data:"))] == []


def test_diagrams_are_drawn(address: str, page: Page, asked: list[str]) -> None:
    page.goto(f"{address}contributor/diagrams.html")
    expect(page.locator("pre.mermaid svg")).to_have_count(3)
    expect(page.locator("pre.mermaid svg").first).to_be_visible()
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
