"""The pages for administrators: everybody and everything of a site, and what to do about what is not well."""

import re
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.axe import Audit
from tests.browser.conftest import Shoot
from tests.plugins.server import PASSWORD
from tests.plugins.workshop import Workshop
from tests.security.people import log_in_admin

pytestmark = [pytest.mark.browser, pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(300)]

#: tabs, and what is there when they are
TABS = {
    "Kernels": "[aria-label=Kernels].nx-table-box, .nx-empty",
    "Grading queue": ".nx-filter",
    "Content": ".nx-filter",
    "Streaks": "form",
    "Audit log": "[aria-label='Audit log'].nx-table-box",
    "Settings": "[aria-label=TenancySettings].nx-table-box",
    "Health": ".nx-content-problems",
}


@pytest.fixture
def boss(page: Page, workshop: Workshop) -> Page:
    """The administration page of the first administrator."""
    email, password = workshop.server.administrator()
    login = {"email": email, "password": password}
    page.context.request.post(f"{workshop.server.url}/nexus/api/v1/auth/login", data=login)
    page.goto(f"{workshop.server.url}/nexus/learn/administration")
    expect(page.get_by_role("heading", name="Administration")).to_be_visible()
    return page


def row_of(page: Page, name: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=name, exact=True))


def test_a_person_is_found_promoted_reset_and_locked_out(boss: Page, workshop: Workshop, shoot: Shoot) -> None:
    name = "Zebedee Quux"
    with workshop.server.client() as client:
        account = {"email": "zebedee@example.org", "password": PASSWORD, "display_name": name}
        client.post("/auth/register", json=account).raise_for_status()
        boss.get_by_label("Part of a name or an address").fill("zebedee@")
        boss.get_by_role("button", name="Search", exact=True).click()
        expect(boss.get_by_role("rowheader")).to_have_text([name])
        shoot("administration-people")

        boss.get_by_label(f"Role of {name}").select_option("instructor")
        boss.get_by_role("button", name="Change the role").click()
        expect(boss.get_by_label(f"Role of {name}")).to_have_value("instructor")

        boss.get_by_role("button", name=f"Reset password of {name}").click()
        boss.get_by_role("button", name="Mail it").click()
        expect(boss.get_by_text("No mail server is set: the mail for zebedee@example.org")).to_be_visible()

        boss.get_by_role("button", name=f"Disable {name}").click()
        boss.get_by_role("button", name="Disable", exact=True).last.click()
        expect(row_of(boss, name)).to_contain_text("disabled")
        login = {"email": "zebedee@example.org", "password": PASSWORD}
        assert client.post("/auth/login", json=login).status_code == 403
        boss.get_by_role("button", name=f"Enable {name}").click()
        expect(row_of(boss, name)).to_contain_text("active")
        client.post("/auth/login", json=login).raise_for_status()

    boss.get_by_role("tab", name="Audit log").click()
    actions = boss.locator("[aria-label='Audit log'] td:nth-child(2)")
    expect(actions.first).to_have_text("user.enable")
    expect(actions).to_contain_text(["user.enable", "user.disable", "password.reset_offered", "user.role"])


def test_an_outage_is_looked_at_and_made_up_for_once(boss: Page, workshop: Workshop, shoot: Shoot) -> None:
    with closing(workshop.server.learner("outage")) as learner:
        user_id = learner.get("/me").raise_for_status().json()["id"]
    come_earlier(workshop, user_id, timedelta(hours=2))
    begin, end = (datetime.now() - timedelta(minutes=ago) for ago in (90, 30))  # noqa: DTZ005  as the fields have it
    boss.get_by_role("tab", name="Streaks").click()
    panel = boss.locator(".nx-tabpanel")
    panel.get_by_label("The site was down from").fill(f"{end:%Y-%m-%dT%H:%M}")
    panel.get_by_label("Until").fill(f"{end + timedelta(days=3):%Y-%m-%dT%H:%M}")
    look = panel.get_by_role("button", name="See which streaks ended")
    look.click()
    expect(panel.get_by_role("alert")).to_contain_text("An outage begins before it ends, is over")
    panel.get_by_label("The site was down from").fill(f"{begin:%Y-%m-%dT%H:%M}")
    panel.get_by_label("Until").fill(f"{end:%Y-%m-%dT%H:%M}")
    look.click()
    # Others may have been there before the outage, too.
    expect(panel.get_by_role("status")).to_contain_text(re.compile("0 streaks would be restored, [1-9]"))
    shoot("administration-streaks-found")
    panel.get_by_role("button", name="Make up for it").click()
    expect(panel.get_by_role("status")).to_have_text(
        re.compile("Restored: 0. Held until their learners are back: [1-9]")
    )
    look.click()
    expect(panel.get_by_role("status")).to_contain_text("no streak ended, and none waits")
    boss.get_by_role("tab", name="Audit log").click()
    expect(boss.locator("[aria-label='Audit log'] td:nth-child(2)").first).to_have_text("streaks.repair")


