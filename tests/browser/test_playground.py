"""The playground: code that runs once, with its output, its error and what to do about it."""

import fcntl
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from nexus_server.kernels.shipped_images import kernel_images
from tests.browser.conftest import Shoot
from tests.browser.people import register
from tests.plugins.server import LiveServer, StartServer, config_dir
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


@pytest.fixture
def waiting_server(start_server: StartServer) -> Iterator[LiveServer]:
    """A server whose builder of images waits for another one, which never ends."""
    place = Path(tempfile.mkdtemp(prefix="nxp"))
    with (place / "nexus-kernel-images.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        settings = config_dir(place, {"SandboxSettings": {"images_on_demand": ["nexus-sql"]}})
        server = start_server(JUPYTER_CONFIG_PATH=settings, TMPDIR=str(place), is_forked=False)
        yield server
        # Before the lock is free: nothing is built.
        server.process.kill()
        server.process.wait(60)
    shutil.rmtree(place, ignore_errors=True)


def test_a_language_that_is_being_prepared_says_so(page: Page, waiting_server: LiveServer, shoot: Shoot) -> None:
    if any(image.kernel_name == "nexus-sql" and image.is_installed(Path(sys.prefix)) for image in kernel_images()):
        pytest.skip("the language is here already")
    register(page, waiting_server, "Grace Hopper", "/nexus/learn")
    page.goto(f"{waiting_server.url}/nexus/learn/playground")
    page.get_by_role("tab", name="SQL", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="SQL is not set up here yet. Run prepares it")).to_be_visible()
    page.get_by_role("button", name="Run", exact=True).click()
    preparing = page.get_by_role("status").filter(has_text="SQL is being prepared, about 1 min. You may go on writing.")
    expect(preparing).to_be_visible()
    shoot("playground-preparing")
    # everybody sees it
    page.reload()
    page.get_by_role("tab", name="SQL", exact=True).click()
    expect(preparing).to_be_visible()


def editor(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Your code")


def write(page: Page, code: str) -> None:
    editor(page).click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(code)
