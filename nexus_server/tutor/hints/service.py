"""Hints: the rules' explanation, bettered by a model where there is one, never the solution."""

from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Any
from uuid import UUID

from nexus_server.learner import Learner
from nexus_server.offload.pool import Offload
from nexus_server.tutor.errors import AnswerRefusedError, ModelUnavailableError, NothingToHintError, TutorOffError
from nexus_server.tutor.hints.ledger import HintLedger, Reserved
from nexus_server.tutor.hints.types import Delta, FirstHint, GivenHint, HintRequest
from nexus_server.tutor.leak_filter.filtered_answer import GatedAnswer
from nexus_server.tutor.leak_filter.for_node import open_gate
from nexus_server.tutor.lessons.lessons import Lesson, LessonSource, SolutionSource
from nexus_server.tutor.lessons.tasks import TaskSource
from nexus_server.tutor.models.none import STATIC
from nexus_server.tutor.policy.asking import PolicedModels, avoiding
from nexus_server.tutor.policy.decision import TutorDecision, TutorMode
from nexus_server.tutor.policy.stored import PolicySource
from nexus_server.tutor.prompts import again, hint_prompt
from nexus_server.tutor.rules.beginning import begin
from nexus_server.tutor.rules.engine import explain, explain_task
from nexus_server.tutor.rules.rule import Explanation
from nexus_server.tutor.settings import TutorSettings
from nexus_server.tutor.trial.explained import explain_finding
from nexus_server.tutor.trial.trial import TrialSource, find_out

#: characters of a cell and its traceback that are looked at on the event loop: a millisecond or two
EXPLAINED_HERE = 2_000


