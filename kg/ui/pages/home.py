"""Home: what this is, how much of it there is, where to begin, the thesis and the strands."""

from __future__ import annotations

import streamlit as st

from kg.ui.components.heading import page_heading

page_heading("How much of deep learning is understood?", large=True)
st.markdown(
    "A map of the science of deep learning: what is **claimed**, who says so and who disagrees, what each claim "
    "**predicts** and within what tolerance, what our own **reruns** found, and what is still **open**. Every standing "
    "shown here is computed from sources and runs; none is set by hand."
)

from kg.effort import UNSETTLED, for_an_afternoon  # noqa: E402
from kg.reading import in_order  # noqa: E402
from kg.records import Claim  # noqa: E402  # the heading is on the screen before anything is imported or read
from kg.ui import state, words  # noqa: E402
from kg.ui.components.banner import banner  # noqa: E402
from kg.ui.components.linklist import links_to_explore, row  # noqa: E402
from kg.ui.components.numbers import Number, numbers  # noqa: E402
from kg.ui.components.predictioncard import badges  # noqa: E402
from kg.ui.components.targets import HINT, targets  # noqa: E402
from kg.ui.state import World  # noqa: E402
from kg.ui.words import counted, inert  # noqa: E402
from kg.walk import first_claim  # noqa: E402
from kg.watch import thesis  # noqa: E402

MOST_SUGGESTED = 4


def counts(world: World) -> None:
    """How much there is; each number leads to what it counts."""
    corpus, evidence = world.graph.corpus, world.evidence
    verdicts = [found.primary for found in evidence.predictions.values() if found.primary]
    differ = sum(bool(one.judgement and one.judgement.verdict == "disagrees") for one in verdicts)
    questions = list(world.graph.nodes("question"))
    still = sum(question.record.state in UNSETTLED for question in questions)
    unsettled = ",".join(UNSETTLED)
    measured = {"state": "disagrees,undecided,agrees"}
    shown = (
        Number(len(corpus.claims), "claims", state.EXPLORE, {}, "Statements about learning that sources make."),
        Number(
            len(evidence.predictions), "predictions", state.EVIDENCE, {},
            "What a claim says one will measure, with what would refute it.",
        ),
        Number(len(verdicts), "measured by our runs", state.EVIDENCE, measured, "Predictions with a run of ours."),
        Number(
            differ, "where theory and run disagree", state.EVIDENCE, {"state": "disagrees"},
            "Our run lies outside what the prediction allows.",
        ),
        Number(
            still, "open questions", state.QUESTIONS, {"state": unsettled},
            "Not settled yet, or in part only. Each says what would settle it.",
        ),
    )  # fmt: skip
    numbers("counts", shown, "How much there is")


def ways_in(world: World) -> None:
    """Start here: the walk along one claim, and the shortest ways to what most come for."""
    address = first_claim(world.evidence)
    if address is None:
        return
    node = world.graph.node(address)
    quick = sum(for_an_afternoon(world.evidence, question) for question in world.graph.nodes("question"))
    with st.container(border=True):
        st.subheader("Start here", anchor=False)
        st.markdown(
            f"One claim walked in five steps: *{inert(node.title)}*. What it says, who agrees and who does not, what "
            "it predicts, what we measured, and what hangs on it."
        )
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            if st.button("Walk along one claim", key="walk"):
                st.switch_page(state.START, query_params={"step": "1"})
            if quick and st.button(f"Questions for a laptop and an afternoon {quick}", key="afternoon"):
                st.switch_page(state.QUESTIONS, query_params={"start": "afternoon"})
        st.caption("To look something up, press / and type: a claim, an author, a symbol, an arXiv number.")


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


def start_here(world: World) -> None:
    """Ways in: something to read, something measured, something disputed, something open."""
    graph, evidence = world.graph, world.evidence
    readings: dict[str, str] = {}
    for reading in map(graph.corpus.readings.__getitem__, in_order(graph)):
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
        ("Read", "From the beginning, in the order of *What to read*.", readings),
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
            if title == "Read":
                list_for(world)
            st.caption(told)
            rows = [
                row(world, graph.node(address), note=note) for address, note in list(found.items())[:MOST_SUGGESTED]
            ]
            links_to_explore(f"start-{title}", rows, title)


def list_for(world: World) -> None:
    """The way to a reading list for one's own target."""
    named = targets(world, world.stamp)
    chosen = st.selectbox(
        "A reading list for", list(named), None, named.__getitem__, key="list-for", placeholder=HINT,
        help="The least that one has to read to follow it, in order.",
    )  # fmt: skip
    if chosen is not None:
        st.switch_page(state.READING, query_params={"target": chosen})


def page() -> None:
    """Everything below the heading."""
    world = state.world()
    banner(world)
    counts(world)
    ways_in(world)
    start_here(world)
    show_thesis(world)
    show_strands(world)
    runs = (
        "Experiments can be run again from a claim's card." if state.is_local() else "To run experiments again: kg app."
    )
    st.caption(f"Hover a coloured word to see what it means. {runs}")


page()
