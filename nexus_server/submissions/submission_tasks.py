"""What is done to a notebook that is handed in, beside the event loop; each function is a task of `offload/`."""

import json
from typing import Any

from nexus_server.characters import UNSTORABLE, may_hold_unstorable, without
from nexus_server.errors import InvalidError, MalformedError
from nexus_server.json_scan import check_size, in_utf8
from nexus_server.notebook_format.json_text import read_json
from nexus_server.notebook_format.notebooks import parse_notebook
from nexus_server.notebook_format.slimming import acceptable, fit
from nexus_server.submissions.errors import PracticeCopyError

#: values of a notebook's JSON
MAX_VALUES = 1_000_000
#: levels of nesting; deeper than this is nobody's notebook
MAX_DEPTH = 200


def read_submission(raw: bytes, *, max_bytes: int) -> tuple[bool, bytes]:
    """Read the body of a submission: whether there is a notebook in it, and the notebook as it is stored.

    Raises:
        MalformedError, TooManyValuesError: the body is not JSON, or holds too much.
        InvalidError: it has other fields.
        NotANotebookError, NotebookTooLargeError, PracticeCopyError
    """
    check_size(raw, max_values=MAX_VALUES, max_depth=MAX_DEPTH)
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise MalformedError("The body is not JSON.") from None
    if may_hold_unstorable(raw):
        body = without(UNSTORABLE, body)
    del raw
    notebook = _notebook_of(body)
    if notebook is None:
        return False, b""
    del body
    data = as_bytes(notebook)
    del notebook
    return True, _handed_in(data, max_bytes)


def check_notebook(data: bytes, *, max_bytes: int) -> tuple[None, bytes]:
    """Return a notebook as it was sent, or without outputs where it has more than `max_bytes`.

    Raises:
        NotANotebookError, NotebookTooLargeError, TooManyValuesError, PracticeCopyError
    """
    check_size(in_utf8(data), max_values=MAX_VALUES, max_depth=MAX_DEPTH)
    return None, _handed_in(data, max_bytes)


def with_fitting_outputs(data: bytes, *, max_bytes: int) -> tuple[None, bytes]:
    """Return a stored notebook with the outputs that fit into `max_bytes`; a note stands for each of the others.

    Raises:
        NotANotebookError
        NotebookTooLargeError: it has more without any output.
    """
    return None, fit(parse_notebook(data, keep_outputs=True), max_bytes).data


def without_outputs(data: bytes) -> tuple[None, bytes]:
    """Return a stored notebook without its outputs, and else as it is: they are most of its bytes.

    Raises:
        NotANotebookError
    """
    content = read_json(data)
    sheets = content.get("worksheets")
    for holder in (content, *(sheets if isinstance(sheets, list) else ())):
        cells = holder.get("cells") if isinstance(holder, dict) else None
        for cell in cells if isinstance(cells, list) else ():
            if isinstance(cell, dict) and "outputs" in cell:
                cell["outputs"] = []  # that there were some says what kind of cell it is
    return None, json.dumps(content).encode()


def as_bytes(notebook: dict[str, Any]) -> bytes:
    """Return a notebook as it is stored: equal notebooks are the same bytes."""
    return json.dumps(notebook, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode(
        "utf-8", errors="surrogatepass"
    )


def _handed_in(data: bytes, max_bytes: int) -> bytes:
    kept = acceptable(data, max_bytes)
    if b'"practice"' in data:  # most notebooks need not be read once more
        ours = parse_notebook(data).metadata.get("nexus")
        if isinstance(ours, dict) and ours.get("practice") is True:
            raise PracticeCopyError
    return kept


def _notebook_of(body: Any) -> dict[str, Any] | None:
    if not isinstance(body, dict):
        raise InvalidError(fields={"body": "Input should be a JSON object"})
    unknown = {name: "Extra inputs are not permitted" for name in body if name != "notebook"}
    if unknown:
        raise InvalidError(fields=unknown)
    notebook = body.get("notebook")
    if notebook is not None and not isinstance(notebook, dict):
        raise InvalidError(fields={"notebook": "Input should be a JSON object"})
    return notebook
