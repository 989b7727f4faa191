"""The playground: code that runs once, with its output, its error and what to do about it."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Shoot
from tests.browser.people import register
from tests.plugins.workshop import Workshop

pytestmark = [pytest.mark.browser, pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(300)]


def test_code_is_run_and_explained(page: Page, workshop: Workshop, shoot: Shoot) -> None:
    register(page, workshop.server, "Grace Hopper")
    page.get_by_role("button", name="Profile of").click()
    page.get_by_role("button", name="Playground", exact=True).click()
    output = page.get_by_role("region", name="Output")

    page.get_by_role("button", name="Run", exact=True).click()
    expect(output).to_contain_text("Hello, Ada!")

    write(page, "total = 1\nprint(totl)")
    page.keyboard.press("ControlOrMeta+Enter")
    expect(output).to_contain_text("NameError")
    expect(output.locator(".nx-hint")).to_contain_text("Python does not know the name totl")
    shoot("playground")

    page.get_by_role("tab", name="JavaScript").click()
    expect(output).to_have_count(0)
    page.get_by_role("button", name="Run", exact=True).click()
    expect(output).to_contain_text("Hello, Ada")

    # each language keeps its program
    page.get_by_role("tab", name="Python", exact=True).click()
    expect(editor(page)).to_contain_text("print(totl)")


def editor(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Your code")


def write(page: Page, code: str) -> None:
    editor(page).click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(code)
