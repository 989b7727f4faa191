"""What is next, what one knows, practice, and the map of a roadmap, in the learning pages."""

import re

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.axe import Audit
from tests.browser.conftest import Shoot
from tests.browser.people import log_in, register
from tests.browser.quiz import answer
from tests.plugins.workshop import Workshop

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(420)]

PHONE: ViewportSize = {"width": 390, "height": 800}
SMALL: ViewportSize = {"width": 320, "height": 700}
WIDE: ViewportSize = {"width": 1366, "height": 768}


def expect_no_overflow(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def open_start_page(page: Page, workshop: Workshop) -> None:
    page.goto(f"{workshop.server.url}/nexus/learn")
    expect(page.get_by_role("region", name="Next for you")).to_contain_text("It is the next step of “Workshop”.")


def pass_the_quiz(page: Page, workshop: Workshop) -> None:
    page.goto(f"{workshop.server.url}/nexus/learn/roadmaps/workshop/welcome")
    quiz = page.get_by_role("region", name="Quiz")
    answer(quiz, five="6")
    quiz.get_by_role("button", name="Check my answers").click()
    expect(quiz.locator(".nx-verdict")).to_contain_text("Passed")


def test_practice_asks_what_was_learnt_and_the_concepts_move(page: Page, workshop: Workshop, shoot: Shoot) -> None:
    audit = Audit(page)
    page.set_viewport_size(WIDE)
    register(page, workshop.server, "Hermann Ebbinghaus", "/nexus/learn")
    open_start_page(page, workshop)
    pass_the_quiz(page, workshop)
    open_start_page(page, workshop)
    shoot("next-for-you")
    page.get_by_role("button", name="Practise for ten minutes").click()
    expect(page.get_by_text("Question 1 of 2")).to_be_visible()
    audit.look("practice")
    shoot("practice")

    product = page.locator(".nx-question", has_text="2 * 3")
    if not product.is_visible():  # both are known equally well: either may come first
        page.get_by_role("button", name="Pass over").click()
    product.get_by_text("5", exact=True).click()
    page.get_by_role("button", name="Check my answer").press("Enter")
    expect(product).to_contain_text("That is the sum.")
    expect(product).to_contain_text("Two threes are six.")
    audit.look("practice, a wrong answer")
    page.set_viewport_size(SMALL)
    expect_no_overflow(page)
    way_on = page.get_by_role("button", name=re.compile("Next question|Finish"))
    expect(way_on).to_be_focused()
    page.keyboard.press("Enter")
    the_end, pass_over = page.get_by_role("heading", name="That was it"), page.get_by_role("button", name="Pass over")
    expect(the_end.or_(pass_over)).to_be_visible()
    if pass_over.is_visible():
        pass_over.click()
    expect(the_end).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Products")).to_contain_text("0 of 1 right")
    audit.look("the end of practice")

    page.goto(f"{workshop.server.url}/nexus/learn/progress")
    known = page.get_by_role("region", name="What I know")
    expect(known.locator("li", has_text="Products")).to_contain_text("on the way")
    expect(known.locator("li", has_text="Even numbers")).to_be_visible()
    expect_no_overflow(page)
    audit.look("progress with concepts")
    page.set_viewport_size(WIDE)
    shoot("concepts")
    assert not audit.found, "\n\n".join(audit.found)


def test_the_map_shows_what_needs_what_and_leads_on_where_there_is_room(
    page: Page, workshop: Workshop, shoot: Shoot
) -> None:
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.set_viewport_size(WIDE)
    register(page, workshop.server, "Leonhard Euler", "/nexus/learn")
    open_start_page(page, workshop)
    assert not any("/learn/RoadmapMap-" in url for url in loaded), "the start page pays for no map"
    page.goto(f"{workshop.server.url}/nexus/learn/roadmaps/workshop")
    steps = page.locator(".nx-map .nx-map-step")
    expect(steps).to_have_count(3)
    locked = steps.filter(has_text="What comes after")
    expect(locked).to_have_attribute("data-status", "locked")
    expect(locked).to_have_attribute("title", "Finish “The mean” first")
    expect(locked).to_contain_text("Note · 5 XP")
    expect(page.locator(".nx-map .react-flow__edge")).to_have_count(1)
    expect(page.locator(".nx-nodes li")).to_have_count(3)
    shoot("roadmap-map")
    steps.filter(has_text="Welcome").click()
    expect(page).to_have_url(re.compile("/roadmaps/workshop/welcome$"))

    page.set_viewport_size(PHONE)
    page.goto(f"{workshop.server.url}/nexus/learn/roadmaps/workshop")
    expect(page.locator(".nx-nodes li")).to_have_count(3)
    expect(page.locator(".nx-map")).to_have_count(0)
    expect_no_overflow(page)


def test_an_instructor_reads_what_the_class_knows(page: Page, workshop: Workshop, shoot: Shoot) -> None:
    audit = Audit(page)
    page.set_viewport_size(WIDE)
    page.goto(f"{workshop.server.url}/nexus/login?next=/nexus/learn/teaching")
    log_in(page, workshop.instructor)
    page.get_by_role("tab", name="Concepts").click()
    table = page.get_by_role("table")
    expect(table.get_by_role("row").filter(has_text="Products")).to_contain_text("0 / ")
    for name in ("Ada", "Bob", "Cleo"):
        expect(table.get_by_role("columnheader", name=name, exact=True)).to_be_visible()
    audit.look("concepts of a class")
    shoot("class-concepts")
    page.set_viewport_size(PHONE)
    expect_no_overflow(page)
    assert not audit.found, "\n\n".join(audit.found)
