"""How fast a class is marked by hand, and with how many actions next to nbgrader's formgrader.

    python -m benchmarks.teaching               # 1,200 submissions with ten questions for people
    python -m benchmarks.teaching --students 50 # a smoke run; the figures mean nothing

`page_p95_ms`: the slowest page's 95th percentile; `next_p95_ms`: the same of taking the next group in hand. Both are
waited for over HTTP, one after the other, from a server with one class of that size on SQLite.

`actions_ratio` counts keys and clicks for 100 answers to one question of three points, of which 60 form eight groups.
Ours are sent to the page in Chromium and counted as they are sent, the rubric included, until nothing waits. The
formgrader's follow from its own keyboard manager (nbgrader 0.9: Ctrl+. saves and leads to the same input of the next
submission): for each answer one digit and that key, no comment written. That is the least that it can be done with.
`actions_ratio_with_comments` lets each answer below full points have a comment: the text of its rubric's item here,
and typed there (Tab, the text, Shift+Tab on the next page), because the formgrader keeps no texts.

Prints a table and writes benchmarks/results/teaching.json; exits 1 when a target is missed.
"""

import argparse
import asyncio
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Page, sync_playwright
from rich.console import Console
from rich.table import Table

from benchmarks._teaching_class import ALIKE, GROUPS, QUESTIONS, ClassOnSite, enrol, write_roadmap
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.plugins.processes import free_port, wait_for

API = "/nexus/api/v1"
PASSWORD = "correct-horse-42-battery"
ADMIN = "boss@example.org"
RESULTS = Path(__file__).parent / "results" / "teaching.json"
#: times that each page is asked for
ROUNDS = 20
#: groups that are taken and given back
NEXTS = 60
#: answers whose actions are counted
ANSWERS = 100
TARGETS = {"page_p95_ms": 300.0, "next_p95_ms": 150.0, "actions_ratio": 1 / 3, "actions_ratio_with_comments": 1 / 3}
#: what gives a mark, once there is something to give it to
ENABLED = ".nx-desk-mark button[type=submit]:enabled"
#: what is taken off, and the words for it
ITEMS = (("Names no reason", -2), ("Is no sentence", -1), ("Answers something else", -3))


