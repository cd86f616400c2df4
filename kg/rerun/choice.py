"""Which scripts to run: all of them, those whose runs no longer count, those of a strand."""

from __future__ import annotations

from kg.evidence import Evidence
from kg.graph import Graph
from kg.rerun.experiment import CannotRun
from kg.validation import did_you_mean


def everything(graph: Graph) -> list[str]:
    """The names of all scripts."""
    return sorted(graph.corpus.scripts)


def stale(evidence: Evidence) -> list[str]:
    """The scripts with a prediction on which no recorded run counts: the newest is stale, or there is none."""
    outcomes = [outcome for found in evidence.predictions.values() for outcome in found.outcomes]
    due = {str(outcome.test.script) for outcome in outcomes if outcome.stale or outcome.run is None}
    return sorted(due & set(evidence.corpus.scripts))


def of_strand(graph: Graph, strand: str) -> list[str]:
    """The scripts that test a prediction of a claim in ``strand``. Raises CannotRun for an unknown strand."""
    name = strand.removeprefix("strand:")
    if f"strand:{name}" not in graph:
        raise CannotRun(f"there is no strand {strand!r}{did_you_mean(name, [s.id for s in graph.nodes('strand')])}")
    claims = [edge.source for edge in graph.into(f"strand:{name}", "in_strand")]
    tested = [edge.target for claim in claims for edge in graph.out(claim, "implies")]
    return sorted({edge.source.partition(":")[2] for address in tested for edge in graph.into(address, "tests")})


def longest_first(evidence: Evidence, names: list[str]) -> list[str]:
    """``names`` by the CPU seconds of their newest recorded run, so that no long one is left to the end.

    What never ran comes first: it may be long.
    """
    seconds: dict[str, float] = {}
    for run in sorted(evidence.corpus.runs, key=lambda run: run.started):
        seconds[run.script] = run.cpu_seconds or 0.0
    return sorted(names, key=lambda name: (-seconds.get(name, float("inf")), name))
