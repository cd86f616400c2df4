"""The command line on the toy tree: what it prints and how it exits (design.md, contracts)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import networkx as nx
import pytest
from click.testing import CliRunner, Result

import kg
from kg import effort
from kg.axes import Standing
from kg.cli import main, reading
from kg.evidence import Evidence
from kg.graph import load
from kg.ui import words
from kg.verdicts import Verdict
from tests import toytree


def run(*arguments: str, root: Path = toytree.TOY) -> Result:
    return CliRunner().invoke(main, ["--root", str(root), *arguments], catch_exceptions=False)


def as_json(*arguments: str, root: Path = toytree.TOY) -> Any:
    result = run(*arguments, "--json", root=root)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_check_is_silent_on_a_clean_tree() -> None:
    """Nothing on standard output, a count on standard error, exit 0."""
    result = run("check", "--strict")

    assert (result.exit_code, result.stdout) == (0, "")
    assert "0 errors, 0 warnings" in result.stderr


def test_check_prints_findings_and_exits_1(tmp_path: Path) -> None:
    """A finding prints as path:line: rule: message, did-you-mean included, and the exit code is 1."""
    tree = toytree.copy(tmp_path)
    path, line = toytree.break_as(tree, "unknown-paper")

    result = run("check", root=tree)

    assert result.exit_code == 1
    assert result.stdout.strip() == (
        f"{path}:{line}: unknown-paper: 'cohen2021gradients' is not in bib/; did you mean 'cohen2021gradient'?"
    )


def test_check_json_has_the_contract_keys(tmp_path: Path) -> None:
    """Each row of --json has path, line, rule, severity and message."""
    tree = toytree.copy(tmp_path)
    toytree.break_as(tree, "bad-year")

    rows = json.loads(run("check", "--json", root=tree).stdout)

    assert [sorted(row) for row in rows] == [["line", "message", "path", "rule", "severity"]]
    assert rows[0]["severity"] == "error"


def test_a_folder_that_is_no_corpus_is_said_to_be_none(tmp_path: Path) -> None:
    """check on a folder without data/ and bib/ is an error that says so, not silence."""
    result = run("check", root=tmp_path)

    assert result.exit_code == 1
    assert "no-corpus" in result.stdout


def test_warnings_fail_only_when_strict(tmp_path: Path) -> None:
    """A warning exits 0, and 1 under --strict."""
    tree = toytree.copy(tmp_path)
    toytree.break_as(tree, "no-counter-search")

    assert run("check", root=tree).exit_code == 0
    assert run("check", "--strict", root=tree).exit_code == 1


def test_github_annotations(tmp_path: Path) -> None:
    """--format github prints workflow commands that name file and line."""
    tree = toytree.copy(tmp_path)
    path, line = toytree.break_as(tree, "bad-year")

    assert run("check", "--format", "github", root=tree).stdout.startswith(f"::error file={path},line={line},")


@pytest.mark.parametrize("arguments", [["show", "plateau"], ["trace", "plateau"], ["find", "plateau"], ["stats"]])
def test_other_commands_work_on_a_broken_tree(tmp_path: Path, arguments: list[str]) -> None:
    """With findings they say so on standard error and exit 0."""
    tree = toytree.copy(tmp_path)
    (tree / "data/concepts.yaml").write_text("a: [", encoding="utf-8")

    result = run(*arguments, root=tree)

    assert result.exit_code == 0
    assert "error" in result.stderr + result.stdout


def test_show_of_each_kind() -> None:
    """Every node of the tree shows its title and where it is written."""
    graph = toytree.graph()

    for node in graph.nodes():
        result = run("show", node.address)
        assert result.exit_code == 0
        assert node.title.split()[0] in result.stdout
        assert as_json("show", node.address)["id"] == node.address


def test_show_says_how_a_claim_stands() -> None:
    """A claim shows its standing, both axes and the reason."""
    shown = run("show", "stability-limit").stdout

    assert "corroborated" in shown
    assert "not run" in shown
    assert "Reported independently by" in shown


@pytest.mark.parametrize(
    "arguments", [["show", "plataeu"], ["trace", "plataeu"], ["rerun", "plataeu"], ["explain", "rival-to-close"]]
)
def test_unknown_names_are_usage_errors(arguments: list[str]) -> None:
    """An unknown name exits 2 and suggests a near one where there is one."""
    result = run(*arguments)

    assert result.exit_code == 2
    assert "did you mean" in result.stderr or "neither" in result.stderr


def test_rerun_of_a_claim_names_its_scripts() -> None:
    """A claim is no experiment: its tested predictions are named with their scripts."""
    result = run("rerun", "stability-limit")

    assert result.exit_code == 2
    assert "is a claim; name a prediction or a script: stability-limit/onset (script quadratic_onset)" in result.stderr
    assert "no script tests its predictions" in run("rerun", "plateau").stderr
    assert "is a prediction without a test" in run("rerun", "plateau/two-over-eta").stderr


def test_a_statement_has_no_hanging_indent(tmp_path: Path) -> None:
    """Text that begins at the left edge goes on there; the reason stands beside its name."""
    tree = toytree.copy(tmp_path)
    path = tree / "data/claims/plateau.yaml"
    path.write_text(path.read_text().replace("Sharpness rises", "word " * 30 + "Sharpness rises"))
    lines = run("show", "plateau", root=tree).stdout.splitlines()

    at = next(at for at, line in enumerate(lines) if line.startswith("word "))
    assert "Sharpness rises" in lines[at + 1]
    assert not lines[at + 1].startswith(" ")
    assert any(line.startswith("because     ") for line in lines)


def test_retired_addresses_redirect() -> None:
    """A renamed address shows its successor and says so; a withdrawn one says why."""
    assert "was retired" in run("show", "claim:edge").stderr
    assert "formerly    claim:edge, until 2026-11-20: it names the plateau" in run("show", "plateau").stdout
    assert "checked     2026-11-23, machine assisted" in run("show", "stability-limit").stdout
    withdrawn = run("show", "claim:withdrawn")
    assert withdrawn.exit_code == 2
    assert "an identity" in withdrawn.stderr


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("data/claims/plateau.yaml", "claim:plateau"),
        ("data/claims/plateau.yaml:1", "claim:plateau"),
        ("scripts/quadratic_onset.py", "reproduction:quadratic_onset"),
        ("platea", "claim:plateau"),
        ("claim:stab", "claim:stability-limit"),
        ("stability-limit/on", "prediction:stability-limit/onset"),
    ],
)
def test_a_node_is_named_by_its_file_or_by_how_it_begins(text: str, address: str) -> None:
    """A place as kg prints it, and the beginning of one id, name the node in show and in trace."""
    assert json.loads(run("show", text, "--json").stdout)["id"] == address
    assert run("trace", text).stdout.startswith(address)


def test_a_beginning_of_several_and_a_file_of_many_ask_which() -> None:
    """All are named, and a line picks one; a file without a node says so."""
    assert "several begin with 's'; say which: " in run("show", "s").stderr
    assert "bib/toy.bib holds " in run("show", "bib/toy.bib").stderr
    assert run("show", "bib/toy.bib:1", "--json").exit_code == 0
    assert "no node is written in 'data/claims/none.yaml'" in run("show", "data/claims/none.yaml").stderr


def test_trace_both_ways() -> None:
    """trace lists what a node rests on, --if-falls what falls, each with its path."""
    down = as_json("trace", "plateau")
    up = as_json("trace", "assumption:quadratic-loss", "--if-falls")

    assert "assumption:quadratic-loss" in [step["id"] for step in down]
    assert {step["id"]: step["effect"] for step in up}["claim:plateau"] == "falls"
    assert all(step["path"][0] == "claim:plateau" for step in down)


def test_find_prints_addresses() -> None:
    """find prints an address and title a hit, and says which word the record does not hold, in JSON's case too."""
    result = run("find", "sharpnss", "hovers")

    assert "claim:plateau" in result.stdout
    assert result.stderr == "no 'sharpnss' in the record; near: sharpness\n"
    assert run("find", "sharpnss", "--json").stderr == result.stderr
    assert run("find", "sharpness").stderr == ""
    assert run("find", "qqqqzzzz").stderr.splitlines()[0] == "no 'qqqqzzzz' in the record"
    assert run("find", "x", "--kind", "theorem").exit_code == 2


