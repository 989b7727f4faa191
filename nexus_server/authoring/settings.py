"""How instructors write content in the browser."""

from traitlets import Bool, Integer, Unicode

from nexus_server.settings import FrozenConfigurable


class AuthoringSettings(FrozenConfigurable):
    """Drafts of roadmaps, and publishing them."""

    open_to_instructors = Bool(
        default_value=True,
        help="Whether every instructor may write a roadmap that names no authors. Who publishes it first becomes its "
        "author. Otherwise only administrators may, and whom they name.",
    ).tag(config=True)
    git_remote = Unicode(
        help="Remote of the site's content repository, by its name in Git or its address. Publishing first takes what "
        "is new there, and then sends the commit. Empty: the repository stays on this machine."
    ).tag(config=True)
    git_timeout_s = Integer(60, min=1, help="Seconds that one command of Git may take.").tag(config=True)
    draft_mb = Integer(100, min=1, help="MB that the files of one draft may have together.").tag(config=True)
    draft_files = Integer(2000, min=1, help="Files that one draft may have.").tag(config=True)
