"""The program inside a Python sandbox: ipykernel, plus one message that turns a pooled kernel into a learner's.

A pooled kernel is started before anybody asked for it, with a key that only the server knows. When a learner's
kernel is wanted, the server sends `nexus_claim_request` on the control channel: the kernel takes the learner's
signing key, environment and working directory, reseeds its random generators, and refuses any further claim.
"""

import contextlib
import gc
import importlib
import os
import random
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any, ClassVar

from ipykernel import kernelapp
from ipykernel.ipkernel import IPythonKernel
from output_tail import OutputTail
from traitlets.config import Config

#: modules imported before the kernel says that it is ready, one a line
PRELOAD = Path("/opt/nexus/preload.txt")
#: caches made with the image, which libraries want to be able to write
SKELETON = Path("/opt/nexus/skel")
#: set by the server for kernels of the pool only
POOLED = "NEXUS_POOLED"
#: where to start, relative to the working directory
CWD = "NEXUS_CWD"


class Unkept(dict[int, list[Any]]):
    """What cells put out, as IPython would keep all of it for its `%notebook` magic: nothing.

    A loop that prints would fill the memory with what everybody has seen.
    """

    def __missing__(self, _cell: int) -> list[Any]:
        """Give a list that nobody keeps."""
        return []

    def setdefault(self, _cell: int, outputs: list[Any] | None = None) -> list[Any]:
        """Give a list that nobody keeps."""
        return [] if outputs is None else outputs


class SandboxKernel(IPythonKernel):
    """An IPython kernel that can be claimed once, and keeps no outputs."""

    control_msg_types: ClassVar[list[str]] = [*IPythonKernel.control_msg_types, "nexus_claim_request"]
    claimable = os.environ.pop(POOLED, "") == "1"

    def __init__(self, **options: Any) -> None:
        """Start."""
        super().__init__(**options)
        self.shell.history_manager.outputs = Unkept()

    async def nexus_claim_request(self, stream: Any, ident: list[bytes], parent: dict[str, Any]) -> None:
        """Become the kernel of the learner described in the message; the reply is signed with the new key."""
        if not type(self).claimable:
            self.session.send(stream, "nexus_claim_reply", {"status": "error"}, parent, ident)
            return
        type(self).claimable = False
        content = parent["content"]
        os.environ.update(content["env"])
        go_to(content["home"])
        go_to(content["cwd"] or ".")
        reseed()
        self.session.key = content["key"].encode()
        self.session.send(stream, "nexus_claim_reply", {"status": "ok"}, parent, ident)


def go_to(directory: str) -> None:
    """Change the working directory; a directory that is not there leaves the kernel where it is."""
    with contextlib.suppress(OSError):
        os.chdir(directory)


def reseed() -> None:
    """Give the generators seeds of their own, so that no two learners share a sequence."""
    random.seed()
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()


def copy_caches() -> None:
    """Put the caches made with the image where libraries may write."""
    for source in SKELETON.glob("*"):
        shutil.copytree(source, Path(tempfile.gettempdir(), source.name), dirs_exist_ok=True)


def preload() -> None:
    """Import what the image promises to have ready, and keep it out of later garbage collections."""
    for name in PRELOAD.read_text(encoding="utf-8").split():
        importlib.import_module(name)
    gc.collect()
    gc.freeze()


def settings() -> Config:
    """IPython's settings for a small sandbox: history without a file, no bug-report dialogue, bounded prints."""
    config = Config()
    # Pages ask for the history. Without a database it has none, and a request for it fails unanswered.
    config.HistoryManager.hist_file = ":memory:"
    config.IPCompleter.use_jedi = False
    config.IPKernelApp.log_level = "ERROR"
    config.IPKernelApp.outstream_class = "print_stream.PrintStream"
    return config


def run(arguments: list[str]) -> None:
    """Run the kernel until it is shut down, with everything imported before; `arguments` are the application's."""
    os.umask(0o002)
    reseed()
    # The application makes its publishing thread by this name, and has no other seam for it.
    kernelapp.IOPubThread = OutputTail
    kernelapp.IPKernelApp.launch_instance(arguments, kernel_class=SandboxKernel, config=settings())


def main() -> None:
    """Be a kernel from the start."""
    go_to(os.environ.pop(CWD, "") or ".")
    copy_caches()
    preload()
    run(sys.argv[1:])


if __name__ == "__main__":
    main()
