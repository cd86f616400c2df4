"""What a change does to the graph: nodes and relations, standings and verdicts, lists, and what falls.

Two records are compared as their snapshots, so layout, order and comments play no part.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from kg import checks, trace
from kg.contribute.difffalls import Fall, falls
from kg.evidence import Evidence
from kg.export.snapshot import snapshot
from kg.findings import Finding, beyond
from kg.goals import FIELD
from kg.reading import reading_list
from kg.records import Retired

COMPUTED = frozenset({
    "standing", "literature", "rerun", "reason", "tested", "predictions", "verdict", "stale", "amended", "measured",
    "run",
})  # fmt: skip
"""Fields of a snapshot that follow from others: told as moves, not as changes of a node."""

MOVES = {
    "claim": ("standing", "literature", "rerun"),
    "prediction": ("standing", "literature", "rerun", "verdict", "stale"),
}
"""What may move without anybody writing it, by kind."""

FALLEN = ("refuted", "contested")

Node = dict[str, Any]
Relation = dict[str, Any]
STALE = "its recorded run is of another script, other data or another declaration than stand there now"


@dataclass(frozen=True)
class Move:
    """A computed field of a node before and after; ``why`` is the reason that stands there now."""

    id: str
    title: str
    field: str
    before: Any
    after: Any
    why: str


@dataclass(frozen=True)
class ListMove:
    """The reading list (a beginner's) of a strand, or of the field, that is another one now.

    ``moved`` has the readings that stand elsewhere among those of both lists, each with the one that it now follows,
    '' where it comes first.
    """

    target: str
    minutes_before: int
    minutes_after: int
    added: tuple[str, ...]
    removed: tuple[str, ...]
    moved: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Difference:
    """``changed`` nodes name the fields that differ. ``falls`` has what rests on a node that fell or is gone, and
    ``grounds`` says of the same why, and by what it rests on it.

    ``renamed`` has the addresses that one before became, which alone is no change, and ``retired`` what was said of
    those and of the ``removed`` when they were taken out of use.
    """

    renamed: tuple[tuple[str, str], ...] = ()
    retired: dict[str, Retired] = field(default_factory=dict)
    added: tuple[Node, ...] = ()
    changed: tuple[tuple[Node, tuple[str, ...]], ...] = ()
    removed: tuple[Node, ...] = ()
    relations_added: tuple[Relation, ...] = ()
    relations_changed: tuple[Relation, ...] = ()
    relations_removed: tuple[Relation, ...] = ()
    moves: tuple[Move, ...] = ()
    lists: tuple[ListMove, ...] = ()
    falls: dict[str, tuple[str, ...]] = field(default_factory=dict)
    grounds: tuple[Fall, ...] = ()
    findings_new: tuple[Finding, ...] = ()
    findings_gone: tuple[Finding, ...] = ()

    def __bool__(self) -> bool:
        return self != Difference()


def difference(before: Evidence, after: Evidence) -> Difference:
    """What ``after`` has, lacks and says otherwise than ``before``."""
    old, new = snapshot(before), snapshot(after)
    known = before.graph.corpus.retired
    retired = {one.id: one for one in after.graph.corpus.retired if one not in known}
    names = _renamed(before, after, retired)
    was = {names.get(node["id"], node["id"]): node for node in old["nodes"]}
    now = {node["id"]: node for node in new["nodes"]}
    moves = tuple(_moves(was, now))
    here, there = checks.run(before.graph, before), checks.run(after.graph, after)
    gone = [was[name] for name in was if name not in now]
    lost_names = [node["id"] for node in gone]
    fell = {move.id: (move.after, move.why) for move in moves if move.field == "standing" and move.after in FALLEN}
    lost, changed, gained = _relations([_under(names, row) for row in old["relations"]], new["relations"])
    alike = names | {one.partition(":")[2]: other.partition(":")[2] for one, other in names.items()}
    return Difference(
        renamed=tuple(sorted(names.items())),
        retired={name: one for name, one in retired.items() if name in before.graph},
        added=tuple(now[name] for name in now if name not in was),
        changed=tuple(
            (now[name], fields) for name in now if name in was and (fields := _fields(was[name], now[name], alike))
        ),
        removed=tuple(gone),
        relations_added=tuple(gained),
        relations_changed=tuple(changed),
        relations_removed=tuple(lost),
        moves=moves,
        lists=tuple(_lists(before, after)),
        falls=dict(_falls(before, after, lost_names, fell)),
        grounds=tuple(falls(before.graph, after.graph, lost_names, fell, retired)),
        findings_new=tuple(beyond(there, here)),
        findings_gone=tuple(beyond(here, there)),
    )


def _renamed(before: Evidence, after: Evidence, retired: dict[str, Retired]) -> dict[str, str]:
    """The address that each retired one became: one that was not there before, and is now."""
    return {
        name: one.to[0]
        for name, one in retired.items()
        if len(one.to) == 1 and name in before.graph and one.to[0] in after.graph and one.to[0] not in before.graph
    }


def _under(names: dict[str, str], row: Relation) -> Relation:
    """A relation with the names that its ends, and the paper that makes it, have now."""
    ends = {end: names.get(row[end], row[end]) for end in ("source", "target")}
    paper = names.get(f"paper:{row['paper']}") if "paper" in row else None
    return {**row, **ends, **({"paper": paper.partition(":")[2]} if paper else {})}


def _fields(was: Node, now: Node, names: dict[str, str]) -> tuple[str, ...]:
    """The written fields in which a node differs; a new name of something in ``names`` is no difference."""
    written = sorted((was.keys() | now.keys()) - COMPUTED - {"id"})
    return tuple(name for name in written if not _alike(was.get(name), now.get(name), names))


def _alike(was: Any, now: Any, names: dict[str, str]) -> bool:
    if isinstance(was, dict) and isinstance(now, dict):
        return was.keys() == now.keys() and all(_alike(was[name], now[name], names) for name in was)
    if isinstance(was, list) and isinstance(now, list):
        return len(was) == len(now) and all(_alike(*pair, names) for pair in zip(was, now, strict=True))
    return bool(was == now or (isinstance(was, str) and names.get(was) == now))


def _moves(was: dict[str, Node], now: dict[str, Node]) -> Iterator[Move]:
    for name, node in now.items():
        for moved in MOVES.get(node["kind"], ()) if name in was else ():
            before, after = was[name].get(moved), node.get(moved)
            if before != after:
                yield Move(
                    name, node["title"], moved, before, after, STALE if node.get("stale") else node.get("reason") or ""
                )


def _relations(old: list[Relation], new: list[Relation]) -> tuple[list[Relation], list[Relation], list[Relation]]:
    """Relations lost, those whose data changed (as they are now), and those gained."""
    was, now = (Counter(json.dumps(row, sort_keys=True) for row in rows) for rows in (old, new))
    lost, gained = _by_ends(was - now), _by_ends(now - was)
    changed = []
    for name in sorted(lost.keys() & gained.keys()):
        for _ in range(min(len(lost[name]), len(gained[name]))):
            lost[name].pop()
            changed.append(gained[name].pop())
    return (
        [row for name in sorted(lost) for row in lost[name]],
        changed,
        [row for name in sorted(gained) for row in gained[name]],
    )


def _by_ends(rows: Counter[str]) -> dict[tuple[str, str, str], list[Relation]]:
    found: dict[tuple[str, str, str], list[Relation]] = defaultdict(list)
    for row in map(json.loads, rows.elements()):
        found[row["source"], row["relation"], row["target"]].append(row)
    return found


def _lists(before: Evidence, after: Evidence) -> Iterator[ListMove]:
    strands = [node.address for node in after.graph.nodes("strand") if node.record.role == "strand"]
    for target in (FIELD, *strands):
        if target != FIELD and target not in before.graph:
            continue
        was, now = reading_list(before.graph, target), reading_list(after.graph, target)
        here, there = (tuple(f"{item.paper}: {item.where}" for item in found.items) for found in (was, now))
        if here != there:
            added = tuple(item for item in there if item not in here)
            removed = tuple(item for item in here if item not in there)
            yield ListMove(target, was.minutes, now.minutes, added, removed, tuple(_reordered(here, there)))


def _reordered(here: tuple[str, ...], there: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The fewest readings of both lists that were carried to another place, and what each follows now."""
    before = {item: place for place, item in enumerate(here)}
    both = [item for item in there if item in before]
    longest: list[tuple[int, int]] = []  # at each reading: how many in the old order end in it, and the one before it
    for at, item in enumerate(both):
        behind = [(longest[i][0], i) for i in range(at) if before[both[i]] < before[item]]
        length, last = max(behind, default=(0, -1))
        longest.append((length + 1, last))
    kept: set[int] = set()
    at = max(range(len(both)), key=lambda i: longest[i][0], default=-1)
    while at >= 0:
        kept.add(at)
        at = longest[at][1]
    for at, item in enumerate(both):
        if at not in kept:
            yield item, both[at - 1] if at else ""


def _falls(
    before: Evidence, after: Evidence, gone: Iterable[str], fell: Iterable[str]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What rested on a node that is gone (as it was), or that fell (as it is)."""
    for graph, names in ((before.graph, gone), (after.graph, fell)):
        for name in names:
            resting = tuple(step.address for step in trace.falls(graph, name) if step.address != name)
            if resting:
                yield name, resting
