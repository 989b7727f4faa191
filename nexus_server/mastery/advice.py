"""*Next for you*: one step that the learner may open now, and the reason in words; and what they know of concepts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nexus_server.learner import Learner
from nexus_server.mastery.choosing import (
    AdviceKind,
    Attention,
    Knowledge,
    MappedConcept,
    find_attention,
    ready_concepts,
)
from nexus_server.mastery.evidence import CONCEPTS
from nexus_server.mastery.known import KnowledgeReader, Known
from nexus_server.phrases import phrase
from nexus_server.roadmaps.learning.progress import Way
from nexus_server.roadmaps.learning.views import NodeStatus
from nexus_server.store.models.roadmaps import Node


@dataclass(frozen=True, slots=True)
class ConceptMastery:
    """A concept, and the estimate of it; `looks` is how many answers speak of it."""

    id: str
    title: str
    roadmap: str
    estimate: float
    looks: int
    is_mastered: bool
    is_due: bool


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do next. `concept` is the one that it is about; None where the next step simply comes next."""

    way: AdviceKind
    node: Node
    roadmap: str
    roadmap_title: str
    concept: str | None
    reason: str


class MasteryService:
    """Reads what a learner knows, and says what is next."""

    def __init__(self, reader: KnowledgeReader) -> None:
        """Read what learners know by `reader`."""
        self._reader = reader

    async def concepts(self, learner: Learner) -> list[ConceptMastery]:
        """Return every concept of the maps, in the order of the roadmaps, with the learner's estimate."""
        known = await self._reader.read(learner)
        return [
            ConceptMastery(
                id=concept.id,
                title=concept.title,
                roadmap=way.roadmap.slug,
                estimate=round(known.knowledge.estimate(concept.id), 3),
                looks=known.knowledge.state(concept.id).looks,
                is_mastered=known.knowledge.is_mastered(concept.id),
                is_due=known.knowledge.is_due(concept.id),
            )
            for way in known.ways
            for concept in known.maps.get(way.roadmap.slug, ())
        ]

    async def advise(self, learner: Learner) -> Advice | None:
        """Return what is next; None: everything is done, or nothing is open."""
        known = await self._reader.read(learner)
        if known.is_order_fixed:
            return _next_step(known, None)
        attention = find_attention(known.concepts(), known.knowledge)
        if attention is not None and (advice := _look_again(known.ways, attention)) is not None:
            return advice
        return _next_step(known, known.knowledge)


def _look_again(ways: Sequence[Way], attention: Attention) -> Advice | None:
    """Return the step to look at for a concept: what teaches it on the way back, what asks for it in a review."""
    concept = attention.concept
    for way in ways:
        nodes = list(open_nodes(way))
        showing = [node for node in nodes if _shows(node, concept.id)]
        teaching = [node for node in nodes if node.slug == concept.taught]
        found = teaching + showing if attention.way is AdviceKind.BACK else showing + teaching
        if found:
            return _advice(attention.way, way, found[0], concept.title, _words(attention))
    return None


def _words(attention: Attention) -> str:
    title = attention.concept.title
    if attention.because is not None:
        return phrase(
            "“{because}” builds on “{title}”. Look at that once more, then the rest is easier.",
            because=attention.because.title,
            title=title,
        )
    return phrase("You knew “{title}” well, and it was a while ago. A short review keeps it.", title=title)


def _next_step(known: Known, knowledge: Knowledge | None) -> Advice | None:
    """Return the first open step that is not done, of the roadmap that the learner is on, or else of the first.

    With `knowledge` a step that asks only for what is mastered, or for what builds on something else, waits for those
    that ask for what is to be learnt now.
    """
    begun = [way for way in known.ways if way.progress]
    for way in [*sorted(begun, key=_latest, reverse=True), *(way for way in known.ways if not way.progress)]:
        steps = [node for node in undone_nodes(way) if not is_drill(node)]
        if steps and knowledge is None:
            return _advice(AdviceKind.STEP, way, steps[0], None, _step_words(way, is_first=True))
        if steps and knowledge is not None:
            return _chosen_step(way, steps, known.maps.get(way.roadmap.slug, ()), knowledge)
    return None


def _chosen_step(way: Way, steps: Sequence[Node], concepts: Sequence[MappedConcept], knowledge: Knowledge) -> Advice:
    new = [node for node in steps if not _asks_only_known(node, knowledge)] or steps
    node, concept = _ready_step(new, list(ready_concepts(concepts, knowledge)))
    if node is new[0]:
        return _advice(AdviceKind.STEP, way, node, None, _step_words(way, is_first=node is steps[0]))
    return _advice(AdviceKind.STEP, way, node, concept, _practice_words(concept))


def _ready_step(steps: Sequence[Node], ready: Sequence[MappedConcept]) -> tuple[Node, str]:
    """Return the first step that asks for what is to be learnt now, and the concept; no step to read is passed over."""
    if _concepts_asked(steps[0]):
        for node in steps:
            asked = _concepts_asked(node)
            if found := next((concept for concept in ready if concept.id in asked), None):
                return node, found.title
    return steps[0], ""


def _asks_only_known(node: Node, knowledge: Knowledge) -> bool:
    asked = _concepts_asked(node)
    return bool(asked) and all(knowledge.is_mastered(concept) for concept in asked)


def _step_words(way: Way, *, is_first: bool) -> str:
    if is_first:
        return phrase("It is the next step of “{title}”.", title=way.roadmap.title)
    return phrase("It is the next step of “{title}” with something new for you.", title=way.roadmap.title)


def _practice_words(title: str) -> str:
    return phrase("It practises “{title}”, which the steps before it build on.", title=title)


def _latest(way: Way) -> str:
    return max((row.completed_at.isoformat() for row in way.progress.values() if row.completed_at), default="")


def open_nodes(way: Way) -> Iterator[Node]:
    """Yield the steps that the learner may open now, in order."""
    return (node for node, status in _with_status(way) if status is not NodeStatus.LOCKED)


def undone_nodes(way: Way) -> Iterator[Node]:
    """Yield those of them that the learner has not completed."""
    return (node for node, status in _with_status(way) if status not in (NodeStatus.LOCKED, NodeStatus.COMPLETED))


def _with_status(way: Way) -> Iterator[tuple[Node, NodeStatus]]:
    standings = way.standings()
    return ((node, way.status_of(node, standings)) for node in way.nodes)


def is_drill(node: Node) -> bool:
    """Whether a step is a lab of short tasks."""
    return bool(node.spec.get("lab", {}).get("drill"))


def _shows(node: Node, concept: str) -> bool:
    return concept in _concepts_asked(node)


def _concepts_asked(node: Node) -> set[str]:
    return {concept for named in node.spec.get(CONCEPTS, {}).values() for concept in named}


def _advice(way: AdviceKind, where: Way, node: Node, concept: str | None, reason: str) -> Advice:
    return Advice(way, node, where.roadmap.slug, where.roadmap.title, concept, reason)
