"""What a trial found, as four levels of help. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

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
        "It shows {printed} on the screen, but gives nothing back.",
        "Where does the function show its result in place of giving it back?",
        "Let the function end with `return` and the value. Whoever calls it decides whether the value is shown.",
        "result-not-returned",
    ),
    TrialKind.NOTHING: _Kind(
        "None and return values",
        "So this call comes to an end without a `return` that gives a value.",
        "Go through the function for exactly this input. Which `return` does it reach?",
        "Give every way through the function a `return` with a value.",
        "result-not-returned",
    ),
    TrialKind.MUTATED: _Kind(
        "things that can change",
        "The call changes what was handed in: whoever called it has another list or dictionary afterwards.",
        "Which line changes a parameter itself?",
        "Work on a copy, or use what makes a new one, such as `sorted(...)` in place of `.sort()`.",
        "result-changed-argument",
    ),
    TrialKind.FLOAT: _Kind(
        "decimal numbers (floats)",
        "The two are nearly equal: decimal numbers are kept with a limited number of digits.",
        "Which calculation gives the number with the long tail?",
        "Compare by nearness, with `math.isclose(...)`, or round where the task says so.",
        "result-float",
    ),
    TrialKind.EMPTY: _Kind(
        "conditions",
        "What is handed in is empty, and the function has no answer for that case.",
        "Go through the function with nothing in it. Which line needs at least one item?",
        "Ask for the empty case first, before anything is computed, and decide what it should give.",
        "result-other",
    ),
    TrialKind.TYPE: _Kind(
        "types: text and numbers",
        "The two are of different kinds, even where they look alike.",
        "Which line makes the value that is given back, and of which type is it?",
        "Give back the value itself, of the kind that the task asks for. How it looks is decided where it is shown.",
        "result-type",
    ),
    TrialKind.OFF_BY_ONE: _Kind(
        "loops",
        "That is off by one: something is counted once too often, or once too little.",
        "Where does the counting begin, and which is the last one? Write both down.",
        "Go through the smallest case by hand: which numbers does the loop or the slice take? The end is left out.",
        "result-range",
    ),
    TrialKind.OTHER: _Kind(
        "tests",
        "{smallest}",
        "Work out by hand what the function does for this input, line by line.",
        "Put a `print` into the function for this one call, and find the first value that is not what you expect.",
        "result-other",
    ),
}


def explain_finding(finding: TrialFinding, failure: Failure, static: Explanation) -> Explanation:
    """Return the finding's explanation; the place comes from the rules, which read the learner's function."""
    kind = _KINDS[finding.kind]
    found = next((e for rule in RULES if rule.id == kind.rule and (e := rule.explain(failure)) is not None), None)
    place = found or static
    smallest = f"A smaller input shows more: {code(finding.smallest)}." if finding.smallest else ""
    says = kind.means.format(printed=code(finding.printed), smallest=smallest)
    look = found.levels[1] if found else f"{kind.look} Print the values on the way."
    means = f"{_gave(finding)} {says}".strip()
    levels = (means, look, concept_text(kind.concept, failure), kind.step)
    return Explanation(f"trial-{finding.kind}", kind.concept, levels, place.line)


def _gave(finding: TrialFinding) -> str:
    call, got = code(finding.call), code(finding.got)
    if finding.is_error:
        return f"The check calls {call}, and your function stops with {got}."
    if finding.kind is TrialKind.MUTATED:
        return f"After {call} the check finds {got}, and expects {code(finding.expected)}."
    if not finding.expected:
        return f"The check calls {call}, and your function gives {got}."
    return f"The check calls {call}. Your function gives {got}, and {code(finding.expected)} is expected."
