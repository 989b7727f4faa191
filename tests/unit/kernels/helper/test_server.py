"""The helper's socket: who may speak, what a broken speaker gets, and errors that arrive as what they were."""

import contextlib
import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from nexus_server.kernels.errors import ImageMissingError
from nexus_server.kernels.helper import framing
from nexus_server.kernels.helper import requests as ask
from nexus_server.kernels.helper.link import HelperConnections, HelperUnavailableError
from nexus_server.kernels.helper.server import HelperServer

STRANGER = 64003


class Answers:
    """A service of which each answer is given by the test."""

    def __init__(self) -> None:
        self.answer: Callable[[], Any] = lambda: None

    def do(self, asked: ask.AnyRequest, tell: Callable[[], None]) -> Any:
        if isinstance(asked, ask.FollowEngine):
            tell()
        return self.answer()


@pytest.fixture
def service() -> Answers:
    return Answers()


@pytest.fixture
def path(service: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where a helper listens that answers this user."""
    monkeypatch.chdir(tmp_path)  # the socket's path must be short
    tmp_path.chmod(0o711)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("s")
        listener.listen()
        Path("s").chmod(0o666)  # all may connect, so that the helper itself has to refuse
        server = HelperServer(listener, cast("Any", service), os.getuid())
        thread = threading.Thread(target=server.serve)
        thread.start()
        yield Path("s")
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.fixture
def link(path: Path) -> Iterator[HelperConnections]:
    made = HelperConnections(path)
    yield made
    made.close()


def test_an_answer_arrives(link: HelperConnections, service: Answers) -> None:
    service.answer = lambda: {"a": [1, None]}
    assert [link.ask(ask.DescribeEngine()) for _ in range(3)] == [{"a": [1, None]}] * 3


def test_an_error_is_raised_as_what_it_was(link: HelperConnections, service: Answers) -> None:
    def fail() -> None:
        raise ImageMissingError(image="nexus-python:1")

    service.answer = fail
    with pytest.raises(ImageMissingError) as caught:
        link.ask(ask.DescribeEngine())
    assert caught.value.details == {"image": "nexus-python:1"}


def test_a_systems_refusal_keeps_its_number(link: HelperConnections, service: Answers) -> None:
    def fail() -> None:
        raise FileExistsError(17, "File exists")

    service.answer = fail
    with pytest.raises(FileExistsError):
        link.ask(ask.MakeSlot(slot="a"))


def test_following_ends_with_the_engines_stream(link: HelperConnections) -> None:
    opened: list[bool] = []
    link.follow(lambda: opened.append(True))
    assert opened == [True]


@pytest.mark.parametrize("sent", [b"\xff\xff\xff\xff", b"\0\0\0\x04", b"GET / HTTP/1.1\r\n\r\n"])
def test_whoever_sends_no_message_is_cut_off_and_others_are_served(
    link: HelperConnections, path: Path, sent: bytes
) -> None:
    with socket.socket(socket.AF_UNIX) as broken:
        broken.connect(str(path))
        broken.sendall(sent)
        broken.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionResetError):
            assert broken.recv(1) == b""
    assert link.ask(ask.DescribeEngine()) is None


def test_a_message_that_is_no_request_is_answered_as_such(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as speaker:
        speaker.connect(str(path))
        for body in (b"\0\0\0\x02{}", b'\0\0\0\x0e{"ask": "sudo"}'):
            speaker.sendall(body)
            reply = framing.read_message(speaker, 1000)
            assert reply is not None
            assert b'"bad_request"' in reply


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can speak as somebody else")
def test_another_user_is_refused(path: Path) -> None:
    child = os.fork()
    if not child:
        os.setresuid(STRANGER, STRANGER, STRANGER)
        with socket.socket(socket.AF_UNIX) as speaker:
            try:
                speaker.connect(str(path))
                os._exit(0 if speaker.recv(1) == b"" else 1)
            except ConnectionResetError:
                os._exit(0)
            except OSError:
                os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_without_a_helper_nothing_is_waited_for(tmp_path: Path) -> None:
    with pytest.raises(HelperUnavailableError):
        HelperConnections(tmp_path / "nobody").ask(ask.DescribeEngine())
