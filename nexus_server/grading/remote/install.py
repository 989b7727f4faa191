"""Source text that gives a kernel the modules of this package, under a name of their own."""

import base64
from collections.abc import Mapping
from functools import cache
from pathlib import Path, PurePosixPath

PACKAGE = "_nexus_remote"

_TEMPLATE = """
def _nexus_install(sources):
    import sys, types
    if {package!r} in sys.modules:
        return
    package = sys.modules[{package!r}] = types.ModuleType({package!r})
    package.__path__ = []
    for name, source in sources.items():
        full_name = {package!r} + "." + name
        module = sys.modules[full_name] = types.ModuleType(full_name)
        setattr(package, name, module)
        exec(compile(source, "<nexus " + name + ">", "exec"), module.__dict__)
_nexus_install({sources!r})
del _nexus_install
"""


@cache
def install_code(*modules: str) -> str:
    """Return the code that installs modules, given in the order of their imports."""
    here = Path(__file__).parent
    sources = {
        name: (here / f"{name}.py").read_text(encoding="utf-8").replace("nexus_server.grading.remote", PACKAGE)
        for name in modules
    }
    return _TEMPLATE.format(package=PACKAGE, sources=sources)


def agent_code() -> str:
    """Return what a learner's kernel needs, before any of the learner's cells run."""
    return install_code("wire", "agent") + (
        f"__import__('sys').modules['{PACKAGE}.agent'].current = "
        f"__import__('sys').modules['{PACKAGE}.agent'].Agent(get_ipython())"
    )


def runner_code(asked_for: list[str]) -> str:
    """Return what a tests' kernel needs for one submission: modules, once, and a runner with an empty namespace."""
    return install_code("wire", "stubs", "runner") + (
        f"__import__('sys').modules['{PACKAGE}.runner'].current = "
        f"__import__('sys').modules['{PACKAGE}.runner'].Runner(get_ipython(), {asked_for!r})"
    )


SERVE_CODE = f"__import__('sys').modules['{PACKAGE}.agent'].current.serve()"


def run_code(source: str, learner_names: list[str]) -> str:
    """Return what makes a tests' kernel run one cell."""
    return f"__import__('sys').modules['{PACKAGE}.runner'].current.run({source!r}, {learner_names!r})"


_WRITE_FILES = """
def _nexus_write(files):
    import base64, os
    for name, data in files.items():
        os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
        with open(name, "wb") as file:
            file.write(base64.b64decode(data))
_nexus_write({files!r})
del _nexus_write
"""


def files_code(files: Mapping[str, bytes]) -> str:
    """Return the code that writes files below the working directory; names that lead out of it are left out."""
    inside = {
        name: base64.b64encode(data).decode()
        for name, data in files.items()
        if not PurePosixPath(name).is_absolute() and ".." not in PurePosixPath(name).parts
    }
    return _WRITE_FILES.format(files=inside)


def zygote_code(socket_path: str) -> str:
    """Return what turns a fresh kernel into a template: the process replaces itself, nothing of the kernel is left."""
    program = install_code("wire", "agent", "zygote") + (
        f"__import__('sys').modules['{PACKAGE}.zygote'].main({socket_path!r})"
    )
    return f"import os, sys\nos.execv(sys.executable, [sys.executable, '-c', {program!r}])"
