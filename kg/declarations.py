"""Predictions and what a test of one declares (rules.md 1).

Every type of prediction shares one closed model; ``FIELDS`` says which fields each type needs and
which it may have. ``kg.checks.declarations`` holds declarations to it, ``kg.verdicts`` judges by it.
"""

from __future__ import annotations

import itertools
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from kg.fields import (
    Condition,
    Day,
    Expression,
    Nonempty,
    Number,
    PaperKey,
    Quantity,
    Record,
    RecordId,
    RegimeValue,
    ScriptName,
    SettingName,
    SettingValue,
    Text,
    Truth,
    Whole,
    exactly_one,
    refuse,
)
from kg.sweeps import Sweep

Depth = Literal["secondary", "abstract", "section", "full-text"]
Type = Literal["equality", "bound", "exponent", "threshold", "ordering", "switch", "qualitative"]
TestLevel = Literal["derived", "simulated-model", "trained-network", "field"]
Verdict = Literal["agrees", "disagrees", "cannot-discriminate", "not-in-regime", "error"]
LEVELS: tuple[TestLevel, ...] = ("derived", "simulated-model", "trained-network", "field")

MAX_CONDITIONS = 1000  # a grid's product; a larger one is a slip, and each condition is judged on its own

_MEASURED = frozenset({"rivals", "preconditions", "conditioned-on", "deterministic", "seeds"})
_OF_NUMBERS = _MEASURED | {"conditions", "control"}
_COMPARED = _OF_NUMBERS | {"compare", "limit"}

# what a tested prediction of each type needs (one of a|b), and what it may say besides; the names are those in YAML
FIELDS: dict[Type, tuple[frozenset[str], frozenset[str]]] = {
    "equality": (frozenset({"quantity", "expected", "tolerance"}), _COMPARED | {"contrast"}),
    "bound": (frozenset({"quantity", "at-most|at-least", "tolerance"}), _COMPARED | {"contrast"}),
    "exponent": (
        frozenset({"quantity", "expected|at-most|at-least", "tolerance", "in", "over"}),
        _COMPARED | {"contrast"},
    ),
    "threshold": (frozenset({"quantity", "expected", "tolerance", "searched"}), _COMPARED),
    "ordering": (frozenset({"quantity", "along", "order", "direction", "min-gap"}), _OF_NUMBERS | {"contrast"}),
    "switch": (frozenset({"quantity", "passes", "fails"}), _MEASURED),
    "qualitative": (frozenset(), frozenset()),
}
OF_SOME_TYPES = frozenset("|".join(row for needed, allowed in FIELDS.values() for row in needed | allowed).split("|"))
"""The fields that speak of a measurement: a type has those of its row in ``FIELDS`` and no other."""


class Source(Record):
    """Where a claim is stated: ``where`` only if read there; ``depth`` says how far the source was read."""

    paper: PaperKey
    role: Literal["own-result", "background", "conjecture"] = Field(description="what the claim is to the source")
    where: Text | None = None
    depth: Depth = Field(description="how far the source was read")


class Evidence(Record):
    """What a source reports on a claim or prediction. ``in-regime: false`` is shown and not counted."""

    paper: PaperKey
    outcome: Literal["agrees", "differs", "mixed", "withdrawn"] = Field(description="what the source reports")
    where: Text | None = None
    depth: Depth = Field(description="how far the source was read")
    value: Text | None = None
    data: Text | None = None
    code: Text | None = None
    in_regime: Truth = True


class Tolerance(Record):
    value: Number = Field(description="a number above 0, in units of the compared value")
    why: Text = Field(description="why this value")


class MinGap(Record):
    value: Number = Field(description="the least step that counts, a number above 0")
    why: Text = Field(description="why this value")


class Contrast(Record):
    """The quantity is the arm ``of`` less (``minus``) or over (``over``) another arm, paired by seed.

    In a run an arm is the value of one further setting of the condition.
    """

    of: SettingValue
    minus: SettingValue | None = None
    over: SettingValue | None = None

    _one = model_validator(mode="after")(exactly_one("minus", "over"))

    @property
    def base(self) -> SettingValue:
        """The other arm."""
        return self.over if self.minus is None else self.minus  # type: ignore[return-value]  # exactly one is given


class Rival(Record):
    """What another account predicts for the same quantity in the same conditions.

    ``expected`` (or ``gaps``, one per step of an ordering; or for a switch whether each arm's statement
    holds under it). ``claim`` names the claim that it comes from.
    """

    name: Text = Field(description="what the other account is called")
    expected: Expression | None = None
    gaps: tuple[Number, ...] | None = None
    passes: Truth | None = None
    fails: Truth | None = None
    claim: RecordId | None = None


class Requirement(Record):
    """A measured quantity that must be at most, or at least, a number."""

    quantity: Quantity
    at_most: Number | None = None
    at_least: Number | None = None
    why: Text | None = None

    _one = model_validator(mode="after")(exactly_one("at-most", "at-least"))

    def holds(self, value: float) -> bool:
        return value <= self.at_most if self.at_most is not None else value >= self.at_least  # type: ignore[operator]


class Control(Record):
    """A null control: a quantity in which the effect must be absent."""

    name: Text = Field(description="what is left out")
    quantity: Quantity = Field(description="what is measured then")


class Passes(Record):
    condition: Condition
    at_least: Number


class Fails(Record):
    condition: Condition
    at_most: Number


class Seeds(Record):
    """Looks at ``start`` and at ``cap`` seeds in the place of 5, 8 and 16."""

    start: Whole
    cap: Whole
    why: Text = Field(description="why other looks than after 5, 8 and 16 seeds")


