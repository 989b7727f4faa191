"""The gradebook in a browser: a formula, a score from a file, 500 students of whom few rows are there, and a phone."""

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect

from tests.browser.axe import Audit
from tests.browser.conftest import Shoot
from tests.browser.people import log_in
from tests.plugins.workshop import Workshop

pytestmark = [pytest.mark.browser, pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(420)]

STUDENTS = 500


def open_gradebook(page: Page, workshop: Workshop) -> None:
    """Open the gradebook of the workshop's class, as its instructor."""
    page.goto(f"{workshop.server.url}/nexus/login?next=%2Fnexus%2Flearn%2Fteaching")
    log_in(page, workshop.instructor)
    page.locator(".nx-wide").get_by_role("tab", name="Gradebook", exact=True).click()
    page.get_by_label("Class", exact=True).select_option(label="Morning class")
    page.get_by_label("Roadmap", exact=True).select_option(label="Workshop")


def crowd(route: Route) -> None:
    """Answer as the server does for a class of 500."""
    answer = route.fetch()
    book = answer.json()
    bob = next(row for row in book["items"] if row["display_name"] == "Bob")
    book["items"] = [
        {**bob, "user_id": f"student-{number}", "display_name": f"Student {number:03}", "final": f"{number / 5:.2f}"}
        for number in range(STUDENTS)
    ]
    route.fulfill(response=answer, json=book)


def test_a_class_is_graded_by_a_formula_and_a_score_comes_from_a_file(
    page: Page, workshop: Workshop, shoot: Shoot
) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})
    open_gradebook(page, workshop)
    expect(page.get_by_role("row", name="Bob")).to_contain_text("%", timeout=180_000)  # once it is graded
    page.get_by_role("button", name="How grades come about").click()
    form = page.get_by_role("form", name="How grades come about")
    form.get_by_label("Name").fill("Labs")
    form.get_by_label("Weight").fill("60")
    form.get_by_role("button", name="Add a category").click()
    second = form.get_by_role("group", name="Category 2")
    second.get_by_label("Name").fill("Reading")
    second.get_by_label("Weight").fill("40")
    form.get_by_label("Welcome").select_option(label="Reading")
    form.get_by_label("What comes after").select_option(label="does not count")
    form.get_by_role("button", name="Grade like this").click()
    expect(page.locator(".nx-wide")).to_contain_text("Final grade = (Labs \xd7 60 + Reading \xd7 40) ÷ 100.")
    shoot("teaching-grading-scheme")

    page.get_by_role("button", name="Read scores from a file").click()
    box = page.get_by_role("region", name="Scores from a file")
    address = page.get_by_role("row", name="Cleo").get_by_role("rowheader").get_attribute("title")
    text = f"email;mean\n{address};62,5%\n"
    box.get_by_label("CSV file").set_input_files(FilePayload(name="x.csv", mimeType="text/csv", buffer=text.encode()))
    expect(box).to_contain_text("Read as utf-8. 1 score would change, 0 are as they are.")
    box.get_by_role("button", name="Write these scores").click()
    expect(box.get_by_role("status")).to_contain_text("1 score was written.")
    row = page.get_by_role("row", name="Cleo")
    expect(row).to_contain_text("63%✎")
    row.get_by_role("button", name="how the grade of Cleo came about").click()
    student = page.get_by_role("region", name="Cleo")
    expect(student).to_contain_text("Labs 62.50% \xd7 60")
    student.get_by_label("Step").select_option(label="The mean")
    expect(student.get_by_role("listitem")).to_contain_text("from a file")
    student.get_by_label("Note, for those who teach").fill("Was ill in May.")
    student.get_by_role("button", name="Save the note").click()
    expect(row).to_contain_text("✐")
    shoot("teaching-gradebook-student")
    audit = Audit(page)
    audit.look("the gradebook", at=[".nx-wide"])
    assert audit.found == []
    student.get_by_role("button", name="Let the earned score count again").click()
    expect(row).not_to_contain_text("✎")
    page.get_by_role("button", name="How grades come about").click()
    page.get_by_role("button", name="Every step by its points again").click()
    expect(page.locator(".nx-wide")).to_contain_text("Final grade = All steps.")


def test_a_large_class_scrolls_because_few_rows_are_there(page: Page, workshop: Workshop, shoot: Shoot) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.route("**/gradebook?*", crowd)
    open_gradebook(page, workshop)
    grades = page.get_by_role("region", name="Grades")
    expect(grades.get_by_role("row", name="Student 000")).to_be_visible()
    rows = grades.locator("tbody tr")
    assert rows.count() < 80
    grades.evaluate("box => { box.scrollTop = box.scrollHeight; }")
    expect(grades.get_by_role("row", name="Student 499")).to_be_visible()
    expect(grades.get_by_role("row", name="Student 000")).to_have_count(0)
    assert rows.count() < 80
    grades.get_by_role("button", name="Final grade").click()
    grades.get_by_role("button", name="Final grade").click()
    grades.evaluate("box => { box.scrollTop = 0; }")
    expect(grades.locator("tbody th").first).to_have_text("Student 499")
    page.get_by_label("Find a student").fill("Student 12")
    expect(page.get_by_role("status").filter(has_text="students")).to_have_text("10 students")
    shoot("teaching-gradebook-phone")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    audit = Audit(page)
    audit.look("the gradebook on a phone", at=[".nx-wide"])
    assert audit.found == []
