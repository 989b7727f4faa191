"""A learner's walk in a real browser, timed: to the home, and from a click on a lab to its first result."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Protocol

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

PATIENCE_MS = 180_000
#: bytes per second of a line of 10 Mbit/s
LINE_BYTES_S = 10_000_000 / 8
LINE_LATENCY_MS = 40
SLOWER_CPU = 4
#: how often, and for how many milliseconds each time, a cell is tried to run
TRIES = 200
TRY_MS = 500
_STARTED = re.compile(r"\[(\*|\d+)\]")
_DONE = re.compile(r"\[\d+\]")


@dataclass(frozen=True)
class Walk:
    """What one walk took."""

    home_s: float
    first_result_s: float
    second_visit_s: float
    #: bytes over the line from the login to the first result, headers included
    wire_bytes: int


class Face(Protocol):
    """One of the two that are compared."""

    def arrive(self, page: Page) -> None:
        """Get to where the next step is the login."""

    def enter(self, page: Page) -> None:
        """Log in."""

    def see_home(self, page: Page) -> None:
        """Wait until the home can be used."""

    def visit(self, page: Page) -> None:
        """Come back with a login that holds."""

    def open_lab(self, page: Page) -> None:
        """Click on the lab, and wait until its kernel is ready."""


def walk(browser: Browser, face: Face, *, throttled: bool) -> Walk:
    """Walk once with an empty cache, and come back with a full one."""
    with _fresh(browser) as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        face.arrive(page)
        devtools = _devtools(page, throttled=throttled)
        received: list[float] = []
        devtools.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
        begun = time.perf_counter()
        face.enter(page)
        face.see_home(page)
        home_s = time.perf_counter() - begun
        begun = time.perf_counter()
        face.open_lab(page)
        _run_first_cell(page)
        first_result_s = time.perf_counter() - begun
        page.close()
        return Walk(home_s, first_result_s, _second_visit(context, face, throttled=throttled), int(sum(received)))


def _second_visit(context: BrowserContext, face: Face, *, throttled: bool) -> float:
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    _devtools(page, throttled=throttled)
    begun = time.perf_counter()
    face.visit(page)
    face.see_home(page)
    return time.perf_counter() - begun


def _run_first_cell(page: Page) -> None:
    """Run the first cell. A notebook that is still coming up may drop what is pressed: then it is pressed again."""
    cell = page.locator(".jp-CodeCell").first
    prompt = cell.locator(".jp-InputPrompt")
    for _ in range(TRIES):
        cell.locator(".cm-content").click()
        page.keyboard.press("Control+Enter")
        with suppress(PlaywrightTimeout):
            prompt.filter(has_text=_STARTED).wait_for(timeout=TRY_MS)
            break
    prompt.filter(has_text=_DONE).wait_for()


@contextmanager
def _fresh(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1366, "height": 800})
    yield context
    context.close()


def _devtools(page: Page, *, throttled: bool) -> CDPSession:
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    if throttled:
        line = {"offline": False, "latency": LINE_LATENCY_MS}
        devtools.send(
            "Network.emulateNetworkConditions",
            {**line, "downloadThroughput": LINE_BYTES_S, "uploadThroughput": LINE_BYTES_S},
        )
        devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER_CPU})
    return devtools
