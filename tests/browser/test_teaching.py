"""An instructor's day: points by hand, similar work, who is stuck, and content that changes under an open lab."""

import re
from datetime import UTC, datetime, timedelta

import nbformat
import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.axe import Audit
from tests.browser.conftest import Shoot
from tests.browser.people import expect_lab, log_in
from tests.plugins.workshop import Workshop, add_to_the_lab, break_the_quiz

pytestmark = [pytest.mark.browser, pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(420)]


@pytest.fixture
def teaching(page: Page, workshop: Workshop) -> Page:
    """The teaching page, as the course's instructor finds it."""
    workshop.end_kernels()
    page.goto(f"{workshop.server.url}/nexus/login")
    log_in(page, workshop.instructor)
    expect_lab(page, "Instructor")
    page.get_by_role("button", name="Profile of").click()
    page.get_by_role("button", name="Teaching").click()
    expect(page.get_by_role("heading", name="Teaching")).to_be_visible()
    return page


def tab(page: Page, name: str) -> None:
    """Choose a tab of the teaching page."""
    page.locator(".nx-wide").get_by_role("tab", name=name, exact=True).click()


def choose_class(page: Page) -> None:
    """Choose the class that has handed in; other tests of this server make classes of their own."""
    page.get_by_label("Class", exact=True).select_option(label="Morning class")


def still_running(route: Route) -> None:
    """Answer as the server does while everything is being graded."""
    answer = route.fetch()
    page = answer.json()
    for submission in page["items"]:
        submission.update(status="running", needs_manual=False, score=None)
    route.fulfill(response=answer, json=page)


def test_points_by_hand_reach_the_gradebook(teaching: Page, shoot: Shoot) -> None:
    teaching.route("**/teaching/submissions?*", still_running, times=1)
    tab(teaching, "Submissions")
    row = teaching.get_by_role("row", name="Bob")
    expect(row).to_contain_text("being graded")
    expect(row).to_contain_text("needs you", timeout=180_000)
    shoot("teaching-submissions")
    teaching.get_by_role("button", name="Look at attempt 1 of Bob").click()
    body = teaching.locator(".nx-wide")
    expect(body).to_contain_text("When somebody is very rich, says Bob.")
    teaching.get_by_label("Points for explain").fill("2.5")
    teaching.get_by_label("Comment on explain").fill("Say what outliers do.")
    teaching.get_by_role("button", name="Save the points").click()
    expect(body.locator(".nx-grade-score")).to_contain_text("5.5 / 6")
    expect(body).to_contain_text("points by hand")
    expect(body).to_contain_text("Say what outliers do.")
    shoot("teaching-submission")

    teaching.get_by_role("button", name="Grade again", exact=True).click()
    expect(body.locator("li", has_text="graded again")).to_contain_text("5.5 / 6", timeout=180_000)

    tab(teaching, "Gradebook")
    expect(teaching.get_by_role("row", name="Bob")).to_contain_text("92%")
    with teaching.expect_download() as download:
        teaching.get_by_role("button", name="Download as CSV").click()
    assert "Bob" in download.value.path().read_text()
    teaching.get_by_role("button", name="submissions of Bob for The mean").click()
    expect(teaching.get_by_role("button", name="Look at attempt 1 of Bob")).to_be_visible()
    expect(teaching.get_by_role("button", name="Look at attempt 1 of Ada")).to_have_count(0)


def test_a_question_is_marked_by_keys(teaching: Page, shoot: Shoot) -> None:
    tab(teaching, "Marking")
    choose_class(teaching)
    teaching.get_by_role("button", name="The mean", exact=True).click(timeout=180_000)
    teaching.get_by_role("button", name="explain", exact=True).click()
    desk = teaching.get_by_role("region", name="Marking explain")
    rubric = desk.get_by_role("form", name="The rubric")
    rubric.get_by_label("Text of item 1").fill("Names the outliers")
    rubric.get_by_label("Points of item 1").fill("2.5")
    rubric.get_by_role("button", name="Save the rubric").click()
    expect(rubric).to_have_count(0)
    mark = desk.get_by_role("form", name="The mark")
    expect(mark.get_by_role("button", name="Give the mark")).to_be_disabled()
    expect(desk.locator(".nx-desk-answer")).to_contain_text("says ")  # Markdown is rendered a moment later
    who = desk.locator(".nx-desk-answer").inner_text().split("says ")[1].split(".")[0]
    teaching.keyboard.press("c")
    teaching.keyboard.type("Say what outliers do.")
    teaching.keyboard.press("Escape")
    teaching.keyboard.press("1")
    expect(mark).to_contain_text("2.5 of 3")
    shoot("teaching-marking")
    audit = Audit(teaching)
    audit.look("the marking desk", at=[".nx-desk"])
    assert audit.found == []
    teaching.keyboard.press("Enter")
    expect(desk.get_by_role("status")).to_contain_text("1 marked here")
    expect(desk.locator(".nx-desk-answer, .nx-empty")).not_to_contain_text(f"says {who}.")
    teaching.keyboard.press("u")
    expect(desk.get_by_role("status")).to_contain_text("0 marked here")


def test_the_marking_desk_fits_a_phone(page: Page, workshop: Workshop, shoot: Shoot) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{workshop.server.url}/nexus/login?next=%2Fnexus%2Flearn%2Fteaching")
    log_in(page, workshop.instructor)
    tab(page, "Marking")
    choose_class(page)
    page.get_by_role("button", name="The mean", exact=True).click(timeout=180_000)
    page.get_by_role("button", name="explain", exact=True).click()
    desk = page.get_by_role("region", name="Marking explain")
    expect(desk.get_by_role("form", name="The mark")).to_be_visible()
    shoot("teaching-marking-narrow")
    assert desk.evaluate("desk => desk.scrollWidth <= desk.clientWidth")
    audit = Audit(page)
    audit.look("the marking desk on a phone", at=[".nx-desk"])
    assert audit.found == []


