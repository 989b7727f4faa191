"""The types of account fields in requests."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from nexus_server.accounts.fields import clean_name, is_email, is_timezone, normalise_email


def _check_email(value: str) -> str:
    email = normalise_email(value)
    if not is_email(email):
        raise ValueError("This is not an e-mail address.")
    return email


def _check_name(value: str) -> str:
    if not clean_name(value):
        raise ValueError("A name needs at least one visible character.")
    return clean_name(value)


def _check_timezone(value: str) -> str:
    if not is_timezone(value):
        raise ValueError("This is not an IANA time zone, such as Europe/Berlin.")
    return value


Email = Annotated[str, StringConstraints(max_length=300), AfterValidator(_check_email)]
DisplayName = Annotated[str, StringConstraints(min_length=1, max_length=80), AfterValidator(_check_name)]
Timezone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_check_timezone)]
Password = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
