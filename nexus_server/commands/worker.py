"""`nexus worker`: grade submissions in a process of its own, on any machine that reaches the database."""

import asyncio
import signal

import typer

from nexus_server.commands.data_dir import Data, use_data_dir
from nexus_server.commands.loading import load
from nexus_server.commands.separating import give_up_root
from nexus_server.errors import ConflictError


class SingleProcessDatabaseError(ConflictError):
    """SQLite serves one process: the server grades by itself. `nexus worker` needs PostgreSQL."""

    code = "single_process_database"


class OldSchemaError(ConflictError):
    """The database's schema is old: start `nexus serve` once, which brings it up to date."""

    code = "old_schema"


def worker(data: Data = None) -> None:
    """Grade what is queued until interrupted; PostgreSQL only.

    Start as many as there is work for, and set `c.GradingQueueSettings.in_process = False` for the server.
    """
    use_data_dir(data)
    give_up_root()
    load("nexus_server.composition")
    from nexus_server.composition import load_config
    from nexus_server.observability.logs import LogSettings, configure_logs

    configure_logs(LogSettings(config=load_config()))
    asyncio.run(_work())


async def _work() -> None:
    from nexus_server.composition import open_services
    from nexus_server.services import ProcessRole
    from nexus_server.store.migrate import find_pending

    services = open_services(role=ProcessRole.WORKER)
    try:
        if services.database.is_sqlite:
            raise SingleProcessDatabaseError
        if await services.database.read(find_pending):
            raise OldSchemaError
        stopped = asyncio.Event()
        for signum in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(signum, stopped.set)
        await services.start()
        typer.echo(f"grading {services.submissions.settings.slots} at once; Ctrl-C stops", err=True)
        await stopped.wait()
    finally:
        await services.close()
        services.kernels.close()
