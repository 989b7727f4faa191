"""What comes after the deadline, in a browser: a student's practice copy, and marks of two people that differ."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import Audit
from tests.browser.conftest import Shoot
from tests.browser.people import log_in
from tests.plugins.grading_site import until
from tests.plugins.lab_notebooks import answer
from tests.plugins.nexus_processes import run_nexus
from tests.plugins.server import PASSWORD
from tests.plugins.workshop import Workshop, mean_lab

pytestmark = [pytest.mark.browser, pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(420)]

EXPLAIN = "/questions/explain"


@dataclass
class OwnClass:
    """A class of one student who handed the lab in; other tests look at the instructor's other classes."""

    student: str
    teacher: httpx.Client
    id: str


def log_in_as(client: httpx.Client, email: str) -> httpx.Client:
    token = client.post("/auth/login", json={"email": email, "password": PASSWORD}).raise_for_status().json()
    client.cookies.clear()
    client.headers["Authorization"] = f"Bearer {token['access_token']}"
    return client


@pytest.fixture
def own_class(workshop: Workshop) -> Iterator[OwnClass]:
    with ExitStack() as stack:
        student = stack.enter_context(closing(workshop.server.learner("hal")))
        teacher = log_in_as(stack.enter_context(workshop.server.client()), workshop.instructor)
        cohort = teacher.post("/teaching/cohorts", json={"name": "Evening class"}).raise_for_status().json()
        student.post("/cohorts/join", json={"code": cohort["join_code"]}).raise_for_status()
        student.post(f"/nodes/{workshop.lab_id}/open").raise_for_status()
        notebook = answer(mean_lab(), {"explain": "When somebody is very rich, says Hal."})
        student.post(f"/nodes/{workshop.lab_id}/submissions", json={"notebook": notebook}).raise_for_status()
        yield OwnClass(student.get("/me").raise_for_status().json()["email"], teacher, cohort["id"])
        teacher.patch(f"/teaching/cohorts/{cohort['id']}", json={"archived": True}).raise_for_status()


@pytest.fixture
def is_over(workshop: Workshop, own_class: OwnClass) -> Iterator[None]:
    """The lab's deadline is over for the class."""
    terms = f"/teaching/nodes/{workshop.lab_id}/overrides/cohorts/{own_class.id}"
    own_class.teacher.put(terms, json={"deadline": "2024-01-01T00:00:00Z"}).raise_for_status()
    yield
    own_class.teacher.delete(terms).raise_for_status()


@pytest.fixture
def colleague(workshop: Workshop, own_class: OwnClass) -> Iterator[httpx.Client]:
    """A second instructor of the class."""
    with closing(workshop.server.learner("colleague")) as client:
        email = client.get("/me").raise_for_status().json()["email"]
        role = ("user", "role", email, "instructor")
        run_nexus(*role, environment={"NEXUS_DATA_DIR": str(workshop.server.data_dir)}).check_returncode()
        members = f"/teaching/cohorts/{own_class.id}/members"
        own_class.teacher.post(members, json={"email": email, "role": "instructor"}).raise_for_status()
        yield log_in_as(client, email)


@pytest.mark.usefixtures("is_over")
def test_a_lab_that_is_over_is_practised_on_a_copy(
    page: Page, workshop: Workshop, own_class: OwnClass, shoot: Shoot
) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(f"{workshop.server.url}/nexus/login?next=%2Fnexus%2Flearn%2Froadmaps%2Fworkshop%2Fmean")
    log_in(page, own_class.student)
    page.get_by_role("button", name="Practise on a fresh copy").click(timeout=90_000)
    note = page.locator(".nx-note-info", has_text="This is your practice copy")
    expect(note).to_be_visible(timeout=90_000)
    expect(page.get_by_role("button", name="Submit")).to_have_count(0)
    shoot("practice-copy")
    audit = Audit(page)
    audit.look("the note of a practice copy", at=[".nx-note-info"])
    assert audit.found == []
    note.get_by_role("button", name="Open the lab itself").click()
    expect(page.get_by_role("button", name="Practise on a fresh copy")).to_be_visible(timeout=90_000)


def test_marks_of_two_people_that_differ_are_settled(
    page: Page,
    workshop: Workshop,
    own_class: OwnClass,
    colleague: httpx.Client,
    shoot: Shoot,
) -> None:
    desk = f"/teaching/cohorts/{own_class.id}/marking/{workshop.lab_id}"
    to_mark = f"/teaching/cohorts/{own_class.id}/marking"
    until(lambda: own_class.teacher.get(to_mark).raise_for_status().json()["items"], "the hand-in to be graded")
    own_class.teacher.patch(desk, json={"takes_two": True}).raise_for_status()
    for marker, points in ((own_class.teacher, 1.0), (colleague, 3.0)):
        held = marker.post(f"{desk}{EXPLAIN}/next", json={}).raise_for_status().json()
        marks = {"answers": held["ids"], "points": points, "comment": f"worth {points}"}
        marker.post(f"{desk}{EXPLAIN}/marks", json=marks).raise_for_status()

    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(f"{workshop.server.url}/nexus/login?next=%2Fnexus%2Flearn%2Fteaching")
    log_in(page, workshop.instructor)
    page.locator(".nx-wide").get_by_role("tab", name="Marking", exact=True).click()
    page.get_by_label("Class", exact=True).select_option("Evening class")
    page.get_by_role("button", name="The mean", exact=True).click()
    differing = page.get_by_role("region", name="Marked differently")
    expect(differing).to_contain_text("says Hal")
    expect(differing).to_contain_text("1 of 3")
    expect(differing).to_contain_text("3 of 3")
    shoot("marked-differently")
    audit = Audit(page)
    audit.look("marks that differ", at=["section[aria-label='Marked differently']"])
    assert audit.found == []
    differing.get_by_label("Final points").fill("2")
    differing.get_by_label("Comment for the student").fill("Between the two.")
    differing.get_by_role("button", name="Give the final mark").click()
    expect(differing).to_contain_text("No two marks of an answer differ.")
