"""The head and foot of every card, terms that explain themselves, tables of evidence and questions, the walk along one claim."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pybtex.database
import pytest
from streamlit.testing.v1 import AppTest

from kg.graph import load
from kg.ui import ROOT, state
from kg.ui.components import parts, terms
from tests import test_watch, toytree
from tests.test_ui import TOY, page, said, server

__all__ = ["server"]  # the fixture that every test here uses


def data(app: AppTest, key: str) -> Any:
    """What the component ``key`` shows."""
    found = [element for element in app.get("bidi_component") if element.proto.id.endswith(f"-{key}")]
    assert len(found) == 1, (key, [element.proto.id for element in app.get("bidi_component")])
    sent = found[0].proto
    return parts.unpacked(sent.bytes) if sent.WhichOneof("data") == "bytes" else json.loads(sent.json)


@pytest.mark.parametrize(
    "address", ["claim:plateau", "question:why-two", "concept:curvature", "reproduction:quadratic_onset"]
)
def test_a_card_can_be_shared_cited_and_mended(address: str) -> None:
    """Every card has its address, a BibTeX entry that parses, its file, and where to edit and report, when asked for."""
    app = page("explore", node=address)
    assert [code for code in app.code if code.value.startswith("@misc{")] == []
    for box in ("export-node", "edit"):
        app.session_state[f"{box}-{address}"] = True
    app.run()
    codes = [code.value for code in app.code]

    assert any(code.endswith(f"/explore?node={address}") for code in codes)
    entry = next(code for code in codes if code.startswith("@misc{") and address in code)
    cited = pybtex.database.parse_string(entry, "bibtex").entries[address.replace(":", "-")]
    assert cited.fields["title"] == "{" + " ".join(TOY.node(address).title.split()) + "}"
    assert address in codes  # to be named in a report
    assert str(TOY.corpus.place(address)) in said(app)
    assert "repository's address is not set" in said(app)


def test_where_the_repository_is_known_its_pages_are_linked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With project.urls the controls are links to the file, its editor and a new issue."""
    tree = toytree.copy(tmp_path)
    (tree / "pyproject.toml").write_text('[project.urls]\nRepository = "https://code.example.org/a/b"\n')
    monkeypatch.setenv(ROOT, str(tree))
    app = page("explore", node="claim:plateau")
    urls = [button.proto.url for button in app.get("link_button")]

    assert "https://code.example.org/a/b/edit/main/data/claims/plateau.yaml" in urls
    assert any(url.startswith("https://code.example.org/a/b/issues/new?title=claim%3Aplateau") for url in urls)
    assert "(https://code.example.org/a/b/blob/HEAD/data/claims/plateau.yaml#L1)" in said(app)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("assumption:quadratic-loss", "1 claim assumes it, 1 of them cannot do without; if it fails, 6 nodes of the record"),
        ("assumption:edge-holds", "It is itself a claim, and reported; 1 claim assumes it, 0 of them"),
        ("question:why-two", "Partial since 2022-09-30: 0 of 2 ways that would settle it measured by us; answers on record: 1 partial."),
        ("reproduction:quadratic_onset", "0 recorded runs; of the 1 prediction that it tests none was measured."),
        ("prediction:stability-limit/onset", "Reported independently by Cohen et al. 2021 and Saxe, McClelland and Ganguli 2014; no recorded run of ours"),
        ("prediction:plateau/two-over-eta", "it has no test yet."),
        ("argument:small-nets", "1 reply recorded, which"),
        ("strand:empirical-laws", "1 claim: 1 reported."),
    ],
)  # fmt: skip
def test_a_card_says_in_one_sentence_how_the_node_stands(address: str, expected: str) -> None:
    """Counted by hand from the toy tree."""
    assert expected in said(page("explore", node=address))


class World:
    """As much of the loaded record as terms need."""

    graph = TOY


