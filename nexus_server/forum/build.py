"""Join the parts of the forum."""

from dataclasses import dataclass

from nexus_server.clock import Clock
from nexus_server.forum.blocking import Blocking
from nexus_server.forum.digest import DigestMailer, ForumDigests
from nexus_server.forum.following import ThreadFollows
from nexus_server.forum.moderation import ForumModerator
from nexus_server.forum.posts import PostLimiter
from nexus_server.forum.reading import ForumReader
from nexus_server.forum.settings import ForumSettings
from nexus_server.forum.spoilers import SpoilerGate
from nexus_server.forum.versions import PostVersions
from nexus_server.forum.writing import ForumWriter
from nexus_server.learning import LearningRecorder
from nexus_server.offload.pool import Offload
from nexus_server.store.database import Database


@dataclass(frozen=True)
class Forum:
    """What reads, writes and moderates; who follows threads, and whom one blocks."""

    reader: ForumReader
    writer: ForumWriter
    moderator: ForumModerator
    versions: PostVersions
    follows: ThreadFollows
    blocking: Blocking
    digests: ForumDigests


def open_forum(
    settings: ForumSettings,
    database: Database,
    clock: Clock,
    recorder: LearningRecorder,
    limiter: PostLimiter,
    *,
    mailer: DigestMailer,
    public_url: str,
    offload: Offload | None = None,
    spoilers: SpoilerGate | None = None,
) -> Forum:
    """Build it; accepted answers are achievements for `recorder`, and `spoilers` knows the labs' solutions.

    Digests go by `mailer`, with links to `public_url`.
    """
    return Forum(
        reader=ForumReader(database),
        writer=ForumWriter(database, recorder, limiter, clock, settings, offload=offload, spoilers=spoilers),
        moderator=ForumModerator(database, limiter, clock, settings),
        versions=PostVersions(database),
        follows=ThreadFollows(database, clock),
        blocking=Blocking(database, clock),
        digests=ForumDigests(database, clock, mailer, public_url=public_url),
    )
