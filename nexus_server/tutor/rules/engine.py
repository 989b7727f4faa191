"""The rule-based tutor: explains an error without any model, and never shows a solution. Pure."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from nexus_server.languages import UserLanguage
from nexus_server.phrases import phrase
from nexus_server.tutor.failure import Failure, Language
from nexus_server.tutor.rules import bash as static_bash
from nexus_server.tutor.rules import blocks as static_blocks
from nexus_server.tutor.rules import c as static_c
from nexus_server.tutor.rules import calls as static_calls
from nexus_server.tutor.rules import classes as static_classes
from nexus_server.tutor.rules import formatting as static_formatting
from nexus_server.tutor.rules import iteration as static_iteration
from nexus_server.tutor.rules import javascript as static_javascript
from nexus_server.tutor.rules import javascript_names as static_javascript_names
from nexus_server.tutor.rules import javascript_syntax as static_javascript_syntax
from nexus_server.tutor.rules import javascript_values as static_javascript_values
from nexus_server.tutor.rules import libraries as static_libraries
from nexus_server.tutor.rules import lookups as static_lookups
from nexus_server.tutor.rules import names as static_names
from nexus_server.tutor.rules import numpy_types as static_numpy_types
from nexus_server.tutor.rules import octave as static_octave
from nexus_server.tutor.rules import operators as static_operators
from nexus_server.tutor.rules import plots as static_plots
from nexus_server.tutor.rules import r as static_r
from nexus_server.tutor.rules import raised as static_raised
from nexus_server.tutor.rules import rare_calls as static_rare_calls
from nexus_server.tutor.rules import rare_syntax as static_rare_syntax
from nexus_server.tutor.rules import removed as static_removed
from nexus_server.tutor.rules import results as static_results
from nexus_server.tutor.rules import runtime as static_runtime
from nexus_server.tutor.rules import spelling as static_spelling
from nexus_server.tutor.rules import sql as static_sql
from nexus_server.tutor.rules import standard_library as static_standard_library
from nexus_server.tutor.rules import syntax as static_syntax
from nexus_server.tutor.rules import table_types as static_table_types
from nexus_server.tutor.rules import tables as static_tables
from nexus_server.tutor.rules import text as static_text
from nexus_server.tutor.rules import types as static_types
from nexus_server.tutor.rules import values as static_values
from nexus_server.tutor.rules.rule import Explanation, Rule, code, concept_text, place, with_concept
from nexus_server.tutor.rules.topics import topic_of

#: tried in order: the first rule that fits explains, so the more specific ones come first
RULES: tuple[Rule, ...] = (
    *static_removed.RULES,
    *static_plots.RULES,
    *static_tables.RULES,
    *static_table_types.RULES,
    *static_numpy_types.RULES,
    *static_libraries.RULES,
    *static_results.RULES,
    *static_classes.RULES,
    *static_iteration.RULES,
    *static_formatting.RULES,
    *static_standard_library.RULES,
    *static_raised.RULES,
    *static_names.RULES,
    *static_spelling.RULES,
    *static_blocks.RULES,
    *static_text.RULES,
    *static_rare_syntax.RULES,
    *static_syntax.RULES,
    *static_operators.RULES,
    *static_types.RULES,
    *static_calls.RULES,
    *static_lookups.RULES,
    *static_values.RULES,
    *static_runtime.RULES,
    *static_rare_calls.RULES,
    *static_javascript_names.RULES,
    *static_javascript_values.RULES,
    *static_javascript_syntax.RULES,
    *static_javascript.RULES,
    *static_sql.RULES,
    *static_bash.RULES,
    *static_c.RULES,
    *static_r.RULES,
    *static_octave.RULES,
)


def explain(failure: Failure) -> Explanation:
    """Return what the failure means, in four levels; an unknown error gets honest general advice."""
    try:
        found = next((e for rule in RULES if (e := rule.explain(failure))), None)
        if found is not None and (topic := topic_of(found.rule, failure)) is not None:
            found = with_concept(found, topic, failure)
    except RecursionError:
        # Code that is nested hundreds of levels deep can be parsed, but not looked into.
        found = None
    return found or _generic(failure)


def explain_task(
    _body: bytes, *, reader: UserLanguage, language: str | None, other_cells: Sequence[str] = (), **failure: str
) -> tuple[dict[str, Any], bytes]:
    """`explain` as a task of `offload/`: a failure's fields in, an explanation's fields out, in `reader`'s words."""
    known = Language(language) if language else None
    found = explain(Failure(**failure, language=known, other_cells=tuple(other_cells)))
    return asdict(found.in_language(UserLanguage(reader))), b""


def _generic(failure: Failure) -> Explanation:
    known = place(failure, failure.line_number)
    says = phrase(" It says: {message}.", message=code(failure.message)) if failure.message else ""
    means = phrase(
        "The cell stopped {where} with the error {ename}.{says} "
        "I have no special explanation for this one; what follows is general advice.",
        where=known["where"],
        ename=code(failure.ename),
        says=says,
    )
    look = phrase(
        "{look} The last line of the error message tells what went wrong; the lines above it tell the way "
        "there. Find the last line that belongs to your own code, and print the values that it uses.",
        look=known["look"],
    )
    step = phrase(
        "Make the problem smaller: copy the line into a new cell, put simple values in the place of its parts, and add "
        "the parts back one by one until the error comes again. The last part that you added is the one to look at."
    )
    concept = "reading error messages"
    levels = (means, look, concept_text(concept, failure), step)
    return Explanation("generic", concept, levels, failure.line_number, is_general=True)
