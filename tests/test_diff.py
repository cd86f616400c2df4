"""What a change does to the graph: told from two commits, and from a commit and the files as they are."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kg.cli import main
from kg.contribute import difftext, mend
from kg.contribute.diff import STALE, _reordered, difference
from kg.evidence import Evidence
from tests import toytree

PLATEAU = "data/claims/plateau.yaml"


def git(tree: Path, *arguments: str) -> None:
    names = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", "-C", str(tree), *names, *arguments], check=True, capture_output=True)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The toy tree, committed."""
    copied = toytree.copy(tmp_path)
    git(copied, "init", "-q")
    git(copied, "add", ".")
    git(copied, "commit", "-qm", "first")
    return copied


def diff(tree: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--root", str(tree), "diff", *arguments])


def changes(tree: Path, *arguments: str) -> dict[str, Any]:
    told = diff(tree, *arguments, "--json")
    assert told.exit_code == 0, told.output
    return json.loads(told.stdout)  # type: ignore[no-any-return]


def test_a_pure_reformatting_is_no_difference(tree: Path) -> None:
    """Order, quotes, line breaks and the place of a comment change nothing in the graph."""
    assert mend.rewrite(tree, mend.files(tree), mend.formatted)[0] != []
    claim = tree / PLATEAU
    claim.write_text("# a comment\n" + claim.read_text(encoding="utf-8"), encoding="utf-8")
    assert diff(tree, "HEAD").stdout.startswith("no difference")
    assert not difference(Evidence(toytree.graph(tree)), Evidence(toytree.graph(tree)))


def test_a_rename_alone_is_told_in_one_line(tree: Path) -> None:
    """A renamed claim, with its predictions, is neither gone nor new; with a change, that alone is told besides."""
    names = ("claim:stability-limit", "claim:edge-of-a-quadratic")
    arguments = ["--root", str(tree), "retire", names[0], "--to", names[1], "--why", "says it better"]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    told = changes(tree, "HEAD")

    assert [(row["before"], row["id"]) for row in told["nodes"].pop("renamed")] == [
        names, ("prediction:stability-limit/onset", "prediction:edge-of-a-quadratic/onset")
    ]  # fmt: skip
    assert not any(rows for part in ("nodes", "relations", "findings") for rows in told[part].values())
    assert not any(told[part] for part in ("moves", "lists", "falls"))
    toytree.edit(tree, "data/claims/edge-of-a-quadratic.yaml", "kind: theorem", "kind: law")
    assert [node["fields"] for node in changes(tree, "HEAD")["nodes"]["changed"]] == [["claim-kind"]]
    assert "claim:stability-limit → claim:edge-of-a-quadratic, as says it better" in diff(tree, "HEAD").stdout


def test_nodes_and_relations_are_added_changed_and_removed(tree: Path) -> None:
    """A new field, a changed role and a dropped link are told as such, and nothing else is."""
    toytree.edit(tree, PLATEAU, "kind: law", "kind: observation")
    toytree.edit(tree, PLATEAU, "role: own-result", "role: background")
    toytree.edit(tree, PLATEAU, "assumes: [edge-holds]\n", "")
    toytree.edit(tree, "data/concepts.yaml", "curvature:", "flatness: {title: Flatness}\ncurvature:")
    told = changes(tree, "HEAD")

    assert [node["id"] for node in told["nodes"]["added"]] == ["concept:flatness"]
    assert [(node["id"], node["fields"]) for node in told["nodes"]["changed"]] == [("claim:plateau", ["claim-kind"])]
    assert told["nodes"]["removed"] == []
    assert [row["role"] for row in told["relations"]["changed"]] == ["background"]
    assert [row["relation"] for row in told["relations"]["removed"]] == ["assumes"]
    assert {row["rule"] for row in told["findings"]["new"]} == {"untaught-concept", "unused-assumption"}


def test_standings_move_with_their_reason_and_what_rests_on_a_fallen_node_is_named(tree: Path) -> None:
    """A run that disagrees contests its claim; what builds on that claim loses its ground."""
    toytree.record(tree, onset=2.0)
    git(tree, "add", ".")
    git(tree, "commit", "-qm", "run")
    toytree.record(tree, onset=9.0, day=25)
    told = changes(tree, "HEAD")

    moved = {(move["id"], move["field"]): (move["before"], move["after"]) for move in told["moves"]}
    assert moved["prediction:stability-limit/onset", "verdict"] == ("agrees", "disagrees")
    assert moved["claim:stability-limit", "standing"] == ("reproduced", "contested")
    assert all(move["why"] for move in told["moves"])
    assert "claim:plateau" in told["falls"]["claim:stability-limit"]
    said = diff(tree, "HEAD").stdout.partition("What loses its ground (1)\n")[2]
    assert "contested now, since " in said
    assert "its prediction stability-limit/onset fell as well; it is the ground of claim:plateau (builds on it)" in said
    assert changes(tree, "HEAD", "HEAD~1")["moves"] != []  # two commits, the other way round


def test_a_verdict_that_goes_with_its_script_is_told_as_stale(tree: Path) -> None:
    """Where the script changes after its run, the reason of each move is that, not what the old run gave."""
    toytree.record(tree, onset=2.0)
    git(tree, "add", ".")
    git(tree, "commit", "-qm", "run")
    toytree.edit(tree, "scripts/quadratic_onset.py", "STEPS = 400", "STEPS = 401")
    moves = [move for move in changes(tree, "HEAD")["moves"] if move["id"] == "prediction:stability-limit/onset"]

    assert {"rerun", "stale"} <= {move["field"] for move in moves}
    assert {move["why"] for move in moves} == {STALE}


def test_what_rested_on_a_removed_claim_is_named(tree: Path) -> None:
    """A claim that is taken out is told with its predictions and with what rested on it."""
    (tree / "data/claims/stability-limit.yaml").unlink()
    told = changes(tree, "HEAD")
    assert "claim:stability-limit" in [node["id"] for node in told["nodes"]["removed"]]
    assert "claim:plateau" in told["falls"]["claim:stability-limit"]
    assert "unknown-claim" in [row["rule"] for row in told["findings"]["new"]]


def test_why_something_fell_and_what_rested_on_it_by_what_is_told_in_words(tree: Path) -> None:
    """A withdrawn claim gives its reason once, with its prediction; each thing that rested on it says how it did."""
    (tree / "data/claims/stability-limit.yaml").unlink()
    retired = tree / "data/retired.yaml"
    row = '- {id: "claim:stability-limit", to: [], date: 2026-11-24, why: its proof has a gap}\n'
    retired.write_text(retired.read_text(encoding="utf-8") + row, encoding="utf-8")
    told = diff(tree, "HEAD").stdout.partition("What loses its ground (1)\n")[2]

    assert (
        "withdrawn, as its proof has a gap; its prediction stability-limit/onset goes with it; it was the ground of"
        in told
    )
    assert "claim:plateau (builds on it)" in told
    assert "prediction:plateau/two-over-eta (follows from claim:plateau)" in told
    assert "prediction:stability-limit/onset: " not in told


def test_a_claim_on_which_nothing_rests_takes_only_its_prediction_along(tree: Path) -> None:
    """Neither is listed as the ground of the other; without an entry in data/retired.yaml that is said."""
    text = (tree / PLATEAU).read_text(encoding="utf-8").replace("builds-on: [stability-limit]\n", "")
    (tree / PLATEAU).write_text(text[: text.index("bridges:")] + text[text.index("sources:") :], encoding="utf-8")
    git(tree, "commit", "-qam", "free")
    (tree / "data/claims/stability-limit.yaml").unlink()
    told = diff(tree, "HEAD").stdout.partition("What loses its ground (1)\n")[2]

    assert ": gone, and data/retired.yaml does not say why; its prediction stability-limit/onset goes with it;" in told
    assert told.splitlines()[0].endswith("; nothing else rested on it")


def test_reading_lists_that_move_are_told(tree: Path) -> None:
    """A shorter reading that teaches the same changes the list of its strand, with minutes before and after."""
    toytree.edit(tree, PLATEAU, "kind: law\n", "kind: law\nneeds: [curvature]\n")
    git(tree, "commit", "-qam", "a goal")
    readings = tree / "data/readings.yaml"
    text = readings.read_text(encoding="utf-8")
    readings.write_text(text.replace("where: Sec. 1\n  minutes: 20", "where: Sec. 2\n  minutes: 10"), encoding="utf-8")
    moved = changes(tree, "HEAD")["lists"]
    assert moved != []
    assert moved[0]["minutes"][0] - moved[0]["minutes"][1] == 10
    assert (moved[0]["removed"], moved[0]["added"]) == (["cohen2021gradient: Sec. 1"], ["cohen2021gradient: Sec. 2"])


def test_a_list_in_another_order_tells_what_moved(tree: Path) -> None:
    """A concept that comes first in the course now: the reading that moved is told, and no minutes."""
    toytree.with_readings(tree)
    readings, concepts = tree / "data/readings.yaml", tree / "data/concepts.yaml"
    more = "chaotic: {paper: saxe2014exact, where: Sec. 3, minutes: 10, teaches: {chaos: meet}, requires: {}}\n"
    readings.write_text(readings.read_text(encoding="utf-8") + more, encoding="utf-8")
    git(tree, "add", ".")
    git(tree, "commit", "-qm", "readings")
    chaos = "chaos: {title: Chaos}\n"
    concepts.write_text(chaos + concepts.read_text(encoding="utf-8").replace(chaos, ""), encoding="utf-8")

    told = diff(tree, "HEAD").stdout
    moved = {row["target"]: row for row in changes(tree, "HEAD")["lists"]}["strand:solvable-settings"]

    assert "  strand:solvable-settings: another order: saxe2014exact: Sec. 3 now first\n" in told
    assert moved["minutes"][0] == moved["minutes"][1]
    assert moved["moved"] == [{"reading": "saxe2014exact: Sec. 3", "follows": None}]


@pytest.mark.parametrize(
    ("now", "moved"),
    [
        ("abcde", []),
        ("bcdea", [("a", "e")]),
        ("eabcd", [("e", "")]),
        ("acbde", [("c", "a")]),
        ("xabcd", []),
    ],
)
def test_the_fewest_readings_that_explain_an_order_are_told(now: str, moved: list[tuple[str, str]]) -> None:
    """One reading carried elsewhere is one that moved; what is new or gone moves nothing."""
    assert list(_reordered(tuple("abcde"), tuple(now))) == moved


def test_markdown_keeps_contributed_text_inert(tree: Path) -> None:
    """A title that is HTML and a link comes out as its own characters in the summary of a pull request."""
    toytree.edit(tree, "data/concepts.yaml", "curvature:",
                 "bait: {title: '<img src=x> [l](https://evil.example) @all'}\ncurvature:")  # fmt: skip
    told = diff(tree, "HEAD", "--markdown").stdout
    assert "### Nodes added (1)" in told
    assert "<img" not in told.replace("\\<", "")
    assert "](" not in told
    assert "https://" not in told


@pytest.mark.parametrize("name", ["no-such-branch", "--output=x", "HEAD:data"])
def test_a_name_that_is_no_commit_is_a_usage_error(tree: Path, name: str) -> None:
    """Neither an option nor a path reaches git as such; the message is one line and the exit code 2."""
    told = diff(tree, "--", name)
    assert told.exit_code == 2
    assert "Traceback" not in told.output
    assert name in told.output


def test_without_a_repository_the_command_says_so(tmp_path: Path) -> None:
    """Outside of git there is nothing to compare with."""
    tree = toytree.copy(tmp_path)
    told = diff(tree, "HEAD")
    assert told.exit_code == 2
    assert "git" in told.output


def test_text_names_every_part(tree: Path) -> None:
    """The terminal has a heading with its number for each kind of change."""
    toytree.edit(tree, PLATEAU, "kind: law", "kind: observation")
    found = difference(Evidence(toytree.graph()), Evidence(toytree.graph(tree)))
    assert difftext.text(found) == "Nodes changed (1)\n  claim:plateau: claim-kind"
