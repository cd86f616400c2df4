"""The map of a prediction as it is declared: a sweep over two axes of its regime.

A cell is one setting of both axes; the first axis runs across, the second up. ``fixed`` holds further settings of the
prediction's conditions at one value. The critic's cell is the one where somebody who doubts the claim would look.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from kg.fields import Condition, Nonempty, Quantity, Record, Setting, SettingName, SettingValue, Text

LEAST_CELLS, MOST_CELLS = 25, 400
SEEDS = 5
"""Seeds a cell: as many as the first look of a run."""


class Critic(Record):
    """The cell in which a critic would expect the claim to fail, and why."""

    cell: Condition
    why: Text


class Sweep(Record):
    """``axes``: values of two settings; ``regime-axes``: their names in regimes.yaml where these differ.

    ``waives``: preconditions that only restate an axis; under them every cell beyond would be "not in regime", and
    where the law itself breaks is what the map is to find out.
    """

    axes: dict[SettingName, Nonempty[SettingValue]]
    regime_axes: dict[SettingName, SettingName] = Field(default_factory=dict)
    budget: Literal["smoke", "quick"] = "smoke"
    fixed: Condition = Field(default_factory=dict)
    waives: tuple[Quantity, ...] = ()
    critic: Critic

    @property
    def cells(self) -> tuple[Condition, ...]:
        """Every cell, the first axis running fastest."""
        return cells(self.axes)

    def axis(self, setting: str) -> str:
        """The name in regimes.yaml of an axis."""
        return self.regime_axes.get(setting, setting)


def cells(axes: Mapping[str, tuple[Setting, ...]]) -> tuple[dict[str, Setting], ...]:
    """The product of the values, the first axis running fastest."""
    names = list(axes)
    rows = itertools.product(*(axes[name] for name in reversed(names)))
    return tuple(dict(zip(names, reversed(row), strict=True)) for row in rows)


def argument(value: Setting) -> str:
    """A value as a script's command line takes it: 64 and not 64.0."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
