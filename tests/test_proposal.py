"""A proposed file against the record: the same findings as when it lies there, and the graph that it gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import checks, layout, unfinished, yamlfile
from kg.contribute import formtext, mend
from kg.contribute.proposal import Proposal, neighbours, propose
from kg.graph import Graph, load
from kg.validation import Origin
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


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"title": "at $2/\\eta"}, {("title", "unbalanced-tex")}),
        ({"statement": "Loss falls. Sharpness rises. Noise helps."}, {("statement", "two-claims")}),
        ({"builds-on": ["plateu"]}, {("builds-on", "unknown-claim")}),
        ({"sources": [{"paper": "cohen2021gradeint"}]}, {("sources", "unknown-paper")}),
        ({"bridges": [{"claim": "plateau"}], "strands": ["empirical-laws"]}, {("bridges", "bridge-within-strand")}),
        ({"predictions": [{"type": "qualitative", "statement": "It is seen late."}]}, {("predictions", "no-refutation")}),
        ({"predictions": [{"type": "bound", "at-most": "1", "tolerance": {"value": "0"}}]}, {("predictions", "bad-tolerance")}),
        ({"predictions": [{"quantity": "q", "by": "2026-12-01"}]}, set()),
        ({"predictions": [{"type": "bound", "by": "2026-12-01"}]}, set()),
        ({"kind": "laww", "strands": ["empirical"]}, {("kind", "wrong-value"), ("strands", "unknown-strand")}),
        ({"kind": "law"}, set()),
    ],
)  # fmt: skip
def test_what_is_there_is_judged_while_the_rest_is_missing(
    fields: dict[str, object], told: set[tuple[str, str]]
) -> None:
    """Of a claim that lacks most of its fields the rules judge what is there, and nothing is told of stand-ins."""
    found = propose(TOY, "data/claims/momentum.yaml", formtext.text(fields), is_new=True)
    rules = {(field, f.rule) for field, findings in found.fields.items() for f in findings if f.rule != "missing-field"}

    assert rules == told
    assert not found.elsewhere
    assert found.graph is None
    assert unfinished.NAME not in str(found.findings)


@pytest.mark.parametrize("folder", layout.FOLDERS)
def test_a_record_of_nothing_can_be_completed(folder: str) -> None:
    """Each field that a claim, question or argument must have has a stand-in of a valid form."""
    assert unfinished.completed(layout.FOLDERS[folder], {}, Origin("x")) is not None


def test_an_argument_without_a_stance_is_not_judged_by_one() -> None:
    """What an argument speaks to and concedes is held against its stance once that is given."""

    def rules(**fields: object) -> set[str]:
        found = propose(TOY, "data/arguments/new.yaml", formtext.text(fields), is_new=True)
        return {f.rule for f in found.findings} - {"missing-field"}

    assert rules(concedes="full") == rules(targets=["claim:plateau"]) == rules(stance="objects") == set()
    assert rules(targets=["claim:plateau"], stance="replies") == {"reply-to-no-argument"}
    assert rules(concedes="full", stance="objects") == {"reply-to-no-argument"}


def test_an_attempt_by_an_unknown_source_is_told_before_its_outcome() -> None:
    """What an attempt names is held although it does not yet say what it gives."""
    path = "data/questions/why-two.yaml"
    text = formtext.with_attempt((toytree.TOY / path).read_text(encoding="utf-8"), path, {"paper": "saxe2041"})

    assert {f.rule for f in propose(TOY, path, text).findings} == {"missing-field", "unknown-paper"}


def test_a_name_that_cannot_be_hides_nothing_else() -> None:
    """With a bad or taken file name the record is judged all the same."""
    for stem, rule in (("Not An Id", "bad-file-name"), ("plateau", "duplicate-id")):
        found = propose(
            TOY, f"data/claims/{stem}.yaml", formtext.text(CLAIM | {"title": "Sharpness at $x"}), is_new=True
        )
        assert {f.rule for f in found.findings} == {rule, "unbalanced-tex"}
        assert not found.sound


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
