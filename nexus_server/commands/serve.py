"""`nexus serve`: the platform in the foreground."""

import os
import socket
from typing import TYPE_CHECKING, Annotated

import typer

from nexus_server.commands.data_dir import Data, use_data_dir
from nexus_server.commands.images import install_missing_images
from nexus_server.commands.loading import load
from nexus_server.commands.separating import give_up_root, refuse_low_port
from nexus_server.errors import ConflictError
from nexus_server.installation import JUPYTER_CONFIG

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


class PortTakenError(ConflictError):
    """Another program already listens on this port."""

    code = "port_taken"


def serve(
    port: Annotated[int, typer.Option(help="TCP port to listen on.", min=1, max=65535)] = 8888,
    data: Data = None,
    ip: Annotated[
        str | None,
        typer.Option(help="Address to listen on; 0.0.0.0 is every one of this machine.  [default: localhost]"),
    ] = None,
    *,
    end_kernels: Annotated[
        bool, typer.Option("--end-kernels", help="End the learners' kernels when the server stops.")
    ] = False,
) -> None:
    """Bring the database and the content up to date, then serve until interrupted."""
    refuse_taken_port(port)
    use_data_dir(data)
    refuse_low_port(port)
    install_missing_images()
    give_up_root()
    if end_kernels:
        os.environ["NEXUS_END_KERNELS"] = "1"
    os.environ.setdefault("NEXUS_PUBLIC_URL", f"http://localhost:{port}")
    load_server()
    from jupyter_server.serverapp import ServerApp

    from nexus_server.commands.prepare import prepare
    from nexus_server.composition import load_config
    from nexus_server.observability.logs import LogSettings, configure_logs

    configure_logs(LogSettings(config=load_config()))
    prepare()
    skip_migration(ServerApp)
    where = [f"--port={port}", *([f"--ip={ip}"] if ip else [])]
    ServerApp.launch_instance(argv=[f"--config={JUPYTER_CONFIG}", *where, "--no-browser"])


def load_server() -> None:
    """Import what a server is made of; the parts that only some sites have are imported by those.

    What validates a request is built by the first one: building all of it takes a tenth of the imports.
    """
    from pydantic import BaseModel

    BaseModel.model_config["defer_build"] = True
    load("nexus_server.observability.logs", "nexus_server.app")
    skip_yarn()
    load("jupyterlab.labapp")


def refuse_taken_port(port: int) -> None:
    """Find out before anything else is done whether the port is free.

    Raises:
        PortTakenError: it is not.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise PortTakenError(
                f"Port {port} is taken by another program: stop it, or choose another with PORT={port + 1}.", port=port
            ) from None


def skip_yarn() -> None:
    """Start sooner: JupyterLab runs Node twice to read Yarn's registry, which only building Lab anew would need.

    The first time is when `jupyterlab.labapp` is imported.
    """
    from jupyterlab import commands

    commands._yarn_config = lambda _logger: {"yarn config": {}, "npm config": {}}  # noqa: SLF001


def skip_migration(application: "type[ServerApp]") -> None:
    """Move no files of IPython 3: Jupyter would write into its configuration, which a server without rights may not."""
    application.migrate_config = lambda _self: None  # type: ignore[method-assign,assignment]
