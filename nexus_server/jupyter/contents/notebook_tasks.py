"""What is done to learners' files beside the event loop; each function is a task of `offload/`."""

import json
from collections.abc import Mapping
from typing import Any

from nbformat import NotebookNode

from nexus_server.characters import UNENCODABLE, may_hold_unstorable, without
from nexus_server.errors import MalformedError
from nexus_server.json_scan import check_size, in_utf8
from nexus_server.jupyter.contents import models
from nexus_server.jupyter.contents.models import BadContentError, Model
from nexus_server.jupyter.contents.notary import TrustStore
from nexus_server.notebook_format.comparing import work_digest
from nexus_server.notebook_format.json_text import read_json
from nexus_server.notebook_format.notebooks import clean_notebook
from nexus_server.notebook_format.slimming import Fitted, fit, notebook_bytes, told
from nexus_server.web.json_body import MAX_JSON_DEPTH, check_body

#: a learner's `TrustStore`, as it crosses to a task
Told = dict[str, Any]
#: values of a request's JSON, or of a notebook's: a picture is one, a table of numbers in an output has many
MAX_VALUES = 1_000_000
#: cells of a notebook that is saved or opened; far fewer can be handed in
MAX_CELLS = 10_000


def read_model(raw: bytes, *, trust: Told, max_bytes: int) -> tuple[Model | None, bytes]:
    """Read the body of a request that saves something; its content is returned apart, as it is written to the file.

    The model's `has_content` says whether there is one, even an empty one. Its `message` says which outputs of a
    notebook were left out, because it has more than `max_bytes`. Its `work` is the digest of what is written in one.

    Raises:
        MalformedError, TooManyValuesError: it is not JSON, or holds too much.
        BadContentError, NotANotebookError, NotebookTooLargeError: the content does not fit the type.
    """
    model = check_body(_parse(raw))
    del raw
    if not model or model.get("content") is None or model.get("type") == "directory":
        return model, b""
    content = model.pop("content")
    if model.get("type") == "notebook":
        said, data = _prepare(content, TrustStore.read(trust), max_bytes)
        return model | {"has_content": True} | said, data
    return model | {"has_content": True}, models.file_bytes(content, model.get("format"))


def prepare_notebook(raw: bytes, *, trust: Told, max_bytes: int) -> tuple[dict[str, Any], bytes]:
    """Return the notebook as it is written to a file, and before it `message` and `work` as `read_model` does.

    Raises:
        BadContentError, NotANotebookError, NotebookTooLargeError
    """
    return _prepare(_parse(raw), TrustStore.read(trust), max_bytes)


def open_notebook(data: bytes, *, trust: Told, max_bytes: int) -> tuple[str | None, bytes]:
    """Return which outputs of a notebook's file are not shown, and the notebook as JSON for its learner's page.

    Raises:
        NotANotebookError, NotebookTooLargeError
        TooManyValuesError: it holds too much.
    """
    check_size(in_utf8(data), max_values=MAX_VALUES, max_depth=MAX_JSON_DEPTH)
    content = read_json(data)
    del data
    notebook, fitted = _fitted(content, max_bytes)
    del content
    notary = TrustStore.read(trust).notary()
    notary.mark_cells(notebook, notary.check_signature(notebook))
    return told(fitted, max_bytes), _encode(notebook)


def trust_notebook(data: bytes, *, trust: Told, max_bytes: int) -> tuple[None, bytes]:
    """Trust a notebook as it is in its file.

    Raises:
        NotANotebookError, NotebookTooLargeError, TooManyValuesError
    """
    check_size(in_utf8(data), max_values=MAX_VALUES, max_depth=MAX_JSON_DEPTH)
    notebook, _ = _fitted(read_json(data), max_bytes)
    TrustStore.read(trust).notary().sign(notebook)
    return None, b""


def _parse(raw: bytes) -> Any:
    check_size(raw, max_values=MAX_VALUES, max_depth=MAX_JSON_DEPTH)
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        raise MalformedError("The body is not JSON in UTF-8.") from None
    return without(UNENCODABLE, value) if may_hold_unstorable(raw) else value


def _prepare(content: Any, trust: TrustStore, max_bytes: int) -> tuple[dict[str, Any], bytes]:
    if not isinstance(content, dict):
        raise BadContentError("The content is not a notebook.")
    notebook, fitted = _fitted(content, max_bytes)
    del content
    notary = trust.notary()
    if notary.check_cells(notebook):  # this takes the marks out, which must not come into the file
        notary.sign(notebook)
    return {"message": told(fitted, max_bytes), "work": work_digest(notebook)}, notebook_bytes(notebook)


def _fitted(content: Mapping[str, Any], max_bytes: int) -> tuple[NotebookNode, Fitted]:
    notebook = clean_notebook(content, keep_outputs=True, keep_minor=True, max_cells=MAX_CELLS)
    return notebook, fit(notebook, max_bytes)


def _encode(notebook: Any) -> bytes:
    try:
        return json.dumps(notebook, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # a file can name halves of characters by their escapes
        return json.dumps(notebook).encode()
