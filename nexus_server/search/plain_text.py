"""What a reader sees of Markdown, without its marks: what is searched and shown around a word."""

from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

_MARKDOWN = MarkdownIt("commonmark").enable("table")


def text_of(markdown: str) -> str:
    """Return the text of each block, code included, on lines of its own."""
    return "\n".join(_texts(_MARKDOWN.parse(markdown)))


def _texts(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("fence", "code_block"):
            yield token.content.rstrip()
        elif token.type == "inline":
            yield "".join(_shown(child) for child in token.children or ())


def _shown(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return " "
    return token.content if token.type in ("text", "code_inline", "image") else ""
