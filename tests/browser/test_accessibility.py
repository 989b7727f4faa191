"""Every page and state of the learner's application, in both themes, and JupyterLab's notebook with our additions."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import Audit
from tests.browser.conftest import Shoot
from tests.browser.lab import wait_for_kernel as wait_for_kernel_in_jupyterlab
from tests.browser.lab import write_cell
from tests.browser.people import expect_lab, register
from tests.browser.quiz import answer
from tests.plugins.workshop import Workshop

pytestmark = [pytest.mark.browser, pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(420)]

#: main pages, and what is there when they are
PAGES = {
    "playground": ".cm-content",
    "forum": ".nx-tabs",
    "tutor": ".nx-composer",
    "leaderboard": ".nx-board",
    "badges": ".nx-badge",
    "profile": ".nx-allowance",
    "progress": ".nx-calendar",
    "practice": "p",
    "nowhere": "h1",
}


def test_all_pages_and_states_can_be_used_by_everybody(page: Page, workshop: Workshop) -> None:
    audit = Audit(page)
    register(page, workshop.server, "Helen Keller", "/nexus/learn")
    look_around(page, workshop, audit)
    read_a_note_and_answer_its_quiz(page, workshop, audit)
    work_in_a_lab(page, workshop, audit)
    assert not audit.found, "\n\n".join(audit.found)


def look_around(page: Page, workshop: Workshop, audit: Audit) -> None:
    expect(page.locator(".nx-hero")).to_be_visible()
    audit.look("home")
    page.get_by_role("button", name="Profile of").click()
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    audit.look("menu")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Notifications").click()
    expect(page.get_by_role("dialog", name="Notifications")).to_be_visible()
    audit.look("notifications")
    for name, sign in PAGES.items():
        page.goto(f"{workshop.server.url}/nexus/learn/{name}")
        expect(page.locator("main").locator(sign).first).to_be_visible()
        audit.look(name)
    page.goto(f"{workshop.server.url}/nexus/learn/forum")
    page.get_by_role("button", name="Ask a question").click()
    page.get_by_label("Your question in one line").fill("Why is the mean not the median?")
    page.get_by_label("What did you try").fill("I wonder.\n\n```python\nprint('and wonder and wonder')\n```")
    audit.look("a new question")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_text("I wonder.")).to_be_visible()
    audit.look("a thread")


def read_a_note_and_answer_its_quiz(page: Page, workshop: Workshop, audit: Audit) -> None:
    page.goto(f"{workshop.server.url}/nexus/learn/roadmaps/workshop")
    expect(page.locator(".nx-nodes")).to_be_visible()
    expect(page.locator(".nx-map-step").first).to_be_visible()
    audit.look("roadmap")
    page.get_by_role("button", name=re.compile("Welcome")).click()
    expect(page.get_by_role("region", name="Quiz")).to_be_visible()
    page.locator(".nx-code-tools").get_by_role("button", name="Run").click()
    expect(page.get_by_label("Output")).to_contain_text("42")
    audit.look("note with its output")
    quiz = page.get_by_role("region", name="Quiz")
    answer(quiz, five="5")
    quiz.get_by_role("button", name="Check my answers").click()
    expect(quiz.locator(".nx-verdict")).to_be_visible()
    audit.look("quiz with wrong answers")


def work_in_a_lab(page: Page, workshop: Workshop, audit: Audit) -> None:
    page.goto(f"{workshop.server.url}/nexus/learn/roadmaps/workshop/mean")
    expect(page.locator(".nx-lab-status")).to_have_attribute("data-kernel", "ready", timeout=90_000)
    audit.look("lab")
    write_cell(page, "def mean", "print(meen)")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".jp-OutputArea-output", has_text="NameError").first).to_be_visible()
    panel = page.locator(".nx-lab")
    panel.get_by_role("button", name="Hint").click()
    expect(page.locator(".nx-hint")).to_be_visible()
    panel.get_by_role("button", name="Check").click()
    expect(panel).to_contain_text("0 of 1 tests pass", timeout=90_000)
    audit.look("lab with an error, a hint and a check")
    write_cell(page, "print(meen)", "def mean(values):\n    return sum(values) / len(values)")
    panel.get_by_role("button", name="Submit").click()
    question = page.get_by_role("dialog", name="Submit without a passing test?")
    expect(question).to_be_visible()
    audit.look("question")
    question.get_by_role("button", name="Submit all the same").click()
    expect(panel.locator(".nx-grade")).to_be_visible(timeout=180_000)
    audit.look("graded lab")
    page.set_viewport_size({"width": 390, "height": 800})
    audit.look("graded lab on a phone")
    page.get_by_role("button", name="Check and submit").click()
    expect(panel).to_be_visible()
    audit.look("results on a phone")


def test_what_is_chosen_under_display_holds_everywhere_in_this_browser(
    page: Page, workshop: Workshop, shoot: Shoot
) -> None:
    register(page, workshop.server, "Louis Braille", "/nexus/learn")
    learn = f"{workshop.server.url}/nexus/learn"
    page.goto(f"{learn}/profile")
    page.get_by_label("Contrast").select_option("high")
    page.locator("label", has_text="easier to read").locator("select").select_option("easy")
    page.get_by_label("Motion").select_option("reduced")
    root = page.locator("html")
    for name, value in {"contrast": "high", "reading": "easy", "motion": "reduced"}.items():
        expect(root).to_have_attribute(f"data-nx-{name}", value)
    audit = Audit(page)
    for path, sign in {
        "profile": ".nx-allowance",
        "": ".nx-hero",
        "roadmaps/workshop/welcome": ".nx-code-tools",
        "roadmaps/workshop/mean": ".nx-lab-status[data-kernel=ready]",
    }.items():
        page.goto(f"{learn}/{path}")
        expect(page.locator(sign).first).to_be_visible(timeout=90_000)
        audit.look_at_contrast(path or "home")
        shoot(f"display-{path.replace('/', '-') or 'home'}")
        page.set_viewport_size({"width": 320, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, f"{path} is wider than the screen"
        page.set_viewport_size({"width": 1440, "height": 900})
    page.context.clear_cookies()
    page.goto(f"{workshop.server.url}/nexus/login")
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    audit.look_at_contrast("login", themes=("light",))
    expect(root).to_have_attribute("data-nx-contrast", "high")
    assert not audit.found, "\n\n".join(audit.found)


def test_jupyterlabs_notebook_with_what_is_added_to_it(page: Page, workshop: Workshop) -> None:
    audit = Audit(
        page,
        without={
            "aria-input-field-name": "JupyterLab gives the editors of its cells no name",
            "page-has-heading-one": "JupyterLab's frame has none; a notebook brings its own",
            "region": "JupyterLab's frame",
        },
    )
    register(page, workshop.server, "Louis Braille")
    page.locator(".nx-sidebar .nx-roadmap-card", has_text="Workshop").click()
    page.get_by_role("button", name="Open The mean").click()
    expect_lab(page, "Louis Braille")
    wait_for_kernel_in_jupyterlab(page)
    expect(page.locator(".nx-cell-bar").first).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-nx-contrast", "normal")
    audit.look("lab in JupyterLab", at=[".jp-Notebook", ".nx-lab", ".nx-topbar", ".nx-sidebar"], themes=(None,))
    assert not audit.found, "\n\n".join(audit.found)
