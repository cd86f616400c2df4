"""Recorded runs that count no longer, as what they were made with has changed."""

from __future__ import annotations

from collections.abc import Iterator

from kg.corpus import Corpus
from kg.evidence import Evidence
from kg.findings import Finding, rule

STALE = rule(
    "stale-run",
    "A run is recorded again when its script, its data or the prediction's declaration change.",
    "tolerance: {value: 0.5, …} where the newest file of data/runs/ was made with another one",
    severity="warning",
)


def check(corpus: Corpus, evidence: Evidence) -> Iterator[Finding]:
    for address, found in evidence.predictions.items():
        for outcome in found.outcomes:
            if outcome.run and outcome.stale:
                changed = "the declaration" if outcome.amended else "the script or its data"
                message = f"{changed} changed since the newest run, which counts no longer; record another: "
                yield STALE.at(corpus.place(address), f"{message}kg rerun {outcome.run.script} --record")
