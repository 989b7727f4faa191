"""The health of a running server, for administrators: every finding with what to do."""

import asyncio

from nexus_server.accounts.mail import MailSettings
from nexus_server.accounts.permissions import Permission, require
from nexus_server.health.checks import look_at_machine, look_at_services
from nexus_server.health.finding import Finding
from nexus_server.learner import Learner
from nexus_server.readiness import broken_parts
from nexus_server.services import Services

#: what to do about a part that works in the background and does not
PART_ADVICE = "Look for its name in the server's log. If it stays so, restart the server: kernels go on."


async def health_of(services: Services, admin: Learner) -> list[Finding]:
    """Return what was looked at, failures first.

    Raises:
        ForbiddenError: only admins may.
    """
    require(admin, Permission.SEE_OPERATION)
    findings = [Finding(f"part: {name}", "failure", f"It is {state}.", PART_ADVICE) for name, state in _parts()]
    findings.append(_kernels(services))
    findings += await asyncio.to_thread(lambda: list(look_at_machine(services.settings)))
    mail = services.settings_in_force.of(MailSettings)
    findings += [finding async for finding in look_at_services(services, mail)]
    order = {"failure": 0, "warning": 1, "ok": 2}
    return sorted(findings, key=lambda finding: order[finding.status])


def _parts() -> list[tuple[str, str]]:
    return sorted(broken_parts().items())


def _kernels(services: Services) -> Finding:
    warm = sum(services.kernels.warm_counts().values())
    return Finding(
        "warm kernels", "ok", f"{warm} are ready; {services.kernels.settings.place_count()} kernels may run."
    )
