"""kg retire on a copy of the toy tree: what refers to an address follows it, and nothing is left behind."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from kg.evidence import Evidence
from kg.graph import load
from tests import planted, toytree
from tests.test_new import CLAIM, Kg, files, kg, tree

__all__ = ["kg", "tree"]  # fixtures


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("claim:plateau", "claim:edge-plateau"),
        ("paper:damian2022self", "paper:damian2023self"),
        ("prediction:stability-limit/onset", "prediction:stability-limit/begin"),
        ("question:why-two", "question:why-there"),
        ("argument:small-nets", "argument:only-small-nets"),
        ("concept:gradient-descent", "concept:descent"),
        ("assumption:quadratic-loss", "assumption:constant-curvature"),
    ],
)
def test_a_rename_is_followed_everywhere(old: str, new: str, tree: Path, kg: Kg) -> None:
    """The check stays clean, comments stay, the old address and its bare id lead to the new one."""
    toytree.edit(tree, "data/assumptions.yaml", "quadratic-loss:", "# of one curvature\nquadratic-loss:")
    before = len(load(tree))

    assert "nothing now" not in kg("retire", old, "--to", new, "--why", "says it better").output

    graph = load(tree)
    assert toytree.findings(tree) == []
    assert "# of one curvature\n" in (tree / "data/assumptions.yaml").read_text()
    assert (len(graph), new in graph) == (before, True)
    assert graph.resolve(old)[0] == graph.resolve(old.partition(":")[2])[0] == new
    assert "retired already" in kg("retire", old, "--why", "said again", code=2).output


def test_a_reason_that_says_nothing_is_refused_at_its_flag(tree: Path, kg: Kg) -> None:
    """A reason that only denies is no reason, and nothing is written."""
    for why in ("no", "wrong", "it was wrong"):
        assert "--why: hollow-text: found" in kg("retire", "question:why-two", "--why", why, code=1).output
    assert files(tree) == files(toytree.TOY)


def test_merging_sends_references_to_the_other(tree: Path, kg: Kg) -> None:
    """A concept merged into another is gone, and what named it names that; a rename before it leads on to it."""
    kg(
        "new",
        "concept",
        "--id",
        "step",
        "--title",
        "Steps",
        "--statement",
        "A move along the slope.",
        "--requires",
        "gradient-descent",
    )
    toytree.edit(tree, "data/readings.yaml", "teaches: {curvature: meet}", "teaches: {curvature: meet, step: meet}")
    kg("retire", "concept:step", "--to", "concept:stride", "--why", "a better word")
    toytree.edit(tree, "data/readings.yaml", "curvature: meet, stride: meet", "stride: meet")
    kg("retire", "concept:stride", "--to", "concept:curvature", "--why", "one thing")

    assert toytree.findings(tree) == []
    assert load(tree).resolve("concept:step")[0] == "concept:curvature"


def test_what_is_still_referred_to_is_not_withdrawn(tree: Path, kg: Kg) -> None:
    """Every reference is listed with its line, and nothing is written; without any, the record goes and the reason stays."""
    said = kg("retire", "paper:damian2022self", "--why", "its proof is wrong", code=1).output

    assert "data/questions/why-two.yaml:12 of question:why-two" in said
    assert files(tree) == files(toytree.TOY)
    kg("retire", "question:why-two", "--why", "nobody asks")
    assert "nobody asks" in kg("show", "why-two", code=2).output
    assert toytree.findings(tree) == []


LIMIT, PLATEAU, ONSET = (
    "data/claims/stability-limit.yaml",
    "data/claims/plateau.yaml",
    "prediction:stability-limit/onset",
)


def committed(tree: Path) -> None:
    """The tree as it is, in a commit."""
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "x"]):
        subprocess.run(["git", "-C", str(tree), "-c", "user.name=a", "-c", "user.email=a@b.c", *arguments], check=True)


def record(tree: Path) -> dict[str, str]:
    """The files of the record, without those of git."""
    return {path: text for name in ("data", "bib") for path, text in files(tree / name).items()}


def free(tree: Path) -> None:
    """Take out what names the claim stability-limit."""
    toytree.edit(tree, PLATEAU, "builds-on: [stability-limit]\n", "")
    text = (tree / PLATEAU).read_text(encoding="utf-8")
    (tree / PLATEAU).write_text(text[: text.index("bridges:")] + text[text.index("sources:") :], encoding="utf-8")


def test_a_prediction_goes_to_another_claim_with_its_comments_and_verdict(tree: Path, kg: Kg) -> None:
    """Its lines stand at the end of the other's list under the new id, references and runs follow, nothing else changes."""
    toytree.edit(tree, LIMIT, "  - id: onset\n", "  # found by hand\n  - id: onset\n")
    planted._run(tree)
    before = Evidence(load(tree)).predictions[ONSET].primary
    said = kg("retire", ONSET, "--to", "prediction:plateau/onset-there", "--why", "it is about the plateau").output

    assert f"moved {ONSET} to prediction:plateau/onset-there" in said
    assert toytree.findings(tree) == []
    assert "# found by hand\n  - id: onset-there\n" in (tree / PLATEAU).read_text(encoding="utf-8")
    assert "predictions" not in (tree / LIMIT).read_text(encoding="utf-8")
    after = Evidence(load(tree))
    assert after.predictions["prediction:plateau/onset-there"].primary.judgement == before.judgement
    assert "it is about the plateau" in kg("show", ONSET).output


