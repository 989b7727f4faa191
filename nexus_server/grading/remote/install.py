"""Source text that gives a kernel the modules of this package, under a name of their own."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

PACKAGE = "_nexus_remote"
#: what both sides need, in the order of imports
_CODEC = ("kinds", "named_tuples", "numpy_kinds", "pandas_kinds", "sharing", "special_methods", "wire")

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


@dataclass(frozen=True, slots=True)
class Classes:
    """Names of classes that the two sides treat in a way of their own."""

    #: that the assignment asks for: their objects stay with the learner
    asked_for: tuple[str, ...] = ()
    #: that the instructor's notebook gives, and whose objects do not change: each side has its own
    given: tuple[str, ...] = ()

    @property
    def arguments(self) -> str:
        """Code of both lists."""
        return f"{list(self.asked_for)!r}, {list(self.given)!r}"


def agent_code(classes: Classes) -> str:
    """Return what a learner's kernel needs, before any of the learner's cells run."""
    return install_code(*_CODEC, "agent") + (
        f"__import__('sys').modules['{PACKAGE}.agent'].current = "
        f"__import__('sys').modules['{PACKAGE}.agent'].Agent(get_ipython(), {classes.arguments})"
    )


def runner_code(classes: Classes) -> str:
    """Return what a tests' kernel needs for one submission: modules, once, and a runner with an empty namespace."""
    return install_code(*_CODEC, "stubs", "learner_side", "partial_credit", "runner") + (
        f"__import__('sys').modules['{PACKAGE}.runner'].current = "
        f"__import__('sys').modules['{PACKAGE}.runner'].Runner(get_ipython(), {classes.arguments})"
    )


SERVE_CODE = f"__import__('sys').modules['{PACKAGE}.agent'].current.serve()"


def run_code(source: str, learner_names: list[str], asked_imports: list[str], *, is_trial: bool = False) -> str:
    """Return what makes a tests' kernel run one cell; a trial leaves no names behind."""
    return (
        f"__import__('sys').modules['{PACKAGE}.runner'].current.run("
        f"{source!r}, {learner_names!r}, {asked_imports!r}, is_trial={is_trial!r})"
    )


def number_code(execution_count: int) -> str:
    """Return what makes a kernel show, as a string, the number that a cell's result is; nothing where it is none."""
    source = (Path(__file__).parent / "partial_credit.py").read_text(encoding="utf-8")
    result = f"get_ipython().user_ns['_oh'].get({execution_count})"
    return (
        f"(lambda names: exec({source!r}, names) or names['number_text']({result}))({{'__name__': 'partial_credit'}})"
    )


def zygote_code(socket_path: str) -> str:
    """Return what turns a fresh kernel into a template: the process replaces itself, nothing of the kernel is left."""
    program = install_code(*_CODEC, "agent", "zygote") + (
        f"__import__('sys').modules['{PACKAGE}.zygote'].main({socket_path!r})"
    )
    return f"import os, sys\nos.execv(sys.executable, [sys.executable, '-c', {program!r}])"
