"""Ask a model under a policy: the one that was decided on, within the budgets, without the words to avoid."""

import re
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from uuid import UUID

from nexus_server.learner import Learner
from nexus_server.tutor.errors import ModelUnavailableError
from nexus_server.tutor.leak_filter.filter import Refusal
from nexus_server.tutor.models.model import Piece, Prompt, TutorModel
from nexus_server.tutor.models.none import STATIC
from nexus_server.tutor.policy.decision import TutorDecision
from nexus_server.tutor.policy.spending import Spending
from nexus_server.tutor.prompts import with_policy

Check = Callable[[str], Refusal | None]


class PolicedModels:
    """The site's models, asked as policies allow."""

    def __init__(self, models: Mapping[str, TutorModel], spending: Spending) -> None:
        """`models` by the names under which policies know them."""
        self._models = models
        self._spending = spending

    def source_of(self, decision: TutorDecision) -> str:
        """Return what is stored as the source of a text under this decision."""
        return STATIC if decision.model is None else decision.model

    def is_resting(self, decision: TutorDecision) -> bool:
        """Whether the model failed so often that it is not asked at this moment."""
        return decision.model is not None and self._models[decision.model].is_resting

    async def stream(
        self, learner: Learner, node_id: UUID | None, decision: TutorDecision, prompt: Prompt
    ) -> AsyncGenerator[Piece, None]:
        """Yield the answer piece by piece, and book what it takes.

        Raises:
            ModelUnavailableError: no model may be asked, or it does not answer.
            BudgetUsedError: a budget of the place is used up.
        """
        if decision.model is None:
            raise ModelUnavailableError
        model = self._models[decision.model]
        asked = with_policy(prompt, decision.avoid, decision.context)
        call_id = await self._spending.reserve(learner, node_id, decision.model, asked, decision.budgets)
        # What a call took is known when the model has said it; nothing, when it has not even begun.
        usage: dict[str, int] = {}
        has_begun = False
        try:
            async for piece in model.stream(asked):
                has_begun = True
                usage.update(piece.usage)
                yield piece
        finally:
            await self._spending.settle(call_id, usage if usage or not has_begun else None)

    async def close(self) -> None:
        """Let go of every model's connections."""
        for model in self._models.values():
            await model.close()


def avoiding(check: Check, words: Sequence[str]) -> Check:
    """Return the check that also withholds a text with one of `words`, also in the plural."""
    if not words:
        return check
    looked_for = re.compile(rf"\b(?:{'|'.join(re.escape(word) for word in words)})(?:e?s)?\b", re.IGNORECASE)

    def checked(text: str) -> Refusal | None:
        return Refusal.WORD_TO_AVOID if looked_for.search(text) else check(text)

    return checked
