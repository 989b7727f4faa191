"""What the tutor may do: read by learners, set by instructors and administrators."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.operation import Route, operation
from nexus_server.teaching.tutor_policies import TutorPolicyIn, TutorPolicyList
from nexus_server.tutor.policy.decision import TutorMode


class TutorQuery(BaseModel):
    """The node that it is about; without, what holds outside of every node."""

    model_config = ConfigDict(extra="forbid")
    node_id: UUID | None = None


class TutorReasonOut(BaseModel):
    """Who decided whether something is on: a place by its name, or "you"."""

    subject: Literal["mode", "model"]
    by: str


class TutorOut(BaseModel):
    """What the tutor does for me here, and why.

    `model` is null where the rules and the notes answer. `model_rests` says that the model does not answer just now.
    """

    mode: TutorMode
    model: str | None
    model_rests: bool
    level_wait_s: float
    reasons: list[TutorReasonOut]


class TutorHandler(NexusHandler):
    """GET /tutor."""

    @operation("Read what the tutor does for me here, and why", query=TutorQuery, reply=TutorOut)
    async def get(self, query: TutorQuery) -> TutorOut:
        """Decide."""
        tutor = self.services.tutor
        found = await tutor.policies.decide(self.learner, query.node_id)
        return TutorOut(
            mode=found.mode,
            model=found.model,
            model_rests=tutor.models.is_resting(found),
            level_wait_s=found.level_wait_s,
            reasons=[TutorReasonOut(subject=each.subject.value, by=each.by) for each in found.reasons],
        )


class TutorPoliciesHandler(NexusHandler):
    """GET and PUT /teaching/tutor/policies."""

    @operation("Read the tutor's policies for my classes", reply=TutorPolicyList)
    async def get(self) -> TutorPolicyList:
        """Read them."""
        return await self.services.teaching.tutor_policies.list_all(self.learner)

    @operation("Set what the tutor may do at a place, for every class", body=TutorPolicyIn, reply=TutorPolicyList)
    async def put(self, body: TutorPolicyIn) -> TutorPolicyList:
        """Set it, in place of what was said there before."""
        return await self.services.teaching.tutor_policies.set(self.learner, None, body)


class CohortTutorPolicyHandler(NexusHandler):
    """PUT /teaching/tutor/policies/cohorts/{cohort_id}."""

    @operation("Set what the tutor may do at a place, for a class", body=TutorPolicyIn, reply=TutorPolicyList)
    async def put(self, cohort_id: UUID, body: TutorPolicyIn) -> TutorPolicyList:
        """Set it, in place of what was said there before."""
        return await self.services.teaching.tutor_policies.set(self.learner, cohort_id, body)


class TutorPolicyHandler(NexusHandler):
    """DELETE /teaching/tutor/policies/{policy_id}."""

    @operation("Let wider places decide again", reply=TutorPolicyList)
    async def delete(self, policy_id: UUID) -> TutorPolicyList:
        """Take the policy away."""
        return await self.services.teaching.tutor_policies.lift(self.learner, policy_id)


ROUTES = [
    Route("/tutor", TutorHandler),
    Route("/teaching/tutor/policies", TutorPoliciesHandler),
    Route("/teaching/tutor/policies/cohorts/{cohort_id}", CohortTutorPolicyHandler),
    Route("/teaching/tutor/policies/{policy_id}", TutorPolicyHandler),
]
