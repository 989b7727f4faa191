"""Writing a grade down: the submission, its history, the node's progress and the XP, in one transaction."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.clock import Clock
from nexus_server.events.bus import EventPublisher
from nexus_server.events.messages import GradingProgress, NodeUnlocked
from nexus_server.learner import Learner, Role
from nexus_server.learning import EventKind
from nexus_server.notebook_format.results import NotGraded
from nexus_server.roadmaps.files.roadmap_file import LabSpec
from nexus_server.roadmaps.learning.completion import Completion, NodeCompleter, Proof
from nexus_server.roadmaps.learning.own_terms import load_terms
from nexus_server.roadmaps.learning.progress import begin, load_way_of_node
from nexus_server.roadmaps.learning.sittings import are_results_held
from nexus_server.roadmaps.learning.terms import decide
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.grading import Grade, Submission
from nexus_server.store.models.roadmaps import Node
from nexus_server.submissions import hand_answers, hand_marks
from nexus_server.submissions.claims import Claim, find_held
from nexus_server.submissions.group_work import lock_copies
from nexus_server.submissions.hand_answers import AnswerText, read_answers
from nexus_server.submissions.job import GradedJob
from nexus_server.submissions.notebook_reader import NotebookReader
from nexus_server.submissions.outages import Outages
from nexus_server.submissions.policy import decisive_share, share_of


@dataclass(frozen=True, slots=True)
class NewGrade:
    """A grade to be written. `origin` is "autograde", "regrade" or "manual"."""

    origin: str
    graded: GradedJob
    graded_by: UUID | None = None
    comment: str | None = None
    #: what the learner wrote for the questions that people mark, by grade id; empty where that did not change
    answers: Mapping[str, AnswerText] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """What was written to a submission, of which its learner is told after the commit."""

    row: Submission
    #: None where it could not be graded
    completion: Completion | None


class GradeWriter:
    """Turns what the engine said into rows, exactly once."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        bus: EventPublisher,
        completer: NodeCompleter,
        *,
        outages: Outages,
        reader: NotebookReader,
    ) -> None:
        """A grade that passes completes the node through `completer`; `reader` reads what was handed in."""
        self._database = database
        self._clock = clock
        self._bus = bus
        self._completer = completer
        self._outages = outages
        self._reader = reader

    async def finish(self, claim: Claim, graded: GradedJob | NotGraded) -> bool:
        """Write what came of a claimed submission; False when the claim was lost, and nothing was written."""
        # Before the transaction: on SQLite nobody else could write while the page is made.
        grade = await self._new_grade(claim, graded) if isinstance(graded, GradedJob) else None
        async with self._database.transaction() as session:
            row = await find_held(session, claim)
            if row is None:
                return False
            told = await self.write(session, row, grade) if grade is not None else [Written(row, None)]
            if isinstance(graded, NotGraded):
                await self._outages.note(session, row, graded)
        for each in told:
            await self.announce(each)
        return True

    async def _new_grade(self, claim: Claim, graded: GradedJob) -> NewGrade | None:
        """Return the grade to write; None when its submission is gone. Its holder alone changes it meanwhile."""
        async with self._database.reading() as session:
            row = await session.get(Submission, claim.submission_id)
            return None if row is None else await _new_grade(session, row, graded, self._reader)

    async def write(self, session: AsyncSession, row: Submission, grade: NewGrade) -> list[Written]:
        """Write a grade and what follows from it in the caller's transaction; `announce` each after the commit.

        What the others of a group were given of the submission gets the same grade.
        """
        unsigned = replace(grade.graded, provenance=hand_marks.unsigned(grade.graded.provenance))
        same = replace(grade, graded=unsigned, answers={})
        of_row = Written(row, await self._write_one(session, row, grade))
        copies = await lock_copies(session, row)
        return [of_row, *[Written(copy, await self._write_one(session, copy, same)) for copy in copies]]

    async def _write_one(self, session: AsyncSession, row: Submission, grade: NewGrade) -> Completion:
        now = self._clock.now()
        row.status, row.claimed_by, row.claimed_until, row.reason = "graded", None, None, None
        graded = grade.graded
        was_for_people = any(hand_answers.is_for_people(cell) for cell in row.results or ())
        row.score, row.max_score, row.needs_manual = graded.score, graded.max_score, graded.needs_manual
        row.results, row.provenance, row.feedback = graded.cells, graded.provenance, graded.feedback
        row.graded_at = now
        row.untold_since = now
        session.add(_history_row(row, grade, now))
        await session.flush()
        if row.copy_of is not None:
            await hand_answers.give_way(session, row, counts_first=await _counts_first(session, row))
        elif was_for_people or grade.answers:
            await self._keep_answers(session, row, grade.answers)
        completion = await self._progress(session, row, is_first=grade.origin == "autograde")
        row.xp_awarded += completion.xp_awarded
        return completion

    async def _keep_answers(self, session: AsyncSession, row: Submission, texts: Mapping[str, AnswerText]) -> None:
        first = await _counts_first(session, row)
        await hand_answers.keep(session, row, texts, now=self._clock.now(), counts_first=first)

    async def reconsider(self, session: AsyncSession, row: Submission) -> Written:
        """Judge anew what a graded submission counts by its learner's new terms; `announce` after the commit."""
        row.untold_since = self._clock.now()
        completion = await self._progress(session, row, is_first=False)
        row.xp_awarded += completion.xp_awarded
        return Written(row, completion)

    async def announce(self, written: Written) -> None:
        """Tell the learner, after the commit."""
        row, completion = written.row, written.completion
        self._tell(row)
        if completion is None:
            return
        for node in completion.unlocked:
            self._bus.publish(row.user_id, NodeUnlocked(node_id=node.id, slug=node.slug, title=node.title))
        await self._completer.announce(completion)
        async with self._database.transaction() as session:
            await _mark_told(session, row.id)

    async def announce_late(self, submission_id: UUID, user_id: UUID) -> None:
        """Do what the announcement would have done had its process not died after the commit."""
        async with self._database.reading() as session:
            row = await session.get(Submission, submission_id)
        if row is None:
            return  # the account was deleted meanwhile
        await self._completer.catch_up(user_id)
        async with self._database.transaction() as session:
            await _mark_told(session, submission_id)
        self._tell(row)

    def _tell(self, row: Submission) -> None:
        self._bus.publish(
            row.user_id,
            GradingProgress(
                submission_id=row.id,
                node_id=row.node_id,
                status=row.status,
                score=None if row.is_held else row.score,
                max_score=None if row.is_held else row.max_score,
            ),
        )

    async def _progress(self, session: AsyncSession, row: Submission, *, is_first: bool) -> Completion:
        """Move the node's progress. A first grade takes nothing away; one that is given anew may, as the site says."""
        learner = await _learner_of(session, row.user_id)
        node = await session.get_one(Node, row.node_id)
        if node.archived_at is not None:
            return Completion(None)
        way, node = await load_way_of_node(session, node.id, learner)
        spec = LabSpec.model_validate(node.spec["lab"])
        progress = await begin(session, learner.id, node.id, self._clock)
        # By the present terms: a deadline that was moved counts for whoever is graded again.
        row.late_penalty = decide(await load_terms(session, row.user_id, node), row.received_at).penalty
        row.is_held = await are_results_held(session, row.user_id, row.node_id, for_write=True)
        await session.flush()
        if row.is_held:
            return Completion(None)
        decisive = decisive_share(await _shares(session, row), spec.attempt_policy)
        own = share_of(row.score or 0.0, row.max_score or 0.0, row.late_penalty)
        completion = Completion(decisive)
        if decisive >= spec.pass_score:
            proof = Proof(EventKind.LAB_GRADED, f"submission:{row.id}:{own:.4f}")
            completion = await self._completer.complete(session, learner, way, node, score=own, proof=proof)
        elif not is_first:
            lost = await self._completer.no_longer_passed(session, learner, way, node)
            completion = replace(completion, recorded=lost.recorded)
        # The completer keeps the best score; which attempt counts is the lab's own policy.
        progress.score, progress.updated_at = decisive, self._clock.now()
        return completion


