"""What a kind of node has to say of itself in a terminal, beside its statement, evidence and relations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any

from kg import defeat, draw, effort, history, why
from kg.declarations import Prediction
from kg.defeat import Mark
from kg.evidence import Evidence
from kg.findings import visible
from kg.graph import Node
from kg.papers import Paper
from kg.records import Argument, Assumption, Claim, Question
from kg.runcard import wrapped
from kg.trace import Effect


def facts(evidence: Evidence, node: Node) -> Iterator[str]:
    """Lines of a name of 12 characters and what it says."""
    for name, said in _OF.get(node.kind, _nothing)(evidence, node):
        yield wrapped(f"{name:<11} {visible(said)}")


CONCEDES = {"full": "concedes it", "partial": "concedes part of it", "none": "concedes nothing"}
REVISED = {
    "made": "the work was revised for it",
    "partial": "the work was revised in part",
    "none": "nothing was revised",
}
EFFECTS: dict[Effect, str] = {
    "falls": "rests on {}, and loses its ground",
    "weakens": "rests on {}, and keeps some other ground",
    "concerns": "speaks of {}, and does not rest on it",
}
"""What befalls the last node of a path, by that before it."""


def found_at(paper: Paper) -> str:
    """The identifier by which a paper is found, or the address of its page; '' where no source showed one."""
    return f"arXiv:{paper.arxiv}" if paper.arxiv else f"doi:{paper.doi}" if paper.doi else paper.url


def mark(given: Mark) -> str:
    """``prediction:a/b: a recorded run disagrees with it; claim:a rests on it; claim:c rests on claim:a, and …``."""
    steps = [f"{above} rests on {below if at else 'it'}" for at, (below, above) in enumerate(pairwise(given.path))]
    below = given.path[-2] if len(given.path) > 2 else "it"
    last = f"{given.path[-1]} {EFFECTS[given.effect].format(below)}"
    return "; ".join([f"{given.prediction}: {defeat.DEFEATS[given.defeat]}", *steps[:-1], last])


def expected(prediction: Prediction) -> str:
    """What is held against what, and how near it must be."""
    side = {"at-most": "at most ", "at-least": "at least "}.get(prediction.bound_side, "")
    said, ratio = f"{side}{prediction.target}", prediction.compare == "ratio"
    how = "; measured over expected is within 1 ±" if ratio else " ±"
    if prediction.target == "from-run":
        measured = str(prediction.quantity)
        if prediction.type == "exponent":
            measured = f"the exponent of {measured} in {prediction.in_}"
        own = "the value that the script computes for the same run from the law (from-run)"
        said = f"{measured}, as measured, is {side or 'equal to '}{own}"
        how = how if ratio else "; measured less expected is within 0 ±"
    near = prediction.tolerance
    return said + (f"{how} {near.value:g} ({near.why})" if near else "")


def stand(evidence: Evidence, address: str) -> str:
    """How the node at ``address`` stands, where it is named as a neighbour: a standing, a state, who made it."""
    node = evidence.graph.node(address)
    if node.kind == "argument":
        return f"{'machine-made; ' * (node.record.by == 'machine')}{node.record.stance}"
    if node.kind == "question":
        return str(node.record.state)
    return draw.standing_of(evidence, address) or ""


_Facts = Iterator[tuple[str, str]]


def _nothing(evidence: Evidence, node: Node) -> _Facts:
    yield from ()


def _claim(evidence: Evidence, node: Node) -> _Facts:
    claim: Claim = node.record
    yield "kind", claim.kind
    yield from _rerun(evidence, (test.script for own in claim.predictions for test in own.scripts))
    yield from _regime(claim.regime)
    for search in claim.counter_search:
        yield "contrary", f"sought on {search.date} in {search.where}: {search.found}"
    if not claim.counter_search:
        yield "contrary", "no search for contrary evidence is recorded"
    if not evidence.graph.into(node.address, "targets"):
        yield "objections", "none on record"
    ends = (edge.other(node.address) for edge in evidence.graph.around(node.address))
    if not any(end.startswith("claim:") for end in ends):
        yield "neighbours", "none: no claim builds on it, is linked to it or contradicts it, nor it any"


def _prediction(evidence: Evidence, node: Node) -> _Facts:
    declared = node.record
    yield "why", why.of_prediction(evidence, node.address)
    if declared.quantity:
        yield "measures", declared.quantity
    if declared.conditions:
        settings = (", ".join(f"{name}={value}" for name, value in each.items()) for each in declared.conditions)
        yield "at", "; ".join(settings)
    yield from _rerun(evidence, (test.script for test in declared.scripts))
    yield from _regime(declared.regime)
    yield "declared", f"{declared.frozen.date}{', after earlier runs (a pilot)' * declared.frozen.pilot}"
    for need in declared.preconditions:
        side, bound = ("at most", need.at_most) if need.at_most is not None else ("at least", need.at_least)
        yield "only where", f"{need.quantity} is {side} {bound:g}"
    if declared.control:
        yield "control", f"{declared.control.name} ({declared.control.quantity})"
    if declared.foreseen:
        yield "foreseen", f"{declared.foreseen.verdict}: {declared.foreseen.why}"


def _question(evidence: Evidence, node: Node) -> _Facts:
    question: Question = node.record
    yield "difficulty", question.difficulty
    yield "matters", question.stakes
    for start in effort.starts(evidence, node):
        took = "no recorded run" if start.cpu_seconds is None else f"its run took {start.cpu_seconds:,.0f} CPU seconds"
        yield "begin with", f"reproduction:{start.script}, {start.via}; {took}"
    for event in question.history:
        note = f": {event.note}" if event.note else ""
        yield "history", f"{event.date} {event.state}, because of {event.because}{note}"


def _argument(evidence: Evidence, node: Node) -> _Facts:
    """What it objects or replies to with that node's title and standing, and which replies it has."""
    argument: Argument = node.record
    graph = evidence.graph
    weight = "; ".join([*([argument.severity] if argument.severity else []), *_terms(argument)])
    for edge in graph.out(node.address, "targets"):
        yield f"{argument.stance} to", _named(evidence, edge.target)
    if weight:
        yield "weight", weight
    paper = graph.node(f"paper:{argument.paper}").record
    yield "made in", ", ".join(filter(None, [f"paper:{argument.paper}", paper.label, found_at(paper), argument.where]))
    replies = graph.into(node.address, "targets")
    for edge in replies:
        reply: Argument = graph.node(edge.source).record
        yield "answered by", "; ".join([_named(evidence, edge.source), *_terms(reply)])
    if not replies:
        yield "answered by", "no reply on record"


