"""A proposed file against the record: the same findings as when it lies there, and the graph that it gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import checks, yamlfile
from kg.contribute import formtext, mend
from kg.contribute.proposal import Proposal, neighbours, propose
from kg.graph import Graph, load
from tests import toytree

TOY = load(toytree.TOY)
CLAIM = {
    "title": "Momentum moves the edge", "statement": "Sharpness hovers at $(2+2\\beta)/\\eta$.", "kind": "law",
    "strands": ["empirical-laws"], "builds-on": ["plateau"],
    "sources": [{"paper": "cohen2021gradient", "role": "own-result", "depth": "abstract"}],
}  # fmt: skip


def proposed(**changes: object) -> Proposal:
    return propose(TOY, "data/claims/momentum.yaml", formtext.text(CLAIM | changes), is_new=True)


def test_a_sound_claim_gives_its_node_and_its_links() -> None:
    """A claim that passes is in the graph of the proposal, linked with what it names, and not in the record's own."""
    found = proposed()

    assert (found.findings, found.elsewhere, found.sound) == ((), (), True)
    assert found.graph
    assert found.graph.node("claim:momentum").title == CLAIM["title"]
    assert {edge.other("claim:momentum") for edge in neighbours(found)} == {
        "strand:empirical-laws", "claim:plateau", "paper:cohen2021gradient",
    }  # fmt: skip
    assert "claim:momentum" not in TOY
    assert mend.formatted(found.text, found.path) == found.text


@pytest.mark.parametrize(
    ("changes", "field", "rule"),
    [
        ({"kind": "laww"}, "kind", "wrong-value"),
        ({"strands": ["empirical"]}, "strands", "unknown-strand"),
        ({"builds-on": ["plateu"]}, "builds-on", "unknown-claim"),
        ({"sources": [{"paper": "cohen2021gradeint", "role": "own-result", "depth": "abstract"}]}, "sources", "unknown-paper"),
        ({"sources": [{"paper": "cohen2021gradient", "role": "own-result"}]}, "sources", "missing-field"),
        ({"statement": ""}, "", "missing-field"),
        ({"title": "left \u202e thgir"}, None, "forbidden-character"),
        ({"staement": "x"}, "staement", "unknown-field"),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_at_its_field_as_in_a_file(
    changes: dict[str, object], field: str | None, rule: str, tmp_path: Path
) -> None:
    """Each fault is told at the field of the form, with the rule, line and words of ``kg check`` on the same file."""
    found = proposed(**changes)
    tree = toytree.copy(tmp_path)
    (tree / found.path).write_text(found.text, encoding="utf-8")
    told = [f for f in checks.run(load(tree)) if f.place.path == found.path and f.rule != "counter-search"]

    assert rule in {f.rule for f in found.findings}
    assert not found.sound
    assert set(found.findings) == set(told)
    if field is not None:
        assert rule in {f.rule for f in found.fields[field]}


def test_a_cycle_that_it_closes_is_told_wherever_it_stands() -> None:
    """A correction by which two claims build on each other is no sound proposal."""
    text = (toytree.TOY / "data/claims/stability-limit.yaml").read_text(encoding="utf-8")
    found = propose(TOY, "data/claims/stability-limit.yaml", text.replace("assumes:", "builds-on: [plateau]\nassumes:"))

    assert "cycle" in {f.rule for f in (*found.findings, *found.elsewhere)}
    assert not found.sound


def test_a_name_that_is_taken_is_no_new_claim() -> None:
    """A new claim never takes the place of one that is there."""
    found = propose(TOY, "data/claims/plateau.yaml", formtext.text(CLAIM), is_new=True)

    assert [f.rule for f in found.findings] == ["duplicate-id"]


def test_a_pasted_entry_is_mended_and_held_against_the_keys() -> None:
    """An entry gets canonical identifiers; a key that is taken in other letters, or a second entry, is told."""
    entry = "@article{new2026,author={A, B},title={T},year=2026,doi={https://doi.org/10.1000/X}}"
    found = propose(TOY, "bib/toy.bib", entry)
    assert (found.sound, found.address) == (True, "paper:new2026")
    assert "doi = {10.1000/x}" in found.text

    taken = propose(TOY, "bib/toy.bib", entry.replace("new2026", "SAXE2014exact"))
    assert "duplicate-id" in {f.rule for f in taken.findings}
    both = propose(TOY, "bib/toy.bib", entry + entry.replace("new", "other"))
    assert "too-many-entries" in {f.rule for f in both.findings}
    for text in ("", "@article{", "no entry", "@comment{x}"):
        assert not propose(TOY, "bib/toy.bib", text).sound


QUESTION = (toytree.TOY / "data/questions/why-two.yaml").read_text(encoding="utf-8")
SAID = yamlfile.parse(QUESTION, "q").value
assert isinstance(SAID, dict)


@pytest.mark.parametrize(
    "text",
    [
        QUESTION,
        QUESTION + "# the last word\n",
        mend.formatted(formtext.text({k: v for k, v in SAID.items() if k != "attempts"}), "data/questions/why-two.yaml"),
        mend.formatted(formtext.text(SAID), "data/questions/why-two.yaml"),
    ],
)  # fmt: skip
def test_an_attempt_is_added_and_nothing_else_changes(text: str) -> None:
    """The file has its attempts and the new one last, whichever way they are written; all else stays as it was."""
    attempt = {"paper": "saxe2014exact", "outcome": "partial", "where": "Sec. 2: a, b", "note": "", "claim": None}
    was = yamlfile.parse(text, "q").value
    now = yamlfile.parse(formtext.with_attempt(text, "data/questions/why-two.yaml", attempt), "q").value

    assert isinstance(was, dict)
    assert isinstance(now, dict)
    added = {"paper": "saxe2014exact", "outcome": "partial", "where": "Sec. 2: a, b"}
    assert now.pop("attempts") == (*was.pop("attempts", ()), added)
    assert now == was


def test_the_record_is_left_as_it_is() -> None:
    """Proposing changes nothing of the graph that it is held against."""
    before = (len(TOY), dict(TOY.corpus.claims))
    proposed()

    assert (len(TOY), dict(TOY.corpus.claims)) == before
    assert isinstance(TOY, Graph)
