"""`nexus worker`: grade submissions in a process of its own, on any machine that reaches the database."""

import asyncio
import signal

import typer

from nexus_server.errors import ConflictError


class SingleProcessDatabaseError(ConflictError):
    """SQLite serves one process: the server grades by itself. `nexus worker` needs PostgreSQL."""

    code = "single_process_database"


def worker() -> None:
    """Grade what is queued until interrupted; PostgreSQL only.

    Start as many as there is work for, and set `c.GradingQueueSettings.in_process = False` for the server.
    """
    asyncio.run(_work())


async def _work() -> None:
    from nexus_server.app import open_services

    services = open_services()
    try:
        if services.database.is_sqlite:
            raise SingleProcessDatabaseError
        stopped = asyncio.Event()
        for signum in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(signum, stopped.set)
        await services.submissions.worker.start()
        typer.echo(f"grading {services.submissions.settings.slots} at once; Ctrl-C stops", err=True)
        await stopped.wait()
        await services.submissions.worker.stop()
    finally:
        await services.database.close()
