"""A difference as text for a terminal, as Markdown for a pull request, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from kg import findings
from kg.contribute import difffalls
from kg.contribute.diff import Difference, ListMove, Move, Node, Relation
from kg.findings import visible
from kg.inert import inert
from kg.readingtext import duration
from kg.records import Retired
from kg.relations import RELATIONS

Section = tuple[str, list[str]]
"""A heading and its lines."""


def text(found: Difference) -> str:
    """Plain lines below headings, for a terminal."""
    if not found:
        return "no difference: the graph, its standings and its lists are the same"
    blocks = [f"{heading}\n" + "\n".join(f"  {line}" for line in lines) for heading, lines in _sections(found, visible)]
    return "\n\n".join(blocks)


def markdown(found: Difference) -> str:
    """The same for the summary of a pull request; contributed text is inert."""
    if not found:
        return "**No difference**: the graph, its standings and its lists are the same.\n"
    blocks = [
        f"### {heading}\n\n" + "\n".join(f"- {line}" for line in lines) for heading, lines in _sections(found, inert)
    ]
    return "\n\n".join(blocks) + "\n"


def as_dict(found: Difference) -> dict[str, Any]:
    """``{"nodes": {"renamed", "added", …}, "relations": {"added", …}, "moves", "lists", "falls", "findings": {…}}``."""
    return {
        "nodes": {
            "renamed": [{"id": new, "before": old, "why": found.retired[old].why} for old, new in found.renamed],
            "added": [_node(node) for node in found.added],
            "changed": [{**_node(node), "fields": list(fields)} for node, fields in found.changed],
            "removed": [_node(node) for node in found.removed],
        },
        "relations": {
            "added": list(found.relations_added),
            "changed": list(found.relations_changed),
            "removed": list(found.relations_removed),
        },
        "moves": [
            {"id": move.id, "field": move.field, "before": move.before, "after": move.after, "why": move.why}
            for move in found.moves
        ],
        "lists": [
            {
                "target": moved.target,
                "minutes": [moved.minutes_before, moved.minutes_after],
                "added": list(moved.added),
                "removed": list(moved.removed),
                "moved": [{"reading": item, "follows": before or None} for item, before in moved.moved],
            }
            for moved in found.lists
        ],
        "falls": {name: list(resting) for name, resting in found.falls.items()},
        "findings": {
            "new": json.loads(findings.as_json(found.findings_new)),
            "gone": json.loads(findings.as_json(found.findings_gone)),
        },
    }


def _node(node: Node) -> dict[str, str]:
    return {"id": node["id"], "kind": node["kind"], "title": node["title"]}


def _sections(found: Difference, safe: Callable[[str], str]) -> Iterator[Section]:
    named = [f"{safe(node['id'])}  {safe(node['title'])}" for node in found.added]
    rows: list[Section] = [
        ("Findings that are new", [safe(str(finding)) for finding in found.findings_new]),
        ("Findings that are gone", [safe(str(finding)) for finding in found.findings_gone]),
        (
            "Nodes renamed",
            [f"{safe(old)} → {safe(new)}, as {safe(found.retired[old].why)}" for old, new in found.renamed],
        ),
        ("Nodes added", named),
        ("Nodes changed", [f"{safe(node['id'])}: {', '.join(map(safe, fields))}" for node, fields in found.changed]),
        ("Nodes removed", [_removed(node, found.retired.get(node["id"]), safe) for node in found.removed]),
        ("Relations added", [_relation(row, safe) for row in found.relations_added]),
        ("Relations changed", [_relation(row, safe) for row in found.relations_changed]),
        ("Relations removed", [_relation(row, safe) for row in found.relations_removed]),
        ("Standings and verdicts that move", [_move(move, safe) for move in found.moves]),
        ("Reading lists that move", [_list(moved, safe) for moved in found.lists]),
        ("What loses its ground", [difffalls.line(fall, safe) for fall in found.grounds]),
    ]
    return ((f"{heading} ({len(lines)})", lines) for heading, lines in rows if lines)


def _removed(node: Node, retired: Retired | None, safe: Callable[[str], str]) -> str:
    """With what was said of it when it was taken out of use; nothing where it was not, which is worth a look."""
    to = f"leads to {' and '.join(retired.to)}" if retired and retired.to else "withdrawn"
    told = f"; {safe(to)}, as {safe(retired.why)}" if retired else ""
    return f"{safe(node['id'])}  {safe(node['title'])}{told}"


def _relation(row: Relation, safe: Callable[[str], str]) -> str:
    carried = [f"{name} {value}" for name, value in row.items() if name not in ("source", "target", "relation")]
    told = f" ({safe('; '.join(carried))})" if carried else ""
    return f"{safe(row['source'])} {safe(RELATIONS[row['relation']].says)} {safe(row['target'])}{told}"


def _move(move: Move, safe: Callable[[str], str]) -> str:
    shown = [safe(str(value)) if value is not None else "none" for value in (move.before, move.after)]
    return f"{safe(move.id)}: {move.field} {shown[0]} → {shown[1]}" + (f", since {safe(move.why)}" if move.why else "")


def _list(moved: ListMove, safe: Callable[[str], str]) -> str:
    longer = f"{duration(moved.minutes_before)} → {duration(moved.minutes_after)}"
    parts = [longer] if moved.minutes_before != moved.minutes_after else []
    parts += [f"adds {'; '.join(map(safe, moved.added))}"] if moved.added else []
    parts += [f"drops {'; '.join(map(safe, moved.removed))}"] if moved.removed else []
    places = [f"{safe(item)} now {f'after {safe(before)}' if before else 'first'}" for item, before in moved.moved]
    parts += [f"another order: {'; '.join(places)}"] if places else []
    return f"{safe(moved.target)}: {', '.join(parts)}"
