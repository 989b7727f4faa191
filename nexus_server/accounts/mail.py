"""Mail: every message is first a file, so that none is lost when the mail server or we ourselves go down.

Without an SMTP host the files stay in `<data>/mail/outbox` for a person to read; with one, a worker sends what is in
`<data>/mail/queue` and deletes it.
"""

import asyncio
import time
from contextlib import suppress
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import aiosmtplib
import structlog
from traitlets import Enum, Float, Int, Unicode

from nexus_server.settings import FrozenConfigurable, secret
from nexus_server.tasks import Part, end_task, forever

log = structlog.get_logger()

#: reply codes from here on are final, lower ones are not (RFC 5321, section 4.2.1)
FINAL = 500


class MailSettings(FrozenConfigurable):
    """Where mail goes. The password is the secret NEXUS_SMTP_PASSWORD."""

    sender = Unicode("NexusAI <nexusai@localhost>", help="The From of every mail.").tag(config=True)
    smtp_host = Unicode("", help="SMTP server; empty: mails are kept as files in the data directory.").tag(config=True)
    smtp_port = Int(587, help="TCP port of the SMTP server.").tag(config=True)
    smtp_username = Unicode("", help="User name at the SMTP server; empty: no login.").tag(config=True)
    smtp_tls = Enum(
        ("starttls", "tls", "none"), "starttls", help="starttls: upgrade, or do not send; tls: from the start; none."
    ).tag(config=True)
    smtp_timeout_s = Float(20.0, min=1, help="Seconds that one exchange with the server may take.").tag(config=True)
    retry_s = Float(30.0, min=0.01, help="Seconds before an unsent mail is tried again.").tag(config=True)


class Mailer(Protocol):
    """Takes mail off our hands. A `Background`."""

    async def post(self, to: str, subject: str, text: str, *, unsubscribe_url: str = "") -> None:
        """Accept a plain-text mail: it is on disk when this returns. A POST to `unsubscribe_url` ends such mails."""
        ...

    async def forget(self, to: str) -> None:
        """Delete the mails to this address that are still here."""
        ...

    async def start(self) -> None:
        """Begin to send."""
        ...

    async def stop(self) -> None:
        """Stop; what is not sent waits for the next start."""
        ...


class FileOutbox:
    """Keeps every mail as an .eml file."""

    def __init__(self, directory: Path, sender: str) -> None:
        """Write into `directory`, which is made when needed."""
        self.directory = directory
        self._sender = sender

    async def post(self, to: str, subject: str, text: str, *, unsubscribe_url: str = "") -> None:
        """Write the mail."""
        message = _compose(self._sender, to, subject, text)
        if unsubscribe_url:
            message["List-Unsubscribe"] = f"<{unsubscribe_url}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        await asyncio.to_thread(_write, self.directory, message)

    async def forget(self, to: str) -> None:
        """Delete the mails to this address, refused ones too."""
        await asyncio.to_thread(_forget, self.directory, to)

    async def start(self) -> None:
        """There is nothing to start."""

    async def stop(self) -> None:
        """There is nothing to stop."""


