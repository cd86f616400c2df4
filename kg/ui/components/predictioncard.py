"""A prediction: what it expects and how sharply, what rivals say, what sources and our runs found."""

from __future__ import annotations

from types import ModuleType

import streamlit as st

from kg import regions, why
from kg.declarations import Prediction
from kg.evidence import PredictionEvidence, TestOutcome
from kg.fields import Setting
from kg.ui import words
from kg.ui.components import runhistory
from kg.ui.components.linklist import Row, heading, links, row
from kg.ui.state import World
from kg.ui.words import counted, inert


def figures() -> ModuleType:
    """The module of figures, imported when one is drawn: Altair takes a second that most cards need not wait for."""
    from kg.ui.components import figure

    return figure


def badges(standing: str | None, literature: str, rerun: str, tested: str = "") -> None:
    """The standing and both of its axes, with what each word means on hover."""
    with st.container(horizontal=True, gap="small"):
        if standing:
            st.badge(standing, color=words.STANDING_COLOURS[standing], help=words.STANDINGS[standing])  # type: ignore[arg-type]
        else:
            st.badge(
                "no standing: framing",
                color="gray",
                help="Framing is a way of looking; nothing could reproduce or refute it.",
            )
        st.badge(f"literature: {literature}", color="gray", help=words.LITERATURE[literature])
        st.badge(f"our reruns: {rerun}", color="gray", help=words.RERUNS[rerun] + (f" {tested}" if tested else ""))


def prediction(world: World, address: str, *, in_claim: bool) -> None:
    """The prediction at ``address``; ``in_claim`` leaves out what the card of its claim shows already."""
    record: Prediction = world.graph.node(address).record
    found = world.evidence.predictions[address]
    badges(found.standing, found.literature.state, found.rerun)
    if not in_claim:
        st.markdown(inert(why.of_prediction(world.evidence, address)))
    declared(world, address)
    _sources(world, address, in_claim=in_claim)
    for outcome in found.outcomes:
        outcome_of(record, outcome, key=f"{address}-{outcome.test.script or outcome.test.meter}")
    runhistory.of_prediction(world, address)
    if record.type != "qualitative" and found.primary is None:
        st.caption("Not run yet. What a run would have to show:" if record.tests else "No test is written yet.")
        figures().tested(record, None, None, key=f"{address}-declared")
    if mapped := world.evidence.maps.get(address):
        figures().map_of(record, mapped, world.graph.corpus.regimes, key=f"{address}-map")
    elif record.map_:
        st.caption("A map of where it holds is declared and not recorded yet.")
    if not in_claim:
        st.caption(f"About: {words.LEVELS[record.about]}. Declared on {record.frozen.date}{_pilot(record)}.")


def declared(world: World, address: str) -> None:
    """What is expected and how sharply, what rivals say, and what would refute it."""
    record: Prediction = world.graph.node(address).record
    if record.formula:
        st.markdown(words.formula(record.formula))
    st.markdown("  \n".join(_declared(record)))


def _pilot(record: Prediction) -> str:
    return ", after pilot runs had helped to choose settings or tolerance" if record.frozen.pilot else ""


def _declared(record: Prediction) -> list[str]:
    """What is expected, within what, and what speaks otherwise: one line of Markdown each."""
    lines = []
    if record.target is not None:
        side = {"at-most": "at most ", "at-least": "at least "}.get(record.bound_side, "")
        target = "computed beside each measurement" if record.target == regions.FROM_RUN else f"`{record.target}`"
        lines.append(f"**Expected** {side}{target}{_within(record)}")
    if record.min_gap:
        order = (" < " if record.direction == "up" else " > ").join(map(_shown, record.order or ()))
        step = f"each step at least {words.number(record.min_gap.value)} :gray[({inert(record.min_gap.why)})]"
        lines.append(f"**Expected** along {inert(record.along or '')}: {inert(order)}, {step}")
    if record.passes and record.fails:
        arms = (
            (f"at least {words.number(record.passes.at_least)}", record.passes),
            (f"at most {words.number(record.fails.at_most)}", record.fails),
        )
        said = [f"{side} where {inert(words.condition(arm.condition))}" for side, arm in arms]
        lines.append(f"**Expected** {words.listed(said)}")
    for rival in record.rivals:
        told = f": `{rival.expected}`" if rival.expected and rival.expected != regions.FROM_RUN else ""
        told = ": computed beside each measurement" if rival.expected == regions.FROM_RUN else told
        lines.append(f"**Rival** *{inert(rival.name)}*{told}")
    for needed in record.preconditions:
        least = (
            f"at most {words.number(needed.at_most)}"
            if needed.at_most is not None
            else f"at least {words.number(needed.at_least)}"
        )
        lines.append(
            f"**Only where** {inert(needed.quantity)} is {least}"
            + (f" :gray[({inert(needed.why)})]" if needed.why else "")
        )
    if record.control:
        lines.append(f"**Control** *{inert(record.control.name)}*: the effect must be absent")
    if record.regime:
        lines.append("**Regime** " + inert("; ".join(f"{name} {value}" for name, value in record.regime.items())))
    if record.refuted_if:
        lines.append(f"**Refuted if** {inert(record.refuted_if)}")
    if record.foreseen:
        lines.append(f"**Foreseen** {record.foreseen.verdict}: {inert(record.foreseen.why)}")
    return lines


