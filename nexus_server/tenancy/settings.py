"""What one learner may use of Jupyter Server's own services."""

from traitlets import Integer

from nexus_server.settings import FrozenConfigurable


class TenancySettings(FrozenConfigurable):
    """Limits per learner and per site."""

    max_file_mb = Integer(16, help="Megabytes of the largest file that is read or written through the server.").tag(
        config=True
    )
    max_listed_files = Integer(5000, help="Entries of a directory listing; the rest is left out.").tag(config=True)
    trusted_notebooks = Integer(500, help="Notebook signatures kept per learner; the oldest go first.").tag(config=True)

    @property
    def max_file_bytes(self) -> int:
        """`max_file_mb` in bytes."""
        return self.max_file_mb * 1024 * 1024
