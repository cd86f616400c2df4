"""Whether a prediction can be judged as it is declared (rules.md 1): by itself, before anything runs.

Each generator holds one subject. What makes a later one senseless (a missing tolerance, arithmetic without
a value) is a finding of its own, so the later one then keeps silent.
"""

from __future__ import annotations

from collections.abc import Iterator

from kg import arithmetic, regions
from kg.arithmetic import FormulaError
from kg.corpus import Corpus
from kg.declarations import Control, Prediction, Requirement, Rival
from kg.fields import Setting
from kg.findings import Finding, Rule, rule
from kg.regions import FROM_RUN
from kg.sweeps import argument
from kg.terms import show

Breach = tuple[tuple[str | int, ...], Rule, str]
"""A place inside the prediction as keys of its YAML, the rule that is broken there, and the message."""

LEAST_SIZES, LEAST_SEEDS = 4, 5

MISSING = rule(
    "incomplete-declaration",
    "A prediction that a script tests declares all that its type is judged by.",
    "type: equality, tests: [{script: x, level: derived}] and no tolerance",
)
MISPLACED = rule("misplaced-field", "A prediction has the fields of its own type only.", "type: ordering, tolerance: …")
REFUTED = rule(
    "no-refutation", "A qualitative prediction says what would refute it, and nothing runs for it.", "type: qualitative"
)
TARGETS = rule("two-targets", "A prediction has one expected value or one bound.", 'expected: "1", at-most: "2"')
NO_RIVAL = rule("no-rival", "A tested prediction names at least one rival account.", "rivals: []")
RIVAL_VALUE = rule(
    "rival-without-value",
    "A rival says what it expects of the quantity: a value; of an ordering, a gap a step; of a switch, both arms.",
    "rivals: [{name: nothing happens}]",
)
TOO_CLOSE = rule(
    "rival-too-close",
    "In some condition a rival lies a tolerance or more outside the accepted region: else agreement excludes nothing.",
    'expected: "1", tolerance: {value: 0.1, …}, rivals: [{name: x, expected: "1.15"}]',
)
RIVAL_TWICE = rule("repeated-rival", "A rival's name is its own.", "rivals: [{name: lazy, …}, {name: lazy, …}]")
NO_VALUE = rule(
    "no-finite-value",
    "Arithmetic has a finite value in every condition, from settings that the conditions name and that are numbers.",
    "expected: 2/eta, conditions: [{width: 8}]",
)
RATIO = rule(
    "senseless-ratio",
    "A ratio is taken to an expected value other than 0, or to a positive bound.",
    'compare: ratio, expected: "0"',
)
TOLERANCE = rule("bad-tolerance", "A tolerance and a least gap are above 0.", "tolerance: {value: 0, why: exact}")
SEARCHED = rule(
    "searched-too-short",
    "A threshold is searched from below the accepted region and every rival to above them.",
    'expected: "4", searched: [1, 4]',
)
SIZES = rule("bad-sizes", "An exponent is fitted over four different positive sizes or more.", "over: [128, 256, 512]")
ORDER = rule("bad-order", "An ordering has two different values or more.", "order: [16]")
SEEDS = rule(
    "bad-seeds",
    "Declared looks start at 5 seeds or more and end at more; a deterministic test is one run of no seeds.",
    "seeds: {start: 3, cap: 8, why: slow}",
)
CONDITIONS = rule(
    "repeated-condition",
    "Each condition is declared once, and a setting that is varied within one is not fixed by it.",
    "conditions: [{width: 8}, {width: 8.0}]",
)
MIXED = rule(
    "mixed-setting",
    "A setting is a number in every condition, or a word in every one: the word never equals the number meant.",
    "conditions: [{top: 1}, {top: four}, {top: 16}]",
)
ARMS = rule(
    "same-arms",
    "The two arms of a switch or contrast differ, and no value of a switch's quantity is on both stated sides.",
    "contrast: {of: trained, minus: trained}",
)
ITSELF = rule(
    "on-tested-quantity",
    "A precondition, a condition on survival and a control are measured on another quantity than the tested one.",
    "quantity: loss, preconditions: [{quantity: loss, at-most: 0.1}]",
)


def check(corpus: Corpus) -> Iterator[Finding]:
    """The findings of every prediction of the corpus."""
    for address, _, prediction in corpus.predictions():
        for location, broken, message in declaration_findings(prediction):
            yield broken.at(corpus.place(address, *location), message)


def declaration_findings(prediction: Prediction) -> Iterator[Breach]:
    """Every breach of the rules of one declaration, with its place inside the prediction."""
    for subject in (_fields, _rivals, _values, _numbers, _lists, _arms, _other_quantities):
        yield from subject(prediction)


