"""Join what instructors read and mark."""

from dataclasses import dataclass

from nexus_server.accounts.audit import AuditLog
from nexus_server.accounts.cohorts import Cohorts
from nexus_server.grading.gradebook import Gradebook
from nexus_server.grading.service_analytics import Analytics
from nexus_server.grading.service_similarity import SimilarityService
from nexus_server.grading.service_teaching import TeachingService
from nexus_server.submissions.build import Site, Submissions


@dataclass(frozen=True)
class Teaching:
    """What instructors do with their students' submissions."""

    submissions: TeachingService
    gradebook: Gradebook
    analytics: Analytics
    similarity: SimilarityService


def open_teaching(site: Site, submissions: Submissions, cohorts: Cohorts, audit: AuditLog) -> Teaching:
    """Build it on a site's submissions; instructors see the students of their `cohorts`."""
    return Teaching(
        TeachingService(
            site.database,
            cohorts,
            audit,
            submissions.writer,
            queue=submissions.queue,
            content_dir=site.roadmaps.content_dir,
        ),
        Gradebook(site.database, cohorts, site.clock),
        Analytics(site.database, cohorts, site.clock),
        SimilarityService(site.database, cohorts),
    )
