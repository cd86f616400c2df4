"""Predictions that cannot both hold: which pairs are found, and which are left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import regimes
from tests import toytree

PLATEAU = "data/claims/plateau.yaml"


@pytest.mark.parametrize(
    ("one", "other", "meets"),
    [
        ("= 2", "2..4", True),
        ("< 2", "2..4", False),
        ("<= 2", "2..4", True),
        ("> 4", "2..4", False),
        ("64..1024", "128..256", True),
        ("64..100", "128..256", False),
        ("> 1", "< 3", True),
        ("> 3", "< 3", False),
        ("relu | tanh", "tanh | erf", True),
        ("relu", "tanh | erf", False),
        ("relu", "= 2", False),
    ],
)
def test_regimes_meet_where_a_value_lies_in_both(one: str, other: str, meets: bool) -> None:
    """Edges count where both regimes hold them; words meet in a common word; a word and a number never do."""
    assert regimes.meet({"axis": one, "first": "= 1"}, {"axis": other, "second": "= 9"}) is meets
    assert regimes.meet({"axis": other}, {"axis": one}) is meets


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('expected: "4"\n    tolerance: {value: 0.1', 'expected: "2.15"\n    tolerance: {value: 0.1'),
        ('expected: "4"', 'expected: "4"\n    conditions: [{depth: 3}]\n    regime: {depth: "= 3"}'),
        ("quantity: edge_product\n    expected: \"4\"", "quantity: edge_ratio\n    expected: \"4\""),
        ("strands: [empirical-laws]", "strands: [empirical-laws]\ncontradicts: [{from: plateau-at-two, "
         "prediction: plateau/plateau-at-four, why: one product has one value, paper: cohen2021gradient}]"),
    ],
    ids=["regions meet", "regimes apart", "another quantity", "linked"],
)  # fmt: skip
def test_what_can_hold_together_or_is_linked_is_no_finding(old: str, new: str, tmp_path: Path) -> None:
    """Each mending that the message offers takes the finding away."""
    tree = toytree.copy(tmp_path)
    toytree.break_as(tree, "unlinked-rivals")
    if "regime:" in new:
        toytree.edit(tree, PLATEAU, 'expected: "2"', 'expected: "2"\n    regime: {depth: "= 2"}')
    assert [finding.rule for finding in toytree.findings(tree)] == ["unlinked-rivals"]
    toytree.edit(tree, PLATEAU, old, new)
    assert [str(finding) for finding in toytree.findings(tree) if finding.rule == "unlinked-rivals"] == []
