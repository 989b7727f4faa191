"""A site as it runs in earnest: behind TLS, with a real SMTP server; what is mailed, and what browsers keep."""

import asyncio
import queue
import re
import ssl
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from email import message_from_bytes, policy
from uuid import uuid4

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.plugins.certificates import write_certificate
from tests.plugins.processes import free_port
from tests.plugins.server import PASSWORD, LiveServer, StartServer

NEW = "another-fine-password-77"
MAIL_TIMEOUT_S = 60


class Inbox:
    """Takes every mail."""

    def __init__(self) -> None:
        self.mails: queue.Queue[tuple[str, str]] = queue.Queue()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  its name
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.mails.put((envelope.rcpt_tos[0], str(message.get_content())))
        return "250 OK"

    def token_for(self, email: str) -> str:
        """Wait for the next mail, which is for `email`, and return the token in its link."""
        recipient, text = self.mails.get(timeout=MAIL_TIMEOUT_S)
        found = re.search(r"^https://\S+#token=([\w-]+)\s*$", text, re.MULTILINE)
        assert recipient == email
        assert found, text
        return found[1]


@dataclass
class Site:
    """A server behind TLS whose mail arrives in `inbox`."""

    server: LiveServer
    inbox: Inbox
    trust: ssl.SSLContext

    def browser(self) -> httpx.Client:
        url = self.server.url.replace("http://127.0.0.1", "https://localhost")
        return httpx.Client(base_url=f"{url}/nexus/api/v1", verify=self.trust, timeout=60)

    def newcomer(self, browser: httpx.Client) -> str:
        """Register somebody, and return the address."""
        email = f"{uuid4().hex[:12]}@example.org"
        body = {"email": email, "password": PASSWORD, "display_name": "Ada"}
        browser.post("/auth/register", json=body).raise_for_status()
        return email


@pytest.fixture(scope="module")
def site(start_server: StartServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home, port, inbox = tmp_path_factory.mktemp("config"), free_port(), Inbox()
    pem = write_certificate(home, "localhost")
    (home / "jupyter_config.py").write_text(
        f"c.ServerApp.certfile = {str(pem)!r}\nc.MailSettings.smtp_host = '127.0.0.1'\n"
        f"c.MailSettings.smtp_port = {port}\nc.MailSettings.smtp_tls = 'none'\nc.MailSettings.retry_s = 0.2\n"
    )
    controller = Controller(inbox, hostname="127.0.0.1", port=port, loop=asyncio.new_event_loop())
    controller.start()
    try:
        server = start_server(JUPYTER_CONFIG_DIR=str(home), NEXUS_PUBLIC_URL="https://nexus.example")
        yield Site(server, inbox, ssl.create_default_context(cafile=str(pem)))
    finally:
        controller.stop()


def test_cookies_are_bound_to_the_host_and_to_tls(site: Site) -> None:
    with site.browser() as browser:
        email = site.newcomer(browser)
        site.inbox.token_for(email)
        reply = browser.post("/auth/login", json={"email": email, "password": PASSWORD})
        set_cookies = {line.split("=", 1)[0]: line for line in reply.headers.get_list("Set-Cookie")}
        ours = {name: line for name, line in set_cookies.items() if name != "_xsrf"}
        assert set(ours) == {"__Host-nexus_access", "__Host-nexus_refresh", "__Host-nexus_device"}
        for line in ours.values():
            attributes = {part.strip().casefold() for part in line.split(";")[1:]}
            assert {"secure", "httponly", "path=/"} <= attributes
            assert not [each for each in attributes if each.startswith("domain")]
        assert "SameSite=Lax" in ours["__Host-nexus_access"]
        assert "SameSite=Strict" in ours["__Host-nexus_refresh"]
        assert reply.headers["Cache-Control"] == "no-store"
        me = browser.get("/me")
        assert me.status_code == 200
        assert "max-age" in me.headers["Strict-Transport-Security"]
        # a name that a sibling domain could plant is not read here
        planted = {"nexus_access": browser.cookies["__Host-nexus_access"]}
        assert httpx.get(f"{browser.base_url}me", cookies=planted, verify=site.trust).status_code == 401


def test_a_mailed_link_proves_the_address(site: Site) -> None:
    with site.browser() as browser:
        email = site.newcomer(browser)
        token = site.inbox.token_for(email)
        assert not browser.post("/auth/login", json={"email": email, "password": PASSWORD}).json()["user"][
            "email_verified"
        ]
        assert browser.post("/auth/verify-email", json={"token": token}).status_code == 204
        again = browser.post("/auth/verify-email", json={"token": token})
        assert (again.status_code, again.json()["error"]["code"]) == (422, "bad_token")
        assert browser.get("/me").json()["email_verified"]


def test_a_forgotten_password_is_replaced_by_mail(site: Site) -> None:
    with site.browser() as browser, site.browser() as elsewhere:
        email = site.newcomer(browser)
        site.inbox.token_for(email)
        elsewhere.post("/auth/login", json={"email": email, "password": PASSWORD}).raise_for_status()
        known = browser.post("/auth/password-reset", json={"email": email.upper()})
        unknown = browser.post("/auth/password-reset", json={"email": "nobody@example.org"})
        assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
        assert known.status_code == 202
        assert set(known.json()) == {"message"}
        token = site.inbox.token_for(email)
        weak = browser.post("/auth/password-reset/confirm", json={"token": token, "password": "password123"})
        assert (weak.status_code, weak.json()["error"]["code"]) == (422, "weak_password")
        confirm = {"token": token, "password": NEW}
        assert browser.post("/auth/password-reset/confirm", json=confirm).status_code == 204
        assert browser.post("/auth/password-reset/confirm", json=confirm).status_code == 422
        assert elsewhere.get("/me").status_code == 401, "every session ended"
        recipient, text = site.inbox.mails.get(timeout=MAIL_TIMEOUT_S)
        assert recipient == email
        assert "was just changed" in text
        old = browser.post("/auth/login", json={"email": email, "password": PASSWORD})
        assert old.status_code == 401
        assert browser.post("/auth/login", json={"email": email, "password": NEW}).status_code == 200
    assert site.inbox.mails.empty(), "the unknown address got no mail"


def test_tokens_are_in_no_log_line(site: Site) -> None:
    with site.browser() as browser:
        email = site.newcomer(browser)
        mailed = site.inbox.token_for(email)
        tokens = browser.post("/auth/login", json={"email": email, "password": PASSWORD}).json()
        browser.get("/nothing", params={"token": tokens["access_token"]})
        browser.get("/me", headers={"Authorization": f"Bearer {tokens['access_token']}x"})
        browser.post("/auth/verify-email", json={"token": f"{mailed}x"})
        browser.post("/auth/refresh", json={"refresh_token": f"{tokens['refresh_token']}x"})
        with closing(httpx.Client(verify=site.trust)) as client:
            root = str(browser.base_url).split("/nexus")[0]
            client.get(f"{root}/api/contents", params={"token": tokens["access_token"]})
    log = site.server.log.read_text()
    secrets = [mailed, tokens["access_token"], tokens["refresh_token"], PASSWORD, NEW]
    assert [secret for secret in secrets if secret in log] == []
