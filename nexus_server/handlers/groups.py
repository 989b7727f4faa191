"""Groups of a class that hand a lab in together."""

from uuid import UUID

from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.operation import Route, operation
from nexus_server.teaching.groups import GroupsIn, GroupsView, ShuffleIn


class GroupsHandler(NexusHandler):
    """GET and PUT /teaching/cohorts/{cohort_id}/groups/{node_id}."""

    @operation("See the groups of a class in a lab", reply=GroupsView)
    async def get(self, cohort_id: UUID, node_id: UUID) -> GroupsView:
        """See them."""
        return await self.services.teaching.groups.read(self.learner, cohort_id, node_id)

    @operation("Set the groups of a class in a lab, who hand it in together", body=GroupsIn, reply=GroupsView)
    async def put(self, cohort_id: UUID, node_id: UUID, body: GroupsIn) -> GroupsView:
        """Set all of them."""
        return await self.services.teaching.groups.set(self.learner, cohort_id, node_id, body)


class ShuffledGroupsHandler(NexusHandler):
    """POST /teaching/cohorts/{cohort_id}/groups/{node_id}/random."""

    @operation("Make groups at random", body=ShuffleIn, reply=GroupsView)
    async def post(self, cohort_id: UUID, node_id: UUID, body: ShuffleIn) -> GroupsView:
        """Make them."""
        return await self.services.teaching.groups.shuffle(self.learner, cohort_id, node_id, body)


ROUTES = [
    Route("/teaching/cohorts/{cohort_id}/groups/{node_id}", GroupsHandler),
    Route("/teaching/cohorts/{cohort_id}/groups/{node_id}/random", ShuffledGroupsHandler),
]
