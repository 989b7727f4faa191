"""What models cost: reserved before a call, settled after it. A call that is never settled counts in full."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, func, select, text, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import CohortMember
from nexus_server.store.models.roadmaps import Node
from nexus_server.store.models.tutor import ModelCall
from nexus_server.tutor.errors import BudgetUsedError
from nexus_server.tutor.models.model import Prompt
from nexus_server.tutor.policy.decision import Policy, TutorPlace

#: PostgreSQL advisory lock: two calls that are reserved at once would both find the same money
LOCK_KEY = 0x4E58_5455
#: characters that a token has at least, in most texts
CHARS_PER_TOKEN = 3
#: a budget's unit of money, in the units of `ModelCall.cost_micro`
MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class Prices:
    """Of a million tokens, in the money that budgets count; zero: nothing is paid."""

    input: float = 0.0
    output: float = 0.0

    def cost_micro(self, input_tokens: int, output_tokens: int) -> int:
        """Return what tokens cost, in millionths."""
        return round(input_tokens * self.input + output_tokens * self.output)

    @property
    def are_known(self) -> bool:
        """Whether anything has a price: without, no budget in money can be kept."""
        return self.input > 0 or self.output > 0


class Spending:
    """The rows of `model_calls`."""

    def __init__(self, database: Database, clock: Clock, prices: Prices) -> None:
        """Keep calls in `database`."""
        self._database = database
        self._clock = clock
        self._prices = prices

    async def reserve(
        self, learner: Learner, node_id: UUID | None, model: str, prompt: Prompt, budgets: Sequence[Policy]
    ) -> UUID:
        """Set aside what a call may take at most, and return its id.

        Raises:
            BudgetUsedError: a budget would be exceeded, or cannot be kept because nothing has a price.
        """
        asked = len(prompt.instructions) + sum(len(turn.text) for turn in prompt.turns)
        asked_tokens = asked // CHARS_PER_TOKEN + 1
        tokens = asked_tokens + prompt.max_output_tokens
        cost = self._prices.cost_micro(asked_tokens, prompt.max_output_tokens)
        call = ModelCall(
            id=uuid4(),
            user_id=learner.id,
            node_id=node_id,
            model=model,
            tokens=tokens,
            cost_micro=cost,
            created_at=self._clock.now(),
        )
        async with self._database.transaction() as session:
            await self._check(session, budgets, tokens, cost)
            session.add(call)
        return call.id

    async def settle(self, call_id: UUID, usage: Mapping[str, int] | None) -> None:
        """Store what a call took; an empty mapping means nothing, None that it is not known: then all of it counts."""
        values: dict[str, object] = {"is_settled": True}
        if usage is not None:
            asked, answered = usage.get("prompt_tokens", 0), usage.get("output_tokens", 0)
            values |= {"tokens": asked + answered, "cost_micro": self._prices.cost_micro(asked, answered)}
        async with self._database.transaction() as session:
            await session.execute(update(ModelCall).where(ModelCall.id == call_id).values(**values))

    async def _check(self, session: AsyncSession, budgets: Sequence[Policy], tokens: int, cost: int) -> None:
        if not budgets:
            return
        if not self._database.is_sqlite:
            await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
        since = _day_of(self._clock.now())
        for budget in budgets:
            spent_tokens, spent_cost = await _spent(session, budget.place, since)
            if budget.tokens_per_day is not None and spent_tokens + tokens > budget.tokens_per_day:
                raise BudgetUsedError(place=budget.place.name, unit="tokens")
            if budget.money_per_day is None:
                continue
            if not self._prices.are_known or spent_cost + cost > budget.money_per_day * MICRO:
                raise BudgetUsedError(place=budget.place.name, unit="money")


async def _spent(session: AsyncSession, place: TutorPlace, since: datetime) -> tuple[int, int]:
    """Return the tokens and the millionths that were spent or are reserved at a place."""
    query = select(func.coalesce(func.sum(ModelCall.tokens), 0), func.coalesce(func.sum(ModelCall.cost_micro), 0))
    row = (await session.execute(query.where(ModelCall.created_at >= since, *_within(place)))).one()
    return int(row[0]), int(row[1])


def _within(place: TutorPlace) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [true()]
    if place.cohort_id is not None:
        members = select(CohortMember.user_id).where(CohortMember.cohort_id == place.cohort_id)
        found.append(ModelCall.user_id.in_(members))
    if place.roadmap_id is not None:
        found.append(ModelCall.node_id.in_(select(Node.id).where(Node.roadmap_id == place.roadmap_id)))
    if place.node_id is not None:
        found.append(ModelCall.node_id == place.node_id)
    return found


def _day_of(moment: datetime) -> datetime:
    """Return the start of the day, which for budgets is everybody's: UTC's."""
    return datetime.combine(moment.astimezone(UTC).date(), time(), UTC)
