"""The chat about a node, or in general: a model's answers through the gate, or honest look-ups without one."""

from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from uuid import UUID

from nexus_server.languages import UserLanguage
from nexus_server.learner import Learner
from nexus_server.tutor.chat.ledger import ChatLedger, ConversationMessage
from nexus_server.tutor.chat.notes import NoteFinder
from nexus_server.tutor.chat.without_model import static_answer
from nexus_server.tutor.errors import (
    AnswerRefusedError,
    ChatOffError,
    EmptyMessageError,
    ModelUnavailableError,
)
from nexus_server.tutor.hints.types import Delta
from nexus_server.tutor.leak_filter.filtered_answer import GatedAnswer
from nexus_server.tutor.leak_filter.for_node import open_gate
from nexus_server.tutor.lessons.lessons import Lesson, LessonSource, SolutionSource
from nexus_server.tutor.models.model import Speaker, Turn
from nexus_server.tutor.models.none import STATIC
from nexus_server.tutor.policy.asking import PolicedModels, avoiding
from nexus_server.tutor.policy.decision import TutorDecision, TutorMode
from nexus_server.tutor.policy.stored import PolicySource
from nexus_server.tutor.prompts import chat_prompt
from nexus_server.tutor.settings import TutorSettings

#: messages that the leak filter looks back on: a solution told in parts is the same solution
GATE_TURNS = 60
#: notes that an answer without a model leads to
NOTES = 3


@dataclass(frozen=True, slots=True)
class ChatReply:
    """The tutor's answer, and how many messages the learner may still send today."""

    message: ConversationMessage
    remaining_today: int


class ChatService:
    """Talks with learners."""

    def __init__(
        self,
        *,
        ledger: ChatLedger,
        lessons: LessonSource,
        solutions: SolutionSource,
        policies: PolicySource,
        models: PolicedModels,
        notes: NoteFinder,
        settings: TutorSettings,
    ) -> None:
        """Join the parts."""
        self._ledger = ledger
        self._lessons = lessons
        self._solutions = solutions
        self._policies = policies
        self._models = models
        self._notes = notes
        self._settings = settings

    async def history(
        self, learner: Learner, node_id: UUID | None, before: UUID | None = None
    ) -> tuple[list[ConversationMessage], UUID | None]:
        """Return a page of the learner's own conversation, oldest first, and the cursor of the page before.

        Raises:
            NodeNotFoundError, NodeLockedError
        """
        if node_id is not None:
            await self._lessons.get_lesson(learner, node_id)
        return await self._ledger.page(learner, node_id, before)

    async def stream(
        self, learner: Learner, node_id: UUID | None, text: str, reader: UserLanguage = UserLanguage.ENGLISH
    ) -> AsyncIterator[Delta | ChatReply]:
        """Check, count and store the message; then give the answer in parts, and at last as a whole.

        What is looked up without a model is said in the language `reader`; a model answers in the question's.

        Raises:
            EmptyMessageError: there is nothing but white space.
            NodeNotFoundError, NodeLockedError
            ChatOffError: the chat is switched off here.
            ChatLimitError: the learner has sent today's messages.
        """
        question = text.strip()
        if not question:
            raise EmptyMessageError
        lesson = await self._lessons.get_lesson(learner, node_id) if node_id else None
        decision = await self._policies.decide(learner, node_id)
        if decision.mode is not TutorMode.CHAT:
            raise ChatOffError
        earlier, _ = await self._ledger.page(learner, node_id, limit=max(GATE_TURNS, self._settings.history_turns))
        # What is only looked up costs nothing.
        remaining = await self._ledger.add_question(learner, node_id, question, is_free=decision.model is None)
        history = [Turn(message.author, message.text) for message in earlier]
        return self._answer(learner, lesson, history, question, remaining=remaining, decision=decision, reader=reader)

    async def _answer(
        self,
        learner: Learner,
        lesson: Lesson | None,
        history: list[Turn],
        question: str,
        *,
        remaining: int,
        decision: TutorDecision,
        reader: UserLanguage,
    ) -> AsyncIterator[Delta | ChatReply]:
        node_id = lesson.node_id if lesson else None
        given = "\n".join(turn.text for turn in history if turn.speaker is Speaker.TUTOR)
        shown = history[-self._settings.history_turns :] if self._settings.history_turns else []
        usage: Mapping[str, object] = {}
        text = ""
        if decision.model is not None:
            known = lesson.content_md if lesson else ""
            gate = await open_gate(self._solutions, self._settings, node_id, known, earlier=given)
            pieces = self._models.stream(learner, node_id, decision, chat_prompt(shown, question, lesson))
            answer = GatedAnswer(pieces, avoiding(gate, decision.avoid))
            try:
                async with aclosing(pieces):
                    async for delta in answer.deltas():
                        yield Delta(delta)
                text, usage = answer.text.strip(), answer.usage
            except (AnswerRefusedError, ModelUnavailableError) as error:
                usage = {**answer.usage, "fallback": error.code, **error.details}
        source = self._models.source_of(decision) if text else STATIC
        if not text:
            notes = [
                note for note in await self._notes.find_notes(learner, question, NOTES + 1) if note.node_id != node_id
            ][:NOTES]
            text = static_answer(question, lesson, notes, reader)
            links = [{"node_id": str(note.node_id), "title": note.title, "place": note.place} for note in notes]
            usage = {**usage, "links": links} if links else usage
            yield Delta(text)
        message = await self._ledger.add_answer(learner, node_id, text, source=source, usage=usage)
        yield ChatReply(message, remaining)
