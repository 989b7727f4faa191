"""Join the parts of authoring."""

from dataclasses import dataclass

from nexus_server.accounts.audit import AuditLog
from nexus_server.authoring.authors import RoadmapAuthors
from nexus_server.authoring.checking import DraftChecker, LabRunner, SandboxLabs
from nexus_server.authoring.drafts import Drafts
from nexus_server.authoring.editing import DraftEditor
from nexus_server.authoring.published import PublishedSources
from nexus_server.authoring.publishing import DraftJobs, Publisher
from nexus_server.authoring.repository import ContentRepository
from nexus_server.authoring.settings import AuthoringSettings
from nexus_server.authoring.sources import Sources
from nexus_server.authoring.trees import TreeLimits
from nexus_server.authoring.views import RunningJobs
from nexus_server.courses.lab_checks import CACHE_FILE
from nexus_server.grading.options import GradeOptions
from nexus_server.grading.settings import GradingSettings
from nexus_server.kernels.limits import KernelLimits
from nexus_server.submissions.build import SubmissionsContext

#: directory below the data directory in which drafts are checked
SCRATCH = "drafts"


@dataclass(frozen=True)
class Authoring:
    """What instructors write content with."""

    authors: RoadmapAuthors
    sources: Sources
    drafts: Drafts
    editor: DraftEditor
    #: a `Background`
    jobs: DraftJobs


def sandbox_labs(site: SubmissionsContext, grading: GradingSettings) -> LabRunner:
    """Return what runs labs in the sandbox, as they are graded."""
    return SandboxLabs(GradeOptions.from_settings(grading), site.settings.data_path / CACHE_FILE)


def open_authoring(
    site: SubmissionsContext, settings: AuthoringSettings, audit: AuditLog, *, labs: LabRunner, ceiling: KernelLimits
) -> Authoring:
    """Build it on a site's content; `labs` runs the labs of drafts, which may ask for the `ceiling` at most."""
    published, content = PublishedSources(site.roadmaps.content), site.roadmaps.content
    repository = ContentRepository(published.own, remote=settings.git_remote, timeout_s=settings.git_timeout_s)
    authors = RoadmapAuthors(site.database, audit, site.clock, open_to_instructors=settings.open_to_instructors)
    running = RunningJobs()
    drafts = Drafts(
        site.database,
        site.clock,
        authors,
        published=published,
        open_workspace=site.open_workspace,
        offload=site.offload,
        limits=TreeLimits(settings.draft_files, settings.draft_mb * 1_000_000),
        running=running,
    )
    checker = DraftChecker(
        content,
        labs,
        site.settings.data_path / SCRATCH,
        max_memory_mb=ceiling.memory_mb,
        max_cpu_share=ceiling.cpu_share,
    )
    jobs = DraftJobs(
        site.database,
        site.clock,
        site.bus,
        drafts=drafts,
        authors=authors,
        audit=audit,
        checker=checker,
        publisher=Publisher(published, repository),
        watch=site.roadmaps.watch,
        running=running,
    )
    sources = Sources(site.database, authors, published, repository, site.offload)
    return Authoring(authors, sources, drafts, DraftEditor(drafts, site.open_workspace, site.offload), jobs)
