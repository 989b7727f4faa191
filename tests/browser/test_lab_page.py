"""A lab in the learning pages: what each cell says of its result, errors and grades at their cells."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import Audit
from tests.browser.conftest import Shoot
from tests.browser.lab import write_cell
from tests.browser.people import register
from tests.plugins.workshop import Workshop

pytestmark = [pytest.mark.browser, pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(420)]


@pytest.fixture
def lab(page: Page, workshop: Workshop) -> Page:
    """A new student's lab, with its kernel ready."""
    page.set_viewport_size({"width": 1366, "height": 768})
    register(page, workshop.server, "Dorothy Vaughan", "/nexus/learn")
    page.goto(f"{workshop.server.url}/nexus/learn/roadmaps/workshop/mean")
    wait_for_kernel(page)
    return page


def wait_for_kernel(page: Page) -> None:
    expect(page.locator(".nx-lab-status")).to_have_attribute("data-kernel", "ready", timeout=90_000)


def cell(page: Page, begins: str) -> Locator:
    """Return the code cell whose text begins so."""
    text = re.compile("^" + re.escape(begins))
    return page.locator(".jp-CodeCell", has=page.locator(".cm-content", has_text=text))


def run(page: Page, begins: str, source: str) -> None:
    """Put `source` in the place of the cell that begins so, and run it."""
    write_cell(page, begins, source)
    page.keyboard.press("Control+Enter")


def test_a_cell_says_whether_its_result_holds_and_one_button_reruns_what_does_not(lab: Page) -> None:
    first, second = cell(lab, "a = "), cell(lab, "def mean")
    expect(second.locator(".nx-cell-run")).to_have_text("Not run yet")
    run(lab, "# a place to try things", "a = 2")
    expect(first.locator(".nx-cell-run")).to_contain_text("Done")
    run(lab, "def mean", "def mean(values):\n    return a")
    expect(second.locator(".nx-cell-run")).to_contain_text("Done")

    write_cell(lab, "a = 2", "a = 3")
    expect(first.locator(".nx-cell-run")).to_have_text("Changed since it ran")
    rerun = lab.get_by_role("button", name=re.compile("out of date"))
    expect(rerun).to_contain_text("Rerun 2 cells")
    rerun.click()
    expect(rerun).to_have_count(0)
    expect(first.locator(".nx-cell-run")).to_contain_text("Done")

    run(lab, "a = 3", "a = 4")
    expect(second.locator(".nx-cell-run")).to_have_text("A cell above ran later")
    expect(lab.locator(".nx-lab-status")).to_have_attribute("data-saved", "saved")
    lab.reload()
    wait_for_kernel(lab)
    expect(second.locator(".nx-cell-run")).to_have_text("A cell above ran later")
    expect(lab.locator(".nx-from-the-top")).to_contain_text("1 result is out of date")


def test_errors_hints_and_grades_are_at_their_cells(lab: Page, shoot: Shoot) -> None:
    panel = lab.locator(".nx-lab")
    test = lab.locator(".jp-CodeCell", has=lab.locator(".nx-cell-bar", has_text="Test · 2 points"))
    run(lab, "def mean", "def mean(values):\n    return 3")
    panel.get_by_role("button", name="Check").click()
    expect(test.locator(".nx-cell-bar")).to_contain_text("The mean of 1, 2, 3 is 2.")
    expect(test.locator(".nx-cell-bar")).to_contain_text("Expected 2, got 3")

    run(lab, "def mean", "def mean(values):\n    return valeus")
    panel.get_by_role("button", name="Check").click()
    expect(test.locator(".nx-cell-bar")).to_contain_text("name 'valeus' is not defined")
    expect(cell(lab, "def mean").locator(".nx-failing-line")).to_have_text("    return valeus")
    test.get_by_role("button", name="Show").click()
    expect(test.locator(".nx-error")).to_contain_text("Look at line 2 of cell")
    expect(test.locator(".nx-error").get_by_text("Traceback (most recent call last)")).to_be_hidden()
    test.get_by_role("button", name="Give me a hint").click()
    expect(test.locator(".nx-hint")).to_contain_text("valeus")
    # the hint is elsewhere, and what the tests said stays in sight
    expect(panel.get_by_role("region", name="Check")).to_be_in_viewport()
    shoot("lab-page-hint")

    run(lab, "def mean", "def mean(values):\n    return sum(values) / len(values)")
    expect(lab.locator(".nx-failing-line")).to_have_count(0)
    panel.get_by_role("button", name="Check").click()
    expect(panel).to_contain_text("1 of 1 tests pass")
    expect(lab.locator(".nx-hint")).to_have_count(0)
    panel.get_by_role("button", name="Submit").click()
    expect(panel.locator(".nx-grade")).to_be_visible(timeout=180_000)
    expect(test.locator(".nx-cell-grade")).to_contain_text("Handed in: passed, 2 of 2 points")
    expect(lab.locator(".nx-cell-bar", has_text="Hidden test")).to_contain_text("1 of 1 points")
    shoot("lab-page-graded")


