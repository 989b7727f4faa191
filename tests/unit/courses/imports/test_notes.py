"""Notes in MyST's and Quarto's Markdown read here as they did there, and what changed is said with its line."""

from pathlib import Path

import pytest
import yaml

from nexus_server.courses.imports.errors import UnreadableImportError
from nexus_server.courses.imports.formats import import_bundle
from nexus_server.courses.imports.report import ImportedStep, PartOutcome
from nexus_server.markdown import render
from nexus_server.roadmaps.files.note_file import NoteFrontMatter, split_note

MYST = """\
---
title: Means and medians
description: Which one to use
kernelspec: {name: python3}
authors: [A. Teacher]
---

(means)=
# Means and medians

% nobody reads this
The mean is {math}`\\bar{x}`; see {ref}`the median <median>` and {py:func}`~statistics.mean`.

```{note} Remember
:class: dropdown
One giant moves the mean.

```python
print("not a fence of its own")
```

```{code-cell} ipython3
:tags: [hide-output]
import statistics
statistics.mean([1, 2])
```

:::{figure} plot.png
:alt: Two bars
:width: 80%
The two of them
:::

````{exercise} A small one
Compute the {math}`x`.

```{solution} a
It is 2.
```
````

```{toctree}
other
```

```{math}
:label: eq
a^2 + b^2
```

```text
kept {as} it is
```
"""
QUARTO = """\
---
title: "Loops"
format: html
---

## Why {#sec-why .unnumbered}

::: {.callout-tip title="In short"}
Use [a loop]{.mark}.
:::

```{python}
#| label: fig-x
#| echo: false
for i in range(3):
    print(i)
```

![A line](line.png){#fig-line fig-alt="A rising line" width=50%}

See @fig-line and write to me@example.org. {{< video https://example.org/v.mp4 >}}

::: {.panel-tabset}
### One
first
:::

$$
x
$$ {#eq-x}
"""


def note(text: str, **files: bytes) -> tuple[str, ImportedStep]:
    [step] = import_bundle({"week/n.md": text.encode(), **{f"week/{name}": data for name, data in files.items()}})
    return step.content.decode(), step


def left_out(step: ImportedStep) -> list[str]:
    return [report.text for report in step.reports if report.outcome is PartOutcome.LEFT_OUT]


def test_a_note_in_myst() -> None:
    text, step = note(MYST, **{"plot.png": b"png"})
    parts = split_note(text)
    NoteFrontMatter.model_validate(yaml.safe_load(parts.front_matter))
    assert (step.title, dict(step.files)) == ("Means and medians", {"images/plot.png": b"png"})
    for kept in (
        "summary: Which one to use",
        "The mean is $\\bar{x}$; see *the median* and `statistics.mean`.",
        "> **Remember**\n>\n> One giant moves the mean.",
        "```python\nimport statistics\nstatistics.mean([1, 2])\n```",
        "![Two bars](images/plot.png)\n\n*The two of them*",
        "> **Exercise**",
        "> Compute the $x$.",
        "> <details>\n> <summary>Solution</summary>",
        "$$\na^2 + b^2\n$$",
        "```text\nkept {as} it is\n```",
    ):
        assert kept in text
    for lost in ("nobody reads", "(means)=", "toctree", ":class:", ":label:"):
        assert lost not in text
    assert left_out(step) == ["a label to refer to", "a comment", "toctree: only a book has it"]
    assert step.reports[0].text == "the front matter; left out: authors, kernelspec"


def test_a_note_in_quarto() -> None:
    text, step = note(QUARTO)
    for kept in (
        "## Why\n",
        "> **In short**\n>\n> Use a loop.",
        "```python\nfor i in range(3):\n    print(i)\n```",
        "*[A rising line]*",
        "See *fig-line* and write to me@example.org. ",
        "### One\nfirst",
        "$$\nx\n$$",
    ):
        assert kept in text
    assert ":::" not in text
    assert left_out(step) == ["the picture line.png is not here", "a shortcode, which only Quarto can run"]
    assert any("options left out: label, echo" in report.text for report in step.reports)


def test_each_block_has_the_line_where_it_begins() -> None:
    _, step = note(MYST)
    lines = MYST.split("\n")
    for report in step.reports:
        kind = report.text.split(":")[0]
        if kind in ("note", "code-cell", "figure", "exercise", "toctree", "math", "solution"):
            assert f"{{{kind}}}" in lines[int(report.place.removeprefix("line ")) - 1], report


def test_the_products_own_notes_come_back_as_they_are() -> None:
    root = Path(__file__).parents[4] / "content"
    texts = [path.read_text(encoding="utf-8") for path in sorted(root.glob("*/notes/*.md"))]
    without_pictures = [text for text in texts if "![" not in text][:12]
    assert len(without_pictures) == 12
    for text in without_pictures:
        [step] = import_bundle({"n.md": text.encode()})
        before, after = (split_note(each).markdown.split("\n") for each in (text, step.content.decode()))
        assert [line for line in after if line] == [line for line in before if line]


def test_what_is_html_stays_what_the_page_cleans() -> None:
    text, _ = note("# T\n\n:::{note}\n<script>alert(1)</script>\n:::\n")
    assert "<script" not in render(split_note(text).markdown, author=True)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff\xfe", "it is no text in UTF-8"),
        (b"---\na: [\n---\n", "its front matter is not valid YAML"),
        (b"\n".join(b":" * (60 - n) + b"{note}" for n in range(50)), "nested more than 12 deep"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(data: bytes, said: str) -> None:
    with pytest.raises(UnreadableImportError, match=said):
        import_bundle({"n.md": data})


def test_a_readme_beside_other_files_is_no_note() -> None:
    steps = import_bundle({"a/README.md": b"# About", "a/n.md": b"# One"})
    assert [step.title for step in steps] == ["One"]


@pytest.mark.parametrize("part", ["[", "![", "![](", "{{<", "{a}`", "[a]{", "{", "$$", "```{note}\n", "\n"])
def test_a_line_of_nothing_but_signs_is_read_in_one_go(part: str) -> None:
    """A pattern that looked at each sign again for each other one would not end within the time of a test."""
    text = part * 12 if "note" in part else part * (100_000 // len(part))
    assert import_bundle({"n.md": text.encode()})
