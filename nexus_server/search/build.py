"""Join the parts of the search."""

from nexus_server.offload.pool import Offload
from nexus_server.roadmaps.learning.lab_workspace import OpenWorkspace
from nexus_server.roadmaps.learning.progress import WayReader
from nexus_server.search.content import ContentSource
from nexus_server.search.for_questions import NotesForQuestions
from nexus_server.search.forum import ForumSource
from nexus_server.search.own_notebooks import OwnNotebooks
from nexus_server.search.service import SearchService
from nexus_server.store.database import Database


def open_notes(database: Database, ways: WayReader) -> NotesForQuestions:
    """Return what finds notes for questions in plain language."""
    return NotesForQuestions(ContentSource(database, ways))


def open_search(database: Database, ways: WayReader, open_workspace: OpenWorkspace, offload: Offload) -> SearchService:
    """Return a search over content, the forum, and the notebooks that `open_workspace` gives.

    `offload` looks into these.
    """
    return SearchService([ContentSource(database, ways), OwnNotebooks(open_workspace, offload), ForumSource(database)])
