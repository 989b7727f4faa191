"""Set up everything that `make run` or `make test` needs; a second run finds it all there and ends in seconds.

usage: bootstrap.py [run|dev|test|long] [--port N]

run: virtual environment, packages, front end, Docker engine, kernel images.
dev: only the virtual environment, with the developers' packages.
test: run and dev, PostgreSQL, Redis, Chromium and reverse proxies, and gVisor where it is packaged.
long: test, and Firefox.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import front_end
from system import ROOT, VENV, SetupError, digest, install_packages, is_current, require_space, run, say, stop_with

LOGS = ROOT / "var" / "log"
PYTHON_WANTED = (3, 11)
FREE_SPACE_GB = 4


def check_port(port: int) -> None:
    """Find out at once whether the port is free, not after minutes of setup."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            advice = f"stop it, or choose another port with `make run PORT={port + 1}`."
            raise SetupError(f"Port {port} is taken by another program: {advice}") from None


def make_venv() -> None:
    """Create `.venv`, with uv inside to fill it quickly."""
    if (VENV / "bin" / "uv").exists():
        return
    if sys.version_info < PYTHON_WANTED:
        raise SetupError("Python 3.11 or newer is needed: install it, or name it with `make PYTHON=python3.12 …`.")
    log = LOGS / "venv.log"
    create = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    LOGS.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as sink:
        if subprocess.run(create, stdout=sink, stderr=sink, check=False).returncode:
            install_packages(["python3-venv"], "A virtual environment")
            run(create, log=log, advice="The virtual environment could not be made")
    say("made the virtual environment .venv")
    lock = (ROOT / "requirements" / "dev.txt").read_text().splitlines()
    pinned = next(line for line in lock if line.startswith("uv=="))
    run(
        [str(VENV / "bin" / "pip"), "install", "-q", pinned],
        log=log,
        advice="uv could not be installed: check the network",
    )


def install_python_packages(lock: str) -> None:
    """Install the pinned packages of a lock file, and the project itself in place."""
    path = ROOT / "requirements" / f"{lock}.txt"
    stamp = VENV / f".nexus-{lock}"
    value = digest([path, ROOT / "pyproject.toml"])
    if is_current(stamp, value):
        return
    say(f"installing Python packages from requirements/{lock}.txt")
    # Compiled now, once: where PYTHONDONTWRITEBYTECODE is set every process would compile everything that it imports.
    install = [str(VENV / "bin" / "uv"), "pip", "install", "--compile-bytecode"]
    install += ["--python", str(VENV / "bin" / "python")]
    log = LOGS / f"packages-{lock}.log"
    run([*install, "-r", str(path)], log=log, advice="Python packages could not be installed: check the network")
    run([*install, "--no-deps", "-e", str(ROOT)], log=log, advice="The project could not be installed into .venv")
    stamp.write_text(value)


def compile_sources() -> None:
    """Compile the project's own modules, which pip does not do for a project installed in place."""
    command = [str(VENV / "bin" / "python"), "-m", "compileall", "-q", str(ROOT / "nexus_server")]
    run(command, log=LOGS / "compile.log", advice="The project's modules could not be compiled")


def compile_translations() -> None:
    """Compile the catalogs that changed: the server, JupyterLab and the front end's build read them."""
    stamp = VENV / ".nexus-translations"
    sources = sorted(front_end.CATALOGS.rglob("*.po"))
    value = digest([*sources, ROOT / "scripts" / "catalogs.py"])
    if is_current(stamp, value) and len(list(front_end.CATALOGS.rglob("*.mo"))) * 2 == len(sources):
        return
    command = [str(VENV / "bin" / "python"), str(ROOT / "scripts" / "catalogs.py"), "compile"]
    run(command, log=LOGS / "translations.log", advice="The translations could not be compiled")
    stamp.write_text(value)


def start_docker() -> None:
    """Install and start a Docker engine where none answers."""
    run_script(Path(sys.executable), "docker_engine.py")


