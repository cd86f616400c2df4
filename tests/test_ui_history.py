"""The history of runs and the marks of defeat on the cards, driven without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
import streamlit as st

from kg.history import CAUSES
from kg.ui import ROOT
from tests import toytree
from tests.test_ui import page, said, server

__all__ = ["server"]  # the fixture that every test here uses

ONSET = "prediction:stability-limit/onset"
TITLE = toytree.graph().node(ONSET).title


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the toy tree that is served."""
    copied = toytree.copy(tmp_path)
    monkeypatch.setenv(ROOT, str(copied))
    return copied


def test_a_prediction_tells_its_runs_newest_first(tree: Path) -> None:
    """Date, verdict, cause with its meaning, budget and seeds of every recorded run."""
    toytree.record(tree, 2.3, day=20)
    toytree.record(tree, 2.0, day=24)
    text = said(page("explore", node=ONSET))

    assert "History: 2 recorded runs" in text
    assert text.index("2026-11-24 10:00 **agrees**") < text.index(
        "2026-11-20 10:00 **disagrees** (*claim fails*): After 5"
    )
    assert CAUSES["claim fails"] in text
    assert CAUSES["too slow here"] not in text


def test_a_script_tells_its_runs(tree: Path) -> None:
    """The card of a reproduction has a line a run, and one for each prediction that did not agree."""
    assert "No recorded run." in said(page("explore", node="reproduction:quadratic_onset"))
    toytree.record(tree, day=24, status="timeout")
    st.cache_data.clear()  # the tree is looked at again only after three seconds
    text = said(page("explore", node="reproduction:quadratic_onset"))

    assert "2026-11-24 10:00 **1 error**" in text
    assert f"**error** (*too slow here*): {TITLE}" in text


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (
            "claim:stability-limit",
            "A run of ours disagrees with a prediction of this claim, and its standing counts that.",
        ),
        ("claim:plateau", "A run of ours disagrees with a prediction that this rests on."),
        ("question:why-two", "A run of ours disagrees with a prediction that this rests on."),
        ("argument:small-nets", "A run of ours disagrees with a prediction that this speaks of."),
    ],
)
def test_cards_are_marked(tree: Path, address: str, words: str) -> None:
    """After a disagreement the cards of what rests on it say so; before, and on the prediction itself, they do not."""
    assert "A run" not in said(page("explore", node=address))
    toytree.record(tree, 2.3)
    st.cache_data.clear()

    assert words in "\n".join(str(box.value) for box in page("explore", node=address).warning)
    assert not page("explore", node=ONSET).warning


def test_a_stale_run_is_told_without_alarm(tree: Path) -> None:
    """What rests on a stale run is informed of it, not warned."""
    toytree.record(tree, 2.0)
    toytree.edit(tree, "scripts/quadratic_onset.py", "STEPS = 400", "STEPS = 401")
    app = page("explore", node="claim:plateau")

    assert any("stale" in str(box.value) for box in app.info)
    assert not app.warning
