"""What our runs said of a prediction, one after the other, and why where they did not agree.

Every recorded run is judged by the present declaration, as the newest one is; a verdict is never stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from kg.declarations import Test
from kg.evidence import Evidence
from kg.runs import Run
from kg.verdicts import Judgement, fingerprint

Cause = Literal["claim fails", "undecided", "regime not met", "measurement fails", "environment fails", "too slow here"]

CAUSES: dict[Cause, str] = {
    "claim fails": "The measurement lies outside what the prediction allows.",
    "undecided": "The measurement neither fits nor contradicts: too few seeds, or a rival or control is too close.",
    "regime not met": "A precondition failed: the run says nothing about the prediction.",
    "measurement fails": "The script ran to its end, and what it wrote cannot be held against the declaration.",
    "environment fails": "The script gave no result here: it crashed, was refused, or used more than it may.",
    "too slow here": "The script did not end within the time of its budget on this machine.",
}
"""Why a run did not agree, and what that means."""

_OF_VERDICT: dict[str, Cause | None] = {
    "agrees": None,
    "disagrees": "claim fails",
    "cannot-discriminate": "undecided",
    "not-in-regime": "regime not met",
    "error": "measurement fails",
}


def cause(run: Run, judged: Judgement | None = None) -> Cause | None:
    """Why ``run`` gave no agreement, None where it did; without a verdict, why it gave no result."""
    if run.status != "ok":
        return "too slow here" if run.status == "timeout" else "environment fails"
    return _OF_VERDICT[judged.verdict] if judged else None


@dataclass(frozen=True)
class Entry:
    """One recorded run as it speaks of one prediction.

    ``counts``: it is the run that the prediction's rerun axis reads. ``stale``: script, data or declaration changed
    since. ``amended``: it was made under another declaration of the prediction.
    """

    run: Run
    test: Test
    judgement: Judgement
    cause: Cause | None
    stale: bool
    amended: bool
    counts: bool

    @property
    def seeds(self) -> int:
        """How many seeds were run; 0 where there is no result."""
        return len(self.run.measured.seeds) if self.run.measured else 0

    @property
    def commit(self) -> str:
        """The first digits of the commit that it was made from; empty outside one."""
        return str(self.run.provenance.get("commit") or "")[:10]

    @property
    def marks(self) -> list[str]:
        """What a reader should know besides the verdict, each in a word or a few."""
        said = {"stale": self.stale, "made under another declaration": self.amended, "counts now": self.counts}
        return [name for name, holds in said.items() if holds]


def of_prediction(evidence: Evidence, address: str) -> list[Entry]:
    """All recorded runs of the tests of the prediction at ``address``, oldest first."""
    prediction = evidence.graph.node(address).record
    own = fingerprint(prediction)
    entries = []
    for outcome in evidence.predictions[address].outcomes:
        for run in evidence.runs_of(outcome.test):
            judged = evidence.judge(prediction, run)
            stale = evidence.is_stale(prediction, run)
            amended = evidence.declared(run, address, own) != own
            counts = outcome.run is not None and run.id == outcome.run.id
            entries.append(Entry(run, outcome.test, judged, cause(run, judged), stale, amended, counts))
    return sorted(entries, key=lambda entry: (entry.run.started, entry.run.id))


def of_script(evidence: Evidence, script: str) -> list[tuple[Run, dict[str, Entry]]]:
    """All recorded runs of ``script``, oldest first, each with what it says of the predictions that it tests."""
    tested = [edge.target for edge in evidence.graph.out(f"reproduction:{script}", "tests")]
    found: dict[str, dict[str, Entry]] = {}
    for address in tested:
        for entry in of_prediction(evidence, address):
            if entry.run.script == script:
                found.setdefault(entry.run.id, {})[address] = entry
    runs = sorted((run for run in evidence.corpus.runs if run.script == script), key=lambda run: (run.started, run.id))
    return [(run, found.get(run.id, {})) for run in runs]


def as_dict(entry: Entry) -> dict[str, Any]:
    """The entry for ``kg show --json``."""
    return {
        "run": entry.run.address,
        "started": entry.run.started,
        "budget": entry.run.budget,
        "seeds": entry.seeds,
        "commit": entry.commit or None,
        "level": entry.test.level,
        "verdict": entry.judgement.verdict,
        "cause": entry.cause,
        "reason": entry.judgement.reason,
        "stale": entry.stale,
        "amended": entry.amended,
        "counts": entry.counts,
    }
