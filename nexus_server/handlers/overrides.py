"""For instructors: terms of a lab that differ for a learner or a class."""

from uuid import UUID

from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.operation import Route, operation
from nexus_server.teaching.overrides import Holder, LabTerms, OverrideIn


class OverridesHandler(NexusHandler):
    """GET /teaching/nodes/{node_id}/overrides."""

    @operation("Read a lab's terms, and for whom they differ", reply=LabTerms)
    async def get(self, node_id: UUID) -> LabTerms:
        """Read them."""
        return await self.services.teaching.overrides.read(self.learner, node_id)


class LearnerOverrideHandler(NexusHandler):
    """/teaching/nodes/{node_id}/overrides/learners/{user_id}."""

    @operation("Give a learner other terms; late work handed in before counts by them", body=OverrideIn, reply=LabTerms)
    async def put(self, node_id: UUID, user_id: UUID, body: OverrideIn) -> LabTerms:
        """Give them."""
        holder = Holder(kind="learner", id=user_id)
        return await self.services.teaching.overrides.set(self.learner, node_id, holder, body)

    @operation("Let the lab's terms, or the class's, hold for a learner again", reply=LabTerms)
    async def delete(self, node_id: UUID, user_id: UUID) -> LabTerms:
        """Take them away."""
        holder = Holder(kind="learner", id=user_id)
        return await self.services.teaching.overrides.lift(self.learner, node_id, holder)


class CohortOverrideHandler(NexusHandler):
    """/teaching/nodes/{node_id}/overrides/cohorts/{cohort_id}."""

    @operation("Give a class other terms; late work handed in before counts by them", body=OverrideIn, reply=LabTerms)
    async def put(self, node_id: UUID, cohort_id: UUID, body: OverrideIn) -> LabTerms:
        """Give them."""
        holder = Holder(kind="class", id=cohort_id)
        return await self.services.teaching.overrides.set(self.learner, node_id, holder, body)

    @operation("Let the lab's own terms hold for a class again", reply=LabTerms)
    async def delete(self, node_id: UUID, cohort_id: UUID) -> LabTerms:
        """Take them away."""
        holder = Holder(kind="class", id=cohort_id)
        return await self.services.teaching.overrides.lift(self.learner, node_id, holder)


ROUTES = [
    Route("/teaching/nodes/{node_id}/overrides", OverridesHandler),
    Route("/teaching/nodes/{node_id}/overrides/learners/{user_id}", LearnerOverrideHandler),
    Route("/teaching/nodes/{node_id}/overrides/cohorts/{cohort_id}", CohortOverrideHandler),
]
