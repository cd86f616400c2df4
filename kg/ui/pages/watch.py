"""What would falsify it: predictions of settings, limits and laws against trained networks, failures first."""

from __future__ import annotations

import streamlit as st

from kg.ui.components.heading import page_heading

page_heading("What would falsify it?")
st.markdown(
    "Solvable settings, tractable limits and simple laws say what trained networks will do. If that is wrong often "
    "enough, there is no theory. Here is each such prediction, with what our own runs on **trained networks** found, "
    "and what would fall with it."
)

from kg.declarations import Prediction  # noqa: E402  # the heading is on the screen before anything is imported or read
from kg.ui import state  # noqa: E402
from kg.ui.components.banner import banner  # noqa: E402
from kg.ui.components.linklist import Row, links_to_explore, row  # noqa: E402
from kg.ui.components.picks import picks  # noqa: E402
from kg.ui.state import World  # noqa: E402
from kg.ui.words import counted, inert  # noqa: E402
from kg.watch import STATES, STRANDS, State, Watch, Watched, watch  # noqa: E402

TITLES: dict[State, tuple[str, str]] = {
    "disagrees": ("Disagree", "Our run on trained networks lies outside what the prediction allows."),
    "undecided": ("Undecided", "Our run neither agrees nor disagrees, or was outside the regime."),
    "agrees": ("Agree", "Our run on trained networks lies inside what the prediction allows, and rivals are excluded."),
    "never run": ("Never run", "No recorded run of ours on trained networks speaks on it, or the run is stale."),
}


@st.cache_resource(max_entries=2, show_spinner=False)
def found(_world: World, stamp: str) -> Watch:
    """The watch of the record as it is."""
    return watch(_world.evidence)


def thesis(world: World, seen: Watch) -> None:
    """What all of these add up to, in the thesis's own words."""
    if seen.thesis is None:
        return
    graph = world.graph
    with st.container(border=True):
        st.caption("What it would mean")
        rows = [row(world, graph.node(seen.thesis), before="The thesis:")]
        rows += [row(world, graph.node(address), before="It falls without:") for address in seen.premises]
        for address in seen.falsifiers:
            record: Prediction = graph.node(address).record
            note = f"refuted if: {record.refuted_if}" if record.refuted_if else ""
            rows.append(row(world, graph.node(address), before="It says of trained networks:", note=note))
        links_to_explore("thesis", rows, "The thesis and its falsifier")
        linked = sum(one.to_thesis is not None for one in seen.watched)
        if not linked:
            st.caption(
                "No single prediction below carries the thesis: in the record nothing leads from any of them to it. "
                "What counts is how many fail."
            )
        else:
            st.caption(f"From {linked} of the {len(seen.watched)} predictions below the record leads to the thesis.")


def counts(seen: Watch) -> None:
    """How many agree, disagree, are undecided, were never run."""
    with st.container(horizontal=True, gap="medium"):
        st.metric("predictions watched", f"{len(seen.watched):,}", width=150)
        for name in STATES:
            title, told = TITLES[name]
            st.metric(title.lower(), f"{len(seen.of(name)):,}", help=told, width=100)
    tests = sum(one.has_test for one in seen.of("never run"))
    never = len(seen.of("never run"))
    if never:
        said = f"Of the {never} never run, {tests} have a test for trained networks; {never - tests} still need one."
        st.caption(said if tests else f"None of the {never} never run has a test for trained networks yet.")


def listed(world: World, seen: Watch, strands: list[str]) -> None:
    """The predictions by state, each with what its failure would mean."""
    for name in STATES:
        mine = [one for one in seen.of(name) if not strands or set(strands) & set(one.strands)]
        if not mine:
            continue
        title, told = TITLES[name]
        st.subheader(f"{title} {len(mine)}", anchor=False)
        st.caption(told)
        links_to_explore(f"watch-{name}", [line(world, one) for one in mine], title)


def line(world: World, one: Watched) -> Row:
    """One prediction: its claim, what was found, what would fall."""
    node, claim = world.graph.node(one.address), world.graph.node(one.claim)
    said = [f"of “{claim.title}”", _known(world, one), _if_it_fails(world, one)]
    return row(world, node, note=" · ".join(filter(None, said)))


def _known(world: World, one: Watched) -> str:
    axis = world.evidence.predictions[one.address]
    if one.outcome and one.outcome.run and one.outcome.judgement:
        stale = ", stale" if one.outcome.stale else ""
        return f"{one.outcome.judgement.verdict.replace('-', ' ')} ({one.outcome.run.started[:10]}{stale})"
    ran = "its run is stale: script, data or declaration changed since" if one.stale else ""
    ran = ran or ("run on a simpler system only" if one.below else "")
    ran = ran or ("test not run yet" if one.has_test else "no test yet")
    return f"{ran}; literature: {axis.literature.state}"


def _if_it_fails(world: World, one: Watched) -> str:
    """What a failure would mean, in the words of the record."""
    if one.to_thesis:
        way = " → ".join(world.graph.node(at).title for at in one.to_thesis.path[1:])
        return f"if it fails: {way}, which {one.to_thesis.effect or 'falls'}"
    if not one.falls:
        return "if it fails: its claim; nothing else rests on it"
    titles = [world.graph.node(step.address).title for step in one.falls[:2]]
    more = f" and {counted(len(one.falls) - 2, 'other')}" if len(one.falls) > 2 else ""
    return f"if it fails: its claim, and ground is lost by {'; '.join(titles)}{more}"


def page() -> None:
    """Everything below the heading."""
    world = state.world()
    banner(world)
    seen = found(world, world.stamp)
    if not seen.watched:
        st.info("No prediction of a solvable setting, limit or law about trained networks is in the record yet.")
        return
    counts(seen)
    thesis(world, seen)
    titles = {
        name: inert(world.graph.node(f"strand:{name}").title) for name in STRANDS if f"strand:{name}" in world.graph
    }
    chosen = picks("strand", titles)
    listed(world, seen, chosen)
    st.caption("Literature is what sources report; it is shown and does not count as a run.")


page()
