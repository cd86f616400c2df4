"""Every page in every state, driven without a browser; what a browser must show is in ``tests/browser``."""

from __future__ import annotations

import json
import math
import re
import statistics
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from kg import guard, runs, verdicts
from kg.graph import load
from kg.rerun import sandbox
from kg.rerun.experiment import Done, Plan, Progress, judge
from kg.rerun.registry import Registry
from kg.runs import Run
from kg.ui import LOCAL, ROOT, launcher, state, words
from kg.ui.components import parts
from tests import toytree

REPOSITORY = Path(__file__).parent.parent
UI = REPOSITORY / "kg" / "ui"
TOY = load(toytree.TOY)


@pytest.fixture(autouse=True)
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A read-only server of the toy tree, with nothing cached from other tests.

    No process reads the tree first: that costs two seconds a tree, and ``test_guard`` holds it.
    """
    monkeypatch.setattr(guard.Vetting, "__init__", lambda *_: None)
    monkeypatch.setattr(guard.Vetting, "result", lambda _: guard.Vetted())
    monkeypatch.setenv(ROOT, str(toytree.TOY))
    monkeypatch.delenv(LOCAL, raising=False)
    st.cache_data.clear()
    yield
    st.cache_data.clear()


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that ``kg app`` started, where the sandbox works."""
    monkeypatch.setenv(LOCAL, "1")
    monkeypatch.setattr(sandbox, "available", lambda: None)


def page(name: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=60)
    for key, value in query.items():
        app.query_params[key] = value
    app = app.run() if name == "home" else app.switch_page(f"kg/ui/pages/{name}.py").run()
    assert not app.exception, [element.message for element in app.exception]
    return app


def said(app: AppTest) -> str:
    """All words of the page, as they read without Markdown's escapes."""
    parts = [*app.title, *app.header, *app.subheader, *app.markdown, *app.caption, *app.warning, *app.info, *app.code]
    labels = [expander.label for expander in app.expander]
    return re.sub(r"\\([^A-Za-z0-9\s])", r"\1", "\n".join([str(part.value) for part in parts] + labels)).replace(
        "\u2060", ""
    )


def labels(app: AppTest) -> set[str]:
    return {button.label for button in app.button}


def test_home_says_what_there_is() -> None:
    """Home has the question it answers, where to begin, and the strands; ``test_ui_cards`` holds its counts."""
    text = said(page("home"))

    for expected in ("How much of deep learning is understood?", "Start here", "Five strands"):
        assert expected in text


