"""Configuration of Jupyter Server as NexusAI runs it. Site settings go below the line at the end."""

c = get_config()

c.ServerApp.jpserver_extensions = {"nexus_server": True, "jupyterlab": True}
c.ServerApp.identity_provider_class = "nexus_server.tenancy.identity.NexusIdentityProvider"
c.ServerApp.open_browser = False
c.ServerApp.allow_root = True
c.ServerApp.port_retries = 0
c.ServerApp.terminals_enabled = False
c.ServerApp.allow_unauthenticated_access = False
# CORS is closed: a pattern that matches no origin also keeps Jupyter from reflecting a bearer request's Origin.
c.ServerApp.allow_origin_pat = r"(?!)"
# Submissions are the largest bodies that the product takes.
c.ServerApp.max_body_size = 16 * 1024 * 1024
c.ServerApp.max_buffer_size = 16 * 1024 * 1024
# One server, many learners: Jupyter's own services, made per learner.
c.ServerApp.contents_manager_class = "nexus_server.tenancy.contents.LearnerContentsManager"

# ---- site settings ----
