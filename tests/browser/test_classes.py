"""A class of several who teach it: a grader is added and marks only, and the class is copied for the next term."""

from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import Audit
from tests.browser.conftest import Shoot
from tests.browser.people import log_in
from tests.plugins.workshop import Workshop
from tests.security.people import log_in_admin

pytestmark = [pytest.mark.browser, pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(300)]

TEACHING = "/nexus/login?next=%2Fnexus%2Flearn%2Fteaching"


@pytest.fixture
def admin(workshop: Workshop) -> Iterator[httpx.Client]:
    client = log_in_admin(workshop.server)
    yield client
    client.close()


@pytest.fixture
def colleague(workshop: Workshop, admin: httpx.Client) -> str:
    """The address of another instructor, who teaches nobody."""
    with closing(workshop.server.learner("grace")) as client:
        profile = client.get("/me").raise_for_status().json()
    admin.patch(f"/admin/users/{profile['id']}", json={"role": "instructor"}).raise_for_status()
    return str(profile["email"])


@pytest.fixture
def term(admin: httpx.Client) -> Iterator[str]:
    """The name that the test's classes begin with; they are archived afterwards."""
    yield "Term"
    for cohort in admin.get("/teaching/cohorts").raise_for_status().json()["items"]:
        if cohort["name"].startswith("Term"):
            admin.patch(f"/teaching/cohorts/{cohort['id']}", json={"archived": True}).raise_for_status()


def test_a_grader_is_added_and_the_class_is_copied(
    page: Page, workshop: Workshop, colleague: str, term: str, shoot: Shoot
) -> None:
    page.goto(f"{workshop.server.url}{TEACHING}")
    log_in(page, workshop.instructor)
    body = page.locator(".nx-wide")
    body.get_by_label("Name of the new class").fill(f"{term} one")
    body.get_by_role("button", name="Make a class").click()
    body.get_by_role("button", name=f"{term} one").click()
    body.get_by_label("E-mail address of a colleague").fill(colleague)
    body.get_by_label("As", exact=True).select_option(label="grader")
    body.get_by_role("button", name="Add to the class").click()
    role = body.get_by_label("Role of Grace")
    expect(role).to_have_value("grader")
    role.select_option(label="instructor")
    expect(role).to_have_value("instructor")
    role.select_option(label="grader")
    expect(role).to_have_value("grader")
    body.get_by_label("Name of the copy").fill(f"{term} two")
    body.get_by_role("button", name="Copy the class").click()
    expect(body.get_by_role("status").filter(has_text=f"{term} two is among your classes.")).to_be_visible()
    shoot("teaching-class-staff")
    audit = Audit(page)
    audit.look("a class with a grader", at=[".nx-tabpanel"])
    body.get_by_role("button", name="All classes").click()
    expect(body.get_by_role("button", name=f"{term} two")).to_be_visible()

    page.context.clear_cookies()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{workshop.server.url}{TEACHING}")
    log_in(page, colleague)
    body.get_by_role("button", name=f"{term} two").click()
    expect(body).to_contain_text("You mark what this class hands in.")
    expect(body.get_by_role("row", name="Grace")).to_contain_text("grader")
    expect(body.get_by_role("button", name="Archive the class")).to_have_count(0)
    tabs = body.get_by_role("tab")
    expect(tabs.filter(has_text="Marking")).to_be_visible()
    expect(tabs.filter(has_text="Gradebook")).to_have_count(0)
    shoot("teaching-class-grader-phone")
    audit.look("a class as a grader sees it", at=[".nx-tabpanel"])
    assert audit.found == []


@pytest.fixture
def two_students(workshop: Workshop, admin: httpx.Client, term: str) -> str:
    """The address of a student who is in a class of the instructor's with another one, whom nobody else teaches."""
    with closing(workshop.server.learner("hana")) as hana, closing(workshop.server.learner("ivo")) as ivo:
        made = admin.post("/teaching/cohorts", json={"name": f"{term} of two"}).raise_for_status().json()
        teacher = {"email": workshop.instructor}
        admin.post(f"/teaching/cohorts/{made['id']}/members", json=teacher).raise_for_status()
        for student in (hana, ivo):
            student.post("/cohorts/join", json={"code": made["join_code"]}).raise_for_status()
        return str(hana.get("/me").raise_for_status().json()["email"])


def test_groups_are_made_and_a_student_sees_theirs(
    page: Page, workshop: Workshop, two_students: str, term: str, shoot: Shoot
) -> None:
    page.goto(f"{workshop.server.url}{TEACHING}")
    log_in(page, workshop.instructor)
    page.locator(".nx-wide").get_by_role("button", name=f"{term} of two").click()
    page.get_by_role("button", name="Groups for a lab").click()
    box = page.get_by_role("region", name="Groups for a lab")
    box.get_by_label("Step").select_option(workshop.lab_id)
    box.get_by_role("button", name="Make groups at random").click()
    hana, ivo = box.get_by_label("Group of Hana"), box.get_by_label("Group of Ivo")
    expect(hana).to_have_value("1")
    expect(ivo).to_have_value("1")
    ivo.select_option(label="works alone")
    expect(ivo).to_have_value("")
    ivo.select_option(label="Group 1")
    expect(ivo).to_have_value("1")
    shoot("teaching-groups")
    audit = Audit(page)
    audit.look("groups of a lab", at=["[aria-label='Groups for a lab']"])

    page.context.clear_cookies()
    page.goto(f"{workshop.server.url}/nexus/login?next=%2Fnexus%2Flearn%2Froadmaps%2Fworkshop%2Fmean")
    log_in(page, two_students)
    note = page.get_by_role("note", name="Your group")
    expect(note).to_contain_text("You hand in together with Ivo.", timeout=180_000)
    shoot("lab-group")
    audit.look("the group at the lab", at=[".nx-lab"])
    assert audit.found == []
