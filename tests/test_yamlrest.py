"""A fault of form hides nothing: what else is wrong in the file is told in the same run, and nothing that follows from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import yamlrest
from tests import toytree

CLAIM, CONCEPTS, RETIRED = "data/claims/stability-limit.yaml", "data/concepts.yaml", "data/retired.yaml"
TOLD = [(1, "yaml-syntax"), (3, "wrong-value"), (18, "yaml-syntax"), (20, "rival-too-close")]


def told(tree: Path) -> list[tuple[str, int, str]]:
    return [(f.place.path, f.place.line, f.rule) for f in toytree.findings(tree)]


def test_faults_of_form_and_of_content_are_told_together(tmp_path: Path) -> None:
    """Two open quotes, a wrong kind and a rival that is too near, in one file: four findings, each on its line."""
    tree = toytree.copy(tmp_path)
    toytree.edit(tree, CLAIM, "title: ", 'title: "')
    toytree.edit(tree, CLAIM, "kind: ", "kind: x")
    toytree.edit(tree, CLAIM, "tolerance: {value: 0.05", 'tolerance: {value: "0.05')
    toytree.edit(tree, CLAIM, 'one over the curvature, expected: "1"', 'nearly, expected: "1.98"')

    found = [(line, rule) for path, line, rule in told(tree) if path == CLAIM]

    assert found == TOLD[:3]  # the rival is held against the tolerance, which cannot be read
    toytree.edit(tree, CLAIM, 'tolerance: {value: "0.05', "tolerance: {value: 0.05")
    assert [(line, rule) for path, line, rule in told(tree) if path == CLAIM] == [*TOLD[:2], TOLD[3]]


SLIPS = (
    ("  title: ", "  title: [", "an open bracket"), ("  title: ", "  title: @", "a mark that YAML keeps for itself"),
    ("  title: ", "  title ", "no colon"), ("  title: ", "\ttitle: ", "a tab"), ("  title: ", "   title: ", "a space more"),
    ("  title: ", " title: ", "a space less"), ("  title: ", "  title: a: ", "a second colon"),
    ("  title: ", '  title: "', "an open quote"), ("  title: ", "  title: &a ", "an anchor"),
)  # fmt: skip


@pytest.mark.parametrize(("old", "new"), [slip[:2] for slip in SLIPS], ids=[slip[2] for slip in SLIPS])
@pytest.mark.parametrize("path", [CONCEPTS, "data/assumptions.yaml", "data/strands.yaml", "data/regimes.yaml"])
def test_one_fault_of_form_is_one_finding(path: str, old: str, new: str, tmp_path: Path) -> None:
    """Whichever record of a list holds the fault, nothing that names the record is told, and each other one is kept."""
    tree = toytree.copy(tmp_path)
    whole = (tree / path).read_text()
    rows = [number for number, row in enumerate(whole.split("\n")) if row.startswith(old)]
    assert toytree.findings(tree) == []
    assert rows
    for row in rows:
        lines = whole.split("\n")
        lines[row] = lines[row].replace(old, new, 1)
        (tree / path).write_text("\n".join(lines))

        found = toytree.findings(tree)

        assert [(f.place.path, abs(f.place.line - row - 1) <= 1) for f in found] == [(path, True)], [*map(str, found)]
        assert "not checked" not in found[0].message


@pytest.mark.parametrize("path", [CLAIM, "data/questions/why-two.yaml"])
def test_a_tab_is_one_finding_wherever_it_stands(path: str, tmp_path: Path) -> None:
    """A tab for the indentation of any row of a record, or before it, is told there, and no field is said to be missing."""
    tree = toytree.copy(tmp_path)
    lines = (tree / path).read_text().split("\n")
    inner = [number for number, row in enumerate(lines) if row.startswith("  ")]
    assert inner
    for number in inner:
        for tabbed in ("\t" + lines[number].lstrip(), "\t" + lines[number]):
            (tree / path).write_text("\n".join([*lines[:number], tabbed, *lines[number + 1 :]]))

            found = toytree.findings(tree)

            assert all(f.rule == "yaml-syntax" and f.message == "found a tab; indent with spaces" for f in found)
            assert [f.place.line for f in found] in ([], [number + 1]), [*map(str, found)]


def test_what_stands_below_a_tab_is_held_back(tmp_path: Path) -> None:
    """A key after a tab takes what stands below it along; three rows with tabs, one below the other, are one finding."""
    tree = toytree.copy(tmp_path)
    toytree.edit(
        tree,
        CLAIM,
        "    conditions: {grid: {curvature: [1, 4]}}",
        "\tconditions:\n      grid:\n        curvature: [1, 4]",
    )
    assert [(line, rule) for _, line, rule in told(tree)] == [(16, "yaml-syntax")]
    toytree.edit(tree, CLAIM, "      grid:\n        curvature", "\t  grid:\n\t    curvature")
    assert [(line, rule) for _, line, rule in told(tree)] == [(16, "yaml-syntax")]


def test_a_broken_record_hides_no_fault_of_another(tmp_path: Path) -> None:
    """Beside a concept with an open bracket, one that requires nothing that there is, and one that is misspelt, are told."""
    tree = toytree.copy(tmp_path)
    (tree / CONCEPTS).write_text(LONG.replace("statement: The", "statement: [The"))
    toytree.edit(tree, CONCEPTS, "requires: [gradient-descent]", "requires: [gradient-descents]")
    toytree.edit(tree, CONCEPTS, "statement: Slopes", "staement: Slopes")

    found = [(path, line, rule) for path, line, rule in told(tree) if rule != "untaught-concept"]

    assert found == [(CONCEPTS, 3, "unknown-field"), (CONCEPTS, 6, "yaml-syntax"), (CONCEPTS, 10, "unknown-concept")]


@pytest.mark.parametrize(
    "slip", [("to: [claim:plateau]", "to: [claim:plateau"), ("id: claim:old\n", 'id: "claim:old\n')]
)
def test_an_id_retired_in_a_broken_entry_is_not_unknown(slip: tuple[str, str], tmp_path: Path) -> None:
    """A reference to what an unreadable entry retires is not told; one to an id that nobody wrote is."""
    tree = toytree.copy(tmp_path)
    entry = "- id: claim:old\n  to: [claim:plateau]\n  date: 2026-11-20\n  why: said twice\n"
    (tree / RETIRED).write_text(entry.replace("old", "older") + entry.replace(*slip))
    toytree.edit(tree, CLAIM, "strands:", "builds-on: [old, older, oldest]\nstrands:")

    [*unknown, fault] = told(tree)

    assert unknown == [(CLAIM, 4, "retired-id"), (CLAIM, 4, "unknown-claim")]
    assert fault in [(RETIRED, 5, "yaml-syntax"), (RETIRED, 6, "yaml-syntax")]


@pytest.mark.parametrize(
    "path", ["data/questions/hebb.yaml", "data/hebb.yaml", "data/claims/hebb.yml", "data/claims/Hebb.yaml"]
)
def test_a_record_in_the_wrong_place_is_held_to_its_rules(path: str, tmp_path: Path) -> None:
    """A claim in another folder or under a bad name: its fields and its references are told in the same run."""
    tree = toytree.copy(tmp_path)
    text = (tree / "data/claims/plateau.yaml").read_text()
    (tree / "data/claims/plateau.yaml").unlink()
    (tree / path).write_text(text.replace("kind: law", "kind: lawz").replace("empirical-laws]", "empirical-lawz]"))

    rules = {rule for where, _, rule in told(tree) if where == path}

    assert {"wrong-value", "unknown-strand"} < rules
    assert rules - {"wrong-value", "unknown-strand"} <= {"unexpected-file", "bad-file-name"}


def test_the_fields_of_a_record_with_a_bad_id_are_told(tmp_path: Path) -> None:
    """A concept whose id has a capital, without a title and with a requirement that is none: three findings."""
    tree = toytree.copy(tmp_path)
    with (tree / CONCEPTS).open("a") as file:
        file.write("Chaos:\n  statement: Nearby starts part.\n  requires: [descents]\n")

    assert [rule for _, _, rule in told(tree)] == ["bad-record-id", "missing-field", "unknown-concept"]


def test_a_long_file_of_faults_is_given_up() -> None:
    """Neither a text of more than 300 000 characters nor one with a fault on each line is read behind its faults."""
    fault = "a: @b\nc: d\n"
    assert yamlrest.parse("# long\n" * 50_000 + fault, "x.yaml") is None
    assert yamlrest.parse("# long\n" * 5_000 + fault, "x.yaml") is not None
    assert yamlrest.parse("".join(f"a{n}: @b\n" for n in range(400)) + "b: c\n", "x.yaml") is None


LONG = """\
calculus:
  title: Calculus
  statement: Slopes and sums.
gradient-descent:
  title: Gradient descent
  statement: The steps go downhill.
  requires: [calculus]
curvature:
  title: Curvature
  requires: [gradient-descent]
"""
