"""What a person does in a lab's notebook."""

import json
import re
from pathlib import Path

from playwright.sync_api import Page, expect

ROOT = Path(__file__).resolve().parents[2]
LABS = ROOT / "content" / "python-foundations" / "labs"

ATTEMPTS = 5

Answers = dict[str, str]


def answers_of(lab: str) -> Answers:
    """Return the author's answers by grade id, as a learner would type them."""
    notebook = json.loads((LABS / lab).read_text(encoding="utf-8"))
    answers: Answers = {}
    for cell in notebook["cells"]:
        facts = cell["metadata"].get("nbgrader", {})
        if facts.get("solution"):
            source = "".join(cell["source"])
            answers[facts["grade_id"]] = re.sub(r"^ *### (BEGIN|END) SOLUTION\n?", "", source, flags=re.MULTILINE)
    return answers


def wait_for_kernel(page: Page) -> None:
    """Wait until the notebook's sandboxed kernel is ready: before that, cells that are run are dropped."""
    expect(page.get_by_role("button", name="Python (sandbox) | Idle")).to_be_visible(timeout=90_000)


def write_cell(page: Page, begins: str, source: str) -> None:
    """Replace the code cell that begins with a text, by the keyboard.

    A notebook that is still coming up may take the focus away between the click and the keys: then we begin anew.
    """
    cell = page.locator(".jp-CodeCell", has=page.locator(".cm-content", has_text=re.compile("^" + re.escape(begins))))
    editor = cell.first.locator(".cm-content").element_handle()
    for _ in range(ATTEMPTS):
        editor.scroll_into_view_if_needed()
        editor.click()
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.insert_text(source)
        if " ".join(source.split()) in " ".join(editor.inner_text().split()):
            return
    raise AssertionError(f"The cell that begins with {begins!r} does not take what is typed.")


def first_line(source: str) -> str:
    """Return what a cell begins with: the line that its stub and its answer share."""
    return source.split("\n", maxsplit=1)[0]
