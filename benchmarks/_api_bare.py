"""A bare Tornado server: `python -m benchmarks._api_bare PORT FILE` answers every GET with the bytes of the file."""

import asyncio
import sys
from pathlib import Path

from tornado.web import Application, RequestHandler


async def serve(port: int, body: bytes) -> None:
    class Bare(RequestHandler):
        def get(self) -> None:
            self.set_header("Content-Type", "application/json; charset=utf-8")
            self.finish(body)

    Application([(r"/.*", Bare)], log_function=lambda _: None).listen(port, "127.0.0.1")
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]).read_bytes()))
