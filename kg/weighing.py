"""What speaks for a claim or prediction and against it, counted by independent items; and where a trace down ends.

Two items are independent where they share no author, and in support no data set or code either (``kg.literature``);
our own runs are counted apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from kg import literature, trace
from kg.evidence import Evidence
from kg.literature import Item
from kg.trace import Step

What = Literal["equation", "run", "assumption", "source"]
_EQUATION = re.compile(r"\b(eqs?\.|equations?|theorems?|thm\.?|propositions?|prop\.|lemmas?|corollar)", re.IGNORECASE)


@dataclass(frozen=True)
class Side:
    """``steps``: all that speaks on this side. ``independent``: the papers of a largest set of independent items.

    ``shares`` names, for every other paper, an independent one with which it shares authors, data or code. ``runs`` are
    the scripts of our own whose runs speak on this side, ``denials`` the claims and predictions that contradict.
    """

    steps: tuple[Step, ...]
    independent: tuple[str, ...]
    shares: Mapping[str, str]
    runs: tuple[str, ...]
    denials: tuple[str, ...]


@dataclass(frozen=True)
class Weighed:
    """Both sides, and what is told and counted on neither."""

    support: Side
    against: Side
    uncounted: tuple[Step, ...]


@dataclass(frozen=True)
class End:
    """Where a trace down ends: an equation, a recorded run, an assumption, or else a source.

    ``address`` is the node that holds it, ``told`` the formula, locator or verdict, where there is one; ``path`` leads
    there.
    """

    what: What
    address: str
    told: str
    path: tuple[str, ...]


def weighed(evidence: Evidence, address: str) -> Weighed:
    """The evidence of a claim with its predictions, or of a prediction, on its two sides.

    An item is counted once however many of the claim's predictions it speaks of.
    """
    sides = trace.evidence_of(evidence.graph, evidence, address)
    items = _items(evidence, address)
    found = literature.weigh(items)
    supporting = [item for item in items if item.outcome == "agrees"]
    opposing = [item for item in items if item.outcome != "agrees"]
    differing = tuple(dict.fromkeys([*found.differing, *found.withdrawn]))
    return Weighed(
        _side(sides.support, found.agreeing, supporting, material=True),
        _side(sides.against, differing, opposing, material=False),
        tuple(sides.uncounted),
    )


def _items(evidence: Evidence, address: str) -> list[Item]:
    """What counts in the literature: of a claim its own and its predictions', of a prediction as its axis counts it."""
    corpus = evidence.corpus
    kind, _, name = address.partition(":")
    claim = corpus.claims[name.partition("/")[0]]
    if kind == "prediction":
        prediction = evidence.graph.node(address).record
        sources = (prediction.source,) if prediction.source else claim.sources
        return literature.items(corpus, sources, prediction.evidence)
    found = literature.items(corpus, claim.sources, claim.evidence)
    for prediction in claim.predictions:
        own = (prediction.source,) if prediction.source else ()
        found += literature.items(corpus, own, prediction.evidence)
    return found


def _side(steps: list[Step], independent: tuple[str, ...], items: list[Item], *, material: bool) -> Side:
    counted = [item for item in items if item.paper in independent]
    shares = {}
    for item in items:
        if item.paper not in independent and item.paper not in shares:
            other = next((one for one in counted if literature.dependent(item, one, material)), None)
            if other is not None:
                shares[item.paper] = other.paper
    runs = tuple(dict.fromkeys(step.address for step in steps if step.relation == "tests"))
    denials = tuple(dict.fromkeys(step.address for step in steps if step.relation == "contradicts"))
    return Side(tuple(steps), independent, shares, runs, denials)


def ends(evidence: Evidence, address: str) -> list[End]:
    """The equations, recorded runs, assumptions and other sources that ``address`` comes down to, nearest first.

    A formula of a prediction and a locator that names an equation or a theorem are equations.
    """
    graph = evidence.graph
    found: dict[tuple[What, str, str], End] = {}
    for step in sorted(trace.rests_on(graph, address), key=lambda step: step.depth):
        node = graph.node(step.address)
        own: list[tuple[What, str]] = []
        if node.kind == "assumption":
            own.append(("assumption", ""))
        elif node.kind == "prediction":
            own += [("equation", f"${node.record.formula}$")] if node.record.formula else []
            for outcome in evidence.predictions[step.address].outcomes:
                if outcome.run and outcome.judgement:
                    own.append(("run", f"run:{outcome.run.script}/{outcome.run.id}: {outcome.judgement.verdict}"))
        elif node.kind == "paper" and step.data.get("outcome", "agrees") == "agrees":
            where = str(step.data.get("where", ""))
            own.append(("equation" if _EQUATION.search(where) else "source", where))
        for what, told in own:
            found.setdefault((what, step.address, told), End(what, step.address, told, step.path))
    return list(found.values())
