"""Where a prediction holds on its map, always judged by its present declaration (rules.md 1), and by no second judge.

A cell is judged as a run of the prediction in that one setting: the interval inside the accepted region holds, outside
it breaks, straddling it is undecided. Rivals and control are left out: a map says where the law holds, a run whether
something else would explain it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kg import measurements, regimes, regions, verdicts
from kg.declarations import Prediction
from kg.fields import Setting
from kg.fingerprints import fingerprint
from kg.mapfiles import CellRun, MapRun
from kg.sweeps import Sweep
from kg.verdicts import Judgement

State = Literal["holds", "breaks", "undecided", "not in regime", "error"]
STATES: tuple[State, ...] = ("holds", "breaks", "undecided", "not in regime", "error")
SIGNS: dict[State, str] = {"holds": "✓", "breaks": "✗", "undecided": "?", "not in regime": "–", "error": "!"}
TYPES = ("equality", "bound", "exponent", "threshold")
"""The types of prediction that have one number in one setting."""

_STATE: dict[str, State] = {
    "agrees": "holds", "disagrees": "breaks", "cannot-discriminate": "undecided", "not-in-regime": "not in regime",
    "error": "error",
}  # fmt: skip


@dataclass(frozen=True)
class MapCell:
    """One cell: its setting, what it shows, and the share of seeds whose number lies inside the tolerance.

    ``inside``: the declared regime holds it; ``critic``: a critic would expect failure here; ``share`` is None where
    nothing was measured.
    """

    setting: dict[str, Setting]
    state: State
    share: float | None
    judgement: Judgement
    inside: bool
    critic: bool


@dataclass(frozen=True)
class Mapped:
    """The newest map of a prediction. ``stale`` says what changed since it was run, and is empty where nothing did."""

    prediction: str
    run: MapRun
    axes: Mapping[str, tuple[Setting, ...]]
    cells: tuple[MapCell, ...]
    stale: str

    def at(self, across: Setting, up: Setting) -> MapCell:
        """The cell at one value of the first and one of the second axis."""
        first, second = self.axes
        return next(c for c in self.cells if (c.setting[first], c.setting[second]) == (across, up))

    def of(self, state: State) -> tuple[MapCell, ...]:
        return tuple(cell for cell in self.cells if cell.state == state)


def conditions(
    prediction: Prediction, fixed: Mapping[str, Setting], setting: Mapping[str, Setting]
) -> tuple[dict[str, Setting], ...]:
    """The prediction's conditions in a cell: their settings, those of the cell and the fixed ones taking precedence."""
    found = [{**condition, **fixed, **setting} for condition in prediction.conditions or ({},)]
    return tuple(row for at, row in enumerate(found) if row not in found[:at])


def in_cell(prediction: Prediction, sweep: Sweep, setting: Mapping[str, Setting]) -> Prediction:
    """The prediction as it speaks of one cell, without rivals, control and what the map waives."""
    rows = conditions(prediction, sweep.fixed, setting)
    needed = tuple(one for one in prediction.preconditions if one.quantity not in sweep.waives)
    changes = {"conditions": rows, "preconditions": needed, "rivals": (), "control": None, "seeds": None}
    return prediction.model_copy(update=changes)


def judge(prediction: Prediction, sweep: Sweep, regime: Mapping[str, str], cell: CellRun) -> MapCell:
    """What one cell shows. Never raises for what the script measured."""
    setting = dict(cell.setting)
    asked = in_cell(prediction, sweep, setting)
    judged = verdicts.judge(asked, cell.result, cell.status, cell.detail)
    share = None
    if cell.result is not None:
        numbers = [series.number.values for series in measurements.read(asked, cell.result).series]
        share = _share(prediction, numbers)
    named = {sweep.axis(name): value for name, value in setting.items()}
    critic = setting == sweep.critic.cell
    return MapCell(setting, _STATE[judged.verdict], share, judged, regimes.inside(regime, named), critic)


def _share(prediction: Prediction, numbers: Sequence[NDArray[np.float64]]) -> float | None:
    """The share of seeds whose number lies inside the accepted region in every condition."""
    if not numbers or not numbers[0].size:
        return None
    region = regions.accepted(prediction)
    held = [[region.holds((value, value)) for value in row.tolist()] for row in numbers]
    return float(np.all(held, axis=0).mean())


def mapped(
    address: str,
    prediction: Prediction,
    regime: Mapping[str, str],
    runs: Iterable[MapRun],
    hashes: Mapping[str, str | None],
) -> Mapped | None:
    """The newest map of a prediction, judged; None where it declares none or none was run.

    ``runs`` are its maps; ``regime`` is the prediction's with its claim's; ``hashes`` are the present script_sha256
    and data_sha256.
    """
    sweep = prediction.map_
    mine = list(runs)
    if sweep is None or not mine or prediction.type not in TYPES:
        return None
    run = max(mine, key=lambda run: (run.started, run.path or ""))
    axes = {name: tuple(values) for name, values in run.axes.items()}
    changed = {
        "the declaration": run.declaration != fingerprint(prediction),
        "its axes": axes != sweep.axes or dict(run.fixed) != sweep.fixed,
        "its budget": run.budget != sweep.budget,
        "the script": run.provenance.get("script_sha256") != hashes["script_sha256"],
        "its data": run.provenance.get("data_sha256") != hashes["data_sha256"],
    }
    cells = run.cells if axes.keys() == sweep.axes.keys() else ()
    judged = tuple(judge(prediction, sweep, regime, cell) for cell in cells)
    return Mapped(address, run, axes, judged, " and ".join(what for what, has in changed.items() if has))
