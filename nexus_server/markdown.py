"""Markdown in, safe HTML out: the one renderer for notes, quizzes, the forum and the tutor.

Two lines of defence: markdown-it-py leaves raw HTML out unless the text is an author's, and nh3 (ammonia) then keeps an
allow-list of tags, attributes and URL schemes, whatever the text was.
"""

import html
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

#: maps a relative URL of the text to where it is served; None drops it
RewriteUrl = Callable[[str], str | None]

URL_SCHEMES = {"http", "https", "mailto"}
_TAGS = nh3.ALLOWED_TAGS - {"area", "center", "map", "nav", "rtc", "tt"}


def _attributes() -> dict[str, set[str]]:
    attributes = deepcopy(nh3.ALLOWED_ATTRIBUTES)
    attributes["code"] = {"class"}
    attributes["a"] = attributes["a"] | {"title"}
    attributes["img"] = attributes["img"] | {"title"}
    for tag in ("span", "div"):
        attributes[tag] = {"class"}
    for tag in ("th", "td"):
        attributes[tag] = attributes[tag] | {"style"}
    return attributes


_ATTRIBUTES = _attributes()
_CLASSES = {"math", "inline", "block"}
_RAW_HTML = ("html_block", "html_inline")


#: brackets and bare links of a learner's text; with more of them it has no links, but all its words
MAX_BRACKETS = 200
MAX_BARE_LINKS = 100


def render(text: str, *, author: bool = False, rewrite: RewriteUrl | None = None) -> str:
    """Return `text` as sanitised HTML.

    Args:
        text: Markdown (CommonMark with tables, strikethrough, bare links, and ``$math$`` left for the page's MathJax).
        author: whether an instructor wrote it: harmless raw HTML and images are kept. Everybody else's are not.
        rewrite: where a relative link or image leads; without it relative URLs are dropped.
    """
    # Each opening bracket is tried against the whole rest of the text, and each bare link is looked for again.
    has_links = author or text.count("[") <= MAX_BRACKETS
    has_bare_links = author or sum(map(text.count, ("://", "www.", "@"))) <= MAX_BARE_LINKS
    return nh3.clean(
        _parser(author=author, has_links=has_links, has_bare_links=has_bare_links).render(text),
        tags=_TAGS if author else _TAGS - {"img"},
        attributes=_ATTRIBUTES,
        attribute_filter=_filter_attribute,
        filter_style_properties={"text-align"},
        url_schemes=URL_SCHEMES,
        url_relative=rewrite or "deny",
        link_rel="noopener noreferrer nofollow" if not author else "noopener noreferrer",
    )


def render_task(body: bytes) -> tuple[None, bytes]:
    """`render` of a learner's text as a task of `offload/`: UTF-8 in and out."""
    return None, render(body.decode()).encode()


@lru_cache(maxsize=8)
def _parser(*, author: bool, has_links: bool = True, has_bare_links: bool = True) -> MarkdownIt:
    parser = MarkdownIt("gfm-like", {"html": author, "linkify": has_bare_links})
    if not has_links:
        parser.disable(["link", "image"])
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
    parser.add_render_rule("math_inline", _render_math("span", "inline", "$"))
    parser.add_render_rule("math_inline_double", _render_math("span", "inline", "$$"))
    parser.add_render_rule("math_block", _render_math("div", "block", "$$"))
    return parser


def _render_math(tag: str, kind: str, dollars: str) -> Callable[..., str]:
    # The page typesets: the dollars stay, and the formula is text, so nothing in it can be markup.
    def rule(_renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
        formula = html.escape(tokens[index].content)
        return f'<{tag} class="math {kind}">{dollars}{formula}{dollars}</{tag}>'

    return rule


def _filter_attribute(tag: str, attribute: str, value: str) -> str | None:
    if attribute != "class":
        return value
    if tag == "code":
        return value if value.startswith("language-") else None
    kept = [name for name in value.split() if name in _CLASSES]
    return " ".join(kept) or None


@dataclass(frozen=True, slots=True)
class Link:
    """A link or an image of a text. `line` counts from 1; `alt` is what an image says to those who don't see it."""

    line: int
    target: str
    is_image: bool = False
    alt: str = ""


def find_links(text: str) -> list[Link]:
    """Return every link and image of a Markdown text, those in raw HTML too, for checks."""
    found: list[Link] = []
    for line, token in _pieces(text):
        if token.type == "image":
            found.append(Link(line, str(token.attrs.get("src", "")), is_image=True, alt=token.content))
        elif token.type == "link_open":
            found.append(Link(line, str(token.attrs.get("href", ""))))
        elif token.type in _RAW_HTML:
            found += _HtmlLinks(line).find(token.content)
    return found


def heading_fragments(text: str) -> list[str]:
    """Return each heading of a Markdown text as a link's fragment: `## Look here!` is `#look-here`."""
    pairs = pairwise(_parser(author=True).parse(text))
    heads = [inner.children or [] for outer, inner in pairs if outer.type == "heading_open"]
    return [f"#{_fragment(''.join(part.content for part in parts))}" for parts in heads]


def _fragment(heading: str) -> str:
    kept = "".join(sign for sign in heading.lower() if sign.isalnum() or sign in "_-" or sign.isspace())
    return "-".join(kept.split())


def find_unsafe_html(text: str) -> list[tuple[int, str]]:
    """Return each piece of raw HTML that `render` would change, with its line number (from 1)."""
    return [(line, token.content.strip()) for line, token in _pieces(text) if _is_unsafe(token)]


def _pieces(text: str) -> Iterator[tuple[int, Token]]:
    """Yield what a text consists of, with its line number (from 1)."""
    line = 1
    for block in _parser(author=True).parse(text):
        # The cells of a table don't know their line; the row before them does.
        line = block.map[0] + 1 if block.map else line
        yield line, block
        here = line
        for token in block.children or []:
            here += token.type in ("softbreak", "hardbreak")
            yield here, token


class _HtmlLinks(HTMLParser):
    """Finds the links and images of one piece of raw HTML."""

    def __init__(self, first_line: int) -> None:
        super().__init__()
        self._before = first_line - 1
        self._found: list[Link] = []

    def find(self, markup: str) -> list[Link]:
        self.feed(markup)
        self.close()
        return self._found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values, line = dict(attrs), self._before + self.getpos()[0]
        if tag == "img":
            self._found.append(Link(line, values.get("src") or "", is_image=True, alt=values.get("alt") or ""))
        elif tag == "a" and values.get("href"):
            self._found.append(Link(line, values["href"] or ""))


def _is_unsafe(token: Token) -> bool:
    if token.type not in _RAW_HTML:
        return False
    dropped: list[str] = []

    def note(tag: str, attribute: str, value: str) -> str | None:
        kept = _filter_attribute(tag, attribute, value)
        if kept != value:
            dropped.append(attribute)
        return kept

    lenient: Mapping[str, set[str]] = _ATTRIBUTES
    cleaned = nh3.clean(token.content, tags=_TAGS, attributes=dict(lenient), attribute_filter=note, link_rel=None)
    return bool(dropped) or _shape(cleaned) < _shape(token.content)


def _shape(markup: str) -> tuple[int, int]:
    # Sanitising may rewrite harmless details (quotes, closing tags); losing a tag or an attribute is what matters.
    opened = sum(1 for part in markup.split("<")[1:] if part[:1].isalpha())
    return opened, markup.count('="') + markup.count("='")
