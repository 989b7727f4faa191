"""Authoring on a synced site: real database, real Git; labs are judged by a script instead of the sandbox."""

import asyncio
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID

import pytest

from nexus_server.accounts.audit import AuditLog
from nexus_server.authoring.build import Authoring, open_authoring
from nexus_server.authoring.settings import AuthoringSettings
from nexus_server.authoring.views import DraftOutcome, DraftView
from nexus_server.courses.lab_checks import LabToCheck
from nexus_server.kernels.limits import KernelLimits
from nexus_server.learner import Learner, Role
from nexus_server.roadmaps.files.problem import Problem
from tests.plugins.school import School


@dataclass
class ScriptedLabs:
    """Finds a lab's reference solution wrong when its notebook says ``return 3``."""

    checked: list[str] = field(default_factory=list)
    #: while cleared, checks wait
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    async def check(self, labs: list[LabToCheck]) -> list[Problem]:
        await self.gate.wait()
        self.checked += [lab.slug for lab in labs]
        wrong = (lab for lab in labs if "return 3" in lab.text)
        return [Problem(lab.file, 40, "the reference solution earns 0 of 1 points in test-visible") for lab in wrong]


@dataclass
class Desk:
    """A site with instructors who write."""

    school: School
    authoring: Authoring
    labs: ScriptedLabs
    own_content: Path

    async def author(self, name: str = "Ina", role: Role = Role.INSTRUCTOR) -> Learner:
        return await self.school.learner(name, role)

    async def draft(self, author: Learner, slug: str = "tiny") -> tuple[DraftView, Path]:
        """Begin a draft, and return it with its folder on disk."""
        draft = await self.authoring.drafts.begin(author, slug)
        return draft, self.school.workspace(author) / draft.folder

    async def publish(self, author: Learner, draft_id: UUID, message: str = "A change") -> DraftOutcome:
        """Publish a draft, and return what came of it."""
        await self.authoring.jobs.publish(author, draft_id, message)
        return await self.outcome(author, draft_id)

    async def check(self, author: Learner, draft_id: UUID, step: str | None = None) -> DraftOutcome:
        """Check a draft, and return what came of it."""
        await self.authoring.jobs.check(author, draft_id, step)
        return await self.outcome(author, draft_id)

    async def outcome(self, author: Learner, draft_id: UUID) -> DraftOutcome:
        """Wait until nothing is done with a draft, and return its outcome."""
        await self.authoring.jobs.finished(draft_id)
        outcome = (await self.authoring.drafts.view(author, draft_id)).outcome
        assert outcome is not None
        return outcome

    def closed_to_strangers(self) -> Authoring:
        """Return the same site where roadmaps without authors are the administrators'."""
        return open_desk(self.school, self.labs, open_to_instructors=False)

    def with_remote(self, remote: Path) -> "Desk":
        """Return the same site with a remote repository."""
        return replace(self, authoring=open_desk(self.school, self.labs, git_remote=str(remote)))


def open_desk(school: School, labs: ScriptedLabs, **settings: object) -> Authoring:
    audit = AuditLog(school.database, school.clock)
    ceiling = KernelLimits(memory_mb=1024, cpu_share=1.0)
    return open_authoring(school.site, AuthoringSettings(**settings), audit, labs=labs, ceiling=ceiling)


@pytest.fixture
def desk(school: School) -> Desk:
    labs = ScriptedLabs()
    return Desk(school, open_desk(school, labs), labs, school.roadmaps.content.directories[-1])
