"""What comes without a login: limits per address, which a class of 500 behind one address does not meet."""

import time
from typing import Any
from unittest.mock import create_autospec

import pytest
from tornado.httputil import HTTPServerConnectionDelegate

from nexus_server.accounts.rate_limits import DEFAULTS
from nexus_server.intake.connections import Intake
from nexus_server.intake.large_bodies import LargeBodies
from nexus_server.intake.settings import IntakeSettings

#: learners of a school that has one address, who all come within a minute
CLASS = 500
#: requests that a learner's browser sends before it is logged in: pages, the form, a wrong password, a few probes
REQUESTS = 12
#: connections that a browser opens at once
CONNECTIONS = 6


def intake(**settings: float) -> Intake:
    chosen = IntakeSettings(**settings)
    inner: Any = create_autospec(HTTPServerConnectionDelegate)
    return Intake(
        inner, chosen, bodies=LargeBodies(chosen), find_caller=lambda *_: None, base_url="/", max_body_bytes=1
    )


def test_an_address_has_so_many_connections_that_say_nothing() -> None:
    door = intake(new_connections_per_address=2)
    assert [door.note_new("10.0.0.1") for _ in range(3)] == [True, True, False]
    assert door.note_new("10.0.0.2")
    for _ in range(2):
        door.forget_new("10.0.0.1")
    assert door.note_new("10.0.0.1")


def test_a_class_behind_one_address_gets_in() -> None:
    door = intake()
    assert all(door.note_new("10.0.0.1") for _ in range(CLASS * CONNECTIONS))
    now = time.monotonic()
    door.anonymous.take("10.0.0.1", CLASS * REQUESTS, now)
    assert door.anonymous.wait_s("10.0.0.1", now) == 0


def test_who_sends_ten_times_as_much_waits() -> None:
    door = intake()
    assert not all(door.note_new("10.0.0.1") for _ in range(10 * CLASS * CONNECTIONS))
    now = time.monotonic()
    door.anonymous.take("10.0.0.1", 10 * CLASS * REQUESTS, now)
    assert door.anonymous.wait_s("10.0.0.1", now) > 60
    assert door.anonymous.wait_s("10.0.0.2", now) == 0


@pytest.mark.parametrize("name", ["login_failures_address", "register", "password_reset_address", "sign_on"])
def test_limits_per_address_hold_a_class(name: str) -> None:
    assert int(DEFAULTS[name].split()[0]) >= CLASS
