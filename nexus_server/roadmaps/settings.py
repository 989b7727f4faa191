"""How content is kept up to date."""

from traitlets import Float

from nexus_server.settings import FrozenConfigurable


class ContentSettings(FrozenConfigurable):
    """Content on disk."""

    reload_s = Float(
        2.0, help="Seconds between looks for changed content files, which are synced at once; 0: only at start."
    ).tag(config=True)