def test_variables_say_what_the_last_cell_did_to_them(lab: Page) -> None:
    def row(name: str) -> Locator:
        exactly = re.compile(f"^{name}$")
        return lab.locator(".nx-variables tr", has=lab.locator("th code", has_text=exactly))

    run(lab, "# a place to try things", "a = 2\nb = [a]\nd = 4")
    expect(cell(lab, "a = 2").locator(".nx-cell-run")).to_contain_text("Done")
    lab.locator(".nx-variables summary").click()
    expect(row("b")).to_contain_text("list · 1")
    expect(lab.locator(".nx-variables tr[data-change]")).to_have_count(0)
    run(lab, "a = 2", "b.append(3)\nc = 'x'\ndel d")
    expect(row("b")).to_have_attribute("data-change", "changed")
    expect(row("b")).to_contain_text("[2, 3]")
    expect(row("c")).to_have_attribute("data-change", "new")
    expect(row("a")).not_to_have_attribute("data-change", "changed")
    expect(lab.locator(".nx-variables")).to_contain_text("Gone: d")


def test_what_the_author_gave_cannot_be_changed(lab: Page) -> None:
    test = lab.locator(".jp-CodeCell", has=lab.locator(".nx-cell-bar", has_text="Test · 2 points"))
    test.get_by_role("button", name="Show").click()
    text = test.locator(".cm-content")
    before = text.inner_text()
    text.click()
    lab.keyboard.type("assert True")
    lab.keyboard.press("Backspace")
    expect(text).to_have_text(before)


def test_a_former_version_comes_back_across_reloads_and_the_present_one_is_kept(lab: Page, shoot: Shoot) -> None:
    saved = lab.locator(".nx-lab-status[data-saved=saved]")
    versions = lab.locator(".nx-history-list > li")

    def open_history() -> None:
        expect(saved).to_be_visible()
        lab.get_by_role("button", name="History").click()
        expect(versions.first).to_be_visible()

    run(lab, "# a place to try things", "tried = 1")
    expect(cell(lab, "tried = 1").locator(".nx-cell-run")).to_contain_text("Done")
    expect(saved).to_be_visible()
    lab.reload()
    wait_for_kernel(lab)
    open_history()
    difference = versions.first.locator(".nx-cell-differences")
    expect(difference.locator("del")).to_contain_text(["Only now", "tried = 1"])
    expect(difference.locator("ins")).to_contain_text(["Only in this version", "# a place to try things"])
    audit = Audit(lab)
    audit.look("history", at=[".jp-Dialog-content"])
    assert audit.found == []
    shoot("lab-page-history")
    versions.first.get_by_role("button", name="Restore").click()
    expect(lab.locator(".jp-Dialog")).to_have_count(0)
    expect(cell(lab, "# a place to try things")).to_be_visible()
    expect(cell(lab, "tried = 1")).to_have_count(0)

    lab.reload()
    wait_for_kernel(lab)
    expect(cell(lab, "# a place to try things")).to_be_visible()
    open_history()
    expect(versions).to_have_count(2)
    expect(versions.first.locator("ins")).to_contain_text(["Only in this version", "tried = 1"])
    versions.first.get_by_role("button", name="Restore").click()
    expect(cell(lab, "tried = 1")).to_be_visible()
