"""Tasks that a test's pool runs in processes of its own."""

import os
from typing import Any

from nexus_server.errors import InvalidError


def echo(body: bytes, **options: Any) -> tuple[Any, bytes]:
    return options, body


def whoami(_body: bytes) -> tuple[int, bytes]:
    return os.getpid(), b""


def spin(_body: bytes) -> tuple[None, bytes]:
    while True:
        pass


def sleep(_body: bytes) -> tuple[None, bytes]:
    while True:
        os.read(os.pipe()[0], 1)


def burn(_body: bytes, *, count: int) -> tuple[int, bytes]:
    return sum(range(count)), b""


def hoard(_body: bytes, *, size: int) -> tuple[int, bytes]:
    return len(bytearray(size)), b""


def refuse(_body: bytes) -> tuple[None, bytes]:
    raise InvalidError("No.", fields={"name": "is wrong"})


def environment(_body: bytes) -> tuple[dict[str, str], bytes]:
    return dict(os.environ), b""


def die(_body: bytes) -> tuple[None, bytes]:
    os._exit(3)
