"""The learner's application by hand: from a new account to a graded lab, and addresses that one comes back to."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Shoot
from tests.browser.lab import answers_of, first_line, write_cell
from tests.browser.people import register
from tests.plugins.server import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(420)]

#: what is said of XP, and whether a message lies on the way to the next step, while both can be seen
MESSAGE_AND_NEXT_STEP = """() => {
    const cards = [...document.querySelectorAll('.nx-news-card')];
    const said = cards.find(card => card.innerText.includes('XP'));
    const next = document.querySelector('.nx-unlocked button');
    if (!said || !next) return null;
    const button = next.getBoundingClientRect();
    const isOver = ({ left, right, top, bottom }) =>
        left < button.right && button.left < right && top < button.bottom && button.top < bottom;
    return [said.innerText, cards.some(card => isOver(card.getBoundingClientRect()))];
}"""

FIRST_NOTE = "/nexus/learn/roadmaps/python-foundations/welcome"
LAB = "/nexus/learn/roadmaps/python-foundations/first-steps"


@pytest.fixture
def quiet(page: Page) -> list[str]:
    """What the page's console says that it should not."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    return said


def wait_for_kernel(page: Page) -> None:
    expect(page.locator(".nx-lab-status")).to_have_attribute("data-kernel", "ready", timeout=90_000)


def begin(page: Page, server: LiveServer, name: str) -> None:
    """Register, and read the first note."""
    register(page, server, name, "/nexus/learn")
    page.goto(server.url + FIRST_NOTE)
    expect(page.get_by_role("heading", name="Your first ten minutes")).to_be_visible()
    page.get_by_role("button", name="Mark as complete").click()
    expect(page.locator(".nx-unlocked")).to_contain_text("Next node unlocked")


def test_from_a_new_account_to_a_first_result_and_a_grade(
    page: Page, live_server: LiveServer, shoot: Shoot, quiet: list[str]
) -> None:
    begin(page, live_server, "Grace Hopper")
    quiet.clear()
    page.locator(".nx-unlocked").get_by_role("button", name="Open the lab").click()
    expect(page).to_have_url(live_server.url + LAB)
    wait_for_kernel(page)
    shoot("learn-lab")
    answers = answers_of("02-first-steps.ipynb")
    write_cell(page, "def to_celsius", "print(6 * 7)")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator(".jp-OutputArea-output").get_by_text("42", exact=True)).to_be_visible()
    for grade_id, source in answers.items():
        write_cell(page, "print(6 * 7)" if grade_id == "to-celsius" else first_line(source), source)
    panel = page.locator(".nx-lab")
    panel.get_by_role("button", name="Check").click()
    expect(panel).to_contain_text("4 of 4 tests pass", timeout=90_000)
    expect(page.locator(".nx-lab-status")).to_have_attribute("data-saved", "saved")
    panel.get_by_role("button", name="Submit").click()
    expect(panel.locator(".nx-grade")).to_contain_text("8 / 8", timeout=180_000)
    expect(panel.locator(".nx-unlocked")).to_contain_text("Watch names and values")
    shoot("learn-graded")
    assert quiet == []


def test_a_kernel_is_asked_for_before_the_code_of_its_page_and_nothing_is_asked_for_twice(
    page: Page, live_server: LiveServer
) -> None:
    held: list[Route] = []
    is_held = True

    def hold(route: Route) -> None:
        if is_held:
            held.append(route)
        else:
            route.continue_()

    page.route("**/nexus/static/learn/LabPage-*.js", hold)
    begin(page, live_server, "Radia Perlman")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.method} {urlsplit(request.url).path}"))
    with (
        page.expect_request(lambda request: request.method == "POST" and request.url.endswith("/api/sessions")),
        page.expect_request("**/api/contents/**/first-steps.ipynb?type=notebook*"),
    ):
        page.locator(".nx-unlocked").get_by_role("button", name="Open the lab").click()
    is_held = False
    for route in held:
        route.continue_()
    wait_for_kernel(page)
    notebook = "/api/contents/python-foundations/first-steps/first-steps.ipynb"
    lists = ("GET /api/kernelspecs", "GET /api/sessions", "GET /api/kernels")
    for one in ("POST /api/sessions", f"GET {notebook}", *lists):
        assert asked.count(one) <= 1, one
    assert not any("/learn/chtml-" in one for one in asked), "what sets formulas is loaded for a lab without any"