class SmtpMailer:
    """Sends what is in its queue directory, oldest first."""

    def __init__(self, queue: Path, settings: MailSettings) -> None:
        """Queue in `queue`.

        Raises:
            MissingSecretError: there is a user name but no NEXUS_SMTP_PASSWORD.
        """
        self._outbox = FileOutbox(queue, settings.sender)
        self._settings = settings
        self._password = secret("NEXUS_SMTP_PASSWORD") if settings.smtp_username else None
        self._wake = asyncio.Event()
        self._is_stopping = False
        self._part: Part | None = None

    async def post(self, to: str, subject: str, text: str, *, unsubscribe_url: str = "") -> None:
        """Queue the mail."""
        await self._outbox.post(to, subject, text, unsubscribe_url=unsubscribe_url)
        self._wake.set()

    async def forget(self, to: str) -> None:
        """Delete the mails to this address that wait or were refused."""
        await self._outbox.forget(to)

    async def start(self) -> None:
        """Begin to send, first what an earlier run left."""
        self._is_stopping = False
        self._part = forever("mail", self._send_due, every_s=None, wake=self._wake)

    async def stop(self) -> None:
        """Stop; what is not sent waits for the next start."""
        self._is_stopping = True
        await end_task(self._part)

    async def _send_due(self) -> float | None:
        """Send what is there; return the seconds until another try, if one is needed."""
        return None if await self._send_all() else self._settings.retry_s

    async def _send_all(self) -> bool:
        """Send what is there, and return whether nothing waits for another try."""
        # A cancellation that comes while aiosmtplib talks can end as an error of the connection: the flag holds then.
        is_done = True
        for path in sorted(self._outbox.directory.glob("*.eml")):
            if self._is_stopping:
                return False
            try:
                await self._send(BytesParser(policy=SMTP).parsebytes(path.read_bytes()))
            except (aiosmtplib.SMTPException, OSError, ValueError) as exc:
                if _is_hopeless(exc):
                    # Trying again would not help, and would hold up everybody else's mail.
                    log.warning("mail_refused", mail=path.name, error=str(exc))
                    path.rename(path.with_suffix(".refused"))
                    continue
                log.warning("mail_waits", error=str(exc))
                is_done = False
                if not _verdicts(exc):
                    return False  # nobody else's mail would fare better
            else:
                path.unlink(missing_ok=True)
        return is_done

    async def _send(self, message: EmailMessage) -> None:
        settings = self._settings
        await aiosmtplib.send(
            message,
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_username or None,
            password=self._password,
            use_tls=settings.smtp_tls == "tls",
            start_tls=settings.smtp_tls == "starttls",
            timeout=settings.smtp_timeout_s,
        )


def _verdicts(error: Exception) -> list[int]:
    """Return the reply codes that are about this one mail; none when something else is wrong."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return [refused.code for refused in error.recipients]
    return [error.code] if isinstance(error, aiosmtplib.SMTPDataError) else []


def _is_hopeless(error: Exception) -> bool:
    """Whether this one mail will never be taken. Greylisting, say, refuses a recipient for a while only."""
    if verdicts := _verdicts(error):
        return min(verdicts) >= FINAL
    if isinstance(error, (OSError, UnicodeError)):  # a certificate, or a host name, that is none is a ValueError too
        return False
    # An address outside of ASCII at a server that knows no SMTPUTF8, or one that is none.
    return isinstance(error, (aiosmtplib.SMTPNotSupported, ValueError))


def open_mailer(settings: MailSettings, data_path: Path) -> Mailer:
    """Return the mailer of a site."""
    if settings.smtp_host:
        return SmtpMailer(data_path / "mail" / "queue", settings)
    return FileOutbox(data_path / "mail" / "outbox", settings.sender)


def _compose(sender: str, to: str, subject: str, text: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain="nexusai")
    # A person who reads the outbox's files wants the link in one piece, not folded as quoted-printable.
    message.set_content(text, cte="7bit" if text.isascii() else "quoted-printable")
    return message


def _write(directory: Path, message: EmailMessage) -> None:
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Names sort by time; a half-written file has another suffix, so the worker never reads one.
    name = f"{time.time_ns()}-{uuid4().hex}"
    fresh = directory / f"{name}.new"
    fresh.write_bytes(message.as_bytes())
    fresh.chmod(0o600)
    fresh.rename(directory / f"{name}.eml")


def _forget(directory: Path, to: str) -> None:
    for path in directory.glob("*.*") if directory.is_dir() else ():
        with suppress(FileNotFoundError):  # it was sent meanwhile
            message = BytesParser(policy=SMTP).parsebytes(path.read_bytes(), headersonly=True)
            if str(message["To"]).casefold() == to.casefold():
                path.unlink()
