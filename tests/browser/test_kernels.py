"""What a person sees of a kernel that ends, and of one that runs into a limit."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Shoot
from tests.browser.lab import wait_for_kernel, write_cell
from tests.browser.people import register
from tests.plugins.workshop import Workshop

pytestmark = [pytest.mark.browser, pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(420)]


#: fills the workspace for a moment: what is saved meanwhile by itself fails, and says so beside the page
FILL = """try:
    with open('big', 'wb') as file: file.write(bytes(10**8))
finally:
    __import__('os').unlink('big')"""


def test_a_kernel_that_ends_says_why_and_starts_again(page: Page, workshop: Workshop, shoot: Shoot) -> None:
    register(page, workshop.server, "Konrad Zuse")
    page.locator(".nx-sidebar .nx-roadmap-card", has_text="Workshop").click()
    page.get_by_role("button", name="Open The mean").click()
    wait_for_kernel(page)
    banner = page.locator(".nx-kernel-banner")

    run(page, "# a place to try things", "x = bytearray(10**9)")
    expect(banner).to_contain_text("ran out of memory")
    expect(banner).to_contain_text("less data")
    shoot("kernel-memory")
    restart(page, banner.get_by_role("button", name="Restart the kernel"))
    expect(banner).to_have_count(0)

    run(page, "x = bytearray", FILL)
    expect(banner).to_contain_text("workspace is full")
    # The limit is told while the cell runs; what is run before its error comes would be aborted with it.
    expect(page.locator(".jp-OutputArea-output", has_text="No space left")).to_be_visible()
    banner.get_by_role("button", name="Close").click()
    expect(banner).to_have_count(0)

    run(page, "try:", "import os; os._exit(0)")
    expect(banner).to_contain_text("ended by itself")
    restart(page, page.get_by_title("Restart the kernel").first)
    run(page, "import os", "print(6 * 7)")
    expect(page.locator(".jp-OutputArea-output").get_by_text("42", exact=True)).to_be_visible()


def restart(page: Page, button: Locator) -> None:
    """Give the notebook another kernel by a button, and wait until that is ready: "Idle" may be of the one before."""
    with page.expect_response(lambda reply: reply.request.method == "PATCH" and "/api/sessions/" in reply.url):
        button.click()
    wait_for_kernel(page)


def run(page: Page, begins: str, source: str) -> None:
    """Put `source` in the place of the cell that begins so, and run it."""
    write_cell(page, begins, source)
    page.keyboard.press("Shift+Enter")