def messages_to_kernel(page: Page) -> list[str]:
    """The types of the messages that the page sends to its kernel, as they come."""
    types: list[str] = []

    def note(frame: str | bytes) -> None:
        text = frame if isinstance(frame, str) else frame.decode("utf-8", "replace")
        types.extend(re.findall(r'"msg_type":\s*"(\w+_request)"', text)[:1])

    page.on("websocket", lambda socket: socket.on("framesent", note) if "/channels" in socket.url else None)
    return types


def test_a_kernel_is_asked_one_thing_before_the_first_cell(page: Page, live_server: LiveServer) -> None:
    begin(page, live_server, "Annie Easley")
    types = messages_to_kernel(page)
    page.locator(".nx-unlocked").get_by_role("button", name="Open the lab").click()
    wait_for_kernel(page)
    assert types == ["kernel_info_request"]
    write_cell(page, "def to_celsius", "print(6 * 7)")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator(".jp-OutputArea-output").get_by_text("42", exact=True)).to_be_visible()
    assert types == ["kernel_info_request", "execute_request"]


def test_a_reload_stays_and_back_leads_back_and_jupyterlab_has_the_same_work(
    page: Page, live_server: LiveServer
) -> None:
    begin(page, live_server, "Alan Turing")
    page.locator(".nx-unlocked").get_by_role("button", name="Open the lab").click()
    wait_for_kernel(page)
    write_cell(page, "def to_celsius", "kept = 'across faces'")
    page.keyboard.press("Shift+Enter")
    expect(page.locator(".nx-lab-status")).to_have_attribute("data-saved", "saved")
    page.reload()
    wait_for_kernel(page)
    write_cell(page, "kept = 'across faces'", "print('still', kept)")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".jp-OutputArea-output").get_by_text("still across faces")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Your first ten minutes")).to_be_visible()
    page.go_forward()
    expect(page.locator(".jp-OutputArea-output").get_by_text("still across faces")).to_be_visible()

    page.goto(f"{live_server.url}/lab/tree/python-foundations/first-steps/first-steps.ipynb")
    expect(page.locator(".jp-OutputArea-output").get_by_text("still across faces")).to_be_visible()
    expect(page.get_by_role("button", name="Python (sandbox) | Idle")).to_be_visible(timeout=90_000)


def test_who_comes_back_while_the_work_is_still_being_saved_finds_it(page: Page, live_server: LiveServer) -> None:
    begin(page, live_server, "Emmy Noether")
    page.locator(".nx-unlocked").get_by_role("button", name="Open the lab").click()
    wait_for_kernel(page)
    saves: list[Route] = []
    page.route(
        "**/api/contents/**", lambda route: saves.append(route) if route.request.method == "PUT" else route.fallback()
    )
    with page.expect_request(lambda request: request.method == "PUT" and "/api/contents/" in request.url):
        write_cell(page, "def to_celsius", "print('left', 'in a hurry')")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".jp-OutputArea-output").get_by_text("left in a hurry")).to_be_visible()
        page.go_back()
        expect(page.get_by_role("heading", name="Your first ten minutes")).to_be_visible()
    with page.expect_response("**/nexus/api/v1/nodes/*/open"):
        page.go_forward()
    assert saves, "nothing was being saved when the lab was left"
    for save in saves:
        save.continue_()
    page.unroute("**/api/contents/**")
    expect(page.locator(".jp-OutputArea-output").get_by_text("left in a hurry")).to_be_visible()
    expect(page.locator(".nx-lab-status")).to_have_attribute("data-saved", "saved")


