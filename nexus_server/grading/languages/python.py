"""Python, in ipykernel."""

import base64
import secrets
from collections.abc import Collection, Iterator, Mapping

from nexus_server.grading.languages.language import Canary, LanguageSupport, inside
from nexus_server.grading.remote.install import number_code

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

_REMOVE_FILES = """
def _nexus_remove(names):
    import os
    for name in names:
        try:
            os.remove(name)
        except OSError:
            pass
_nexus_remove({names!r})
del _nexus_remove
"""

#: undoes what a notebook may do to IPython's own way of running a cell
_RESET = """
def _nexus_reset():
    import sys
    shell = get_ipython()
    shell.ast_transformers.clear()
    manager = shell.input_transformer_manager
    fresh = type(manager)()
    manager.cleanup_transforms[:] = fresh.cleanup_transforms
    manager.line_transforms[:] = fresh.line_transforms
    manager.token_transformers[:] = fresh.token_transformers
    shell.custom_exceptions = ()
    shell.ast_node_interactivity = "last_expr"
    shell.events.callbacks = dict.fromkeys(shell.events.callbacks, ())
    for name in ("run_cell", "run_cell_async", "run_code", "run_ast_nodes", "showtraceback", "set_custom_exc"):
        shell.__dict__.pop(name, None)
    sys.settrace(None)
    sys.setprofile(None)
    for name in {names!r}:
        shell.user_ns.pop(name, None)
_nexus_reset()
del _nexus_reset
"""


#: `exit()` ends a cell as `sys.exit()` does: the kernel's own would end the kernel, and every later test with it
_GUARD = """
def _nexus_guard():
    shell = get_ipython()
    class Exit(type(shell.exiter)):
        def __call__(self, code=None, **_):
            raise SystemExit(code)
    shell.exiter = shell.user_ns["exit"] = shell.user_ns["quit"] = shell.ask_exit = Exit(shell)
_nexus_guard()
del _nexus_guard
"""


def _environment(variables: Mapping[str, str]) -> str:
    return f"__import__('os').environ.update({dict(variables)!r})"


def _file_cells(files: Mapping[str, bytes]) -> Iterator[str]:
    if encoded := {name: base64.b64encode(data).decode() for name, data in inside(files).items()}:
        yield _WRITE_FILES.format(files=encoded)


def _removal(names: Collection[str]) -> str:
    return _REMOVE_FILES.format(names=sorted(inside(dict.fromkeys(names, b""))))


def _reset(unshadow: Collection[str]) -> str:
    return _RESET.replace("{names!r}", repr(sorted(unshadow)))


def _canaries() -> list[Canary]:
    a = secrets.randbelow(10**6) + 2
    b = a + secrets.randbelow(1000) + 1
    token = secrets.token_hex(8)
    # A learner may have a variable named `sum` in all innocence: the builtins are asked where they live.
    own = "__import__('builtins')."
    return [
        Canary(f"assert {a} == {b}", "AssertionError"),
        Canary(f"assert {a} != {a}, {token!r}", "AssertionError"),
        Canary(f"assert {own}sum([{a}, {b}]) == {a + b} and {own}len({token!r}) == {len(token)}"),
        Canary(f"{own}int({token!r} + 'x')", "ValueError"),
        Canary(f"assert [{a}] != [{b}] and not {own}all([{a} > {b}, True]) and not {own}isinstance({a}, {own}str)"),
        Canary(f"assert {own}abs(-{a}) == {b} or {own}sorted([{b}, {a}]) == [{b}, {a}]", "AssertionError"),
    ]


PYTHON = LanguageSupport(
    file_cells=_file_cells,
    removal=_removal,
    guard=_GUARD,
    environment=_environment,
    reset=_reset,
    canaries=_canaries,
    number=number_code,
)
