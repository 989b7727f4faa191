"""Join the parts of the search."""

from dataclasses import dataclass

from nexus_server.offload.pool import Offload
from nexus_server.roadmaps.learning.lab_workspace import OpenWorkspace
from nexus_server.roadmaps.learning.progress import WayReader
from nexus_server.search.content import ContentSource
from nexus_server.search.for_questions import NotesForQuestions
from nexus_server.search.forum import ForumSource
from nexus_server.search.own_notebooks import OwnNotebooks
from nexus_server.search.service import SearchService
from nexus_server.store.database import Database


@dataclass(frozen=True)
class Search:
    """What looks for words in all that a learner may read, and for notes on a question in plain language."""

    service: SearchService
    notes: NotesForQuestions


def open_search(database: Database, ways: WayReader, open_workspace: OpenWorkspace, offload: Offload) -> Search:
    """Build it over content, the forum, and the notebooks that `open_workspace` gives.

    `offload` looks into these.
    """
    content = ContentSource(database, ways)
    service = SearchService([content, OwnNotebooks(open_workspace, offload), ForumSource(database)])
    return Search(service, NotesForQuestions(content))
