"""A timed exam in a browser: started on purpose, with a clock, and seen by the instructor."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import Audit
from tests.browser.conftest import Shoot
from tests.browser.people import log_in
from tests.plugins.server import PASSWORD
from tests.plugins.workshop import Workshop

pytestmark = [pytest.mark.browser, pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(420)]


@pytest.fixture
def examinee(workshop: Workshop) -> Iterator[str]:
    """The address of a student for whom the workshop's lab is an exam of an hour and a half, while the test runs."""
    student = workshop.server.learner("gil")
    email = str(student.get("/me").raise_for_status().json()["email"])
    with workshop.server.client() as teacher:
        token = teacher.post("/auth/login", json={"email": workshop.instructor, "password": PASSWORD})
        teacher.cookies.clear()
        teacher.headers["Authorization"] = f"Bearer {token.raise_for_status().json()['access_token']}"
        cohort_id, terms = give_exam(workshop, teacher, student)
        student.close()
        yield email
        # other tests look at the same instructor's classes
        teacher.delete(terms).raise_for_status()
        teacher.patch(f"/teaching/cohorts/{cohort_id}", json={"archived": True}).raise_for_status()


def give_exam(workshop: Workshop, teacher: httpx.Client, student: httpx.Client) -> tuple[str, str]:
    """Make a class for the student alone, for which the lab has a time limit; return its id and where its terms are."""
    cohort = teacher.post("/teaching/cohorts", json={"name": "Exam class"}).raise_for_status().json()
    student.post("/cohorts/join", json={"code": cohort["join_code"]}).raise_for_status()
    address = f"/teaching/nodes/{workshop.lab_id}/overrides/cohorts/{cohort['id']}"
    teacher.put(address, json={"time_limit_minutes": 60, "extra_time": 0.5}).raise_for_status()
    return cohort["id"], address


def test_an_exam_is_started_runs_and_is_seen_by_the_instructor(
    page: Page, workshop: Workshop, examinee: str, shoot: Shoot
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{workshop.server.url}/nexus/login?next=%2Fnexus%2Flearn%2Froadmaps%2Fworkshop%2Fmean")
    log_in(page, examinee)
    begin = page.get_by_role("region", name="Exam")
    expect(begin).to_contain_text("Once you start you have 1 hour 30 minutes")
    shoot("exam-start-phone")
    audit = Audit(page)
    audit.look("the start of an exam", at=[".nx-exam-start"])
    page.set_viewport_size({"width": 1366, "height": 768})
    begin.get_by_role("button", name="Start the exam").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Once you start you have 1 hour 30 minutes")
    dialog.get_by_role("button", name="Start the exam").click()
    expect(page.get_by_role("timer")).to_contain_text("left", timeout=180_000)
    expect(page.locator(".nx-exam-clock")).to_contain_text("Your time ends at")
    shoot("exam-clock")
    audit.look("the clock of an exam", at=[".nx-exam-clock"])
    expect(page.locator(".nx-lab").get_by_role("button", name="Check")).to_be_visible()
    expect(page.locator(".nx-lab").get_by_role("button", name="Hint")).to_have_count(0)
    expect(page.locator(".nx-exam-left")).to_be_hidden()
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator(".nx-exam-left")).to_contain_text("left")
    shoot("exam-clock-phone")
    page.set_viewport_size({"width": 1366, "height": 768})

    page.context.clear_cookies()
    page.goto(f"{workshop.server.url}/nexus/login?next=%2Fnexus%2Flearn%2Fteaching")
    log_in(page, workshop.instructor)
    page.locator(".nx-wide").get_by_role("tab", name="Deadlines", exact=True).click()
    standing = page.get_by_role("region", name="How it stands for each student")
    expect(standing.get_by_role("row", name="Gil")).to_contain_text("has until")
    expect(standing.get_by_role("row", name="Gil")).to_contain_text("by terms of Exam class")
    expect(standing.get_by_role("row", name="Gil")).to_contain_text("hidden")
    expect(standing.get_by_role("button", name="Release the results")).to_be_disabled()
    shoot("exam-instructor")
    audit.look("how an exam stands", at=[".nx-tabpanel section"])
    assert audit.found == []
