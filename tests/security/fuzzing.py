"""Schemathesis as one of the people of `people.py`: requests made of the OpenAPI document, to things that exist."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.plugins.server import LiveServer
from tests.security.people import Cast

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
#: how often an id is a real one; the others are made up
REAL = 0.8
API = "/nexus/api/v1"
#: what ends the credential that the requests come with
ENDINGS = f"^{API}/(auth/logout|auth/logout-all|me)$"
#: what takes a container or reads every content file for each request
COSTLY = f"^{API}/(playground/runs|teaching/content/.*)$"
#: where staff may do what students may not
STAFF_PATHS = f"^{API}/(teaching|admin|forum|cohorts)/"
NOT_STAFF_PATHS = f"^(?!{API}/(teaching|admin|forum|cohorts)/)"
_LIMITED = (
    "submissions",
    "hints",
    "first_hints",
    "chat",
    "forum_posts",
    "forum_edits",
    "export",
    "change_password",
    "join_cohort",
    "profile",
)
#: the environment of a server that holds no request up
UNHURRIED = {"NEXUS_RATE_LIMITS": json.dumps(dict.fromkeys(_LIMITED, "100000 per minute"))}


@dataclass(frozen=True)
class Campaign:
    """Whose requests are sent, to which operations, and how many."""

    token: str
    #: real values of path and query parameters, by name
    values: dict[str, list[str]]
    examples: int
    seed: int = 4
    phases: str = "coverage,fuzzing"
    include: str = "^/"
    exclude: str = "^$"


def values_of(cast: Cast) -> dict[str, list[str]]:
    """Return what requests may name: what `gather` made, and what every site has."""
    things = cast.things
    return {
        "node_id": [things["lab_id"], things["quiz_node_id"]],
        "submission_id": [things["submission_id"]],
        "thread_id": [things["thread_id"]],
        "post_id": [things["answer_id"], things["post_id"]],
        "cohort_id": [things["cohort_id"]],
        "request_id": [things["request_id"]],
        "policy_id": [things["policy_id"]],
        "user_id": [things["user_id"]],
        "actor_id": [things["user_id"]],
        "subject_id": [things["user_id"], things["submission_id"]],
        "kernel_id": [things["kernel_id"]],
        "hint_id": [things["hint_id"]],
        "identity_id": [things["identity_id"]],
        "session_id": [things["login_id"]],
        "slug": ["python-foundations", "data-analysis"],
        "roadmap": ["python-foundations"],
        "path": ["images/labels.svg", "images", "media/names-and-values.webm"],
        "board": ["weekly_xp", "all_time_xp"],
        "room": ["general", things["lab_id"]],
        "provider": ["school"],
        "cursor": [""],
    }


def token_of(cast: Cast, person: str) -> str:
    """Return somebody's access token."""
    return str(cast.clients[person].headers["Authorization"]).removeprefix("Bearer ")


def fuzz(server: LiveServer, campaign: Campaign, directory: Path) -> str:
    """Send the requests; return what schemathesis found, and nothing when every reply was as the document says."""
    config, report = directory / "schemathesis.toml", directory / "report.txt"
    config.write_text(_config(campaign.values))
    command = [
        *(str(Path(sys.executable).parent / "st"), "--config-file", str(config)),
        *("run", f"{server.url}{API}/openapi.json", "--header", f"Authorization: Bearer {campaign.token}"),
        *("--checks", CHECKS, "--phases", campaign.phases, "--mode", "all", "--suppress-health-check", "all"),
        *("--max-examples", str(campaign.examples), "--seed", str(campaign.seed), "--continue-on-failure"),
        # with made-up credentials nobody gets in; that is another test's business
        *("--generation-with-security-parameters", "false"),
        *("--include-path-regex", campaign.include, "--exclude-path-regex", campaign.exclude, "--no-color"),
    ]
    with report.open("wb") as sink:
        result = subprocess.run(command, stdout=sink, stderr=subprocess.STDOUT, cwd=directory, check=False)
    return "" if result.returncode == 0 else report.read_text()


def _config(values: dict[str, list[str]]) -> str:
    lines = ["[dictionaries]"]
    lines += [f"{name} = {{ values = {each!r} }}" for name, each in values.items()]
    # methods that a resource does not have are the permission matrix's
    lines += ["[phases.coverage]", "unexpected-methods = []", "[parameters]"]
    for name in values:
        bound = f'{{ dictionary = "{name}", probability = {REAL} }}'
        lines += [f'"{place}.{name}" = {bound}' for place in ("path", "query")]
    return "\n".join(lines)
