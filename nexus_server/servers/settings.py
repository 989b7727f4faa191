"""How the servers of a site know each other."""

from traitlets import Float, Integer, Unicode

from nexus_server.settings import FrozenConfigurable


class ServerSettings(FrozenConfigurable):
    """This server among those of its site; a site on SQLite has one, and needs none of this."""

    address = Unicode(
        "",
        help="What `nexus servers` and the home cookie call this one: letters, digits, `.` and `-`; empty: the "
        "machine's name.",
    ).tag(config=True)
    heartbeat_s = Float(2.0, help="Seconds between two signs of life.").tag(config=True)
    lease_s = Float(10.0, help="Seconds without a sign of life after which a server counts as gone.").tag(config=True)
    clock_tolerance_s = Float(
        30.0, help="Seconds that a machine's clock may differ from the database's before that is told."
    ).tag(config=True)
    peer_host = Unicode(
        "", help="Host name or address at which the site's other servers reach this one; empty: the machine's name."
    ).tag(config=True)
    peer_port = Integer(
        0, min=0, max=65535, help="Port at which the site's other servers reach this one; 0: any that is free."
    ).tag(config=True)
    home_stay_s = Float(
        900.0, help="Seconds after a learner's last request for files or kernels in which their home stays the same."
    ).tag(config=True)
    pass_on_s = Float(5.0, help="Seconds that another server may take to be connected to.").tag(config=True)
    drain_s = Float(
        1800.0, help="Seconds that kernels of a drained server have to end, where `nexus servers drain` says nothing."
    ).tag(config=True)
