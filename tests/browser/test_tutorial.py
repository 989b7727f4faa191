"""The instructor's tutorial, step by step as the page has it: its commands in one shell, its clicks in two windows."""

import os
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE_MS
from tests.browser.lab import wait_for_kernel, write_cell
from tests.browser.people import expect_lab, log_in
from tests.plugins.processes import free_port, wait_for
from tests.plugins.server import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "instructor" / "tutorial.md"
#: a block of commands, or the name of what is done by hand
STEP = re.compile(r"^```sh\n(?P<commands>.*?)^```|^<!-- by hand: (?P<name>.*?) -->", re.MULTILINE | re.DOTALL)
DONE = "the tutorial's step is done"
PATIENCE_S = 120
#: milliseconds
GRADING_MS = 180_000

pytestmark = [pytest.mark.browser, pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(420)]


class Shell:
    """One shell, in which a reader types one block after the other; the first command that fails ends it."""

    def __init__(self, home: Path) -> None:
        # A pipe to each block's end, so that a command that runs on in the background holds nothing up.
        self.process = subprocess.Popen(
            ["bash", "-e"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            env={**os.environ, "HOME": str(home)},
        )
        self._lines = Queue[str | None]()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def run(self, commands: str) -> str:
        """Run a block; return what it printed."""
        assert self.process.stdin is not None
        self.process.stdin.write(f'{commands}\necho "{DONE}"\n'.encode())
        self.process.stdin.flush()
        printed = list[str]()
        while (line := self._lines.get(timeout=PATIENCE_S)) != DONE:
            assert line is not None, f"The shell ended:\n{commands}\n" + "\n".join(printed)
            printed.append(line)
        return "\n".join(printed)

    def close(self) -> None:
        """Let the shell end by itself, with what it still runs."""
        assert self.process.stdin is not None
        if self.process.poll() is None:
            self.process.stdin.write(b"kill $(jobs -p) 2> /dev/null || true\nwait\n")
        self.process.stdin.close()
        self.process.wait(PATIENCE_S)
        self._reader.join()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self._lines.put(line.decode(errors="replace").rstrip("\n"))
        self._lines.put(None)


class Reader:
    """What the page asks its reader to do by hand, as an instructor in one window and as a student in another."""

    def __init__(self, teacher: Page, student: Page, url: str) -> None:
        self._teacher, self._student, self._url = teacher, student, url
        self._code = ""

    def make_a_class(self) -> None:
        page = self._teacher
        page.goto(f"{self._url}/nexus/login")
        log_in(page, "teacher@example.org", "seven green bottles")
        expect_lab(page, "Teacher")
        page.get_by_role("button", name="Profile of").click()
        page.get_by_role("button", name="Teaching").click()
        page.locator(".nx-wide").get_by_role("tab", name="Classes", exact=True).click()
        page.get_by_label("Name of the new class").fill("Morning class")
        page.get_by_role("button", name="Make a class").click()
        code = page.locator(".nx-wide code").first
        expect(code).to_be_visible()
        self._code = code.inner_text()

    def join_and_complete_the_note(self) -> None:
        page = self._student
        page.goto(self._url)
        page.get_by_role("link", name="Register").click()
        page.get_by_label("Name").fill("Ada")
        page.get_by_label("E-mail").fill("ada@example.org")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Create account").click()
        expect_lab(page, "Ada")
        page.goto(f"{self._url}/lab")
        expect_lab(page, "Ada")
        page.get_by_role("button", name="Profile of").click()
        page.get_by_role("button", name="Join a class…").click()
        page.locator(".jp-Dialog input").fill(self._code)
        page.locator(".jp-Dialog").get_by_role("button", name="Join", exact=True).click()
        expect(page.get_by_text("You are in the class “Morning class”.").first).to_be_visible()
        page.get_by_role("button", name="Start", exact=True).click()
        quiz = page.get_by_role("region", name="Quiz")
        quiz.get_by_role("textbox").fill("2")
        quiz.get_by_role("button", name="Check my answers").click()
        expect(page.locator(".nx-unlocked").first).to_contain_text("Next node unlocked")

    def solve_the_lab_and_submit(self) -> None:
        page = self._student
        page.get_by_role("button", name="Open the lab").first.click()
        wait_for_kernel(page)
        write_cell(page, "def mean", "def mean(numbers):\n    return sum(numbers) / len(numbers)")
        panel = page.locator(".nx-lab")
        panel.get_by_role("button", name="Check").click()
        expect(panel).to_contain_text("1 of 1 tests pass", timeout=GRADING_MS)
        panel.get_by_role("button", name="Submit").click()
        expect(panel.locator(".nx-grade")).to_contain_text("2 / 2", timeout=GRADING_MS)
        expect(panel.locator(".nx-grade")).to_contain_text("XP")

    def see_the_grade(self) -> None:
        page = self._teacher
        page.locator(".nx-wide").get_by_role("tab", name="Gradebook", exact=True).click()
        expect(page.get_by_role("row", name="Ada")).to_contain_text("100%")
        page.get_by_role("button", name="submissions of Ada for Lab: the mean").click()
        page.get_by_role("button", name="Look at attempt 1 of Ada").click()
        expect(page.locator(".nx-wide .nx-grade-score")).to_contain_text("2 / 2")


@pytest.fixture
def student(chromium: Browser) -> Iterator[Page]:
    """A private window."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    yield page
    context.close()


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    shell = Shell(tmp_path)
    yield shell
    shell.close()


def test_the_tutorial_ends_with_a_graded_submission(page: Page, student: Page, shell: Shell, tmp_path: Path) -> None:
    port = free_port()
    url = f"http://localhost:{port}"
    reader = Reader(page, student, url)
    by_hand: dict[str, Callable[[], None]] = {
        "make a class": reader.make_a_class,
        "join and complete the note": reader.join_and_complete_the_note,
        "solve the lab and submit": reader.solve_the_lab_and_submit,
        "see the grade": reader.see_the_grade,
    }
    done = list[str]()
    for step in STEP.finditer(PAGE.read_text(encoding="utf-8")):
        if name := step["name"]:
            by_hand[name]()
            done.append(name)
            continue
        printed = shell.run(step["commands"].replace("8888", str(port)))
        if "content check" in step["commands"]:
            assert "0 problems" in printed
        if "nexus serve" in step["commands"]:
            wait_for(port, shell.process)
    assert done == list(by_hand)
    assert (tmp_path / "nexus-tutorial" / "data").is_dir()
