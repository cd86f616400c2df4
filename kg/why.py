"""Why a node stands as it does, in one sentence computed from the evidence; a claim's is ``ClaimEvidence.reason``."""

from __future__ import annotations

from collections import Counter

from kg import runcard, trace
from kg.english import counted
from kg.evidence import Evidence, sources_say
from kg.graph import Node
from kg.history import of_script

_UNMEASURED = "No source reports a measurement of it"
_OURS = {
    "not run": "no recorded run of ours speaks on it",
    "undecided": "our run is undecided",
    "in part": "our run agrees on a simpler system than it speaks of",
    "reproduced": "our run agrees",
    "not reproduced": "our run disagrees",
}


def of(evidence: Evidence, node: Node) -> str:
    """The sentence for any node; empty for a paper, whose card says it at length."""
    match node.kind:
        case "claim":
            return evidence.claims[node.id].reason
        case "prediction":
            return of_prediction(evidence, node.address)
        case "question":
            return _question(evidence, node)
        case "assumption":
            return _assumption(evidence, node)
        case "argument":
            return _argument(evidence, node)
        case "reproduction":
            return _reproduction(evidence, node)
        case "strand":
            return _strand(evidence, node)
        case "concept":
            return _concept(evidence, node)
    return ""


def of_prediction(evidence: Evidence, address: str) -> str:
    """Who agrees and differs, and what our own run gave."""
    found = evidence.predictions[address]
    lit = found.literature
    none = lit.state == "unreported"
    said = _UNMEASURED if none else sources_say(evidence, lit.state, lit.agreeing, lit.differing, lit.withdrawn)
    ours = _OURS[found.rerun] if found.outcomes or found.rerun != "not run" else "it has no test yet"
    stale = "; its run is stale" if any(outcome.stale for outcome in found.outcomes) else ""
    return f"{said}; {ours}{stale}."


def _question(evidence: Evidence, node: Node) -> str:
    """Since when it is in its state, and how many of the ways to settle it have been gone."""
    record = node.record
    now = record.history[-1]
    ways = [f"prediction:{way.prediction}" for way in record.settled_by if way.prediction]
    ran = sum(at in evidence.predictions and evidence.predictions[at].rerun != "not run" for at in ways)
    total = len(record.settled_by)
    tried = Counter(attempt.outcome for attempt in record.attempts)
    attempts = ", ".join(f"{n} {outcome}" for outcome, n in tried.items())
    said = (
        f"{record.state.capitalize()} since {now.date}: {_some(ran, total, 'way')} that would settle it measured by us"
    )
    return f"{said}; {f'answers on record: {attempts}' if attempts else 'no attempt is recorded'}."


def _assumption(evidence: Evidence, node: Node) -> str:
    """How much hangs on it."""
    edges = evidence.graph.into(node.address, "assumes")
    bearing = sum(bool(edge.data.get("load-bearing")) for edge in edges)
    falling = [step for step in trace.falls(evidence.graph, node.address) if step.effect == "falls"]
    premise = evidence.claims.get(node.record.claim or "")
    said = f"It is itself a claim, and {premise.standing or 'framing'}; " if premise else ""
    fall = counted(len({step.address for step in falling}), "node")
    assume = f"{counted(len(edges), 'claim')} {'assumes' if len(edges) == 1 else 'assume'} it"
    return f"{said}{assume}, {bearing} of them cannot do without; if it fails, {fall} of the record would fall."


def _argument(evidence: Evidence, node: Node) -> str:
    """Whether it was answered, and what the answers concede."""
    replies = [evidence.graph.node(edge.source) for edge in evidence.graph.into(node.address, "targets")]
    if node.record.stance == "replies":
        conceded = {"full": "everything", "partial": "a part", "none": "nothing"}[node.record.concedes or "none"]
        return f"A reply that concedes {conceded}" + (f"; {counted(len(replies), 'answer')} to it." if replies else ".")
    if not replies:
        return "No reply to it is recorded."
    worst = {"full": "concede it", "partial": "concede a part of it", "none": "concede nothing"}
    said = {worst[reply.record.concedes or "none"] for reply in replies}
    return f"{counted(len(replies), 'reply')} recorded, which {' or '.join(sorted(said))}."


def _reproduction(evidence: Evidence, node: Node) -> str:
    """What its newest run says of each prediction that it tests."""
    tested = [edge.target for edge in evidence.graph.out(node.address, "tests")]
    outcomes = [o for at in tested for o in evidence.predictions[at].outcomes if o.test.script == node.id]
    said = (
        runcard.counted(outcome.judgement.verdict for outcome in outcomes if outcome.judgement) or "none was measured"
    )
    stale = sum(outcome.stale for outcome in outcomes)
    runs = len(of_script(evidence, node.id))
    told = f"{counted(runs, 'recorded run')}; of the {counted(len(tested), 'prediction')} that it tests {said}"
    return f"{told}{f' ({stale} by a stale run)' if stale else ''}."


def _strand(evidence: Evidence, node: Node) -> str:
    """How its claims stand."""
    mine = [name for name, claim in evidence.corpus.claims.items() if node.id in claim.strands]
    standings = Counter(evidence.claims[name].standing or "framing" for name in mine)
    said = ", ".join(f"{n} {name}" for name, n in standings.most_common())
    return f"{counted(len(mine), 'claim')}" + (f": {said}." if mine else " in the record so far.")


def _concept(evidence: Evidence, node: Node) -> str:
    """How many claims need it, and how long its shortest reading takes."""
    needed = len(evidence.graph.into(node.address, "needs"))
    minutes = [int(edge.data["minutes"]) for edge in evidence.graph.into(node.address, "teaches")]
    taught = f"the shortest reading that teaches it takes about {min(minutes)} minutes" if minutes else "no reading yet"
    return f"{counted(needed, 'claim')} {'needs' if needed == 1 else 'need'} it; {taught}."


def _some(some: int, total: int, word: str) -> str:
    return f"{some} of {counted(total, word)}"
