"""Debian's Chromium, driven by Playwright; what it shows is kept in `tests/output/`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, expect, sync_playwright

from tests.plugins.server import StartServer
from tests.plugins.workshop import Workshop, found, write_workshop

ROOT = Path(__file__).resolve().parents[2]
OUTPUT = ROOT / "tests" / "output"
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

#: milliseconds; a busy machine is slow, and nothing here measures speed
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)

#: the hash of `body {}`: before a picture Playwright adds that style to the page, where Firefox refuses and reports it
PLAYWRIGHTS_OWN = "sha256-YjaKGiklmzC6wjXA513HAMmzus8VE61XCOT+SmwNZWA="

Shoot = Callable[[str], None]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser per module: Playwright's event loop must be gone before an async test runs."""
    built = ROOT / "nexus_server" / "static" / "pages.js"
    assert built.is_file(), "The front end is not built: run `npm ci && npm run build` in labextension/."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def workshop(start_lasting_server: StartServer, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """One server with a course of its own for all tests of these pages."""
    content = write_workshop(tmp_path_factory.mktemp("workshop"))
    server = start_lasting_server(NEXUS_CONTENT_DIR=str(content))
    return found(server, content)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A fresh profile's page in Chromium; a script error on it fails the test."""
    with fresh_page(chromium) as page:
        yield page


@contextmanager
def fresh_page(browser: Browser) -> Iterator[Page]:
    """Open a fresh profile's page; a script error on it fails the test."""
    # What turns and pulses is drawn by the processor, which the tests beside this one need.
    context = browser.new_context(
        viewport={"width": 1440, "height": 900},
        timezone_id="Europe/Berlin",
        locale="en-GB",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(_text_of(error)) if _is_of_a_script(_text_of(error)) else None)
    page.on("console", lambda message: broken.append(message.text) if _is_refused_by_policy(message) else None)
    yield page
    context.close()
    assert not broken, f"The page's scripts failed: {broken}"


@pytest.fixture
def shoot(page: Page) -> Shoot:
    """Save a picture of the page under a name."""
    OUTPUT.mkdir(parents=True, exist_ok=True)

    def save(name: str) -> None:
        page.screenshot(path=OUTPUT / f"{name}.png")

    return save


def _text_of(error: Error) -> str:
    return str(error)


def _is_of_a_script(error: str) -> bool:
    """Tell an error of a script from what Firefox reports as one: a server that is away, and Playwright's style."""
    return PLAYWRIGHTS_OWN not in error and "establish a connection to the server at ws" not in error


def _is_refused_by_policy(message: ConsoleMessage) -> bool:
    """Tell what Chromium and Firefox say of something that the policy of our pages forbids."""
    is_refused = "Content Security Policy" in message.text or "violates the following directive" in message.text
    return is_refused and PLAYWRIGHTS_OWN not in message.text and "/nexus/" in message.location["url"]
