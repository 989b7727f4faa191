"""The tutor's pages: what an instructor lets it do, who waits for help, and hints that come by themselves."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Shoot
from tests.browser.lab import write_cell
from tests.browser.people import log_in, register
from tests.plugins.workshop import Workshop

pytestmark = [pytest.mark.browser, pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(420)]

WIDTHS = (1366, 390, 320)
#: longer than the narrowest page, as real ones are
CELL = (
    "def mean(values):\n    return sum(values) / len(values) if values else None  # nothing to divide by\nmean(valeus)"
)


@pytest.fixture
def teaching(page: Page, workshop: Workshop) -> Page:
    """The teaching page of the learning pages, as the course's instructor finds it."""
    page.goto(f"{workshop.server.url}/nexus/login")
    log_in(page, workshop.instructor)
    expect(page.get_by_role("button", name="Profile of Instructor")).to_be_visible()
    page.goto(f"{workshop.server.url}/nexus/learn/teaching")
    expect(page.get_by_role("heading", name="Teaching")).to_be_visible()
    return page


@pytest.fixture
def stuck(workshop: Workshop) -> Iterator[httpx.Client]:
    """A student of the class who asked a person for help."""
    student = workshop.server.learner("hedy")
    student.post("/cohorts/join", json={"code": workshop.join_code}).raise_for_status()
    error = {"ename": "NameError", "evalue": "name 'valeus' is not defined", "traceback": ["Cell In[1], line 3"]}
    asked = {"node_id": workshop.lab_id, "cell_source": CELL, "error": error, "note": "I do not see it."}
    student.post("/hints", json={"cell_source": CELL, "error": error, "node_id": workshop.lab_id}).raise_for_status()
    student.post("/help", json=asked).raise_for_status()
    yield student
    student.close()


def fits(page: Page, shoot: Shoot, name: str) -> None:
    """Look at the page at each width, in both themes: nothing may stick out."""
    for theme in ("light", "dark"):
        page.evaluate("theme => document.documentElement.setAttribute('data-nx-theme', theme)", theme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            panel = page.get_by_role("tabpanel")
            panel.scroll_into_view_if_needed()
            box = panel.bounding_box()
            assert box is not None
            assert width * 0.8 <= box["width"] or box["width"] >= 900, (name, width)
            shoot(f"{name}-{width}-{theme}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
            main = "document.querySelector('main')"
            assert page.evaluate(f"{main}.scrollWidth - {main}.clientWidth") <= 0, (name, width)
    page.set_viewport_size({"width": 1366, "height": 800})


def test_an_instructor_says_what_the_tutor_may_do(teaching: Page, shoot: Shoot) -> None:
    teaching.get_by_role("tab", name="Tutor", exact=True).click()
    form = teaching.get_by_role("form", name="Say what holds")
    expect(teaching.get_by_text("Nothing is said yet")).to_be_visible()
    form.get_by_label("The tutor gives").select_option("hints")
    form.get_by_label("Words that were not taught yet").fill("comprehension, lambda")
    form.get_by_label("Off in an exam, from").fill("2027-01-20T09:00")
    expect(form.get_by_role("button", name="Let it hold")).to_be_disabled()
    form.get_by_label("Until").fill("2027-01-20T11:00")
    form.get_by_role("button", name="Let it hold").click()
    row = teaching.get_by_role("row", name="Morning class")
    expect(row).to_contain_text("hints")
    expect(row).to_contain_text("comprehension")
    expect(row).to_contain_text("off in an exam from 20 Jan 2027, 09:00")
    fits(teaching, shoot, "teaching-tutor")
    row.get_by_role("button", name="Take away").click()
    expect(teaching.get_by_text("Nothing is said yet")).to_be_visible()


def test_who_is_stuck_is_answered_in_place(teaching: Page, stuck: httpx.Client, shoot: Shoot) -> None:
    teaching.get_by_role("tab", name="Help wanted").click()
    request = teaching.get_by_role("article", name="is stuck").first
    expect(request).to_contain_text("I do not see it.")
    expect(request).to_contain_text("mean(valeus)")
    request.get_by_text("What the tutor told, and what was asked").click()
    expect(request.locator(".nx-message").first).to_contain_text("valeus")
    fits(teaching, shoot, "teaching-help")
    request.get_by_label("Answer to").fill("Read the last line of your cell **letter by letter**.")
    request.get_by_role("button", name="Answer", exact=True).click()
    expect(teaching.get_by_text("Nobody waits for help.")).to_be_visible()
    answers = [item["answer"] for item in stuck.get("/help").json()["items"]]
    assert answers == ["Read the last line of your cell **letter by letter**."]
    teaching.get_by_label("Show what is answered").check()
    expect(teaching.get_by_role("article", name="is stuck").locator("strong", has_text="letter")).to_be_visible()


def test_a_failed_cell_is_explained_by_itself_where_the_learner_wishes_it(
    page: Page, workshop: Workshop, shoot: Shoot
) -> None:
    register(page, workshop.server, "Hedy Lamarr", "/nexus/learn")
    page.goto(f"{workshop.server.url}/nexus/learn/profile")
    page.get_by_label("Explain errors by themselves").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.goto(f"{workshop.server.url}/nexus/learn/roadmaps/workshop/mean")
    expect(page.locator(".nx-lab-status")).to_have_attribute("data-kernel", "ready", timeout=90_000)
    write_cell(page, "# a place to try things", "total = 3\nprint(totl)")
    with page.expect_response(lambda reply: reply.url.endswith("/hints/first")) as told:
        page.keyboard.press("Control+Enter")
    assert told.value.status == 200
    hint: dict[str, Any] = json.loads(told.value.body())
    failed = page.locator(".jp-CodeCell", has_text="print(totl)")
    expect(failed.locator(".nx-hint")).to_contain_text("totl")
    assert hint["line_refs"] == [2]
    shoot("lab-hint-by-itself")
    # mended, the hint goes
    write_cell(page, "total = 3", "total = 3\nprint(total)")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".nx-hint")).to_have_count(0)
