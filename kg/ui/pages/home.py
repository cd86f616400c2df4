"""Home: what this is, how much of it there is, the thesis, the strands, and where to begin."""

from __future__ import annotations

import streamlit as st

st.title("How much of deep learning is understood?", anchor=False)
st.markdown(
    "A map of the science of deep learning: what is **claimed**, who says so and who disagrees, what each claim "
    "**predicts** and within what tolerance, what our own **reruns** found, and what is still **open**. Every standing "
    "shown here is computed from sources and runs; none is set by hand."
)

from kg.draw.plain import plain  # noqa: E402
from kg.records import Claim, Reading  # noqa: E402  # the heading is on the screen before anything is imported or read
from kg.ui import state, words  # noqa: E402
from kg.ui.components.banner import banner  # noqa: E402
from kg.ui.components.linklist import links_to_explore, row  # noqa: E402
from kg.ui.components.predictioncard import badges  # noqa: E402
from kg.ui.state import World  # noqa: E402
from kg.ui.words import counted, inert  # noqa: E402
from kg.watch import thesis  # noqa: E402

MOST_SUGGESTED = 4
UNSETTLED = ("open", "claimed", "partial")


def counts(world: World) -> None:
    """How much there is."""
    corpus, evidence = world.graph.corpus, world.evidence
    tested = sum(found.primary is not None for found in evidence.predictions.values())
    still_open = sum(question.state in UNSETTLED for question in corpus.questions.values())
    rows = (
        ("claims", len(corpus.claims), "Statements about learning that sources make."),
        ("predictions", len(evidence.predictions), "What a claim says one will measure, with what would refute it."),
        ("tested by our runs", tested, "Predictions with a recorded run of ours."),
        ("open questions", still_open, "Not settled yet, or in part only. Each says what would settle it."),
        ("papers", len(corpus.papers), "Articles, posts, lectures and books that are cited."),
    )
    with st.container(horizontal=True, gap="large"):
        for label, value, told in rows:
            st.metric(label, f"{value:,}", help=told, width=165)


def show_thesis(world: World) -> None:
    """The thesis with its standing, the premise that bears the load, and what would settle it."""
    node = thesis(world.graph)
    if node is None:
        return
    record: Claim = node.record
    known = world.evidence.claims[node.id]
    with st.container(border=True):
        st.caption("The thesis under test")
        st.markdown(f"#### {inert(node.title)}")
        st.markdown(inert(record.statement))
        badges(known.standing, known.literature, known.rerun)
        st.markdown(inert(known.reason))
        leans = [edge.target for edge in world.graph.out(node.address, "assumes") if edge.data.get("load-bearing")]
        targeting = [world.graph.node(edge.source) for edge in world.graph.into(node.address, "targets")]
        major = [one for one in targeting if one.record.stance == "objects" and one.record.severity == "major"]
        rows = [
            row(world, node, before="Its card:"),
            *(row(world, world.graph.node(address), before="It leans on:") for address in leans),
            *(
                row(world, one, before="Objection:", note="machine-made" if one.record.by == "machine" else "")
                for one in major[:MOST_SUGGESTED]
            ),
        ]
        links_to_explore("thesis", rows, "The thesis")


def show_strands(world: World) -> None:
    """The five strands, each with how its claims stand."""
    strands = [node for node in world.graph.nodes("strand") if node.record.role == "strand"]
    if not strands:
        return
    st.subheader("Five strands", anchor=False)
    for column, node in zip(st.columns(len(strands)), strands, strict=True):
        with column:
            links_to_explore(f"strand-{node.id}", [row(world, node)], node.title)
            st.caption(inert(node.record.statement))
            mine = [name for name, claim in world.graph.corpus.claims.items() if node.id in claim.strands]
            standings = [world.evidence.claims[name].standing for name in mine]
            told = [f"{standings.count(s)} {s}" for s in words.STANDINGS if standings.count(s)]  # type: ignore[arg-type]
            st.caption(f"{counted(len(mine), 'claim')}" + (f": {', '.join(told)}" if told else ""))


def show_residuals(world: World) -> None:
    """How far from its prediction each measurement lies, all at once."""
    from kg.figures.residuals import residuals

    found = residuals(world.evidence)
    if not found:
        return
    from kg.ui.components import figure

    st.subheader("How close the predictions came", anchor=False)
    titles = {name: plain(strand.title) for name, strand in world.graph.corpus.strands.items()}
    figure.summary(found, titles, key="residuals")


def start_here(world: World) -> None:
    """Ways in: something to read, something measured, something disputed, something open."""
    graph, evidence = world.graph, world.evidence
    readings: dict[str, str] = {}
    for reading in sorted(graph.corpus.readings.values(), key=_needs):
        if f"paper:{reading.paper}" in graph:
            readings.setdefault(f"paper:{reading.paper}", f"{reading.where}; about {reading.minutes} minutes")
    ranked = sorted(evidence.claims.items(), key=lambda item: (-item[1].tested, item[0]))
    tested = {f"claim:{name}": found.standing or "" for name, found in ranked if found.tested}
    disputed = {f"claim:{name}": found.reason for name, found in ranked if found.standing in ("contested", "refuted")}
    questions = sorted(
        (node for node in graph.nodes("question") if node.record.state in UNSETTLED),
        key=lambda node: (["easy", "medium", "hard"].index(node.record.difficulty), node.title),
    )
    parts = (
        ("Start here: read", "What needs the least before it, first.", readings),
        ("See it measured", "Claims that our runs have tested.", tested),
        ("What is disputed", "Sources or runs disagree.", disputed),
        (
            "What is open",
            "Easiest first.",
            {node.address: f"{node.record.difficulty}; {node.record.state}" for node in questions},
        ),
    )
    shown = [part for part in parts if part[2]]
    if not shown:
        st.info("The record is empty so far. kg --help says how to begin.")
        return
    for column, (title, told, found) in zip(st.columns(len(shown)), shown, strict=True):
        with column:
            st.subheader(title, anchor=False)
            st.caption(told)
            rows = [
                row(world, graph.node(address), note=note) for address, note in list(found.items())[:MOST_SUGGESTED]
            ]
            links_to_explore(f"start-{title}", rows, title)


def _needs(reading: Reading) -> tuple[int, int]:
    """How much one must know before it, and how long it takes."""
    return len(reading.teaches if reading.requires is None else reading.requires), reading.minutes


def page() -> None:
    """Everything below the heading."""
    world = state.world()
    banner(world)
    counts(world)
    show_thesis(world)
    show_strands(world)
    start_here(world)
    show_residuals(world)
    runs = (
        "Experiments can be run again from a claim's card." if state.is_local() else "To run experiments again: kg app."
    )
    st.caption(f"Hover a coloured word to see what it means. {runs}")


page()