def _terms(argument: Argument) -> list[str]:
    """What a reply concedes, and what was revised for it."""
    conceded = [CONCEDES[argument.concedes]] if argument.concedes else []
    return conceded + ([REVISED[argument.revision]] if argument.revision else [])


def _assumption(evidence: Evidence, node: Node) -> _Facts:
    assumption: Assumption = node.record
    yield from _regime(assumption.regime)
    if assumption.claim and f"claim:{assumption.claim}" in evidence.graph:
        yield "is itself", _named(evidence, f"claim:{assumption.claim}")


def _concept(evidence: Evidence, node: Node) -> _Facts:
    if node.record.aliases:
        yield "also called", ", ".join(node.record.aliases)


def _strand(evidence: Evidence, node: Node) -> _Facts:
    graph = evidence.graph
    held = [graph.node(edge.source) for edge in graph.into(node.address, "in_strand")]
    questions = [one for one in held if one.kind == "question"]
    yield "role", node.record.role
    unsettled = sum(one.record.state in effort.UNSETTLED for one in questions)
    yield "holds", f"{len(held) - len(questions)} claims, {len(questions)} questions ({unsettled} not settled)"


def _reproduction(evidence: Evidence, node: Node) -> _Facts:
    runs = history.of_script(evidence, node.id)
    for edge in evidence.graph.out(node.address, "tests"):
        now = next(
            (found[edge.target] for _, found in runs if edge.target in found and found[edge.target].counts), None
        )
        said = now.judgement.verdict if now else "no run that counts"
        yield "verdict", f"{edge.target.removeprefix('prediction:')}: {said}"


def _rerun(evidence: Evidence, scripts: Iterable[str | None]) -> _Facts:
    for script in dict.fromkeys(scripts):
        if script in evidence.graph.corpus.scripts:
            yield "measure it", f"kg rerun {script}"


def _regime(regime: Any) -> _Facts:
    if regime:
        yield "regime", "; ".join(f"{axis} {value}" for axis, value in regime.items())


def _named(evidence: Evidence, address: str) -> str:
    how = stand(evidence, address)
    return f"{address}  {evidence.graph.node(address).title}{f' ({how})' if how else ''}"


_OF: dict[str, Callable[[Evidence, Node], _Facts]] = {
    "claim": _claim, "prediction": _prediction, "question": _question, "argument": _argument,
    "assumption": _assumption, "concept": _concept, "strand": _strand, "reproduction": _reproduction,
}  # fmt: skip