def test_no_key_deletes_a_cell_and_typing_can_be_undone(page: Page, live_server: LiveServer) -> None:
    begin(page, live_server, "Mary Jackson")
    page.locator(".nx-unlocked").get_by_role("button", name="Open the lab").click()
    wait_for_kernel(page)
    cells = page.locator(".jp-Cell")
    before = cells.count()
    write_cell(page, "def to_celsius", "x = 1")
    page.keyboard.press("ControlOrMeta+z")
    expect(page.locator(".cm-content", has_text="def to_celsius").first).to_be_visible()
    page.keyboard.press("Escape")
    for key in ("d", "d", "x", "a", "b", "m"):
        page.keyboard.press(key)
    expect(cells).to_have_count(before)


@pytest.mark.parametrize(
    "width", [pytest.param(1366, marks=pytest.mark.long), pytest.param(390, marks=pytest.mark.long), 320]
)
def test_pages_fit_the_width_and_the_dark_theme_is_remembered(
    page: Page, live_server: LiveServer, shoot: Shoot, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    begin(page, live_server, "Ida Rhodes")
    page.get_by_role("button", name="Profile of").click()
    with page.expect_response(lambda reply: reply.request.method == "PUT" and "apputils-extension" in reply.url):
        page.get_by_role("button", name="Dark theme").click()
    page.goto(f"{live_server.url}/nexus/learn")
    expect(page.locator("html")).to_have_attribute("data-nx-theme", "dark")
    for name in ("", "/roadmaps/python-foundations", "/forum", "/leaderboard", "/badges", "/profile", "/search"):
        page.goto(f"{live_server.url}/nexus/learn{name}")
        expect(page.locator("main h1, main h2").first).to_be_visible()
        wide = page.evaluate("document.querySelector('main').scrollWidth - document.querySelector('main').clientWidth")
        assert wide <= 0, name
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        shoot(f"learn-{width}{name.replace('/', '-')}")


def test_the_start_page_does_not_ask_for_what_came_with_it(page: Page, live_server: LiveServer) -> None:
    begin(page, live_server, "Annie Easley")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    page.goto(f"{live_server.url}/nexus/learn")
    expect(page.locator(".nx-hero-button")).to_be_visible()
    for path in ("/me", "/roadmaps", "/roadmaps/python-foundations"):
        assert f"/nexus/api/v1{path}" not in asked


def test_a_word_is_found_again_by_the_keyboard_alone(page: Page, live_server: LiveServer, quiet: list[str]) -> None:
    register(page, live_server, "Karen Spärck", "/nexus/learn")
    quiet.clear()
    page.locator("main").press("/")
    field = page.get_by_role("searchbox", name="Words to look for")
    expect(field).to_be_focused()
    page.keyboard.type("first ten minutes")
    page.keyboard.press("Enter")
    hit = page.get_by_role("button", name="Your first ten minutes")
    expect(hit).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(hit).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your first ten minutes")).to_be_visible()
    page.go_back()
    expect(hit).to_be_visible()
    assert quiet == []


def test_a_step_says_one_number_everywhere_and_no_message_lies_on_what_comes_next(
    page: Page, live_server: LiveServer
) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})
    register(page, live_server, "Mary Cartwright", "/nexus/learn")
    page.goto(live_server.url + FIRST_NOTE)
    expect(page.get_by_role("heading", name="Your first ten minutes")).to_be_visible()
    worth = re.compile(r"(\d+) XP")
    on_page = worth.search(page.locator(".nx-page-meta").inner_text())
    in_list = worth.search(page.get_by_role("button", name="In progress Your first ten minutes").inner_text())
    assert on_page is not None
    assert in_list is not None
    assert on_page[1] == in_list[1]
    page.get_by_role("button", name="Mark as complete").click()
    text, is_covered = page.wait_for_function(MESSAGE_AND_NEXT_STEP).json_value()
    said = re.search(r"\+(\d+) XP(?:, (\d+) of them for your streak)?", text)
    assert said is not None
    assert int(said[1]) - int(said[2] or 0) == int(on_page[1])
    assert not is_covered
