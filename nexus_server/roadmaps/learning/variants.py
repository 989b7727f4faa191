"""A learner's variant of a lab: what they are given, and what their work is graded against."""

from uuid import UUID

import nbformat

from nexus_server.notebook_format.notebooks import parse_notebook
from nexus_server.notebook_format.variants import draw, seed_of_learner, varied
from nexus_server.store.models.roadmaps import Node

#: stands in the source of every lab that has variants
_KEY = '"parameters"'


def source_of_learner(node: Node, learner_id: UUID) -> str:
    """Return a lab's source with what is drawn for a learner."""
    return _varied(node, node.source_notebook or "", learner_id)


def release_of_learner(node: Node, learner_id: UUID) -> str:
    """Return a lab's student version with what is drawn for a learner."""
    return _varied(node, node.release_notebook or "", learner_id)


def _varied(node: Node, text: str, learner_id: UUID) -> str:
    source = node.source_notebook or ""
    if _KEY not in source:  # most labs have none, and need not be parsed
        return text
    values = draw(parse_notebook(source), seed_of_learner(learner_id, node.id))
    return str(nbformat.writes(varied(parse_notebook(text), values))) if values else text
