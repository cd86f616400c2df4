"""``scripts/README.md``: every prediction that a script tests, how to run it, and what its newest recorded run gave."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kg import runcard, secondseeds
from kg.evidence import Evidence, TestOutcome
from kg.graph import Node, load
from kg.history import cause
from kg.plain import plain

PATH = "scripts/README.md"
_HEAD = """\
# Reproductions

Each prediction that a script tests, with the newest recorded run as it is judged today. Generated from the record by
`python -m kg.generate`; `kg rerun --record` renews it. The CPU seconds are those of the whole script, with all the
predictions that it tests. *Stale* says that the script, its data or the declaration changed since the run.

`kg rerun --all --budget smoke --jobs 2` shows that all of them work; `kg rerun --stale --record` measures what is due.
"""
_TABLE = "| prediction | claim | command | level | CPU s | verdict | date |\n|---|---|---|---|---:|---|---|"


def text(evidence: Evidence) -> str:
    """The file's text: a table for each strand that has tests, by the first strand of each claim."""
    graph, parts = evidence.graph, [_HEAD, *_second(evidence)]
    listed: dict[str, list[tuple[str, TestOutcome]]] = {}
    for address in sorted(evidence.predictions):
        strands = evidence.corpus.claims[address.partition(":")[2].partition("/")[0]].strands
        rows = [(address, out) for out in evidence.predictions[address].outcomes if out.test.script]
        listed.setdefault(strands[0] if strands else "", []).extend(rows)
    named: list[Node | None] = [*graph.nodes("strand"), None]
    for strand in named:
        if rows := listed.get(strand.id if strand else "", []):
            title = plain(strand.title) if strand else "No strand"
            parts.append("\n".join([f"## {title}", "", _sum(rows), "", _TABLE, *_rows(evidence, rows)]) + "\n")
    idle = sorted(set(evidence.corpus.scripts) - {str(out.test.script) for rows in listed.values() for _, out in rows})
    if idle:
        parts.append("No prediction names: " + ", ".join(f"`{name}`" for name in idle) + ".\n")
    return "\n".join(parts)


def _second(evidence: Evidence) -> list[str]:
    """What became of the verdicts from another first seed, and where they are not the same."""
    second = secondseeds.held(evidence.corpus.root / secondseeds.PATH, secondseeds.FIRST_SEED, "quick")
    pairs = secondseeds.compared(secondseeds.recorded(evidence), secondseeds.current(evidence, second))
    if not pairs:
        return []
    told = [
        f"`python benchmarks/second_seeds.py` ran them again from another first seed, {secondseeds.FIRST_SEED}:",
        f"{secondseeds.summary(pairs)}." + " The others:" * any(pair.once != pair.again for pair in pairs),
    ]
    rows = [
        f"| `{pair.prediction.partition(':')[2]}` | `{pair.script}` | {_verdict(pair.once)} | {_verdict(pair.again)} |"
        for pair in pairs
        if pair.once != pair.again
    ]
    table = (
        ["", "| prediction | script | recorded | from the other seeds |", "|---|---|---|---|", *rows] if rows else []
    )
    return ["\n".join([*told, *table]) + "\n"]


def _verdict(name: str) -> str:
    return runcard.SAID[name][0] if name in runcard.SAID else name


def write(root: Path) -> None:
    """Renew the file from the record as it is now. Raises OSError."""
    (root / PATH).write_text(text(Evidence(load(root))), encoding="utf-8")


def _sum(rows: list[tuple[str, TestOutcome]]) -> str:
    scripts = len({out.test.script for _, out in rows})
    told = runcard.counted(out.judgement.verdict for _, out in rows if out.judgement)
    waiting, stale = sum(out.run is None for _, out in rows), sum(out.stale for _, out in rows)
    said = [told, f"{waiting} not run" if waiting else "", f"{stale} stale" if stale else ""]
    tests = f"{len(rows)} test{'s' * (len(rows) != 1)} by {scripts} script{'s' * (scripts != 1)}"
    return f"{tests}: {', '.join(filter(None, said))}."


def _rows(evidence: Evidence, rows: list[tuple[str, TestOutcome]]) -> Iterator[str]:
    for address, out in rows:
        name = address.partition(":")[2]
        claim = evidence.graph.node(f"claim:{name.partition('/')[0]}")
        seconds = verdict = date = "–"
        if out.run and out.judgement:
            seconds = "–" if out.run.cpu_seconds is None else f"{out.run.cpu_seconds:.1f}"
            why = cause(out.run, out.judgement)
            verdict = runcard.SAID[out.judgement.verdict][0] + (f" ({why})" if why else "") + ", *stale*" * out.stale
            date = out.run.started[:10]
        cells = [
            f"`{name}`", _cell(claim.title), f"`kg rerun {out.test.script}`", out.test.level, seconds, verdict, date,
        ]  # fmt: skip
        yield f"| {' | '.join(cells)} |"


def _cell(contributed: str) -> str:
    """A title as plain text in a cell of a table."""
    return "".join(f"\\{sign}" if sign in "|\\`*_<>[]$&" else sign for sign in plain(contributed))
