"""Counts of the record: what there is, how it stands, what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from kg.evidence import Evidence
from kg.findings import Finding
from kg.relations import KINDS, RELATIONS


def stats(evidence: Evidence, findings: Sequence[Finding]) -> dict[str, Any]:
    """The object that ``kg stats --json`` prints; every kind and relation has its count, zero included."""
    graph, corpus = evidence.graph, evidence.corpus
    nodes = Counter(node.kind for node in graph.nodes())
    relations = Counter(edge.relation for edge in graph.edges())
    standings = Counter(found.standing or "none" for found in evidence.claims.values())
    verdicts = Counter(
        found.primary.judgement.verdict if found.primary and found.primary.judgement else "not-run"
        for found in evidence.predictions.values()
    )
    papers = list(corpus.papers.values())
    return {
        "nodes": {kind: nodes[kind] for kind in KINDS},
        "relations": {name: relations[name] for name in RELATIONS},
        "claims": {
            "by_standing": dict(sorted(standings.items())),
            "with_locator": sum(any(source.where for source in claim.sources) for claim in corpus.claims.values()),
        },
        "predictions": {
            "total": nodes["prediction"],
            "with_tests": sum(bool(prediction.tests) for _, _, prediction in corpus.predictions()),
            "by_verdict": dict(sorted(verdicts.items())),
        },
        "questions": {"by_state": dict(sorted(Counter(q.state for q in corpus.questions.values()).items()))},
        "papers": {
            "total": len(papers),
            "with_identifier": sum(paper.has_identifier for paper in papers),
            "incomplete": sum(paper.incomplete for paper in papers),
        },
        "runs": len(corpus.runs),
        "findings": {severity: sum(f.severity == severity for f in findings) for severity in ("error", "warning")},
    }