class HintService:
    """Gives hints to learners."""

    def __init__(
        self,
        *,
        ledger: HintLedger,
        lessons: LessonSource,
        solutions: SolutionSource,
        tasks: TaskSource,
        policies: PolicySource,
        models: PolicedModels,
        settings: TutorSettings,
        offload: Offload,
        trials: TrialSource,
    ) -> None:
        """Join the parts."""
        self._ledger = ledger
        self._lessons = lessons
        self._solutions = solutions
        self._tasks = tasks
        self._policies = policies
        self._models = models
        self._settings = settings
        self._offload = offload
        self._trials = trials

    async def hint(self, learner: Learner, request: HintRequest) -> GivenHint:
        """Return a hint as a whole; raises what `stream` raises."""
        async for event in await self.stream(learner, request):
            if isinstance(event, GivenHint):
                return event
        raise AssertionError("a stream of hints ends with the hint")

    async def stream(self, learner: Learner, request: HintRequest) -> AsyncIterator[Delta | GivenHint]:
        """Check and count the request; then give the text in parts, and at last the whole hint.

        Raises:
            NodeNotFoundError, NodeLockedError
            TutorOffError: hints are switched off here.
            NothingToHintError: there is no error, and no task either.
            HintLimitError: the learner has had today's hints.
        """
        request, lesson = await self._placed(learner, request)
        decision = await self._decide(learner, request)
        if request.is_stuck:
            return await self._begin(learner, request, decision)
        explanation = await self._try_out(learner, request, await self._explain(learner, request))
        request = replace(request, course=decision.course)
        source = self._models.source_of(decision)
        # Outside of lessons there is no task that a deeper level could spoil.
        wait_s = decision.level_wait_s if request.node_id else 0.0
        reserved = await self._ledger.reserve(learner, request, explanation, source, wait_s)
        if reserved.is_final or source == STATIC:
            return _whole(reserved.hint)
        return self._ask(learner, request, explanation, reserved, lesson=lesson, decision=decision)

    async def first(self, learner: Learner, request: HintRequest) -> FirstHint:
        """Return the rules' first level at once: no model is asked, nothing is stored or counted.

        Raises:
            NodeNotFoundError, NodeLockedError
            TutorOffError: hints are switched off here.
        """
        request, _ = await self._placed(learner, request)
        await self._decide(learner, request)
        found = await self._explain(learner, request)
        text = found.at(1)
        return FirstHint(text, found.concept_name, found.question, found.line_refs(text), found.is_general)

    async def rate(self, learner: Learner, hint_id: UUID, *, helpful: bool, comment: str | None = None) -> None:
        """Store what the learner thinks of one of their hints.

        Raises:
            HintNotFoundError: there is no such hint, or it is somebody else's.
        """
        await self._ledger.rate(learner, hint_id, helpful=helpful, comment=comment)

    async def _placed(self, learner: Learner, request: HintRequest) -> tuple[HintRequest, Lesson | None]:
        """Return the request with the language of its node, and the node's lesson."""
        lesson = await self._lessons.get_lesson(learner, request.node_id) if request.node_id else None
        if lesson and lesson.language and request.failure.language is None:
            request = replace(request, failure=replace(request.failure, language=lesson.language))
        return request, lesson

    async def _decide(self, learner: Learner, request: HintRequest) -> TutorDecision:
        decision = await self._policies.decide(learner, request.node_id)
        if decision.mode is TutorMode.OFF:
            raise TutorOffError
        return decision

    async def _begin(
        self, learner: Learner, request: HintRequest, decision: TutorDecision
    ) -> AsyncIterator[Delta | GivenHint]:
        """Tell how to begin the task; what an author or the rules wrote is not bettered by a model."""
        task = await self._tasks.find_task(request.node_id, request.task) if request.node_id else None
        if task is None:
            raise NothingToHintError
        request = replace(request, task=task.grade_id)
        beginning = begin(task, request.failure).in_language(request.reader)
        reserved = await self._ledger.reserve(learner, request, beginning, STATIC, decision.level_wait_s)
        return _whole(reserved.hint)

    async def _explain(self, learner: Learner, request: HintRequest) -> Explanation:
        """Return what the rules say, in the learner's language."""
        failure = request.failure
        others = sum(map(len, failure.other_cells))
        if len(failure.cell_source) + len(failure.traceback) + others <= EXPLAINED_HERE:
            return explain(failure).in_language(request.reader)
        fields: dict[str, Any] = {
            "reader": request.reader,
            "cell_source": failure.cell_source,
            "ename": failure.ename,
            "evalue": failure.evalue,
            "traceback": failure.traceback,
            "language": failure.language,
            "other_cells": failure.other_cells,
        }
        told, _ = await self._offload.run(str(learner.id), explain_task, **fields)
        return Explanation(**{**told, "levels": tuple(told["levels"]), "reader": request.reader})

    async def _try_out(self, learner: Learner, request: HintRequest, read: Explanation) -> Explanation:
        """Return what running the function of a failed check tells, or what was `read` where it tells nothing."""
        failure = request.failure
        finding = await find_out(self._trials, learner, failure, self._settings.trial_time_limit_s)
        return read if finding is None else explain_finding(finding, failure, read).in_language(request.reader)

    async def _ask(
        self,
        learner: Learner,
        request: HintRequest,
        explanation: Explanation,
        reserved: Reserved,
        *,
        lesson: Lesson | None,
        decision: TutorDecision,
    ) -> AsyncIterator[Delta | GivenHint]:
        hint = reserved.hint
        earlier = "\n".join(await self._ledger.texts_of_models(learner, request.node_id))
        gate = await open_gate(
            self._solutions,
            self._settings,
            request.node_id,
            request.failure.cell_source,
            earlier=earlier,
            level=hint.level,
        )
        gate = avoiding(gate, decision.avoid)
        prompt = hint_prompt(request.failure, explanation, hint.level, lesson, request.reader)
        usage: Mapping[str, object] = {}
        for asked in (prompt, again(prompt)):
            pieces = self._models.stream(learner, request.node_id, decision, asked)
            answer = GatedAnswer(pieces, gate)
            try:
                async with aclosing(pieces):
                    async for delta in answer.deltas():
                        yield Delta(delta)
            except AnswerRefusedError as error:
                usage = {**answer.usage, "fallback": error.code, **error.details}
                continue
            except ModelUnavailableError as error:
                usage = {**answer.usage, "fallback": error.code, **error.details}
                hint = replace(hint, notice=error.code)
                break
            text = answer.text.strip()
            hint = replace(
                hint, text=text, source=self._models.source_of(decision), line_refs=explanation.line_refs(text)
            )
            usage = answer.usage
            break
        if hint.source == STATIC:
            # The rules' text was stored when the hint was reserved; it stands.
            yield Delta(hint.text)
        await self._ledger.settle(hint, usage)
        yield hint


async def _whole(hint: GivenHint) -> AsyncIterator[Delta | GivenHint]:
    yield Delta(hint.text)
    yield hint
