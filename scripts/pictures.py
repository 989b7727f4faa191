"""Take the pictures of the documentation anew: a real server, a real browser, somebody who works.

usage: python -m scripts.pictures

Writes docs/images/*.webp and the moving picture docs/images/lab.gif. Needs what the tests need (`make setup-test`).
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page, ViewportSize, expect, sync_playwright

from tests.browser.lab import answers_of, first_line, wait_for_kernel, write_cell
from tests.browser.people import expect_lab, log_in, register
from tests.plugins.processes import free_port, wait_for
from tests.plugins.server import LiveServer
from tests.plugins.workshop import found, write_workshop

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
CHROMIUM = "/usr/bin/chromium"
SIZE: ViewportSize = {"width": 1280, "height": 800}
MAX_BYTES = 80_000
MOVING_SIZE = (960, 600)
PATIENCE_MS = 120_000


class Album:
    """Saves what the page shows, and the frames of the moving picture."""

    def __init__(self, page: Page) -> None:
        """Take pictures of `page`."""
        self._page = page
        self._frames: list[tuple[Image.Image, int]] = []

    def still(self, name: str, part: Locator | None = None) -> None:
        """Save a picture of the page, or of a part of it, as small as it must be."""
        image = self._shot(part)
        for quality in (82, 70, 60, 50, 40):
            data = BytesIO()
            image.save(data, "WEBP", quality=quality, method=6)
            if data.tell() <= MAX_BYTES:
                break
        (IMAGES / f"{name}.webp").write_bytes(data.getvalue())
        print(f"{name}.webp: {data.tell() // 1000} kB")

    def frame(self, shown_ms: int) -> None:
        """Add what the page shows to the moving picture."""
        self._frames.append((self._shot(None).resize(MOVING_SIZE, Image.Resampling.LANCZOS), shown_ms))

    def write_moving(self) -> None:
        """Write the moving picture, in one palette for all frames."""
        strip = Image.new("RGB", (MOVING_SIZE[0], MOVING_SIZE[1] * len(self._frames)))
        for number, (image, _) in enumerate(self._frames):
            strip.paste(image, (0, MOVING_SIZE[1] * number))
        palette = strip.quantize(128, dither=Image.Dither.NONE)
        frames = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image, _ in self._frames]
        durations = [shown for _, shown in self._frames]
        target = IMAGES / "lab.gif"
        frames[0].save(target, save_all=True, append_images=frames[1:], duration=durations, loop=0, optimize=True)
        print(f"lab.gif: {target.stat().st_size // 1000} kB")

    def _shot(self, part: Locator | None) -> Image.Image:
        self._page.mouse.move(SIZE["width"] - 2, SIZE["height"] - 2)
        data = (part or self._page).screenshot(animations="disabled")
        return Image.open(BytesIO(data)).convert("RGB")


@contextmanager
def running_server(folder: Path) -> Iterator[LiveServer]:
    """Serve the product's own roadmaps from a data directory that is thrown away."""
    shutil.copytree(ROOT / "content", folder / "content")
    data, port = folder / "data", free_port()
    data.mkdir()
    log = data / "server.log"
    environment = {
        **os.environ,
        "NEXUS_CONTENT_DIR": str(folder / "content"),
        "NEXUS_PUBLIC_URL": f"http://localhost:{port}",
        "NEXUS_END_KERNELS": "1",
    }
    command = [str(Path(sys.executable).parent / "nexus"), "serve", "--port", str(port), "--data", str(data)]
    with log.open("ab") as sink:
        process = subprocess.Popen(command, stdout=sink, stderr=sink, cwd=ROOT, env=environment)
    server = LiveServer(f"http://localhost:{port}", data, log, process)
    try:
        wait_for(port, process)
        yield server
    finally:
        for client in server.clients:
            client.close()
        process.terminate()
        process.wait(120)


def take_all(page: Page, server: LiveServer, content: Path) -> None:
    """Live through a student's first hour and an instructor's, and take pictures."""
    album = Album(page)
    page.goto(f"{server.url}/nexus/register")
    album.still("register")
    register(page, server, "Emmy Noether")
    album.still("home")
    album.frame(1800)
    read_a_note(page, album)
    solve_a_lab(page, album)
    album.write_moving()
    answer_a_quiz(page, album)
    meet_a_limit(page, album)
    look_around(page, album)
    teach(page, album, server, content)


def read_a_note(page: Page, album: Album) -> None:
    """Read the first note of Python foundations to its end."""
    roadmaps = page.get_by_role("navigation", name="Roadmaps")
    roadmaps.get_by_role("button", name=re.compile("^Python foundations")).click()
    page.get_by_role("button", name="Open Your first ten minutes").click()
    done = page.get_by_role("button", name="Mark as complete")
    expect(done).to_be_visible()
    album.still("note")
    album.frame(1800)
    done.click()
    expect(page.locator(".nx-unlocked")).to_contain_text("Next node unlocked")
    album.still("unlocked")
    page.locator(".nx-unlocked").get_by_role("button", name="Open the lab").click()


