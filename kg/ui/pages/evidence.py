"""Evidence: every prediction against our runs, in units of its tolerance; what is stale, what was never measured."""

from __future__ import annotations

import streamlit as st

from kg.ui.components.heading import page_heading

page_heading("Evidence")
st.markdown(
    "Every prediction of the record against our own runs. A **residual** is what was measured less what was expected, "
    "in units of the tolerance that was declared before: between −1 and 1 is accepted."
)

from kg import tested  # noqa: E402  # the heading is on the screen before anything is imported or read
from kg.export import selection  # noqa: E402
from kg.plain import plain  # noqa: E402
from kg.tested import STATES, Tested  # noqa: E402
from kg.ui import state, words  # noqa: E402
from kg.ui.components.banner import banner  # noqa: E402
from kg.ui.components.datatable import Cell, column, table, value  # noqa: E402
from kg.ui.components.downloads import downloads  # noqa: E402
from kg.ui.components.linklist import row  # noqa: E402
from kg.ui.components.numbers import Number, numbers  # noqa: E402
from kg.ui.components.picks import pick, picks  # noqa: E402
from kg.ui.state import World  # noqa: E402
from kg.ui.words import counted, inert  # noqa: E402

COLUMNS = (
    column("prediction", "words"),
    column("our run"),
    column("residual", "number", "Measured less expected, over the tolerance, at the condition that decides."),
    column("98 % interval", "number"),
    column("what decides", "words"),
    column("literature"),
    column("strand"),
    column("run on", "short"),
)
MOST_ROWS = 60
VIEWS = {"table": "Table", "picture": "Picture"}


@st.cache_resource(max_entries=2, show_spinner=False)
def found(_world: World, stamp: str) -> list[Tested]:
    """The rows of the record as it is."""
    return tested.tested(_world.evidence)


def cells(world: World, one: Tested) -> list[Cell]:
    """One prediction as a row of the table."""
    node, graph = world.graph.node(one.address), world.graph
    residual, outcome = one.residual, one.outcome
    known = world.evidence.predictions[one.address]
    interval = f"{_signed(residual.interval[0])} … {_signed(residual.interval[1])}" if residual else ""
    judged = outcome.judgement if outcome else None
    return [
        row(world, node, note=f"of “{graph.node(f'claim:{one.claim}').title}”"),
        value(one.state + (", stale" if one.stale else ""), sort=list(STATES).index(one.state)),
        value(_signed(residual.value), sort=residual.value) if residual else None,
        interval,
        judged.reason if judged else "",
        known.literature.state,
        ", ".join(plain(graph.node(f"strand:{name}").title) for name in one.strands if f"strand:{name}" in graph),
        outcome.run.started[:10] if outcome and outcome.run else "",
    ]


def _signed(number: float) -> str:
    return f"{number:+,.2f}".replace("-", "−")


def figure(world: World, shown: list[Tested]) -> None:
    """The residuals of the rows shown, by strand."""
    drawn = [one.residual for one in shown if one.residual]
    if not drawn:
        st.info("None of these was measured: there is no residual to draw.")
        return
    from kg.ui.components import figure as figures

    titles = {name: plain(strand.title) for name, strand in world.graph.corpus.strands.items()}
    figures.summary(drawn, titles, key="residuals")


def page() -> None:
    """The counts, the filters, the picture and the table."""
    world = state.world()
    banner(world)
    everything = found(world, world.stamp)
    if not everything:
        st.info(
            "No prediction is in the record yet. A prediction is written into its claim's file: see CONTRIBUTING.md."
        )
        return
    counts = {name: sum(one.state == name for one in everything) for name in STATES}
    stale = [one for one in everything if one.stale]
    held = [Number(n, name, state.EVIDENCE, {"state": name}, STATES[name]) for name, n in counts.items() if n]
    held.append(
        Number(
            len(stale), "stale", state.EVIDENCE, {"stale": "yes"}, "Script, data or declaration changed since the run."
        )
    )
    numbers("counts", held, "Predictions by what our runs found")
    strands = {node.id: inert(node.title) for node in world.graph.nodes("strand")}
    states = picks("state", {name: f"{name} {n}" for name, n in counts.items() if n}, _told())
    old = bool(stale) and picks("stale", {"yes": f"stale only {len(stale)}"})
    where = picks("strand", {n: t for n, t in strands.items() if any(n in one.strands for one in everything)})
    shown = [
        one
        for one in everything
        if (not states or one.state in states)
        and (not old or one.stale)
        and (not where or set(where) & set(one.strands))
    ]
    if not shown:
        st.info("No prediction passes these filters; take one away.")
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        way = pick("view", VIEWS)
        st.caption(
            f"{len(shown)} of {counted(len(everything), 'prediction')}, the farthest from what was expected first."
        )
        downloads(world, "evidence", lambda: selection.of("Evidence", [one.address for one in shown]), "Export these")
        told = "Predictions about trained networks alone."
        st.page_link(state.WATCH, label="What would falsify the thesis", help=told)
    if way == "picture":
        figure(world, shown)
    else:
        table("evidence", COLUMNS, [cells(world, one) for one in shown], "Predictions and our runs", MOST_ROWS)
    if not stale:
        st.caption("No recorded run is stale: no script, data or declaration changed since its run.")


def _told() -> str:
    return "\n".join(f"- **{name}**: {words.inert(says)}" for name, says in STATES.items())


page()