def test_terms_are_explained_once_and_not_in_formulas() -> None:
    """The first mention of a concept links to it with its statement; a second one, a formula and its own card do not."""
    text = r"Gradient-descent $gradient descent$ and Gradient descent."
    shown = terms.linked(World, text)  # type: ignore[arg-type]

    link = r'[Gradient\-descent](/explore?node=concept:gradient-descent "Repeated small steps against the gradient\.'
    assert shown.replace(r"\.", ".").startswith(link.replace(r"\.", "."))
    assert shown.count("](") == 1
    assert "$gradient descent$" in shown
    assert "](" not in terms.linked(World, text, own="concept:gradient-descent")  # type: ignore[arg-type]


def test_hostile_terms_stay_text(tmp_path: Path) -> None:
    """A concept's statement can end neither the title nor the link that carries it."""
    tree = toytree.copy(tmp_path)
    toytree.edit(
        tree, "data/concepts.yaml", "Repeated small steps against the gradient.",
        "'\") <img src=x> [a](https://evil.example) \\\" &quot; $x$'",
    )  # fmt: skip

    class Hostile:
        graph = load(tree)

    shown = terms.linked(Hostile, "of gradient descent here")  # type: ignore[arg-type]
    title = shown.partition(' "')[2].rpartition('")')[0]
    assert shown.startswith("of [gradient descent](/explore?node=concept:gradient-descent ")
    assert shown.endswith('") here')
    assert not [c for i, c in enumerate(title) if c in '"<[](&' and title[i - 1] != "\\"]


def test_the_table_of_evidence_is_worst_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that contradicts stands above what was never measured; the residual is the one worked out by hand."""
    tree = test_watch.about_networks(tmp_path)
    test_watch.record(tree, 2.2)
    monkeypatch.setenv(ROOT, str(tree))
    app = page("evidence")
    rows = data(app, "evidence")["rows"]

    assert [row[1]["text"] for row in rows] == ["disagrees", "no test"]
    assert rows[0][2]["sort"] == pytest.approx((2.2 - 2) / 0.05)  # one number a seed, no spread
    assert rows[1][2] is None
    assert {one["label"]: one["value"] for one in data(app, "counts")["numbers"]} == {
        "disagrees": "1", "no test": "1", "stale": "0",
    }  # fmt: skip
    assert len(data(page("evidence", state="disagrees"), "evidence")["rows"]) == 1
    assert "No prediction passes these filters" in said(page("evidence", state="disagrees", strand="empirical-laws"))


def test_numbers_on_home_lead_to_what_they_count() -> None:
    """Each count names the page and the filter that lists its items, and that page counts the same."""
    numbers = {one["label"]: one for one in data(page("home"), "counts")["numbers"]}

    assert numbers["claims"]["value"] == str(len(TOY.corpus.claims))
    assert numbers["predictions"]["value"] == str(len(data(page("evidence"), "evidence")["rows"]))
    assert numbers["open questions"]["href"] == "questions?state=open%2Cclaimed%2Cpartial"
    listed = data(page("questions", state="open,claimed,partial"), "questions")["rows"]
    assert numbers["open questions"]["value"] == str(len(listed))
    assert numbers["where theory and run disagree"]["href"] == "evidence?state=disagrees"


def test_the_walk_has_five_steps() -> None:
    """Statement, sides, prediction, run and consequences of one claim; a step that is none is the first."""
    heads = [said(page("start", claim="stability-limit", step=str(n))) for n in range(1, 6)]

    for text, expected in zip(
        heads,
        ("could be wrong", "2 independent sources", "**Expected** `2`", "No run of ours", "If it falls"),
        strict=True,
    ):
        assert expected in text
    assert heads[0] == said(page("start", claim="stability-limit", step="9"))
    assert "Step 1 of 5" in page("start").main.children[0].root.get("progress")[0].proto.text


def test_the_board_has_a_column_a_state() -> None:
    """``?view=board`` shows the questions below their states, with what changed last."""
    app = page("questions", view="board")

    assert [title.value for title in app.subheader] == ["partial 1"]
    assert state.QUESTIONS.endswith("questions.py")