@pytest.mark.parametrize("name", ["home", "explore", "trace", "watch", "questions", "evidence", "start", "find"])
def test_an_empty_record_is_no_error(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tree without any record shows every page, with words on what to do or nothing selected."""
    (tmp_path / "data").mkdir()
    (tmp_path / "bib").mkdir()
    monkeypatch.setenv(ROOT, str(tmp_path))

    assert said(page(name))


@pytest.mark.parametrize("name", ["home", "explore", "trace", "watch", "questions", "evidence", "start", "find"])
def test_a_bad_file_is_counted_and_named_and_the_rest_goes_on(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One unreadable claim is a banner with its file and line on every page; the other claims are still there."""
    tree = toytree.copy(tmp_path)
    (tree / "data/claims/broken.yaml").write_text("title: [unclosed\n")
    monkeypatch.setenv(ROOT, str(tree))
    text = said(page(name))

    assert "1 error in 1 file" in text
    assert "data/claims/broken.yaml" in text
    assert TOY.node("claim:plateau").title in said(page("explore", node="claim:plateau"))


@pytest.mark.parametrize("address", sorted(node.address for node in TOY.nodes()))
def test_every_node_has_a_card(address: str) -> None:
    """A deep link to any node of any kind shows its title, and where it is written."""
    text = said(page("explore", node=address))

    assert " ".join(TOY.node(address).title.split()) in text
    assert "Written in" in text


def test_a_claims_card_says_why_it_stands_as_it_does() -> None:
    """Statement with its formula, both axes, the reason in a sentence, expectation, rival, control and refutation."""
    text = said(page("explore", node="claim:stability-limit"))

    for words_ in (
        r"$\eta\lambda>2$", "literature: corroborated", "our reruns: not run", "Reported independently by",
        "**Expected** `2` ± 0.05", "slow growth near the onset", "**Rival** *one over the curvature*: `1`",
        "**Control** *half the step*", "**Refuted if**", "**Only where** start_distance is at least 0.5", "Not run yet",
    ):  # fmt: skip
        assert words_ in text


def recorded(tree: Path, measured: list[float]) -> None:
    """A recorded run of the toy's script that measured these onsets, one a seed, at both curvatures."""
    prediction = TOY.node("prediction:stability-limit/onset").record
    rows = [{"condition": {"curvature": c}, "measured": measured} for c in (1.0, 4.0)]
    halved = [row | {"measured": [value / 2 for value in measured]} for row in rows]
    result = {
        "seeds": list(range(len(measured))), "quantities": {"onset": rows, "onset_halved": halved}, "cpu_seconds": 1.0,
        "preconditions": {"start_distance": [{"condition": {}, "measured": [0.5] * len(measured)}]},
        "curves": [{"name": "a course", "x": [0.0, 1.0], "y": [1.0, 2.0], "unit": "nats"}],
    }  # fmt: skip
    provenance = {
        "started": "2026-11-24T10:15:00Z", "script_sha256": TOY.corpus.scripts["quadratic_onset"].sha256,
        "declarations": {"prediction:stability-limit/onset": verdicts.fingerprint(prediction)}, "first_seed": 0,
    }  # fmt: skip
    runs.write(tree, runs.RECORDED, Run("quadratic_onset", "full", "ok", result, provenance))


def test_a_recorded_run_is_shown_with_figure_and_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Verdict, reason and date of the newest run; the figure holds band, rival, and the mean with its 98 % interval."""
    tree = toytree.copy(tmp_path)
    measured = [2.01, 2.00, 2.02, 1.99, 2.01]
    recorded(tree, measured)
    monkeypatch.setenv(ROOT, str(tree))
    app = page("explore", node="claim:stability-limit")
    text = said(app)

    for expected in (
        "Our last run",
        "agrees",
        "2026-11-24 10:15:00 UTC",
        "full budget",
        "5 seeds",
        "our reruns: reproduced",
    ):
        assert expected in text
    spec = app.get("vega_lite_chart")[0].proto.spec
    rows = [row for layer in json.loads(spec)["layer"] for row in layer["data"]["values"]]
    mean, half = statistics.mean(measured) - 2, 3.747 * statistics.stdev(measured) / math.sqrt(5)  # t(4) at 99 %
    assert {"x": -0.05, "x2": 0.05} in [
        {k: round(v, 9) for k, v in row.items()} for row in rows if set(row) == {"x", "x2"}
    ]
    assert any(row.get("rival") == "one over the curvature" and row["x"] == pytest.approx(-1) for row in rows)
    bars = [row for row in rows if set(row) == {"at", "x", "x2"}]
    assert [row["at"] for row in bars] == ["curvature = 1", "curvature = 4"]
    assert bars[0]["x"] == pytest.approx(mean - half, abs=1e-4)
    assert bars[0]["x2"] == pytest.approx(mean + half, abs=1e-4)
    assert any(row.get("at") == "curvature = 4" and row.get("x") == pytest.approx(mean) for row in rows)


def test_a_bare_id_works_and_a_retired_one_leads_on() -> None:
    """``?node=plateau`` is the claim; a renamed address shows what took its place and says so."""
    title = TOY.node("claim:plateau").title

    shown = said(page("explore", node="plateau"))
    assert title in shown
    assert "Formerly claim:edge, until 2026-11-20: it names the plateau" in shown.replace("\\", "")
    retired = said(page("explore", node="claim:edge"))
    assert title in retired
    assert "was retired" in retired


def test_unknown_and_withdrawn_ids_are_said_so() -> None:
    """An unknown id is a warning, not a stack trace; a withdrawn one says why."""
    mistyped = page("explore", node="claim:platau")
    assert "There is no “claim:platau” in the record. Did you mean" in said(mistyped)
    candidates = next(element for element in mistyped.get("bidi_component") if "candidates" in element.proto.id)
    assert parts.unpacked(candidates.proto.bytes)["rows"][0]["id"] == "claim:plateau"
    withdrawn = said(page("explore", node="claim:withdrawn"))
    assert "withdrawn on 2026-11-20: an identity" in withdrawn
    assert "There is no" in said(page("explore", node="../../etc/passwd"))


def test_the_graph_says_how_much_it_shows() -> None:
    """Counts stand below the graph: drawn, of how many, in a record of how many."""
    text = said(page("explore"))

    assert f"the record has {len(TOY)}" in text
    assert re.search(r"\d+ of \d+ nodes", text)


def test_a_machine_made_argument_says_so() -> None:
    """The card of an argument by a machine opens with that; one by a person does not."""
    by = {argument.by: name for name, argument in TOY.corpus.arguments.items()}

    assert "Made by a machine" in said(page("explore", node=f"argument:{by['machine']}"))
    assert "Made by a machine" not in said(page("explore", node=f"argument:{by['person']}"))


def test_a_filter_of_the_legend_narrows_the_list() -> None:
    """With only claims shown, the list counts the claims."""
    app = page("explore", without="strand,question")

    assert f"Showing {len(TOY.corpus.claims)} of {len(TOY)}" in said(app)


@pytest.mark.parametrize(
    "node", ["reproduction:quadratic_onset", "prediction:stability-limit/onset", "claim:stability-limit"]
)
def test_a_public_server_has_no_rerun_button(node: str) -> None:
    """Read-only means that there is no button, not that it is disabled; the command for one's own machine is shown."""
    app = page("explore", node=node)

    assert not labels(app) & {"Run", "Cancel"}
    assert "read-only" in said(app)


def test_without_a_sandbox_reruns_say_why_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """``kg app`` where bubblewrap is missing names what is missing and has no button."""
    monkeypatch.setenv(LOCAL, "1")
    monkeypatch.setattr(sandbox, "available", lambda: "bwrap not found: install bubblewrap")
    app = page("explore", node="reproduction:quadratic_onset")

    assert "bwrap not found" in said(app)
    assert "Run" not in labels(app)


def use(monkeypatch: pytest.MonkeyPatch, perform: Callable[..., Done]) -> Registry:
    registry = Registry(perform)
    monkeypatch.setattr(state, "registry", lambda: registry)
    return registry


@pytest.mark.usefixtures("local")
def test_a_rerun_from_click_to_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run, see it live with log and cancel, see the verdict with its reason; a reload finds the same run."""
    go = threading.Event()

    def perform(plan: Plan, *, on_progress: Callable[[Progress], None], **_: Any) -> Done:
        on_progress(Progress(0.4, 2, ("step 40",), 3.0, 3.0))
        assert go.wait(20)
        run = Run(plan.script.name, "smoke", "timeout", None, {"started": "2026-11-24T10:00:00Z"}, None)
        return Done(run, {address: judge(prediction, run) for address, prediction in plan.predictions.items()})

    registry = use(monkeypatch, perform)
    app = page("explore", node="reproduction:quadratic_onset")
    next(button for button in app.button if button.label == "Run").click().run()
    [run_id] = app.query_params["run"] if isinstance(app.query_params["run"], list) else [app.query_params["run"]]
    live = registry.get(run_id)
    assert live is not None
    app.run()
    assert "Cancel" in labels(app)

    go.set()
    assert live.ended.wait(20)
    reloaded = page("explore", node="reproduction:quadratic_onset", run=run_id)
    assert "The run ended with timeout" in said(reloaded)
    assert "Keep as a run file" in labels(reloaded)


@pytest.mark.usefixtures("local")
def test_a_run_that_is_not_known_any_more_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a restart the address of an old run explains itself and offers a new one."""
    use(monkeypatch, lambda *_, **__: None)  # type: ignore[arg-type, return-value]
    app = page("explore", node="reproduction:quadratic_onset", run="0badcafe")

    assert "not known here" in said(app)
    assert "Run" in labels(app)


HOSTILE = [
    "[click](https://evil.example)", "![](https://evil.example/x.png)", "<img src=x onerror=alert(1)>", ":material/home:",
    "# heading", ":red[text]", "https://evil.example", "a `code` b", "**bold** _it_", "| a | b |", "1. list", "~~gone~~",
    "$unclosed [x](y)", "a $x$ [b](c) $y$",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_inert_text_has_no_markup_outside_formulas(text: str) -> None:
    """Outside formulas every sign that Markdown knows is escaped, and what remains reads as it was written."""
    inert = words.inert(text)

    outside = re.sub(r"(?<!\\)\$[^$]*(?<!\\)\$", "", inert)
    assert not re.search(r"(?<!\\)[`*_\[\]()<>#!|~$]", outside)
    assert not re.search(r"[:@]\w|://|www\.", outside.replace("\\", ""))
    assert re.sub(r"\\(.)", r"\1", inert).replace("\u2060", "") == text


def test_formulas_are_kept_for_typesetting() -> None:
    """TeX between dollar signs is passed on as it is; prices are no formulas."""
    assert words.inert(r"is $2/\eta_{t}$.") == r"is $2/\eta_{t}$\."
    assert "\\$5 and \\$6" in words.inert("costs $5 and $6 ")


def test_every_term_has_its_meaning() -> None:
    """Standings, both axes and verdicts of the rules each have a sentence for the reader."""
    from typing import get_args

    from kg import declarations, evidence, literature

    assert set(words.STANDINGS) == set(words.STANDING_COLOURS) == set(get_args(evidence.Standing))
    assert set(words.LITERATURE) == set(get_args(literature.State))
    assert set(words.RERUNS) == set(get_args(evidence.Rerun))
    assert set(words.VERDICTS) == set(words.VERDICT_COLOURS) == set(get_args(declarations.Verdict))


def test_no_module_shows_html_or_frames() -> None:
    """Nothing in the app passes HTML to the page, embeds a frame or names an icon font that is fetched."""
    text = "\n".join(
        path.read_text(encoding="utf-8") for path in [*UI.rglob("*.py"), *UI.rglob("*.js"), REPOSITORY / "app.py"]
    )

    for forbidden in ("unsafe_allow_html", "st.html", "iframe", "components.v1", "innerHTML", ":material/", "eval("):
        assert forbidden not in text


def test_the_record_is_loaded_once_and_again_when_a_file_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All sessions share one load; a changed file is seen at the next look."""
    tree = toytree.copy(tmp_path)
    monkeypatch.setenv(ROOT, str(tree))
    first = state.world()
    st.cache_data.clear()  # the next look, which else comes three seconds later
    assert state.world() is first

    toytree.edit(tree, "data/claims/plateau.yaml", "title: Full-batch", "title: Renamed full-batch")
    st.cache_data.clear()
    assert state.world().graph.node("claim:plateau").title.startswith("Renamed")


def test_the_launcher_refuses_a_taken_port() -> None:
    """A port in use is a sentence with another to try, before anything is started."""
    import socket

    import click

    with socket.socket() as taken:
        taken.bind((launcher.ADDRESS, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(click.ClickException, match="in use; choose another"):
            launcher.serve(toytree.TOY, port, False)