def come_earlier(workshop: Workshop, user_id: str, by: timedelta) -> None:
    """Let somebody have registered, and been there last, some time ago."""
    key = user_id.replace("-", "")
    with closing(sqlite3.connect(workshop.server.data_dir / "nexus.db")) as database, database:
        (seen,) = database.execute("select last_login from users where id = ?", [key]).fetchone()
        moment = str(datetime.fromisoformat(seen) - by)
        database.execute("update users set created_at = ?, last_login = ? where id = ?", [moment, moment, key])


def test_all_tabs_can_be_used_by_everybody_on_every_screen(boss: Page, shoot: Shoot) -> None:
    audit = Audit(boss)
    expect(boss.locator("[aria-label=People].nx-table-box")).to_be_visible()
    audit.look("people")
    for name, sign in TABS.items():
        boss.get_by_role("tab", name=name).click()
        expect(boss.locator(".nx-tabpanel").locator(sign).first).to_be_visible()
        audit.look(name)
        shoot(f"administration-{name.lower().replace(' ', '-')}")
    assert not audit.found, "\n\n".join(audit.found)
    health = boss.locator(".nx-content-problems")
    expect(health.locator("li", has=boss.get_by_text("mail", exact=True))).to_contain_text(
        "Set c.MailSettings.smtp_host"
    )
    expect(health.locator("li", has=boss.get_by_text("database", exact=True))).to_contain_text("well")
    boss.get_by_role("tab", name="Settings").click()
    boss.get_by_label("Part of a name or a meaning").fill("Entries of a directory")
    expect(boss.get_by_role("rowheader")).to_have_text(["c.TenancySettings.max_listed_files"])
    boss.set_viewport_size({"width": 320, "height": 640})
    width = boss.evaluate("document.documentElement.scrollWidth")
    assert width <= 320, "tables scroll in their own boxes"
    shoot("administration-320")


def csv_of(text: str) -> FilePayload:
    return {"name": "people.csv", "mimeType": "text/csv", "buffer": text.encode()}


def test_people_come_from_a_file_after_a_preview(boss: Page, workshop: Workshop, shoot: Shoot) -> None:
    boss.get_by_role("button", name="Add people from a file").click()
    box = boss.get_by_role("region", name="People from a file")
    box.get_by_label("Class that they join").select_option(workshop.cohort_id)
    file = box.get_by_label("CSV file")
    head = "email,name,role\n"
    file.set_input_files(csv_of(f"{head}quinn@example.org,Quinn,student\nQuinn@example.org,Quinn,student\n"))
    expect(box.get_by_role("alert")).to_contain_text("Nothing can be written before this is mended")
    expect(box).to_contain_text("Line 3, email:")
    make = box.get_by_role("button", name="Add these people")
    expect(make).to_be_disabled()
    shoot("administration-account-list-problem")

    file.set_input_files(csv_of(f"{head}quinn@example.org,Quinn,student\nrae@example.org,Rae,instructor\n"))
    expect(box).to_contain_text("2 people would be added")
    expect(box.get_by_role("listitem").filter(has_text="Quinn")).to_contain_text("a new account, joins the class")
    shoot("administration-account-list")
    audit = Audit(boss)
    audit.look("people from a file", at=["[aria-label='People from a file']"])
    assert audit.found == []
    make.click()
    expect(box.get_by_role("status")).to_have_text("2 accounts were made.")
    expect(row_of(boss, "Rae").get_by_label("Role of Rae")).to_have_value("instructor")

    # other tests count who is in this class
    with closing(log_in_admin(workshop.server)) as admin:
        members = f"/teaching/cohorts/{workshop.cohort_id}/members"
        joined = {each["display_name"]: each for each in admin.get(members).raise_for_status().json()["items"]}
        assert (joined["Quinn"]["role"], joined["Rae"]["role"]) == ("student", "instructor")
        for name in ("Quinn", "Rae"):
            admin.delete(f"{members}/{joined[name]['user_id']}").raise_for_status()
