"""Join what instructors read and mark."""

from dataclasses import dataclass

from nexus_server.accounts.audit import AuditLog
from nexus_server.accounts.cohorts import Cohorts
from nexus_server.mastery.known import KnowledgeReader
from nexus_server.submissions.build import Submissions, SubmissionsContext
from nexus_server.teaching.analytics import Analytics
from nexus_server.teaching.class_concepts import ClassConcepts
from nexus_server.teaching.class_copies import ClassCopies
from nexus_server.teaching.exams import Exams
from nexus_server.teaching.gradebook.build import Gradebooks, open_gradebooks
from nexus_server.teaching.groups import WorkGroups
from nexus_server.teaching.hand_marking import HandMarking
from nexus_server.teaching.help_queue import HelpQueue
from nexus_server.teaching.labels import Labels
from nexus_server.teaching.marking.build import MarkingServices, open_marking
from nexus_server.teaching.order_report import OrderReports
from nexus_server.teaching.overrides import Overrides
from nexus_server.teaching.regrade_preview import RegradePreview
from nexus_server.teaching.similar_submissions import SimilarityService
from nexus_server.teaching.submissions import TeachingService
from nexus_server.teaching.tutor_policies import TutorPolicies


@dataclass(frozen=True)
class Teaching:
    """What instructors do with their students' submissions."""

    submissions: TeachingService
    hand_marking: HandMarking
    gradebook: Gradebooks
    analytics: Analytics
    similarity: SimilarityService
    preview: RegradePreview
    overrides: Overrides
    labels: Labels
    tutor_policies: TutorPolicies
    help_queue: HelpQueue
    concepts: ClassConcepts
    orders: OrderReports
    marking: MarkingServices
    exams: Exams
    class_copies: ClassCopies
    groups: WorkGroups


def open_teaching(
    site: SubmissionsContext,
    submissions: Submissions,
    cohorts: Cohorts,
    audit: AuditLog,
    knowledge: KnowledgeReader,
) -> Teaching:
    """Build it on a site's submissions; instructors see the students of their `cohorts`."""
    hands = HandMarking(site.database, cohorts, audit, site.clock, writer=submissions.writer, reader=submissions.reader)
    overrides = Overrides(site.database, cohorts, audit, site.clock, submissions.writer)
    return Teaching(
        TeachingService(
            site.database,
            cohorts,
            audit,
            queue=submissions.queue,
            content=site.roadmaps.content,
            reader=submissions.reader,
        ),
        hands,
        open_gradebooks(site.database, cohorts, audit, site.clock),
        Analytics(site.database, cohorts, site.clock),
        SimilarityService(site.database, cohorts, submissions.reader, site.offload),
        RegradePreview(site.database, cohorts, submissions.grader, site.roadmaps.content),
        overrides,
        Labels(site.database, cohorts, audit, overrides),
        TutorPolicies(site.database, cohorts, audit, site.clock),
        HelpQueue(site.database, cohorts, site.clock),
        ClassConcepts(site.database, cohorts, knowledge),
        OrderReports(site.database, cohorts, knowledge),
        open_marking(site, submissions, cohorts, audit, hands),
        Exams(site.database, cohorts, audit, site.clock, submissions.writer),
        ClassCopies(site.database, audit, site.clock),
        WorkGroups(site.database, audit),
    )