def solve_a_lab(page: Page, album: Album) -> None:
    """Make a mistake, get a hint, check, submit."""
    panel = page.locator(".nx-lab")
    wait_for_kernel(page)
    album.still("lab")
    album.frame(2000)
    write_cell(
        page, "def to_celsius", "def to_celsius(fahrenheit):\n    return (farenheit - 32) * 5 / 9\n\nto_celsius(212)"
    )
    page.keyboard.press("Shift+Enter")
    expect(page.locator(".jp-OutputArea-output").get_by_text("NameError").first).to_be_visible()
    album.frame(1800)
    panel.get_by_role("button", name="Hint").click()
    expect(panel.locator(".nx-hint")).to_contain_text("farenheit")
    album.still("hint")
    album.frame(2600)
    for grade_id, source in answers_of("02-first-steps.ipynb").items():
        write_cell(page, "def to_celsius" if grade_id == "to-celsius" else first_line(source), source)
    panel.get_by_role("button", name="Check").click()
    expect(panel).to_contain_text("4 of 4 tests pass")
    album.still("check")
    album.frame(2200)
    panel.get_by_role("button", name="Submit").click()
    expect(panel.locator(".nx-grade")).to_contain_text("8 / 8")
    expect(panel.locator(".nx-unlocked")).to_contain_text("Next node unlocked")
    album.still("grade")
    album.frame(3200)


def answer_a_quiz(page: Page, album: Album) -> None:
    """Watch the video to its end by its button, then open the node with the first quiz."""
    page.locator(".nx-lab .nx-unlocked").get_by_role("button").click()
    expect(page.locator("video")).to_be_visible()
    album.still("video")
    page.get_by_role("button", name="Mark as complete").click()
    page.get_by_role("button", name="Open Values and their types").click()
    quiz = page.get_by_role("region", name="Quiz")
    expect(quiz).to_be_visible()
    quiz.scroll_into_view_if_needed()
    album.still("quiz")


def meet_a_limit(page: Page, album: Album) -> None:
    """Use more memory than a kernel has."""
    page.get_by_role("button", name="kitchen calculator").first.click()
    wait_for_kernel(page)
    write_cell(page, "def to_celsius", "numbers = list(range(10**9))")
    page.keyboard.press("Shift+Enter")
    expect(page.locator(".nx-kernel-banner")).to_contain_text("ran out of memory")
    album.still("kernel-memory")


def look_around(page: Page, album: Album) -> None:
    """Leaderboard, playground, profile and tutor."""
    page.get_by_title("Open the leaderboard").click()
    expect(page.locator(".nx-board-row[data-me='true']").last).to_be_visible()
    album.still("leaderboard")
    for entry, ready in (("Playground", "Run"), ("My profile", "Save")):
        page.get_by_role("button", name="Profile of").click()
        page.get_by_role("button", name=entry, exact=True).click()
        expect(page.get_by_role("button", name=ready, exact=True).first).to_be_visible()
        album.still(entry.removeprefix("My ").lower())


def teach(page: Page, album: Album, server: LiveServer, content: Path) -> None:
    """Look at a class's work as its instructor."""
    write_workshop(content)
    environment = {**os.environ, "NEXUS_CONTENT_DIR": str(content), "NEXUS_DATA_DIR": str(server.data_dir)}
    nexus = Path(sys.executable).parent / "nexus"
    subprocess.run([nexus, "content", "sync"], check=True, capture_output=True, cwd=ROOT, env=environment)
    workshop = found(server, content)
    page.context.clear_cookies()
    page.goto(f"{server.url}/nexus/login")
    log_in(page, workshop.instructor)
    expect_lab(page, "Instructor")
    page.get_by_role("button", name="Profile of").click()
    page.get_by_role("button", name="Teaching").click()
    body = page.locator(".nx-wide")
    expect(page.get_by_role("heading", name="Teaching")).to_be_visible()
    album.still("teaching-classes")
    body.get_by_role("tab", name="Submissions", exact=True).click()
    expect(page.get_by_role("row", name="Cleo")).to_contain_text("needs you")
    expect(page.get_by_role("row", name="Bob")).to_contain_text("needs you")
    page.get_by_role("button", name="Look at attempt 1 of Bob").click()
    page.get_by_label("Points for explain").fill("2.5")
    page.get_by_label("Comment on explain").fill("Say what outliers do.")
    album.still("teaching-submission")
    for name in ("Gradebook", "Similarity"):
        body.get_by_role("tab", name=name, exact=True).click()
        expect(body.locator("table, .nx-pairs").first).to_be_visible()
        album.still(f"teaching-{name.lower()}")


def main() -> None:
    """Take every picture."""
    IMAGES.mkdir(exist_ok=True)
    expect.set_options(timeout=PATIENCE_MS)
    with tempfile.TemporaryDirectory() as name, running_server(Path(name)) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport=SIZE, timezone_id="Europe/Berlin", locale="en-GB")
        page.set_default_timeout(PATIENCE_MS)
        take_all(page, server, Path(name) / "content")
        browser.close()


if __name__ == "__main__":
    main()
