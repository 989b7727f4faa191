"""Models that give solutions away, each in its own manner, get nothing past the leak filter."""

import pytest

from benchmarks._tutor_attacks import LABS, LEAKS, Lab, honest_answers, read_labs
from benchmarks.tutor import Clock, highest, leaks
from nexus_server.tutor.leak_filter.for_node import make_gate
from nexus_server.tutor.settings import TutorSettings


@pytest.fixture(scope="module")
def labs() -> list[Lab]:
    return read_labs()


@pytest.mark.parametrize("manner", LEAKS)
def test_a_manner_of_leaking_is_stopped(labs: list[Lab], manner: str) -> None:
    everything = [lab.solution for lab in labs]
    for lab in labs[::30]:
        assert not leaks(lab, LEAKS[manner](lab), everything, Clock()), lab.name


def test_without_the_filter_every_manner_leaks(labs: list[Lab], monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(labs) >= LABS
    monkeypatch.setattr("benchmarks.tutor.make_gate", lambda *_args, **_options: lambda _text: None)
    for manner, give in LEAKS.items():
        assert leaks(labs[0], give(labs[0]), [], Clock()), manner


def test_honest_answers_pass(labs: list[Lab]) -> None:
    for lab, text, code in honest_answers(labs[::30])[::10]:
        assert make_gate(TutorSettings(), lab.solution, [lab.solution], known=code)(text) is None, text


def test_the_interval_is_wilsons() -> None:
    assert highest(0.0, 400) == pytest.approx(0.0095, abs=0.0001)
    assert highest(0.5, 100) == pytest.approx(0.5962, abs=0.0001)
