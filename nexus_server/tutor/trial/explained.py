"""What a trial found, as four levels of help. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from nexus_server.phrases import Phrase, gettext_noop, phrase
from nexus_server.tutor.failure import Failure
from nexus_server.tutor.rules.results import RULES
from nexus_server.tutor.rules.rule import Explanation, code, concept_text
from nexus_server.tutor.trial.trial import TrialFinding, TrialKind


@dataclass(frozen=True, slots=True)
class _Kind:
    """The texts of one kind of mistake."""

    concept: str
    #: behind the sentence that says what was given and what expected
    means: str
    #: what to look for, where no rule finds the place
    look: str
    step: str
    #: the rule that finds the place in the learner's function
    rule: str


_KINDS: Mapping[TrialKind, _Kind] = {
    TrialKind.PRINTED: _Kind(
        "None and return values",
        gettext_noop("It shows {printed} on the screen, but gives nothing back."),
        gettext_noop("Where does the function show its result in place of giving it back?"),
        gettext_noop(
            "Let the function end with `return` and the value. Whoever calls it decides whether the value is shown."
        ),
        "result-not-returned",
    ),
    TrialKind.NOTHING: _Kind(
        "None and return values",
        gettext_noop("So this call comes to an end without a `return` that gives a value."),
        gettext_noop("Go through the function for exactly this input. Which `return` does it reach?"),
        gettext_noop("Give every way through the function a `return` with a value."),
        "result-not-returned",
    ),
    TrialKind.MUTATED: _Kind(
        "things that can change",
        gettext_noop(
            "The call changes what was handed in: whoever called it has another list or dictionary afterwards."
        ),
        gettext_noop("Which line changes a parameter itself?"),
        gettext_noop("Work on a copy, or use what makes a new one, such as `sorted(...)` in place of `.sort()`."),
        "result-changed-argument",
    ),
    TrialKind.FLOAT: _Kind(
        "decimal numbers (floats)",
        gettext_noop("The two are nearly equal: decimal numbers are kept with a limited number of digits."),
        gettext_noop("Which calculation gives the number with the long tail?"),
        gettext_noop("Compare by nearness, with `math.isclose(...)`, or round where the task says so."),
        "result-float",
    ),
    TrialKind.EMPTY: _Kind(
        "conditions",
        gettext_noop("What is handed in is empty, and the function has no answer for that case."),
        gettext_noop("Go through the function with nothing in it. Which line needs at least one item?"),
        gettext_noop("Ask for the empty case first, before anything is computed, and decide what it should give."),
        "result-other",
    ),
    TrialKind.TYPE: _Kind(
        "types: text and numbers",
        gettext_noop("The two are of different kinds, even where they look alike."),
        gettext_noop("Which line makes the value that is given back, and of which type is it?"),
        gettext_noop(
            "Give back the value itself, of the kind that the task asks for. How it looks is decided where it is shown."
        ),
        "result-type",
    ),
    TrialKind.OFF_BY_ONE: _Kind(
        "loops",
        gettext_noop("That is off by one: something is counted once too often, or once too little."),
        gettext_noop("Where does the counting begin, and which is the last one? Write both down."),
        gettext_noop(
            "Go through the smallest case by hand: which numbers does the loop or the slice take? The end is left out."
        ),
        "result-range",
    ),
    TrialKind.OTHER: _Kind(
        "tests",
        "{smallest}",
        gettext_noop("Work out by hand what the function does for this input, line by line."),
        gettext_noop(
            "Put a `print` into the function for this one call, and find the first value that is not what you expect."
        ),
        "result-other",
    ),
}


def explain_finding(finding: TrialFinding, failure: Failure, static: Explanation) -> Explanation:
    """Return the finding's explanation; the place comes from the rules, which read the learner's function."""
    kind = _KINDS[finding.kind]
    found = next((e for rule in RULES if rule.id == kind.rule and (e := rule.explain(failure)) is not None), None)
    place = found or static
    smallest = phrase("A smaller input shows more: {input}.", input=code(finding.smallest)) if finding.smallest else ""
    says = Phrase(kind.means, printed=code(finding.printed), smallest=smallest)
    look = found.levels[1] if found else phrase("{look} Print the values on the way.", look=kind.look)
    gave = _gave(finding)
    means = Phrase("{gave} {says}", gave=gave, says=says) if says else gave
    levels = (means, look, concept_text(kind.concept, failure), kind.step)
    return Explanation(f"trial-{finding.kind}", kind.concept, levels, place.line)


def _gave(finding: TrialFinding) -> str:
    call, got = code(finding.call), code(finding.got)
    if finding.is_error:
        return phrase("The check calls {call}, and your function stops with {got}.", call=call, got=got)
    if finding.kind is TrialKind.MUTATED:
        expected = code(finding.expected)
        return phrase(
            "After {call} the check finds {got}, and expects {expected}.", call=call, got=got, expected=expected
        )
    if not finding.expected:
        return phrase("The check calls {call}, and your function gives {got}.", call=call, got=got)
    return phrase(
        "The check calls {call}. Your function gives {got}, and {expected} is expected.",
        call=call,
        got=got,
        expected=code(finding.expected),
    )
