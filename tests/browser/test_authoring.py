"""An instructor writes a roadmap in the browser: from nothing to a lab that a student has solved and was graded."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.axe import Audit
from tests.browser.conftest import Shoot
from tests.browser.people import expect_lab, log_in
from tests.plugins.content import write_content
from tests.plugins.grading_site import wait_until_graded
from tests.plugins.server import ROOT, LiveServer, StartServer

pytestmark = [pytest.mark.browser, pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(420)]

DATA = "price\n2\n4\n"
MEAN = "def mean(values):\n    return sum(values) / len(values)"
COUNT = "def count(path):\n    return len(open(path).readlines()) - 1"
VISIBLE = "assert mean([1, 3]) == 2, 'The mean of 1 and 3 is 2.'"
HIDDEN = "assert mean([5]) == 5\nassert mean([0, 0, 3]) == 1"
COUNTED = "assert count('data/prices.csv') == 2, 'Two lines have a price.'"
CHOICE = "Which is larger here?\n\n- [x] the mean\n- [ ] the median"

MOODLE = """<quiz><question type="truefalse"><name><text>Lists</text></name>
<questiontext format="html"><text>&lt;p&gt;Is a list &lt;em&gt;mutable&lt;/em&gt;?&lt;/p&gt;</text></questiontext>
<answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer></question>
<question type="essay"><name><text>Essay</text></name><questiontext><text>Why?</text></questiontext></question>
</quiz>"""


@dataclass
class Site:
    """A server, and an instructor who has not written anything yet."""

    server: LiveServer
    instructor: str


@pytest.fixture(scope="module")
def server(start_server: StartServer, tmp_path_factory: pytest.TempPathFactory) -> LiveServer:
    """A server of its own: other tests count on the roadmaps that they know."""
    return start_server(NEXUS_CONTENT_DIR=str(write_content(tmp_path_factory.mktemp("content"))))


@pytest.fixture
def site(server: LiveServer) -> Site:
    """The server with a new instructor, for whom JupyterLab has nothing to open again."""
    teacher = server.learner("instructor")
    email = teacher.get("/me").json()["email"]
    nexus = Path(sys.executable).parent / "nexus"
    env = {**os.environ, "NEXUS_DATA_DIR": str(server.data_dir)}
    subprocess.run([nexus, "user", "role", email, "instructor"], check=True, capture_output=True, cwd=ROOT, env=env)
    return Site(server, email)


def open_write_tab(page: Page, site: Site) -> None:
    """Log in as the instructor, and open what is written on the teaching page."""
    page.goto(f"{site.server.url}/nexus/login")
    log_in(page, site.instructor)
    expect_lab(page, "Instructor")
    page.get_by_role("button", name="Profile of").click()
    page.get_by_role("button", name="Teaching").click()
    page.locator(".nx-wide").get_by_role("tab", name="Write", exact=True).click()


def add_cell(page: Page, number: int, source: str, role: str, *, text: bool = False) -> None:
    """Add a cell below the last one by the keyboard, write into it, and choose its role."""
    page.locator(".jp-Notebook:visible .jp-Cell").nth(number - 2).locator(".cm-content").click()
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    cell = page.locator(".jp-Notebook:visible .jp-Cell").nth(number - 1)
    expect(cell).to_be_visible()
    if text:
        page.keyboard.press("m")
        expect(page.locator(".jp-Notebook:visible .jp-MarkdownCell").last).to_be_visible()
    page.keyboard.press("Enter")
    write(page, number, source)
    page.get_by_label(f"Role of cell {number}", exact=True).select_option(label=role)


def write(page: Page, number: int, source: str) -> None:
    """Replace what is in a cell."""
    editor = page.locator(".jp-Notebook:visible .jp-Cell").nth(number - 1).locator(".cm-content")
    editor.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(source)
    expect(editor).to_contain_text(source.rsplit("\n", maxsplit=1)[-1].strip())


def test_ten_minutes_from_nothing_to_a_graded_lab(page: Page, site: Site, shoot: Shoot) -> None:
    open_write_tab(page, site)
    body = page.locator(".nx-wide")
    body.get_by_label("Title of the new roadmap").fill("Ten minutes")
    page.keyboard.press("Enter")
    expect(body.get_by_role("heading", name="Ten minutes")).to_be_visible()
    body.get_by_label("Kind of the new step").select_option("lab")
    body.get_by_label("Title of the new step").fill("Prices")
    page.keyboard.press("Enter")
    body.get_by_role("button", name="Settings of Prices").click()
    data: FilePayload = {"name": "prices.csv", "mimeType": "text/csv", "buffer": DATA.encode()}
    body.get_by_label("Add a data file").set_input_files(files=[data])
    expect(body).to_contain_text("data/prices.csv")
    shoot("authoring-draft")
    body.get_by_role("button", name="Open the notebook of Prices").click()
    write_the_lab(page)
    shoot("authoring-lab")
    publish(page)
    shoot("authoring-published")
    assert solve(site) == 7


def write_the_lab(page: Page) -> None:
    """Write two questions with a visible and a hidden test, and a choice, by mouse and keyboard."""
    expect(page.get_by_label("Role of cell 2", exact=True)).to_be_visible()
    write(page, 2, MEAN)
    page.get_by_label("Role of cell 2", exact=True).select_option(label="Answer")
    panel = page.locator(".nx-author")
    panel.get_by_role("button", name="Mark the solution").click()
    expect(page.locator(".jp-Notebook:visible .jp-Cell").nth(1)).to_contain_text("### END SOLUTION")
    add_cell(page, 3, VISIBLE, "Visible test")
    add_cell(page, 4, HIDDEN, "Hidden test")
    page.get_by_label("Points of cell 4", exact=True).fill("2")
    add_cell(page, 5, COUNT, "Answer")
    add_cell(page, 6, COUNTED, "Visible test")
    add_cell(page, 7, CHOICE, "Choice: one is right", text=True)
    page.get_by_label("Points of cell 7", exact=True).fill("3")
    expect(panel).to_contain_text("7 points in this lab")
    expect(panel).not_to_contain_text("to mend")
    page.keyboard.press("ControlOrMeta+s")
    panel.get_by_role("button", name="Student view").click()
    students = page.get_by_role("article", name="As students will get it")
    expect(students).to_contain_text("raise NotImplementedError()")
    expect(students).not_to_contain_text("mean([5])")
    panel.get_by_role("button", name="Student view").click()
    expect(students).to_be_hidden()


def publish(page: Page) -> None:
    """Go back to the teaching page, and publish what is saved."""
    page.locator(".lm-TabBar-tab", has_text="Teaching").click()
    body = page.locator(".nx-wide")
    body.get_by_label("What you changed").fill("A first lab")
    page.keyboard.press("Enter")
    expect(body).to_contain_text("Published: students have it now.", timeout=180_000)


def solve(site: Site) -> float:
    """Solve the lab as a student whose programs speak with the server, and return the points."""
    student = site.server.learner("student")
    (lab,) = student.get("/roadmaps/ten-minutes").raise_for_status().json()["nodes"]
    path = student.post(f"/nodes/{lab['id']}/open").raise_for_status().json()["path"]
    given = student.get(f"{site.server.url}/api/contents/{path}").raise_for_status().json()["content"]
    answers = iter([MEAN, COUNT])
    for cell in given["cells"]:
        if cell["cell_type"] == "code" and "NotImplementedError" in "".join(cell["source"]):
            cell["source"] = next(answers)
    given["cells"][-1]["source"] = _chosen(given["cells"][-1])
    reply = student.post(f"/nodes/{lab['id']}/submissions", json={"notebook": given}).raise_for_status()
    graded = wait_until_graded(student, f"/submissions/{reply.json()['id']}")
    assert graded["max_score"] == 7, json.dumps(graded)
    return float(graded["score"])


def _chosen(cell: dict[str, Any]) -> str:
    source = "".join(cell["source"])
    assert "[x]" not in source
    return source.replace("- [ ] the mean", "- [x] the mean")


def test_a_mistake_is_said_at_its_cell_and_stays_with_its_author(page: Page, site: Site) -> None:
    open_write_tab(page, site)
    body = page.locator(".nx-wide")
    body.get_by_role("button", name="Begin a draft: Tiny").click()
    body.get_by_role("button", name="Open the notebook of Lab").click()
    expect(page.get_by_label("Role of cell 3", exact=True)).to_be_visible()
    panel = page.locator(".nx-author")
    page.locator(".jp-Notebook:visible .jp-Cell").nth(2).locator(".cm-content").click()
    panel.get_by_label("Id", exact=True).fill("double")
    expect(panel).to_contain_text("Another cell has the id “double” already.")
    bar = page.locator(".nx-author-bar").nth(2)
    expect(bar).to_contain_text("Another cell has the id")
    panel.get_by_label("Id", exact=True).fill("test-visible")
    expect(panel).not_to_contain_text("to mend")
    write(page, 2, "def double(x):\n    return 3")
    panel.get_by_role("button", name="Check this lab").click()
    expect(panel).to_contain_text("the reference solution earns 0 of 1 points in test-visible", timeout=180_000)
    expect(bar).to_contain_text("the reference solution earns 0 of 1 points")
    audit = Audit(page)
    audit.look("author panel", at=[".nx-author", ".nx-author-bar"], themes=(None,))
    page.locator(".lm-TabBar-tab", has_text="Teaching").click()
    body.get_by_role("button", name="Settings of Hello").click()
    audit.look("draft", at=[".nx-wide"], themes=(None,))
    assert audit.found == []


def test_a_quiz_a_video_and_an_import_by_forms(page: Page, site: Site) -> None:
    open_write_tab(page, site)
    body = page.locator(".nx-wide")
    body.get_by_label("Title of the new roadmap").fill("Forms")
    page.keyboard.press("Enter")
    expect(body.get_by_role("heading", name="Forms")).to_be_visible()
    exported: FilePayload = {"name": "bank.xml", "mimeType": "text/xml", "buffer": MOODLE.encode()}
    body.get_by_label("Import a file of another tool").set_input_files(files=[exported])
    expect(body.get_by_role("status")).to_contain_text("Imported: Bank (1 part was left out)")
    body.get_by_text("Imported: Bank").click()
    expect(body.get_by_role("row", name=re.compile(r"question 2 \(Essay\) left out a person marks it"))).to_be_visible()
    body.get_by_role("button", name="Settings of Bank").click()
    quiz = body.get_by_role("region", name="Quiz", exact=True)
    expect(quiz.get_by_label("Text of question 1, in Markdown")).to_have_value("Is a list *mutable*?")
    write_a_question(page, quiz)
    audit = Audit(page)
    audit.look("quiz form", at=[".nx-quiz-editor"], themes=(None,))
    assert audit.found == []
    body.get_by_label("Kind of the new step").select_option("video")
    body.get_by_label("Title of the new step").fill("Watch")
    page.keyboard.press("Enter")
    body.get_by_role("button", name="Settings of Watch").click()
    video = body.get_by_role("form", name="Video")
    video.get_by_label("Address of the video (https)").fill("https://example.org/v.webm")
    video.get_by_label("What is said and seen in the video").fill("A list grows.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    body.get_by_role("button", name="Move up: Watch").focus()
    page.keyboard.press("Enter")
    steps = body.get_by_role("list", name="Steps").locator("> li strong")
    expect(steps).to_have_text(["Watch", "Bank"])
    body.get_by_label("What you changed").fill("Forms alone")
    page.keyboard.press("Enter")
    expect(body).to_contain_text("Published: students have it now.", timeout=180_000)
    nodes = site.server.learner("student").get("/roadmaps/forms").raise_for_status().json()["nodes"]
    assert [node["type"] for node in nodes] == ["video", "note"]


def write_a_question(page: Page, quiz: Locator) -> None:
    """Add a question with two choices by the keyboard alone, and save the quiz."""
    quiz.get_by_role("button", name="Add a question").focus()
    page.keyboard.press("Enter")
    quiz.get_by_label("Text of question 2, in Markdown").fill("Is a **tuple**?")
    quiz.get_by_label("Choice 1 of question 2", exact=True).fill("yes")
    quiz.get_by_label("Choice 2 of question 2", exact=True).fill("no")
    quiz.get_by_label("Choice 2 of question 2 is right").focus()
    page.keyboard.press("Space")
    quiz.get_by_label("Why choice 1 of question 2 is wrong").fill("Tuples are fixed.")
    preview = quiz.get_by_role("region", name="Preview of the quiz")
    expect(preview.get_by_role("article", name="Question 2").locator("strong")).to_have_text("tuple")
    quiz.get_by_role("button", name="Save the quiz").focus()
    page.keyboard.press("Enter")
    expect(quiz.get_by_role("button", name="Saved")).to_be_visible()
