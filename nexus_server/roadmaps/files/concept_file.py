"""The schema of a roadmap's map of concepts: what there is to learn, what it builds on and where it is taught."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import ConfigDict, Field, RootModel, StringConstraints

from nexus_server.roadmaps.files.roadmap_file import Slug, Strict, Title

ConceptId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:[._-][a-z0-9]+)*$", max_length=120)]
Section = Annotated[str, StringConstraints(pattern=r"^#\S+$", max_length=200)]


class Concept(Strict):
    """One idea. Its id is unique on the site: ``python.loops.range``."""

    id: ConceptId
    title: Title
    #: concepts that come before it
    needs: list[ConceptId] = Field(default_factory=list)
    #: node that teaches it
    taught: Slug
    #: heading of that node's note
    note: Section | None = None


class ConceptFile(RootModel[list[Concept]]):
    """A whole concepts.yaml: a list."""

    model_config = ConfigDict(frozen=True)
    root: list[Concept] = Field(min_length=1)


def concept_faults(concepts: list[Concept], nodes: set[str]) -> Iterator[tuple[int, str, str]]:
    """Yield what is wrong between concepts: the index of one, its key, and a text. Circles are found, too.

    A concept may need one of another roadmap, whose ids begin with another word.
    """
    first: dict[str, int] = {}
    for index, concept in enumerate(concepts):
        if concept.id in first:
            yield index, "id", f"the concept {concept.id!r} is there already"
        first.setdefault(concept.id, index)
    roots = {concept.id.partition(".")[0] for concept in concepts}
    for index, concept in enumerate(concepts):
        if concept.taught not in nodes:
            yield index, "taught", f"{concept.taught!r} is not a node of this roadmap"
        for other in concept.needs:
            if other not in first and other.partition(".")[0] in roots:
                yield index, "needs", f"there is no concept {other!r} here"
    if len(first) == len(concepts):
        yield from _circles(concepts)


def _circles(concepts: list[Concept]) -> Iterator[tuple[int, str, str]]:
    """Take away, again and again, what needs nothing that is left; what stays goes round in circles."""
    needs = {concept.id: set(concept.needs) for concept in concepts}
    left = set(needs)
    while free := {name for name in left if not needs[name] & left}:
        left -= free
    for index, concept in enumerate(concepts):
        if concept.id in left:
            yield index, "needs", f"the concept {concept.id!r} needs itself, over others or at once"
