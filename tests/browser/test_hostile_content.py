"""What one person wrote is opened by another, an instructor, in a real browser: nothing of it runs.

The payload calls a function that every page and frame of the browser has, and asks for an address of ours; the first
test shows that it does so where nothing holds it.
"""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, cast

import nbformat
import pytest
from playwright.sync_api import Browser, Download, Error, FrameLocator, Locator, Page, expect

from tests.browser.conftest import PATIENCE_MS
from tests.browser.people import expect_lab, log_in
from tests.plugins.grading_site import until
from tests.plugins.lab_notebooks import answer
from tests.plugins.workshop import Workshop, mean_lab

pytestmark = [pytest.mark.browser, pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(420)]


def ways_in(place: str) -> str:
    """Return HTML that tries to run script in every way that a page knows; each says where it was."""
    call = f"fetch('/nexus/pwned-by-request'),pwned('{place} "
    return f"""
<h3>{place} was shown</h3>
<script>{call}script')</script>
<img src="/nexus/no-such-picture" onerror="{call}onerror')">
<svg xmlns="http://www.w3.org/2000/svg" onload="{call}svg')"><script>{call}script in svg')</script></svg>
<a href="javascript:{call}link')">the trap in {place}</a>
<a href="JaVa&#x0A;ScRiPt:{call}hidden link')">the trap in {place}</a>
<iframe srcdoc="<script>{call}srcdoc')</script>"></iframe>
<iframe src="javascript:{call}frame')"></iframe>
<object data="data:text/html,<script>{call}object')</script>"></object>
<details open ontoggle="{call}toggle')"><summary>more</summary></details>
<input autofocus onfocus="{call}focus')">
<form action="javascript:{call}form')"><button>the trap in {place}</button></form>
<style onload="{call}style')">h3 {{ color: inherit }}</style>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror={call}mutation')&gt;">
"""


SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90" onload="pwned('svg file')">
<script>pwned('script in svg file')</script><circle r="40" cx="45" cy="45"/></svg>"""
MARKDOWN = f"# Hello\n\n[the trap in markdown](javascript:pwned('markdown'))\n\n{ways_in('markdown')}"


def output_of(kind: str, data: str) -> nbformat.NotebookNode:
    """Return a cell that was run, and showed something."""
    cell = nbformat.v4.new_code_cell("1 + 1")
    cell.execution_count = 1
    cell.outputs = [nbformat.v4.new_output("display_data", data={kind: data}, metadata={})]
    return cast("nbformat.NotebookNode", cell)


def hostile_notebook() -> dict[str, Any]:
    """Return a notebook whose author trusts it: texts and outputs of every kind that can hold a script."""
    cells = [
        nbformat.v4.new_markdown_cell(MARKDOWN),
        output_of("text/html", ways_in("html output")),
        output_of("image/svg+xml", SVG),
        output_of("text/markdown", MARKDOWN),
        output_of("text/latex", r"$\href{javascript:pwned('latex')}{the trap in latex}$"),
        output_of("application/javascript", "pwned('javascript output')"),
    ]
    for cell in cells:
        cell.metadata["trusted"] = True
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "nexus-python", "display_name": "Python (sandbox)"}
    return dict(json.loads(nbformat.writes(notebook)))


def _file(content: str) -> dict[str, Any]:
    return {"type": "file", "format": "text", "content": content}


FILES = {
    "gift.html": _file(f"<!doctype html><body>{ways_in('html file')}"),
    "gift.svg": _file(SVG),
    "gift.xhtml": _file(
        f"<html xmlns='http://www.w3.org/1999/xhtml'><body><script>pwned('xhtml')</script>{SVG}</body></html>"
    ),
    "gift.md": _file(MARKDOWN),
    "gift.ipynb": {"type": "notebook", "content": hostile_notebook()},
}


@dataclass
class Trap:
    """A page on which whatever runs is heard of."""

    page: Page
    sprung: list[str] = field(default_factory=list)

    def click_everything(self, place: str, within: Page | FrameLocator | None = None) -> None:
        """Click whatever the payload offers on the page, or in one of its frames."""
        for bait in (within or self.page).get_by_text(f"the trap in {place}").all():
            if bait.is_visible():
                bait.click(force=True, no_wait_after=True)

    def assert_held(self) -> None:
        """Nothing ran, and nothing was asked for in the reader's name."""
        _draw(self.page)
        assert self.sprung == []


def _draw(page: Page) -> None:
    """Have a frame drawn: what waits for one had it. A page without scripts could not be asked to wait."""
    for is_last in (False, False, True):
        try:
            page.screenshot()
        except Error as exc:
            # Chromium says so while it gives the page a new surface, and draws the next one.
            if is_last or "Unable to capture screenshot" not in exc.message:
                raise
        else:
            return


@pytest.fixture
def trap(chromium: Browser) -> Iterator[Trap]:
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    found = Trap(context.new_page())
    found.page.set_default_timeout(PATIENCE_MS)
    context.expose_binding("pwned", lambda _source, where: found.sprung.append(where))
    context.on("request", lambda request: found.sprung.append(request.url) if "pwned" in request.url else None)
    yield found
    context.close()


