"""The first admin: from the secrets NEXUS_ADMIN_EMAIL and NEXUS_ADMIN_PASSWORD, or made up and printed once."""

import secrets
import sys

from nexus_server.accounts.service import AccountService, NewUser
from nexus_server.learner import Role
from nexus_server.settings import secret

DEFAULT_EMAIL = "admin@localhost"


async def ensure_admin(accounts: AccountService) -> None:
    """Make an admin when there is none; a made-up password is printed now and never again.

    Raises:
        WeakPasswordError: the environment's password is too easy to guess.
        EmailTakenError: the environment's address belongs to somebody who is no admin.
    """
    if await accounts.has_admin():
        return
    email = secret("NEXUS_ADMIN_EMAIL", fallback=DEFAULT_EMAIL)
    given = secret("NEXUS_ADMIN_PASSWORD", fallback="")
    password = given or secrets.token_urlsafe(15)
    await accounts.register(NewUser(email, password, "Administrator", role=Role.ADMIN))
    if not given:
        sys.stdout.write(f"\nThe first administrator: {email}\nPassword (shown only now): {password}\n\n")
        sys.stdout.flush()
