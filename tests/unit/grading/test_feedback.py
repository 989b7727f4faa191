"""Feedback pages: safe to open, and silent about solutions and hidden tests."""

from nexus_server.grading.feedback import feedback_html
from nexus_server.languages import UserLanguage
from nexus_server.notebook_format.release import release
from nexus_server.notebook_format.results import AnswerError, CellResult, CellStatus, GradeResult, Trust
from tests.plugins import lab_notebooks as lab

EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def _page(answer: str, message: str = "", language: UserLanguage = UserLanguage.ENGLISH) -> str:
    source = lab.square_lab()
    cell = CellResult("test_square", 1, 2, CellStatus.PARTIAL, Trust.SEALED, message)
    result = GradeResult((cell,), 2, answer_errors=(AnswerError(1, message),))
    submission = lab.answer(release(source), {"square": answer})
    return feedback_html(result, submission, source, title=EVIL, comments={"test_square": EVIL}, language=language)


def test_everything_is_escaped() -> None:
    page = _page(EVIL, EVIL)
    assert "<script" not in page
    assert "<img" not in page
    assert page.count("&lt;script&gt;") == 6


def test_scores_messages_and_answers_are_shown() -> None:
    page = _page("square = abs", "Almost.")
    assert "1 of 2 points" in page
    assert "Almost." in page
    assert "square = abs" in page


def test_a_message_keeps_its_lines() -> None:
    page = _page("square = abs", "Partly right: 1 of 2 points.\nsquare(3) should be 9; you got 3")
    assert '<p class="message">Partly right: 1 of 2 points.\nsquare(3) should be 9; you got 3</p>' in page
    assert ".message { white-space: pre-line; }" in page


def test_solutions_and_hidden_tests_are_not() -> None:
    page = _page("square = abs")
    assert "x * x" not in page
    assert "49" not in page


def test_the_page_is_in_the_learners_language_and_what_people_wrote_stays() -> None:
    page = _page("square = abs", "There is no answer here yet.", UserLanguage.GERMAN)
    assert '<html lang="de">' in page
    assert "<strong>1 von 2 Punkten.</strong>" in page
    assert "Teilweise richtig: 1 von 2 Punkten" in page
    assert '<p class="message">Hier ist noch keine Antwort.</p>' in page
    assert "Deine Lehrperson schreibt: &lt;script&gt;" in page
    assert "<h1>Deine Antworten</h1>" in page
    assert "Almost." in _page("square = abs", "Almost.", UserLanguage.SPANISH)