def test_a_merged_claim_brings_its_predictions(tree: Path, kg: Kg) -> None:
    """They join those of the other claim, and the old addresses lead there; an id that both have is told first."""
    free(tree)
    toytree.edit(tree, LIMIT, "  - id: onset\n", "  - id: two-over-eta\n")
    said = kg("retire", "claim:stability-limit", "--to", "claim:plateau", "--why", "one law", code=1).output
    assert "prediction:plateau/two-over-eta is there too; rename or merge it first" in said

    toytree.edit(tree, LIMIT, "  - id: two-over-eta\n", "  - id: onset\n")
    kg("retire", "claim:stability-limit", "--to", "claim:plateau", "--why", "one law")
    assert [f.rule for f in toytree.findings(tree)] == ["unused-assumption"]
    graph = load(tree)
    assert [p.id for p in graph.corpus.claims["plateau"].predictions] == ["two-over-eta", "onset"]
    assert graph.resolve(ONSET) == ("prediction:plateau/onset", [])
    assert graph.resolve("claim:stability-limit") == ("claim:plateau", [])


def test_a_split_says_first_where_each_prediction_goes(tree: Path, kg: Kg) -> None:
    """The commands that carry them are told; then the old address names its parts, with the reason."""
    free(tree)
    text = (tree / LIMIT).read_text(encoding="utf-8")
    half = text[: text.index("predictions:")]
    for name in ("one", "other"):
        (tree / f"data/claims/{name}.yaml").write_text(half.replace("title: ", f"title: {name.title()} not "))
    split = ("retire", "claim:stability-limit", "--to", "claim:one", "--to", "claim:other", "--why", "two laws")
    assert f"kg retire {ONSET} --to prediction:one/onset, or --to prediction:other/onset" in kg(*split, code=1).output

    kg("retire", ONSET, "--to", "prediction:other/onset", "--why", "two laws")
    kg(*split)
    assert "was split on" in (said := kg("show", "stability-limit", code=2).output)
    assert "(two laws); say which: claim:one, claim:other" in said
    assert load(tree).resolve(ONSET) == ("prediction:other/onset", [])


def test_a_withdrawn_claim_takes_its_predictions_along(tree: Path, kg: Kg) -> None:
    """What still names one of them is listed; without that, all go, and each address gives the reason and the old text."""
    withdraw = ("retire", "claim:stability-limit", "--why", "its proof has a gap")
    assert f"{PLATEAU}:" in kg(*withdraw, code=1).output

    free(tree)
    kg(*withdraw)
    assert not (tree / LIMIT).exists()
    assert "its proof has a gap" in kg("show", ONSET, code=2).output
    assert f"git log -1 -p -- {LIMIT}" in kg("show", "claim:stability-limit", code=2).output


