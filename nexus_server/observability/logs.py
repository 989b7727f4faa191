"""One log for all: ours, Tornado's, Jupyter Server's and the libraries', a line per event, with the request's id.

`configure_logs` is called when a process starts. Every handler that Jupyter makes gets the same formatter through
`logging_config` in `jupyter_config.py`, so no line has another form.
"""

import logging
import os
import re
import sys
from collections.abc import Callable
from typing import Any, TextIO

from traitlets import Bool, Enum, default

from nexus_server.observability.request_ids import find_request_id
from nexus_server.optional_imports import without
from nexus_server.settings import FrozenConfigurable

# It would load what draws coloured tracebacks, which no log of ours has.
with without("rich"):
    import structlog
    from structlog.typing import EventDict, Processor, WrappedLogger

#: libraries whose lines below a warning say nothing to an operator
QUIET = ("httpx", "httpcore", "docker", "urllib3", "asyncio", "alembic", "markdown_it", "google_genai")

_SECRETS: list[tuple[re.Pattern[str], str]] = [
    (re.compile(r"eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*"), "[token]"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}"), r"\1 [secret]"),
    (re.compile(r"(?i)((?:__Host-)?nexus_(?:access|refresh|device)|_xsrf)=[^\s;,'\"]+"), r"\1=[secret]"),
    (
        re.compile(r"(?i)([?&#;\s'\"](?:\w*token|password|secret|api_?key|_xsrf))=[^&\s'\"]+"),
        r"\1=[secret]",
    ),
    # Sign-on's own parameters have plain names; after a space they are a field of ours, such as an error's code.
    (re.compile(r"(?i)([?&#;](?:code|state|nonce|key))=[^&\s'\"]+"), r"\1=[secret]"),
    (re.compile(r"(?i)(\"(?:\w*password|\w*token|secret|cookie|authorization)\":\s*)\"[^\"]*\""), r'\1"[secret]"'),
    (re.compile(r"(://[^/\s:@]*):[^@\s/]+@"), r"\1:[secret]@"),
]


class LogSettings(FrozenConfigurable):
    """What the log looks like."""

    log_format = Enum(
        ["console", "json"],
        help="One line per event for people, or one JSON object per line. The environment's NEXUS_LOG_FORMAT wins.",
    ).tag(config=True)
    log_successes = Bool(
        default_value=False, help="Whether requests that succeed are logged too; failures always are."
    ).tag(config=True)

    @default("log_format")
    def _default_log_format(self) -> str:
        return os.environ.get("NEXUS_LOG_FORMAT") or "console"


def without_secrets(text: str) -> str:
    """Return `text` with everything blanked that looks like a credential."""
    for pattern, blank in _SECRETS:
        text = pattern.sub(blank, text)
    return text


def _add_request_id(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    request_id = find_request_id()
    if request_id is not None:
        event.setdefault("request_id", request_id)
    return event


#: what every line gets, whoever wrote it
_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    _add_request_id,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
]


class LogFormatter(structlog.stdlib.ProcessorFormatter):
    """Renders a record of anybody's as a line without secrets."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        record.exc_text = None  # another handler's rendering, which would be appended
        return without_secrets(super().format(record))


def make_formatter(*, log_format: str | None = None, **_jupyter: Any) -> LogFormatter:
    """Return the formatter of this process; what Jupyter's own formatter would have taken means nothing."""
    chosen = log_format or _chosen["log_format"] or os.environ.get("NEXUS_LOG_FORMAT")
    return LogFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(chosen)],
        foreign_pre_chain=_SHARED,
    )


#: what `configure_logs` was last told; Jupyter's handlers are made later, by name
_chosen: dict[str, str | None] = {"log_format": None}


def _renderer(log_format: str | None) -> Processor:
    if log_format == "json":
        return structlog.processors.JSONRenderer(default=str, sort_keys=False)
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0, exception_formatter=_plain)


class _StandardError(logging.StreamHandler[TextIO]):
    """Writes to whatever standard error is at the moment: what runs a command may have replaced it for a while."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        self.stream = sys.stderr
        super().emit(record)


_plain: Callable[..., None] = structlog.dev.plain_traceback


def configure_logs(settings: LogSettings, stream: TextIO | None = None, *, level: int = logging.INFO) -> None:
    """Send every logger's lines from `level` on to `stream` (default: standard error), in one form."""
    _chosen["log_format"] = settings.log_format
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream) if stream is not None else _StandardError()
    handler.setFormatter(make_formatter())
    root = logging.getLogger()
    for old in [old for old in root.handlers if isinstance(old.formatter, LogFormatter)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
