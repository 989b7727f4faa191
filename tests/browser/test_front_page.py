"""Where a person arrives who knows nothing but the address, and where a mistyped address leads."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Shoot
from tests.browser.people import expect_lab, register
from tests.plugins.server import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_front_page_welcomes_and_leads_on(page: Page, live_server: LiveServer, shoot: Shoot) -> None:
    page.goto(live_server.url)
    expect(page.get_by_role("heading", name="Welcome to NexusAI")).to_be_visible()
    shoot("welcome")
    page.get_by_role("link", name="Log in").click()
    expect(page.get_by_role("heading", name="Welcome back")).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="Register").click()
    expect(page.get_by_role("heading", name="Create your account")).to_be_visible()

    ada = register(page, live_server, "Ada Lovelace")
    for path in ("/", "/nexus"):
        page.goto(live_server.url + path)
        expect_lab(page, ada.name)


@pytest.mark.parametrize("path", ["/nexus/nope", "/admin", "/register", "/tree"])
def test_an_address_that_leads_nowhere_says_so_and_leads_back(page: Page, live_server: LiveServer, path: str) -> None:
    reply = page.goto(live_server.url + path)
    assert reply
    assert reply.status == 404
    expect(page.get_by_role("heading", name="There is no page here")).to_be_visible()
    page.get_by_role("link", name="Go to the start page").click()
    expect(page.get_by_role("heading", name="Welcome to NexusAI")).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/nope"])
def test_the_first_pages_need_no_script_and_fit_a_phone(chromium: Browser, live_server: LiveServer, path: str) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url + path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    box = page.locator("main").bounding_box()
    assert box
    assert box["width"] <= 320
    context.close()
