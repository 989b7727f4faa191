"""Nothing that was typed is lost: by logging out, by a login that ended elsewhere, by a cut line, by a second tab."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import PATIENCE_MS, Shoot
from tests.browser.lab import wait_for_kernel, write_cell
from tests.browser.people import expect_lab, log_in, log_out, register
from tests.plugins.server import PASSWORD
from tests.plugins.workshop import Workshop

pytestmark = [pytest.mark.browser, pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(420)]

NOTEBOOK = "api/contents/workshop/mean/mean.ipynb"
FIRST = "# a place to try things"


def open_lab(page: Page, workshop: Workshop, name: str) -> str:
    """Register somebody who opens the lab; returns the e-mail address."""
    person = register(page, workshop.server, name)
    page.locator(".nx-sidebar .nx-roadmap-card", has_text="Workshop").click()
    page.get_by_role("button", name="Open The mean").click()
    wait_for_kernel(page)
    return person.email


def hold_saves(page: Page) -> Callable[[], None]:
    """Let no save of this page arrive, until what is returned is called: then those that are held fail."""
    held: list[Route] = []
    is_held = True

    def hold(route: Route) -> None:
        if is_held and route.request.method == "PUT":
            held.append(route)
        else:
            route.continue_()

    def release() -> None:
        nonlocal is_held
        is_held = False
        for route in held:
            route.abort()

    page.route(f"**/{NOTEBOOK}*", hold)
    return release


def on_server(page: Page, workshop: Workshop) -> str:
    """What the server has of the lab's notebook."""
    return page.request.get(f"{workshop.server.url}/{NOTEBOOK}?content=1").text()


def wait_until_saved(page: Page, workshop: Workshop, text: str) -> None:
    """Wait until the server has a text."""
    for _ in range(60):
        if text in on_server(page, workshop):
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"{text!r} was never saved.")


def test_an_edit_is_saved_by_itself_and_by_logging_out(page: Page, workshop: Workshop) -> None:
    email = open_lab(page, workshop, "Rosa Luxemburg")
    write_cell(page, FIRST, "one = 1")
    wait_until_saved(page, workshop, "one = 1")

    page.locator(".jp-NotebookPanel-toolbar").get_by_role("button", name="History").click()
    expect(page.locator(".nx-history ins", has_text=FIRST)).to_be_visible()
    page.get_by_role("button", name="Restore the version").click()
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    expect(page.locator(".jp-CodeCell", has_text="one = 1")).to_have_count(0)

    write_cell(page, FIRST, "two = 2  # typed a moment before logging out")
    log_out(page)
    log_in(page, email)
    expect_lab(page, "Rosa Luxemburg")
    page.goto(f"{workshop.server.url}/lab")
    expect(page.get_by_text("typed a moment before logging out")).to_be_visible(timeout=PATIENCE_MS)
    assert "typed a moment before logging out" in on_server(page, workshop)


def test_what_a_reload_would_lose_is_offered_again(page: Page, workshop: Workshop, shoot: Shoot) -> None:
    open_lab(page, workshop, "Clara Zetkin")
    hold_saves(page)
    write_cell(page, FIRST, "kept = 'in this browser'")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect_lab(page, "Clara Zetkin")
    banner = page.locator(".nx-kernel-banner", has_text="This browser kept what you typed")
    expect(banner).to_be_visible()
    banner.get_by_role("button", name="Compare").click()
    expect(page.locator(".jp-Dialog ins", has_text="in this browser")).to_be_visible()
    shoot("draft")
    page.get_by_role("button", name="Decide later").click()
    page.unroute_all()
    banner.get_by_role("button", name="Put it back").click()
    wait_until_saved(page, workshop, "kept = 'in this browser'")
    page.reload()
    expect_lab(page, "Clara Zetkin")
    expect(page.get_by_text("kept = 'in this browser'")).to_be_visible()
    expect(banner).to_have_count(0)


