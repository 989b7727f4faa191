"""Join Jupyter Server's own services with the platform's, and refuse to run with any that is not made per learner."""

from typing import Any

from nexus_server.jupyter.contents.manager import LearnerContentsManager
from nexus_server.jupyter.front_door.authorizer import LearnerAuthorizer
from nexus_server.jupyter.front_door.erasure import ErasureSweep, FootprintEraser
from nexus_server.jupyter.front_door.identity import NexusIdentityProvider
from nexus_server.jupyter.kernels.manager import LearnerKernelManager
from nexus_server.jupyter.sessions.manager import LearnerSessionManager
from nexus_server.services import Services
from nexus_server.tenancy.settings import TenancySettings

#: what Jupyter Server must have been configured with, by attribute of its application
REQUIRED: dict[str, type] = {
    "identity_provider": NexusIdentityProvider,
    "authorizer": LearnerAuthorizer,
    "contents_manager": LearnerContentsManager,
    "kernel_manager": LearnerKernelManager,
    "session_manager": LearnerSessionManager,
}


def join(serverapp: Any, services: Services) -> None:
    """Give the platform's services to Jupyter's managers, which were made before them.

    Raises:
        TypeError: one of them is Jupyter's own, which knows no learners.
    """
    for name, required in REQUIRED.items():
        found = getattr(serverapp, name)
        if not isinstance(found, required):
            raise TypeError(f"c.ServerApp.{name}_class must be {required.__name__} (see jupyter_config.py).")
    serverapp.identity_provider.accounts = services.accounts
    serverapp.identity_provider.sharing = services.servers.sharing
    serverapp.kernel_manager.services = services
    serverapp.session_manager.services = services
    eraser = FootprintEraser(serverapp.kernel_manager, services)
    services.accounts.personal_data.add_eraser(eraser)
    services.background.append(ErasureSweep(eraser, services))


def page_config(settings: TenancySettings, _handler: Any, config: dict[str, Any]) -> dict[str, Any]:
    """Return what JupyterLab's page may know: no paths of the host, no credentials, nothing that is closed.

    A browser loads every extension that it is told of, also one whose plugins are all disabled.
    """
    known = {name: value for name, value in config.items() if not name.endswith("Dir")}
    installed = config.get("federated_extensions", [])
    return known | {
        "federated_extensions": [each for each in installed if each["name"] in settings.lab_extensions],
        "token": "",
        "serverRoot": "",
        "preferredPath": "/",
        "terminalsAvailable": False,
        "buildAvailable": False,
        "buildCheck": False,
        "quitButton": False,
        "news": {"disabled": True},
    }
