"""Maps of predictions: declared so that they can be run, not stale, and in agreement with the declared regime."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg import regimes
from kg.corpus import Corpus
from kg.declarations import Prediction
from kg.evidence import Evidence
from kg.fields import Setting
from kg.findings import Finding, Place, rule
from kg.mapverdicts import TYPES, MapCell, Mapped
from kg.sweeps import LEAST_CELLS, MOST_CELLS, Sweep, argument
from kg.terms import show
from kg.validation import did_you_mean

BAD = rule(
    "bad-map",
    f"A map sweeps two settings of a tested prediction over {LEAST_CELLS} cells or more, its critic's cell among them.",
    "map: {axes: {eta: [0.1, 0.2]}, critic: {cell: {eta: 0.3}, why: …}}",
)
REGIME = rule(
    "regime-and-map",
    "No cell of the newest map breaks inside the declared regime, and no row just outside of it holds throughout.",
    "regime: {step-size: '<= 0.4'} where the map breaks at a step size of 0.3",
    severity="warning",
)
STALE = rule(
    "stale-map",
    "A map is run again when its axes, its script, its data or the declaration change, and belongs to a prediction.",
    "map: {axes: …} with another value than in the newest file of data/maps/",
    severity="warning",
)
SHOWN = 3


def check(corpus: Corpus, evidence: Evidence) -> Iterator[Finding]:
    """What is wrong with declared maps, and with those that were run."""
    for address, _, prediction in corpus.predictions():
        if prediction.map_ is None:
            continue
        problems = list(_declared(prediction, prediction.map_))
        yield from (BAD.at(corpus.place(address, "map"), problem) for problem in problems)
        axes = [(name, prediction.map_.axis(name)) for name in prediction.map_.axes]
        unread = "axis:*" in corpus.broken
        for name, axis in axes if not unread else ():
            if axis not in corpus.regimes and f"axis:{axis}" not in corpus.broken:
                near = did_you_mean(axis, corpus.regimes)
                message = f"the axis {axis!r} is not in data/regimes.yaml{near}; name it there, or here by regime-axes"
                yield BAD.at(corpus.place(address, "map", "axes", name), message)
    for address, mapped in evidence.maps.items():
        if mapped.stale:
            message = f"{mapped.stale} changed since the map was run; run 'kg rerun {address[11:]} --map --record'"
            yield STALE.at(corpus.place(address, "map"), message)
        else:
            yield from (REGIME.at(corpus.place(address, "map"), line) for line in disagreements(evidence, mapped))
    live = {name for address in evidence.maps for name in corpus.names(address)}
    for run in corpus.maps:
        if run.prediction not in live and f"claim:{_claim(run.prediction)}" not in corpus.broken:
            message = f"{run.prediction!r} is no prediction with a map; declare it there, or move the file away"
            yield STALE.at(Place(run.path or ""), message)


def _claim(address: str) -> str:
    return address.partition(":")[2].partition("/")[0]


def _declared(prediction: Prediction, sweep: Sweep) -> Iterator[str]:
    """What keeps a declared map from being run or read."""
    if prediction.type not in TYPES or not prediction.scripts:
        yield f"a map is of a prediction of type {', '.join(TYPES)} that a script tests; take it out"
    if len(sweep.axes) != 2:
        yield f"found {len(sweep.axes)} axes, expected two"
        return
    cells = len(sweep.cells)
    if not LEAST_CELLS <= cells <= MOST_CELLS:
        yield f"found {cells} cells, expected {LEAST_CELLS} to {MOST_CELLS}"
    for name, values in sweep.axes.items():
        if len(set(values)) < len(values):
            yield f"the axis {name!r} gives a value twice; take one out"
        numbers = [value for value in values if isinstance(value, float)]
        if numbers and (len(numbers) < len(values) or numbers != sorted(numbers)):
            yield f"the axis {name!r} is not in rising order; sort it, as it is drawn"
        if name in sweep.fixed:
            yield f"{name!r} is an axis and fixed; take one out"
    if sweep.critic.cell not in sweep.cells:
        yield f"the critic's cell, {show(sweep.critic.cell)}, is not one of the map's; name a value of each axis"
    known = [one.quantity for one in prediction.preconditions]
    if stray := [name for name in sweep.waives if name not in known]:
        yield f"waives names {stray[0]!r}, which is no precondition{did_you_mean(stray[0], known)}"
    if stray := sorted(sweep.regime_axes.keys() - sweep.axes.keys()):
        yield f"regime-axes names {stray[0]!r}, which is no axis of the map{did_you_mean(stray[0], sweep.axes)}"


def disagreements(evidence: Evidence, mapped: Mapped) -> Iterator[str]:
    """Where the declared regime and a map that is not stale say different things."""
    prediction: Prediction = evidence.graph.node(mapped.prediction).record
    sweep = prediction.map_
    if sweep is None:
        return
    broken = [cell for cell in mapped.cells if cell.inside and cell.state == "breaks"]
    if broken:
        said = "; ".join(show(cell.setting) for cell in broken[:SHOWN])
        more = f" and {len(broken) - SHOWN} more" if len(broken) > SHOWN else ""
        yield f"the map breaks inside the declared regime at {said}{more}; narrow the regime"
    claim = evidence.corpus.claims[_claim(mapped.prediction)]
    regime = {**claim.regime, **prediction.regime}
    for name, values in mapped.axes.items():
        limits = regime.get(sweep.axis(name))
        within = [regimes.holds(limits, value) for value in values] if limits is not None else []
        for at, beside in _edges(within):
            row = [cell for cell in mapped.cells if cell.setting[name] == values[at]]
            row = [cell for cell in row if _else(cell, name, sweep, regime)]
            if row and all(cell.state == "holds" for cell in row):
                yield (
                    f"the declared regime ends at {name} {_word(values, beside)}, and the map holds throughout at "
                    f"{_word(values, at)}; widen the regime, or map what speaks against it"
                )


def _edges(within: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """The places just outside the regime, each with its neighbour inside."""
    for at, held in enumerate(within):
        for beside in (at - 1, at + 1):
            if not held and 0 <= beside < len(within) and within[beside]:
                yield at, beside


def _else(cell: MapCell, name: str, sweep: Sweep, regime: dict[str, str]) -> bool:
    """Whether the cell lies inside as far as the other axis goes."""
    return regimes.inside(regime, {sweep.axis(other): value for other, value in cell.setting.items() if other != name})


def _word(values: Sequence[Setting], at: int) -> str:
    return argument(values[at])