@contextmanager
def site(students: int) -> Iterator[tuple[str, str, ClassOnSite, ClassOnSite]]:
    """Run a platform; give its address, the instructor's token, a large class, and one whose actions are counted."""
    port = free_port()
    environment = {"NEXUS_POOL_SIZE": "0", "NEXUS_ADMIN_EMAIL": ADMIN, "NEXUS_ADMIN_PASSWORD": PASSWORD}
    with tempfile.TemporaryDirectory(prefix="nexus-bench-", ignore_cleanup_errors=True) as data:
        write_roadmap(Path(data) / "content")
        command = [str(Path(sys.executable).parent / "nexus"), "serve", "--port", str(port), "--data", data]
        with (Path(data) / "server.log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **environment})
            try:
                wait_for(port, process)
                url = f"http://127.0.0.1:{port}"
                large, small = asyncio.run(_enrol_both(Path(data) / "nexus.db", students))
                body = {"email": ADMIN, "password": PASSWORD}
                token = httpx.post(f"{url}{API}/auth/login", json=body).raise_for_status().json()["access_token"]
                yield url, token, large, small
            finally:
                process.terminate()
                process.wait(60)


async def _enrol_both(database: Path, students: int) -> tuple[ClassOnSite, ClassOnSite]:
    large = await enrol(database, ADMIN, students, name="Large")
    return large, await enrol(database, ADMIN, ANSWERS, name="Small")


def p95_ms(ask: Callable[[], httpx.Response], times: int) -> float:
    """Return the 95th percentile of what a request takes, after one that warms what it needs."""
    ask().raise_for_status()
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        ask().raise_for_status()
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.quantiles(taken, n=20)[-1]


def pages(client: httpx.Client, of: ClassOnSite) -> dict[str, float]:
    """Return the 95th percentile of each page of marking."""
    desk = f"/teaching/cohorts/{of.cohort_id}/marking"
    question = f"{desk}/{of.node_id}/questions/{QUESTIONS[0]}"
    held = client.post(f"{question}/next", json={}).raise_for_status().json()
    addresses = {
        "labs": desk,
        "desk": f"{desk}/{of.node_id}",
        "question": question,
        "question_by_output": f"{question}?by=output",
        "answer": f"{question}/answers/{held['ids'][0]}",
        "submissions": f"/teaching/submissions?node_id={of.node_id}&cohort_id={of.cohort_id}",
        "submission": f"/teaching/submissions/{held['answer']['submission_id']}",
        "requests": "/teaching/regrade-requests",
        "gradebook": f"/teaching/roadmaps/marked/gradebook?cohort_id={of.cohort_id}",
    }
    client.post(f"{question}/release", json={"answers": held["ids"]}).raise_for_status()
    return {name: p95_ms(lambda path=path: client.get(path), ROUNDS) for name, path in addresses.items()}  # type: ignore[misc]


def next_ms(client: httpx.Client, of: ClassOnSite) -> float:
    """Return the 95th percentile of taking the next group, each time another one."""
    left: list[str] = []

    def take() -> httpx.Response:
        address = f"/teaching/cohorts/{of.cohort_id}/marking/{of.node_id}/questions/{QUESTIONS[1]}/next"
        reply = client.post(address, json={"leave": left})
        left.extend(reply.json()["ids"])
        return reply

    return p95_ms(take, NEXTS)


@dataclass
class Hands:
    """Presses keys and clicks on a page, and counts. A text is as many keys as it has characters."""

    page: Page
    actions: int = 0

    def press(self, key: str) -> None:
        """Press a key, with whatever is held down meanwhile."""
        self.actions += 1
        self.page.keyboard.press(key)

    def click(self, role: Any, name: str) -> None:
        """Click on something by its role and name."""
        self.actions += 1
        self.page.get_by_role(role, name=name, exact=True).click()

    def write(self, text: str) -> None:
        """Type a text where the focus is."""
        self.actions += len(text)
        self.page.keyboard.type(text)


def marks_of(number: int) -> int:
    """Return which item the answers of a group have; every fourth group has none, which is full points."""
    return number % (len(ITEMS) + 1)


def our_actions(url: str, of: ClassOnSite) -> int:
    """Mark a class in Chromium by keys alone, and return how many actions that took, its rubric included."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1366, "height": 900})
        page.goto(f"{url}/nexus/login?next=%2Fnexus%2Flearn%2Fteaching")
        page.get_by_label("E-mail").fill(ADMIN)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.get_by_role("tab", name="Marking", exact=True).click()
        page.get_by_label("Class", exact=True).select_option(of.cohort_id)
        page.get_by_role("button", name="Ten questions", exact=True).click()
        page.get_by_role("button", name=QUESTIONS[0].replace("-", " "), exact=True).click()
        hands = Hands(page)
        _write_rubric(hands)
        _mark_all(hands)
        browser.close()
    return hands.actions


def _write_rubric(hands: Hands) -> None:
    for number, (_, taken_off) in enumerate(ITEMS, 1):
        if number > 1:
            hands.click("button", "Add an item")
        hands.page.locator(f"[aria-label='Text of item {number}']:focus").wait_for()
        hands.write(str(number))
        hands.press("Tab")
        hands.write(str(taken_off))
    hands.click("checkbox", "Count down from the whole")
    hands.click("button", "Save the rubric")
    hands.page.get_by_role("form", name="The rubric").wait_for(state="hidden")
    hands.page.locator(ENABLED).wait_for()


def _mark_all(hands: Hands) -> None:
    """Mark what comes until nothing does: an item and on with one key, full points with another."""
    answer = hands.page.locator(".nx-desk-answer")
    number = 0
    while True:
        with hands.page.expect_response("**/next") as response:
            item = marks_of(number)
            hands.press(f"Shift+Digit{item}" if item else "Enter")
        number += 1
        if response.value.json()["answer"] is None:
            hands.page.get_by_text("Nothing waits any more.", exact=False).or_(
                hands.page.get_by_text("What still waits", exact=False)
            ).wait_for()
            return
        answer.wait_for()
        hands.page.locator(ENABLED).wait_for()


def formgrader_actions(*, words: bool) -> int:
    """Return what the same takes in the formgrader: each submission has its own page, and marks are typed."""
    actions = 0
    for item in _items_of_answers():
        actions += 2  # a digit, and Ctrl+.
        if words and item:
            actions += len(("", *(text for text, _ in ITEMS))[item]) + 2  # Tab, the text; Shift+Tab on the next page
    return actions


def _items_of_answers() -> list[int]:
    """Return each answer's item, as its group has it: eight groups, then those that are like no other."""
    sizes = [ALIKE // GROUPS + (number < ALIKE % GROUPS) for number in range(GROUPS)] + [1] * (ANSWERS - ALIKE)
    return [marks_of(number) for number, size in enumerate(sizes) for _ in range(size)]


def count_actions(url: str, of: ClassOnSite) -> dict[str, Any]:
    """Return our actions and the formgrader's, without and with words for the students."""
    ours = our_actions(url, of)
    texts = sum(len(text) for text, _ in ITEMS) - len(ITEMS)  # the rubric's words are typed once; nothing else differs
    theirs, theirs_with_words = formgrader_actions(words=False), formgrader_actions(words=True)
    return {
        "actions_ratio": round(ours / theirs, 3),
        "actions_ratio_with_comments": round((ours + texts) / theirs_with_words, 3),
        "actions": {
            "ours": ours,
            "formgrader": theirs,
            "ours_with_comments": ours + texts,
            "formgrader_with_comments": theirs_with_words,
        },
    }


def show(result: dict[str, Any]) -> list[str]:
    """Print what was found, and return the figures that miss their target."""
    table = Table("figure", "value", "target")
    for name, target in TARGETS.items():
        table.add_row(name, f"{result[name]:.3g}", f"<= {target:.3g}")
    for name, value in result["pages_p95_ms"].items():
        table.add_row(f"  page {name}", f"{value:.0f} ms", "")
    Console().print(table)
    return [name for name, target in TARGETS.items() if result[name] > target]


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--students", type=int, default=1_200)
    students = parser.parse_args().students
    with site(students) as (url, token, large, small):
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=f"{url}{API}", headers=headers, timeout=60) as client:
            found = pages(client, large)
            result: dict[str, Any] = {
                "page_p95_ms": round(max(found.values()), 1),
                "next_p95_ms": round(next_ms(client, large), 1),
            }
        result |= count_actions(url, small)
    result |= {
        "pages_p95_ms": {name: round(value, 1) for name, value in found.items()},
        "students": students,
        "questions": len(QUESTIONS),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "nbgrader": version("nbgrader"),
    }
    missed = show(result)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=1) + "\n")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
