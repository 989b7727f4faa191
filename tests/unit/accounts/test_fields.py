"""What is an e-mail address, and when two of them are one."""

import pytest

from nexus_server.accounts.fields import is_email, normalise_email


@pytest.mark.parametrize(
    ("first", "second"),
    [("Ada@Example.ORG", "ada@example.org"), (" ada@example.org\n", "ada@example.org"), ("ÄRGER@x.de", "ärger@x.de")],
)
def test_case_and_spaces_around_make_no_difference(first: str, second: str) -> None:
    assert normalise_email(first) == normalise_email(second) == second


@pytest.mark.parametrize(
    ("theirs", "mine"),
    [
        ("ada@fußball.de", "ada@fussball.de"),
        ("ada@ban\N{KELVIN SIGN}.example", "ada@bank.example"),
        ("\N{LATIN SMALL LETTER LONG S}am@example.org", "sam@example.org"),
        ("\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}da@example.org", "ida@example.org"),
        ("ada@\N{LATIN SMALL LIGATURE FI}ne.example", "ada@fine.example"),
    ],
)
def test_a_letter_that_folds_into_another_is_another_letter(theirs: str, mine: str) -> None:
    """Who owns the first domain may prove the first address, and is not to be taken for the owner of the second."""
    assert normalise_email(theirs) != normalise_email(mine)
    assert normalise_email(normalise_email(theirs)) == normalise_email(theirs)


@pytest.mark.parametrize("email", ["ada@example.org", "a.b+c_d-e'f@sub.example.org", "ü@fußball.de", "x@1.example"])
def test_addresses(email: str) -> None:
    assert is_email(email)


@pytest.mark.parametrize(
    "email",
    ["", "ada", "ada@", "@example.org", "ada@example", "a@b@c.de", "a b@c.de", "a\n@c.de", f"{'a' * 65}@c.de"]
    + [f"{mark}x@c.de" for mark in '()<>[]:;,\\"']
    + [f"x@{mark}c.de" for mark in '()<>[]:;,\\"/'],
)
def test_what_a_header_would_read_as_something_else_is_no_address(email: str) -> None:
    assert not is_email(email)


@pytest.mark.parametrize(
    ("spelt", "stored"),
    [
        ("u\u0308mit@example.org", "\u00fcmit@example.org"),
        ("ada@xn--bcher-kva.example", "ada@b\u00fccher.example"),
        ("ada@XN--BCHER-KVA.example", "ada@b\u00fccher.example"),
        ("ada@bu\u0308cher.example", "ada@b\u00fccher.example"),
    ],
)
def test_one_address_has_one_form(spelt: str, stored: str) -> None:
    assert normalise_email(spelt) == normalise_email(stored) == stored
    assert is_email(stored)


@pytest.mark.parametrize(
    "email",
    [
        "a\u200bda@example.org",
        "ada@exam\u00adple.org",
        "ada\ufe0f@example.org",
        "ada\u202e@example.org",
        "\uff41da@example.org",
        "ada@\ufb01ne.example",
        "ada@ban\N{KELVIN SIGN}.example",
        "ada@xn--a.example",
        "ada@\u0300b.example",
        "ada@\u2603\u2603-.example",
    ],
)
def test_an_address_that_hides_something_is_none(email: str) -> None:
    assert not is_email(normalise_email(email))