def _fields(prediction: Prediction) -> Iterator[Breach]:
    if prediction.type == "qualitative":
        if prediction.refuted_if is None:
            yield ("refuted-if",), REFUTED, "refuted-if is missing; say what would refute the prediction"
        if prediction.tests:
            yield ("tests",), REFUTED, "a qualitative prediction has no tests; take them out or choose another type"
    elif prediction.scripts:
        for names in prediction.missing:
            yield (
                (names.partition("|")[0],),
                MISSING,
                f"a tested {prediction.type} needs {names.replace('|', ' or ')}; add it",
            )
    for name in prediction.misplaced:
        reason = "; the fails arm is its control" if (prediction.type, name) == ("switch", "control") else ""
        yield (name,), MISPLACED, f"{name!r} does not belong to type {prediction.type}{reason}; take it out"
    targets = [name for name in ("expected", "at-most", "at-least") if name in prediction.given]
    for name in targets[1:]:
        yield (name,), TARGETS, f"{' and '.join(targets)} are given; keep one"
    if prediction.rivals == () and prediction.scripts and prediction.type != "qualitative":
        yield ("rivals",), NO_RIVAL, "no rival is named; say what another account expects of the same quantity"


def _rivals(prediction: Prediction) -> Iterator[Breach]:
    wanted = {"ordering": ("gaps",), "switch": ("passes", "fails")}.get(prediction.type, ("expected",))
    for i, rival in enumerate(prediction.rivals if prediction.type != "qualitative" else ()):
        if rival.name in [earlier.name for earlier in prediction.rivals[:i]]:
            yield ("rivals", i, "name"), RIVAL_TWICE, f"{rival.name!r} is named twice; give each rival its own name"
        held = [name for name in ("expected", "gaps", "passes", "fails") if getattr(rival, name) is not None]
        if set(held) != set(wanted):
            found = " and ".join(held) or "nothing"
            message = (
                f"{rival.name!r} gives {found}; a rival of type {prediction.type} gives {' and '.join(wanted)}; "
                "say what this one expects"
            )
            yield ("rivals", i), RIVAL_VALUE, message
        elif rival.gaps is not None and regions.steps(prediction) and len(rival.gaps) != len(regions.steps(prediction)):
            message = f"{len(rival.gaps)} gaps for {len(regions.steps(prediction))} steps; give one for each step"
            yield ("rivals", i, "gaps"), RIVAL_VALUE, message
        else:
            yield from _distance(prediction, i, rival)


def _distance(prediction: Prediction, i: int, rival: Rival) -> Iterator[Breach]:
    try:
        region, numbers = regions.accepted(prediction), regions.rival_numbers(prediction, rival)
    except ValueError:  # no tolerance, no finite value, no ratio: each is found by its own rule
        return
    if numbers is None or any(map(region.far, numbers)):
        return
    says = {
        "switch": "expects of both arms what the prediction says; name one that expects otherwise",
        "ordering": "has a gap above 0 at each step; a rival has a step of 0 or less, in the stated direction",
    }.get(prediction.type) or regions.nearness(prediction, region, numbers)
    yield ("rivals", i), TOO_CLOSE, f"{rival.name!r} {says}"


def _values(prediction: Prediction) -> Iterator[Breach]:
    """Expected values, bounds and rivals in every condition, and the reach of a search."""
    named = [("expected", prediction.expected), ("at-most", prediction.at_most), ("at-least", prediction.at_least)]
    targets = [found for name, text in named for found in _finite(prediction, (name,), text)]
    rivals = [
        found
        for i, rival in enumerate(prediction.rivals)
        for found in _finite(prediction, ("rivals", i, "expected"), rival.expected)
    ]
    yield from (found for found in targets + rivals if not isinstance(found, float))
    known = [value for value in targets if isinstance(value, float)]
    if prediction.compare == "ratio":
        for value in known:
            try:
                regions.compare(prediction, 1.0, value)
            except ValueError as problem:
                yield ("compare",), RATIO, str(problem)
                break
    if prediction.searched and prediction.type == "threshold":
        short = regions.reach(prediction, known, [value for value in rivals if isinstance(value, float)])
        if short:
            yield ("searched",), SEARCHED, short


def _finite(prediction: Prediction, at: tuple[str | int, ...], text: str | None) -> Iterator[float | Breach]:
    """The value of ``text`` in each condition, or what keeps it from having one (said once)."""
    if text is None or text == FROM_RUN:
        return
    formula = arithmetic.parse(text)
    if formula.names & set(_mixed(prediction)):
        return
    for condition in regions.conditions(prediction):
        try:
            yield formula.value(condition)
        except FormulaError as problem:
            yield at, NO_VALUE, f"{problem}; write arithmetic in the numbers of the conditions, or from-run"
            return