def test_find_says_that_two_words_never_meet() -> None:
    """Words that no node holds together are told on stderr, in a terminal and beside JSON alike."""
    for more in ([], ["--json"]):
        result = run("find", "sharpness", "dynamics", *more)

        assert result.stderr == "no record holds both 'sharpness' and 'dynamics'; what follows holds 'dynamic'\n"
        assert "saxe2014exact" in result.stdout


def test_find_answers_each_phrase_under_its_own_heading() -> None:
    """Words without quotes are one query; with a phrase among them each argument is one, in text and in JSON."""
    told = run("find", "gradient descent", "quadratic", "--kind", "claim").stdout.split("\n\n")

    assert [part.splitlines()[0] for part in told] == ["gradient descent", "quadratic"]
    for part, query in zip(told, ("gradient descent", "quadratic"), strict=True):
        assert part.strip().splitlines()[1:] == run("find", query, "--kind", "claim").stdout.strip().splitlines()
    both = as_json("find", "edge of stability", "quadratic")
    assert both == [{"query": q, "hits": as_json("find", q)} for q in ("edge of stability", "quadratic")]
    assert isinstance(as_json("find", "edge", "stability")[0]["address"], str)


def test_a_heading_stands_over_hits_alone() -> None:
    """Of a phrase that finds nothing there is no heading on standard output; what is said of it names the phrase."""
    result = run("find", "qqqq zzzz", "gradient descent", "--kind", "claim")

    assert result.stdout.splitlines()[0] == "gradient descent"
    assert "qqqq" not in result.stdout
    assert result.stderr.splitlines()[0] == "qqqq zzzz: no 'qqqq' in the record"
    assert all(row.startswith("qqqq zzzz: ") for row in result.stderr.splitlines())


