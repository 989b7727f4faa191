"""What the server says about a kernel is said in the reader's language; what anybody else wrote is not touched."""

import pytest

from nexus_server.events import messages
from nexus_server.events.messages import CellInterrupted, KernelDied, KernelLimit
from nexus_server.jupyter.kernels.draining import warning_of
from nexus_server.jupyter.kernels.notices import notice_in
from nexus_server.jupyter.limits.cell_limits import SENTENCES as LIMITS
from nexus_server.jupyter.limits.wall_clock import NOTICE
from nexus_server.kernels.death_reason import SENTENCES as ENDS
from nexus_server.languages import UserLanguage

TRANSLATED = [UserLanguage.GERMAN, UserLanguage.SPANISH]


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize(
    "text", [*ENDS.values(), *LIMITS.values(), NOTICE.format(limit=2.5), *map(warning_of, (600, 5))]
)
def test_each_notice_is_translated(text: str, language: UserLanguage) -> None:
    assert notice_in(text, language) != text
    assert notice_in(text, UserLanguage.ENGLISH) == text


def test_values_stay_as_they_are() -> None:
    assert "darf 2.5 Sekunden laufen" in notice_in(NOTICE.format(limit=2.5), UserLanguage.GERMAN)
    assert "termina en 10 minutos." in notice_in(warning_of(600), UserLanguage.SPANISH)


@pytest.mark.parametrize("text", ["", "Time limit reached", "{limit:g}", "The kernel crashed. Or so I say."])
def test_what_is_no_notice_stays_as_it_is(text: str) -> None:
    assert notice_in(text, UserLanguage.GERMAN) == text


def test_the_events_with_a_message_are_those_of_kernels() -> None:
    """The event socket translates each `message`; another event that has one needs its texts in `notices.py`."""
    named: set[type] = {
        each
        for each in vars(messages).values()
        if isinstance(each, type) and "message" in getattr(each, "model_fields", {})
    }
    kernels: set[type] = {CellInterrupted, KernelDied, KernelLimit}
    assert named == kernels
