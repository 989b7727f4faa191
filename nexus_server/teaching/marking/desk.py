"""What the marking desk shows of a class: its labs, their questions, and how far each is."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from nbformat import NotebookNode
from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.audit import AuditLog
from nexus_server.accounts.class_access import ClassRight
from nexus_server.accounts.cohorts import Cohorts
from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.notebook_format.metadata import CellRole, cell_meta
from nexus_server.notebook_format.notebooks import parse_notebook
from nexus_server.roadmaps.errors import NodeNotFoundError
from nexus_server.store.database import Database
from nexus_server.store.models.marking import HandAnswer, MarkingDesk
from nexus_server.store.models.roadmaps import Node, Roadmap
from nexus_server.teaching.marking.claims import held_by_others
from nexus_server.teaching.marking.grouping import Answer, Likeness, group
from nexus_server.teaching.marking.progress import people_of
from nexus_server.teaching.marking.questions import Question, answers_of, of_class, require_question
from nexus_server.teaching.marking.rubrics import read_rubric
from nexus_server.teaching.marking.second import find_blind, takes_two
from nexus_server.teaching.marking.types import (
    DeskChange,
    DeskView,
    GroupView,
    LabsToMark,
    LabToMark,
    QuestionProgress,
    QuestionToMark,
)
from nexus_server.teaching.marking.unread import UnreadAnswers

SAMPLE_CHARS = 160
SNIPPETS = 20

#: answers that wait, and answers that are marked
WAITING = func.sum(case((HandAnswer.points.is_(None), 1), else_=0))
MARKED = func.count(HandAnswer.points)


class MarkingDeskReader:
    """Reads for those who teach a class."""

    def __init__(
        self, database: Database, cohorts: Cohorts, audit: AuditLog, clock: Clock, unread: UnreadAnswers
    ) -> None:
        """`unread` reads answers of submissions that were graded before there was a desk."""
        self._database = database
        self._cohorts = cohorts
        self._audit = audit
        self._clock = clock
        self._unread = unread

    async def labs(self, instructor: Learner, cohort_id: UUID) -> LabsToMark:
        """Return the labs with questions for people.

        Raises:
            ForbiddenError, UnknownCohortError
        """
        await self._cohorts.get(instructor, cohort_id, ClassRight.MARK)
        await self._unread.read_some(instructor, cohort_id)
        query = of_class(select(HandAnswer.node_id, Node.title, Roadmap.title, WAITING, MARKED), cohort_id)
        query = (
            query.join(Node, Node.id == HandAnswer.node_id)
            .join(Roadmap, Roadmap.id == Node.roadmap_id)
            .group_by(HandAnswer.node_id, Node.title, Roadmap.title)
            .order_by(WAITING.desc(), Node.title)
        )
        async with self._database.reading() as session:
            rows = list(await session.execute(query))
        return LabsToMark(
            items=[
                LabToMark(node_id=node_id, title=title, roadmap=roadmap, waiting=waiting, marked=marked)
                for node_id, title, roadmap, waiting, marked in rows
            ]
        )

    async def desk(self, instructor: Learner, cohort_id: UUID, node_id: UUID) -> DeskView:
        """Return a lab's questions, how far each is, and who does what.

        Raises:
            ForbiddenError, UnknownCohortError, NodeNotFoundError
        """
        await self._cohorts.get(instructor, cohort_id, ClassRight.MARK)
        unread = await self._unread.read_some(instructor, cohort_id, node_id)
        async with self._database.reading() as session:
            node = await _get_lab(session, node_id)
            return DeskView(
                node_id=node.id,
                title=node.title,
                is_anonymous=await is_anonymous(session, cohort_id, node_id),
                takes_two=await takes_two(session, cohort_id, node_id),
                unread=unread,
                questions=await self._questions(session, cohort_id, node_id),
            )

    async def change(self, instructor: Learner, cohort_id: UUID, node_id: UUID, wanted: DeskChange) -> DeskView:
        """Say whether names are hidden from whoever marks, and whether two people mark each answer.

        Raises:
            ForbiddenError, UnknownCohortError, MarksOnlyError, NodeNotFoundError
        """
        await self._cohorts.get(instructor, cohort_id)
        said = wanted.model_dump(exclude_none=True)
        async with self._database.transaction() as session:
            await _get_lab(session, node_id)
            desk = await session.get(MarkingDesk, (cohort_id, node_id), with_for_update=True)
            if desk is None:
                desk = MarkingDesk(cohort_id=cohort_id, node_id=node_id, is_anonymous=False, takes_two=False)
                session.add(desk)
            for name, value in said.items():
                setattr(desk, name, value)
            self._audit.write(
                session, instructor.id, "marking.change", "node", node_id, cohort_id=str(cohort_id), **said
            )
        return await self.desk(instructor, cohort_id, node_id)

    async def question(self, instructor: Learner, question: Question, by: Likeness) -> QuestionToMark:
        """Return what marking a question takes: the task, the author's answer, the rubric, and the groups that wait.

        Raises:
            ForbiddenError, UnknownCohortError, QuestionNotFoundError, NodeNotFoundError
        """
        await self._cohorts.get(instructor, question.cohort_id, ClassRight.MARK)
        now = self._clock.now()
        async with self._database.reading() as session:
            node = await _get_lab(session, question.node_id)
            max_points = await require_question(session, question)
            waiting = await waiting_for(session, instructor, question)
            groups = group(waiting, by)
            held = await held_by_others(session, instructor.id, now)
            rubric = await read_rubric(session, question)
            snippets = await _snippets(session, question)
        source = await asyncio.to_thread(parse_notebook, node.source_notebook or "")
        task, answer = _task_of(source, question.grade_id)
        return QuestionToMark(
            grade_id=question.grade_id,
            task=task,
            is_code=answer is not None and answer.cell_type == "code",
            model_answer=answer.source if answer is not None else "",
            max_points=max_points,
            rubric=rubric,
            groups=[_group_view(members, held) for members in groups],
            snippets=snippets,
        )

    async def _questions(self, session: AsyncSession, cohort_id: UUID, node_id: UUID) -> list[QuestionProgress]:
        columns = (HandAnswer.grade_id, func.max(HandAnswer.max_points), WAITING, MARKED, func.avg(HandAnswer.points))
        query = of_class(select(*columns), cohort_id).where(HandAnswer.node_id == node_id)
        rows = list(await session.execute(query.group_by(HandAnswer.grade_id).order_by(HandAnswer.grade_id)))
        people = await people_of(session, cohort_id, node_id, self._clock.now())
        return [
            QuestionProgress(
                grade_id=grade_id,
                max_points=most,
                waiting=waiting,
                marked=marked,
                mean_points=mean,
                people=people.get(grade_id, []),
            )
            for grade_id, most, waiting, marked, mean in rows
        ]


async def is_anonymous(session: AsyncSession, cohort_id: UUID, node_id: UUID) -> bool:
    """Whether names are hidden from whoever marks this lab."""
    desk = await session.get(MarkingDesk, (cohort_id, node_id))
    return desk is not None and desk.is_anonymous


async def waiting_answers(session: AsyncSession, question: Question) -> list[Answer]:
    """Return a question's answers that wait, the oldest first."""
    columns = (HandAnswer.id, HandAnswer.is_code, HandAnswer.text, HandAnswer.outputs, HandAnswer.normal)
    query = answers_of(question, *columns).where(HandAnswer.points.is_(None))
    rows = await session.execute(query.order_by(HandAnswer.changed_at, HandAnswer.id))
    return [Answer(*row) for row in rows]


