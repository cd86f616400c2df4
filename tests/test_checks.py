"""Every rule finds its fault on the right line of an otherwise good tree, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.evidence import Evidence
from kg.findings import RULES, Finding
from kg.graph import load
from tests import planted, toytree

EDITS = sorted(path.parent.name for path in toytree.BROKEN.glob("*/case.toml"))
CASES = sorted([*EDITS, *planted.PLANTS])
# faults that bring others along: a record that is lost to the graph, or an id that stays unresolved
BRINGS = {
    "bad-file-name": {"missing-field"},
    "bad-record-id": {"unknown-concept"},
    "duplicate-entry": {"unknown-paper"},
    "unknown-assumption": {"unused-assumption"},
    "retired-id-alive": {"retired-id"},
    "two-targets": {"misplaced-field", "rival-too-close"},
    "bib-value-too-long": {"unknown-paper"},
    "no-corpus": set(),
    "too-many-problems": {"undefined-macro", "bib-stray-text", "duplicate-macro"},
}
# words by which a message says what to do, or the right form; one of them is in each
MENDS = (
    "expected ", " add ", "; mend ", "; take ", "; name ", "; write ", "; use ", "; delete ", "; keep ", "; give ",
    "; did you mean", "; put ", "; say ", "; quote ", "; split ", "; merge ", "; copy ", "; join ", "; set ",
    "; rename ", "; move ", "; restore ", "; record ", "; run ", "; save ", "; replace ", "; narrow ", "; shorten ",
    "; compare ", "; finish ", "; flatten ", "; check ", "; is a comma ", "; make ", "; search", "; allowed are ", "; enter ", "; sort ",
    "; close ", "; indent ", "; begin ",
)  # fmt: skip


def planted_in(tree: Path, case: str, monkeypatch: pytest.MonkeyPatch) -> tuple[tuple[str, int], list[Finding]]:
    """Break the tree by the rule ``case``: where that must be found, and what is found."""
    if case in planted.PLANTS:
        return planted.PLANTS[case](tree), planted.findings(tree, case, monkeypatch)
    return toytree.break_as(tree, case), toytree.findings(tree)


def test_the_toy_tree_is_clean() -> None:
    """The unbroken tree has no finding, so that each fault is the only one."""
    assert [str(finding) for finding in toytree.findings(toytree.TOY)] == []


@pytest.mark.parametrize("case", CASES)
def test_rule_finds_its_fault(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault is found by its rule, on its line, in a message that says what to do, and sets off no other rule."""
    place, found = planted_in(toytree.copy(tmp_path), case, monkeypatch)

    assert place in {(f.place.path, f.place.line) for f in found if f.rule == case}, [str(f) for f in found]
    assert {f.rule for f in found} - {case} <= BRINGS.get(case, set()), [str(f) for f in found]
    for finding in found:
        assert str(finding).isprintable()
        assert any(words in f" {finding.message}" for words in MENDS), str(finding)


def test_one_bad_file_hides_no_other(tmp_path: Path) -> None:
    """Faults in several files, one of them unreadable, are all reported at once."""
    tree = toytree.copy(tmp_path)
    cases = ["unknown-paper", "unknown-concept", "bad-year", "reply-to-no-argument"]
    for case in cases:
        toytree.break_as(tree, case)
    (tree / "data/claims/stability-limit.yaml").write_text("title: [", encoding="utf-8")

    rules = {finding.rule for finding in toytree.findings(tree)}

    assert rules >= {*cases, "yaml-syntax"}


def test_every_case_names_a_rule() -> None:
    """No fault is planted twice, or for a rule that is gone."""
    assert set(CASES) <= set(RULES)
    assert len(set(CASES)) == len(CASES)


def test_every_rule_has_a_planted_fault() -> None:
    """Every rule that a finding can name is planted once: as tests/broken/<rule>/case.toml or in tests/planted.py."""
    assert sorted(set(RULES) - set(CASES)) == []


def test_two_objections_may_answer_each_other(tmp_path: Path) -> None:
    """Only replies must be acyclic: two objections that target one another are no circle."""
    tree = toytree.copy(tmp_path)
    toytree.edit(tree, "data/arguments/small-nets-reply.yaml", "stance: replies", "stance: objects")
    toytree.edit(tree, "data/arguments/small-nets-reply.yaml", "concedes: partial\n", "")
    toytree.edit(tree, "data/arguments/small-nets.yaml", '["claim:plateau"]', '["argument:small-nets-reply"]')

    assert [str(f) for f in toytree.findings(tree)] == []


CONTRADICTS = "contradicts:\n  - {claim: plateau, regime: everywhere, why: a test, paper: saxe2014exact}\n"


def test_a_claim_reported_through_its_prediction_contradicts(tmp_path: Path) -> None:
    """A contradiction counts from a claim whose prediction alone is reported, and makes both ends disputed."""
    tree = toytree.copy(tmp_path)
    claim = "data/claims/stability-limit.yaml"
    toytree.edit(tree, claim, "paper: saxe2014exact, role: own-result", "paper: saxe2014exact, role: background")
    toytree.edit(tree, claim, "counter-search:", f"{CONTRADICTS}counter-search:")

    claims = Evidence(load(tree)).claims

    assert (claims["stability-limit"].literature, claims["plateau"].literature) == ("disputed", "disputed")


def test_an_uncounted_report_leaves_its_paper_a_source(tmp_path: Path) -> None:
    """A mixed report by the paper that states a claim does not take away that it states it."""
    tree = toytree.copy(tmp_path)
    toytree.edit(
        tree, "data/claims/plateau.yaml", "predictions:",
        "evidence: [{paper: cohen2021gradient, outcome: mixed, depth: abstract}]\npredictions:",
    )  # fmt: skip

    assert Evidence(load(tree)).claims["plateau"].literature == "reported"


def test_a_record_in_the_folder_of_another_kind_is_told_once(tmp_path: Path) -> None:
    """A claim among the questions is one finding that says where it belongs, and nothing of its fields."""
    tree = toytree.copy(tmp_path)
    (tree / "data/claims/plateau.yaml").rename(tree / "data/questions/plateau.yaml")

    found = [f for f in toytree.findings(tree) if f.place.path == "data/questions/plateau.yaml"]

    assert [f.rule for f in found] == ["unexpected-file"]
    assert "looks like a claim, and data/questions/ holds questions; move it to data/claims/" in found[0].message


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("data/hebb.yaml", "it looks like a claim: move it to data/claims/"),
        ("data/claims/hebb.yml", "did you mean 'hebb.yaml'?"),
    ],
)
def test_a_file_in_no_place_is_told_where_to_go(path: str, says: str, tmp_path: Path) -> None:
    """A claim beside the folders, and a name that ends in another way, are told what is wrong with them."""
    tree = toytree.copy(tmp_path)
    (tree / path).write_text((tree / "data/claims/plateau.yaml").read_text())

    (found,) = (f for f in toytree.findings(tree) if f.rule not in ("same-statement", "shared-words"))

    assert says in found.message


def test_a_wrong_field_hides_no_wrong_reference(tmp_path: Path) -> None:
    """A kind that is none and a strand that is none, in one file, are told at once."""
    tree = toytree.copy(tmp_path)
    toytree.edit(tree, "data/claims/plateau.yaml", "kind: law", "kind: laws")
    toytree.edit(tree, "data/claims/plateau.yaml", "strands: [empirical-laws]", "strands: [empirical-lawz]")

    found = {(f.rule, f.place.line) for f in toytree.findings(tree) if f.place.path == "data/claims/plateau.yaml"}

    assert found == {("wrong-value", 3), ("unknown-strand", 4)}
