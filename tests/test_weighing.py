"""Support and contradiction counted by independent items, and where a trace down ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import weighing
from kg.evidence import Evidence
from kg.graph import load
from tests import toytree

CLAIM = """title: A law
statement: It holds.
kind: law
strands: [empirical-laws]
sources: [{paper: one, role: own-result, where: "Eq. 3", depth: abstract}]
predictions:
  - id: p
    statement: It is so.
    type: qualitative
    formula: 'x = 1'
    about: trained-network
    frozen: {date: 2026-11-20, pilot: false}
    refuted-if: It is not.
"""
AUTHORS = {
    "one": "Ada, A. and Bay, B.",
    "two": "Bay, B. and Cox, C.",
    "three": "Dee, D.",
    "four": "Ely, E.",
    "five": "Ely, E.",
}


def evidence(folder: Path, *items: str, own: str = "") -> Evidence:
    """The toy tree with a claim whose one prediction has the evidence ``items``, and the paper ``own`` as its source."""
    tree = toytree.copy(folder)
    entries = "\n".join(
        f"@misc{{{key}, author = {{{names}}}, title = {{On {key}}}, year = {{2020}}}}" for key, names in AUTHORS.items()
    )
    (tree / "bib/more.bib").write_text(entries)
    told = ", ".join(f"{{{item}, depth: abstract}}" for item in items)
    (tree / "data/claims/law.yaml").write_text(
        CLAIM
        + (f"    evidence: [{told}]\n" if items else "")
        + (f"    source: {{paper: {own}, role: own-result, depth: abstract}}\n" if own else "")
    )
    return Evidence(load(tree))


@pytest.mark.parametrize(
    ("items", "agreeing", "differing", "shares"),
    [
        (["paper: two, outcome: agrees"], 1, 0, {"two": "one"}),  # Bay wrote both
        (["paper: three, outcome: agrees"], 2, 0, {}),
        (["paper: three, outcome: agrees, data: d", "paper: four, outcome: agrees, data: d"], 2, 0, {"four": "three"}),
        (["paper: four, outcome: differs", "paper: five, outcome: differs"], 1, 1, {"five": "four"}),
        (["paper: three, outcome: mixed", "paper: four, outcome: differs, in-regime: false"], 1, 0, {}),
        (["paper: one, outcome: agrees"], 1, 0, {}),  # the claim's own source again
    ],
)
def test_items_that_share_authors_or_data_count_once(
    tmp_path: Path, items: list[str], agreeing: int, differing: int, shares: dict[str, str]
) -> None:
    """Each side counts a largest set of independent sources; what is left out names the one that it shares with."""
    found = weighing.weighed(evidence(tmp_path, *items), "claim:law")

    assert (len(found.support.independent), len(found.against.independent)) == (agreeing, differing)
    told = {**found.support.shares, **found.against.shares}
    swapped = {other: one for one, other in shares.items()}
    assert told in (shares, swapped)
    listed = [step.address for step in (*found.support.steps, *found.against.steps, *found.uncounted)]
    assert len(listed) == len(items) + 1


def test_a_prediction_is_weighed_as_its_axis_counts_it(tmp_path: Path) -> None:
    """For a prediction the independent sources are those of its literature axis."""
    found = evidence(tmp_path, "paper: two, outcome: agrees", "paper: three, outcome: agrees")
    axis = found.predictions["prediction:law/p"].literature

    assert weighing.weighed(found, "prediction:law/p").support.independent == axis.agreeing


def test_runs_and_contradictions_are_counted_apart(tmp_path: Path) -> None:
    """A run of ours that agrees is on the side of support and no source."""
    tree = toytree.copy(tmp_path)
    toytree.record(tree)
    found = weighing.weighed(Evidence(load(tree)), "claim:stability-limit")

    assert found.support.runs == ("reproduction:quadratic_onset",)
    assert not any("quadratic_onset" in paper for paper in found.support.independent)


def test_a_trace_ends_in_equations_runs_assumptions_and_sources(tmp_path: Path) -> None:
    """Formulas and located equations, runs with their verdicts, assumptions, and the remaining sources, with paths."""
    tree = toytree.copy(tmp_path)
    run = toytree.record(tree)
    found = weighing.ends(Evidence(load(tree)), "claim:plateau")

    told = {(end.what, end.address): end for end in found}
    onset = "prediction:stability-limit/onset"
    assert told["equation", onset].told == r"$\eta\lambda = 2$"
    assert told["run", onset].told == f"run:quadratic_onset/{run.id}: agrees"
    assert told["run", onset].path == ("claim:plateau", "claim:stability-limit", onset)
    assert ("assumption", "assumption:quadratic-loss") in told
    assert ("source", "paper:cohen2021gradient") in told
    assert [len(end.path) for end in found] == sorted(len(end.path) for end in found)


def test_a_locator_that_names_an_equation_is_one(tmp_path: Path) -> None:
    """``where: Eq. 3`` makes a source an equation; an abstract does not."""
    ends = {(end.what, end.address): end.told for end in weighing.ends(evidence(tmp_path), "claim:law")}

    assert ends["equation", "paper:one"] == "Eq. 3"
    assert ends["equation", "prediction:law/p"] == "$x = 1$"


def test_a_source_of_a_prediction_alone_counts_for_its_claim(tmp_path: Path) -> None:
    """A claim is weighed with what its predictions name as their own source, as the card and the trace both show."""
    found = evidence(tmp_path, own="three")

    assert set(weighing.weighed(found, "claim:law").support.independent) == {"one", "three"}
