"""How requests are taken in, before any handler sees them."""

from traitlets import Float, Integer

from nexus_server.settings import FrozenConfigurable


class IntakeSettings(FrozenConfigurable):
    """Limits on requests that are still on their way."""

    head_timeout_s = Float(20, min=0.1, help="Seconds that a new connection has to send its first request's head.").tag(
        config=True
    )
    idle_timeout_s = Float(
        75, min=0.1, help="Seconds that a connection may wait between requests, and that a later head may take."
    ).tag(config=True)
    body_timeout_s = Float(
        30, min=0.1, help="Seconds that any body may take; a large one gets more, by `body_kb_per_s`."
    ).tag(config=True)
    body_kb_per_s = Float(32, min=1, help="Kilobytes a second that a slow line has to manage.").tag(config=True)
    small_body_kb = Integer(1100, help="Kilobytes of a body, where no file and no notebook is sent.").tag(config=True)
    counted_body_kb = Integer(256, help="Kilobytes from which on a body waits for its turn.").tag(config=True)
    bodies_at_once = Integer(4, min=1, help="Large bodies that this server holds at the same time.").tag(config=True)
    bodies_per_learner = Integer(8, min=1, help="Large bodies of one learner that may wait; they come in turn.").tag(
        config=True
    )
    body_wait_s = Float(60, min=0.1, help="Seconds that a large body may wait for its turn.").tag(config=True)
    upload_mb_per_s = Float(2, min=0.01, help="Megabytes a second of large bodies, for long, from one learner.").tag(
        config=True
    )
    upload_burst_mb = Float(96, min=1, help="Megabytes of large bodies that a learner may send at once.").tag(
        config=True
    )
    anonymous_body_kb = Integer(64, help="Kilobytes of a body that comes without a login.").tag(config=True)
    anonymous_per_s = Float(
        50, min=0.1, help="Requests a second without a login that one address may send for long; assets do not count."
    ).tag(config=True)
    anonymous_burst = Integer(
        6000,
        min=1,
        help="Requests without a login of one address at once: enough for 500 learners.",
    ).tag(config=True)
    new_connections_per_address = Integer(
        4000, min=1, help="Connections of one address that have not sent a request yet."
    ).tag(config=True)
