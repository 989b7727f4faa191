"""A server is stopped and started again under a learner who is in the middle of a lab."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.lab import write_cell
from tests.browser.people import register
from tests.plugins.server import StartServer

pytestmark = [pytest.mark.browser, pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(420)]


def test_a_stop_is_said_in_words_and_afterwards_the_kernel_knows_what_it_knew(
    page: Page, start_server: StartServer
) -> None:
    server = start_server(NEXUS_END_KERNELS="0")
    register(page, server, "Jean Bartik", "/nexus/learn")
    page.goto(f"{server.url}/nexus/learn/roadmaps/python-foundations/welcome")
    page.get_by_role("button", name="Mark as complete").click()
    page.locator(".nx-unlocked").get_by_role("button", name="Open the lab").click()
    status = page.locator(".nx-lab-status")
    expect(status).to_have_attribute("data-kernel", "ready", timeout=90_000)
    write_cell(page, "def to_celsius", "kept = 6 * 7\nkept")
    page.keyboard.press("Control+Enter")
    outputs = page.locator(".jp-OutputArea-output")
    expect(outputs.get_by_text("42", exact=True)).to_be_visible()
    expect(status).to_have_attribute("data-saved", "saved")

    server.process.terminate()
    server.process.wait(120)
    bar = page.locator(".nx-offline")
    expect(bar).to_contain_text("The server does not answer")
    expect(outputs.filter(has_text="restarted")).to_have_count(0)

    start_server(server.data_dir, port=urlsplit(server.url).port, NEXUS_END_KERNELS="1")
    expect(bar).to_have_count(0)
    expect(status).to_have_attribute("data-kernel", "ready", timeout=90_000)
    write_cell(page, "kept = 6 * 7", "print(kept + 1)")
    page.keyboard.press("Control+Enter")
    expect(outputs.get_by_text("43", exact=True)).to_be_visible()