def _within(record: Prediction) -> str:
    if record.tolerance is None:
        return ""
    value = record.tolerance.value
    size = f"{100 * value:.3g} %" if record.compare == "ratio" else words.number(value)
    return f" ± {size} :gray[({inert(record.tolerance.why)})]"


def _shown(value: Setting) -> str:
    return words.number(value) if isinstance(value, float) else value


def _sources(world: World, address: str, *, in_claim: bool) -> None:
    """Who reports on it; within its claim's card also the way to its own."""
    rows: list[Row] = []
    for edge in world.graph.into(address, "reports"):
        said = [str(edge.data[name]) for name in ("value", "where") if name in edge.data]
        said += [words.DEPTHS[edge.data["depth"]]] if "depth" in edge.data else []
        said += ["outside its regime: not counted"] if edge.data.get("in-regime") is False else []
        rows.append(row(world, world.graph.node(edge.source), note="; ".join(said), before=f"{edge.data['outcome']}:"))
    label = "What sources report" if rows else "This prediction alone"
    shown = [heading("reported by"), *rows] if rows else []
    shown += [row(world, world.graph.node(address), before="On its own:")] if in_claim else []
    if shown:
        links(f"reports-{address}", shown, label)


def outcome_of(record: Prediction, outcome: TestOutcome, key: str) -> None:
    """One test: its newest recorded run, the verdict, the figure."""
    if outcome.run is None or outcome.judgement is None:
        return
    judged, run = outcome.judgement, outcome.run
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown("**Our last run**")
        verdict(judged.verdict)
        if outcome.stale:
            st.badge("stale", color="orange", help="The script, its data or this declaration changed since the run.")
        if outcome.amended:
            st.badge("amended after a run", color="orange", help="The declaration changed after a recorded run.")
    st.markdown(inert(judged.reason))
    figures().tested(record, judged, run.measured, key=f"{key}-figure")
    commit = str(run.provenance.get("commit") or "")[:10]
    when = run.started.replace("T", " ").rstrip("Z")
    said = [f"{when} UTC", f"{run.budget} budget", counted(judged.seeds, "seed"), outcome.test.level]
    st.caption(inert(", ".join([*said, f"commit {commit}" if commit else "outside a commit"])))
    if judged.conditions:
        with st.expander("Numbers"):
            figures().table(judged, key=f"{key}-numbers")
    if run.measured and run.measured.curves:
        box = st.expander("Curves of this run", key=f"{key}-open", on_change="rerun")
        if box.open:  # thousands of points that few look at
            with box:
                figures().curves(run.measured.curves, key=f"{key}-curves")


def verdict(name: str) -> None:
    """A verdict as a badge, with its meaning on hover."""
    st.badge(words.verdict(name), color=words.VERDICT_COLOURS[name], help=words.VERDICTS[name])  # type: ignore[arg-type]


def summary(record: Prediction, found: PredictionEvidence) -> str:
    """The label of a prediction in a list: its statement, and what is known in a word or two."""
    judged = found.primary.judgement if found.primary else None
    known = words.verdict(judged.verdict) if judged else ("not run" if record.scripts else found.standing)
    return f"{inert(record.statement)} · *{known}*"