def test_a_script_and_a_paper_that_are_left_with_nothing_to_say_are_told(tree: Path, kg: Kg) -> None:
    """With the command that takes each out; a rename leaves nothing behind."""
    free(tree)
    planted._run(tree)
    told = kg("retire", "claim:stability-limit", "--why", "its proof has a gap").output

    assert "scripts/quadratic_onset.py tests nothing now" in told
    assert "git rm -r scripts/quadratic_onset.py data/runs/quadratic_onset\n" in told
    assert "paper:saxe2014exact states nothing now" in told
    assert f"{LIMIT}  removed\n" in told


def test_what_was_never_committed_is_not_retired(tree: Path, kg: Kg) -> None:
    """In git a record that no commit has gives the command that takes it back, and stays; what is committed goes."""
    committed(tree)
    kg(*CLAIM, "--id", "momentum")
    text = (tree / LIMIT).read_text(encoding="utf-8")
    (tree / LIMIT).write_text(text.replace("- id: onset\n", "- id: begin\n"), encoding="utf-8")
    before = record(tree)

    told = kg("retire", "claim:momentum", "--why", "not worth it", code=1).output
    assert "claim:momentum was never committed" in told
    assert re.search(r"rm \S*data/claims/momentum.yaml takes it back", told)
    moved = kg("retire", "claim:momentum", "--to", "claim:heavy-ball", "--why", "the usual name", code=1).output
    assert re.search(r"mv \S*data/claims/momentum.yaml \S*data/claims/heavy-ball.yaml renames it", moved)
    own = kg("retire", "prediction:stability-limit/begin", "--why", "not worth it", code=1).output
    assert f"take it out by hand at {LIMIT}:" in own
    assert record(tree) == before
    kg("retire", "question:why-two", "--why", "nobody asks")


def test_what_stands_in_no_commit_is_not_lost(tree: Path, kg: Kg) -> None:
    """A line written since the last commit is told with its place; once it is committed, the record goes."""
    committed(tree)
    toytree.edit(tree, "data/questions/why-two.yaml", "difficulty:", "# asked in June\ndifficulty:")
    told = kg("retire", "question:why-two", "--why", "nobody asks", code=1).output

    assert "1 line of question:why-two would be lost" in told
    assert ": # asked in June\n" in told
    committed(tree)
    kg("retire", "question:why-two", "--why", "nobody asks")


@pytest.mark.parametrize("to", [[], ["--to", "question:why-there"]])
def test_it_says_how_to_undo_it(to: list[str], tree: Path, kg: Kg, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command that is told brings every file back as it was, and takes away what is new."""
    committed(tree)
    monkeypatch.chdir(tree)
    before = record(tree)
    told = kg("retire", "question:why-two", *to, "--why", "a better name").output
    [undo] = re.findall(r"^to undo: (.*)$", told, re.MULTILINE)

    assert "  data/questions/why-two.yaml  removed\n" in told
    assert record(tree) != before
    subprocess.run(undo, shell=True, check=True, capture_output=True)
    assert record(tree) == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("claim:stability-limit", "claim:edge-of-a-quadratic"),
        ("prediction:stability-limit/onset", "prediction:stability-limit/begin"),
    ],
)
def test_runs_and_maps_follow_a_new_name(old: str, new: str, tree: Path, kg: Kg) -> None:
    """Files that machines wrote keep the old name, and count for the new one: verdict, map and amendment."""
    planted._with_map(tree)
    toytree.edit(tree, planted.CLAIM, 'regime: {depth: "= 1"}', 'regime: {depth: "<= 1e9", step-size: "<= 1e9"}')
    planted._mapped(tree)
    planted._run(tree)
    toytree.edit(tree, planted.CLAIM, "value: 0.05", "value: 0.06")
    planted._run(tree, day=25)
    before = Evidence(load(tree))

    kg("retire", old, "--to", new, "--why", "says it better")

    after = Evidence(load(tree))
    ((address, found),) = [(a, p) for a, p in after.predictions.items() if p.outcomes]
    assert "quadratic" in address or "begin" in address
    assert found.outcomes[0].amended is before.predictions[planted.ONSET].outcomes[0].amended is True
    assert found.outcomes[0].judgement == before.predictions[planted.ONSET].outcomes[0].judgement
    assert after.maps[address].cells == before.maps[planted.ONSET].cells
    assert [f.rule for f in toytree.findings(tree)] == ["stale-map"]  # its declaration did change, and that alone
