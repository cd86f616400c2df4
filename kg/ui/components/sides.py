"""What speaks for a claim and against it, side by side, counted by independent items (``kg.weighing``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from kg import weighing
from kg.graph import Node
from kg.trace import Step
from kg.ui import words
from kg.ui.components import edgecard
from kg.ui.components.linklist import Row, links_to_explore, row
from kg.ui.state import World
from kg.ui.words import counted

_TOLD = ("role", "outcome", "level", "value", "where", "how", "why", "regime", "note", "minutes")


def both(world: World, node: Node, draw_links: Callable[[str, list[Row], str], None]) -> None:
    """As a claim's card shows them: both lists, and what is told and not counted."""
    found = weighing.weighed(world.evidence, node.address)
    uncounted = [step for step in found.uncounted if step.relation != "states"]
    pairs = (("Supports it", found.support), ("Speaks against it", found.against))
    for place, (title, side) in zip(st.columns(2), pairs, strict=True):
        with place:
            st.markdown(f"**{title}**")
            if side.steps:
                ours = sum(step.relation == "tests" for step in side.steps)
                said = [counted(len(side.independent), "independent source")] * bool(side.independent)
                said += [counted(ours, "run") + " of ours"] * bool(ours)
                st.caption(
                    f"{words.listed(said) or 'Another claim of the record'}.",
                    help="Of independent sources no two share an author, a data set or code.",
                )
                draw_links(f"evidence-{title}", [_row(world, step) for step in side.steps], title)
            else:
                st.caption("Nothing recorded.")
    if uncounted:
        with st.expander(f"Told, and not counted: {len(uncounted)}"):
            st.caption("Outside the regime, undecided, or background.")
            draw_links("uncounted", [_row(world, step) for step in uncounted], "Told, and not counted")


def _row(world: World, step: Step) -> Row:
    evidence = step.relation in ("states", "reports")
    note = "see above" if step.again and not evidence else carried(step.data)
    return row(world, world.graph.node(step.address), before=step.says, note=note)


def carried(data: dict[str, Any]) -> str:
    """What an edge carries, in words."""
    outside = ["outside its regime, not counted"] if data.get("in-regime") is False else []
    return "; ".join(outside + [words.ROLES.get(str(data[name]), str(data[name])) for name in _TOLD if name in data])


def in_full(world: World, node: Node) -> None:
    """Support and contradiction side by side, counted by independent items."""
    if node.kind not in ("claim", "prediction"):
        st.info("Evidence is weighed for claims and predictions.")
        return
    found = weighing.weighed(world.evidence, node.address)
    for place, title, side in zip(
        st.columns(2, gap="large"), ("Supports it", "Speaks against it"), (found.support, found.against), strict=True
    ):
        with place:
            st.markdown(f"#### {title}")
            said = [f"**{counted(len(side.independent), 'independent source')}**"]
            said += [counted(len(side.runs), "script") + " of ours"] if side.runs else []
            said += [counted(len(side.denials), "contradiction")] if side.denials else []
            st.markdown(", ".join(said))
            _items(world, title, side)
    if found.uncounted:
        with st.expander(f"Told, and counted on neither side: {len(found.uncounted)}"):
            links_to_explore("uncounted", [_evidence(world, step, "") for step in found.uncounted], "Not counted")
    st.caption(
        "Sources are independent where no two share an author; on the side of support they share no data set or code "
        "either. The largest such set is counted. What is mixed, outside the regime, or background counts for nothing."
    )


def _items(world: World, title: str, side: weighing.Side) -> None:
    if not side.steps:
        st.caption("Nothing recorded.")
        return
    rows = []
    seen: set[str] = set()
    for step in side.steps:
        key = step.address.removeprefix("paper:")
        if key in side.shares:
            other = world.graph.node(f"paper:{side.shares[key]}")
            note = f"not independent of {other.record.label}"
        elif key in side.independent and key not in seen:
            note = "counted"
        elif key in seen:
            note = "the same source again"
        else:
            note = ""
        seen.add(key)
        rows.append(_evidence(world, step, note))
    links_to_explore(f"side-{title}", rows, title)


def _evidence(world: World, step: Step, note: str) -> Row:
    about = world.graph.node(step.path[0])
    of = "" if about.kind == "claim" else f"on: {about.title}"
    said = "; ".join(filter(None, [note, told(step), of]))
    return row(world, world.graph.node(step.address), note=said, before=f"{step.says}:")


def told(step: Step) -> str:
    """What the relation carries, in words."""
    return "; ".join(f"{name.lower()}: {value}" for name, value in edgecard.carried(step.data))
