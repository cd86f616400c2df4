"""Whether a verdict is that of the claim or of the seeds: every tested script again, from another first seed.

Run it as ``python benchmarks/second_seeds.py [--jobs 2] [--only SCRIPT ...]``. For each prediction with a recorded run
that is not stale, its script is run again with ``--seed 5000`` and judged; the share of those that agreed and agree
again is printed, and the others are named. Exit code 1 says that the share is below 95 %, or that nothing was compared.
What is measured goes into ``--out`` as it comes: called again, it goes on with what is missing or has changed since.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kg import runcard
from kg.corpus import find_root
from kg.evidence import Evidence
from kg.graph import load
from kg.rerun import choice, experiment
from kg.rerun.ledger import identity
from kg.rerun.many import Job, Many, Options, jobs_for

LEAST_SHARE = 0.95
Row = dict[str, Any]
"""Of one script: ``identity``, ``cpu_seconds`` and, by prediction, ``verdicts`` and ``reasons`` of the second run."""


def recorded(evidence: Evidence) -> dict[str, dict[str, str]]:
    """By script and prediction: the verdict of the recorded run that counts, where it is not stale."""
    found: dict[str, dict[str, str]] = {}
    for address, held in evidence.predictions.items():
        for outcome in held.outcomes:
            if outcome.judgement and not outcome.stale and outcome.test.script in evidence.corpus.scripts:
                found.setdefault(str(outcome.test.script), {})[address] = outcome.judgement.verdict
    return found


def compared(first: dict[str, dict[str, str]], second: dict[str, Row]) -> list[tuple[str, str, str, str]]:
    """(prediction, script, verdict recorded, verdict of the other seeds) wherever there are both."""
    return [
        (address, script, verdict, second[script]["verdicts"].get(address, "error"))
        for script in sorted(first)
        if script in second
        for address, verdict in sorted(first[script].items())
    ]


def share(rows: Sequence[tuple[str, str, str, str]]) -> float | None:
    """Of the predictions that agreed, how many agree again, 0 to 1; None where none agreed."""
    agreed = [again for _, _, once, again in rows if once == "agrees"]
    return sum(again == "agrees" for again in agreed) / len(agreed) if agreed else None


def measure(jobs: list[Job], options: Options, workers: int, second: dict[str, Row], out: Path) -> bool:
    """Run ``jobs``, note each in ``second`` and in the file ``out`` as it ends; False after Ctrl-C."""

    def ended(job: Job) -> None:
        print(f"{job.name:28} {job.cpu_seconds:8.1f} CPU s  {runcard.said(job)}", flush=True)
        if job.plan is None or job.done is None:
            return
        judged = job.done.judgements
        second[job.name] = {
            "identity": identity(job.plan),
            "cpu_seconds": job.cpu_seconds,
            "verdicts": {address: found.verdict for address, found in judged.items()},
            "reasons": {address: found.reason for address, found in judged.items()},
        }
        write(out, options, second)

    cancel = threading.Event()
    before = signal.signal(signal.SIGINT, lambda *_: cancel.set())
    try:
        Many(options, workers=workers, on_end=ended).run(jobs, cancel)
    finally:
        signal.signal(signal.SIGINT, before)
    return not cancel.is_set()


def write(out: Path, options: Options, second: dict[str, Row]) -> None:
    told = {"schema": 1, "first_seed": options.first_seed, "budget": options.budget, "scripts": second}
    temporary = out.with_suffix(".tmp")
    temporary.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    temporary.replace(out)


def held(out: Path, options: Options) -> dict[str, Row]:
    """What an earlier call measured with the same seeds and budget. Raises ValueError for another file."""
    if not out.exists():
        return {}
    told = json.loads(out.read_text(encoding="utf-8"))
    if (told["schema"], told["first_seed"], told["budget"]) != (1, options.first_seed, options.budget):
        raise ValueError(f"{out} is of other seeds or another budget; choose another --out")
    return dict(told["scripts"])


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=None, help="the folder that holds data/ and bib/")
    parser.add_argument("--only", nargs="+", metavar="SCRIPT", help="these scripts, in the place of all")
    parser.add_argument("--seed", type=int, default=5000, help="the first seed (default 5000; recorded runs have 0)")
    parser.add_argument("--budget", choices=["quick", "full"], default="quick")
    parser.add_argument("--jobs", type=int, default=1, help="how many scripts at a time")
    parser.add_argument("--out", type=Path, default=None, help="default: .kg/second_seeds.json below the root")
    args = parser.parse_args(arguments)
    root = args.root or find_root()
    out = args.out or root / ".kg" / "second_seeds.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    options = Options(args.budget, args.seed)
    evidence = Evidence(load(root))
    first = recorded(evidence)
    if unknown := sorted(set(args.only or ()) - set(first)):
        parser.error(f"no recorded run that is not stale: {', '.join(unknown)}")
    first = {script: found for script, found in first.items() if script in (args.only or first)}
    names = choice.longest_first(evidence, list(first))
    jobs = jobs_for({name: experiment.plan(evidence.graph, name) for name in names})
    second = held(out, options)
    marks = {job.name: identity(job.plan) for job in jobs if job.plan}
    second = {name: row for name, row in second.items() if marks.get(name, row["identity"]) == row["identity"]}
    whole = measure([job for job in jobs if job.name not in second], options, args.jobs, second, out)
    rows = compared(first, second)
    again = share(rows)
    for address, script, once, then in rows:
        if once != then:
            print(
                f"{address} ({script}): {once}, and from seed {args.seed} {then}: {second[script]['reasons'][address]}"
            )
    agreed = [row for row in rows if row[2] == "agrees"]
    same = sum(then == "agrees" for *_, then in agreed)
    told = "none agreed" if again is None else f"{same} of {len(agreed)} that agreed agree again ({again:.1%})"
    print(f"{len(rows)} predictions compared: {told}; {sum(row[2] == row[3] for row in rows)} have the same verdict")
    if not whole:
        print("stopped; the same call goes on", file=sys.stderr)
        return 130
    return 0 if again is not None and again >= LEAST_SHARE else 1


if __name__ == "__main__":
    sys.exit(main())
