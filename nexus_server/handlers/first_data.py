"""What the start page shows first, sent along with the document, so that the page need not ask for it."""

from pydantic import BaseModel

from nexus_server.errors import NexusError
from nexus_server.handlers.profile_reply import ProfileOut, profile_out
from nexus_server.learner import Learner
from nexus_server.roadmaps.learning.views import RoadmapDetail, RoadmapList
from nexus_server.services import Services


class FirstData(BaseModel):
    """The replies to what the start page would ask first."""

    me: ProfileOut
    roadmaps: RoadmapList
    #: those that were begun and are not done; a page that needs another one asks
    begun: list[RoadmapDetail]


#: roadmaps that are sent along with their steps
MAX_BEGUN = 3


async def find_first_data(services: Services, learner: Learner) -> FirstData | None:
    """Return what the start page shows; None when it cannot be read now: then the page asks, and says what is wrong."""
    try:
        await services.accounts.activity.settle(learner)
        me = profile_out(await services.accounts.profiles.get_profile(learner))
        catalogue = services.roadmaps.catalogue
        roadmaps = await catalogue.list_roadmaps(learner)
        begun = [each.slug for each in roadmaps.items if 0 < each.completion < 1][:MAX_BEGUN]
        return FirstData(me=me, roadmaps=roadmaps, begun=[await catalogue.get_roadmap(learner, slug) for slug in begun])
    except NexusError:
        return None
