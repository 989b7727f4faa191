"""The pages of instructors and administrators in German and Spanish, with high contrast and letters that are easier to
read, and what is said when something goes wrong: nothing stays English, nothing breaks a page, axe-core finds nothing.
"""

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.axe import Audit
from tests.browser.test_languages import english_only, look, reader
from tests.plugins.sampling import sampled
from tests.plugins.server import PASSWORD
from tests.plugins.workshop import Workshop

__all__ = ("reader",)

pytestmark = [pytest.mark.browser, pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(420)]

LANGUAGES = ("de-DE", "es-MX")
#: titles of the workshop, and names of people, that are texts of the pages, too
AUTHORED = {"Welcome", "Instructor", "Administrator"}
DESK: ViewportSize = {"width": 1366, "height": 800}


def english(page: Page) -> tuple[str, set[str]]:
    """Return a page's language, and what it says otherwise than in English."""
    language = page.evaluate("navigator.language")[:2]
    return language, english_only({"de": "de_DE", "es": "es_ES"}[language]) - AUTHORED


def enter(page: Page, workshop: Workshop, who: str) -> None:
    """Log in, and open the page of those who teach or who run the site."""
    address = (workshop.instructor, PASSWORD) if who == "teaching" else workshop.server.administrator()
    login = dict(zip(("email", "password"), address, strict=True))
    assert page.context.request.post(f"{workshop.server.url}/nexus/api/v1/auth/login", data=login).ok
    page.goto(f"{workshop.server.url}/nexus/learn/{who}")
    expect(page.get_by_role("tab").first).to_be_visible()


def wait_until_all_is_there(page: Page) -> None:
    expect(page.locator(".nx-skeleton, [aria-busy=true]")).to_have_count(0)


def display(page: Page, contrast: str, reading: str) -> None:
    """Show the page as somebody sees it who chose so under *Display*."""
    page.evaluate(
        "([contrast, reading]) => Object.assign(document.documentElement.dataset,"
        " { nxContrast: contrast, nxReading: reading })",
        [contrast, reading],
    )


@pytest.mark.parametrize(
    ("reader", "who"),
    sampled(
        [(language, who) for language in LANGUAGES for who in ("teaching", "administration")],
        ["de-DE-teaching"],
        ids=[f"{language}-{who}" for language in LANGUAGES for who in ("teaching", "administration")],
    ),
    indirect=["reader"],
)
def test_every_tab_is_in_its_readers_language_fits_and_can_be_used_by_everybody(
    reader: Page, who: str, workshop: Workshop
) -> None:
    language, only_english = english(reader)
    audit = Audit(reader)
    enter(reader, workshop, who)
    for place in range(reader.get_by_role("tab").count()):
        reader.set_viewport_size(DESK)
        tab = reader.get_by_role("tab").nth(place)
        name = f"{who}-{place}"
        tab.click()
        wait_until_all_is_there(reader)
        look(reader, name, language, only_english)
        reader.set_viewport_size(DESK)
        audit.look(name)
        display(reader, "high", "easy")
        look(reader, f"{name}-display", language, only_english)
        audit.look_at_contrast(name)
        display(reader, "normal", "normal")
    assert not audit.found, "\n\n".join(audit.found)


@pytest.mark.parametrize("reader", sampled(LANGUAGES, ["es-MX"]), indirect=True)
def test_what_goes_wrong_is_said_in_its_readers_language(reader: Page, workshop: Workshop) -> None:
    language, only_english = english(reader)
    audit = Audit(reader)

    def note(state: str) -> None:
        look(reader, state, language, only_english)
        reader.set_viewport_size(DESK)
        audit.look(state)

    enter(reader, workshop, "teaching")
    reader.goto(f"{workshop.server.url}/nexus/learn/roadmaps/nothing")
    expect(reader.get_by_role("alert").first).to_be_visible()
    note("no such roadmap")
    reader.goto(f"{workshop.server.url}/nexus/learn/nowhere")
    expect(reader.locator("main h1")).to_be_visible()
    note("no such page")
    reader.goto(f"{workshop.server.url}/nexus/learn/teaching")
    expect(reader.get_by_role("tab").first).to_be_visible()
    reader.context.set_offline(offline=True)
    expect(reader.locator(".nx-offline")).to_be_visible()
    note("a cut line")
    reader.context.set_offline(offline=False)
    expect(reader.locator(".nx-offline")).to_have_count(0)
    assert not audit.found, "\n\n".join(audit.found)
