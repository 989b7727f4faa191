"""What went wrong, in the language of whoever asks."""

from collections.abc import Mapping
from typing import Any

from nexus_server.languages import UserLanguage, translate
from nexus_server.phrases import gettext_noop

#: what HTTP calls the statuses that Tornado and Jupyter Server answer with
STATUS_WORDS = {
    400: gettext_noop("Bad Request"),
    401: gettext_noop("Unauthorized"),
    403: gettext_noop("Forbidden"),
    404: gettext_noop("Not Found"),
    405: gettext_noop("Method Not Allowed"),
    413: gettext_noop("Request Entity Too Large"),
    500: gettext_noop("Internal Server Error"),
    503: gettext_noop("Service Unavailable"),
}


def problem_of(code: str, message: str, details: Mapping[str, object], language: UserLanguage) -> dict[str, Any]:
    """Return an error in the contract's shape."""
    return {"code": code, "message": translate(message, language), "details": _details_in(details, language)}


def _details_in(details: Mapping[str, object], language: UserLanguage) -> dict[str, Any]:
    shown: dict[str, Any] = dict(details)
    fields = shown.get("fields")
    if isinstance(fields, list):
        shown["fields"] = [_field_in(field, language) for field in fields]
    return shown


def _field_in(field: Any, language: UserLanguage) -> Any:
    if not isinstance(field, dict) or not isinstance(field.get("message"), str):
        return field
    return {**field, "message": translate(field["message"], language)}
