"""What a learner knows, and what is next for them, over HTTP."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.lists import FromAttributes
from nexus_server.handlers.operation import Route, operation
from nexus_server.languages import UserLanguage, translate
from nexus_server.mastery.advice import Advice
from nexus_server.mastery.choosing import AdviceKind


class NextNodeOut(FromAttributes):
    """The step to open."""

    id: UUID
    slug: str
    title: str
    type: Literal["video", "note", "lab"]


class AdviceOut(BaseModel):
    """A step back, a review that is due, or the next step; `concept` is what it is about."""

    way: AdviceKind
    node: NextNodeOut
    roadmap: str
    roadmap_title: str
    concept: str | None
    reason: str


class NextOut(BaseModel):
    """What is next; None: everything is done."""

    next: AdviceOut | None


class ConceptOut(FromAttributes):
    """A concept, and how likely I am to do right what it asks."""

    id: str
    title: str
    roadmap: str
    estimate: float
    looks: int
    is_mastered: bool
    is_due: bool


class ConceptsOut(BaseModel):
    """Every concept of the roadmaps, in their order."""

    items: list[ConceptOut]
    next: None = None


class NextHandler(NexusHandler):
    """GET /me/next."""

    @operation("What is next for me, and why", reply=NextOut)
    async def get(self) -> NextOut:
        """Return one step that the learner may open now."""
        advice = await self.services.mastery.advise(self.learner)
        return NextOut(next=_shape(advice, self.language) if advice is not None else None)


class ConceptsHandler(NexusHandler):
    """GET /me/concepts."""

    @operation("The concepts, and how well I know each", reply=ConceptsOut)
    async def get(self) -> ConceptsOut:
        """Return the learner's estimates."""
        concepts = await self.services.mastery.concepts(self.learner)
        return ConceptsOut(items=[ConceptOut.model_validate(concept) for concept in concepts])


def _shape(advice: Advice, language: UserLanguage) -> AdviceOut:
    return AdviceOut(
        way=advice.way,
        node=NextNodeOut.model_validate(advice.node),
        roadmap=advice.roadmap,
        roadmap_title=advice.roadmap_title,
        concept=advice.concept,
        reason=translate(advice.reason, language),
    )


ROUTES = [Route("/me/next", NextHandler), Route("/me/concepts", ConceptsHandler)]
