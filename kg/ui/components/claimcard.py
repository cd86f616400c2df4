"""A claim: its statement, its standing and why, its predictions, its sources, and what rests on what."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from kg import defeat, draw, trace
from kg.graph import Edge, Node
from kg.records import Claim
from kg.trace import Step
from kg.ui import words
from kg.ui.components import rerunpanel, sides, terms
from kg.ui.components.linklist import Row, heading, links, row
from kg.ui.components.predictioncard import badges, prediction, summary
from kg.ui.state import World
from kg.ui.words import counted, inert

MOST_STEPS = 120


def standing(world: World, node: Node) -> None:
    """The statement of the claim ``node``, its standing, and why it has it."""
    found = world.evidence.claims[node.id]
    st.markdown(terms.linked(world, node.record.statement))
    badges(
        found.standing, found.literature, found.rerun, f"{found.tested} of {counted(found.total, 'prediction')} tested."
    )
    st.markdown(inert(found.reason))


def claim(world: World, node: Node) -> None:
    """The rest of the card of the claim ``node``."""
    record: Claim = node.record
    _shaken(world, node)
    _limits(world, node, record)
    grounds = [step for step in trace.rests_on(world.graph, node.address) if step.address != node.address]
    falling = trace.falls(world.graph, node.address)
    talk = _discussion(world, node)
    labels = [
        f"Predictions {len(record.predictions)}",
        "Sources",
        f"Rests on {len({step.address for step in grounds})}",
        f"Falls with it {len(falling)}",
    ]
    labels.append(f"Discussion {sum('id' in item for item in talk)}")
    parts: tuple[Callable[[], None], ...] = (
        lambda: _predictions(world, node, record),
        lambda: _sources(world, node, record),
        lambda: _steps(world, "rests", grounds, "Nothing in the record: it stands on its sources alone."),
        lambda: _steps(world, "falls", falling, "Nothing else in the record would lose its ground.", effect=True),
        lambda: _talk(talk),
    )
    for tab, part in zip(st.tabs(labels, key=f"tabs-{node.id}", on_change="rerun"), parts, strict=True):
        if tab.open:  # what is behind the other tabs is neither computed nor sent
            with tab:
                part()


def _talk(rows: list[Row]) -> None:
    if rows:
        links("discussion", rows, "Objections, questions and links")
    else:
        st.caption("No objection, question or link to another line of work is recorded.")


def _shaken(world: World, node: Node) -> None:
    """A mark where something below it fails by what others found, with the path; its standing does not change."""
    own = f"prediction:{node.id}/"
    told = {at for mark in defeat.marks(world.evidence).get(node.address, ()) for at in mark.path}
    for step in trace.rests_on(world.graph, node.address):
        name = step.address.removeprefix("claim:")
        below = world.evidence.claims.get(name) if step.address.startswith("claim:") else None
        failing = below and below.standing in ("contested", "refuted") and step.address not in told
        if below and failing and not any(at.startswith(own) for at in step.path):
            path = [world.graph.node(at) for at in step.path[1:]]
            st.warning(f"Something that it rests on is {below.standing}:")
            links(
                f"shaken-{name}",
                [row(world, at, before="→ " * i) for i, at in enumerate(path)],
                "The path to what fails",
            )
            return


def _limits(world: World, node: Node, record: Claim) -> None:
    if record.regime:
        st.markdown("**Regime** " + inert("; ".join(f"{name} {value}" for name, value in record.regime.items())))
    rows = [
        row(
            world,
            world.graph.node(edge.target),
            before="assumes" + (" (load-bearing)" if edge.data.get("load-bearing") else "") + ":",
        )
        for edge in world.graph.out(node.address, "assumes")
    ]
    if rows:
        links("assumes", rows, "What it assumes")


def _predictions(world: World, node: Node, record: Claim) -> None:
    if not record.predictions:
        st.caption("No prediction is written yet: nothing that one would measure follows from it so far.")
    best = next(
        (p.id for p in record.predictions if world.evidence.predictions[f"prediction:{node.id}/{p.id}"].primary), None
    )
    first = best or next((p.id for p in record.predictions), None)
    for own in record.predictions:
        address = f"prediction:{node.id}/{own.id}"
        with st.expander(summary(own, world.evidence.predictions[address]), expanded=own.id == first):
            prediction(world, address, in_claim=True)
    scripts = dict.fromkeys(str(test.script) for own in record.predictions for test in own.scripts)
    for script in scripts:
        if script in world.graph.corpus.scripts:
            with st.container(border=True):
                links(f"script-{script}", [row(world, world.graph.node(f"reproduction:{script}"))], "The script")
                rerunpanel.panel(world, script)


def _sources(world: World, node: Node, record: Claim) -> None:
    rows = []
    for edge in world.graph.into(node.address, "states"):
        said = [words.ROLES[edge.data["role"]], *([str(edge.data["where"])] if "where" in edge.data else [])]
        rows.append(
            row(world, world.graph.node(edge.source), note="; ".join([*said, words.DEPTHS[edge.data["depth"]]]))
        )
    links("sources", [heading("stated by"), *rows], "Where it is stated")
    sides.both(world, node, links)
    for search in record.counter_search:
        st.caption(f"Searched for contrary evidence on {search.date} in {inert(search.where)}: {inert(search.found)}")
    if record.checked:
        st.caption(f"Held against its sources on {record.checked.date}, {record.checked.how.replace('-', ' ')}.")


def _steps(world: World, key: str, steps: list[Step], empty: str, *, effect: bool = False) -> None:
    if not steps:
        st.caption(empty)
        return
    links(key, [_step_row(world, step, effect=effect) for step in steps[:MOST_STEPS]], "The trace")
    if len(steps) > MOST_STEPS:
        st.caption(f"The first {MOST_STEPS} of {counted(len(steps), 'step')}.")


def _step_row(world: World, step: Step, *, effect: bool = False) -> Row:
    node = world.graph.node(step.address)
    says = f"{step.effect}:" if effect else f"{step.says}"
    evidence = step.relation in ("states", "reports")
    note = sides.carried(step.data) if evidence else "see above" if step.again else ""
    return row(world, node, before=says, note=note, depth=step.depth - 1)


def _discussion(world: World, node: Node) -> list[Row]:
    """Objections with their replies, questions, and links to other claims."""
    graph, objections = world.graph, []
    for edge in graph.into(node.address, "targets"):
        replies = graph.into(edge.source, "targets")
        objections.append(argument_row(world, graph.node(edge.source)))
        objections += [argument_row(world, graph.node(reply.source), depth=1) for reply in replies]
    asked = [*graph.into(node.address, "asks_about", "presumes"), *graph.out(node.address, "bears_on")]
    near = [edge for edge in graph.around(node.address) if edge.relation in ("bridges", "contradicts", "builds_on")]
    parts = {
        "objections and replies": objections,
        "open questions": [edge_row(world, edge, edge.other(node.address)) for edge in asked],
        "other claims": [edge_row(world, edge, edge.other(node.address)) for edge in near],
    }
    return [item for title, found in parts.items() if found for item in (heading(title), *found)]


def argument_row(world: World, node: Node, depth: int = 0) -> Row:
    """An argument as a link that says when a machine made it."""
    made = "machine-made; " if node.record.by == "machine" else ""
    return row(world, node, note=f"{made}{node.record.stance}", depth=depth)


def edge_row(world: World, edge: Edge, other: str) -> Row:
    """The node at the other end of an edge, with what the edge carries."""
    node = world.graph.node(other)
    if node.kind == "argument":
        return argument_row(world, node)
    standing = draw.standing_of(world.evidence, other) or ""
    return row(world, node, note="; ".join(filter(None, [standing, sides.carried(edge.data)])))
