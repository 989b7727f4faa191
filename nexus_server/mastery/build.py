"""Join what is known of learners, and what is made of it."""

from dataclasses import dataclass

from nexus_server.clock import Clock
from nexus_server.mastery.advice import MasteryService
from nexus_server.mastery.code_practice import CodePractice, CodeRunner
from nexus_server.mastery.known import KnowledgeReader
from nexus_server.mastery.model import MasteryParameters
from nexus_server.mastery.practice import PracticeService
from nexus_server.roadmaps.learning.progress import WayReader
from nexus_server.store.database import Database


@dataclass(frozen=True)
class Mastery:
    """What reads what learners know, says what is next, and lets them practise."""

    knowledge: KnowledgeReader
    advice: MasteryService
    practice: PracticeService


def open_mastery(
    database: Database, clock: Clock, parameters: MasteryParameters, ways: WayReader, runner: CodeRunner
) -> Mastery:
    """Build it; learners' ways are read by `ways`, and `runner` runs code tasks."""
    knowledge = KnowledgeReader(database, clock, parameters, ways)
    code = CodePractice(database, clock, runner)
    return Mastery(knowledge, MasteryService(knowledge), PracticeService(database, clock, knowledge, code))
