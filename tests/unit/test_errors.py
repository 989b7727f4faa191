from nexus_server.errors import InvalidError, Kind, NexusError, RateLimitedError


def test_the_docstring_is_the_default_message() -> None:
    assert NexusError().message == "Something went wrong."


def test_an_invalid_error_lists_its_fields() -> None:
    error = InvalidError(fields={"email": "is not an address"})
    assert error.details == {"fields": [{"field": "email", "message": "is not an address"}]}


def test_a_rate_limit_says_when_to_come_back() -> None:
    error = RateLimitedError(retry_after_s=7)
    assert (error.kind, error.retry_after_s) == (Kind.RATE_LIMITED, 7)