@pytest.fixture(scope="module")
def mallory(workshop: Workshop) -> str:
    """The id of a submission of a student who wrote traps everywhere."""
    server = workshop.server
    with closing(server.learner("mallory")) as student:
        student.patch("/me", json={"display_name": "Mallory <img src=1 onerror=pwned('name')>"}).raise_for_status()
        for name, body in FILES.items():
            student.put(f"{server.url}/api/contents/{name}", json=body).raise_for_status()
        code = (
            "def mean(values):\n    raise ValueError(" + repr(ways_in("error message")) + ")\n" + f"# {ways_in('code')}"
        )
        answers = {"mean": code.replace("\n<", "\n# <"), "explain": MARKDOWN}
        handed_in = json.loads(nbformat.writes(answer(mean_lab(), answers)))
        handed_in["cells"] += hostile_notebook()["cells"]
        _let_in(workshop, student)
        sent = student.post(f"/nodes/{workshop.lab_id}/submissions", json={"notebook": handed_in})
        thread = {"title": "Why <script>pwned('title')</script>?", "body_md": MARKDOWN, "node_id": workshop.lab_id}
        student.post("/forum/threads", json=thread).raise_for_status()
        submission = str(sent.raise_for_status().json()["id"])
        until(lambda: student.get(f"/submissions/{submission}").json()["status"] == "graded", "it is graded")
        return submission


def _let_in(workshop: Workshop, student: Any) -> None:
    student.post("/cohorts/join", json={"code": workshop.join_code}).raise_for_status()
    student.post(f"/nodes/{workshop.lab_id}/open").raise_for_status()


@pytest.fixture
def reader(trap: Trap, workshop: Workshop, mallory: str) -> Trap:
    """The course's instructor, logged in."""
    assert mallory
    trap.page.goto(f"{workshop.server.url}/nexus/login")
    log_in(trap.page, workshop.instructor)
    expect_lab(trap.page, "Instructor")
    return trap


def test_the_payload_runs_where_nothing_holds_it(trap: Trap) -> None:
    trap.page.set_content(ways_in("nowhere") + SVG)
    trap.page.wait_for_function("() => true")
    expect(trap.page.get_by_text("nowhere was shown")).to_be_visible()
    trap.click_everything("nowhere")
    trap.page.evaluate("() => new Promise(done => setTimeout(done, 300))")
    ways = {where.removeprefix("nowhere ") for where in trap.sprung}
    assert ways >= {"script", "onerror", "svg", "srcdoc", "link", "toggle", "style", "svg file"}


def test_files_of_another_person(reader: Trap, workshop: Workshop) -> None:
    """An instructor got the files, by mail say, and put them among their own."""
    page = reader.page
    xsrf = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "_xsrf")
    for name, body in FILES.items():
        address = f"{workshop.server.url}/api/contents/{name}"
        assert page.context.request.put(address, data=body, headers={"X-XSRFToken": xsrf}).ok
    for name in FILES:
        assert download_of(page, f"{workshop.server.url}/files/{name}?_xsrf={xsrf}").suggested_filename == name
    page.goto(f"{workshop.server.url}/lab/tree/gift.html")
    frame = page.frame_locator(".jp-HTMLViewer iframe")
    expect(frame.get_by_text("html file was shown")).to_be_visible()
    reader.click_everything("html file", frame)
    page.goto(f"{workshop.server.url}/lab/tree/gift.svg")
    expect(page.locator(".jp-ImageViewer img")).to_be_visible()
    reader.assert_held()


def shown(page: Page, place: str) -> Locator:
    """Return the payload's heading, rendered."""
    return page.locator(".jp-Notebook").get_by_role("heading", name=f"{place} was shown")


def download_of(page: Page, address: str) -> Download:
    """Open an address that sends a file to keep."""
    with page.expect_download() as kept, pytest.raises(Error, match="Download is starting"):
        page.goto(address)
    return kept.value


def test_the_output_of_another_persons_notebook(reader: Trap, workshop: Workshop) -> None:
    page = reader.page
    page.goto(f"{workshop.server.url}/lab/tree/gift.ipynb")
    expect(shown(page, "markdown").first).to_be_visible()
    expect(shown(page, "html output")).to_be_visible()
    for place in ("markdown", "html output", "latex"):
        reader.click_everything(place)
    reader.assert_held()


def test_a_submission_and_its_feedback(reader: Trap, workshop: Workshop, mallory: str) -> None:
    page = reader.page
    page.get_by_role("button", name="Profile of").click()
    page.get_by_role("button", name="Teaching").click()
    body = page.locator(".nx-wide")
    body.get_by_role("tab", name="Submissions", exact=True).click()
    expect(page.get_by_role("row", name="Mallory")).to_contain_text("needs you")
    page.get_by_role("button", name=re.compile("Look at attempt 1 of Mallory")).click()
    expect(body).to_contain_text("<script>fetch('/nexus/pwned-by-request'),pwned('error message script')</script>")
    page.get_by_text("The whole notebook as it was handed in").click()
    points = body.locator(".nx-grade-score").inner_text()
    expect(body.get_by_text("markdown was shown").first).to_be_visible()
    for place in ("markdown", "error message", "code", "html output"):
        reader.click_everything(place)
    # nor does a button in an answer send the form that it stands in
    assert body.get_by_role("button", name="the trap in markdown").first.is_disabled()
    expect(body.locator(".nx-grade-score")).to_have_text(points)
    expect(body).to_contain_text("needs you")
    page.goto(f"{workshop.server.url}/nexus/api/v1/teaching/submissions/{mallory}/feedback")
    expect(page.get_by_text("error message was shown").first).to_be_visible()
    reader.click_everything("error message")
    reader.assert_held()


def test_a_thread_in_the_forum(reader: Trap) -> None:
    page = reader.page
    page.get_by_role("button", name="Profile of").click()
    page.get_by_role("button", name="Forum", exact=True).click()
    page.get_by_text("Why <script>pwned('title')</script>?").click()
    expect(page.locator(".nx-post").get_by_text("markdown was shown")).to_be_visible()
    reader.click_everything("markdown")
    reader.assert_held()
