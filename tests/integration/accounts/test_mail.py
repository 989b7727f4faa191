"""Mail against a real SMTP server on loopback."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from traitlets.config import Config

from nexus_server.accounts.mail import FileOutbox, MailSettings, SmtpMailer, open_mailer
from tests.plugins.processes import free_port


class Inbox:
    """Takes every mail, except those to refused@example.org, and those to later@example.org at first."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.mails: asyncio.Queue[str] = asyncio.Queue()
        self.has_waited = False

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[Any]
    ) -> str:
        if address.startswith("refused"):
            return "550 no such person"
        if address.startswith("later") and not self.has_waited:
            self.has_waited = True
            return "450 greylisted, come back in a minute"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        if b"Buy now" in content:
            return "554 this looks like spam"
        self.loop.call_soon_threadsafe(self.mails.put_nowait, content.decode())
        return "250 OK"


def _settings(port: int) -> MailSettings:
    values = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_tls": "none", "retry_s": 0.05}
    return MailSettings(config=Config({"MailSettings": values}))


@pytest.fixture
async def inbox() -> AsyncIterator[tuple[Inbox, int]]:
    inbox, port = Inbox(), free_port()
    # As many servers are: without SMTPUTF8, which addresses outside of ASCII need.
    controller = Controller(inbox, hostname="127.0.0.1", port=port, enable_SMTPUTF8=False)
    controller.start()
    yield inbox, port
    controller.stop()


async def test_a_mail_arrives_and_leaves_the_queue(inbox: tuple[Inbox, int], tmp_path: Path) -> None:
    mailer = SmtpMailer(tmp_path, _settings(inbox[1]))
    await mailer.start()
    await mailer.post("ada@example.org", "Hello", "A first line.\n")
    content = await asyncio.wait_for(inbox[0].mails.get(), 30)
    await mailer.stop()
    assert "To: ada@example.org" in content
    assert "A first line." in content


@pytest.mark.parametrize(
    ("to", "subject"),
    [
        ("refused@example.org", "Hello"),
        ("ada@example.org", "Buy now"),
        ("()@example.org", "Hello"),
        ("ü@x.org", "Hello"),
    ],
    ids=["its recipient", "what it says", "an address that is none", "an address outside of ASCII"],
)
async def test_a_mail_that_is_refused_for_ever_does_not_hold_up_the_others(
    inbox: tuple[Inbox, int], tmp_path: Path, to: str, subject: str
) -> None:
    mailer = SmtpMailer(tmp_path, _settings(inbox[1]))
    await mailer.post(to, subject, "Nobody reads this.\n")
    await mailer.post("ada@example.org", "Hello", "Ada reads this.\n")
    await mailer.start()
    content = await asyncio.wait_for(inbox[0].mails.get(), 30)
    await mailer.stop()
    assert "Ada reads this." in content
    assert [path.suffix for path in tmp_path.glob("*.refused")] == [".refused"]


async def test_a_mail_that_is_refused_for_a_while_comes_later(inbox: tuple[Inbox, int], tmp_path: Path) -> None:
    mailer = SmtpMailer(tmp_path, _settings(inbox[1]))
    await mailer.post("later@example.org", "Hello", "Patience.\n")
    await mailer.post("ada@example.org", "Hello", "Ada reads this.\n")
    await mailer.start()
    contents = [await asyncio.wait_for(inbox[0].mails.get(), 30) for _ in range(2)]
    await mailer.stop()
    assert ["Ada reads this." in content for content in contents] == [True, False]
    assert "Patience." in contents[1]
    assert list(tmp_path.glob("*.refused")) == []


async def test_what_a_missing_server_could_not_take_waits_for_the_next_start(tmp_path: Path) -> None:
    mailer = SmtpMailer(tmp_path, _settings(free_port()))
    await mailer.post("ada@example.org", "Hello", "Patience.\n")
    await mailer.start()
    await mailer.stop()
    assert len(list(tmp_path.glob("*.eml"))) == 1


async def test_without_a_server_mails_are_files_for_their_owner(tmp_path: Path) -> None:
    mailer = open_mailer(MailSettings(), tmp_path)
    assert isinstance(mailer, FileOutbox)
    await mailer.post("ada@example.org", "Hello", "On paper.\n")
    (path,) = mailer.directory.glob("*.eml")
    assert "On paper." in path.read_text()
    assert path.stat().st_mode & 0o077 == 0
