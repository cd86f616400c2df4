"""The counts of ``kg stats --quality`` on the toy tree, counted by hand, and its command."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.checks.quality import tex_problem
from kg.cli import main
from kg.evidence import Evidence
from kg.quality import quality
from tests import toytree

TODAY = datetime.date(2026, 12, 4)


def test_counts_are_those_of_the_strand(tmp_path: Path) -> None:
    """Two sources, one with a locator, and one claim checked ten days before make the counts of their strand."""
    tree = toytree.copy(tmp_path)
    before = quality(Evidence(toytree.graph(tree)), TODAY)["strands"]["empirical-laws"]
    (tree / "data/claims/x.yaml").write_text(
        "title: x\nstatement: A law of its own.\nkind: law\nstrands: [empirical-laws]\nsources:\n"
        "  - {paper: cohen2021gradient, role: own-result, where: Sec. 1, depth: section}\n"
        "  - {paper: saxe2014exact, role: background, depth: abstract}\n"
        "predictions:\n  - {id: p, statement: s, type: qualitative, about: derived, refuted-if: not so,\n"
        "     frozen: {date: 2026-11-24, pilot: false}}\n"
        "checked: {date: 2026-11-24, how: by-hand}\n",
        encoding="utf-8",
    )
    after = quality(Evidence(toytree.graph(tree)), TODAY)["strands"]["empirical-laws"]
    grown = {
        key: after[key] - before[key] for key in before if isinstance(before[key], int) and key != "days_since_checked"
    }
    assert grown == {
        "claims": 1, "sources": 2, "with_locator": 1, "predictions": 1, "quantitative": 0, "tested": 0,
        "corroborated": 0, "with_counter_search": 0, "unchecked": 0,
    }  # fmt: skip
    assert after["by_depth"]["section"] == before["by_depth"].get("section", 0) + 1
    assert after["days_since_checked"] is not None


def test_papers_without_identifier_or_all_authors_are_counted(tmp_path: Path) -> None:
    """An entry that ends in 'and others' and has neither DOI, arXiv id nor address counts in both."""
    tree = toytree.copy(tmp_path)
    before = quality(Evidence(toytree.graph(tree)), TODAY)["papers"]
    entry = "@misc{x, title = {x}, author = {Lovelace, Ada and others}, year = {2020}}"
    (tree / "bib/x.bib").write_text(entry, encoding="utf-8")
    after = quality(Evidence(toytree.graph(tree)), TODAY)["papers"]
    assert {key: after[key] - before[key] for key in before} == {
        "total": 1, "without_identifier": 1, "incomplete_authors": 1, "without_year": 0
    }  # fmt: skip


def test_the_command_prints_both_ways() -> None:
    """As JSON the object, as text a column a strand."""
    run = lambda *more: CliRunner().invoke(main, ["--root", str(toytree.TOY), "stats", "--quality", *more])  # noqa: E731
    assert json.loads(run("--json").stdout)["papers"]["total"] == len(toytree.graph().corpus.papers)
    assert run().exit_code == 0
    assert "with_locator" in run().stdout


@pytest.mark.parametrize(
    ("path", "old", "line", "field"),
    [
        ("data/claims/plateau.yaml", "the plateau is the stability limit", 8, "why"),
        ("data/claims/stability-limit.yaml", "slow growth near the onset", 18, "why"),
        ("data/claims/stability-limit.yaml", "a start at the minimum", 21, "why"),
        ("data/questions/why-two.yaml", "A mechanism that predicts", 8, "text"),
        ("data/questions/why-two.yaml", "Says whether quadratic", 10, "stakes"),
        ("data/questions/why-two.yaml", "third order", 12, "note"),
    ],
)
def test_a_stray_dollar_is_found_in_every_sentence(tmp_path: Path, path: str, old: str, line: int, field: str) -> None:
    """Mathematics is judged wherever people write in their own words, deep in a record too, on its own line."""
    tree = toytree.copy(tmp_path)
    toytree.edit(tree, path, old, f"at $2 {old}")

    [found] = [one for one in toytree.findings(tree) if one.rule == "unbalanced-tex"]
    assert (found.place.line, found.message.partition(":")[0]) == (line, field)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("With $ units and $ patterns it holds.", True),
        ("It is $ x$ here.", True),
        ("It is $x $ here.", True),
        ("With $N$ units and $P$ patterns it holds.", False),
        (r"It costs \$5 to \$6.", False),
    ],
)
def test_mathematics_begins_and_ends_at_its_dollars(text: str, wrong: bool) -> None:
    """A blank next to a $ is what is left where a shell took the first word of the mathematics for a variable."""
    assert (tex_problem(text) or "").startswith("found a blank at an end") == wrong
