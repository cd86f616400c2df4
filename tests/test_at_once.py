"""Wrong fields hide nothing: what other rules say of a record is told in the same run, and nothing of stand-ins."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from kg import checks
from kg.findings import Finding
from kg.graph import load
from tests import toytree

CLAIM = """\
title: The onset lies twice as high with momentum
statement: Divergence sets in at $\\eta\\lambda=4.
kind: theorm
strands: [empirical-laws, solvable-setings]
builds-on: [plateuu]
sources:
  - {paper: cohen2021gradient, role: own-result, depth: everything}
predictions:
  - id: doubled
    statement: The onset is at 4.
    type: qualitative
    about: derived
    frozen: {date: 2026-13-40, pilot: false}
"""
TWIN = """\
title: Full-batch training settles where sharpness is two over the step size
statement: Sharpness hovers at $2/\\eta$ and then rises.
kind: law
strands: [empirical-laws]
assumes: [edge-hold]
sources:
  - {paper: cohen2021gradient, role: own, depth: abstract}
"""
TESTED = """\
title: A tested statement
statement: The onset halves.
kind: law
strands: [empirical-laws]
sources:
  - {paper: nobody2020, role: own-result, depth: abstract}
predictions:
  - id: halved
    statement: The onset is at 1.
    type: equalty
    quantity: halved_onset
    expected: "2/curvature"
    conditions: [{curvature: 1}]
    tolerance: {value: small, why: it is}
    rivals: [{name: nothing happens}]
    about: derived
    frozen: {date: 2026-11-20, pilot: false}
    tests: [{script: quadratic_onset, level: derived}]
"""
QUESTION = """\
title: Why is it so?
statement: Why does \\eta matter?
strands: [empirical-law]
presumes: [stability-limits]
settled-by: [{text: a proof of it}, {answer: yes}]
stakes: All of it.
difficulty: very hard
history: [{date: 2026-11-20, state: open, because: "paper:nobody2020"}]
"""
ARGUMENT = """\
title: Not so
statement: It is not so.
paper: cohen2021gradient
by: me
stance: objects
targets: ["claim:plateaus"]
severity: grave
concedes: full
"""
PLANTED = {
    "data/claims/momentum-onset.yaml": (
        CLAIM,
        {(2, "unbalanced-tex"), (3, "wrong-value"), (4, "unknown-strand"), (5, "unknown-claim"), (7, "wrong-value"),
         (9, "no-refutation"), (13, "wrong-value")},
    ),
    "data/claims/plateau-again.yaml": (
        TWIN, {(1, "shared-words"), (2, "same-statement"), (5, "unknown-assumption"), (7, "wrong-value")}
    ),
    "data/claims/tested.yaml": (
        TESTED, {(6, "unknown-paper"), (10, "wrong-value"), (14, "wrong-value"), (15, "rival-without-value")}
    ),
    "data/questions/why-so.yaml": (
        QUESTION,
        {(2, "unbalanced-tex"), (3, "unknown-strand"), (4, "unknown-claim"), (5, "wrong-value"), (7, "wrong-value"),
         (8, "unknown-paper")},
    ),
    "data/arguments/not-so.yaml": (
        ARGUMENT,
        {(4, "wrong-value"), (6, "unknown-claim"), (7, "wrong-value"), (8, "reply-to-no-argument")},
    ),
}  # fmt: skip


def told(tree: Path, path: str) -> set[tuple[int, str]]:
    return {(f.place.line, f.rule) for f in toytree.findings(tree) if f.place.path == path}


@pytest.mark.parametrize("path", PLANTED)
def test_several_faults_of_several_kinds_are_told_in_one_run(path: str, tmp_path: Path) -> None:
    """Wrong values, unknown ids, a missing falsifier, a near-duplicate and unbalanced TeX: all of them, and no more."""
    tree = toytree.copy(tmp_path)
    text, planted = PLANTED[path]
    (tree / path).write_text(text)

    found = toytree.findings(tree)

    assert {(f.place.line, f.rule) for f in found} == planted
    assert {f.place.path for f in found} == {path}
    assert "still-needed" not in str(found)


def _scalars(tree: Path, path: str) -> list[tuple[int, int, int]]:
    """(line, first and last column) of every value of one line in a file: what a fault may be planted in."""
    found = []
    text = (tree / path).read_text()

    def walk(node: yaml.Node) -> None:
        if isinstance(node, yaml.MappingNode):
            for _, value in node.value:
                walk(value)
        elif isinstance(node, yaml.SequenceNode):
            for value in node.value:
                walk(value)
        elif node.start_mark.line == node.end_mark.line and not node.style:
            found.append((node.start_mark.line, node.start_mark.column, node.end_mark.column))

    walk(yaml.compose(text))
    return found


FILES = ["data/claims/stability-limit.yaml", "data/claims/plateau.yaml", "data/questions/why-two.yaml",
         "data/arguments/small-nets.yaml", "data/arguments/small-nets-reply.yaml", "data/assumptions.yaml",
         "data/concepts.yaml", "data/strands.yaml", "data/regimes.yaml"]  # fmt: skip


@pytest.mark.parametrize("path", FILES)
def test_one_wrong_value_is_one_finding(path: str, tmp_path: Path) -> None:
    """Each value in turn gets a form that no field has; where that is told, nothing is told that follows from it."""
    tree = toytree.copy(tmp_path)
    whole = (tree / path).read_text()
    wrong = 0
    for line, start, end in _scalars(tree, path):
        lines = whole.split("\n")
        lines[line] = f'{lines[line][:start]}""{lines[line][end:]}'
        (tree / path).write_text("\n".join(lines))
        graph = load(tree)
        own = [f for f in graph.corpus.findings if f.severity == "error"]
        if own:
            wrong += 1
            assert _beyond(checks.run(graph), own) == [], lines[line]
    assert wrong


def _beyond(found: list[Finding], own: list[Finding]) -> list[str]:
    return [str(finding) for finding in found if finding not in own]


def test_a_fault_of_form_without_a_rest_says_so(tmp_path: Path) -> None:
    """A file of which nothing is left beside its fault is held to no other rule, and the finding says so."""
    tree = toytree.copy(tmp_path)
    (tree / "data/claims/open.yaml").write_text('title: "never closed\n')

    [found] = toytree.findings(tree)

    assert found.rule == "yaml-syntax"
    assert found.message.endswith("; the rest of this file is not checked until its form is mended")
