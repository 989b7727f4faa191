"""Notes that a question in plain language may be about: what its rarest words have in common."""

from collections import Counter

from nexus_server.learner import Learner
from nexus_server.search.content import ContentSource
from nexus_server.tutor.chat.notes import NoteLink
from nexus_server.tutor.chat.retrieval import telling_words

#: words of a question that are looked for, each by itself
WORDS = 5
#: a word that so many steps have says nothing
COMMON = 25
#: what a word weighs that one step alone has
WEIGHT = 1_000


class NotesForQuestions:
    """Finds open steps of roadmaps for a question. A `NoteFinder`."""

    def __init__(self, content: ContentSource) -> None:
        """Look into `content`."""
        self._content = content

    async def find_notes(self, learner: Learner, question: str, limit: int) -> list[NoteLink]:
        """Return the steps that share rare words with the question, the best first."""
        score: Counter[object] = Counter()
        found = {}
        for hits in await self._content.find_each(learner, [[word] for word in telling_words(question)[:WORDS]]):
            for hit in hits if len(hits) <= COMMON else []:
                if hit.node_id is not None:
                    found[hit.node_id] = hit
                    score[hit.node_id] += WEIGHT // len(hits)
        best = sorted(found, key=lambda node_id: (-score[node_id], -found[node_id].score, found[node_id].title))[:limit]
        return [NoteLink(node_id, found[node_id].title, found[node_id].place) for node_id in best]
