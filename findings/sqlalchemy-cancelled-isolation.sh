#!/usr/bin/env bash
# SQLAlchemy's async engines give a connection back when whoever uses it is cancelled: `async with engine.connect()` sees to it.
# An engine that was made by `execution_options(isolation_level=...)` sets the level before the caller has the connection.
# Who is cancelled at that moment leaves the connection taken until the garbage collector comes by. A pool of one is empty then.
# Such a level belongs on the connection: `await connection.execution_options(isolation_level=...)` inside the `async with`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q sqlalchemy==2.1.9 aiosqlite==0.22.1 greenlet==3.5.6
cd "$folder"
"$folder/venv/bin/python" -W ignore - 2>/dev/null <<'PROBE'
import asyncio
import gc
from importlib.metadata import version

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

LEVEL = {"isolation_level": "AUTOCOMMIT"}


def engine():
    return create_async_engine("sqlite+aiosqlite:///one.db", pool_size=1, max_overflow=0)


async def of_engine(base):
    async with base.execution_options(**LEVEL).connect() as connection:
        await connection.execute(text("SELECT 1"))


async def of_connection(base):
    async with base.connect() as connection:
        await connection.execution_options(**LEVEL)
        await connection.execute(text("SELECT 1"))


async def left_by(query):
    """Cancel a query where it waits for the first time, with a connection in the pool; return how many stay taken."""
    base = engine()
    await query(base)
    task = asyncio.create_task(query(base))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()
    return base.pool.checkedout()


async def main():
    gc.disable()
    print({name: version(name) for name in ("sqlalchemy", "aiosqlite", "greenlet")})
    found = {query.__name__: await left_by(query) for query in (of_engine, of_connection)}
    print("connections that stay taken, by whose level it is:", found)
    assert found == {"of_engine": 1, "of_connection": 0}


asyncio.run(main())
PROBE
