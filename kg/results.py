"""One run as data: what a script measured (the closed shape of ``result.json``), how it ended, and where from.

Every list under ``measured``, ``expected`` and ``rivals`` holds one number a seed, in the order of ``seeds``;
null says that a threshold was never reached. Nothing here judges: verdicts do, from a declaration.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from kg.findings import Place, visible
from kg.identifiers import is_setting_name
from kg.stored import file_id

Status = Literal[
    "ok", "exit", "signal", "timeout", "memory", "processes", "output", "cancelled", "no-result", "no-sandbox"
]
"""How a run ended; only ``ok`` carries a result."""

Budget = Literal["smoke", "quick", "full"]

KEYS = ("schema", "script", "budget", "result", "provenance", "status")

_QUANTITY = re.compile(r"[a-z][a-z0-9_]{0,79}\Z", re.ASCII).match
_LARGEST = 1e100  # a number beyond has diverged, and its square would be infinite
_SHOWN, _ROWS, _SETTINGS = 10, Field(max_length=5_000), Field(max_length=20)


def _must(holds: Callable[[Any], object], otherwise: str) -> AfterValidator:
    def check(value: Any) -> Any:
        if not holds(value):
            raise ValueError(otherwise)
        return value

    return AfterValidator(check)


Quantity = Annotated[str, _must(_QUANTITY, "a quantity is lower-case letters, digits and '_', at most 80 characters")]
Setting = Annotated[
    str, _must(is_setting_name, "a setting is a letter, then letters, digits and '_./*-', at most 40 characters")
]
Words = Annotated[
    str, _must(lambda text: text.isprintable() and len(text) <= 200, "a name is at most 200 characters that print")
]
Number = Annotated[
    float, _must(lambda x: abs(x) <= _LARGEST, f"a number is at most {_LARGEST:g} in size; null is for what diverged")
]
Numbers = list[Number | None]
Condition = Annotated[dict[Setting, float | Words], _SETTINGS]


class Closed(BaseModel):
    """A model without other fields, of exact types and finite numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Reading(Closed):
    """A quantity in one condition, a number a seed."""

    condition: Condition
    measured: Numbers


class Row(Reading):
    """A reading with, where the declaration says from-run, what the prediction and its rivals expect of each seed."""

    expected: Numbers | None = None
    rivals: dict[Words, Numbers] = {}


class Curve(Closed):
    """A curve to plot: ``y`` in ``unit`` at the places ``x``; null in ``y`` is a gap."""

    name: Words
    x: list[float]
    y: Numbers
    unit: Words

    @model_validator(mode="after")
    def _paired(self) -> Curve:
        if len(self.x) != len(self.y):
            raise ValueError(f"x has {len(self.x)} entries and y has {len(self.y)}; expected as many of each")
        return self


class Result(Closed):
    """Everything that one run of a script measured. Controls are further ``quantities``.

    ``numerical_error`` is the script's own bound on the error of a quantity, in the quantity's unit.
    """

    seeds: Annotated[list[Annotated[int, Field(ge=0, lt=2**32)]], Field(min_length=1)]
    quantities: Annotated[dict[Quantity, Annotated[list[Row], _ROWS]], Field(min_length=1)]
    preconditions: dict[Quantity, Annotated[list[Reading], _ROWS]] = {}
    numerical_error: dict[Quantity, Annotated[Number, Field(ge=0)]] = {}
    curves: list[Curve] = []
    cpu_seconds: Annotated[float, Field(ge=0)]

    @model_validator(mode="after")
    def _one_number_a_seed(self) -> Result:
        wrong = []
        if len(set(self.seeds)) != len(self.seeds):
            wrong.append(f"seeds {self.seeds} name a seed twice")
        for part, table in (("quantities", self.quantities), ("preconditions", self.preconditions)):
            for name, rows in table.items():
                wrong += self._bad_rows(f"{part}.{name}", rows)
        if wrong:
            raise ValueError("; ".join(wrong[:_SHOWN]) + (f"; and {len(wrong) - _SHOWN} more" * (len(wrong) > _SHOWN)))
        return self

    def _bad_rows(self, where: str, rows: Sequence[Reading]) -> list[str]:
        wrong = [] if rows else [f"{where} has no condition"]
        seen = set()
        for at, row in enumerate(rows):
            if _key(row) in seen:
                wrong.append(f"{where} has the condition {row.condition} twice")
            seen.add(_key(row))
            lists = {"measured": row.measured}
            if isinstance(row, Row):
                lists |= {"expected": row.expected} if row.expected is not None else {}
                lists |= {f"rivals.{rival}": numbers for rival, numbers in row.rivals.items()}
            wrong += [
                f"{where}[{at}].{key} has {len(numbers)} entries; expected {len(self.seeds)}, one a seed"
                for key, numbers in lists.items()
                if len(numbers) != len(self.seeds)
            ]
        return wrong

    def as_json(self) -> dict[str, Any]:
        """The mapping that ``result.json`` holds, without the fields that were not given."""
        return self.model_dump(exclude_defaults=True)