def _numbers(prediction: Prediction) -> Iterator[Breach]:
    for name, value in (("tolerance", prediction.tolerance), ("min-gap", prediction.min_gap)):
        if value is not None and value.value <= 0:
            yield (name, "value"), TOLERANCE, f"{name}: found {value.value:g}, expected a number above 0"
    seeds = prediction.seeds
    if seeds and seeds.start < LEAST_SEEDS:
        yield ("seeds", "start"), SEEDS, f"found a first look after {seeds.start} seeds, expected {LEAST_SEEDS} or more"
    if seeds and seeds.cap <= seeds.start:
        message = f"found a cap of {seeds.cap} and a first look after {seeds.start} seeds, expected a cap above it"
        yield ("seeds", "cap"), SEEDS, message
    for name in ("seeds", "conditioned-on"):
        if prediction.deterministic and name in prediction.given:
            yield (name,), SEEDS, f"a deterministic test has no {name}: it is one run; take out one of the two"


def _lists(prediction: Prediction) -> Iterator[Breach]:
    for i, condition in enumerate(prediction.conditions):
        if condition in prediction.conditions[:i]:
            yield ("conditions", i), CONDITIONS, f"{show(condition)} is declared twice; take one out"
        for name, varied in (("in", prediction.in_), ("along", prediction.along)):
            if varied in condition:
                message = f"{varied!r} is varied ({name}) and fixed by a condition; take it out of the condition"
                yield ("conditions", i), CONDITIONS, message
    for name, values in _mixed(prediction).items():
        words = [i for i, value in values.items() if isinstance(value, str)]
        numbers = [i for i in values if i not in words]
        odd = min((numbers, words), key=lambda rows: (len(rows), -rows[0]))[0]
        each = ", ".join(dict.fromkeys(map(argument, values.values())))
        found = f"{'a number' if len(numbers) == 1 else 'numbers'} and {'a word' if len(words) == 1 else 'words'}"
        message = f"{name} is {each}: {found}; write all as numbers, or all as words"
        yield ("conditions", odd, name), MIXED, message
    sizes = prediction.over
    if sizes is not None and (len(set(sizes)) < LEAST_SIZES or len(set(sizes)) < len(sizes) or min(sizes) <= 0):
        found = ", ".join(f"{size:g}" for size in sizes)
        yield ("over",), SIZES, f"found {found}, expected {LEAST_SIZES} different positive sizes or more"
    order = prediction.order
    if order is not None and (len(order) < 2 or len(set(order)) < len(order)):
        yield ("order",), ORDER, f"found {', '.join(map(argument, order))}, expected two values or more, each once"


def _mixed(prediction: Prediction) -> dict[str, dict[int, Setting]]:
    """The settings that are a number in some of the listed conditions and a word in others, by condition."""
    held: dict[str, dict[int, Setting]] = {}
    for i, condition in enumerate(prediction.conditions):
        for name, value in condition.items():
            held.setdefault(name, {})[i] = value
    return {name: values for name, values in held.items() if len({isinstance(v, str) for v in values.values()}) > 1}


def _arms(prediction: Prediction) -> Iterator[Breach]:
    if prediction.contrast and prediction.contrast.of == prediction.contrast.base:
        yield ("contrast",), ARMS, "both arms of the contrast are the same; name the other arm"
    passes, fails = prediction.passes, prediction.fails
    if passes and fails:
        if passes.condition == fails.condition:
            yield ("fails", "condition"), ARMS, "both arms have the same condition; say what is switched"
        if fails.at_most >= passes.at_least:
            message = (
                f"a value from {passes.at_least:g} to {fails.at_most:g} passes and fails; set at-most below at-least"
            )
            yield ("fails", "at-most"), ARMS, message


def _other_quantities(prediction: Prediction) -> Iterator[Breach]:
    others: list[tuple[tuple[str | int, ...], Requirement | Control | None]] = [
        (("conditioned-on",), prediction.conditioned_on),
        (("control",), prediction.control),
        *((("preconditions", i), required) for i, required in enumerate(prediction.preconditions)),
    ]
    for place, other in others:
        if other is not None and other.quantity == prediction.quantity:
            why = "a control passes with what it controls" if isinstance(other, Control) else "it selects the outcome"
            message = f"{other.quantity!r} is the tested quantity: {why}; name another quantity"
            yield (*place, "quantity"), ITSELF, message
