"""Whether a verdict is that of the claim or of the seeds: every tested script again, from another first seed.

Run it as ``python benchmarks/second_seeds.py [--jobs 2] [--only SCRIPT ...]``. For each prediction with a recorded run
that is not stale, its script is run again with ``--seed 5000`` and judged; the share of those that agreed and agree
again is printed, and the others are named. Exit code 1 says that the share is below 95 %, or that nothing was compared.
What is measured goes into ``--out`` as it comes: called again, it goes on with what is missing or has changed since.
``scripts/README.md`` tells what the committed file says.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from kg import runcard, secondseeds
from kg.corpus import find_root
from kg.evidence import Evidence
from kg.graph import load
from kg.rerun import choice, experiment
from kg.rerun.ledger import identity
from kg.rerun.many import Job, Many, Options, jobs_for
from kg.secondseeds import Row

LEAST_SHARE = 0.95


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


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=None, help="the folder that holds data/ and bib/")
    parser.add_argument("--only", nargs="+", metavar="SCRIPT", help="these scripts, in the place of all")
    parser.add_argument("--seed", type=int, default=secondseeds.FIRST_SEED, help="the first seed")
    parser.add_argument("--budget", choices=["quick", "full"], default="quick")
    parser.add_argument("--jobs", type=int, default=1, help="how many scripts at a time")
    parser.add_argument("--out", type=Path, default=None, help=f"default: {secondseeds.PATH} below the root")
    args = parser.parse_args(arguments)
    root = args.root or find_root()
    out = args.out or root / secondseeds.PATH
    out.parent.mkdir(parents=True, exist_ok=True)
    options = Options(args.budget, args.seed)
    evidence = Evidence(load(root))
    first = secondseeds.recorded(evidence)
    if unknown := sorted(set(args.only or ()) - set(first)):
        parser.error(f"no recorded run that is not stale: {', '.join(unknown)}")
    first = {script: found for script, found in first.items() if script in (args.only or first)}
    names = choice.longest_first(evidence, list(first))
    jobs = jobs_for({name: experiment.plan(evidence.graph, name) for name in names})
    second = secondseeds.current(evidence, secondseeds.held(out, options.first_seed, options.budget))
    whole = measure([job for job in jobs if job.name not in second], options, args.jobs, second, out)
    pairs = secondseeds.compared(first, second)
    for address, script, once, again in pairs:
        if once != again:
            reason = second[script]["reasons"][address]
            print(f"{address} ({script}): {once}, and from seed {args.seed} {again}: {reason}")
    print(secondseeds.summary(pairs))
    if not whole:
        print("stopped; the same call goes on", file=sys.stderr)
        return 130
    part = secondseeds.share(pairs)
    return 0 if part is not None and part >= LEAST_SHARE else 1


if __name__ == "__main__":
    sys.exit(main())
