"""What our recorded runs said over time, and why where they did not agree; and the marks of what has fallen below."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from kg import defeat, history, runcard
from kg.defeat import Mark
from kg.history import CAUSES, Cause
from kg.ui import words
from kg.ui.components.linklist import links, row
from kg.ui.state import World
from kg.ui.words import counted, inert

MOST_RUNS = 30
MOST_MARKS = 3


def of_prediction(world: World, address: str) -> None:
    """The recorded runs of a prediction, the newest first, each with its verdict on the present declaration."""
    entries = history.of_prediction(world.evidence, address)
    if not entries:
        return
    with st.expander(f"History: {counted(len(entries), 'recorded run')}"):
        lines = []
        for entry in reversed(entries[-MOST_RUNS:]):
            why = f" (*{entry.cause}*)" if entry.cause else ""
            why += f": {inert(entry.judgement.reason)}" if entry.cause and not entry.counts else ""
            said = [f"{entry.run.budget} budget", counted(entry.seeds, "seed"), entry.test.level]
            said += [f"commit {entry.commit}" if entry.commit else "outside a commit", *entry.marks]
            told = f"**{words.verdict(entry.judgement.verdict)}**{why}"
            lines.append(f"- {runcard.when(entry.run)} {told}  \n:gray[{inert(', '.join(said))}]")
        _lines(lines, len(entries), {entry.cause for entry in entries})


def of_script(world: World, script: str) -> None:
    """The recorded runs of a script, the newest first, with what they said of each prediction that it tests."""
    runs = history.of_script(world.evidence, script)
    if not runs:
        st.caption("No recorded run.")
        return
    with st.expander(f"History: {counted(len(runs), 'recorded run')}"):
        lines, causes = [], set()
        for run, entries in reversed(runs[-MOST_RUNS:]):
            told = runcard.counted(entry.judgement.verdict for entry in entries.values()) or run.status
            said = [f"{run.budget} budget", f"{run.cpu_seconds or 0.0:,.1f} CPU seconds"]
            lines.append(f"- {runcard.when(run)} **{inert(told)}**  \n:gray[{inert(', '.join(said))}]")
            for address, entry in entries.items():
                causes.add(entry.cause)
                if entry.cause:
                    title = inert(world.graph.node(address).title)
                    lines.append(f"    - **{words.verdict(entry.judgement.verdict)}** (*{entry.cause}*): {title}")
        _lines(lines, len(runs), causes)


def _lines(lines: list[str], total: int, causes: Iterable[Cause | None]) -> None:
    st.markdown("\n".join(lines))
    if total > MOST_RUNS:
        st.caption(f"The newest {MOST_RUNS} of {total:,}.")
    met = set(causes)
    for cause, meaning in CAUSES.items():
        if cause in met:
            st.caption(f"*{cause}*: {meaning}")


SAID = {
    ("disagrees", "own"): "A run of ours disagrees with a prediction of this claim, and its standing counts that.",
    ("disagrees", "below"): "A run of ours disagrees with a prediction that this rests on. "
    "What is said here keeps its own standing.",
    ("disagrees", "near"): "A run of ours disagrees with a prediction that this speaks of.",
    ("stale", "own"): "The run of a prediction of this claim is stale and no longer counts: it is to be run again.",
    ("stale", "below"): "The run of a prediction that this rests on is stale: it is to be run again.",
    ("stale", "near"): "The run of a prediction that this speaks of is stale: it is to be run again.",
}
"""What a mark says, by what befell the prediction and how the marked node stands to it."""


def marks(world: World, address: str) -> None:
    """What has fallen or gone stale below the node at ``address``, each with the path."""
    found = defeat.marks(world.evidence).get(address, ())
    for (state, kin), text in SAID.items():
        held = [mark for mark in found if mark.defeat == state and _kin(mark) == kin]
        if not held:
            continue
        (st.warning if state == "disagrees" else st.info)(text)
        for mark in held[:MOST_MARKS]:
            _path(world, mark)
        if len(held) > MOST_MARKS:
            st.caption(
                f"And {counted(len(held) - MOST_MARKS, 'further prediction')}; kg show {inert(address)} lists them."
            )


def _kin(mark: Mark) -> str:
    """Whether the marked node is the prediction's own claim, rests on it from further away, or only speaks of it."""
    if mark.effect == "concerns":
        return "near"
    own = f"claim:{mark.prediction.partition(':')[2].partition('/')[0]}"
    return "own" if mark.path[-1] == own else "below"


def _path(world: World, mark: Mark) -> None:
    """From the marked node down to the fallen prediction, as links."""
    below = [world.graph.node(at) for at in reversed(mark.path[:-1])]
    rows = [row(world, node, before="→ " * i) for i, node in enumerate(below)]
    key = f"mark-{mark.path[-1]}-{mark.prediction}"
    links(key, rows, "The path to the prediction")
