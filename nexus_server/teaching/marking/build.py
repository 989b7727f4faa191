"""Join the parts of the marking desk."""

from dataclasses import dataclass

from nexus_server.accounts.audit import AuditLog
from nexus_server.accounts.cohorts import Cohorts
from nexus_server.submissions.build import Submissions, SubmissionsContext
from nexus_server.teaching.hand_marking import HandMarking
from nexus_server.teaching.marking.desk import MarkingDeskReader
from nexus_server.teaching.marking.marker import Marker
from nexus_server.teaching.marking.regrade_requests import RegradeRequests
from nexus_server.teaching.marking.rubrics import Rubrics
from nexus_server.teaching.marking.second import SecondMarking
from nexus_server.teaching.marking.unread import UnreadAnswers


@dataclass(frozen=True)
class MarkingServices:
    """What marking by people takes."""

    desk: MarkingDeskReader
    marker: Marker
    rubrics: Rubrics
    requests: RegradeRequests
    second: SecondMarking


def open_marking(
    site: SubmissionsContext, submissions: Submissions, cohorts: Cohorts, audit: AuditLog, hands: HandMarking
) -> MarkingServices:
    """Build it on a site's submissions; marks are written by `hands`."""
    unread = UnreadAnswers(site.database, site.clock, submissions.reader)
    return MarkingServices(
        MarkingDeskReader(site.database, cohorts, audit, site.clock, unread),
        Marker(site.database, cohorts, site.clock, hands),
        Rubrics(site.database, cohorts, audit, hands),
        RegradeRequests(site.database, cohorts, site.clock, hands),
        SecondMarking(site.database, cohorts, site.clock, hands),
    )
