"""What a person does at the doors of the platform."""

from dataclasses import dataclass
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.plugins.server import PASSWORD, LiveServer


@dataclass(frozen=True)
class Person:
    """Somebody with an account."""

    name: str
    email: str


def register(page: Page, server: LiveServer, name: str, leads_to: str = "/lab") -> Person:
    """Make a new account, log in, and open a home page: JupyterLab's if nothing else is asked for.

    It asks for what the form does, without the form, which `test_sign_in.py` is about.
    """
    person = newcomer(name)
    timezone = page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
    login = {"email": person.email, "password": PASSWORD}
    account = {**login, "display_name": name, "timezone": timezone}
    for path, body in (("register", account), ("login", login)):
        reply = page.context.request.post(f"{server.url}/nexus/api/v1/auth/{path}", data=body, timeout=60_000)
        assert reply.ok, reply.text()
    page.goto(f"{server.url}{leads_to}")
    expect_home(page, name)
    return person


def newcomer(name: str) -> Person:
    return Person(name, f"{name.split(maxsplit=1)[0].lower()}-{uuid4().hex[:8]}@example.org")


def fill_in_registration(page: Page, name: str) -> Person:
    """Fill in the form for a new account that is on the page."""
    person = newcomer(name)
    page.get_by_label("Name").fill(name)
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    return person


def log_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """Fill in the login form that is on the page."""
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Log in").click()


def log_out(page: Page) -> None:
    """Choose "Log out" in the profile menu."""
    page.get_by_role("button", name="Profile of").click()
    page.get_by_role("button", name="Log out", exact=True).click()
    expect(page.get_by_role("heading", name="Welcome back")).to_be_visible()


def expect_home(page: Page, name: str) -> None:
    """Wait until this person's home page is shown, JupyterLab's or the learning pages'."""
    expect(page.get_by_role("heading", name=f"Hello, {name}")).to_be_visible(timeout=60_000)


def expect_lab(page: Page, name: str) -> None:
    """Wait until JupyterLab shows whatever this person had open last."""
    expect(page.get_by_role("button", name=f"Profile of {name}")).to_be_visible(timeout=60_000)
