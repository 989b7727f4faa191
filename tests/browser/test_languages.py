"""A student reads the pages in German and in Spanish: nothing stays English, long words break no page, and axe-core
finds nothing that somebody could not use.
"""

from collections.abc import Iterator

import catalogs
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import Audit
from tests.browser.conftest import OUTPUT
from tests.browser.people import newcomer
from tests.plugins.server import PASSWORD, LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(420)]

WIDTHS = (1366, 390, 320)
ROADMAP = "/nexus/learn/roadmaps/python-foundations"
PAGES = {
    "home": "/nexus/learn",
    "note": f"{ROADMAP}/welcome",
    "roadmap": ROADMAP,
    "profile": "/nexus/learn/profile",
    "badges": "/nexus/learn/badges",
    "progress": "/nexus/learn/progress",
    "leaderboard": "/nexus/learn/leaderboard",
    "forum": "/nexus/learn/forum",
    "practice": "/nexus/learn/practice",
    "playground": "/nexus/learn/playground",
}

#: texts that stand alone: of elements without others in them, and of what is read aloud
SAID = """() => {
    // what people wrote, and their names, stay as they are; buttons within a text are ours
    const AUTHORED = 'pre, code, .cm-editor, .nx-html *:not(button, button *), .nx-board-row *, .nx-thread *';
    const seen = new Set();
    for (const element of document.body.querySelectorAll('*')) {
        if (!element.checkVisibility() || element.closest(AUTHORED)) continue;
        for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
            if (element.getAttribute(name)) seen.add(element.getAttribute(name).trim());
        for (const node of element.childNodes)
            if (node.nodeType === Node.TEXT_NODE && node.data.trim()) seen.add(node.data.trim());
    }
    return [...seen];
}"""
#: by how many pixels the page is wider than its window, and what sticks out
STICKS_OUT = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const wide = [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > width + 1);
    return wide.map(one => `${one.tagName}.${one.className}: ${one.innerText?.slice(0, 40)}`).slice(-4);
}"""


def english_only(locale: str) -> set[str]:
    """Return the texts of the pages that are said otherwise in a language."""
    catalog = catalogs.read(locale, catalogs.FRONT_END)
    return {str(each.id) for each in catalog if isinstance(each.id, str) and each.id and each.string != each.id}


@pytest.fixture(params=["de-DE", "es-MX"])
def reader(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A browser that asks for one of the languages."""
    context = chromium.new_context(locale=request.param, timezone_id="Europe/Berlin", reduced_motion="reduce")
    page = context.new_page()
    yield page
    context.close()


def test_every_page_of_a_student_is_in_their_language_and_fits(reader: Page, live_server: LiveServer) -> None:
    language = reader.evaluate("navigator.language")[:2]
    english = english_only({"de": "de_DE", "es": "es_ES"}[language])
    audit = Audit(reader)
    reader.goto(f"{live_server.url}/nexus/register")
    look(reader, "register", language, english)
    audit.look("register")
    enter(reader, live_server)
    for name in PAGES:
        open_page(reader, live_server, name, language)
        look(reader, name, language, english)
        reader.set_viewport_size({"width": WIDTHS[0], "height": 800})
        audit.look(name)
    assert not audit.found, "\n\n".join(audit.found)


def enter(page: Page, server: LiveServer) -> None:
    """Make a new account and log in."""
    account = {"email": newcomer("Zoë").email, "password": PASSWORD, "display_name": "Zoë"}
    for path in ("register", "login"):
        sent = page.context.request.post(f"{server.url}/nexus/api/v1/auth/{path}", data=account)
        assert sent.ok, sent.text()


def open_page(page: Page, server: LiveServer, name: str, language: str) -> None:
    """Open one of the pages, and wait until all of it is there."""
    page.set_viewport_size({"width": WIDTHS[0], "height": 800})
    page.goto(server.url + PAGES[name])
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("main h1, main h2").first).to_be_visible()
    expect(page.locator(".nx-skeleton, [aria-busy=true]")).to_have_count(0)


def look(page: Page, name: str, language: str, english: set[str]) -> None:
    """Look at a page in every width."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert sorted(english.intersection(page.evaluate(SAID))) == [], f"{name} says this in English"
        assert page.evaluate(STICKS_OUT) == [], f"{name} is wider than {width} pixels"
        OUTPUT.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=OUTPUT / f"{language}-{name}-{width}.png")
