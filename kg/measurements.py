"""A run's result as the series that a prediction is judged by, and everything that the run does not hold.

Rows are found by their condition, settings compared as numbers where they are numbers; rows of other
conditions are passed over. What the script emits as from-run is formed like the measurement: an exponent
expected is the slope of the expected values; the expectation of a contrast stands at its arm ``of``, and the
other arm's is the measured one unless it is emitted too. A control is held against its own rows' expectation
or, where they have none, the tested quantity's. A null is +infinity for a threshold, and else not measured.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from kg import arithmetic, intervals, regions
from kg.declarations import Prediction
from kg.fields import Setting
from kg.intervals import Interval
from kg.preconditions import failures
from kg.regions import FROM_RUN
from kg.results import Result, Row
from kg.terms import Array, Cell, ResultError, Term, UnmeasuredError, plain, show, terms

Key = frozenset[tuple[str, Setting]]
Kind = Literal["measured", "expected", "rival"]
MISMATCH = "; the declaration and the script (its CONDITIONS or QUANTITIES) differ: change one of them and run it again"
"""The end of a problem of a run that lacks what is declared."""


@dataclass(frozen=True)
class Readings:
    """Numbers of a quantity over the kept seeds; ``bounds`` of a deterministic one: its value ± numerical error."""

    values: Array
    bounds: Interval | None = None


@dataclass(frozen=True)
class Series:
    """What is judged in one condition: the number, and the rivals' and the control's in its units.

    ``measured`` and ``expected`` are in natural units (``measured`` of a step or slope is that step or slope).
    """

    condition: dict[str, Setting]
    number: Readings
    measured: Readings
    expected: Array | None
    rivals: dict[str, Array]
    control: Readings | None


@dataclass
class Measurement:
    """All series of a run. ``kept`` are the places of the seeds used: all, or the survivors of ``conditioned-on``.

    ``problems``: what the run or the declaration lacks. ``gaps``: values that are not measured or give no
    number. ``outside``: preconditions that fail. ``constant``: every measured value is the same for all seeds.
    """

    kept: tuple[int, ...] = ()
    series: list[Series] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    constant: bool = False

    def survivors(self, look: int) -> int:
        """How many of the first ``look`` seeds are kept."""
        return sum(place < look for place in self.kept)


def read(prediction: Prediction, result: Result) -> Measurement:
    """Everything that the verdict needs of ``result``. Never raises for what the run or the declaration lacks."""
    if prediction.missing:
        return Measurement(problems=[f"the declaration does not say {name}" for name in prediction.missing])
    try:
        wanted = terms(prediction)
    except ResultError as problem:
        return Measurement(problems=[str(problem)])
    found = Measurement(tuple(range(len(result.seeds))))
    cells = [cell.condition for term in wanted for cell in term.cells]
    if prediction.conditioned_on:
        dead = {place for place, _ in failures(prediction.conditioned_on, result, cells, found.problems)}
        found.kept = tuple(place for place in found.kept if place not in dead)
    for requirement in prediction.preconditions:
        misses = failures(requirement, result, cells, found.problems)
        failing = [says for place, says in misses if place in found.kept]
        if failing:
            found.outside.append(failing[0] + (f" (and {len(failing) - 1} more)" if len(failing) > 1 else ""))
    reader = _Reader(prediction, result, found.kept)
    for term in wanted:
        try:
            found.series.append(reader.series(term))
        except UnmeasuredError as gap:
            found.gaps.append(str(gap))
        except ValueError as problem:
            found.problems.append(str(problem))
    found.problems, found.gaps = list(dict.fromkeys(found.problems)), list(dict.fromkeys(found.gaps))
    exempt = prediction.deterministic or prediction.type == "switch" or len(found.kept) < 2
    found.constant = not (exempt or found.gaps or found.problems or reader.varies)
    return found


class _Reader:
    """Forms the series of one run. ``varies``: some measured value so far differs between seeds or is censored."""

    def __init__(self, prediction: Prediction, result: Result, kept: Sequence[int]) -> None:
        self.prediction, self.result, self.kept = prediction, result, kept
        self.tables: dict[str, dict[tuple[Key, Setting | None], list[Row]]] = {}
        self.varies = False

    def series(self, term: Term) -> Series:
        """The series of ``term``. Raises ResultError, UnmeasuredError, or ValueError for what the declaration lacks."""
        prediction, quantity = self.prediction, str(self.prediction.quantity)
        raw = self.stack(quantity, term, "measured")
        self.varies = self.varies or not np.isfinite(raw).all() or any(map(intervals.varies, raw))
        expected = self.expected(quantity, term)
        rivals = {rival.name: self.rival(at, term, expected) for at, rival in enumerate(prediction.rivals)}
        control = None
        if prediction.control:
            name, against = prediction.control.quantity, expected
            if prediction.target == FROM_RUN and self.row(name, term.cells[0]).expected is not None:
                against = self.expected(name, term)
            control = self.readings(name, self.stack(name, term, "measured"), term, against)
        number = self.readings(quantity, raw, term, expected)
        natural = replace(term, combine=lambda values: values[0]) if prediction.type == "switch" else term
        measured = self.readings(quantity, raw, natural, None)
        return Series(term.condition, number, measured, expected, rivals, control)

    def expected(self, quantity: str, term: Term) -> Array | None:
        """The expected value, or bound, of each seed; None for steps and sides, which have none."""
        target = self.prediction.target
        if target is None or self.prediction.type in ("ordering", "switch"):
            return None
        if target == FROM_RUN:
            values = term.combine(self.stack(quantity, term, "expected"))
        else:
            values = self.constant(arithmetic.parse(target).value(term.condition))
        self.check_reach(term, targets=values)
        return values

    def rival(self, at: int, term: Term, expected: Array | None) -> Array:
        """What the rival says of the number, for each seed."""
        rival = self.prediction.rivals[at]
        if expected is None:
            return self.constant((regions.rival_numbers(self.prediction, rival) or [])[term.at])
        if rival.expected is None:
            raise ResultError(f"the declaration does not say what the rival {rival.name!r} expects")
        if rival.expected == FROM_RUN:
            values = term.combine(self.stack(str(self.prediction.quantity), term, "rival", rival.name))
        else:
            values = self.constant(arithmetic.parse(rival.expected).value(term.condition))
        self.check_reach(term, rivals=values)
        return self.compared(values, expected)

    def check_reach(
        self, term: Term, targets: Sequence[float] | Array = (), rivals: Sequence[float] | Array = ()
    ) -> None:
        short = regions.reach(self.prediction, list(targets), list(rivals))
        if short:
            raise ResultError(f"at {show(term.condition)}: {short}")

    def readings(self, quantity: str, raw: Array, term: Term, expected: Array | None) -> Readings:
        """The number that ``term`` forms of ``raw`` against ``expected`` (as it stands where that is None)."""
        numbers = self.compared(term.combine(raw), expected)
        if not self.prediction.deterministic or not numbers.size:
            return Readings(numbers)
        error = self.result.numerical_error.get(quantity)
        if error is None:
            raise ResultError(f"{quantity!r} is declared deterministic, and the run states no numerical_error of it")
        # A number is monotone in each value by itself, so it is least and largest where every value is moved by
        # the error in the direction, up or down, that lowers or raises the number.
        once, against = raw[:, :1], expected if expected is None else expected[:1]
        upward = np.ones_like(once)
        for i in range(len(once)):
            moved = once.copy()
            moved[i] += error
            upward[i] = np.where(self.compared(term.combine(moved), against) < numbers[:1], -1.0, 1.0)
        ends = [self.compared(term.combine(once + side * error * upward), against)[0] for side in (-1, 1)]
        return Readings(numbers, (float(min(ends)), float(max(ends))))

    def compared(self, values: Array, expected: Array | None) -> Array:
        if expected is None:
            return values
        pairs = zip(values.tolist(), expected.tolist(), strict=True)
        return np.array([regions.compare(self.prediction, value, target) for value, target in pairs], dtype=float)

    def constant(self, value: float) -> Array:
        return np.full(len(self.kept), value)

    def stack(self, quantity: str, term: Term, kind: Kind, rival: str = "") -> Array:
        """The values of the term's cells, one row a cell, one column a kept seed."""
        return np.array([self.column(quantity, cell, kind, rival) for cell in term.cells], dtype=float)

    def column(self, quantity: str, cell: Cell, kind: Kind, rival: str) -> list[float]:
        row = self.row(quantity, cell)
        values = {"measured": row.measured, "expected": row.expected, "rival": row.rivals.get(rival)}[kind]
        if values is None and self.prediction.contrast and cell.arm == self.prediction.contrast.base:
            values = row.measured
        what = f"rival {rival!r}" if kind == "rival" else kind
        if values is None:
            raise ResultError(f"{quantity!r} has no {what} at {show(cell.condition)}; the declaration says from-run")
        kept = [values[place] for place in self.kept]
        if None in kept and self.prediction.type != "threshold":
            seed = self.result.seeds[self.kept[kept.index(None)]]
            raise UnmeasuredError(f"{quantity!r} has a null as {what} at {show(cell.condition)} in seed {seed}")
        return [math.inf if value is None else value for value in kept]

    def row(self, quantity: str, cell: Cell) -> Row:
        """The row of ``cell``. Raises ResultError where there is none, or more than one arm of that value."""
        if quantity not in self.result.quantities:
            known = ", ".join(sorted(self.result.quantities))
            raise ResultError(f"the run does not measure {quantity!r}; it measures {known}{MISMATCH}")
        if quantity not in self.tables:
            self.tables[quantity] = _table(self.result.quantities[quantity])
        rows = self.tables[quantity].get((frozenset(cell.condition.items()), cell.arm), [])
        if len(rows) == 1:
            return rows[0]
        where = show(cell.condition) + ("" if cell.arm is None else f" in the arm {show({'': cell.arm}).strip()}")
        if rows:
            raise ResultError(f"the run has several rows of {quantity!r} at {where}")
        raise ResultError(f"the run has no row of {quantity!r} at {where}{MISMATCH}")


def _table(rows: Iterable[Row]) -> dict[tuple[Key, Setting | None], list[Row]]:
    """Rows by their condition, and by every condition with one setting less and the value of that setting."""
    table: dict[tuple[Key, Setting | None], list[Row]] = {}
    for row in rows:
        settings = frozenset(plain(row.condition).items())
        for key in [(settings, None), *((settings - {item}, item[1]) for item in settings)]:
            table.setdefault(key, []).append(row)
    return table
