"""Private names of libraries that the product leans on: a release that drops one is named here, before a site breaks.

Private names promise nothing, so each has its reason in the code beside it. Two tests keep the list whole: one finds
the methods of libraries that our classes replace, the other every private name that is read or written elsewhere.
"""

import ast
import importlib
import inspect
import pkgutil
from pathlib import Path

import aiosqlite
import pytest
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.multikernelmanager import MultiKernelManager
from jupyter_client.restarter import KernelRestarter
from jupyter_server.auth.identity import IdentityProvider
from jupyter_server.base.handlers import APIHandler
from jupyter_server.extension.application import ExtensionApp
from jupyter_server.services.contents.handlers import ContentsHandler
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from jupyterlab import commands
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_connection, AsyncAdapt_aiosqlite_cursor
from tornado.iostream import BaseIOStream
from tornado.web import GZipContentEncoding, RequestHandler

import nexus_server

PACKAGE = Path(nexus_server.__file__).parent
LIBRARIES = (
    "jupyter_server",
    "jupyter_client",
    "jupyterlab",
    "jupyterlab_server",
    "tornado",
    "sqlalchemy",
    "aiosqlite",
)
#: sent into kernels as text, or a program of its own when it is imported
NOT_IMPORTED = ("nexus_server.grading.remote", "nexus_server.offload.process")

NAMES: list[tuple[object, str]] = [
    (AsyncKernelManager, "_async_cleanup_resources"),
    (AsyncKernelManager, "_async_kill_kernel"),
    (AsyncKernelManager, "_async_restart_kernel"),
    (KernelRestarter, "_fire_callbacks"),
    (MultiKernelManager, "_async_shutdown_all"),
    (AsyncMappingKernelManager, "_async_shutdown_kernel"),
    (AsyncMappingKernelManager, "_async_start_kernel"),
    (AsyncMappingKernelManager, "_check_kernel_id"),
    (AsyncMappingKernelManager, "_kernel_buffers"),
    (AsyncMappingKernelManager, "_kernel_connections"),
    (AsyncMappingKernelManager, "_pending_kernels"),
    (AsyncMappingKernelManager, "_activity_stream"),
    (AsyncMappingKernelManager, "_handle_kernel_died"),
    (ZMQChannelsWebsocketConnection, "_open_sockets"),
    (ZMQChannelsWebsocketConnection, "_register_session"),
    (APIHandler, "_track_activity"),
    (ContentsHandler, "_finish_model"),
    (ExtensionApp, "_start_jupyter_server_extension"),
    (IdentityProvider, "_token_authenticated"),
    (RequestHandler, "_finished"),
    (RequestHandler, "_handle_request_exception"),
    (RequestHandler, "_headers_written"),
    (GZipContentEncoding, "_compressible_type"),
    (BaseIOStream, "_write_buffer"),
    (commands, "_yarn_config"),
    (AsyncAdapt_aiosqlite_connection, "_connection"),
    (AsyncAdapt_aiosqlite_connection, "_execute_mutex"),
    (AsyncAdapt_aiosqlite_connection, "_terminate_force_close"),
    (AsyncAdapt_aiosqlite_cursor, "_adapt_connection"),
    (AsyncAdapt_aiosqlite_cursor, "_async_soft_close"),
    (AsyncAdapt_aiosqlite_cursor, "_execute_async"),
    (AsyncAdapt_aiosqlite_cursor, "_executemany_async"),
    (aiosqlite.Connection, "_conn"),
    (aiosqlite.Connection, "_connection"),
    (aiosqlite.Connection, "_execute"),
    (aiosqlite.Connection, "_thread"),
]
KNOWN = {name for _owner, name in NAMES}


@pytest.mark.parametrize(("owner", "name"), NAMES, ids=lambda part: getattr(part, "__name__", part))
def test_the_library_still_has_the_name(owner: object, name: str) -> None:
    sources = owner.__mro__[:-1] if inspect.isclass(owner) else ()
    said = any(f".{name}" in inspect.getsource(each) for each in sources)
    assert hasattr(owner, name) or said, f"{owner} has no {name} any more"


def test_every_replaced_private_method_is_listed() -> None:
    assert replaced() <= KNOWN


def replaced() -> set[str]:
    """Return the private methods of libraries that classes of ours define again."""
    found: set[str] = set()
    for module in pkgutil.walk_packages(nexus_server.__path__, "nexus_server."):
        if module.name.startswith(NOT_IMPORTED) or module.name.endswith("__main__"):
            continue
        members = inspect.getmembers(importlib.import_module(module.name), inspect.isclass)
        for _name, each in members:
            if each.__module__ == module.name:
                found |= {
                    name for name, value in vars(each).items() if is_private(name) and replaces(each, name, value)
                }
    return found


def replaces(each: type, name: str, value: object) -> bool:
    is_method = inspect.isfunction(value) and value.__module__ == each.__module__
    theirs = (base for base in each.__mro__[1:] if base.__module__.split(".")[0] in LIBRARIES)
    return is_method and any(name in vars(base) for base in theirs)


def test_every_private_name_of_a_library_is_listed() -> None:
    read = {path: private_names(path) for path in sorted(PACKAGE.rglob("*.py"))}
    ours = {name for _used, defined in read.values() for name in defined}
    used = {name for used, _defined in read.values() for name in used}
    assert used - ours - OTHERS <= KNOWN


#: names of the standard library, documented ones of named tuples among them, and of pandas inside a kernel
OTHERS = {"_update_inplace", "_exit", "_asdict", "_field_defaults", "_fields"}


def private_names(path: Path) -> tuple[set[str], set[str]]:
    """Return the private attributes that a file reads or writes, and the private names that it defines."""
    used, defined = set[str](), set[str]()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and is_private(node.attr):
            on_self = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
            (defined if on_self and isinstance(node.ctx, ast.Store) else used).add(node.attr)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            defined.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            defined |= {target.id for target in targets if isinstance(target, ast.Name)}
    return used, defined


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")