async def _counts_first(session: AsyncSession, row: Submission) -> bool:
    """Whether a learner's first attempt is the one that counts, and is marked."""
    node = await session.get_one(Node, row.node_id)
    return LabSpec.model_validate(node.spec["lab"]).attempt_policy == "first"


async def _mark_told(session: AsyncSession, submission_id: UUID) -> None:
    await session.execute(update(Submission).where(Submission.id == submission_id).values(untold_since=None))


async def _new_grade(session: AsyncSession, row: Submission, graded: GradedJob, reader: NotebookReader) -> NewGrade:
    """Return what the engine found, with the points that a person gave before."""
    origin = "autograde" if row.graded_at is None else "regrade"
    cells = hand_marks.kept(graded.cells, row.results or [])
    if not any(hand_answers.is_for_people(cell) for cell in cells):
        return NewGrade(origin, graded)
    data = await session.scalar(select(Submission.notebook).where(Submission.id == row.id)) or b""
    node = await session.get_one(Node, row.node_id)
    answers = await read_answers(reader, f"grading {row.id}", data, node.source_notebook or "", cells)
    if any(cell.get("by_hand") for cell in cells):
        graded = await _with_hand_marks(session, row, replace(graded, cells=cells), data=data, reader=reader)
    return NewGrade(origin, graded, answers=answers)


async def _with_hand_marks(
    session: AsyncSession, row: Submission, grade: GradedJob, *, data: bytes, reader: NotebookReader
) -> GradedJob:
    """Return a grade that says of itself what its cells say: the engine knew nothing of a person's points."""
    notebook = await reader.read(f"grading {row.id}", data)
    node, remark = await session.get_one(Node, row.node_id), await hand_marks.last_remark(session, row)
    language = await hand_marks.language_of(session, row.user_id)
    result = hand_marks.result_of(grade.cells, grade.max_score)
    return replace(
        grade,
        score=result.score,
        needs_manual=result.needs_manual,
        provenance=hand_marks.unsigned(grade.provenance),
        feedback=await asyncio.to_thread(
            hand_marks.page, notebook, node, result, grade.cells, remark, language=language
        ),
    )


def _history_row(row: Submission, grade: NewGrade, now: datetime) -> Grade:
    return Grade(
        submission_id=row.id,
        origin=grade.origin,
        score=grade.graded.score,
        max_score=grade.graded.max_score,
        results=grade.graded.cells,
        provenance=grade.graded.provenance,
        comment=grade.comment,
        graded_by=grade.graded_by,
        graded_at=now,
    )


async def _shares(session: AsyncSession, row: Submission) -> list[float]:
    """Return what each graded submission of the learner for this lab is worth, in the order of receipt."""
    query = (
        select(Submission.score, Submission.max_score, Submission.late_penalty)
        .where(Submission.user_id == row.user_id, Submission.node_id == row.node_id, Submission.graded_at.is_not(None))
        .order_by(Submission.attempt)
    )
    return [share_of(score or 0.0, most or 0.0, penalty) for score, most, penalty in (await session.execute(query))]


async def _learner_of(session: AsyncSession, user_id: UUID) -> Learner:
    user = await session.get_one(User, user_id)
    return Learner(user.id, user.email, user.display_name, Role(user.role), user.timezone)
