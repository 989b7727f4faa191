"""One's own profile: who I am, ways in, where I am logged in, my data, and the way out."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Shoot
from tests.browser.people import expect_home, expect_lab, log_in, register
from tests.plugins.server import PASSWORD
from tests.plugins.sign_on import Site
from tests.plugins.workshop import Workshop

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

NEW_PASSWORD = "another-horse-77-staple"
LIBRARY = "Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0"


def open_profile(page: Page) -> None:
    """Choose "My profile" in the profile menu."""
    page.get_by_role("button", name="Profile of").click()
    page.get_by_role("button", name="My profile").click()
    expect(page.get_by_role("heading", name="My profile")).to_be_visible()


def section(page: Page, title: str) -> Locator:
    """Return a part of the profile page."""
    return page.get_by_role("region", name=title)


@pytest.fixture
def library(page: Page) -> Iterator[Page]:
    """A page in another browser, somewhere else."""
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(user_agent=LIBRARY)
    yield context.new_page()
    context.close()


def test_a_profile_is_changed_taken_along_and_logged_out_everywhere(
    page: Page, workshop: Workshop, shoot: Shoot
) -> None:
    ada = register(page, workshop.server, "Ada Byron")
    open_profile(page)
    page.get_by_label("Name", exact=True).fill("Ada Lovelace")
    page.get_by_label("Time zone").select_option("Asia/Tokyo")
    page.get_by_label("Show me on the leaderboard").uncheck()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    shoot("profile")
    with page.expect_download() as export:
        page.get_by_role("link", name="Download my data").click()
    assert '"Asia/Tokyo"' in export.value.path().read_text()

    page.get_by_label("Present password").fill(PASSWORD)
    page.get_by_label("New password").fill("password")
    page.get_by_role("button", name="Change my password").click()
    expect(page.get_by_role("alert").filter(has_text="at least 10 characters")).to_be_visible()
    page.get_by_label("New password").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Change my password").click()
    expect(page.get_by_text("Your password is changed.")).to_be_visible()

    page.get_by_role("button", name="Log out everywhere…").click()
    page.locator(".jp-Dialog").get_by_role("button", name="Log out everywhere").click()
    expect(page.get_by_role("heading", name="Welcome back")).to_be_visible()
    log_in(page, ada.email, NEW_PASSWORD)
    expect_lab(page, "Ada Lovelace")


def test_a_session_elsewhere_is_seen_and_ended(page: Page, library: Page, workshop: Workshop, shoot: Shoot) -> None:
    ada = register(page, workshop.server, "Ada Byron")
    library.goto(f"{workshop.server.url}/nexus/login?next=/lab")
    log_in(library, ada.email)
    expect_home(library, ada.name)

    open_profile(page)
    limits = section(page, "What I may still use")
    expect(limits.get_by_role("listitem")).to_have_count(6)
    expect(limits.get_by_role("listitem").filter(has_text="Kernel starts")).to_contain_text("30 of 30 left")
    sessions = section(page, "Where I am logged in")
    expect(sessions.get_by_role("listitem")).to_have_count(2)
    expect(sessions.get_by_role("listitem").first).to_contain_text("This one")
    elsewhere = sessions.get_by_role("listitem").filter(has_text="Firefox on Windows")
    sessions.scroll_into_view_if_needed()
    shoot("profile-sessions")
    elsewhere.get_by_role("button", name="Log out Firefox on Windows").click()
    expect(elsewhere).to_have_count(0)
    expect(sessions.get_by_role("listitem")).to_have_count(1)
    # the open page there hears of it by its event socket, and cannot renew its login
    expect(library.get_by_role("dialog", name="You are logged out")).to_be_visible()
    expect(page.get_by_role("heading", name="My profile")).to_be_visible()


def test_an_identity_is_linked_and_taken_off(page: Page, sign_on_site: Site, shoot: Shoot) -> None:
    page.goto(f"{sign_on_site.url}/nexus/register?next=/lab")
    page.get_by_label("Name").fill("Ada Byron")
    person = sign_on_site.provider.person()
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect_home(page, "Ada Byron")
    page.context.request.get(f"{sign_on_site.provider.url}/as/{person.name}")

    open_profile(page)
    ways = section(page, "Other ways to log in")
    expect(page.get_by_role("button", name="Send me the mail again")).to_be_visible()
    with page.expect_navigation(url="**/lab"):  # the page before looks the same
        ways.get_by_role("button", name="Link Campus <login>").click()
    expect_lab(page, "Ada Byron")
    open_profile(page)
    expect(ways.get_by_role("listitem").filter(has_text="Campus <login>")).to_contain_text("linked on")
    # the provider proved the address, too
    expect(page.get_by_role("button", name="Send me the mail again")).to_have_count(0)
    ways.scroll_into_view_if_needed()
    shoot("profile-identities")
    ways.get_by_role("button", name="Unlink Campus <login>").click()
    expect(ways.get_by_role("button", name="Link Campus <login>")).to_be_visible()


def test_who_came_through_a_provider_has_no_password_to_change(page: Page, sign_on_site: Site) -> None:
    person = sign_on_site.provider.person()
    page.context.request.get(f"{sign_on_site.provider.url}/as/{person.name}")
    page.goto(f"{sign_on_site.url}/nexus/login?next=/lab")
    page.get_by_role("link", name="Log in with Campus <login>").click()
    expect_home(page, "Ada Lovelace")
    open_profile(page)
    section(page, "Password").get_by_role("button", name="Mail me a link to choose one").click()
    expect(section(page, "Password").get_by_role("status")).to_contain_text("Sent.")
    section(page, "Other ways to log in").get_by_role("button", name="Unlink Campus <login>").click()
    expect(page.get_by_role("alert")).to_contain_text("password")


def test_an_account_is_deleted_by_typing_its_address(page: Page, workshop: Workshop, shoot: Shoot) -> None:
    ada = register(page, workshop.server, "Ada Byron")
    open_profile(page)
    for typed, outcome in (("somebody@example.org", "Nothing was deleted"), (ada.email.upper(), "Welcome back")):
        page.get_by_role("button", name="Delete my account…").click()
        page.locator(".jp-Dialog input").fill(typed)
        shoot("profile-delete")
        page.locator(".jp-Dialog").get_by_role("button", name="Delete for good").click()
        expect(page.get_by_text(outcome).first).to_be_visible()
    log_in(page, ada.email)
    expect(page.get_by_role("alert")).to_contain_text("wrong")
