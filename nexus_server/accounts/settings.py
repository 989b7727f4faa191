"""Settings of accounts: how long a login lasts, and how hard a password is to guess."""

import os

from traitlets import Enum, Float, Int, Unicode

from nexus_server.settings import FrozenConfigurable


class AccountSettings(FrozenConfigurable):
    """Passwords, tokens and sessions."""

    jwt_algorithm = Enum(
        ("EdDSA", "HS256"), "EdDSA", help="The one algorithm that signs access tokens; no other is ever accepted."
    ).tag(config=True)
    jwt_issuer = Unicode("nexusai", help="The `iss` of access tokens.").tag(config=True)
    jwt_audience = Unicode("nexus-api", help="The `aud` of access tokens.").tag(config=True)
    access_token_lifetime_s = Int(600, min=30, help="How long an access token is valid, in seconds.").tag(config=True)
    signing_key_lifetime_days = Int(
        90, min=1, help="Age in days at which a new signing key is made at start; the old one verifies on."
    ).tag(config=True)
    session_idle_days = Int(14, min=1, help="Days without a refresh after which a login ends.").tag(config=True)
    session_lifetime_days = Int(90, min=1, help="Days after which a login ends in any case.").tag(config=True)
    refresh_grace_s = Float(
        10.0, min=0, help="Seconds in which a used refresh token may be used again: two tabs, or a lost reply."
    ).tag(config=True)
    session_cache_s = Float(
        0.5, min=0, max=0.9, help="Seconds for which a process trusts what it knows of a session; bounds revocation."
    ).tag(config=True)
    activity_interval_s = Float(60.0, min=1, help="Seconds between two records of one learner's activity.").tag(
        config=True
    )

    argon2_memory_kib = Int(19_456, min=8, help="Memory of one Argon2id hash in KiB (OWASP: 19456).").tag(config=True)
    argon2_time_cost = Int(2, min=1, help="Passes of Argon2id (OWASP: 2).").tag(config=True)
    argon2_parallelism = Int(1, min=1, help="Lanes of Argon2id (OWASP: 1).").tag(config=True)
    hash_threads = Int(
        0,
        min=0,
        help="Passwords hashed at the same time, off the event loop; 0 is one per core that the server may use.",
    ).tag(config=True)
    hash_queue = Int(64, min=1, help="Passwords that may wait to be hashed before logins get a 503.").tag(config=True)

    @property
    def hashes_at_once(self) -> int:
        """How many passwords are hashed at the same time: more than there are cores would only wait for each other."""
        return self.hash_threads or len(os.sched_getaffinity(0))
