from html.parser import HTMLParser

import pytest

from nexus_server.markdown import Link, find_links, find_unsafe_html, heading_fragments, render


class Markup(HTMLParser):
    """What a browser would see in a piece of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.values: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.values |= {value or "" for _, value in attrs}


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "<a href='jAvAsCrIpT:alert(1)'>x</a>",
        "<svg><script>alert(1)</script></svg>",
        "<iframe src='https://example.org'></iframe>",
        "<form action='/nexus/api/v1/auth/logout'><button>x</button></form>",
        "<style>body{display:none}</style>",
        "<div style='position:fixed;inset:0'>x</div>",
        "<p id='main' class='jp-Button' name='x'>x</p>",
        "$</span><script>alert(1)</script>$",
        '```html"><script>\n```',
    ],
)
@pytest.mark.parametrize("author", [True, False])
def test_nothing_active_gets_through(attack: str, *, author: bool) -> None:
    html = render(f"before\n\n{attack}\n\nafter", author=author, rewrite=lambda url: url)
    parser = Markup()
    parser.feed(html)
    assert parser.tags <= {"p", "b", "a", "img", "pre", "code", "span", "div"}
    assert parser.attributes <= {"href", "src", "rel", "class"}
    assert not any(value.lower().startswith(("javascript:", "data:")) for value in parser.values)
    assert "jp-Button" not in parser.values
    assert "before" in html
    assert "after" in html


def test_authors_keep_harmless_html_and_others_do_not() -> None:
    text = "<details><summary>More</summary>\n\n*text*\n\n</details>"
    assert "<details><summary>More</summary>" in render(text, author=True)
    assert "<details>" not in render(text)


def test_relative_urls_are_rewritten_even_in_raw_html() -> None:
    html = render('![a](../images/a.png) <img src="b.png" alt="b">', author=True, rewrite=lambda url: f"/files/{url}")
    assert 'src="/files/../images/a.png"' in html
    assert 'src="/files/b.png"' in html


def test_others_cannot_show_images() -> None:
    assert "<img" not in render("![tracker](https://example.org/pixel.gif)")


def test_math_is_left_for_the_page_and_prices_are_not_math() -> None:
    assert '<span class="math inline">$a_1 &lt; b_1$</span>' in render("so $a_1 < b_1$ holds")
    assert "math" not in render("It costs $5 here and $6 there.")


def test_tables_keep_their_alignment_and_code_its_language() -> None:
    html = render("| a |\n|--:|\n| 1 |\n\n```python\nx\n```")
    assert '<th style="text-align:right">' in html
    assert '<code class="language-python">' in html


def test_links_are_found_with_their_lines() -> None:
    found = find_links("# Title\n\nfirst\nthen ![x](y.png)\n\n[c](d.md)")
    assert found == [Link(4, "y.png", is_image=True, alt="x"), Link(6, "d.md")]


def test_links_are_found_in_tables_and_in_raw_html_too() -> None:
    table = "| a | b |\n|---|---|\n| 1 | 2 |\n| [x](y) | 3 |\n"
    raw = "<details>\n<summary>s</summary>\n<img src='a.svg'>\n</details>\n\none\n<a href='b.md'>two</a> <a>3</a>\n"
    assert find_links(table) == [Link(4, "y")]
    assert find_links(raw) == [Link(3, "a.svg", is_image=True), Link(7, "b.md")]


def test_only_html_that_would_change_is_unsafe() -> None:
    harmless = "<details>\n<summary>ok</summary>\n</details>\n\nfine <b>bold</b>"
    text = f"{harmless}\n\n<b onclick='x()'>no</b>\n\n<iframe src=x></iframe>"
    assert [line for line, _ in find_unsafe_html(text)] == [7, 9]
    assert find_unsafe_html("one\ntwo <b onclick='x()'>no</b>") == [(2, "<b onclick='x()'>")]


@pytest.mark.parametrize("unit", ["![", "[", "http://a", "a@b.c"])
def test_many_openings_and_bare_links_are_words(unit: str) -> None:
    """Such texts took seconds for twenty thousand characters, as the square of their length."""
    text = unit * (20_000 // len(unit))
    html = render(text)
    assert "<a" not in html
    assert text in html


def test_a_few_links_are_links() -> None:
    assert render("[a](https://example.org) https://example.org").count("<a") == 2


def test_headings_are_named_by_fragments() -> None:
    text = "# Look here!\n\nText\n\n## What `x % 2` *means*, 1. and √d?\n\n```\n# no heading\n```\n"
    assert heading_fragments(text) == ["#look-here", "#what-x-2-means-1-and-d"]
