"""The small things that a learner meets every few minutes: code in notes, quizzes, tests, hints, notifications."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Shoot
from tests.browser.lab import wait_for_kernel, write_cell
from tests.browser.people import expect_lab, register
from tests.plugins.workshop import Workshop

pytestmark = [pytest.mark.browser, pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(420)]


def open_step(page: Page, name: str) -> None:
    """Open a step of the workshop."""
    page.locator(".nx-sidebar .nx-roadmap-card", has_text="Workshop").click()
    page.get_by_role("button", name=f"Open {name}").click()


def test_notes_run_their_code_and_quizzes_keep_and_teach(page: Page, workshop: Workshop, shoot: Shoot) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    register(page, workshop.server, "Sofia Kowalewskaja")
    open_step(page, "Welcome")
    tools = page.locator(".nx-code-tools")
    tools.get_by_role("button", name="Copy").click()
    expect(tools.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").strip() == "print(6 * 7)"
    tools.get_by_role("button", name="Run").click()
    expect(tools.get_by_label("Output")).to_contain_text("42")

    quiz = page.get_by_role("region", name="Quiz")
    product, even, pi, keyword, order, prints = (
        quiz.locator(".nx-question", has_text=text)
        for text in ("2 * 3", "Which are even", "What is pi", "Which keyword", "Put them in order", "What does this")
    )
    product.get_by_label("5").check()
    even.get_by_label("2").check()
    even.get_by_label("4").check()
    pi.get_by_role("textbox").fill("3")
    page.reload()
    expect_lab(page, "Sofia Kowalewskaja")
    expect(product.get_by_label("5")).to_be_checked()
    expect(pi.get_by_role("textbox")).to_have_value("3")

    keyword.get_by_role("textbox").fill("def")
    prints.get_by_role("textbox").fill("aaa")
    quiz.get_by_role("button", name="Check my answers").click()
    expect(product).to_contain_text("That is the sum.")
    expect(quiz).not_to_contain_text("Two threes are six.")
    pi.get_by_role("button", name="Read about this in the note").click()
    expect(page.get_by_role("heading", name="Circles")).to_be_focused()
    shoot("quiz-reasons")
    quiz.get_by_role("button", name="Try again").click()
    expect(even.get_by_label("4")).to_be_checked()
    expect(keyword.get_by_role("textbox")).to_have_value("def")
    expect(pi.get_by_role("textbox")).to_have_value("")
    expect(product.get_by_label("5")).not_to_be_checked()
    expect(order).to_be_visible()


def test_a_lab_shows_its_tests_asks_before_a_hopeless_submission_and_starts_over(
    page: Page, workshop: Workshop, shoot: Shoot
) -> None:
    register(page, workshop.server, "Maria Mitchell")
    open_step(page, "The mean")
    wait_for_kernel(page)
    panel = page.locator(".nx-lab")
    expect(panel).to_contain_text("20 XP")
    bar = page.locator(".nx-cell-bar", has_text="Test · 2 points")
    expect(bar).to_contain_text("did not run")
    expect(page.get_by_text("The mean of 1, 2, 3 is 2.")).to_be_hidden()
    bar.get_by_role("button", name="Show").click()
    expect(page.get_by_text("The mean of 1, 2, 3 is 2.").first).to_be_visible()
    bar.get_by_role("button", name="Hide").click()

    panel.get_by_role("button", name="Submit").click()
    dialog = page.locator(".jp-Dialog", has_text="Submit without a passing test?")
    expect(dialog).to_contain_text("None of the 1 tests")
    expect(dialog).to_contain_text("5 attempts")
    dialog.get_by_role("button", name="Go on working").click()
    expect(panel.locator(".nx-waiting")).to_have_count(0)

    write_cell(page, "def mean", "def mean(values)\n    return 2")
    page.keyboard.press("Shift+Enter")
    expect(page.locator(".jp-OutputArea-output", has_text="SyntaxError")).to_be_visible()
    panel.get_by_role("button", name="Hint").click()
    expect(panel.locator(".nx-hint")).to_have_count(1)
    panel.get_by_role("button", name="More help").click()
    expect(panel.locator(".nx-hint")).to_have_count(2)
    write_cell(page, "def mean", "def mean(values):\n    return 3")
    page.keyboard.press("Shift+Enter")
    expect(panel.locator(".nx-hint")).to_have_count(0)
    panel.get_by_role("button", name="Check").click()
    expect(bar).to_contain_text("fails")
    expect(bar).to_contain_text("The mean of 1, 2, 3 is 2.")
    shoot("folded-tests")

    page.get_by_role("button", name="Write", exact=True).click()
    expect(page.locator(".jp-MarkdownCell .cm-content", has_text="YOUR ANSWER HERE")).to_be_visible()

    panel.get_by_role("button", name="Start over").click()
    page.locator(".jp-Dialog").get_by_role("button", name="Start over").click()
    expect(panel).to_contain_text("Your former notebook is kept")
    expect(page.locator(".jp-CodeCell", has_text="NotImplementedError")).to_be_visible()


def test_a_notification_leads_to_what_it_tells(page: Page, workshop: Workshop) -> None:
    register(page, workshop.server, "Hedy Lamarr")
    xsrf = next(each for each in page.context.cookies() if each["name"] == "_xsrf")
    api = f"{workshop.server.url}/nexus/api/v1"
    asked = page.request.post(
        f"{api}/forum/threads",
        data={"title": "Why the mean?", "body_md": "I wonder."},
        headers={"X-XSRFToken": xsrf["value"]},
    )
    assert asked.ok, asked.text()
    helper = workshop.server.learner("helper")
    answer = {"body_md": "Because it is simple."}
    helper.post(f"/forum/threads/{asked.json()['id']}/posts", json=answer).raise_for_status()
    page.get_by_role("button", name="Notifications").click()
    page.get_by_role("button", name="There is a new answer in “Why the mean?”").click()
    expect(page.get_by_text("Because it is simple.")).to_be_visible()
    expect(page.locator(".jp-Notification-Status")).to_be_hidden()
