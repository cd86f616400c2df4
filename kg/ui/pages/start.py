"""Start here: one claim walked in five steps, from what it says to what hangs on it. ``?claim=`` and ``?step=``."""

from __future__ import annotations

import streamlit as st

from kg.ui.components.heading import page_heading

page_heading("One claim in five steps")

from kg import trace  # noqa: E402  # the heading is on the screen before anything is imported or read
from kg.graph import Node  # noqa: E402
from kg.records import Claim  # noqa: E402
from kg.ui import state, words  # noqa: E402
from kg.ui.components import predictioncard, sides, terms  # noqa: E402
from kg.ui.components.banner import banner  # noqa: E402
from kg.ui.components.linklist import links_to_explore, row  # noqa: E402
from kg.ui.state import World  # noqa: E402
from kg.ui.words import counted, inert  # noqa: E402
from kg.walk import first_claim  # noqa: E402

STEPS = ("What it says", "Who says so, who disagrees", "What it predicts", "What we measured", "What hangs on it")
MOST = 8


def chosen(world: World) -> Node | None:
    """The claim of the address, else the one that shows most."""
    wanted = f"claim:{str(st.query_params.get('claim', ''))[:100]}"
    address = wanted if wanted in world.graph else first_claim(world.evidence)
    return world.graph.node(address) if address else None


def go(step: int) -> None:
    """Put the step into the address."""
    st.query_params["step"] = str(step)


def says(world: World, node: Node) -> None:
    """The statement, and the terms in it."""
    strands = [world.graph.node(edge.target).title for edge in world.graph.out(node.address, "in_strand")]
    st.markdown(
        "A **claim** is one sentence about learning that could be wrong. This one is of the strand "
        f"*{inert(words.listed(strands))}*:"
    )
    with st.container(border=True):
        st.markdown(terms.linked(world, node.record.statement))
    needed = [world.graph.node(edge.target) for edge in world.graph.out(node.address, "needs")]
    if needed:
        st.markdown("To follow it one needs")
        links_to_explore("needs", [row(world, one, note=one.record.statement or "") for one in needed], "What it needs")
    st.caption("A dotted word explains itself when the pointer or the keyboard rests on it.")


def who(world: World, node: Node) -> None:
    """Support and contradiction side by side."""
    found = world.evidence.claims[node.id]
    st.markdown(
        "A **standing** is computed from what independent sources report and what our own runs gave; nobody types it. "
        "Two sources that share an author count as one."
    )
    predictioncard.badges(found.standing, found.literature, found.rerun)
    st.markdown(inert(found.reason))
    sides.both(world, node, links_to_explore)


def predicts(world: World, node: Node, address: str) -> None:
    """The prediction as it was declared."""
    st.markdown(
        "A **prediction** says what one will measure and within what **tolerance**. The tolerance was declared before "
        "the run, with a **rival** that expects something else and with what would **refute** it:"
    )
    with st.container(border=True):
        st.markdown(terms.linked(world, world.graph.node(address).title))
        predictioncard.declared(world, address)


def measured(world: World, node: Node, address: str) -> None:
    """What the newest run gave, and where to measure it again."""
    outcome = world.evidence.predictions[address].primary
    if outcome is None:
        st.markdown("No run of ours is recorded yet. What a run would have to show is on its card.")
    else:
        st.markdown(
            "Our **run** is a script in this repository, measured over several seeds in a sandbox. It *agrees* only if "
            "the 98 % interval lies inside the tolerance, and every rival is excluded."
        )
        predictioncard.outcome_of(world.graph.node(address).record, outcome, key="walk")
    again = [world.graph.node(edge.source) for edge in world.graph.into(address, "tests")]
    links_to_explore("again", [row(world, one, before="Measure it again:") for one in again], "The script")


def hangs(world: World, node: Node) -> None:
    """What it takes for granted, what would fall with it, what is open about it."""
    graph = world.graph
    taken = [row(world, graph.node(e.target)) for e in graph.out(node.address, "assumes")]
    falling = list(dict.fromkeys(step.address for step in trace.falls(graph, node.address)))
    asked = [row(world, graph.node(e.source)) for e in graph.into(node.address, "asks_about")]
    parts = (
        ("It takes for granted", taken, "No assumption is recorded."),
        (
            "If it falls, so do or lose ground",
            [row(world, graph.node(a)) for a in falling],
            "Nothing else rests on it.",
        ),
        ("Open about it", asked, "No question about it is recorded."),
    )
    for place, (title, rows, empty) in zip(st.columns(3), parts, strict=True):
        with place:
            st.subheader(title, anchor=False)
            if rows:
                links_to_explore(title, rows[:MOST], title)
                if len(rows) > MOST:
                    st.caption(f"The first {MOST} of {len(rows)}; all are on its card.")
            else:
                st.caption(empty)
    links_to_explore("card", [row(world, node, before="Go on from its card:")], "Its card")


def page() -> None:
    """One step of the walk."""
    world = state.world()
    banner(world)
    node = chosen(world)
    if node is None:
        st.info("No claim is in the record yet. A claim is one file in data/claims/: see CONTRIBUTING.md.")
        return
    record: Claim = node.record
    typed = str(st.query_params.get("step", "1"))
    step = int(typed) if typed in ("1", "2", "3", "4", "5") else 1
    st.subheader(inert(node.title), anchor=False)
    st.progress(step / len(STEPS), text=f"Step {step} of {len(STEPS)}: **{STEPS[step - 1]}**")
    addresses = [f"prediction:{node.id}/{one.id}" for one in record.predictions]
    address = next((at for at in addresses if world.evidence.predictions[at].primary), next(iter(addresses), ""))
    if step == 1:
        says(world, node)
    elif step == 2:
        who(world, node)
    elif step in (3, 4) and not address:
        st.markdown("No prediction is written yet: nothing that one would measure follows from it so far.")
    elif step == 3:
        predicts(world, node, address)
    elif step == 4:
        measured(world, node, address)
    else:
        hangs(world, node)
    with st.container(horizontal=True, gap="small"):
        if step > 1:
            st.button("← Back", key="walk-back", on_click=go, args=(step - 1,))
        if step < len(STEPS):
            st.button(f"Next: {STEPS[step]} →", key="walk-next", on_click=go, args=(step + 1,))
    if step == len(STEPS):
        st.caption(
            f"The record has {counted(len(world.graph.corpus.claims), 'claim')}, each with a card like this one's."
        )


page()
