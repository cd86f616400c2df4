"""The card of a paper, the falsification watch and the table of questions, driven without a browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kg.ui import ROOT
from tests import test_watch, toytree
from tests.test_ui import REPOSITORY, TOY, page, said, server
from tests.test_ui_cards import data as table

__all__ = ["server"]  # the fixture that every test here uses

COHEN = "paper:cohen2021gradient"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the toy tree that is served."""
    copied = toytree.copy(tmp_path)
    monkeypatch.setenv(ROOT, str(copied))
    return copied


@pytest.fixture
def repository(monkeypatch: pytest.MonkeyPatch) -> None:
    """The record itself is served."""
    monkeypatch.setenv(ROOT, str(REPOSITORY))


def test_a_papers_card_has_a_tab_for_each_part_that_it_has() -> None:
    """Tabs with counts; what is not in the record is named, and no tab is empty."""
    app = page("explore", node=COHEN)

    # 2 core statements and reports, 2 grounds, 2 ways, 1 objection, 1 question, 1 work
    assert [tab.label for tab in app.tabs] == [
        "Says 2", "Rests on 2", "Settled by 2", "Arguments 1", "Questions 1", "Works 1",
    ]  # fmt: skip
    text = said(app)
    assert "Core claim" in text
    assert "1 objection; 1 with a reply in the record." in text
    assert "It rests on itself:" in text
    assert "Its list of references is not entered" in text
    assert "Not in the record" not in text


def test_a_paper_that_nothing_names_says_so(tree: Path) -> None:
    """No tabs, one sentence, and its BibTeX entry to copy."""
    with open(tree / "bib/toy.bib", "a") as file:
        file.write('\n@misc{doe2026,\n  author = {Doe, Jane},\n  title = {Gr{\\"o}bner bases},\n  year = {2026},\n}\n')
    app = page("explore", node="paper:doe2026")

    assert not app.tabs
    assert "In the bibliography only" in said(app)
    entry = '@misc{doe2026,\n  author = {Doe, Jane},\n  title = {Gr{\\"o}bner bases},\n  year = {2026},\n}'
    app.session_state["export-node-paper:doe2026"] = True  # the box that cites is open
    assert entry in [code.value for code in app.run().code]


def test_what_is_missing_is_named(tree: Path) -> None:
    """Without objections the card names them as missing."""
    for name in ("small-nets", "small-nets-reply"):
        (tree / f"data/arguments/{name}.yaml").unlink()
    app = page("explore", node=COHEN)

    assert "Not in the record: objections to it." in said(app)
    assert not [tab for tab in app.tabs if tab.label.startswith("Arguments")]


@pytest.mark.usefixtures("repository")
def test_the_seed_papers_card_is_whole() -> None:
    """Premise in full, no circle and no result behind its claims, objections counted, 3 citing works."""
    text = said(page("explore", node="paper:simon2026theory"))

    for expected in (
        "The premise that bears the load", "No circle: none of its core claims rests on itself",
        "No work in the record reports a result for its core claims", "Pith 2026 (machine-made) passes it on",
    ):  # fmt: skip
        assert expected in text
    told = re.search(r"(\d+) objections; (\d+) with a reply in the record\.", text)
    assert told is not None
    assert (int(told[1]) >= 18, int(told[2]) >= 7) == (True, True)


@pytest.mark.usefixtures("repository")
def test_a_machine_made_page_says_so() -> None:
    """The page about the seed paper is marked as made by a machine."""
    assert "Machine-made: a machine wrote" in said(page("explore", node="paper:pith2604.21691"))


def test_the_watch_counts_before_it_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two predictions: one that our run contradicts, one never run; failures stand first."""
    tree = test_watch.about_networks(tmp_path)
    test_watch.record(tree, 1.0)
    monkeypatch.setenv(ROOT, str(tree))
    app = page("watch")

    assert {metric.label: metric.value for metric in app.metric} == {
        "predictions watched": "2", "disagree": "1", "undecided": "0", "agree": "0", "never run": "1",
    }  # fmt: skip
    assert [title.value for title in app.subheader] == ["Disagree 1", "Never run 1"]
    assert "None of the 1 never run has a test for trained networks yet." in said(app)


def test_the_watch_says_what_it_would_mean_for_the_thesis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a thesis in the record the page counts the predictions that lead to it."""
    tree = test_watch.about_networks(tmp_path)
    test_watch.add_thesis(tree)
    monkeypatch.setenv(ROOT, str(tree))
    text = said(page("watch"))

    assert "What it would mean" in text
    assert "From 1 of the 1 predictions below the record leads to the thesis." in text


def test_a_strand_in_the_address_narrows_the_watch() -> None:
    """``?strand=`` picks; an unknown strand picks nothing and shows all."""
    assert not page("watch", strand="solvable-settings").subheader
    assert [title.value for title in page("watch", strand="nowhere").subheader] == ["Never run 1"]


def test_questions_are_a_table_with_filters_in_the_address() -> None:
    """One row a question, with its state, every way that would settle it in full, and what it rests on."""
    [row] = table(page("questions"), "questions")["rows"]
    question = TOY.corpus.questions["why-two"]
    assert (row[0]["title"], row[1]["text"], row[2]["text"]) == (question.title, question.state, "medium")
    assert [cell.get("text") or cell["id"] for cell in row[3]] == [
        question.settled_by[0].text, "prediction:plateau/two-over-eta",
    ]  # fmt: skip
    assert [(cell["id"], cell["note"]) for cell in row[4]] == [("claim:plateau", "presumes")]

    assert table(page("questions", state="partial", difficulty="medium"), "questions")["rows"] == [row]
    assert "1 of 1 question" in said(page("questions", state="nonsense"))


def test_a_picked_filter_goes_into_the_address(tree: Path) -> None:
    """A pick is written to the address, and filters that let nothing through explain themselves."""
    text = (tree / "data/questions/why-two.yaml").read_text()
    hard = text.replace("difficulty: medium", "difficulty: hard").replace(text[text.index("  - {date: 2022") :], "")
    (tree / "data/questions/another.yaml").write_text(hard)
    app = page("questions")
    app.button_group(key="pick-state").set_value(["open"]).run()
    assert app.query_params["state"] in ("open", ["open"])
    assert "1 of 2 questions" in said(app)

    app.button_group(key="pick-difficulty").set_value(["medium"]).run()
    assert "No question passes these filters" in said(app)
