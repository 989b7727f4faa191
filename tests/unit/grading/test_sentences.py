"""What grading says of itself is said in the reader's language; what authors and learners wrote is not touched."""

import pytest

from nexus_server.grading.processes import messages, scoring
from nexus_server.grading.processes.messages import CellError, explain_test_failure, needs_answers
from nexus_server.grading.sentences import said_in
from nexus_server.languages import UserLanguage

GERMAN, SPANISH = UserLanguage.GERMAN, UserLanguage.SPANISH
HIDDEN = "### BEGIN HIDDEN TESTS\nassert f(7)\n### END HIDDEN TESTS"
TOLD = "### BEGIN HIDDEN TESTS\nassert f(7), 'Seven is odd. Try it.'\n### END HIDDEN TESTS"


@pytest.mark.parametrize(
    ("message", "german"),
    [
        (messages.TIMEOUT.format(seconds=2.5), "Das hat länger als 2.5 Sekunden gedauert und wurde gestoppt."),
        (needs_answers(["mean"]), "Diese Prüfung braucht auch `mean`, und das ist noch nicht geschrieben."),
        (needs_answers(["a", "b", "c"]), "Diese Prüfung braucht auch `a`, `b` und `c`, und die sind noch nicht"),
        (
            explain_test_failure("assert f(2) == 4", CellError("AssertionError", "", 1), quiet=False),
            "Diese Prüfung ist fehlgeschlagen: `assert f(2) == 4`",
        ),
        (
            explain_test_failure("f(2)", CellError("ValueError", "no {name} %s", 1), quiet=False),
            "`f(2)` wurde beendet durch: ValueError: no {name} %s",
        ),
        (
            explain_test_failure(HIDDEN, CellError("ValueError", "7", 2), quiet=False),
            "Ein verborgener Test ist fehlgeschlagen. Er wurde beendet durch: ValueError.",
        ),
        (
            explain_test_failure(HIDDEN, CellError("Secret7", "7", 2), quiet=False),
            "Ein verborgener Test ist fehlgeschlagen. Er wurde beendet durch: ein Fehler.",
        ),
        (
            explain_test_failure(TOLD, CellError("ValueError", "7", 2), quiet=False),
            "Ein verborgener Test ist fehlgeschlagen. Er wurde beendet durch: ValueError. Seven is odd. Try it.",
        ),
        (scoring.PARTLY_RIGHT.format(points=0.5, most=2.0), "Teilweise richtig: 0.5 von 2 Punkten."),
        (
            f"{scoring.NOT_RIGHT.format(points=0.0, most=2.0)}\nhalf(3) is 1",
            "Noch nicht richtig: 0 von 2 Punkten.\nhalf",
        ),
        (scoring.BY_HAND, "Diesen Teil bewertet deine Lehrperson."),
    ],
)
def test_a_sentence_is_said_again_with_its_values(message: str, german: str) -> None:
    assert said_in(message, GERMAN).startswith(german)
    assert said_in(message, SPANISH) != message
    assert said_in(message, UserLanguage.ENGLISH) == message


@pytest.mark.parametrize("message", ["", "An empty list has the mean 0.", "NameError: name 'x' is not defined"])
def test_what_is_not_gradings_own_stays(message: str) -> None:
    assert said_in(message, GERMAN) == message
