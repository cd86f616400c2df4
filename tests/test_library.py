"""The record from Python: typed access, displays, and the tutorial."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from functools import cache
from pathlib import Path

import pybtex.database
import pytest
from markdown_it import MarkdownIt

import kg
from kg.graph import Graph
from kg.library import Library
from kg.library.several import Views
from kg.library.views import Claim, Paper, Prediction, Question, View
from tests import toytree
from tests.reader import Page
from tests.test_hostile_text import TEXTS, tree_of

REPOSITORY = Path(__file__).parent.parent
TUTORIAL = REPOSITORY / "docs" / "tutorial.py"


@cache
def record() -> Library:
    return kg.load(REPOSITORY)


@cache
def toy() -> Library:
    return kg.load(toytree.TOY)


def test_load_gives_a_graph() -> None:
    """What kg.load gives is a Graph: same nodes, same edges, and every function that takes one takes it."""
    plain = toytree.graph()
    assert isinstance(toy(), Graph)
    assert [node.address for node in toy().nodes()] == [node.address for node in plain.nodes()]
    assert list(toy().edges()) == list(plain.edges())


def test_a_claim_tells_its_evidence_and_what_follows() -> None:
    """Evidence, predictions, questions and works are those of the toy record's files."""
    claim = toy().claim("stability-limit")
    found = claim.evidence()
    assert [(one.view.address, one.says) for one in found.support] == [
        ("paper:saxe2014exact", "is stated by"), ("paper:cohen2021gradient", "is reported on by"),
    ]  # fmt: skip
    assert [one.address for one in claim.predictions()] == ["prediction:stability-limit/onset"]
    assert [one.id for one in claim.works()] == ["saxe2014exact", "cohen2021gradient"]
    assert [one.id for one in toy().claim("plateau").questions()] == ["why-two"]
    assert toy().prediction("stability-limit/onset").claim == claim
    assert {claim, toy().claim("claim:stability-limit")} == {claim}


def test_filters_count_what_the_record_counts() -> None:
    """By standing, verdict, state, strand: as many as kg stats says, and each belongs to some filter."""
    from kg import checks
    from kg.stats import stats

    g = record()
    counted = stats(g.evidence, checks.run(g))
    for standing, number in counted["claims"]["by_standing"].items():
        assert len(g.claims(standing="framing" if standing == "none" else standing)) == number
    for verdict, number in counted["predictions"]["by_verdict"].items():
        assert len(g.predictions(verdict=verdict)) == number, verdict
    for state, number in counted["questions"]["by_state"].items():
        assert len(g.questions(state=state)) == number
    assert len(g.papers()) == counted["papers"]["total"]
    for strand in g.corpus.strands:
        inside = {edge.source for edge in g.into(f"strand:{strand}", "in_strand")}
        found = {one.address for one in [*g.claims(strand=strand), *g.questions(strand=strand)]}
        assert found == inside
        assert {one.claim.address for one in g.predictions(strand=strand)} <= inside


def test_runs_and_measurements_are_plain_values() -> None:
    """The measured mean lies in its interval and comes of as many seeds as the run has; runs serialise as JSON."""
    for prediction in record().predictions(verdict="agrees")[:20]:
        rows = prediction.measured()
        assert rows
        for row in rows:
            low, high = row["interval"]
            assert low <= row["mean"] <= high or row["n"] == 1
        runs = prediction.runs()
        assert prediction.record.quantity in runs[-1].quantities
        json.dumps([run.quantities for run in runs])
        assert all(
            len(row["measured"]) == len(run.seeds) for run in runs for rows in run.quantities.values() for row in rows
        )


def test_a_name_that_is_none_is_a_key_error_with_a_near_one() -> None:
    """Misspelt names say what was probably meant; a retired id leads on."""
    with pytest.raises(KeyError, match="did you mean 'stability-limit'"):
        toy().claim("stability-limits")
    with pytest.raises(KeyError, match="did you mean"):
        toy()["claim:plateu"]
    with pytest.raises(KeyError):
        toy().prediction("plateau")
    with pytest.raises(ValueError, match="nowhere"):
        toy().reading_list("nowhere")
    for retired in toy().corpus.retired:
        if len(retired.to) == 1:
            assert toy()[retired.id].address == retired.to[0]


def test_every_node_has_its_class() -> None:
    """Each view of a kind that has a class of its own is of it, and neighbours and traces answer."""
    classes = {"paper": Paper, "claim": Claim, "prediction": Prediction, "question": Question}
    for node in toy().nodes():
        view = toy()[node.address]
        assert type(view) is classes.get(node.kind, type(view))
        assert isinstance(view, View)
        assert {one.address for one in view.neighbours()} == {e.other(node.address) for e in toy().around(node.address)}
        assert isinstance(view.trace(), list)
        assert isinstance(view.falls(), list)
        assert repr(view).startswith(f"<{node.address}: ")


def test_search_lists_and_exports_lead_on() -> None:
    """What is found or listed exports as a file of the same works."""
    g = record()
    assert "claim:edge-of-stability" in [one.address for one in g.find("edge of stability", kind="claim")]
    reading = g.reading_list("edge-of-stability", hours=8)
    assert len(reading) > 1
    assert reading.minutes == sum(item.minutes for item in reading) <= 480
    keys = list(pybtex.database.parse_string(reading.export("bibtex"), "bibtex").entries)
    assert keys == [paper.id for paper in reading.papers()] == list(dict.fromkeys(item.paper for item in reading))
    cohen = g.papers(author="cohen", year=2021)
    assert list(pybtex.database.parse_string(cohen.export(), "bibtex").entries) == [paper.id for paper in cohen]
    assert "Cohen" in cohen[0].cite("ieee")
    assert Views([]).export() == ""


@pytest.mark.parametrize("name", TEXTS)
def test_displays_show_contributed_text_and_no_more(name: str, tmp_path: Path) -> None:
    """In a notebook no display gives a link, an image or markup of the text's own."""
    g = kg.load(tree_of(TEXTS[name], tmp_path))
    views = g.views(node.address for node in g.nodes())
    shown = [view._repr_markdown_() for view in views] + [g.claim("stability-limit").evidence()._repr_markdown_()]
    for text in shown:
        tokens = [
            t for token in MarkdownIt("gfm-like", {"html": True}).parse(text) for t in (token, *(token.children or ()))
        ]
        assert not {t.type for t in tokens} & {
            "html_block",
            "html_inline",
            "image",
            "link_open",
            "heading_open",
            "fence",
            "code_block",
        }
    page = Page(views._repr_html_())
    assert {tag for tag, _ in page.tags} == {"table", "tr", "th", "td", "code"}
    assert not [attributes for _, attributes in page.tags if attributes]


def test_the_tutorial_runs_and_is_short(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Its thirty lines run on the record and print what they promise."""
    lines = TUTORIAL.read_text(encoding="utf-8").splitlines()
    code = [line for line in lines if line and not line.startswith(("#", '"""'))]
    assert len(code) <= 30
    monkeypatch.chdir(REPOSITORY)
    held = runpy.run_path(str(TUTORIAL))
    printed = capsys.readouterr().out
    assert held["claim"].title in printed
    assert held["bibtex"].startswith("@")
    assert "98 %" in "\n".join(lines)


def test_import_stays_light() -> None:
    """``import kg`` brings in no graph, model or citation processor before something is asked for."""
    code = "import sys, kg; print([m for m in ('networkx', 'pydantic', 'citeproc', 'rispy') if m in sys.modules])"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert printed.stdout.strip() == "[]"
