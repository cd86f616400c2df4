"""A reproduction: what it says of each prediction, its verdicts over time, figures, the script, running it again."""

from __future__ import annotations

import streamlit as st

from kg import history, runcard, scriptfile
from kg.graph import Node
from kg.scriptfile import Script
from kg.ui import words
from kg.ui.components import rerunpanel, runhistory
from kg.ui.components.datatable import Cell, column, table, value
from kg.ui.components.linklist import links, row
from kg.ui.components.predictioncard import figures
from kg.ui.state import World
from kg.ui.words import inert

_SIGNS = {"agrees": "✓", "disagrees": "✗", "cannot-discriminate": "?", "not-in-regime": "∅", "error": "!"}


def script(world: World, node: Node) -> None:
    """The parts of the card below its title."""
    record: Script = node.record
    tested = [edge.target for edge in world.graph.out(node.address, "tests")]
    names = [f"Verdicts {len(tested)}", "Figures", "Measure again", "The script"]
    verdicts, drawn, again, source = st.tabs(names, default=names[2] if "run" in st.query_params else None)
    with verdicts:
        if tested:
            _over_time(world, record.name, tested)
        else:
            st.caption("No prediction names this script as its test yet.")
        runhistory.of_script(world, record.name)
    with drawn:
        _figures(world, record.name, tested)
    with again:
        rerunpanel.panel(world, record.name)
    with source:
        st.code(record.docstring, language=None, wrap_lines=True)
        _code(world, record)


def _over_time(world: World, name: str, tested: list[str]) -> None:
    """A row a prediction, a sign a recorded run, oldest first."""
    runs = history.of_script(world.evidence, name)
    rows: list[list[Cell]] = []
    for address in tested:
        entries = [(run, found[address]) for run, found in runs if address in found]
        signs = " ".join(_SIGNS[entry.judgement.verdict] + "*" * entry.stale for _, entry in entries)
        now = next((entry for _, entry in entries if entry.counts), None)
        verdict = words.verdict(now.judgement.verdict) if now else "not run"
        when = runcard.when(now.run) if now else ""
        node = world.graph.node(address)
        rows.append(
            [
                row(world, node),
                value(verdict, note=now.judgement.reason if now else ""),
                value(signs or "–", note=f"{len(entries)} recorded"),
                when,
            ]
        )
    columns = (
        column("prediction", "words"),
        column("counts now", "words"),
        column("runs, oldest first"),
        column("measured on"),
    )
    table("verdicts", columns, rows, "What each prediction's runs said", inside=True)
    signs = ", ".join(f"{sign} {words.verdict(name)}" for name, sign in _SIGNS.items())
    st.caption(f"{signs}; * stale.")


def _figures(world: World, name: str, tested: list[str]) -> None:
    shown = False
    for address in tested:
        record = world.graph.node(address).record
        for outcome in world.evidence.predictions[address].outcomes:
            if outcome.test.script == name and outcome.run and outcome.judgement:
                links(f"figure-of-{address}", [row(world, world.graph.node(address))], "The prediction")
                figures().tested(record, outcome.judgement, outcome.run.measured, key=f"script-{address}")
                shown = True
        if mapped := world.evidence.maps.get(address):
            figures().map_of(record, mapped, world.graph.corpus.regimes, key=f"script-{address}-map")
            shown = True
    if not shown:
        st.caption("Nothing to draw: no run of it is recorded yet. The next tab says how to make one.")


def _code(world: World, record: Script) -> None:
    text = scriptfile.source(world.graph.corpus.root, record)
    if text is None:
        st.caption("Its file has changed; reload the page.")
        return
    with st.expander(f"All {text.count(chr(10)):,} lines of {inert(record.path)}"):
        st.code(text, language="python", wrap_lines=True)
