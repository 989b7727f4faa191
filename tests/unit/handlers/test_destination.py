import pytest

from nexus_server.handlers.destination import safe_destination


@pytest.mark.parametrize(
    "wanted", ["/lab", "/lab/tree/a.ipynb?x=1#y", "/lab?reset", "/base/lab", "/nexus/learn", "/nexus/learn/forum"]
)
def test_a_path_of_this_site_is_kept(wanted: str) -> None:
    assert safe_destination(wanted, "/") == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        None,
        "",
        "/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "lab",
        "/nexus/login?next=/lab",
        "/nexus/learned",
        "/login",
        "/logout",
        "/" + "x" * 3000,
    ],
)
def test_anything_else_leads_to_where_the_person_learns(wanted: str | None) -> None:
    assert safe_destination(wanted, "/") == "/nexus"


def test_a_site_below_a_path_keeps_to_it() -> None:
    assert safe_destination("/other/app", "/base/") == "/base/nexus"
    assert safe_destination("/base/lab/tree", "/base/") == "/base/lab/tree"
