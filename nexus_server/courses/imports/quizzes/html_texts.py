"""HTML of other tools' questions as Markdown: its words, code, formulas, tables and pictures."""

import html
import re
from collections.abc import Callable
from typing import Any

from markdownify import MarkdownConverter

from nexus_server.courses.imports.errors import UnreadableImportError

MAX_CHARS = 200_000
#: where a picture is, given what the HTML says; None: it did not come along
FindPicture = Callable[[str], str | None]
#: a formula ends before the next one begins, so that each character is looked at once
_MATH = re.compile(
    r"\\\((?P<inline>(?:(?!\\[()]).){1,4000})\\\)|\\\[(?P<block>(?:(?!\\[\[\]]).){1,4000})\\\]"
    r"|\$\$(?P<dollars>[^$]{1,4000})\$\$",
    re.DOTALL,
)
_HELD = re.compile(r"\ue000(\d+)\ue001")
_LANGUAGE = re.compile(r"\b(?:language|lang|brush)[-: ]\s*([A-Za-z0-9+#-]+)")
_BLANK_LINES = re.compile(r"\n{3,}")


class _Converter(MarkdownConverter):
    """Writes the Markdown that the pages here render."""

    def __init__(self, find_picture: FindPicture, lost: list[str]) -> None:
        super().__init__(
            heading_style="ATX",
            bullets="-",
            sub_symbol="<sub>",
            sup_symbol="<sup>",
            code_language_callback=_language,
            strip_document="strip",
        )
        self._find_picture = find_picture
        self._lost = lost

    def escape(self, text: str, parent_tags: set[str]) -> str:
        """Escape what Markdown would take for its own, dollars too: they mark formulas here."""
        escaped = str(super().escape(text, parent_tags)).replace("$", "\\$")  # type: ignore[misc]  # not in its stubs
        return escaped.replace("<", "&lt;")

    def convert_img(self, el: Any, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002  the library's signature
        """Return a picture of the import, a formula of Canvas', or what stands for a picture that is not here."""
        if formula := el.attrs.get("data-equation-content"):
            return f"${formula.strip()}$"
        source, alt = str(el.attrs.get("src") or ""), " ".join(str(el.attrs.get("alt") or "").split())
        place = self._find_picture(source)
        name = source.partition("?")[0].rpartition("/")[2]
        if place is None:
            self._lost.append(name or "without a name")
            return f"*[{alt or name or 'picture'}]*"
        return f"![{alt or name}]({place})"


def _language(element: Any) -> str:
    code = element.find("code")
    classes = [*element.get("class", []), *(code.get("class", []) if code else [])]
    found = _LANGUAGE.search(" ".join(classes))
    return found[1] if found else ""


def markdown_of(source: str, find_picture: FindPicture, lost: list[str]) -> str:
    """Return HTML as Markdown; pictures that did not come along are added to `lost`.

    Raises:
        UnreadableImportError: it is too long, or nested too deeply.
    """
    if len(source) > MAX_CHARS:
        raise UnreadableImportError(f"A text has over {MAX_CHARS} characters.")
    held: list[str] = []

    def hold(match: re.Match[str]) -> str:
        inline = match["inline"]
        formula = html.unescape(inline or match["block"] or match["dollars"] or "").strip()
        held.append(f"${formula}$" if inline is not None else f"$${formula}$$")
        return f"\ue000{len(held) - 1}\ue001"

    text = _MATH.sub(hold, source.replace("\ue000", "").replace("\ue001", ""))
    try:
        written = str(_Converter(find_picture, lost).convert(text))
    except RecursionError as error:
        raise UnreadableImportError("A text's HTML is nested too deeply.") from error
    written = _BLANK_LINES.sub("\n\n", written).strip()
    return _HELD.sub(lambda match: held[int(match[1])], written)


def markdown_of_plain(source: str, find_picture: FindPicture, lost: list[str]) -> str:
    """Return a plain text as Markdown that reads the same."""
    return markdown_of(html.escape(source, quote=False).replace("\n", "<br>"), find_picture, lost)
