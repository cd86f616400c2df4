"""Running a reproduction again: budget, live progress, log, cancel, verdict, keep.

Only a server that ``kg app`` started has it, and only where the sandbox works. The run belongs to the server, not to
the page: a reload, or another window at the same ``?run=``, shows the same run.
"""

from __future__ import annotations

from typing import get_args

import streamlit as st

from kg.rerun import experiment, runner
from kg.rerun.experiment import CannotRun, Done, Plan
from kg.rerun.registry import LiveRun, QueueFullError
from kg.runcard import TOO_SHORT, is_told
from kg.runs import Budget
from kg.ui import state
from kg.ui.components import guessform
from kg.ui.components.predictioncard import figures, verdict
from kg.ui.state import World
from kg.ui.words import inert

BUDGETS = {
    "smoke": "seconds; shows that the script works, too short for a verdict",
    "quick": "about a minute",
    "full": "as long as the source's own experiment needs",
}
LOG_LINES = 8


def panel(world: World, script: str) -> None:
    """The rerun panel of ``script``; on a public server how to run it at home."""
    st.markdown("**Measure it again**")
    missing = state.why_no_reruns()
    if missing is not None:
        st.caption(
            "This server is read-only. In a checkout of the repository:"
            if missing == ""
            else f"Reruns are off here: {inert(missing)}"
        )
        st.code(
            f"kg rerun {script} --budget quick" if missing else f"kg app     # or: kg rerun {script}", language="sh"
        )
        return
    run = _current(script)
    if run is None and st.query_params.get("run"):
        st.caption("The run in the address is not known here: the server was restarted since, or it was long ago.")
    if run is None or not run.live:
        _start(world, script)
    if run is not None and run.live:
        st.fragment(_watch, run_every=0.5)(run.id)
    elif run is not None:
        _ended(world, run)


def _current(script: str) -> LiveRun | None:
    """The run that the address names, if it is of this script, else one that someone else started."""
    registry = state.registry()
    run = registry.get(str(st.query_params.get("run", "")))
    return run if run and run.plan.script.name == script else registry.of_script(script)


def _start(world: World, script: str) -> None:
    guessform.ask(world, script)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        budget = st.segmented_control(
            "Budget", get_args(Budget), default="smoke", key=f"budget-{script}", required=True,
            help="\n".join(f"- **{name}**: {says}" for name, says in BUDGETS.items()),
        )  # fmt: skip
        st.button("Run", key=f"start-{script}", on_click=_submit, args=(world, script, budget))
    if problem := st.session_state.pop(f"problem-{script}", None):
        st.warning(inert(problem))


def _submit(world: World, script: str, budget: Budget) -> None:
    if state.why_no_reruns() is not None:
        return  # a forged click on a read-only server
    try:
        plan = experiment.plan(world.graph, script)
        reason = _not_to_be_recorded(plan)
        run = state.registry().submit(plan, budget)
    except (CannotRun, QueueFullError) as problem:
        st.session_state[f"problem-{script}"] = str(problem)
    else:
        st.query_params["run"] = run.id
        _not_recordable().setdefault(run.id, reason)
        guessform.note(plan, run)


def _watch(run_id: str) -> None:
    """One look at a live run; drawn again every half second, and the whole page once at the end."""
    run = state.registry().get(run_id)
    if run is not None and run.live:
        _progress(run)
    else:
        st.rerun()


def _progress(run: LiveRun) -> None:
    at = run.progress
    if run.state == "queued":
        st.progress(0.0, text=f"waiting for {state.registry().ahead(run)} before it")
    elif run.stop.is_set():
        st.progress(at.fraction, text="stopping …")
    else:
        st.progress(at.fraction, text=f"{run.budget}: {at.seeds} seeds done, {at.wall_seconds:.0f} s")
    st.button(
        "Cancel", key=f"cancel-{run.id}", on_click=state.registry().cancel, args=(run.id,), disabled=run.stop.is_set()
    )
    if run.log:
        st.code("\n".join(run.log[-LOG_LINES:]), language=None, wrap_lines=True)


def _ended(world: World, run: LiveRun) -> None:
    if run.state == "failed":
        st.error(f"The run could not be made: {inert(run.problem)}")
        return
    if run.done is None or run.state == "cancelled":
        st.info("Cancelled; nothing was kept.")
        return
    guessform.tell(world, run, run.done)
    for address, judged in run.done.judgements.items():
        with st.container(border=True):
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                if told := is_told(run.done.run, judged):
                    verdict(judged.verdict)
                else:
                    st.badge("no verdict", color="gray", help=f"{TOO_SHORT[0].upper()}{TOO_SHORT[1:]}.")
                st.markdown(inert(run.plan.predictions[address].statement))
            st.markdown(inert(judged.reason) if told else "A smoke run is too short for a verdict; it measured")
            if judged.conditions:
                measured = run.done.run.measured
                figures().tested(run.plan.predictions[address], judged, measured, key=f"live-{run.id}-{address}")
                figures().table(judged, key=f"live-{run.id}-{address}-numbers")
    measured = run.done.run.measured
    if measured and measured.curves:
        with st.expander("Curves of this run"):
            figures().curves(measured.curves, key=f"live-{run.id}-curves")
    if run.log:
        with st.expander("Log"):
            st.code("\n".join(run.log), language=None, wrap_lines=True)
    _keep(run, run.done)


def _keep(run: LiveRun, done: Done) -> None:
    """Two ways to keep it: here alone, or among the recorded runs, for a pull request."""
    kept = st.session_state.get(f"kept-{run.id}")
    if kept is not None:
        st.caption(inert(kept))
        return
    why_not = runner.unrecordable(done.run) or _not_recordable().get(run.id, "")
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Keep as a run file", key=f"keep-{run.id}", on_click=_write, args=(run, done, False),
            help="Goes to .kg/runs/, which git ignores, and changes no standing.",
        )  # fmt: skip
        if not why_not:
            st.button(
                "Record for a pull request", key=f"record-{run.id}", on_click=_write, args=(run, done, True),
                help="Goes to data/runs/ and counts from then on. Commit it with the list of scripts.",
            )  # fmt: skip
    if why_not:
        st.caption(inert(f"It cannot be recorded for a pull request: {why_not}."))


@st.cache_resource
def _not_recordable() -> dict[str, str]:
    """Why a run that was started here cannot be recorded, by its id; empty where it was committed before."""
    return {}


def _not_to_be_recorded(plan: Plan) -> str:
    try:
        experiment.require_recordable(plan)
    except CannotRun as problem:
        return str(problem)
    return ""


def _write(run: LiveRun, done: Done, record: bool) -> None:
    try:
        path = experiment.keep(run.plan, done, record=record)
    except CannotRun as problem:
        st.session_state[f"kept-{run.id}"] = str(problem)
        return
    shown = path.relative_to(run.plan.root) if path and path.is_relative_to(run.plan.root) else path
    then = " Now: uv run python -m kg.generate, then commit both and open a pull request." if record else ""
    st.session_state[f"kept-{run.id}"] = f"Kept in {shown}.{then}" if path else "Not kept: it was cancelled."
