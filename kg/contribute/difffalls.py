"""What loses its ground by a change, told so that one understands it: what fell, why, and what rested on it by what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from kg import trace
from kg.english import listed
from kg.graph import Graph
from kg.records import Retired
from kg.relations import RELATIONS
from kg.trace import Step


@dataclass(frozen=True)
class Fall:
    """A node that is gone, or that fell to the ``standing`` of now for the ``reason`` there.

    ``own``: the predictions of a claim that are gone or fell as well, told with it and nowhere else. ``resting``: what
    rests on it, or rested on it, without those. ``retired`` is what was said of it when it was taken out of use.
    """

    id: str
    title: str
    standing: str = ""
    reason: str = ""
    retired: Retired | None = None
    own: tuple[str, ...] = ()
    resting: tuple[Step, ...] = ()


def falls(
    before: Graph,
    after: Graph,
    gone: Iterable[str],
    fell: Mapping[str, tuple[str, str]],
    retired: Mapping[str, Retired],
) -> Iterator[Fall]:
    """Each of ``gone`` (as it was) and of ``fell`` (as it is: standing and reason) on which something rests,
    predictions with their own claims."""
    for graph, names in ((before, list(gone)), (after, list(fell))):
        with_claim = [name for name in names if _claim_of(name) in names]
        for name in names:
            if name in with_claim:
                continue
            own = tuple(other for other in with_claim if _claim_of(other) == name)
            resting = tuple(step for step in trace.falls(graph, name) if step.address not in (name, *own))
            if own or resting:
                standing, reason = fell.get(name, ("", ""))
                title = graph.node(name).title
                yield Fall(name, title, standing, reason, None if standing else retired.get(name), own, resting)


def line(fall: Fall, safe: Callable[[str], str]) -> str:
    """``claim:x  Its title: withdrawn, as …; its prediction x/p goes with it; it was the ground of claim:y (builds on
    it)``."""
    parts = [f"{safe(fall.id)}  {safe(fall.title)}: {safe(_why(fall))}"]
    if fall.own:
        names = listed([safe(name.partition(":")[2]) for name in fall.own])
        goes = "goes with it" if len(fall.own) == 1 else "go with it"
        parts.append(
            f"its prediction{'s' * (len(fall.own) > 1)} {names} {goes if not fall.standing else 'fell as well'}"
        )
    if not fall.resting:
        parts.append(f"nothing else {'rests' if fall.standing else 'rested'} on it")
    elif fall.retired and fall.retired.to:
        parts.append(f"what rested on it leads on: {listed([safe(step.address) for step in fall.resting])}")
    else:
        shown = [f"{safe(step.address)} ({safe(_by(fall.id, step))})" for step in fall.resting]
        parts.append(f"it {'is' if fall.standing else 'was'} the ground of {listed(shown)}")
    return "; ".join(parts)


def _claim_of(address: str) -> str:
    """The claim in whose file a prediction stands; '' for another kind."""
    kind, _, name = address.partition(":")
    return f"claim:{name.partition('/')[0]}" if kind == "prediction" else ""


def _why(fall: Fall) -> str:
    if fall.standing:
        return f"{fall.standing} now" + (f", since {fall.reason}" if fall.reason else "")
    if fall.retired is None:
        return "gone, and data/retired.yaml does not say why"
    to = fall.retired.to
    became = f"{'merged' if len(to) == 1 else 'split'} into {listed(list(to))}" if to else "withdrawn"
    return f"{became}, as {fall.retired.why}"


def _by(start: str, step: Step) -> str:
    """By what a node rests on the one before it, and whether it keeps other ground."""
    row = RELATIONS.get(step.relation)
    says = "is an assumption that takes" if row is None else row.says_back if step.says == row.says else row.says
    other = "it" if step.parent == start else step.parent
    return f"{says} {other}{', and keeps other ground' * (step.effect == 'weakens')}"
