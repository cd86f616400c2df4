"""Reruns as text for a terminal, and as plain objects for ``--json``: one run, and the sum of many."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from kg.declarations import Verdict
from kg.english import listed
from kg.export.snapshot import measured
from kg.findings import visible
from kg.history import Entry, cause
from kg.rerun.experiment import Done
from kg.rerun.many import Job
from kg.runs import Run
from kg.scriptfile import PLACEHOLDER, Script
from kg.verdicts import Judgement

WIDTH = 100
UNWRITTEN = (
    "the skeleton ran, and its numbers are placeholders: they say nothing of the prediction. Replace measure() by what "
    "the prediction speaks of, then the other lines marked as placeholders, then the docstring"
)
TOO_SHORT = "a smoke run is too short for one"
SAID: dict[Verdict, tuple[str, str]] = {
    "agrees": ("agrees", "agree"),
    "disagrees": ("disagrees", "disagree"),
    "cannot-discriminate": ("cannot discriminate", "cannot discriminate"),
    "not-in-regime": ("not in regime", "not in regime"),
    "error": ("error", "errors"),
}
"""Each verdict as it is said of one prediction, and of several."""


def wrapped(text: str) -> str:
    return textwrap.fill(text, WIDTH, subsequent_indent="            ", break_on_hyphens=False)


def paragraph(text: str) -> str:
    """``text`` in lines that all begin at the left edge."""
    return textwrap.fill(text, WIDTH, break_on_hyphens=False)


def verdict_lines(judged: Judgement) -> Iterator[str]:
    """The verdict with its reason, and the numbers of each condition."""
    yield wrapped(f"verdict     {click.style(judged.verdict, bold=True)}: {judged.reason}")
    yield from figure_lines(judged)


def figure_lines(judged: Judgement) -> Iterator[str]:
    """The numbers of each condition."""
    figures = measured(judged)
    for row in figures["conditions"] if figures else ():
        setting = ", ".join(
            f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}"
            for name, value in row["condition"].items()
        )
        low, high = (f"{end:.4g}" if end is not None else "–" for end in row["interval"] or (None, None))
        mean = "–" if row["mean"] is None else f"{row['mean']:.4g}"
        yield f"              {setting or 'all':28} {mean} [{low}, {high}], n = {row['n']}"


def counted(verdicts: Iterable[Verdict]) -> str:
    """``5 agree, 1 disagrees``; empty where there is none."""
    found = Counter(verdicts)
    return ", ".join(f"{found[name]} {says[found[name] > 1]}" for name, says in SAID.items() if found[name])


def left(script: Script) -> str:
    """What is left of the skeleton in ``script``, and what to do; empty where nothing is."""
    if script.unwritten:
        return f"placeholder {script.path}:{script.placeholder}: {UNWRITTEN}"
    if not script.marks:
        return ""
    places = listed([f"line {line} ({where})" for line, where in script.marks])
    return (
        f"{script.path}:{script.placeholder}: the mark {PLACEHOLDER} is left on {places}; say there what the script "
        "measures, and take the mark out: no run of it is recorded before"
    )


def rerun(done: Done, where: Path | None, script: Script | None = None) -> str:
    """A finished run and its verdicts; of a ``script`` that is unwritten the verdicts say nothing."""
    unwritten = script is not None and script.unwritten
    verdicts = {judged.verdict for judged in done.judgements.values()}
    unjudged = done.run.status == "ok" and verdicts == {"error"} and not unwritten
    status = "ended, and no prediction could be judged" if unjudged else done.run.status
    lines = [f"{done.run.script}: {status} ({done.run.budget})"]
    if script and (told := left(script)):
        lines += ["", wrapped(told)]
    if done.run.detail:
        lines.append(wrapped(visible(done.run.detail)))
    for address, judged in done.judgements.items():
        if unwritten:
            lines += ["", f"{click.style(address, bold=True)}  no verdict: the numbers are placeholders"]
        elif not is_told(done.run, judged):
            lines += [
                "",
                click.style(address, bold=True),
                f"no verdict  {TOO_SHORT}; it measured",
                *figure_lines(judged),
            ]
        else:
            lines += ["", click.style(address, bold=True), *verdict_lines(judged)]
    lines += ["", f"kept in {where}" if where else "not kept"]
    return "\n".join(lines)


def rerun_as_dict(done: Done, where: Path | None) -> dict[str, Any]:
    judged = {
        address: {"verdict": j.verdict, "reason": j.reason, "favours": j.favours, "measured": measured(j)}
        for address, j in done.judgements.items()
    }
    return {
        "script": done.run.script,
        "budget": done.run.budget,
        "status": done.run.status,
        "detail": done.run.detail,
        "run": done.run.address,
        "cpu_seconds": done.run.cpu_seconds,
        "file": str(where) if where else None,
        "verdicts": judged,
    }


def entry(found: Entry) -> str:
    """One recorded run of a prediction in a line."""
    told = found.judgement.verdict + (f" ({found.cause})" if found.cause else "")
    marks = [*found.marks, f"commit {found.commit}" if found.commit else "outside a commit"]
    seeds = f"{found.seeds} seed{'s' * (found.seeds != 1)}"
    return f"{when(found.run)}  {found.run.budget:5}  {seeds:8}  {told}  [{', '.join(marks)}]"


def run_line(run: Run, entries: Iterable[Entry]) -> str:
    """One recorded run of a script in a line."""
    entries = list(entries)
    causes = sorted(filter(None, {found.cause for found in entries} or {cause(run)}))
    told = counted(found.judgement.verdict for found in entries) or run.status
    why = f" ({', '.join(causes)})" if causes else ""
    return f"{when(run)}  {run.budget:5}  {run.cpu_seconds or 0.0:8.1f} CPU s  {told}{why}"


def when(run: Run) -> str:
    """``2026-11-24 10:15``, in UTC."""
    return run.started[:16].replace("T", " ")


def said(job: Job) -> str:
    """What an ended job gave, in a few words."""
    if job.done is None or job.done.run.status != "ok":
        run = job.done.run if job.done else None
        if run is None:
            return f"error: {job.problem}"
        return f"error: {cause(run)}: {run.status}: {visible(run.detail)}".removesuffix(": ")
    told = counted(_spoken(job.done)) or ("no verdict (smoke)" if job.done.judgements else "tests nothing")
    return f"{told}; not kept: {job.problem}" if job.problem else told


def remarks(job: Job) -> list[str]:
    """A line for each prediction that disagrees, or on which a run that ended well gave no verdict."""
    if job.done is None or job.done.run.status != "ok":
        return []
    return [
        f"{address}: {judged.verdict}: {judged.reason}"
        for address, judged in job.done.judgements.items()
        if judged.verdict in ("disagrees", "error") and is_told(job.done.run, judged)
    ]


def is_told(run: Run, judged: Judgement) -> bool:
    """Whether the verdict on a run is told: of a smoke run, which is too short for one, an error alone."""
    return run.budget != "smoke" or judged.verdict == "error"


def _spoken(done: Done) -> list[Verdict]:
    return [judged.verdict for judged in done.judgements.values() if is_told(done.run, judged)]


def total(jobs: Sequence[Job], wall_seconds: float) -> str:
    """``45 scripts, 1,234 CPU s, 700 s: 120 agree, 1 disagrees``."""
    ended = [job for job in jobs if job.state in ("ended", "failed")]
    judged = [verdict for job in ended if job.done for verdict in _spoken(job.done)]
    smoke = any(job.done and job.done.run.budget == "smoke" for job in ended)
    scripts = f"{len(ended)} script{'s' * (len(ended) != 1)}"
    if len(ended) < len(jobs):
        scripts = f"{len(ended)} of {len(jobs)} scripts"
    cpu = sum(job.cpu_seconds for job in jobs if not job.earlier)
    unrun = sum(job.done is None for job in ended)
    told = [counted(judged), f"{unrun} could not be run" if unrun else ""]
    told += [f"no verdict, {TOO_SHORT}" if smoke else ""]
    verdicts = ", ".join(filter(None, told)) or "no verdict"
    return f"{scripts}, {cpu:,.0f} CPU s, {wall_seconds:,.0f} s: {verdicts}"


def many_as_dict(jobs: Sequence[Job], wall_seconds: float) -> dict[str, Any]:
    """Every ended job as ``rerun_as_dict`` has it, what could not be run, and the sums."""
    judged = Counter(j.verdict for job in jobs if job.done for j in job.done.judgements.values())
    return {
        "reruns": [rerun_as_dict(job.done, job.where) for job in jobs if job.done and job.state == "ended"],
        "problems": {job.name: job.problem for job in jobs if job.problem},
        "not_run": [job.name for job in jobs if job.state not in ("ended", "failed")],
        "cpu_seconds": sum(job.cpu_seconds for job in jobs if not job.earlier),
        "wall_seconds": wall_seconds,
        "verdicts": {name: judged[name] for name in SAID},
    }
