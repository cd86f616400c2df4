"""Rules across records: one generator a rule or subject. ``run`` is all that is wrong with a tree."""

from __future__ import annotations

from kg.checks import (
    declarations,
    drafts,
    hollow,
    learning,
    links,
    maps,
    measures,
    meter,
    order,
    prose,
    quality,
    references,
    rivalry,
    stale,
    twins,
)
from kg.evidence import Evidence
from kg.findings import Finding
from kg.graph import Graph

__all__ = ["run"]


def run(graph: Graph, evidence: Evidence | None = None) -> list[Finding]:
    """Every finding of readers and checks, by place; ``evidence`` is the graph's, where it is computed already."""
    corpus, evidence = graph.corpus, evidence or Evidence(graph)
    found = [
        *corpus.findings,
        *references.check(corpus),
        *declarations.check(corpus),
        *order.cycles(graph),
        *order.dates(corpus),
        *order.runs(corpus),
        *links.check(corpus),
        *learning.check(corpus),
        *quality.check(corpus, evidence),
        *measures.check(corpus),
        *maps.check(corpus, evidence),
        *stale.check(corpus, evidence),
        *prose.check(corpus),
        *hollow.check(corpus),
        *rivalry.check(corpus),
        *meter.check(corpus),
        *twins.check(corpus),
    ]
    return sorted({*found, *drafts.check(corpus, found)})
