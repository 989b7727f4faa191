"""A run in the playground: what it says, and which limit ends it."""

from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from tests.plugins.server import LiveServer

pytestmark = [pytest.mark.docker]


@pytest.fixture(scope="module")
def learner(live_server: LiveServer) -> Iterator[httpx.Client]:
    with closing(live_server.learner("player")) as client:
        yield client


def test_every_language_is_there(learner: httpx.Client) -> None:
    items = learner.get("/playground/languages").json()["items"]
    kernels = {each["name"]: each["kernel_name"] for each in items}
    usual = {
        "data": "nexus-data",
        "javascript": "nexus-javascript",
        "python": "nexus-python",
        "typescript": "nexus-javascript",
    }
    # Images that few sites need may have been built here, too.
    assert kernels.items() >= usual.items()
    assert all(kernel.startswith("nexus-") for kernel in kernels.values())


def test_what_could_be_there_is_told(learner: httpx.Client) -> None:
    """Which optional images are built differs from machine to machine; each language is in one of both lists."""
    body = learner.get("/playground/languages").json()
    offered, missing = ({each["name"] for each in body[key]} for key in ("items", "missing"))
    assert not offered & missing
    assert offered | missing >= {"bash", "c", "python", "sql"}


def test_a_run_says_everything(learner: httpx.Client) -> None:
    code = "import sys\nprint('hello ' + input('who? '))\nprint('careful', file=sys.stderr)\n6 * 7"
    body = learner.post("/playground/runs", json={"language": "python", "code": code, "stdin": "ada\n"}).json()
    assert "hello ada" in body["stdout"]
    assert body["stderr"] == "careful\n"
    assert (body["result"], body["status"], body["killed_by"]) == ("42", "ok", None)


def test_data_tools_are_there(learner: httpx.Client) -> None:
    code = "import numpy as np\nint(np.arange(4).sum())"
    body = learner.post("/playground/runs", json={"language": "data", "code": code}).json()
    assert (body["result"], body["status"]) == ("6", "ok"), body


def test_an_error_is_explained(learner: httpx.Client) -> None:
    body = learner.post("/playground/runs", json={"language": "python", "code": "print(naem)"}).json()
    assert body["status"] == "error"
    assert body["error"]["ename"] == "NameError"
    assert body["hint"]["source"] == "static"
    assert body["hint"]["text"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "killed_by"), [("while True: pass", "time"), ("x = []\nwhile True: x.append(' ' * 10**6)", "memory")]
)
def test_a_limit_ends_it(learner: httpx.Client, code: str, killed_by: str) -> None:
    body = learner.post("/playground/runs", json={"language": "python", "code": code}).json()
    assert (body["status"], body["killed_by"]) == ("killed", killed_by)
    assert body["hint"]["text"].endswith(("Look for a loop that never ends.", "Work on less data at a time."))


def test_output_is_bounded(learner: httpx.Client) -> None:
    body = learner.post("/playground/runs", json={"language": "python", "code": "print('x' * 10**6)"}).json()
    assert body["truncated"]
    assert len(body["stdout"]) < 100_000


def test_a_run_may_send_what_is_no_message(learner: httpx.Client) -> None:
    # a kernel's own socket drops what is over a thousand messages ahead of a machine that has other work
    code = (
        "send = get_ipython().kernel.iopub_socket.send_multipart\n"
        "for _ in range(500): send([b'stream', b'<IDS|MSG>', b'', b'junk'])\nprint('done')"
    )
    reply = learner.post("/playground/runs", json={"language": "python", "code": code})
    assert (reply.status_code, reply.json()["stdout"]) == (200, "done\n"), reply.text


def test_javascript_runs_and_its_mistakes_are_explained(learner: httpx.Client) -> None:
    code = "console.log('hello ' + prompt('who?')); console.error('careful'); 6 * 7"
    body = learner.post("/playground/runs", json={"language": "javascript", "code": code, "stdin": "ada\n"}).json()
    assert (body["stdout"], body["stderr"], body["result"]) == ("hello ada\n", "careful\n", "42")
    body = learner.post("/playground/runs", json={"language": "javascript", "code": "1\nlet x = ;"}).json()
    assert (body["status"], body["error"]["ename"]) == ("error", "SyntaxError")
    assert "line 2" in body["hint"]["text"]


def test_another_language_is_refused_with_the_list(learner: httpx.Client) -> None:
    reply = learner.post("/playground/runs", json={"language": "cobol", "code": "x"})
    assert (reply.status_code, reply.json()["error"]["code"]) == (422, "no_such_language")
    (field,) = reply.json()["error"]["details"]["fields"]
    assert field["field"] == "language"
    # Images that few sites need may have been built here, too.
    assert field["message"].startswith("The playground knows ")
    assert "data, javascript, python, " in field["message"]
    assert field["message"].endswith(", not 'cobol'.")
