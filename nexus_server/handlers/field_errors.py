"""What is wrong with a request's fields, in words for whoever sent them."""

from typing import TYPE_CHECKING

from pydantic import ValidationError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


def field_errors(error: ValidationError) -> dict[str, str]:
    """Return what is wrong by the field's path; `body` is the whole."""
    return {".".join(str(part) for part in item["loc"]) or "body": _words(item) for item in error.errors()}


def _words(item: "ErrorDetails") -> str:
    """Pydantic's message, but none that speaks of Python."""
    if item["type"] == "value_error":
        return str(item["ctx"]["error"])
    if item["type"] in ("model_type", "model_attributes_type", "dict_type"):
        return "Input should be a JSON object"
    return item["msg"]
