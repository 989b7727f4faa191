"""For instructors: terms of a lab that differ for a learner, a class or a label, and who has which label."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from nexus_server.errors import InvalidError
from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.operation import Route, operation
from nexus_server.phrases import phrase
from nexus_server.teaching.labels import LabelView
from nexus_server.teaching.overrides import Holder, LabTerms, OverrideIn

MAX_LABEL_CHARS = 60
#: "/" would end its place in an address
Label = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_LABEL_CHARS, pattern=r"^[^/\\]*$")
]


class LabelsIn(BaseModel):
    """A student's labels, all of them."""

    model_config = ConfigDict(extra="forbid")
    labels: Annotated[list[Label], Field(max_length=20)]


class LabelList(BaseModel):
    """Labels of classes."""

    items: list[LabelView]
    next: None = None


class LabelsHandler(NexusHandler):
    """GET /teaching/labels."""

    @operation("List the labels of my classes", reply=LabelList)
    async def get(self) -> LabelList:
        """List them."""
        return LabelList(items=await self.services.teaching.labels.list_all(self.learner))


class MemberLabelsHandler(NexusHandler):
    """PUT /teaching/cohorts/{cohort_id}/members/{user_id}/labels."""

    @operation("Give a student of a class labels, by which terms may differ", body=LabelsIn, reply=LabelsIn)
    async def put(self, cohort_id: UUID, user_id: UUID, body: LabelsIn) -> LabelsIn:
        """Give them."""
        labels = self.services.teaching.labels
        return LabelsIn(labels=await labels.set(self.learner, cohort_id, user_id, body.labels))


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


class LabelOverrideHandler(NexusHandler):
    """/teaching/nodes/{node_id}/overrides/cohorts/{cohort_id}/labels/{label}."""

    @operation("Give those of a class who have a label other terms", body=OverrideIn, reply=LabTerms)
    async def put(self, node_id: UUID, cohort_id: UUID, label: str, body: OverrideIn) -> LabTerms:
        """Give them."""
        holder = label_holder(cohort_id, label)
        return await self.services.teaching.overrides.set(self.learner, node_id, holder, body)

    @operation("Let the class's terms hold again for those with a label", reply=LabTerms)
    async def delete(self, node_id: UUID, cohort_id: UUID, label: str) -> LabTerms:
        """Take them away."""
        holder = label_holder(cohort_id, label)
        return await self.services.teaching.overrides.lift(self.learner, node_id, holder)


def label_holder(cohort_id: UUID, label: str) -> Holder:
    """Return those of a class who have a label.

    Raises:
        InvalidError: it is no label.
    """
    if not 0 < len(label.strip()) <= MAX_LABEL_CHARS:
        raise InvalidError(fields={"label": phrase("has 1 to {count} characters", count=MAX_LABEL_CHARS)})
    return Holder(kind="label", id=cohort_id, label=label.strip())


ROUTES = [
    Route("/teaching/labels", LabelsHandler),
    Route("/teaching/cohorts/{cohort_id}/members/{user_id}/labels", MemberLabelsHandler),
    Route("/teaching/nodes/{node_id}/overrides", OverridesHandler),
    Route("/teaching/nodes/{node_id}/overrides/learners/{user_id}", LearnerOverrideHandler),
    Route("/teaching/nodes/{node_id}/overrides/cohorts/{cohort_id}", CohortOverrideHandler),
    Route("/teaching/nodes/{node_id}/overrides/cohorts/{cohort_id}/labels/{label}", LabelOverrideHandler),
]
