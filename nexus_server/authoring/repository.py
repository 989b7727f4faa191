"""The site's content repository: a Git repository around the site's own roadmaps. Everything here blocks.

Git itself does the work, so that whoever prefers a shell finds an ordinary repository. Its configuration belongs to the
site: remotes, credentials and hooks are set there.
"""

import fcntl
import io
import os
import re
import subprocess
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog

from nexus_server.authoring.errors import GitUnavailableError, VersionNotFoundError
from nexus_server.files.names import is_nobodys

log = structlog.get_logger()

#: who commits; the author of a commit is the person
COMMITTER = "NexusAI"
ADDRESS = "nexus@localhost"
#: fields of a commit in Git's log, parted by a sign that no name has
_FORMAT = "%H%x1f%an%x1f%at%x1f%B%x1e"
_COMMIT = re.compile(r"[0-9a-f]{7,64}")
#: what a name in a commit may not hold
_NO_NAME = re.compile(r"[<>\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Version:
    """A commit that changed a roadmap."""

    commit: str
    author: str
    at: datetime
    message: str


@dataclass(frozen=True, slots=True)
class CommitAuthor:
    """Who a commit is by."""

    name: str
    email: str

    def __str__(self) -> str:
        """Return it as Git writes it."""
        return f"{_NO_NAME.sub('', self.name).strip() or 'unnamed'} <{_NO_NAME.sub('', self.email)}>"


class ContentRepository:
    """Commits roadmaps of one directory, and reads their versions."""

    def __init__(self, root: Path, *, remote: str = "", timeout_s: float = 60) -> None:
        """`root` is the directory of the site's own roadmaps; commits go to `remote` where one is named."""
        self._root = root
        self._remote = remote
        self._timeout_s = timeout_s

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let one process at a time change the directory; the repository is made when it is missing.

        Raises:
            GitUnavailableError: Git is missing, or refuses.
        """
        self._root.mkdir(parents=True, exist_ok=True)
        if not (self._root / ".git").exists():
            self._git("init", "-q")
        lock = os.open(self._root / ".git" / "nexus.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def commit(self, slug: str, author: CommitAuthor, message: str) -> str | None:
        """Commit a roadmap's folder as it is, and return the commit; None when there is nothing new in it.

        Raises:
            GitUnavailableError
        """
        self._git("add", "-A", "--", slug)
        if not self._git("diff", "--cached", "--name-only", "--", slug).strip():
            return None
        self._git("commit", "-q", f"--author={author}", "-m", message, "--", slug)
        return self._git("rev-parse", "HEAD").decode().strip()

    def pull(self) -> None:
        """Take what is new at the remote, where that only adds to what is here.

        Raises:
            GitUnavailableError: the remote cannot be reached, or both sides have commits that the other lacks.
        """
        branch = self._branch()
        if self._remote and self._git("ls-remote", "--heads", self._remote, branch).strip():
            self._git("fetch", "-q", self._remote, branch)
            self._git("merge", "-q", "--ff-only", "FETCH_HEAD")

    def push(self) -> None:
        """Send the commits to the remote.

        Raises:
            GitUnavailableError: it cannot be reached, or has commits of its own.
        """
        if self._remote:
            self._git("push", "-q", self._remote, f"HEAD:refs/heads/{self._branch()}")

    def history(self, slug: str, *, limit: int) -> list[Version]:
        """Return the commits that changed a roadmap, the newest first.

        Raises:
            GitUnavailableError
        """
        if not self._has_commits():
            return []
        text = self._git("log", f"--max-count={limit}", f"--format={_FORMAT}", "--", slug).decode(errors="replace")
        return [_version(entry) for entry in text.split("\x1e") if entry.strip()]

    def tree(self, slug: str, commit: str) -> dict[str, bytes]:
        """Return a roadmap's files in a version.

        Raises:
            VersionNotFoundError: there is no such commit, or the roadmap is not in it.
        """
        if not _COMMIT.fullmatch(commit) or not self._has_commits():
            raise VersionNotFoundError
        try:
            data = self._git("archive", "--format=tar", commit, "--", slug)
        except GitUnavailableError:
            raise VersionNotFoundError from None
        return dict(_files(data, slug))

    def tree_before(self, slug: str, commit: str) -> dict[str, bytes]:
        """Return a roadmap's files as they were before a version; nothing where it is the first."""
        try:
            return self.tree(slug, self._git("rev-parse", f"{commit}^").decode().strip())
        except (GitUnavailableError, VersionNotFoundError):
            return {}

    def _branch(self) -> str:
        return self._git("symbolic-ref", "--short", "HEAD").decode().strip()

    def _has_commits(self) -> bool:
        return (self._root / ".git").exists() and self._ref_exists("HEAD")

    def _ref_exists(self, ref: str) -> bool:
        return bool(self._git("rev-parse", "-q", "--verify", f"{ref}^{{commit}}", may_fail=True))

    def _git(self, *arguments: str, may_fail: bool = False) -> bytes:
        """Run a command of Git in this repository, never in one around it, and return what it prints."""
        # The directory may be another user's: the server's is not always who unpacked a backup.
        options = (f"safe.directory={self._root}", f"user.name={COMMITTER}", f"user.email={ADDRESS}")
        command = ["git", *(part for option in options for part in ("-c", option)), "-c", "commit.gpgsign=false"]
        try:
            done = subprocess.run(
                [*command, *arguments],
                cwd=self._root,
                env=_environment(self._root),
                capture_output=True,
                timeout=self._timeout_s,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            log.warning("git_failed", command=arguments[0], reason=str(error))
            raise GitUnavailableError(retry_after_s=60) from error
        if done.returncode == 0:
            return done.stdout
        if may_fail:
            return b""
        said = done.stderr.decode(errors="replace").strip()
        log.warning("git_failed", command=arguments[0], reason=said)
        raise GitUnavailableError(f"Git could not {arguments[0]}: {_first_line(said)}", retry_after_s=60)


def _environment(root: Path) -> dict[str, str]:
    return {
        **os.environ,
        "GIT_DIR": str(root / ".git"),
        "GIT_WORK_TREE": str(root),
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        # a path is a path, whatever signs are in it
        "GIT_LITERAL_PATHSPECS": "1",
    }


def _first_line(said: str) -> str:
    return (said.splitlines() or ["no reason given"])[0][:300]


def _version(entry: str) -> Version:
    commit, author, at, message = entry.strip("\n").split("\x1f")
    return Version(commit, author, datetime.fromtimestamp(int(at), UTC), message.strip())


def _files(data: bytes, slug: str) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        members: Sequence[tarfile.TarInfo] = archive.getmembers()
        for member in members:
            name = Path(member.name).relative_to(slug)
            file = archive.extractfile(member) if member.isfile() else None
            if file is not None and not is_nobodys(name):
                yield name.as_posix(), file.read()
