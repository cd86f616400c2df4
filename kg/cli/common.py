"""What commands share: the option for JSON, the loaded record, a node's name resolved, printing."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from kg.english import counted

if TYPE_CHECKING:
    from kg.evidence import Evidence
    from kg.findings import Finding
    from kg.graph import Graph


class Refusal(click.UsageError):
    """A usage error of what was said rather than of the command line: it ends with code 2 and shows no usage."""

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"Error: {self.format_message()}", file=file or sys.stderr)


as_json = click.option("--json", "json_", is_flag=True, help="Print JSON for other programs.")


def load(root: Path | None) -> Graph:
    """The graph of the tree at ``root``, or of the nearest one at or above the working directory."""
    from kg import graph

    return graph.load(root)


def loaded(root: Path | None) -> Evidence:
    """The graph with its evidence; errors in the record are counted on stderr and leave the rest usable."""
    from kg import checks
    from kg.evidence import Evidence

    evidence = Evidence(load(root))
    _tell(checks.run(evidence.graph, evidence))
    return evidence


def searched(root: Path | None) -> Graph:
    """The graph alone, for what needs no evidence: in half the time. What could not be read is counted on stderr."""
    graph = load(root)
    _tell(graph.corpus.findings)
    return graph


def _tell(findings: Iterable[Finding]) -> None:
    errors = sum(finding.severity == "error" for finding in findings)
    if errors:
        click.echo(f"{counted(errors, 'error')} in the record; kg check lists what to mend", err=True)


def resolved(graph: Graph, text: str) -> str:
    """The address that ``text`` names. Raises Refusal, with a near name, where it names none or several."""
    from kg.validation import did_you_mean

    address, several = graph.resolve(text)
    retired = next((r for r in graph.corpus.retired if text in (r.id, r.id.partition(":")[2])), None)
    if address is None and several:
        split = f"was split on {retired.date} ({retired.why})" if retired else "leads to several nodes"
        raise Refusal(f"{text!r} {split}; say which: {', '.join(several)}")
    if address is None:
        if retired is not None:
            kind, _, name = retired.id.partition(":")
            file = f"data/{kind}s/{name}.yaml" if kind in ("claim", "question", "argument") else ""
            was = f"; what it said: git log -1 -p -- {file}" if file else ""
            raise Refusal(f"{text!r} was withdrawn on {retired.date}: {retired.why}{was}")
        known = [node.address for node in graph.nodes()] + [node.id for node in graph.nodes()]
        raise Refusal(f"there is no {text!r}{did_you_mean(text, known)}; kg find looks by words")
    if several:
        click.echo(f"{text} is also {', '.join(several)}; this is {address}", err=True)
    if retired and address not in (text, f"{address.partition(':')[0]}:{text}"):
        click.echo(f"{text} was retired on {retired.date} ({retired.why}); showing {address}", err=True)
    return address


def put(value: Any, json_: bool) -> None:
    """Print ``value``: text as it is, with ``json_`` anything as JSON."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) if json_ else value)


@contextlib.contextmanager
def cancelled_by_ctrl_c() -> Iterator[threading.Event]:
    """An event that Ctrl-C sets, in the place of an exception in the middle of a run."""
    cancel = threading.Event()
    before = signal.signal(signal.SIGINT, lambda *_: cancel.set())
    try:
        yield cancel
    finally:
        signal.signal(signal.SIGINT, before)
