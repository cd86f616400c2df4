"""Trace: from a claim down to equations, runs and assumptions; what speaks for and against it; what falls with it.

``?node=`` is the node that is traced, ``?at=`` how far one has walked, ``?part=`` what is shown.
"""

from __future__ import annotations

import streamlit as st

from kg.ui.components.heading import page_heading

page_heading("Trace")

from collections import Counter  # noqa: E402  # the heading is on the screen before anything is imported or read
from collections.abc import Sequence  # noqa: E402

from kg import trace, weighing  # noqa: E402
from kg.graph import Node  # noqa: E402
from kg.trace import Step  # noqa: E402
from kg.ui import state, words  # noqa: E402
from kg.ui.components import parts, retired, sides  # noqa: E402
from kg.ui.components.banner import banner  # noqa: E402
from kg.ui.components.datatable import Cell, column, table  # noqa: E402
from kg.ui.components.linklist import Row, heading, links, links_to_explore, row, title  # noqa: E402
from kg.ui.components.picks import pick  # noqa: E402
from kg.ui.components.predictioncard import badges, verdict  # noqa: E402
from kg.ui.state import World  # noqa: E402
from kg.ui.words import counted, inert  # noqa: E402

PARTS = {"walk": "Walk down", "table": "As a table", "sides": "For and against", "falls": "If it falls"}
ENDS = {
    "equation": "Equations and theorems",
    "run": "Recorded runs",
    "assumption": "Assumptions",
    "source": "Other sources",
}
MOST_STEPS, MOST_ENDS, MOST_OFFERED, MOST_ROWS = 300, 12, 12, 40
EFFECTS = {
    "falls": "loses its ground",
    "weakens": "keeps some other ground",
    "concerns": "speaks of it and rests on it in nothing",
}


def start(world: World) -> None:
    """Claims worth tracing, where none is chosen."""
    st.markdown(
        "A trace leads from a claim down to what it rests on: equations, recorded runs, assumptions, sources. It also "
        "shows what speaks against the claim, and what would lose its ground with it. Choose a claim to begin:"
    )
    found = world.evidence.claims
    weight = {name: len(world.graph.around(f"claim:{name}")) for name in found}
    offered = {
        "measured by our runs": [name for name, one in found.items() if one.tested],
        "contested or refuted": [name for name, one in found.items() if one.standing in ("contested", "refuted")],
        "most linked": list(found),
    }
    for place, (told, names) in zip(st.columns(3), offered.items(), strict=True):
        ranked = sorted(names, key=lambda name: (-weight[name], name))[:MOST_OFFERED]
        with place:
            rows = [row(world, world.graph.node(f"claim:{name}"), note=found[name].standing or "") for name in ranked]
            links(f"offered-{told}", [heading(told), *rows], told)
    st.caption("Any other node can be traced from its card in the explorer.")


def top(world: World, node: Node) -> None:
    """What is traced, how it stands, and the way to its card."""
    st.subheader(inert(node.title), anchor=False)
    if node.kind == "claim":
        known = world.evidence.claims[node.id]
        badges(known.standing, known.literature, known.rerun)
    elif node.kind == "prediction":
        held = world.evidence.predictions[node.address]
        badges(held.standing, held.literature.state, held.rerun)
    st.page_link(state.EXPLORE, label=f"The card of this {node.kind}", query_params={"node": node.address})


def walk(world: World, node: Node) -> None:
    """The path so far, what stands at its end, the next steps down, and where all paths end."""
    steps = trace.rests_on(world.graph, node.address)
    reached = {step.address: step for step in reversed(steps) if not step.again}
    at = str(st.query_params.get("at", ""))[:400]
    here = reached.get(at)
    left, right = st.columns([11, 10], gap="large")
    with left:
        path = [reached[address] for address in here.path[1:]] if here else []
        crumbs = [row(world, node, before="traced:")]
        crumbs += [row(world, world.graph.node(s.address), before=s.says, depth=i + 1) for i, s in enumerate(path)]
        links("path", crumbs, "The path so far", current=at or node.address, into="at")
        with st.container(border=True):
            stop(world, world.graph.node(here.address if here else node.address), here)
            _next(world, here.address if here else node.address, {step.address for step in path} | {node.address})
    with right:
        all_ends(world, node)


def _next(world: World, address: str, passed: set[str]) -> None:
    """The steps down from ``address``, but not back."""
    down = [step for step in trace.rests_on(world.graph, address, depth=1) if step.address not in passed]
    if not down:
        st.caption("The path ends here: nothing in the record lies below it.")
        return
    rows: list[Row] = []
    for says in dict.fromkeys(step.says for step in down):
        rows.append(heading(says))
        mine = [step for step in down if step.says == says][:MOST_STEPS]
        rows += [row(world, world.graph.node(step.address), note=sides.told(step)) for step in mine]
    links("next", rows, "The next steps down", into="at")


