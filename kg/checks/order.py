"""What must have an order has one: no cycles, no history that runs backwards, no run before its declaration."""

from __future__ import annotations

from collections.abc import Iterator

import networkx as nx

from kg import verdicts
from kg.corpus import Corpus
from kg.findings import Finding, rule
from kg.graph import Graph
from kg.relations import RELATIONS

CYCLE = rule(
    "cycle",
    "Requirements of concepts, building on claims and replies of arguments do not run in circles.",
    "a: {requires: [b]}, b: {requires: [a]}",
)
DATES = rule(
    "dates-out-of-order",
    "A history runs forward in time, and what is due comes after what was declared.",
    "history: [{date: 2026-02-01, …}, {date: 2026-01-01, …}]",
)
RUN_FIRST = rule(
    "run-before-declaration",
    "A declaration is frozen before its first recorded run.",
    "frozen: {date: 2026-12-01, …} and a run of 2026-11-24",
)

_FIELD = {"requires": "requires", "builds_on": "builds-on", "targets": "targets"}


def cycles(graph: Graph) -> Iterator[Finding]:
    """One finding for each knot of nodes that reach themselves over one acyclic relation."""
    for relation in (row for row in RELATIONS.values() if row.acyclic):
        part: nx.DiGraph[str] = nx.DiGraph(
            (e.source, e.target)
            for e in graph.edges(relation.name)
            if e.source != e.target and e.data.get("stance") != "objects"  # two objections may answer each other
        )
        for knot in nx.strongly_connected_components(part):
            if len(knot) > 1:
                circle = [source for source, _ in nx.find_cycle(part, min(knot))]
                start = circle.index(min(circle))
                circle = [*circle[start:], *circle[: start + 1]]
                place = graph.corpus.place(circle[0], _FIELD[relation.name])
                yield CYCLE.at(place, f"{' → '.join(circle)} is a circle of {relation.name}; take out one of its links")


def dates(corpus: Corpus) -> Iterator[Finding]:
    """Histories, due dates and retirements in order."""
    for name, question in corpus.questions.items():
        for i in range(1, len(question.history)):
            before, after = question.history[i - 1].date, question.history[i].date
            if after < before:
                place = corpus.place(f"question:{name}", "history", i, "date")
                yield DATES.at(place, f"{after} follows {before}; put the entries in the order of their dates")
    for address, _, prediction in corpus.predictions():
        if prediction.by and prediction.by < prediction.frozen.date:
            message = f"due by {prediction.by}, before it was frozen on {prediction.frozen.date}; mend one of the two"
            yield DATES.at(corpus.place(address, "by"), message)


def runs(corpus: Corpus) -> Iterator[Finding]:
    """No recorded run of the present declaration is older than the day on which that was frozen."""
    for address, _, prediction in corpus.predictions():
        own = verdicts.fingerprint(prediction)
        for run in corpus.runs:
            if own in run.declarations.values() and run.day < prediction.frozen.date:
                frozen = prediction.frozen.date
                message = (
                    f"found frozen on {frozen} and {run.address} of {run.day}; set the day on which it was declared, "
                    "or delete the run"
                )
                yield RUN_FIRST.at(corpus.place(address, "frozen", "date"), message)