async def waiting_for(session: AsyncSession, instructor: Learner, question: Question) -> list[Answer]:
    """Return the answers that wait for somebody: where two mark each, none that they or two others have marked."""
    waiting = await waiting_answers(session, question)
    if not await takes_two(session, question.cohort_id, question.node_id):
        return waiting
    done = (await find_blind(session, instructor, [each.id for each in waiting])).done
    return [each for each in waiting if each.id not in done]


async def _get_lab(session: AsyncSession, node_id: UUID) -> Node:
    node = await session.scalar(select(Node).where(Node.id == node_id, Node.type == "lab"))
    if node is None:
        raise NodeNotFoundError
    return node


async def _snippets(session: AsyncSession, question: Question) -> list[str]:
    count = func.count()
    query = answers_of(question, HandAnswer.comment).where(HandAnswer.comment.is_not(None), HandAnswer.comment != "")
    query = query.group_by(HandAnswer.comment).order_by(count.desc(), HandAnswer.comment).limit(SNIPPETS)
    return list(await session.scalars(query))


def _group_view(members: Sequence[Answer], held: set[UUID]) -> GroupView:
    in_hand = sum(each.id in held for each in members)
    sample = members[0].text.strip()[:SAMPLE_CHARS]
    return GroupView(size=len(members), in_hand=in_hand, first_id=members[0].id, sample=sample)


def _task_of(source: NotebookNode, grade_id: str) -> tuple[str, NotebookNode | None]:
    """Return what is asked, and the cell with the author's answer: the Markdown right above it, or the task itself."""
    place = next((at for at, cell in enumerate(source.cells) if cell_meta(cell).grade_id == grade_id), None)
    if place is None:
        return "", None
    answer = source.cells[place]
    if cell_meta(answer).role is CellRole.TASK:
        return answer.source, None
    above = source.cells[:place]
    texts: list[str] = []
    while (
        above and above[-1].cell_type == "markdown" and cell_meta(above[-1]).role in (CellRole.PLAIN, CellRole.LOCKED)
    ):
        texts.insert(0, above.pop().source)
    return "\n\n".join(texts), answer
