"""JSON bodies of Jupyter's own API, which its handlers take as they come: a wrong type there would be a 500."""

from typing import Any

from tornado.web import HTTPError

#: levels of nesting in a body: what copies, signs and validates a notebook walks it by recursion
MAX_JSON_DEPTH = 200
#: values in a body that is parsed on the event loop
MAX_JSON_VALUES = 20_000
#: fields of all of Jupyter's requests, with the types that its handlers can bear
FIELD_TYPES: dict[str, type | tuple[type, ...]] = {
    "path": str,
    "name": str,
    "type": str,
    "format": str,
    "mimetype": str,
    "ext": str,
    "copy_from": str,
    "chunk": int,
    "kernel": dict,
    "kernel_id": str,
    "notebook": dict,
    "raw": str,
}


def check_body(body: Any) -> dict[str, Any] | None:
    """Return the body.

    Raises:
        HTTPError: 400 it is not an object, or a known field has another type.
    """
    if body is None:
        return None
    if not isinstance(body, dict):
        raise HTTPError(400, "The body is not a JSON object.")
    for name, value in body.items():
        expected = FIELD_TYPES.get(name)
        if value is not None and expected is not None and not isinstance(value, expected):
            raise HTTPError(400, f"The field {name} has the wrong type.")
    return body
