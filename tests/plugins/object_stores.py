"""An S3 server: moto's."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from moto.server import ThreadedMotoServer
from obstore.store import S3Store


@contextmanager
def running_object_store() -> Iterator[str]:
    """Start one, and give its address."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def make_bucket(endpoint: str, name: str) -> S3Store:
    """Make a bucket, and return it as an administrator has it."""
    httpx.put(f"{endpoint}/{name}").raise_for_status()
    return S3Store(
        name,
        endpoint=endpoint,
        region="us-east-1",
        access_key_id="key",
        secret_access_key="secret",
        client_options={"allow_http": True},
    )