def stop(world: World, node: Node, step: Step | None) -> None:
    """The node at the end of the path: what it says, and for an equation, run or assumption, that itself."""
    if step:  # else the heading of the page says it
        st.markdown(f"**{node.kind}** {inert(title(node))}")
    if step and step.data and (told := sides.told(step)):
        st.caption(inert(told))
    if statement := getattr(node.record, "statement", None):
        st.markdown(inert(statement))
    if node.kind == "prediction":
        if node.record.formula:
            st.markdown(words.formula(node.record.formula))
        for outcome in world.evidence.predictions[node.address].outcomes:
            if outcome.run and outcome.judgement:
                with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                    verdict(outcome.judgement.verdict)
                    st.caption(
                        inert(f"run:{outcome.run.script}/{outcome.run.id}" + (" (stale)" if outcome.stale else ""))
                    )
                st.markdown(inert(outcome.judgement.reason))
    if step:
        links_to_explore("stop", [row(world, node, before="Open:")], "Its card")


def all_ends(world: World, node: Node) -> None:
    """Everything that the trace comes down to, by what it is; a click walks there."""
    found = weighing.ends(world.evidence, node.address)
    if not found:
        st.caption("Nothing in the record lies below it: no source, no prediction, no assumption.")
        return
    st.markdown(f"**Where it ends** :gray[{counted(len(found), 'end')}; a click walks there]")
    for what, told in ENDS.items():
        mine = [end for end in found if end.what == what]
        if not mine:
            continue
        rows = [
            row(world, world.graph.node(end.address), note=f"{end.told}{'; ' if end.told else ''}{_far(end.path)}")
            for end in mine
        ]
        shown = [heading(f"{told} ({len(mine)})"), *rows[:MOST_ENDS]]
        if len(rows) > MOST_ENDS:
            shown.append(heading(f"and {len(rows) - MOST_ENDS} more, in the table"))
        links(f"ends-{what}", shown, told, into="at")


def _far(path: Sequence[str]) -> str:
    return counted(len(path) - 1, "step") + " down"


def as_table(world: World, node: Node) -> None:
    """The same trace as rows: each step, what it says, where that stands, and the path."""
    steps = trace.rests_on(world.graph, node.address)
    if not steps:
        st.caption("Nothing in the record lies below it.")
        return
    told: list[list[Cell]] = [
        [
            row(world, world.graph.node(step.address)), step.says, step.address.partition(":")[0],
            _state(world, step.address), step.depth, sides.told(step), _path(world, step),
        ]
        for step in steps[:MOST_STEPS] if not step.again
    ]  # fmt: skip
    distinct = len({step.address for step in steps})
    st.caption(f"{len(told):,} of {counted(distinct, 'node')} that it rests on, depth first.")
    columns = [
        column("node", "words"),
        column("says", "short"),
        *map(column, ("kind", "state")),
        column("step", "number"),
    ]
    columns += [column("reason and place", "words"), column("path", "words")]
    table("steps", columns, told, f"What {title(node)} rests on", most=MOST_ROWS, inside=True, into="at")


def falls(world: World, node: Node) -> None:
    """What would lose its ground, with the path, as a tree and as a table."""
    found = trace.falls(world.graph, node.address, concerned=True)
    if not found:
        st.caption("Nothing else in the record would lose its ground.")
        return
    effects = Counter(step.effect or "falls" for step in found)
    st.markdown("; ".join(f"**{effects[e]}** {_plural(e, effects[e])}" for e in EFFECTS if effects[e]) + ".")  # type: ignore[index]
    st.caption(" ".join(f"**{effect}**: {told}." for effect, told in EFFECTS.items()))
    rows: list[list[Cell]] = [
        [
            row(world, world.graph.node(step.address)), step.effect, step.address.partition(":")[0],
            _state(world, step.address), step.depth, _path(world, step),
        ]
        for step in found[:MOST_STEPS]
    ]  # fmt: skip
    st.caption(f"{len(rows):,} of {counted(len(found), 'node')}; a click traces that one.")
    columns = [column("node", "words"), *map(column, ("effect", "kind", "state")), column("steps", "number")]
    columns.append(column("path", "words"))
    table("falls", columns, rows, f"What falls if {title(node)} falls", most=MOST_ROWS, inside=True)


def _plural(effect: str, n: int) -> str:
    return (
        {"falls": "fall", "weakens": "weaken", "concerns": "are concerned"}[effect]
        if n != 1
        else ("is concerned" if effect == "concerns" else effect)
    )


def _state(world: World, address: str) -> str:
    """The verdict of a prediction's run, else the standing; the state of a question."""
    node = world.graph.node(address)
    if node.kind == "prediction":
        held = world.evidence.predictions[address]
        if held.primary and held.primary.judgement:
            return words.verdict(held.primary.judgement.verdict)
        return held.standing
    if node.kind == "question":
        return str(node.record.state)
    return (world.evidence.claims[node.id].standing or "framing") if node.kind == "claim" else ""


def _path(world: World, step: Step) -> str:
    return " → ".join(_short(world, address) for address in step.path)


def _short(world: World, address: str) -> str:
    node = world.graph.node(address)
    return node.record.label if node.kind == "paper" else node.id


def page() -> None:
    """The trace of the node in the address, or claims to choose from."""
    world = state.world()
    parts.cursor("")
    banner(world)
    address, several = world.graph.resolve(state.wanted()) if state.wanted() else (None, [])
    if address is None:
        if state.wanted():
            retired.missing(world, several)
        start(world)
        return
    retired.replaced(world, address)
    node = world.graph.node(address)
    top(world, node)
    shown = {"walk": walk, "table": as_table, "sides": sides.in_full, "falls": falls}
    shown[pick("part", PARTS)](world, node)


page()
