"""Guess first: what the reader expects a run to say, and afterwards how that went. Kept on this machine alone."""

from __future__ import annotations

import datetime

import streamlit as st

from kg import guesses
from kg.guesses import SAID, Guess
from kg.rerun.experiment import Done, Plan
from kg.rerun.registry import LiveRun
from kg.ui.components.datatable import Cell, column, table, value
from kg.ui.state import World
from kg.ui.words import counted, inert

SURE = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99)
_OURS = {"agrees": "it agrees", "disagrees": "it disagrees", "undecided": "undecided"}


def ask(world: World, script: str) -> None:
    """What will the run say? One line a prediction; nothing has to be answered."""
    tested = [edge.target for edge in world.graph.out(f"reproduction:{script}", "tests")]
    if not tested:
        return
    with st.expander("Guess first: what will the run say?", expanded=True):
        st.caption(
            "You may leave it. Guesses stay on this machine, in .kg/guesses.jsonl, and show how sure you may be."
        )
        for address in tested:
            st.markdown(inert(world.graph.node(address).title))
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                st.segmented_control(
                    f"Your guess on {address}", SAID, key=f"guess-{address}", format_func=_OURS.__getitem__,
                    label_visibility="collapsed",
                )  # fmt: skip
                if st.session_state.get(f"guess-{address}"):
                    st.select_slider(
                        "How sure are you?", SURE, value=0.7, key=f"sure-{address}", width=220,
                        format_func=lambda share: f"{share:.0%} sure",
                    )  # fmt: skip


def note(plan: Plan, run: LiveRun) -> None:
    """Keep what was guessed at, as the run starts."""
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    for address in plan.predictions:
        said = st.session_state.get(f"guess-{address}")
        if said in SAID:
            sure = float(st.session_state.get(f"sure-{address}") or 0.7)
            try:
                guesses.add(plan.root, Guess(run.id, address, said, sure, today))
            except OSError:
                return  # a guess is worth no error


def tell(world: World, run: LiveRun, done: Done) -> None:
    """What was guessed at this run, and the calibration of all guesses so far."""
    root = run.plan.root
    if done.run.budget == "smoke":
        if any(guess.run == run.id for guess in guesses.load(root)):
            st.caption("Your guess stays open: a smoke run is too short for a verdict. Guess again at *quick*.")
        return
    try:
        guesses.settle(root, run.id, {address: judged.verdict for address, judged in done.judgements.items()})
    except OSError:
        return
    known = guesses.load(root)
    for guess in known:
        if guess.run == run.id and guess.outcome and guess.prediction in world.graph:
            sign = "✓ as you guessed" if guess.right else "✗ not as you guessed"
            title = inert(world.graph.node(guess.prediction).title)
            st.markdown(f"**{sign}** ({_OURS[guess.said]}, {guess.confidence:.0%} sure): {title}")
    found = guesses.calibration(known)
    if found is None:
        return
    with st.expander(f"Your calibration: {found.right} of {counted(found.n, 'guess')} right"):
        st.caption(
            f"You were {found.confidence:.0%} sure on average and right in {found.right / found.n:.0%}. "
            f"Brier score {found.brier:.2f}: 0 at best, 0.25 for a coin."
        )
        rows: list[list[Cell]] = [
            [value(f"{one.confidence:.0%}", sort=one.confidence), one.n, value(f"{one.right:.0%}", sort=one.right)]
            for one in found.bins
        ]
        columns = (column("you said", "number"), column("guesses", "number"), column("right", "number"))
        table(f"calibration-{run.id}", columns, rows, "How sure you were, and how often right", inside=True)
