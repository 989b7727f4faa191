"""Rules for matplotlib."""

import re
from collections.abc import Mapping

from nexus_server.phrases import gettext_noop, phrase
from nexus_server.tutor.failure import Failure
from nexus_server.tutor.rules.rule import Rule, code, own_words
from nexus_server.tutor.rules.source_facts import nearest
from nexus_server.tutor.rules.tables import raised_in

_SETTERS = {"xlabel", "ylabel", "title", "xlim", "ylim", "xticks", "yticks", "xscale", "yscale"}
_NAMES = (
    *("plot", "scatter", "bar", "barh", "hist", "pie", "boxplot", "imshow", "show", "figure", "subplots", "subplot"),
    *("xlabel", "ylabel", "title", "legend", "grid", "xlim", "ylim", "xticks", "yticks", "savefig", "text", "annotate"),
)


def _axes(failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    if "ndarray" in (match["type"] or ""):
        if "subplots" not in failure.cell_source:
            return None
        return {
            "similar": phrase("`plt.subplots` with several rows or columns gives an array of axes. Choose one of them.")
        }
    if match["name"] in _SETTERS:
        return {"similar": phrase("Axes have it under another name: {name}.", name=code("set_" + match["name"]))}
    near = nearest(match["name"], [*_NAMES, *(f"set_{name}" for name in _SETTERS)])
    return {
        "similar": phrase("There is a similar name: {near}.", near=code(near))
        if near
        else phrase("Check the spelling.")
    }


def _module(_failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    near = nearest(match["name"], _NAMES)
    if match["module"] == "matplotlib":
        return {"similar": phrase("The functions that draw are in `matplotlib.pyplot`, not in `matplotlib` itself.")}
    return {
        "similar": phrase("There is a similar name: {near}.", near=code(near))
        if near
        else phrase("Check the spelling.")
    }


def _drawn(failure: Failure, _match: re.Match[str]) -> Mapping[str, str] | None:
    return (
        {}
        if re.search(r"/(?:matplotlib|pandas/plotting)/", failure.traceback)
        or re.search(r"\b(?:plt|ax\w*|axs\[.*\])\.", failure.bad_line)
        else None
    )


def _set_method(failure: Failure, _match: re.Match[str]) -> Mapping[str, str] | None:
    found = re.search(r"\.(\w+)\(", failure.bad_line)
    return {"name": code(found[1]), "setter": code(f"set_{found[1]}")} if found else None


def _in_matplotlib(failure: Failure, _match: re.Match[str]) -> Mapping[str, str] | None:
    return {} if raised_in(failure, "matplotlib") else None


_PLOTS = "plots (matplotlib)"
RULES = (
    Rule(
        id="plot-lengths",
        enames=("ValueError",),
        pattern=r"x and y must (?:have same first dimension|be the same size)|shape mismatch: objects cannot be "
        r"broadcast"
        r"|'c' argument has|number of FixedLocator|must have the same (?:length|size)|must be (?:of )?the same length",
        concept=_PLOTS,
        facts=_drawn,
        means="A plot {where} gets lists of different lengths. Each point needs one value from each of them.",
        look="{look} Print `len(...)` of each list. The message names both lengths.",
        step="Find out which list is too long or too short, and where it was made.",
    ),
    Rule(
        id="plot-argument",
        enames=("AttributeError", "TypeError"),
        pattern=r"^(?P<kind>Line2D|Rectangle|Text|PathCollection|\w+)\.set\(\) got an unexpected keyword "
        r"argument '(?P<name>\w+)'",
        concept=_PLOTS,
        facts=lambda _f, m: {
            "similar": phrase("There is a similar one: {near}.", near=code(near))
            if (
                near := nearest(
                    m["name"],
                    ("color", "linewidth", "linestyle", "marker", "markersize", "label", "alpha", "fontsize", "s"),
                )
            )
            else phrase("`help(plt.plot)` lists those that exist.")
        },
        means="The plot {where} knows no argument called {name}.",
        look="{look} {similar} Spelling is American: `color`, `gray`, `center`.",
        step="Use a name that exists, for example `color=`, `linewidth=`, `markersize=`, `label=`.",
    ),
    Rule(
        id="plot-value",
        enames=("ValueError", "OSError", "KeyError"),
        pattern=r"^(?P<value>.+?) is not a valid (?P<what>value for \w+|format string|package style|estimator"
        r"|plot kind|marker)"
        r"|^Unrecognized (?P<what2>marker style|string) (?P<value2>'.+?')|^Format (?P<value3>'.+?') is not supported"
        r"|not a valid value for|Invalid RGBA argument: (?P<value4>.+)"
        r"|must be a valid colou?r|could not be interpreted as colou?r",
        concept=_PLOTS,
        facts=lambda _f, m: {
            "value": own_words(m["value"] or m["value2"] or m["value3"] or m["value4"] or gettext_noop("This value"))
        },
        means="{value} {where} is not a value that matplotlib knows here.",
        look="{look} The message names what is possible, or something similar.",
        step="Choose one of the possible values. Colours have English names, or a code such as `'#ff8800'`.",
    ),
    Rule(
        id="plot-axes-array",
        enames=("AttributeError",),
        pattern=r"'(?P<type>numpy\.ndarray|Axes|AxesSubplot|Figure)' object has no attribute '(?P<name>\w+)'",
        concept=_PLOTS,
        facts=_axes,
        means="What the plot is drawn on {where} has nothing called {name}.",
        look="{look} {similar}",
        step="Axes are used one at a time: `ax[0].plot(...)`. On axes, labels and limits are set by names with `set_`.",
    ),
    Rule(
        id="plot-setter",
        enames=("TypeError",),
        pattern=r"'(?P<type>Text|XAxis|YAxis)' object is not callable",
        concept=_PLOTS,
        facts=_set_method,
        means="{name} {where} is a part of the axes, not a function.",
        look="{look} On axes the function has a name of its own: {setter}.",
        step="Use the name with `set_` on axes, and the short one only with `plt`.",
    ),
    Rule(
        id="plot-subplot",
        enames=("ValueError", "IndexError"),
        pattern=r"num must be an integer with 1 <= num <= (?P<most>\d+)",
        concept=_PLOTS,
        means="The subplot {where} does not exist: there are {most}, counted from 1.",
        look="{look} The three numbers are rows, columns, and which one.",
        step="Make more rows or columns, or choose a number up to {most}.",
    ),
    Rule(
        id="plot-name",
        enames=("AttributeError",),
        pattern=r"module '(?P<module>matplotlib(?:\.pyplot)?)' has no attribute '(?P<name>\w+)'",
        concept=_PLOTS,
        facts=_module,
        means="{module} has nothing called {name}; it is asked for {where}.",
        look="{look} {similar}",
        step="The usual line at the top is `import matplotlib.pyplot as plt`. Type `plt.` and press Tab to see "
        "what there is.",
    ),
    Rule(
        id="plot-data",
        enames=("TypeError", "ValueError"),
        pattern=r"no numeric data to plot|Invalid shape .* for image data|could not be cast to an at-least-1D"
        r"|non negative values"
        r"|inhomogeneous|Image data of dtype|Wedge sizes",
        concept=_PLOTS,
        facts=_drawn,
        means="The data of the plot {where} has the wrong form: it must be numbers, in the shape that this plot needs.",
        look="{look} Print the data and its shape. Lines need one list of numbers, images a table of numbers.",
        step="Convert texts to numbers first, and check that all rows have the same length.",
    ),
    Rule(
        id="plot-other",
        enames=("TypeError", "ValueError", "AttributeError", "KeyError", "IndexError"),
        # a value that is missing is no matter of plots
        pattern=r"^(?!.* missing \d+ required)",
        concept=_PLOTS,
        facts=_in_matplotlib,
        is_general=True,
        means="matplotlib cannot draw what is asked for {where}: one of the values does not fit.",
        look="{look} Which value of this line is not of the kind that the plot needs?",
        step="Take the arguments away one by one until it draws; the last one that you took away is the one to "
        "look at.",
    ),
)