def test_a_log_out_in_another_tab_asks_over_the_page_and_keeps_the_text(
    page: Page, workshop: Workshop, shoot: Shoot
) -> None:
    email = open_lab(page, workshop, "Emma Goldman")
    release_saves = hold_saves(page)
    write_cell(page, FIRST, "mine = 'not saved yet'")
    other = page.context.new_page()
    other.goto(f"{workshop.server.url}/lab")
    expect_lab(other, "Emma Goldman")
    log_out(other)

    dialog = page.get_by_role("dialog", name="You are logged out")
    expect(dialog).to_be_visible()
    expect(page.get_by_text("mine = 'not saved yet'")).to_be_visible()
    assert "/lab" in page.url
    shoot("logged-out")
    release_saves()
    expect(dialog.get_by_label("E-mail")).to_have_value(email)
    # in Firefox, what Playwright fills in at once is no change to React
    dialog.get_by_label("Password").press_sequentially(PASSWORD)
    dialog.get_by_role("button", name="Log in", exact=True).click()
    expect(dialog).to_have_count(0)
    wait_until_saved(page, workshop, "mine = 'not saved yet'")
    page.keyboard.press("Escape")
    wait_for_kernel(page)


def test_a_cut_line_is_said_calmly_and_what_is_handed_in_goes_later(
    page: Page, workshop: Workshop, shoot: Shoot
) -> None:
    open_lab(page, workshop, "Louise Michel")
    write_cell(page, "def mean", "def mean(values):\n    return sum(values) / len(values)")
    page.context.set_offline(True)
    bar = page.get_by_text("You are offline. We keep what you type")
    expect(bar).to_be_visible()
    write_cell(page, FIRST, "typed = 'on a train'")
    page.keyboard.press("ControlOrMeta+s")
    page.locator(".nx-lab-buttons").get_by_role("button", name="Submit").click()
    page.get_by_role("button", name="Submit all the same").click()
    expect(page.get_by_text("handed in as soon as the server can be reached")).to_be_visible()
    shoot("offline")
    expect(page.get_by_text("Failed to fetch")).to_have_count(0)
    expect(page.locator(".jp-Dialog")).to_have_count(0)

    page.context.set_offline(False)
    expect(bar).to_have_count(0)
    expect(page.locator(".nx-grade")).to_be_visible(timeout=180_000)
    wait_until_saved(page, workshop, "on a train")
    expect(page.get_by_text("cannot be reached")).to_have_count(0)
    page.locator(".jp-CodeCell").first.click()
    wait_for_kernel(page)


def test_two_tabs_compare_their_versions_and_nothing_is_overwritten_by_default(
    page: Page, workshop: Workshop, shoot: Shoot
) -> None:
    open_lab(page, workshop, "Vera Figner")
    other = page.context.new_page()
    other.goto(f"{workshop.server.url}/lab/workspaces/second/tree/workshop/mean/mean.ipynb")
    expect_lab(other, "Vera Figner")
    wait_for_kernel(other)
    write_cell(page, FIRST, "first = 'tab'")
    wait_until_saved(page, workshop, "first = 'tab'")

    write_cell(other, FIRST, "second = 'tab'")
    banner = other.locator(".nx-kernel-banner", has_text="This was changed elsewhere")
    expect(banner).to_be_visible()
    assert "second = 'tab'" not in on_server(page, workshop)
    banner.get_by_role("button", name="Compare and choose").click()
    dialog = other.locator(".jp-Dialog")
    expect(dialog.locator("del", has_text="first = 'tab'")).to_be_visible()
    expect(dialog.locator("ins", has_text="second = 'tab'")).to_be_visible()
    expect(dialog.get_by_role("button", name="Decide later")).to_be_focused()
    expect(dialog.locator(".jp-mod-warn")).to_have_count(0)
    other.screenshot(path="tests/output/versions.png")
    dialog.get_by_role("button", name="Keep this version").click()
    wait_until_saved(page, workshop, "second = 'tab'")
    expect(banner).to_have_count(0)
