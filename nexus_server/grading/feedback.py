"""Feedback as HTML that is safe to open: text only, escaped, one style block, no scripts, no links, no pictures."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from html import escape

from nbformat import NotebookNode

from nexus_server.grading.sentences import said_in
from nexus_server.languages import UserLanguage, translate
from nexus_server.notebook_format.choices import chosen, kind_of, options
from nexus_server.notebook_format.merge import merge
from nexus_server.notebook_format.metadata import ANSWER_ROLES, cell_meta
from nexus_server.notebook_format.release import for_grading
from nexus_server.notebook_format.results import AnswerError, CellResult, CellStatus, GradeResult
from nexus_server.phrases import gettext_noop, phrase

#: says a text in the learner's language
Say = Callable[[str], str]

_WORDS = {
    CellStatus.PASSED: gettext_noop("Right"),
    CellStatus.PARTIAL: gettext_noop("Partly right"),
    CellStatus.FAILED: gettext_noop("Not right yet"),
    CellStatus.ERROR: gettext_noop("Stopped with an error"),
    CellStatus.TIMEOUT: gettext_noop("Took too long"),
    CellStatus.MANUAL: gettext_noop("Waits for your instructor"),
    CellStatus.KERNEL_DIED: gettext_noop("The kernel died"),
}
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a;
       background: #fff; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin: 1.5rem 0 .25rem; }
pre { background: #f5f5f5; padding: .75rem; overflow-x: auto; white-space: pre-wrap; border-radius: 4px; }
.message { white-space: pre-line; }
.passed { color: #1a6b2d; } .partial, .manual { color: #7a4d00; }
.failed, .error, .timeout, .kernel_died { color: #a3191f; }
@media (prefers-color-scheme: dark) {
  body { color: #eee; background: #1b1b1b; } pre { background: #2a2a2a; }
  .passed { color: #7bd88f; } .partial, .manual { color: #f2c14e; }
  .failed, .error, .timeout, .kernel_died { color: #ff8a8f; }
}
"""


def feedback_html(
    result: GradeResult,
    submission: NotebookNode,
    source: NotebookNode,
    *,
    title: str = "Feedback",
    comments: Mapping[str, str] | None = None,
    remark: str = "",
    language: UserLanguage = UserLanguage.ENGLISH,
) -> str:
    """Return a whole HTML page: the score, each graded cell with its message, and the learner's own answers.

    Of the source only titles' places and ids are used; nothing of its solutions and tests is shown. `comments` are an
    instructor's, by grade id; `remark` is theirs on the whole. `language` is that of the learner.
    """
    say = partial(translate, language=language)
    body = [f"<h1>{escape(title)}</h1>", _score(result, say), _written(remark, say)]
    body.extend(_cell(cell, (comments or {}).get(cell.grade_id, ""), language) for cell in result.cells)
    body.append(_answers(submission, source, result.answer_errors, language))
    return (
        f'<!doctype html><html lang="{language.value}"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body>{''.join(body)}</body></html>"
    )


def _score(result: GradeResult, say: Say) -> str:
    points = say(phrase("{points:g} of {most:g} points.", points=result.score, most=result.max_score))
    waiting = f" {say(gettext_noop('Some parts wait for your instructor.'))}" if result.needs_manual else ""
    return f"<p><strong>{escape(points)}</strong>{escape(waiting)}</p>"


def _cell(cell: CellResult, comment: str, language: UserLanguage) -> str:
    said = phrase(
        "{verdict}: {points:g} of {most:g} points",
        verdict=_WORDS[cell.status],
        points=cell.points,
        most=cell.max_points,
    )
    parts = [
        f"<h2>{escape(cell.grade_id)}</h2>",
        f'<p class="{cell.status.value}">{escape(translate(said, language))}</p>',
    ]
    if cell.message:
        parts.append(f'<p class="message">{escape(said_in(cell.message, language))}</p>')
    return "".join([*parts, _written(comment, partial(translate, language=language))])


def _written(words: str, say: Say) -> str:
    return f"<p>{escape(say(phrase('Your instructor writes: {words}', words=words)))}</p>" if words else ""


def _answers(
    submission: NotebookNode, source: NotebookNode, errors: Sequence[AnswerError], language: UserLanguage
) -> str:
    say = partial(translate, language=language)
    by_cell = {error.cell: error.message for error in errors}
    parts: list[str] = []
    source = for_grading(source)
    for index, merged in enumerate(merge(submission, source)):
        is_answer = merged.position is not None and cell_meta(source.cells[merged.position]).role in ANSWER_ROLES
        if not is_answer and index not in by_cell:
            continue
        heading = merged.meta.grade_id or say(phrase("Cell {number}", number=index + 1))
        parts.append(f"<h2>{escape(heading)}</h2><pre>{escape(merged.cell.source)}</pre>")
        if kind_of(merged.cell):
            names = [text for number, text in enumerate(options(merged.cell)) if number in chosen(merged.cell)]
            picked = "; ".join(names) or gettext_noop("nothing")
            parts.append(f"<p>{escape(say(phrase('Chosen: {names}', names=picked)))}</p>")
        if index in by_cell:
            parts.append(f'<p class="error">{escape(said_in(by_cell[index], language))}</p>')
    return f"<h1>{escape(say(gettext_noop('Your answers')))}</h1>{''.join(parts)}" if parts else ""
