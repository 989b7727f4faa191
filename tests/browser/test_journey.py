"""The whole journey by hand: from a new account to the unlocked next node, in a real browser on a real sandbox."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Shoot
from tests.browser.lab import answers_of, first_line, wait_for_kernel, write_cell
from tests.browser.people import register
from tests.plugins.server import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(420)]


def test_from_a_new_account_to_the_unlocked_next_node(page: Page, live_server: LiveServer, shoot: Shoot) -> None:
    register(page, live_server, "Emmy Noether")
    shoot("01-home")
    read_the_first_note(page, shoot)
    open_the_lab(page, shoot)
    make_a_mistake_and_get_a_hint(page, shoot)
    answer_and_check(page, shoot)
    submit(page, shoot)
    go_on(page, shoot)
    look_at_the_leaderboard(page, shoot)


def read_the_first_note(page: Page, shoot: Shoot) -> None:
    roadmaps = page.get_by_role("navigation", name="Roadmaps")
    roadmaps.get_by_role("button", name=re.compile("^Python foundations")).click()
    page.get_by_role("button", name="Open Your first ten minutes").click()
    expect(page.get_by_role("heading", name="Your first ten minutes")).to_be_visible()
    shoot("02-note")
    page.get_by_role("button", name="Mark as complete").click()
    expect(page.locator(".nx-unlocked")).to_contain_text("Next node unlocked")
    expect(page.locator(".nx-topbar")).not_to_contain_text("0 XP")
    shoot("03-unlocked")


def open_the_lab(page: Page, shoot: Shoot) -> None:
    page.locator(".nx-unlocked").get_by_role("button", name="Open the lab").click()
    expect(page.locator(".nx-lab-head")).to_contain_text("kitchen calculator")
    wait_for_kernel(page)
    shoot("04-lab")


def make_a_mistake_and_get_a_hint(page: Page, shoot: Shoot) -> None:
    write_cell(page, "def to_celsius", "print(celsus)")
    page.keyboard.press("Shift+Enter")
    expect(page.locator(".jp-OutputArea-output").get_by_text("NameError").first).to_be_visible()
    panel = page.locator(".nx-lab")
    panel.get_by_role("button", name="Hint").click()
    hint = panel.locator(".nx-hint")
    expect(hint).to_contain_text("celsus")
    expect(panel).to_contain_text("left today")
    panel.get_by_role("button", name="More help").click()
    expect(hint).to_have_count(2)
    hint.last.get_by_role("button", name="Yes, it helped").click()
    expect(hint.last).to_contain_text("Thank you")
    shoot("05-hint")


def answer_and_check(page: Page, shoot: Shoot) -> None:
    answers = answers_of("02-first-steps.ipynb")
    for grade_id, source in answers.items():
        begins = "print(celsus)" if grade_id == "to-celsius" else first_line(source)
        write_cell(page, begins, source)
    panel = page.locator(".nx-lab")
    panel.get_by_role("button", name="Check").click()
    expect(panel).to_contain_text("4 of 4 tests pass", timeout=90_000)
    shoot("06-check")


def submit(page: Page, shoot: Shoot) -> None:
    panel = page.locator(".nx-lab")
    panel.get_by_role("button", name="Submit").click()
    shoot("07-grading")
    expect(panel.locator(".nx-grade")).to_contain_text("8 / 8", timeout=180_000)
    expect(panel.locator(".nx-grade")).to_contain_text("XP")
    expect(panel.locator(".nx-unlocked")).to_contain_text("Next node unlocked")
    expect(panel.locator(".nx-unlocked")).to_contain_text("Watch names and values")
    shoot("08-graded")


def go_on(page: Page, shoot: Shoot) -> None:
    node = page.locator(".nx-node", has_text="kitchen calculator")
    expect(node).to_have_attribute("data-status", "completed")
    page.locator(".nx-lab .nx-unlocked").get_by_role("button").click()
    expect(page.locator("video")).to_be_visible()
    shoot("09-next-node")


def look_at_the_leaderboard(page: Page, shoot: Shoot) -> None:
    page.get_by_title("Open the leaderboard").click()
    expect(page.locator(".nx-board-row[data-me='true']").first).to_contain_text("Emmy Noether")
    shoot("10-leaderboard")
