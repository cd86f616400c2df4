"""What speaks for and against a node, and what its runs measured, as plain objects for a notebook."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg import trace as traces
from kg.inert import inert

if TYPE_CHECKING:
    from kg.library import Library
    from kg.library.views import View


@dataclass(frozen=True, slots=True)
class Run:
    """A recorded run. ``quantities`` are by name lists of dicts: ``condition``, and ``measured``, ``expected`` and each
    of ``rivals`` as one number a seed (None where the threshold was never reached); ``provenance`` says how it came."""

    address: str
    script: str
    budget: str
    status: str
    seeds: tuple[int, ...]
    quantities: dict[str, list[dict[str, Any]]]
    provenance: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bearing:
    """One piece of evidence: which node, what it does (``says``), and what is told of it (where, outcome, value …)."""

    view: View
    says: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a claim or prediction, against it, and what is told and not counted (``kg.trace.Sides``)."""

    support: tuple[Bearing, ...]
    against: tuple[Bearing, ...]
    uncounted: tuple[Bearing, ...]

    def _repr_markdown_(self) -> str:
        lines = []
        for name, found in (("for", self.support), ("against", self.against), ("not counted", self.uncounted)):
            lines += [f"**{name}** ({len(found)})", ""]
            for one in found:
                where = f", {inert(str(one.data['where']))}" if one.data.get("where") else ""
                lines.append(f"- {inert(one.view.title)}{where}: {inert(one.says)} `{one.view.address}`")
            lines.append("")
        return "\n".join(lines)


def evidence_of(library: Library, address: str) -> Evidence:
    sides = traces.evidence_of(library, library.evidence, address)

    def bearings(steps: Iterable[traces.Step]) -> tuple[Bearing, ...]:
        return tuple(Bearing(library.view(step.address), step.says, dict(step.data)) for step in steps)

    return Evidence(bearings(sides.support), bearings(sides.against), bearings(sides.uncounted))


def run_of(run: Any) -> Run:
    result = run.result or {}
    quantities = {name: [dict(row) for row in rows] for name, rows in (result.get("quantities") or {}).items()}
    seeds = tuple(result.get("seeds") or ())
    return Run(run.address, run.script, run.budget, run.status, seeds, quantities, dict(run.provenance))
