"""A question in the forum: seen before it is asked, about its step, answered while one looks, accepted and not."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import register
from tests.plugins.workshop import Workshop

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


def test_a_question_is_previewed_names_its_step_and_hears_of_answers(page: Page, workshop: Workshop) -> None:
    register(page, workshop.server, "Annie Easley", "/nexus/learn")
    page.goto(f"{workshop.server.url}/nexus/learn/roadmaps/workshop/welcome")
    expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
    page.get_by_role("link", name="Forum").click()
    page.get_by_role("button", name="Ask a question").click()
    page.get_by_label("Your question in one line").fill("Why are circles round?")
    page.get_by_label("What did you try").fill("I **looked** at one.")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("region", name="Preview").locator("strong")).to_have_text("looked")
    expect(page.get_by_label("This is about “Welcome”")).to_be_checked()
    with page.expect_response(lambda reply: reply.url.endswith("/forum/threads") and reply.status == 201) as asked:
        page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("button", name="Welcome", exact=True)).to_be_visible()

    helper = workshop.server.learner("helper")
    answer = {"body_md": "All points are equally far."}
    helper.post(f"/forum/threads/{asked.value.json()['id']}/posts", json=answer).raise_for_status()
    expect(page.get_by_text("All points are equally far.")).to_be_visible()
    page.get_by_role("button", name="Accept this answer").click()
    expect(page.get_by_text("Accepted answer")).to_be_visible()
    page.get_by_role("button", name="Do not accept it any more").click()
    expect(page.get_by_text("Accepted answer")).to_have_count(0)
    expect(page.get_by_role("button", name="Accept this answer")).to_be_visible()
