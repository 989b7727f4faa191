"""A quiz with every type of question, in the dark theme."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Shoot
from tests.browser.people import register
from tests.browser.quiz import answer
from tests.plugins.workshop import Workshop

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

#: what WCAG asks of normal text
LEGIBLE = 4.5

CONTRAST = """node => {
  const rgb = text => {
    const canvas = document.createElement('canvas').getContext('2d');
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => {
    const linear = [r, g, b].map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  let paper = node;
  while (rgb(getComputedStyle(paper).backgroundColor)[3] === 0) paper = paper.parentElement;
  const [a, b] = [getComputedStyle(node).color, getComputedStyle(paper).backgroundColor].map(c => light(rgb(c)));
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}"""


def test_a_quiz_of_every_type_in_the_dark(page: Page, workshop: Workshop, shoot: Shoot) -> None:
    register(page, workshop.server, "Emil Post")
    page.get_by_role("menuitem", name="Settings").click()
    page.get_by_text("Theme", exact=True).hover()
    page.get_by_text("JupyterLab Dark", exact=True).first.click()
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "false")
    page.locator(".nx-sidebar .nx-roadmap-card", has_text="Workshop").click()
    page.get_by_role("button", name="Open Welcome").click()
    quiz = page.locator(".nx-quiz")
    expect(quiz.locator(".nx-question")).to_have_count(6)

    answer(quiz, five="5")
    quiz.get_by_role("button", name="Check my answers").click()
    verdict = quiz.locator(".nx-verdict")
    expect(verdict).to_contain_text("not yet enough")
    expect(quiz).not_to_contain_text("Two threes are six.")
    shoot("dark-quiz-failed")
    quiz.get_by_role("button", name="Try again").click()
    quiz.locator(".nx-question", has_text="2 * 3").get_by_text("6", exact=True).click()
    quiz.get_by_role("button", name="Check my answers").click()
    expect(verdict).to_contain_text("Passed with 100%")
    expect(quiz).to_contain_text("Two threes are six.")
    shoot("dark-quiz-passed")

    for legible in (verdict.locator("strong"), page.locator(".nx-difficulty-beginner").first, page.locator(".nx-logo")):
        assert legible.evaluate(CONTRAST) >= LEGIBLE

    # On a phone the page has the room; a side area is there when it is asked for.
    page.set_viewport_size({"width": 390, "height": 844})
    sidebar = page.locator(".nx-sidebar")
    expect(sidebar).to_be_hidden()
    expect(quiz).to_be_in_viewport()
    page.get_by_role("tab", name="Roadmaps").click()
    expect(sidebar).to_be_visible()