def test_find_by_how_nodes_stand(tmp_path: Path) -> None:
    """Verdict, standing and state pick nodes, with words or without; one of all these has to be given."""
    tree = toytree.copy(tmp_path)
    toytree.record(tree, 3.0)

    assert [hit["address"] for hit in as_json("find", "--verdict", "disagrees", root=tree)] == [
        "prediction:stability-limit/onset"
    ]
    assert as_json("find", "--verdict", "agrees", root=tree) == []
    stand = {hit["address"] for hit in as_json("find", "--standing", "contested", root=tree)}
    assert stand == {"claim:stability-limit", "prediction:stability-limit/onset"}
    assert [hit["kind"] for hit in as_json("find", "--state", "partial")] == ["question"]
    assert as_json("find", "quadratic", "--state", "open") == []
    assert run("find").exit_code == 2


def test_the_choices_of_find_are_those_of_the_record() -> None:
    """Each verdict, standing and state that there is can be asked for."""
    said = {name: set(get_args(kind)) for name, kind in (("VERDICTS", Verdict), ("STANDINGS", Standing))}

    assert set(reading.VERDICTS) == said["VERDICTS"] | {"not-run"}
    assert set(reading.STANDINGS) == said["STANDINGS"]
    assert set(reading.STATES) == set(words.QUESTION_STATES)


def test_find_for_an_afternoon_is_what_the_app_shows(tmp_path: Path) -> None:
    """--afternoon lists the questions that the app's filter counts."""
    tree = toytree.copy(tmp_path)
    toytree.record(tree, 2.0)
    toytree.edit(
        tree, "data/questions/why-two.yaml", "asks-about: [", "asks-about: [prediction:stability-limit/onset, "
    )
    evidence = Evidence(load(tree))
    quick = [q.address for q in evidence.graph.nodes("question") if effort.for_an_afternoon(evidence, q)]

    assert quick
    assert [hit["address"] for hit in as_json("find", "--afternoon", root=tree)] == quick


