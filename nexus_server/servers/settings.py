"""How the servers of a site know each other."""

from traitlets import Float, Unicode

from nexus_server.settings import FrozenConfigurable


class ServerSettings(FrozenConfigurable):
    """This server among those of its site; a site on SQLite has one, and needs none of this."""

    address = Unicode("", help="What `nexus servers` calls this one; empty: the machine's name.").tag(config=True)
    heartbeat_s = Float(2.0, help="Seconds between two signs of life.").tag(config=True)
    lease_s = Float(10.0, help="Seconds without a sign of life after which a server counts as gone.").tag(config=True)
    clock_tolerance_s = Float(
        30.0, help="Seconds that a machine's clock may differ from the database's before that is told."
    ).tag(config=True)
