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
            run = outcome.run if outcome.stale else None
            if run and not {f"reproduction:{run.script}", "reproduction:*"} & corpus.broken:  # said there
                message = "the script, its data or the declaration changed since the newest run, which counts no longer"
                yield STALE.at(corpus.place(address), f"{message}; run 'kg rerun {run.script} --record'")