def test_stats_has_the_contract_shape() -> None:
    """stats --json has exactly the keys of design.md, and its counts are those of the tree."""
    counted = as_json("stats")

    assert list(counted) == ["nodes", "relations", "claims", "predictions", "questions", "papers", "runs", "findings"]
    assert list(counted["claims"]) == ["by_standing", "with_locator"]
    assert list(counted["predictions"]) == ["total", "with_tests", "by_verdict"]
    assert list(counted["papers"]) == ["total", "with_identifier", "incomplete"]
    assert counted["nodes"] == {
        "paper": 3, "strand": 2, "concept": 2, "assumption": 2, "claim": 2, "prediction": 2, "question": 1,
        "argument": 2, "reproduction": 1,
    }  # fmt: skip
    assert counted["predictions"] == {"total": 2, "with_tests": 1, "by_verdict": {"not-run": 2}}
    assert counted["questions"] == {"by_state": {"partial": 1}}
    assert counted["findings"] == {"error": 0, "warning": 0}


def test_snapshot_is_the_same_to_the_byte_and_reads_back(tmp_path: Path) -> None:
    """Two exports are equal, sorted, and load as the graph they were made from."""
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    run("export", "snapshot", "--out", str(first))
    run("export", "snapshot", "--out", str(second))
    graph = toytree.graph()

    assert first.read_bytes() == second.read_bytes()
    written = json.loads(first.read_text(encoding="utf-8"))
    assert [node["id"] for node in written["nodes"]] == sorted(node.address for node in graph.nodes())
    loaded = kg.load_snapshot(first)
    assert isinstance(loaded, nx.MultiDiGraph)
    assert set(loaded) == {node.address for node in graph.nodes()}
    assert sorted((s, t, d["relation"]) for s, t, d in loaded.edges(data=True)) == sorted(
        (edge.source, edge.target, edge.relation) for edge in graph.edges()
    )


def test_snapshot_nodes_carry_the_contract_fields(tmp_path: Path) -> None:
    """Papers are flat; predictions carry verdict, stale, measured and run; claims their standing and both axes."""
    run("export", "snapshot", "--out", str(tmp_path / "a.json"))
    nodes = {node["id"]: node for node in json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["nodes"]}

    assert nodes["paper:saxe2014exact"]["arxiv"] == "1312.6120"
    assert nodes["paper:saxe2014exact"]["authors"][0] == "Andrew M. Saxe"
    assert nodes["paper:saxe2014exact"]["year"] == 2014
    assert nodes["prediction:stability-limit/onset"]["verdict"] is None
    assert {"stale", "measured", "run"} <= set(nodes["prediction:stability-limit/onset"])
    claim = nodes["claim:stability-limit"]
    assert (claim["standing"], claim["literature"], claim["rerun"]) == ("corroborated", "corroborated", "not run")


def test_explain_lists_and_explains() -> None:
    """explain RULE prints meaning and example; without a rule, all of them."""
    assert "Breaks it:" in run("explain", "rival-too-close").stdout
    assert "unknown-paper" in run("explain").stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["rerun", "quadratic_onset", "--budget", "smoke", "--record"],
        ["rerun", "quadratic_onset", "--record", "--seed", "3"],
    ],
)
def test_smoke_and_chosen_seeds_are_never_recorded(arguments: list[str]) -> None:
    """--record refuses a smoke run and any first seed but 0."""
    assert run(*arguments).exit_code == 2


def test_a_predictions_own_name_is_enough() -> None:
    """Where one prediction is called so, its claim need not be named."""
    assert load(toytree.TOY).resolve("onset") == ("prediction:stability-limit/onset", [])
    assert load(toytree.TOY).resolve("no-such") == (None, [])
