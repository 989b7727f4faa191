"""Who hands a lab in, or leaves it, while something is still under way: nothing is lost, and nothing is left behind."""

from collections.abc import Callable

import pytest
from playwright.sync_api import APIResponse, Page, Request, Route, WebSocket, expect

from tests.browser.lab import write_cell
from tests.browser.people import register
from tests.plugins.workshop import Workshop

pytestmark = [pytest.mark.browser, pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(420)]

LAB = "/nexus/learn/roadmaps/workshop/mean"
NOTEBOOK = "**/api/contents/workshop/mean/mean.ipynb*"
SESSIONS = "**/api/sessions*"
FIRST = "# a place to try things"


@pytest.fixture
def student(page: Page, workshop: Workshop) -> Page:
    """A new student's page."""
    register(page, workshop.server, "Katherine Johnson", "/nexus/learn")
    return page


@pytest.fixture
def lab(student: Page, workshop: Workshop) -> Page:
    """A new student's lab."""
    page = student
    page.goto(workshop.server.url + LAB)
    expect(page.locator(".jp-CodeCell").first).to_be_visible()
    return page


def hold_first(page: Page, method: str, address: str) -> Callable[[], None]:
    """Let the first such request reach the server, but not its answer the page, until what is returned is called."""
    first: list[Route] = []
    answers: list[APIResponse] = []

    def handle(route: Route) -> None:
        if route.request.method == method and not first:
            first.append(route)
            answers.append(route.fetch())
        else:
            route.continue_()

    def release() -> None:
        while not answers:
            page.wait_for_timeout(20)  # the server has not answered yet
        first[0].fulfill(response=answers[0])

    page.route(address, handle)
    return release


def refuse_saves(page: Page) -> None:
    """Answer every save as a server does whose disk is full."""

    def handle(route: Route) -> None:
        if route.request.method == "PUT":
            route.fulfill(status=507, json={"message": "The workspace is full: delete some files first."})
        else:
            route.continue_()

    page.route(NOTEBOOK, handle)


def test_who_hands_in_while_a_save_is_on_its_way_meets_no_other_version(lab: Page) -> None:
    release = hold_first(lab, "PUT", NOTEBOOK)
    with lab.expect_request(lambda request: request.method == "PUT"):
        write_cell(lab, FIRST, "a = 1")
    lab.locator(".nx-lab").get_by_role("button", name="Submit").click()
    lab.get_by_role("button", name="Submit all the same").click()
    expect(lab.locator(".nx-lab").get_by_role("button", name="Grading…")).to_be_visible()
    with lab.expect_response(lambda reply: reply.request.method == "POST" and "/submissions" in reply.url) as handed_in:
        release()
    assert handed_in.value.status == 202
    expect(lab.get_by_text("This was changed elsewhere")).to_have_count(0)


def test_who_leaves_while_nothing_can_be_saved_gets_it_offered_again(lab: Page, workshop: Workshop) -> None:
    refuse_saves(lab)
    write_cell(lab, FIRST, "kept = 'although I left'")
    lab.locator(".nx-lab-heading").get_by_role("button", name="Workshop").click()
    expect(lab.get_by_text("is not saved yet, and this browser keeps what you typed")).to_be_visible()
    expect(lab.locator(".jp-Dialog")).to_have_count(0)
    lab.unroute_all()
    lab.goto(workshop.server.url + LAB)
    banner = lab.locator(".nx-kernel-banner", has_text="This browser kept what you typed")
    banner.get_by_role("button", name="Put it back").click()
    expect(lab.get_by_text("kept = 'although I left'")).to_be_visible()
    expect(lab.locator(".nx-lab-status")).to_have_attribute("data-saved", "saved")


def test_who_leaves_before_the_kernel_is_there_has_no_connection_to_it(student: Page, workshop: Workshop) -> None:
    page, opened = student, list[WebSocket]()
    page.on("websocket", lambda socket: opened.append(socket) if "/channels" in socket.url else None)
    release = hold_first(page, "POST", SESSIONS)
    page.goto(workshop.server.url + LAB)
    expect(page.locator(".jp-CodeCell").first).to_be_visible()
    page.locator(".nx-lab-heading").get_by_role("button", name="Workshop").click()
    expect(page.get_by_role("button", name="Open The mean")).to_be_visible()
    with page.expect_event("requestfinished", is_start):
        release()
    page.get_by_role("button", name="Open The mean").click()
    expect(page.locator(".nx-lab-status")).to_have_attribute("data-kernel", "ready", timeout=90_000)
    for socket in opened[:-1]:
        if not socket.is_closed():
            socket.wait_for_event("close")
    expect(page.locator(".jp-Dialog")).to_have_count(0)


def test_what_a_cell_said_while_the_line_was_cut_is_shown_afterwards(lab: Page, workshop: Workshop) -> None:
    kernels = f"{workshop.server.url}/api/kernels"
    outputs = lab.locator(".jp-OutputArea-output")
    expect(lab.locator(".nx-lab-status")).to_have_attribute("data-kernel", "ready", timeout=90_000)
    write_cell(lab, FIRST, "import time\nprint('before')\ntime.sleep(3)\nprint('after')\nfar = 6 * 7")
    lab.keyboard.press("Control+Enter")
    expect(outputs.get_by_text("before")).to_be_visible()
    lab.context.set_offline(offline=True)
    expect(lab.get_by_text("You are offline")).to_be_visible()
    # asked beside the page, whose line is cut
    while lab.request.get(kernels).json()[0]["execution_state"] != "idle":
        lab.wait_for_timeout(200)
    lab.context.set_offline(offline=False)
    expect(lab.get_by_text("You are offline")).to_have_count(0)
    expect(outputs.get_by_text("after")).to_be_visible()
    write_cell(lab, "import time", "print(far)")
    lab.keyboard.press("Control+Enter")
    expect(outputs.get_by_text("42", exact=True)).to_be_visible()


def is_start(request: Request) -> bool:
    return request.method == "POST" and "/api/sessions" in request.url
