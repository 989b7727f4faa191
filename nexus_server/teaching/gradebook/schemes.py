"""How final grades come about in a class: set by those who teach it, for one roadmap."""

from uuid import UUID

from sqlalchemy import Delete, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.audit import AuditLog
from nexus_server.accounts.cohorts import Cohorts
from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.store.database import Database
from nexus_server.store.models.gradebook import GradingSchemeRow
from nexus_server.teaching.gradebook.columns import get_roadmap_id, load_columns
from nexus_server.teaching.gradebook.errors import UnknownStepsError
from nexus_server.teaching.gradebook.final_grade import GradingScheme


class GradingSchemes:
    """Sets and lifts schemes."""

    def __init__(self, database: Database, cohorts: Cohorts, audit: AuditLog, clock: Clock) -> None:
        """`cohorts` know who teaches a class."""
        self._database = database
        self._cohorts = cohorts
        self._audit = audit
        self._clock = clock

    async def set(self, instructor: Learner, cohort_id: UUID, slug: str, scheme: GradingScheme) -> None:
        """Let a class's final grades come about so.

        Raises:
            ForbiddenError: students may not.
            UnknownCohortError, RoadmapNotFoundError
            UnknownStepsError: it names steps that are not in the roadmap.
        """
        await self._cohorts.get(instructor, cohort_id)
        async with self._database.transaction() as session:
            roadmap_id = await get_roadmap_id(session, slug)
            _require_steps(scheme, {node.slug for node in await load_columns(session, roadmap_id)})
            await session.execute(_delete(roadmap_id, cohort_id))
            session.add(
                GradingSchemeRow(
                    roadmap_id=roadmap_id,
                    cohort_id=cohort_id,
                    scheme=scheme.model_dump(mode="json"),
                    changed_by=instructor.id,
                    changed_at=self._clock.now(),
                )
            )
            self._audit.write(session, instructor.id, "grading_scheme.set", "cohort", cohort_id, roadmap=slug)

    async def lift(self, instructor: Learner, cohort_id: UUID, slug: str) -> None:
        """Let every step count by its points again.

        Raises:
            ForbiddenError: students may not.
            UnknownCohortError, RoadmapNotFoundError
        """
        await self._cohorts.get(instructor, cohort_id)
        async with self._database.transaction() as session:
            roadmap_id = await get_roadmap_id(session, slug)
            await session.execute(_delete(roadmap_id, cohort_id))
            self._audit.write(session, instructor.id, "grading_scheme.lift", "cohort", cohort_id, roadmap=slug)


async def find_scheme(session: AsyncSession, roadmap_id: UUID, cohort_id: UUID | None) -> GradingScheme | None:
    """Return a class's own scheme."""
    query = select(GradingSchemeRow.scheme).where(
        GradingSchemeRow.roadmap_id == roadmap_id, GradingSchemeRow.cohort_id == cohort_id
    )
    found = await session.scalar(query) if cohort_id is not None else None
    return None if found is None else GradingScheme.model_validate(found)


def _delete(roadmap_id: UUID, cohort_id: UUID) -> Delete:
    return delete(GradingSchemeRow).where(
        GradingSchemeRow.roadmap_id == roadmap_id, GradingSchemeRow.cohort_id == cohort_id
    )


def _require_steps(scheme: GradingScheme, known: set[str]) -> None:
    named = [step for category in scheme.categories for step in category.steps]
    if unknown := sorted(set(named) - known):
        raise UnknownStepsError(fields={"categories": f"has no such steps: {', '.join(unknown)}"})