def build_images() -> None:
    """Build missing kernel images and install their kernelspecs."""
    if code := subprocess.run([str(VENV / "bin" / "nexus"), "images"], check=False).returncode:
        sys.exit(code)


def run_script(python: Path, name: str) -> None:
    """Run another setup script, which speaks for itself."""
    code = subprocess.run([str(python), str(ROOT / "scripts" / name)], check=False).returncode
    if code:
        sys.exit(code)


def install_test_services() -> None:
    """Install PostgreSQL, Redis, Chromium and the reverse proxies from Debian where missing."""
    missing = []
    if not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        missing.append("postgresql")
    if shutil.which("redis-server") is None:
        missing.append("redis-server")
    if not Path("/usr/bin/chromium").exists():
        missing.append("chromium")
    path = f"{os.environ.get('PATH', '')}:/usr/sbin"
    proxies = {"nginx": "nginx-light", "caddy": "caddy", "haproxy": "haproxy"}
    missing += [package for program, package in proxies.items() if shutil.which(program, path=path) is None]
    if missing:
        install_packages(missing, "The tests")


def install_firefox() -> None:
    """Install Debian's Firefox where missing."""
    if shutil.which("firefox-esr") is None:
        install_packages(["firefox-esr"], "The tests in Firefox")


def install_promtool() -> None:
    """Take Prometheus's tool from Debian's package, without its service; without it one test is skipped."""
    target = VENV / "bin" / "promtool"
    if target.exists() or shutil.which("promtool") is not None or shutil.which("apt-get") is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        got = subprocess.run(["apt-get", "-qq", "download", "prometheus"], cwd=folder, capture_output=True, check=False)
        package = next(Path(folder).glob("prometheus_*.deb"), None)
        if got.returncode or package is None:
            say("the test of the rules for Prometheus will be skipped: Debian's package cannot be had")
            return
        subprocess.run(["dpkg-deb", "-x", str(package), f"{folder}/files"], check=True)
        shutil.copy2(Path(folder, "files", "usr", "bin", "promtool"), target)


def install_gvisor() -> None:
    """Install gVisor from Debian where missing; without it one test is skipped, which says so."""
    if shutil.which("runsc") is not None:
        return
    try:
        install_packages(["runsc"], "The test of gVisor")
    except SetupError as error:
        say(f"the test of gVisor will be skipped: {error}")


Step = tuple[str, Callable[[], None]]
BASE: list[Step] = [("virtual environment", make_venv)]
RUN: list[Step] = [
    *BASE,
    ("Python packages", lambda: install_python_packages("run")),
    ("compiled modules", compile_sources),
    ("translations", compile_translations),
    ("front end", front_end.build),
    ("Docker engine", start_docker),
    ("kernel images", build_images),
]
DEV: list[Step] = [
    *BASE,
    ("developers' packages", lambda: install_python_packages("dev")),
    ("translations", compile_translations),
]
TEST: list[Step] = [
    *DEV,
    *RUN[2:],
    ("PostgreSQL, Redis, Chromium, reverse proxies", install_test_services),
    ("promtool", install_promtool),
    ("gVisor", install_gvisor),
]
LONG: list[Step] = [*TEST, ("Firefox", install_firefox)]
PLANS = {"run": RUN, "dev": DEV, "test": TEST, "long": LONG}


def main() -> None:
    """Carry out the plan, step by step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plan", choices=PLANS)
    parser.add_argument("--port", type=int)
    arguments = parser.parse_args()
    steps = PLANS[arguments.plan]
    try:
        if arguments.port:
            check_port(arguments.port)
        if not VENV.exists():
            require_space(FREE_SPACE_GB)
        for number, (name, step) in enumerate(steps, 1):
            started = time.monotonic()
            print(f"[{number}/{len(steps)}] {name}", flush=True)
            step()
            say(f"ready ({time.monotonic() - started:.1f} s)")
    except SetupError as error:
        stop_with(error)


if __name__ == "__main__":
    main()
