"""A log line has one form whoever wrote it, knows its request, and holds no credential."""

import json
import logging
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import jwt
import pytest
import structlog

import nexus_server
from nexus_server.observability.logs import LogSettings, configure_logs, make_formatter, without_secrets
from nexus_server.observability.request_ids import begin_request

JWT = jwt.encode({"sub": "ada"}, "k" * 32, algorithm="HS256")


@pytest.fixture(autouse=True)
def kept_logging() -> Iterator[None]:
    """What a test configures ends with it."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    for handler in [handler for handler in root.handlers if handler not in handlers]:
        root.removeHandler(handler)
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


@pytest.fixture
def json_lines(kept_logging: None) -> StringIO:
    """Logs as JSON for one test."""
    stream = StringIO()
    configure_logs(LogSettings(log_format="json"), stream)
    return stream


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"Authorization: Bearer {JWT}", JWT),
        (f"token was {JWT}, refused", JWT),
        ("authorization: bearer opaque-Token_123", "opaque-Token_123"),
        ("Cookie: nexus_access=abcdef; other=1", "abcdef"),
        ("__Host-nexus_refresh=abcdef", "abcdef"),
        ("Cookie: theme=dark; _xsrf=2|abc|def", "2|abc|def"),
        ("GET /auth/oidc/x/callback?code=abc123&state=def456", "abc123"),
        ("GET /auth/oidc/x/callback?code=abc123&state=def456", "def456"),
        ("/nexus/verify-email#token=abcdef", "abcdef"),
        ('{"email": "a@b.de", "password": "hunter2 hunter2"}', "hunter2"),
        ('{"refresh_token":"abcdef"}', "abcdef"),
        ("postgresql://nexus:s3cret@db:5432/nexus", "s3cret"),
        ("redis://:s3cret@cache/0", "s3cret"),
    ],
)
def test_credentials_are_blanked(text: str, secret: str) -> None:
    assert secret not in without_secrets(text)


@pytest.mark.parametrize(
    "text",
    [
        "event channel=Redis code=too_large",
        "Kernel 1234 died: oom",
        "state=running is no parameter",
        "3 keys, 2 tokens",
        "http://localhost:8888/lab",
    ],
)
def test_what_is_no_credential_stays(text: str) -> None:
    assert without_secrets(text) == text


def _fail() -> None:
    raise ValueError(JWT)


def test_every_logger_writes_the_same_json(json_lines: StringIO) -> None:
    request_id = begin_request("request-of-ada")
    structlog.get_logger("ours").warning("refused", user="ada", given=f"Bearer {JWT}")
    logging.getLogger("theirs").warning("refused %s", "ada")
    try:
        _fail()
    except ValueError:
        logging.getLogger("theirs").exception("failed")
    lines = [json.loads(line) for line in json_lines.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["refused", "refused ada", "failed"]
    for line in lines:
        assert set(line) >= {"event", "level", "logger", "timestamp"}
        assert line["request_id"] == request_id
    assert "ValueError" in lines[2]["exception"]
    assert JWT not in json.dumps(lines)


@pytest.mark.usefixtures("json_lines")
def test_jupyters_handlers_get_the_form_that_was_chosen() -> None:
    formatter = make_formatter(format="%(message)s", datefmt="%H", style="%")
    record = logging.LogRecord("ServerApp", logging.INFO, __file__, 1, "received signal %s", (15,), None)
    assert json.loads(formatter.format(record))["event"] == "received signal 15"


def test_a_commands_log_is_not_in_its_result(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(LogSettings(log_format="json"), level=logging.WARNING)
    log = structlog.get_logger("ours")
    log.info("nothing_to_tell")
    log.warning("kernel_not_removed", error="gone")
    out, err = capsys.readouterr()
    assert out == ""
    assert [json.loads(line)["event"] for line in err.splitlines()] == ["kernel_not_removed"]


def test_every_module_logs_events_in_one_way() -> None:
    """The helper that has root's rights loads as little as it can, and logs by the standard library."""
    package = Path(nexus_server.__file__).parent
    others = [
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if "getLogger" in path.read_text() and not path.is_relative_to(package / "kernels" / "helper")
    ]
    assert others == ["observability/logs.py"]
