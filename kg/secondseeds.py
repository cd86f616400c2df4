"""Whether a verdict is that of the claim or of the seeds: the recorded runs beside runs from another first seed.

``benchmarks/second_seeds.py`` measures them and keeps them in ``benchmarks/second_seeds.json``; a row of it counts only
while script, data and declarations are what they were.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from kg.evidence import Evidence
from kg.rerun import experiment
from kg.rerun.ledger import identity

PATH = "benchmarks/second_seeds.json"
FIRST_SEED = 5000
"""Far from 0, where recorded runs begin."""
Row = dict[str, Any]
"""Of one script: ``identity``, ``cpu_seconds`` and, by prediction, ``verdicts`` and ``reasons`` of the second run."""


class Pair(NamedTuple):
    """A prediction's verdict in its recorded run (``once``) and from the other first seed (``again``)."""

    prediction: str
    script: str
    once: str
    again: str


def held(path: Path, first_seed: int, budget: str) -> dict[str, Row]:
    """What was measured, by script; nothing where there is no file. Raises ValueError for other seeds or budget."""
    if not path.exists():
        return {}
    told = json.loads(path.read_text(encoding="utf-8"))
    if (told["schema"], told["first_seed"], told["budget"]) != (1, first_seed, budget):
        raise ValueError(f"{path} is of other seeds or another budget; choose another --out")
    return dict(told["scripts"])


def current(evidence: Evidence, second: dict[str, Row]) -> dict[str, Row]:
    """Those rows whose script, data and declarations are still what they were."""
    known = [name for name in second if name in evidence.corpus.scripts]
    return {name: second[name] for name in known if _identity(evidence, name) == second[name]["identity"]}


def recorded(evidence: Evidence) -> dict[str, dict[str, str]]:
    """By script and prediction: the verdict of the recorded run that counts, where it is not stale."""
    found: dict[str, dict[str, str]] = {}
    for address, of in evidence.predictions.items():
        for outcome in of.outcomes:
            if outcome.judgement and not outcome.stale and outcome.test.script in evidence.corpus.scripts:
                found.setdefault(str(outcome.test.script), {})[address] = outcome.judgement.verdict
    return found


def compared(first: dict[str, dict[str, str]], second: dict[str, Row]) -> list[Pair]:
    """Both verdicts, wherever there are both."""
    return [
        Pair(address, script, verdict, second[script]["verdicts"].get(address, "error"))
        for script in sorted(first)
        if script in second
        for address, verdict in sorted(first[script].items())
    ]


def share(pairs: Sequence[Pair]) -> float | None:
    """Of the predictions that agreed, how many agree again, 0 to 1; None where none agreed."""
    agreed = [pair.again for pair in pairs if pair.once == "agrees"]
    return sum(again == "agrees" for again in agreed) / len(agreed) if agreed else None


def summary(pairs: Sequence[Pair]) -> str:
    """``123 predictions compared: 100 of 101 that agreed agree again (99.0%); 119 have the same verdict``."""
    part = share(pairs)
    agreed = [pair for pair in pairs if pair.once == "agrees"]
    same = sum(pair.again == "agrees" for pair in agreed)
    told = "none agreed" if part is None else f"{same} of {len(agreed)} that agreed agree again ({part:.1%})"
    alike = sum(pair.once == pair.again for pair in pairs)
    return f"{len(pairs)} predictions compared: {told}; {alike} have the same verdict"


def _identity(evidence: Evidence, name: str) -> str:
    try:
        return identity(experiment.plan(evidence.graph, name))
    except experiment.CannotRun:
        return ""
