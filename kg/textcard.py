"""Nodes, traces and counts as text for a terminal, and as plain objects for ``--json``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import click

from kg import cardfacts, defeat, history, maptext, runcard
from kg.cardlinks import carried, relations
from kg.defeat import Defeat
from kg.evidence import Evidence, PredictionEvidence
from kg.export.snapshot import snapshot_node
from kg.findings import visible
from kg.graph import Node
from kg.papercard import paper_card
from kg.papercircle import circularity
from kg.papers import Paper
from kg.records import Retired
from kg.runcard import paragraph, verdict_lines, wrapped
from kg.trace import Step


def card(evidence: Evidence, address: str) -> str:
    """The node at ``address`` with its evidence and relations."""
    node = evidence.graph.node(address)
    return "\n".join(_card(evidence, node))


def as_dict(evidence: Evidence, address: str) -> dict[str, Any]:
    """The node as in the snapshot, with its relations and the place where it is written."""
    graph = evidence.graph
    found = [
        {"source": e.source, "target": e.target, "relation": e.relation, **e.data}
        for e in sorted(graph.around(address), key=lambda e: (e.relation, e.source, e.target, json.dumps(e.data)))
    ]
    return {
        **snapshot_node(evidence, graph.node(address)),
        "written": str(graph.corpus.place(address)),
        **_histories(evidence, graph.node(address)),
        "formerly": [{"id": r.id, "date": str(r.date), "why": r.why} for r in graph.former(address)],
        "marks": [defeat.as_dict(mark) for mark in defeat.marks(evidence).get(address, ())],
        "relations": found,
    }


def _histories(evidence: Evidence, node: Node) -> dict[str, Any]:
    if node.kind == "prediction":
        return {"history": [history.as_dict(entry) for entry in history.of_prediction(evidence, node.address)]}
    if node.kind != "reproduction":
        return {}
    rows = [
        {
            "run": run.address,
            "started": run.started,
            "budget": run.budget,
            "cpu_seconds": run.cpu_seconds,
            "status": run.status,
            "predictions": {address: history.as_dict(entry) for address, entry in entries.items()},
        }
        for run, entries in history.of_script(evidence, node.id)
    ]
    return {"history": rows}


def _card(evidence: Evidence, node: Node) -> Iterator[str]:
    yield click.style(visible(node.title), bold=True)
    yield click.style(f"{node.address}  ({evidence.graph.corpus.place(node.address)})", dim=True)
    statement = getattr(node.record, "statement", None)
    if statement and statement != node.title:
        yield from ("", paragraph(statement))
    if isinstance(node.record, Paper):
        yield from _paper(node.record)
        yield from _paper_card(evidence, node)
    if node.kind == "claim":
        found = evidence.claims[node.id]
        yield from ("", f"standing    {click.style(found.standing or 'none: framing', bold=True)}")
        yield f"literature  {found.literature}"
        yield f"rerun       {found.rerun} ({found.tested} of {found.total} predictions tested)"
        yield wrapped(f"because     {found.reason}")
    if node.kind == "prediction":
        yield from _prediction(node, evidence.predictions[node.address])
        if node.address in evidence.maps:
            yield from maptext.lines(evidence.maps[node.address])
        yield from _listed("history", map(runcard.entry, history.of_prediction(evidence, node.address)))
    if node.kind == "reproduction":
        runs = history.of_script(evidence, node.id)
        yield from _listed("history", (runcard.run_line(run, entries.values()) for run, entries in runs))
    if node.kind == "question":
        yield from ("", f"state       {node.record.state} since {node.record.history[-1].date}")
        for way in node.record.settled_by:
            yield wrapped(
                f"settled by  {way.text or way.prediction} → {way.answer or f'{way.if_agrees} / {way.if_disagrees}'}"
            )
    if node.kind == "argument" and node.record.by == "machine":
        yield from ("", "made by a machine, not by the authors of any paper")
    yield from cardfacts.facts(evidence, node)
    if checked := getattr(node.record, "checked", None):
        yield f"checked     {checked.date}, {checked.how.replace('-', ' ')}"
    yield from _listed("formerly", (_former(retired) for retired in evidence.graph.former(node.address)))
    for mark in defeat.marks(evidence).get(node.address, ()):
        yield wrapped(f"marked      {cardfacts.mark(mark)}")
    yield from relations(evidence, node)


def _former(retired: Retired) -> str:
    return f"{retired.id}, until {retired.date}: {visible(retired.why)}"


def _listed(name: str, lines: Iterable[str]) -> Iterator[str]:
    for at, line in enumerate(lines):
        yield f"{'' if at else name:12}{line}"


def _paper(paper: Paper) -> Iterator[str]:
    names = ", ".join(author.text for author in paper.authors) + (" and others" if paper.incomplete else "")
    yield from ("", paragraph(visible(f"{names} ({paper.year}). {paper.venue}")))
    for name, value in (("arXiv", paper.arxiv), ("DOI", paper.doi), ("address", paper.url)):
        if value:
            yield f"{name:8}{value}"


def _paper_card(evidence: Evidence, node: Node) -> Iterator[str]:
    """Core claims, what bears their load, what would refute them, objections, and whether they go in a circle."""
    graph, card = evidence.graph, paper_card(evidence, node.address)
    if not card.core:
        return
    yield ""
    for one in card.core:
        known = evidence.claims[one.address.partition(":")[2]]
        yield f"core claim  {one.address}  {visible(graph.node(one.address).title)} [{known.standing}]"
    for ground in (ground for ground in card.grounds if ground.load_bearing):
        yield f"rests on    {ground.address}  {visible(graph.node(ground.address).title)}"
    for way in (way for way in card.settlers if way.address.startswith("prediction:")):
        yield wrapped(visible(f"refuted if  {way.text} [{', '.join(filter(None, [way.address, way.says]))}]"))
    for objection in card.objections:
        made = "machine-made" if objection.by_machine else objection.paper
        replies = ", ".join(
            f"{reply.address}: {cardfacts.CONCEDES[reply.concedes or 'none']}" for reply in objection.replies
        )
        yield wrapped(f"objection   {objection.address} [{made}] → {replies or 'no reply'}")
    found = circularity(evidence, node.address, card.centre)
    circles = "; ".join(" → ".join(circle) for circle in found.circles)
    yield wrapped(f"circular    {f'yes: {circles}' if circles else 'no, none of its core claims rests on itself'}")
    share = (
        "no result on record supports its core claims"
        if found.own_share is None
        else f"{found.own_share:.0%} of the results that support its core claims come from it or from its authors"
    )
    yield wrapped(f"support     {share}")


def _prediction(node: Node, found: PredictionEvidence) -> Iterator[str]:
    prediction = node.record
    yield from ("", f"type        {prediction.type}, about {prediction.about}")
    if prediction.formula:
        yield wrapped(f"law         {prediction.formula}")
    if prediction.target:
        yield wrapped(f"expected    {cardfacts.expected(prediction)}")
    for rival in prediction.rivals:
        says = rival.expected or rival.gaps or f"passes {rival.passes}, fails {rival.fails}"
        yield f"rival       {rival.name}: {says}"
    if prediction.refuted_if:
        yield wrapped(f"refuted if  {prediction.refuted_if}")
    axes = f"literature {found.literature.state}, rerun {found.rerun}"
    yield f"standing    {click.style(found.standing, bold=True)} ({axes})"
    for outcome in found.outcomes:
        if outcome.run and outcome.judgement:
            mark = " — stale: script, data or declaration changed since" * outcome.stale
            yield f"run         {outcome.run.address}{mark}" + " — amended after a run" * outcome.amended
            yield from verdict_lines(outcome.judgement)


def step_as_dict(evidence: Evidence, step: Step) -> dict[str, Any]:
    marks = defeat.marks(evidence).get(step.address, ())
    return {
        "id": step.address,
        "title": step.title,
        "depth": step.depth,
        "parent": step.parent,
        "relation": step.relation,
        "path": list(step.path),
        "again": step.again,
        "effect": step.effect,
        "defeat": defeat.fallen(evidence).get(step.address),
        "marks": [defeat.as_dict(mark) for mark in marks],
        **({"data": step.data} if step.data else {}),
    }


def tree(evidence: Evidence, address: str, steps: Sequence[Step], if_falls: bool) -> str:
    """A trace as an indented tree, below what it starts from."""
    node = evidence.graph.node(address)
    fallen = defeat.fallen(evidence)
    lines = [click.style(f"{address}  {visible(node.title)}", bold=True) + _defeated(evidence, fallen, address)]
    if not steps:
        lines.append("nothing else falls with it" if if_falls else "rests on nothing in the record")
    told = {address}
    rest_on = {step.parent for step in steps}
    for step in steps:
        told |= set() if step.again else {step.address}
        where = "" if step.address not in rest_on else " (see above)" if step.address in told else " (see below)"
        mark = f" — {step.effect}" if if_falls else ""
        lines.append(
            f"{'  ' * step.depth}{step.says} {click.style(step.address, bold=True)}  {visible(step.title)}"
            f"{carried(step.data)}{mark}{where if step.again else ''}{_defeated(evidence, fallen, step.address)}"
        )
        lines += [f"{'  ' * step.depth}  {line}" for line in _ran(evidence, step)] if not if_falls else []
    return "\n".join(lines)


def _defeated(evidence: Evidence, fallen: Mapping[str, Defeat], address: str) -> str:
    """What befell the node at ``address`` itself, or the heaviest of the marks that reached it."""
    if address in fallen:
        return click.style(f"  ✗ {fallen[address]}", fg="red")
    marks = defeat.marks(evidence).get(address, ())
    if not marks:
        return ""
    more = f" and {len(marks) - 1} more" if len(marks) > 1 else ""
    return click.style(f"  ← {marks[0].prediction} {marks[0].defeat}{more}", fg="yellow")


def _ran(evidence: Evidence, step: Step) -> Iterator[str]:
    """The newest recorded run of the reproduction at ``step``, with its verdict on the prediction above it."""
    found = evidence.predictions.get(step.parent or "")
    for outcome in found.outcomes if found else ():
        if outcome.run and outcome.judgement and step.address == f"reproduction:{outcome.test.script}":
            yield f"{outcome.run.address}: {outcome.judgement.verdict}{' (stale)' * outcome.stale}"


def quality(found: dict[str, Any]) -> str:
    """How well the record is kept, a row a count and a column a strand."""
    strands = found["strands"]
    width = max(map(len, strands), default=0)
    lines = [" " * 20 + "  ".join(f"{name:>{width}}" for name in strands)]
    for row in next(iter(strands.values()), {}):
        cells = [counts[row] for counts in strands.values()]
        shown = [", ".join(f"{k} {v}" for k, v in c.items()) if isinstance(c, dict) else str(c) for c in cells]
        if row == "by_depth":
            lines += [f"  {name}: {text}" for name, text in zip(strands, shown, strict=True)]
        else:
            lines.append(f"{row:20}" + "  ".join(f"{text:>{width}}" for text in shown))
    lines += [f"{name:20}" + ", ".join(f"{k} {v}" for k, v in found[name].items()) for name in ("papers", "maps")]
    return "\n".join(lines)


def stats(counted: dict[str, Any]) -> str:
    """The counts as lines."""
    lines = []
    for name, value in counted.items():
        if isinstance(value, dict):
            inner = ((k, v) for k, v in value.items() if v != 0 or name != "relations")
            shown = ", ".join(
                f"{k} {' / '.join(f'{a} {b}' for a, b in v.items()) if isinstance(v, dict) else v}" for k, v in inner
            )
        else:
            shown = str(value)
        lines.append(f"{click.style(f'{name:12}', bold=True)} {shown}")
    return "\n".join(lines)