def test_a_student_gets_another_deadline(teaching: Page, shoot: Shoot) -> None:
    tab(teaching, "Deadlines")
    body = teaching.locator(".nx-wide")
    expect(body).to_contain_text("Nobody has other terms.")
    whom = teaching.get_by_role("combobox", name="For", exact=True)
    whom.select_option(label=whom.locator("option", has_text="Bob").inner_text())
    teaching.get_by_label("Due", exact=True).fill("2027-01-31T18:00")
    teaching.get_by_label("Attempts that count").fill("3")
    teaching.get_by_label("Why (for colleagues)").fill("Was ill.")
    teaching.get_by_role("button", name="Give these terms").click()
    row = body.get_by_role("table", name="Other terms").get_by_role("row", name="Bob")
    expect(row).to_contain_text("3 attempts")
    expect(row).to_contain_text("Was ill.")
    shoot("teaching-deadlines")
    row.get_by_role("button", name="Take away").click()
    expect(body).to_contain_text("Nobody has other terms.")


def test_a_class_is_opened_and_changed(teaching: Page, shoot: Shoot) -> None:
    tab(teaching, "Classes")
    body = teaching.locator(".nx-wide")
    body.get_by_role("button", name="Morning class").click()
    expect(body.get_by_role("row", name="Bob")).to_contain_text("student")
    code = body.locator("code").inner_text()
    body.get_by_role("button", name="Make a new code").click()
    expect(body.locator("code")).not_to_have_text(code)
    body.get_by_label("A free day").fill("2026-12-24")
    body.get_by_role("button", name="Add the day").click()
    expect(body.get_by_role("listitem").filter(has_text="2026-12-24")).to_be_visible()
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    body.get_by_label("When the class begins").fill(f"{tomorrow:%Y-%m-%dT%H:%M}")
    body.get_by_role("button", name="Announce the lesson").click()
    lesson = body.get_by_role("listitem").filter(has_text="Withdraw")
    expect(lesson).to_contain_text("The mean")
    lesson.get_by_role("button", name="Withdraw").click()
    expect(lesson).to_have_count(0)
    body.get_by_label("Name of the class").fill("Statistics, spring")
    body.get_by_role("button", name="Rename").click()
    expect(body.get_by_role("heading", name="Statistics, spring")).to_be_visible()
    body.get_by_role("button", name="Take out Bob").click()
    expect(body.get_by_role("button", name="Take Bob out")).to_be_visible()
    shoot("teaching-class")
    body.get_by_role("button", name="Cancel").click()
    body.get_by_role("button", name="Archive the class").click()
    expect(body).to_contain_text("Nobody can join it.")
    body.get_by_role("button", name="Bring the class back").click()
    expect(body.get_by_role("button", name="Archive the class")).to_be_visible()
    # the other modules find the class by its name
    body.get_by_label("Name of the class").fill("Morning class")
    body.get_by_role("button", name="Rename").click()
    expect(body.get_by_role("heading", name="Morning class")).to_be_visible()


def test_similar_work_is_shown_side_by_side(teaching: Page, shoot: Shoot) -> None:
    tab(teaching, "Similarity")
    pair = teaching.locator(".nx-pairs li").first
    expect(pair).to_contain_text(re.compile("Ada and Bob|Bob and Ada"))
    expect(pair.locator(".nx-lines [data-match]", has_text="result = result + value")).to_be_visible()
    expect(pair.locator(".nx-lines [data-match]", has_text="s = s + x")).to_be_visible()
    shoot("teaching-similarity")

    tab(teaching, "Progress")
    teaching.get_by_role("button", name="The mean", exact=True).click()
    expect(teaching.locator(".nx-details")).to_contain_text("The mean of 1, 2, 3 is 2.")

    tab(teaching, "Preview")
    teaching.get_by_label("Step").select_option(label="The mean")
    preview = teaching.get_by_label("As a student sees it")
    expect(preview).to_contain_text("raise NotImplementedError")
    expect(preview).not_to_contain_text("total += value")


def test_changed_content_is_offered_to_an_open_lab_and_a_bad_file_shows(
    teaching: Page, workshop: Workshop, shoot: Shoot
) -> None:
    teaching.get_by_title("Home").first.click()
    tab_of_roadmap = teaching.locator(".nx-sidebar .nx-roadmap-card", has_text="Workshop")
    tab_of_roadmap.click()
    teaching.get_by_role("button", name="Open The mean").click()
    panel = teaching.locator(".nx-lab")
    expect(panel).to_contain_text("20 XP")

    add_to_the_lab(workshop, nbformat.v4.new_markdown_cell("Now with a hint: add first."))
    offer = panel.locator(".nx-note-info")
    expect(offer).to_contain_text("newer version of this lab", timeout=60_000)
    shoot("lab-new-version")
    offer.get_by_role("button", name="Get the new version").click()
    shown = teaching.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook")
    expect(shown).to_contain_text("Now with a hint: add first.")
    expect(panel).to_contain_text("Your former notebook is kept")

    break_the_quiz(workshop)
    teaching.get_by_role("button", name="Profile of").click()
    teaching.get_by_role("button", name="Teaching").click()
    tab(teaching, "Content")
    problem = teaching.locator(".nx-content-problems li[data-severity=error]")
    expect(problem).to_contain_text("workshop/quiz.yaml:")
    teaching.get_by_role("button", name="Read the files again").click()
    expect(teaching.locator(".nx-wide")).to_contain_text("Nothing has changed for learners.")
    shoot("teaching-content")
