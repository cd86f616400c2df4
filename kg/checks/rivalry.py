"""Predictions that cannot both hold are linked: of one quantity, in regimes that meet, with regions apart."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterator

from kg import arithmetic, regimes
from kg.arithmetic import FormulaError
from kg.corpus import Corpus
from kg.declarations import Prediction
from kg.fields import Setting
from kg.findings import Finding, rule
from kg.regions import FROM_RUN

UNLINKED = rule(
    "unlinked-rivals",
    "Of two predictions of one quantity that cannot both hold where their regimes meet, one contradicts the other.",
    'two claims predict quantity: rate, one with expected: "1", the other with expected: "2", and neither contradicts',
)

Declared = tuple[str, str, Prediction]
"""A prediction's address, its claim's id, and the prediction."""


def check(corpus: Corpus) -> Iterator[Finding]:
    linked = _links(corpus)
    alike: dict[tuple[str, ...], list[Declared]] = defaultdict(list)
    for declared in corpus.predictions():
        if (measure := _measure(declared[2])) is not None:
            alike[measure].append(declared)
    for group in alike.values():
        for (one, claim, first), (other, rival, second) in itertools.combinations(group, 2):
            if linked & {
                frozenset({one, other}),
                frozenset({claim, rival}),
                frozenset({one, rival}),
                frozenset({claim, other}),
            }:
                continue
            if regimes.meet(first.regime, second.regime) and (apart := _apart(first, second)):
                yield UNLINKED.at(
                    corpus.place(other, "quantity"),
                    f"{second.quantity!r} is also predicted by {one!r}, and {apart}; write contradicts: in one of the "
                    "claims, or regime: in both, or a quantity of its own name",
                )


def _links(corpus: Corpus) -> set[frozenset[str]]:
    """Pairs of claims' ids and predictions' addresses of which one contradicts the other, or names it as a rival."""
    pairs: set[frozenset[str]] = set()
    for name, claim in corpus.claims.items():
        for denial in claim.contradicts:
            source = f"prediction:{name}/{denial.from_}" if denial.from_ else name
            pairs.add(frozenset({source, denial.claim or f"prediction:{denial.prediction}"}))
    for address, _, prediction in corpus.predictions():
        pairs |= {frozenset({address, rival.claim}) for rival in prediction.rivals if rival.claim}
    return pairs


def _measure(prediction: Prediction) -> tuple[str, ...] | None:
    """What two predictions have in common where their numbers can be held against each other; None: nothing."""
    if prediction.quantity is None or prediction.contrast is not None:
        return None
    if prediction.type == "ordering":
        return (prediction.quantity, "ordering", prediction.along or "", str(prediction.order))
    if prediction.target in (None, FROM_RUN) or prediction.tolerance is None:
        return None
    kind = "value" if prediction.type in ("equality", "bound") else prediction.type
    return (prediction.quantity, kind, prediction.in_ or "")


def _apart(first: Prediction, second: Prediction) -> str:
    """Where the two accepted regions share no value, in words; empty where they share one, or none can be computed."""
    if first.type == "ordering":
        return (
            "" if first.direction == second.direction else f"there it goes {first.direction}, here {second.direction}"
        )
    for one, other in itertools.product(first.conditions or ({},), second.conditions or ({},)):
        if all(other[name] == value for name, value in one.items() if name in other):
            try:
                (a, b), (c, d) = _region(first, one | other), _region(second, one | other)
            except (FormulaError, ValueError):
                continue  # a finding of its own where a prediction has no value in its own conditions
            if b < c or d < a:
                return f"it accepts {a:g} to {b:g} where this accepts {c:g} to {d:g}"
    return ""


def _region(prediction: Prediction, condition: dict[str, Setting]) -> tuple[float, float]:
    """The least and greatest value accepted in one condition, in the units of the quantity."""
    if prediction.target is None or prediction.tolerance is None:
        raise ValueError("expected a target and a tolerance")
    target = arithmetic.parse(prediction.target).value(condition)
    width = prediction.tolerance.value * (abs(target) if prediction.compare == "ratio" else 1.0)
    return (
        -math.inf if prediction.bound_side == "at-most" else target - width,
        math.inf if prediction.bound_side == "at-least" else target + width,
    )
