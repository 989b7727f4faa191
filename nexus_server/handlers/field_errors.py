"""What is wrong with a request's fields, in words for whoever sent them."""

from typing import TYPE_CHECKING

from pydantic import ValidationError

from nexus_server.phrases import gettext_noop, phrase

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


#: pydantic's own sentences, by the type of the fault
SENTENCES = {
    "missing": gettext_noop("Field required"),
    "extra_forbidden": gettext_noop("Extra inputs are not permitted"),
    "string_type": gettext_noop("Input should be a valid string"),
    "string_too_short": gettext_noop("String should have at least {min_length} character{expected_plural}"),
    "string_too_long": gettext_noop("String should have at most {max_length} character{expected_plural}"),
    "string_pattern_mismatch": gettext_noop("String should match pattern '{pattern}'"),
    "int_type": gettext_noop("Input should be a valid integer"),
    "int_parsing": gettext_noop("Input should be a valid integer, unable to parse string as an integer"),
    "int_from_float": gettext_noop("Input should be a valid integer, got a number with a fractional part"),
    "float_type": gettext_noop("Input should be a valid number"),
    "float_parsing": gettext_noop("Input should be a valid number, unable to parse string as a number"),
    "finite_number": gettext_noop("Input should be a finite number"),
    "bool_type": gettext_noop("Input should be a valid boolean"),
    "bool_parsing": gettext_noop("Input should be a valid boolean, unable to interpret input"),
    "greater_than": gettext_noop("Input should be greater than {gt}"),
    "greater_than_equal": gettext_noop("Input should be greater than or equal to {ge}"),
    "less_than": gettext_noop("Input should be less than {lt}"),
    "less_than_equal": gettext_noop("Input should be less than or equal to {le}"),
    "literal_error": gettext_noop("Input should be {expected}"),
    "enum": gettext_noop("Input should be {expected}"),
    "list_type": gettext_noop("Input should be a valid list"),
    "too_short": gettext_noop(
        "{field_type} should have at least {min_length} item{expected_plural} after validation, not {actual_length}"
    ),
    "too_long": gettext_noop(
        "{field_type} should have at most {max_length} item{expected_plural} after validation, not {actual_length}"
    ),
    "uuid_parsing": gettext_noop("Input should be a valid UUID, {error}"),
    "datetime_from_date_parsing": gettext_noop("Input should be a valid datetime or date, {error}"),
    "timezone_aware": gettext_noop("Input should have timezone info"),
}


def field_errors(error: ValidationError) -> dict[str, str]:
    """Return what is wrong by the field's path; `body` is the whole."""
    return {".".join(str(part) for part in item["loc"]) or "body": _words(item) for item in error.errors()}


def _words(item: "ErrorDetails") -> str:
    """Pydantic's message, but none that speaks of Python."""
    if item["type"] == "value_error":
        return str(item["ctx"]["error"])
    if item["type"] in ("model_type", "model_attributes_type", "dict_type"):
        return gettext_noop("Input should be a JSON object")
    template = SENTENCES.get(item["type"])
    if template is None:
        return item["msg"]
    # a bound of 1.0 is written as 1
    values = {name: f"{value:g}" if isinstance(value, float) else value for name, value in item.get("ctx", {}).items()}
    count = values.get("min_length", values.get("max_length"))
    return phrase(template, **{"expected_plural": "" if count == 1 else "s", **values})
