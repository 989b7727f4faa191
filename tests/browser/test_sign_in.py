"""A person registers, logs out and logs in again, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Shoot
from tests.browser.people import expect_home, fill_in_registration, log_in, log_out, register
from tests.plugins.server import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_register_log_out_and_log_in(page: Page, live_server: LiveServer, shoot: Shoot) -> None:
    page.goto(f"{live_server.url}/nexus/register?next=/lab")
    ada = fill_in_registration(page, "Ada Lovelace")
    expect_home(page, ada.name)
    expect(page.locator(".nx-topbar")).to_contain_text("0 XP")
    shoot("signed-in")

    log_out(page)
    page.goto(f"{live_server.url}/lab")
    expect(page).to_have_url(f"{live_server.url}/nexus/login?next=%2Flab")
    shoot("login")

    log_in(page, ada.email)
    expect_home(page, ada.name)


def test_a_wrong_password_says_so_and_keeps_the_address(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/nexus/login")
    log_in(page, "nobody@example.org", "not the password")
    expect(page.get_by_role("alert")).to_contain_text("wrong")
    expect(page.get_by_label("E-mail")).to_have_value("nobody@example.org")


def test_a_weak_password_is_refused_beside_its_field(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/nexus/register")
    page.get_by_label("Name").fill("Eve")
    page.get_by_label("E-mail").fill("eve@example.org")
    page.get_by_label("Password", exact=True).fill("password")
    page.get_by_role("button", name="Create account").click()
    field = page.locator(".nx-field", has=page.get_by_label("Password", exact=True))
    expect(field.get_by_role("alert")).to_be_visible()


def test_a_site_without_mail_does_not_promise_any(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/nexus/reset-password")
    page.get_by_label("E-mail").fill("somebody@example.org")
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("status")).to_contain_text("This server sends no mail")


def test_a_login_that_can_be_renewed_is_not_asked_for_again(page: Page, live_server: LiveServer) -> None:
    ada = register(page, live_server, "Ada Byron")
    context = page.context
    context.clear_cookies(name="nexus_access")
    page.goto(f"{live_server.url}/lab")
    expect_home(page, ada.name)


def test_the_next_page_stays_on_this_site(page: Page, live_server: LiveServer) -> None:
    ada = register(page, live_server, "Ada King")
    log_out(page)
    page.goto(f"{live_server.url}/nexus/login?next=//example.org/lab")
    log_in(page, ada.email)
    expect_home(page, ada.name)
    expect(page).to_have_url(f"{live_server.url}/nexus/learn")


def test_a_student_arrives_in_the_learning_pages_and_may_choose_jupyterlab(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/nexus/register")
    grace = fill_in_registration(page, "Grace Hopper")
    expect(page).to_have_url(f"{live_server.url}/nexus/learn")
    expect_home(page, grace.name)
    page.get_by_role("link", name="JupyterLab").click()
    expect(page).to_have_url(re.compile("/lab"))
    expect_home(page, grace.name)
    page.get_by_role("link", name="Learning pages").click()
    expect(page).to_have_url(f"{live_server.url}/nexus/learn")

    page.get_by_role("button", name="Profile of").click()
    page.get_by_role("button", name="My profile").click()
    page.get_by_label("After logging in, open").select_option("JupyterLab")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    log_out(page)
    log_in(page, grace.email)
    expect(page).to_have_url(re.compile("/lab"))
    expect_home(page, grace.name)
