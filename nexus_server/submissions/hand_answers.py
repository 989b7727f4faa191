"""Answers that people mark, kept beside the submissions: who marks a class reads hundreds of them at once."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nbformat import NotebookNode
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.notebook_format.merge import MergedCell, Origin, merge
from nexus_server.notebook_format.metadata import ANSWER_ROLES, CellRole, cell_meta
from nexus_server.notebook_format.notebooks import parse_notebook
from nexus_server.notebook_format.release import for_grading
from nexus_server.notebook_format.results import CellStatus
from nexus_server.store.models.grading import Submission
from nexus_server.store.models.marking import HandAnswer
from nexus_server.submissions import normal_form
from nexus_server.submissions.notebook_reader import NotebookReader

#: characters of an answer, and of what its cell showed; the whole notebook is a click away
TEXT_CHARS = 20_000
OUTPUT_CHARS = 4_000


@dataclass(frozen=True, slots=True)
class AnswerText:
    """What a learner wrote for one question."""

    is_code: bool
    text: str
    outputs: str = ""
    #: what answers share that are the same but for how they are written
    normal: str = ""


NO_ANSWER = AnswerText(is_code=False, text="")


async def read_answers(
    reader: NotebookReader, key: str, notebook: bytes, source: str, cells: Sequence[Mapping[str, Any]]
) -> dict[str, AnswerText]:
    """Return the answers to those of a submission's stored `cells` that people mark, by grade id."""
    wanted = {cell["grade_id"] for cell in cells if is_for_people(cell)}
    if not wanted:
        return {}
    submission = await reader.read_with_outputs(key, notebook)
    found = await asyncio.to_thread(lambda: answers_of(submission, for_grading(parse_notebook(source)), wanted))
    # What the source does not ask any more has no text, and waits all the same.
    return {grade_id: found.get(grade_id, NO_ANSWER) for grade_id in wanted}


def is_for_people(cell: Mapping[str, Any]) -> bool:
    """Whether a stored cell waits for a person, or was marked by one."""
    return cell["status"] == CellStatus.MANUAL or bool(cell.get("by_hand"))


def answers_of(submission: NotebookNode, source: NotebookNode, wanted: Collection[str]) -> dict[str, AnswerText]:
    """Return what a notebook answers to the `wanted` grade ids; a task's answer is what the learner wrote below it."""
    merged = merge(submission, source)
    given = {name for cell in source.cells if cell.cell_type == "code" for name in normal_form.names_in(cell.source)}
    found: dict[str, AnswerText] = {}
    for at, each in enumerate(merged):
        if each.meta.grade_id not in wanted or each.position is None:
            continue
        if each.meta.role is CellRole.TASK:
            text = "\n\n".join(cell.cell.source for cell in _written_below(merged, at))
            found[each.meta.grade_id] = AnswerText(
                is_code=False, text=text[:TEXT_CHARS], normal=normal_form.of_prose(text)
            )
        else:
            found[each.meta.grade_id] = _answer(each, submission, given)
    return found


async def keep(
    session: AsyncSession, row: Submission, texts: Mapping[str, AnswerText], *, now: datetime, counts_first: bool
) -> None:
    """Let the answers say what a graded submission's cells say.

    An answer is of the attempt that is marked: the newest, or with `counts_first` the first. Of a question whose text
    is not in `texts` only the marks are brought up to date.
    """
    if await _is_superseded(session, row, counts_first=counts_first):
        return
    known = await session.scalars(
        select(HandAnswer).where(HandAnswer.node_id == row.node_id, HandAnswer.user_id == row.user_id)
    )
    kept = {answer.grade_id: answer for answer in known}
    for_people = {cell["grade_id"]: cell for cell in row.results or [] if is_for_people(cell)}
    for old in kept.values():
        if old.submission_id == row.id and old.grade_id not in for_people:
            await session.delete(old)
    for grade_id, cell in for_people.items():
        answer: HandAnswer | None = kept.get(grade_id)
        if answer is not None and answer.submission_id != row.id:
            if (row.attempt < answer.attempt) != counts_first:
                continue
            await session.delete(answer)  # who has the older one in hand shall not mark this one unseen
            await session.flush()
            answer = None
        is_wanted = grade_id in texts or cell["status"] == CellStatus.MANUAL
        if answer is None and is_wanted:
            answer = _new(row, grade_id, texts.get(grade_id, NO_ANSWER))
            session.add(answer)
        if answer is not None:
            _take_marks(answer, cell, now)


async def _is_superseded(session: AsyncSession, row: Submission, *, counts_first: bool) -> bool:
    """Whether what somebody else of the group handed in is marked for the learner instead of this."""
    mine = (Submission.user_id == row.user_id, Submission.node_id == row.node_id, Submission.copy_of.is_not(None))
    other = Submission.attempt < row.attempt if counts_first else Submission.attempt > row.attempt
    query = select(Submission.id).where(*mine, other, Submission.graded_at.is_not(None))
    return await session.scalar(query.limit(1)) is not None


async def give_way(session: AsyncSession, copy: Submission, *, counts_first: bool) -> None:
    """Take older answers off the desk: of a group's work the one who handed it in has the answers."""
    if counts_first:
        return
    mine = (HandAnswer.node_id == copy.node_id, HandAnswer.user_id == copy.user_id)
    await session.execute(delete(HandAnswer).where(*mine, HandAnswer.attempt < copy.attempt))


def _new(row: Submission, grade_id: str, text: AnswerText) -> HandAnswer:
    return HandAnswer(
        submission_id=row.id,
        node_id=row.node_id,
        user_id=row.user_id,
        grade_id=grade_id,
        attempt=row.attempt,
        is_code=text.is_code,
        text=text.text,
        outputs=text.outputs,
        normal=text.normal,
    )


def _take_marks(answer: HandAnswer, cell: Mapping[str, Any], now: datetime) -> None:
    answer.max_points = cell["max_points"]
    answer.points = cell["points"] if cell.get("by_hand") else None
    answer.comment = cell.get("comment")
    answer.items = [item["id"] for item in cell.get("rubric") or ()]
    answer.changed_at = now


def _answer(merged: MergedCell, submission: NotebookNode, given: Collection[str]) -> AnswerText:
    text = merged.cell.source[:TEXT_CHARS]
    if merged.cell.cell_type != "code":
        return AnswerText(is_code=False, text=text, normal=normal_form.of_prose(text))
    outputs = next((_shown(cell) for cell in submission.cells if cell_meta(cell).grade_id == merged.meta.grade_id), "")
    return AnswerText(is_code=True, text=text, outputs=outputs[:OUTPUT_CHARS], normal=normal_form.of_code(text, given))


def _written_below(merged: Sequence[MergedCell], at: int) -> list[MergedCell]:
    """Return the learner's cells from a task on to the instructor's next heading or graded cell."""
    found: list[MergedCell] = []
    for each in merged[at + 1 :]:
        is_theirs = each.origin is Origin.LEARNER and each.meta.role not in ANSWER_ROLES
        if not is_theirs:
            break
        found.append(each)
    return found


def _shown(cell: NotebookNode) -> str:
    """Return what a cell showed as text: what was printed, values, and an error's name and message."""
    parts: list[str] = []
    for output in cell.get("outputs", ()):
        if output.output_type == "stream":
            parts.append(output.text)
        elif output.output_type == "error":
            parts.append(f"{output.ename}: {output.evalue}")
        else:
            parts.append(output.data.get("text/plain", ""))
    return "\n".join(part.strip() for part in parts if isinstance(part, str) and part.strip())
