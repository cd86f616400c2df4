"""Every rule finds its fault on the right line of an otherwise good tree, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.evidence import Evidence
from kg.findings import RULES
from kg.graph import load
from tests import toytree

CASES = sorted(path.parent.name for path in toytree.BROKEN.glob("*/case.toml"))
# faults that bring others along: a record that is lost to the graph, or an id that stays unresolved
BRINGS = {
    "bad-record-id": {"unknown-concept"},
    "duplicate-entry": {"unknown-paper"},
    "unknown-assumption": {"unused-assumption"},
    "retired-id-alive": {"retired-id"},
    "two-targets": {"misplaced-field", "rival-too-close"},
}


def test_the_toy_tree_is_clean() -> None:
    """The unbroken tree has no finding, so that each fault is the only one."""
    assert [str(finding) for finding in toytree.findings(toytree.TOY)] == []


@pytest.mark.parametrize("case", CASES)
def test_rule_finds_its_fault(case: str, tmp_path: Path) -> None:
    """A fault is found by its rule, on its line, and no other rule is set off by it."""
    tree = toytree.copy(tmp_path)
    path, line = toytree.break_as(tree, case)

    found = toytree.findings(tree)

    assert (path, line) in {(f.place.path, f.place.line) for f in found if f.rule == case}, [str(f) for f in found]
    assert {f.rule for f in found} - {case} <= BRINGS.get(case, set())


@pytest.mark.parametrize("case", CASES)
def test_message_says_what_to_do(case: str, tmp_path: Path) -> None:
    """A message is one printable line that quotes what was found or names what is missing."""
    tree = toytree.copy(tmp_path)
    toytree.break_as(tree, case)

    for finding in toytree.findings(tree):
        assert str(finding).isprintable()
        assert len(finding.message) > 20


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
    """tests/broken/ holds no folder for a rule that is gone."""
    assert set(CASES) <= set(RULES)


def test_sixty_faults_are_planted() -> None:
    """One fault a rule, each in an otherwise good tree; what needs a file of another kind is in the readers' tests."""
    assert len(CASES) >= 60


def test_every_rule_is_tested() -> None:
    """Each registered rule has a broken tree, or is named in a test of its reader."""
    tests = "\n".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.rglob("*.py"))

    assert sorted(name for name in RULES if name not in CASES and name not in tests) == []


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
