"""Pictures of the gallery of components, and how far they are from the ones that are kept.

    make gallery                                  # build it, and take every picture into build/gallery/
    .venv/bin/python -m tests.browser.pictures --keep   # what is seen now is what is right

What is kept is small: the test finds a box that moved, a colour or a text that is gone, and no changed smoothing of
letters. A picture is told by its story, theme and width, and so is its file.
"""

import argparse
import functools
import http.server
import io
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops
from playwright.sync_api import Browser, sync_playwright
from rich.console import Console

from tests.browser.conftest import CHROMIUM, FLAGS

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "nexus_server" / "static" / "gallery"
STORIES = ROOT / "labextension" / "src" / "gallery" / "stories.tsx"
KEPT = ROOT / "tests" / "fixtures" / "gallery"
TAKEN = ROOT / "build" / "gallery"
#: the moment at which every picture is taken: some replies speak of days
NOW = "2026-03-02T09:00:00Z"
THEMES, WIDTHS = ("light", "dark"), (1366, 390, 320)
HEIGHT = 700
#: pixels of a picture that are one pixel of what is kept
SCALE = 6
#: how far a kept pixel may be off, of 255, and the share of pixels that may be further off
NEAR, AT_MOST = 24, 0.02


@dataclass(frozen=True)
class Picture:
    """One view of a story."""

    story: str
    theme: str
    width: int

    @property
    def name(self) -> str:
        """The file's name."""
        return f"{self.story}-{self.theme}-{self.width}.webp"


def stories() -> list[str]:
    """Return the names of the stories, as `stories.tsx` has them."""
    return re.findall(r"^  (\w+): \{", STORIES.read_text(encoding="utf-8"), re.MULTILINE)


def compared() -> list[Picture]:
    """Return what the test looks at: each story by day on a wide screen, and by night on a phone."""
    return [Picture(story, *how) for story in stories() for how in (("light", 1366), ("dark", 390))]


def every() -> list[Picture]:
    """Return each story in both themes at three widths."""
    return [Picture(story, theme, width) for story in stories() for theme in THEMES for width in WIDTHS]


@contextmanager
def served() -> Iterator[str]:
    """Serve the built gallery until the block ends; give its address."""

    class Silent(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Silent, directory=str(BUILT)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/index.html"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def take(browser: Browser, address: str, pictures: list[Picture]) -> Iterator[tuple[Picture, Image.Image]]:
    """Take the pictures, one browser's context for each width."""
    for width in sorted({picture.width for picture in pictures}):
        context = browser.new_context(
            viewport={"width": width, "height": HEIGHT}, locale="en-GB", timezone_id="UTC", reduced_motion="reduce"
        )
        page = context.new_page()
        page.clock.set_fixed_time(NOW)
        for picture in (one for one in pictures if one.width == width):
            page.goto(f"{address}?story={picture.story}&theme={picture.theme}")
            page.locator("main h1").first.wait_for()
            page.locator(".nx-skeleton-line").first.wait_for(state="hidden") if picture.story != "waiting" else None
            page.locator(".nx-code-input:empty").wait_for(state="detached")
            page.evaluate("document.fonts.ready")
            yield picture, Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
        context.close()


def small(image: Image.Image) -> Image.Image:
    """Return what is kept of a picture."""
    size = (max(1, image.width // SCALE), max(1, image.height // SCALE))
    return image.resize(size, Image.Resampling.BOX)


def distance(seen: Image.Image, kept: Image.Image) -> float:
    """Return the share of pixels that are far from the kept ones, from 0 to 1; what one has beside the other is far."""
    width, height = max(seen.width, kept.width), max(seen.height, kept.height)
    canvases = [Image.new("RGB", (width, height), "magenta") for _ in range(2)]
    for canvas, image in zip(canvases, (seen, kept), strict=True):
        canvas.paste(image, (0, 0))
    far = ImageChops.difference(*canvases).convert("L").point(lambda value: 255 if value > NEAR else 0)
    return far.histogram()[255] / (width * height)


def main() -> None:
    """Take every picture, or keep those that the test compares."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", action="store_true", help="keep what is seen now for the test")
    options = parser.parse_args()
    folder = KEPT if options.keep else TAKEN
    folder.mkdir(parents=True, exist_ok=True)
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for picture, image in take(browser, address, compared() if options.keep else every()):
            shown = small(image) if options.keep else image
            shown.save(folder / picture.name, lossless=True)
        browser.close()
    Console().print(f"{folder.relative_to(ROOT)}: pictures of {len(stories())} stories")


if __name__ == "__main__":
    main()