@dataclass(frozen=True)
class Run:
    """One run of one script. ``result`` is the JSON of a ``Result``, or None where ``status`` is not ok.

    ``path`` is relative to the root, None until stored; ``provenance['started']`` is UTC: ``2026-11-24T10:15:00Z``.
    """

    script: str
    budget: str
    status: str
    result: dict[str, Any] | None
    provenance: dict[str, Any]
    path: str | None = None

    @property
    def started(self) -> str:
        return str(self.provenance["started"])

    @property
    def id(self) -> str:
        """``<utc>-<hash8>``, the stem of the run's file."""
        return Path(self.path).stem if self.path else file_id(self.started, self.content)

    @property
    def address(self) -> str:
        return f"run:{self.script}/{self.id}"

    @property
    def day(self) -> datetime.date:
        """The day on which the run began, in UTC."""
        return datetime.date.fromisoformat(self.started[:10])

    @property
    def place(self) -> Place:
        """The file of a stored run."""
        return Place(self.path or "")

    @property
    def detail(self) -> str:
        """Why the status is what it is, empty where there is nothing to say."""
        return self._recorded("detail") or ""

    @property
    def cpu_seconds(self) -> float | None:
        """Of the run with all its processes, None where it was not recorded."""
        value = self.provenance.get("cpu_seconds")
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

    @property
    def declarations(self) -> dict[str, str]:
        """The fingerprint of each declaration when the run was made, by the prediction's address."""
        held = self.provenance.get("declarations")
        return {address: str(mark) for address, mark in held.items()} if isinstance(held, dict) else {}

    @property
    def script_sha256(self) -> str | None:
        """The hash of the script that ran, None where it was not recorded."""
        return self._recorded("script_sha256")

    @property
    def data_sha256(self) -> str | None:
        """The hash of the script's input data when it ran, None where it had none."""
        return self._recorded("data_sha256")

    def _recorded(self, key: str) -> str | None:
        value = self.provenance.get(key)
        return None if value is None else str(value)

    @property
    def starts_at_zero(self) -> bool:
        """Whether its seeds are 0 to n - 1, never chosen; a run without a result used none."""
        return self.measured is None or self.measured.seeds == list(range(len(self.measured.seeds)))

    @cached_property
    def measured(self) -> Result | None:
        """The result as a model."""
        return None if self.result is None else Result.model_validate(self.result)

    @cached_property
    def content(self) -> bytes:
        """The bytes of the run's file. Raises ValueError where a value is not JSON, NaN and infinities included."""
        values = (1, self.script, self.budget, self.result, self.provenance, self.status)
        return json.dumps(dict(zip(KEYS, values, strict=True)), indent=1, allow_nan=False).encode() + b"\n"


R = TypeVar("R", bound=Reading)


def problems(content: object) -> list[str]:
    """What keeps ``content`` (JSON read into Python) from being a ``Result``: empty where it is one."""
    try:
        Result.model_validate(content)
    except ValidationError as refusal:
        return explain(refusal)
    return []


def explain(refusal: ValidationError) -> list[str]:
    """One line a problem: the place in the file, then what is expected."""
    lines = []
    for error in refusal.errors(include_url=False, include_context=False):
        where = visible(".".join(str(step) for step in error["loc"])) or "the whole"
        line = f"{where}: {error['msg'].removeprefix('Value error, ')}"
        if isinstance(error["input"], str | int | float | bool | None):
            line += f" (found {error['input']!r:.80})"
        lines.append(line)
    return lines


def merge(a: Result, b: Result) -> Result:
    """The result of ``a``'s seeds followed by ``b``'s. CPU seconds add; of numerical errors the larger counts.

    Curves keep ``a``'s and take those of ``b`` under other names. Raises ValueError, naming every difference,
    where the two do not measure the same quantities in the same conditions, or share a seed.
    """
    wrong = [f"both hold seed {seed}" for seed in a.seeds if seed in b.seeds]
    quantities, preconditions = {}, {}
    for name in _shared("quantities", a.quantities, b.quantities, wrong):
        rows = _rows(name, a.quantities[name], b.quantities[name], wrong)
        quantities[name] = [_joined(name, mine, theirs, wrong) for mine, theirs in rows]
    for name in _shared("preconditions", a.preconditions, b.preconditions, wrong):
        preconditions[name] = [
            Reading(condition=mine.condition, measured=mine.measured + theirs.measured)
            for mine, theirs in _rows(name, a.preconditions[name], b.preconditions[name], wrong)
        ]
    if wrong:
        raise ValueError("the seeds cannot be joined: " + "; ".join(wrong))
    errors = {
        name: max(part.numerical_error.get(name, 0.0) for part in (a, b))
        for name in {**a.numerical_error, **b.numerical_error}
    }
    return Result(
        seeds=a.seeds + b.seeds,
        quantities=quantities,
        preconditions=preconditions,
        numerical_error=errors,
        curves=a.curves + [curve for curve in b.curves if curve.name not in {mine.name for mine in a.curves}],
        cpu_seconds=a.cpu_seconds + b.cpu_seconds,
    )


def _shared(part: str, a: dict[str, Any], b: dict[str, Any], wrong: list[str]) -> list[str]:
    wrong += [f"{part}.{name} is only in one of them" for name in sorted(a.keys() ^ b.keys())]
    return [name for name in a if name in b]


def _rows(name: str, a: list[R], b: list[R], wrong: list[str]) -> list[tuple[R, R]]:
    theirs = {_key(row): row for row in b}
    for condition in sorted({_key(row) for row in a} ^ theirs.keys(), key=str):
        wrong += [f"{name} in the condition {dict(condition)} is only in one of them"]
    return [(row, theirs[_key(row)]) for row in a if _key(row) in theirs]


def _key(row: Reading) -> frozenset[tuple[str, float | str]]:
    return frozenset(row.condition.items())


def _joined(name: str, a: Row, b: Row, wrong: list[str]) -> Row:
    if (a.expected is None) != (b.expected is None):
        wrong.append(f"{name} has 'expected' only in one of them")
    rivals = {
        rival: a.rivals[rival] + b.rivals[rival] for rival in _shared(f"{name}.rivals", a.rivals, b.rivals, wrong)
    }
    expected = a.expected + b.expected if a.expected is not None and b.expected is not None else None
    return Row(condition=a.condition, measured=a.measured + b.measured, expected=expected, rivals=rivals)