class Limit(Record):
    """The asymptote, shown and never tested."""

    as_: Text
    value: Text


class Foreseen(Record):
    verdict: Verdict
    why: Text = Field(description="why it is expected")


class Frozen(Record):
    """When the declaration was fixed; ``pilot`` where earlier runs chose settings or tolerance."""

    date: Day = Field(description="when the declaration was fixed")
    pilot: Truth = Field(description="true where earlier runs chose settings or tolerance, else false")


class Test(Record):
    """A reproduction that measures the prediction (or, built later, a meter), and at which level."""

    __test__ = False  # not a pytest class

    script: ScriptName | None = None
    meter: RecordId | None = None
    level: TestLevel = Field(description="of what the script measures")

    _one = model_validator(mode="after")(exactly_one("script", "meter"))


class Grid(Record):
    """All combinations of the values of some settings, in the place of a list of conditions."""

    grid: dict[SettingName, Nonempty[SettingValue]]


def _grid(conditions: Any) -> Any:
    """``{grid: {a: [1, 2], b: [3]}}`` written out as a list of conditions."""
    if not isinstance(conditions, dict):
        return conditions
    grid = conditions.get("grid")
    if set(conditions) != {"grid"} or not isinstance(grid, dict) or not grid:
        given = [f"{name}: {value}" for name, value in conditions.items() if isinstance(value, str) and value][:3]
        first = ", ".join(given) or "setting: value"
        listed = (
            f"a list of conditions; begin each with '- ', as in '- {{{first}}}', or write grid: {{setting: [values]}}"
        )
        raise refuse("wrong-value", conditions, listed)
    if not all(isinstance(values, tuple) and values for values in grid.values()):
        raise refuse("wrong-value", grid, "a list of values for each setting of the grid, as in {setting: [1, 2]}")
    size = 1
    for values in grid.values():
        size *= len(values)
        if size > MAX_CONDITIONS:
            raise refuse("wrong-value", f"{size} or more conditions", f"at most {MAX_CONDITIONS}")
    return tuple(dict(zip(grid, row, strict=True)) for row in itertools.product(*grid.values()))


class Prediction(Record):
    """What the claim says one will measure."""

    id: RecordId
    statement: Text = Field(description="what one will measure, in a sentence")
    formula: Text | None = None
    type: Type = Field(description="what is compared")
    quantity: Quantity | None = None
    in_: SettingName | None = None
    over: Nonempty[Number] | None = None
    searched: tuple[Number, Number] | None = None
    along: SettingName | None = None
    order: Nonempty[SettingValue] | None = None
    direction: Literal["up", "down"] | None = None
    min_gap: MinGap | None = None
    contrast: Contrast | None = None
    conditions: Annotated[
        tuple[Condition, ...], BeforeValidator(_grid, json_schema_input_type=tuple[Condition, ...] | Grid)
    ] = ()
    passes: Passes | None = None
    fails: Fails | None = None
    expected: Expression | None = None
    at_most: Expression | None = None
    at_least: Expression | None = None
    compare: Literal["ratio", "difference"] = "difference"
    limit: Limit | None = None
    tolerance: Tolerance | None = None
    deterministic: Truth = False
    seeds: Seeds | None = None
    rivals: tuple[Rival, ...] = ()
    preconditions: tuple[Requirement, ...] = ()
    conditioned_on: Requirement | None = None
    control: Control | None = None
    regime: dict[SettingName, RegimeValue] = Field(default_factory=dict)
    map_: Sweep | None = None
    about: TestLevel = Field(description="what the prediction speaks of")
    frozen: Frozen = Field(description="when the declaration was fixed, and whether after a pilot")
    by: Day | None = None
    foreseen: Foreseen | None = None
    refuted_if: Text | None = None
    source: Source | None = None
    evidence: tuple[Evidence, ...] = ()
    tests: tuple[Test, ...] = ()

    @property
    def scripts(self) -> tuple[Test, ...]:
        """The tests that a script runs."""
        return tuple(test for test in self.tests if test.script is not None)

    @property
    def bound_side(self) -> Literal["two-sided", "at-most", "at-least"]:
        if self.at_most is not None:
            return "at-most"
        return "at-least" if self.at_least is not None else "two-sided"

    @property
    def target(self) -> str | None:
        """The expression of the expected value or of the bound."""
        return next((e for e in (self.expected, self.at_most, self.at_least) if e is not None), None)

    @property
    def looks(self) -> tuple[int, ...]:
        """After how many seeds a run is judged, stopping when decided (rules.md 1)."""
        if self.deterministic:
            return (1,)
        return (self.seeds.start, self.seeds.cap) if self.seeds else (5, 8, 16)

    @property
    def given(self) -> frozenset[str]:
        """The fields that are written, by their names in YAML."""
        fields = type(self).model_fields
        return frozenset(str(fields[name].alias) for name in self.model_fields_set)

    @property
    def missing(self) -> tuple[str, ...]:
        """What a test needs and the prediction does not say; ``a|b`` where one of two would do."""
        needed = FIELDS[self.type][0]
        return tuple(sorted(names for names in needed if not self.given & set(names.split("|"))))

    @property
    def misplaced(self) -> tuple[str, ...]:
        """The fields given that belong to other types."""
        needed, allowed = FIELDS[self.type]
        own = {name for names in needed for name in names.split("|")} | allowed
        return tuple(sorted(self.given & OF_SOME_TYPES - own))
