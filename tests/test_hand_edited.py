"""The slips of hand-edited YAML are told once, on their line, with what is to be written in their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.english import listed
from kg.graph import load
from tests import toytree

CLAIM = "data/claims/stability-limit.yaml"
WHY = 'why: "slow growth near the onset over the steps taken"'
SOURCE = "{paper: saxe2014exact, role: own-result, depth: abstract}\nchecked"
QUOTES = "put quotes around the value of"

SLIPS: dict[str, tuple[str, str, int, str]] = {
    "a comma in a value between braces": (
        SOURCE, SOURCE.replace("depth", "where: Sec. 2, Eq. 3, Fig. 4, depth"), 8,
        f"unknown-field: found 'Eq. 3' as a key: a comma ends a value between {{ and }}; {QUOTES} where",
    ),
    "a comma and a colon in one": (
        WHY, "why: finite size, namely: it grows", 18,
        "unknown-field: 'namely' is not a field here; known here: value, why; "
        "if it is part of the value of why, put quotes around that",
    ),
    "a key of one line, outside braces": (
        "checked:", "see also:\nchecked:", 9,
        "unknown-field: 'see also' is not a field here; known here: assumes, bridges, builds-on, checked, contradicts, "
        "counter-search, evidence, implies, kind, needs, predictions, regime, sources, statement, strands, title",
    ),
    "a list without brackets": (
        "strands: [solvable-settings]", "strands: a, b", 4,
        "wrong-shape: strands: found the text 'a, b', expected a list: [a, b]",
    ),
    "a list of mappings as a word": (
        "[{script: quadratic_onset, level: simulated-model}]", "quadratic_onset", 28,
        "wrong-shape: tests: found the text 'quadratic_onset', expected a list: [{script: quadratic_onset, level: …}]",
    ),
    "conditions without a dash": (
        "{grid: {curvature: [1, 4]}}", "{curvature: 1, shift: 0}", 16,
        "wrong-value: conditions: found a mapping, expected a list of conditions; begin each with '- ', as in "
        "'- {curvature: 1, shift: 0}', or write grid: {setting: [values]}",
    ),
    "a number for a mapping": (
        f"{{value: 0.05, {WHY}}}", "0.05", 18,
        "wrong-shape: tolerance: found the text '0.05', expected a mapping: {value: 0.05, why: …}",
    ),
    "a word that is not the first field": (
        "frozen: {date: 2026-11-20, pilot: false}", "frozen: no pilot", 25,
        "wrong-shape: frozen: found the text 'no pilot', expected a mapping: {date: …, pilot: …}",
    ),
    "a missing dash": (
        "  - {paper: saxe2014exact, role: own-result, depth: abstract}\nchecked",
        "  paper: saxe2014exact\n  role: own-result\n  depth: abstract\nchecked", 7,
        "wrong-shape: sources: found a mapping, expected a list; begin each entry with '- '",
    ),
    "a missing field that is described": (
        f", {WHY}", "", 18, "missing-field: 'why' of tolerance is missing; add it: why this value",
    ),
    "a missing field of certain words": (
        "    about: simulated-model\n", "", 11,
        "missing-field: 'about' of predictions[0] (onset) is missing; add it: what the prediction speaks of; "
        "one of derived, simulated-model, trained-network, field",
    ),
    "a misspelt field that the type needs": (
        "    quantity: onset\n", "    quanity: onset\n", 15,
        "unknown-field: 'quanity' is not a field here; did you mean 'quantity'?",
    ),
    "a misspelt field that every record needs": (
        "statement: On", "staement: On", 2,
        "unknown-field: 'staement' is not a field here; did you mean 'statement'?",
    ),
    "words for arithmetic": (
        'expected: "2"', "expected: top eigenvalue", 17,
        "bad-arithmetic: expected: 'top eigenvalue' does not parse as arithmetic; write numbers and settings with a "
        "sign between each two; allowed are + - * / ^ ( ) sqrt log exp, decimal numbers and settings (here curvature), "
        "or from-run",
    ),
    "a bracket that is not closed": (
        'expected: "2"', "expected: 2/(curvature", 17,
        "bad-arithmetic: expected: '2/(curvature' does not parse as arithmetic; check its brackets; allowed are "
        "+ - * / ^ ( ) sqrt log exp, decimal numbers and settings (here curvature), or from-run",
    ),
    "a setting before a bracket": (
        'expected: "2"', "expected: curvature(1+1)", 17,
        "bad-arithmetic: expected: the setting 'curvature' stands before a bracket in 'curvature(1+1)'; write a product "
        "with *; allowed are + - * / ^ ( ) sqrt log exp, decimal numbers and settings (here curvature), or from-run",
    ),
    "a decimal comma between braces": (
        f"{{value: 0.05, {WHY}}}", f"{{value: 0,05, {WHY}}}", 18,
        "unknown-field: found a decimal comma in 0,05: write 0.05",
    ),
    "a word for the number of a tolerance": (
        f"{{value: 0.05, {WHY}}}", f"{{value: five percent, {WHY}}}", 18,
        "wrong-value: tolerance.value: found 'five percent', expected a decimal number such as 0.05 or 1e-3",
    ),
    "a rival as a key": (
        '{name: one over the curvature, expected: "1"}', "with self-coupling: 0.1", 20,
        "unknown-field: 'with self-coupling' is not a field here; write {name: with self-coupling, expected: 0.1}",
    ),
    "a concept among the assumptions": (
        "  - {id: quadratic-loss, load-bearing: true}\n", "  - {id: quadratic-loss, load-bearing: true}\n  - curvature\n",
        7, "unknown-assumption: 'curvature' is a concept; put it under needs",
    ),
    "an assumption among the strands": (
        "strands: [solvable-settings]", "strands: [solvable-settings, quadratic-loss]", 4,
        "unknown-strand: 'quadratic-loss' is an assumption; put it under assumes",
    ),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_told_once_with_what_to_write(slip: str, tmp_path: Path) -> None:
    """Of one slip there is one finding, on its line, that shows the mend."""
    old, new, line, said = SLIPS[slip]
    tree = toytree.copy(tmp_path)
    toytree.edit(tree, CLAIM, old, new)

    assert [str(finding) for finding in toytree.findings(tree)] == [f"{CLAIM}:{line}: {said}"]


def test_the_value_of_a_misspelt_field_is_held_to_the_rules(tmp_path: Path) -> None:
    """What stands under a misspelt key is judged as the field that is meant, on its own line."""
    tree = toytree.copy(tmp_path)
    toytree.edit(tree, CLAIM, "    rivals:\n", "    rivls:\n")
    toytree.edit(tree, CLAIM, 'one over the curvature, expected: "1"', 'nearly, expected: "1.98"')

    told = [(finding.rule, finding.place.line) for finding in toytree.findings(tree)]

    assert told == [("unknown-field", 19), ("rival-too-close", 20)]


def test_a_name_of_a_kind_that_the_record_does_not_name_is_told_what_it_is(tmp_path: Path) -> None:
    """A question's strand that is a concept: questions name no concepts, so it says what is to stand there."""
    tree = toytree.copy(tmp_path)
    toytree.edit(tree, "data/questions/why-two.yaml", "strands: [", "strands: [curvature, ")

    assert [finding.message for finding in toytree.findings(tree)] == [
        "'curvature' is a concept; name a strand that is in data/strands.yaml"
    ]


def test_a_script_that_does_not_parse_leaves_its_runs_alone(tmp_path: Path) -> None:
    """Of a script with recorded runs that is no Python by now, only that is told."""
    tree = toytree.copy(tmp_path)
    toytree.record(tree)
    script = tree / "scripts/quadratic_onset.py"
    script.write_text(script.read_text() + "\ndef broken(:\n", encoding="utf-8")

    assert [finding.rule for finding in toytree.findings(tree)] == ["bad-script"]


def test_an_unknown_axis_lists_the_axes(tmp_path: Path) -> None:
    """A slip is told with the axis that was meant; any other word with the axes that there are."""
    tree = toytree.copy(tmp_path)
    path = tree / "data/claims/plateau.yaml"
    path.write_text('regime: {depht: ">= 2", units: "> 1000"}\n' + path.read_text(encoding="utf-8"), encoding="utf-8")

    slip, other = (one.message for one in toytree.findings(tree) if one.rule == "unknown-axis")
    assert "did you mean 'depth'?" in slip
    assert f"the axes are {listed(sorted(load(tree).corpus.regimes))}" in other
    assert "did you mean" not in other
