"""Configuration of Jupyter Server as NexusAI runs it. It comes with the product, and an upgrade replaces it.

A site's own settings are in `nexus_config.py`, in its data directory or in /etc/nexus.
"""

import resource

from nexus_server.site_config import load_site_config

c = get_config()

# What else is installed in the environment stays off; what it would add is closed anyway (jupyter/front_door/gate.py).
c.ServerApp.jpserver_extensions = {
    "nexus_server": True,
    "jupyterlab": True,
    "jupyter_lsp": False,
    "jupyter_server_terminals": False,
    "jupyterlab_jupytext": False,
    "jupytext": False,
    "nbclassic": False,
    "nbdime": False,
    "nbgrader.server_extensions.assignment_list": False,
    "nbgrader.server_extensions.course_list": False,
    "nbgrader.server_extensions.formgrader": False,
    "nbgrader.server_extensions.validate_assignment": False,
    "notebook": False,
    "notebook_shim": False,
}
c.ServerApp.identity_provider_class = "nexus_server.jupyter.front_door.identity.NexusIdentityProvider"
c.ServerApp.open_browser = False
c.ServerApp.allow_root = True
c.ServerApp.port_retries = 0
c.ServerApp.terminals_enabled = False
c.ServerApp.allow_unauthenticated_access = False
# One form of line for everybody's log, Jupyter's own too (nexus_server/observability/logs.py).
c.Application.logging_config = {"formatters": {"console": {"()": "nexus_server.observability.logs.make_formatter"}}}
# CORS is closed: a pattern that matches no origin also keeps Jupyter from reflecting a bearer request's Origin.
c.ServerApp.allow_origin_pat = r"(?!)"
c.ServerApp.tornado_settings = {
    "headers": {
        "Referrer-Policy": "same-origin",
        "X-Frame-Options": "SAMEORIGIN",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    },
}
# A kernel with an open tab takes some thirty descriptors, more than half of them for the relay before its sockets. No
# more than the system grants; -1 is no limit.
granted_files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
c.ServerApp.min_open_files_limit = min(granted_files, 65536) if granted_files >= 0 else 65536
# Submissions are the largest bodies that the product takes.
c.ServerApp.max_body_size = 16 * 1024 * 1024
c.ServerApp.max_buffer_size = 16 * 1024 * 1024
# One server, many learners: Jupyter's own services, made per learner.
c.ServerApp.contents_manager_class = "nexus_server.jupyter.contents.manager.LearnerContentsManager"
c.ServerApp.kernel_manager_class = "nexus_server.jupyter.kernels.manager.LearnerKernelManager"
c.ServerApp.session_manager_class = "nexus_server.jupyter.sessions.manager.LearnerSessionManager"
c.ServerApp.kernel_websocket_connection_class = "nexus_server.jupyter.kernels.connection.LearnerKernelConnection"
c.ServerApp.authorizer_class = "nexus_server.jupyter.front_door.authorizer.LearnerAuthorizer"
c.MultiKernelManager.default_kernel_name = "nexus-python"
# Kernels that nobody used for half an hour end, also while a forgotten tab shows them.
c.MappingKernelManager.cull_idle_timeout = 1800
c.MappingKernelManager.cull_interval = 30
c.MappingKernelManager.cull_connected = True
# Learners cannot install, update or rebuild anything.
c.LabApp.extension_manager = "readonly"
c.LabApp.lock_all_plugins = True
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"

load_site_config(c)
