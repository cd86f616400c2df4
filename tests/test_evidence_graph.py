"""Evidence over a record built for it: whose word counts, which run speaks, and the sentence that says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kg import runs, verdicts
from kg.evidence import Evidence, TestOutcome
from kg.graph import load
from kg.runs import Run
from tests import toytree

SCRIPT = '"""A script that is never run here."""\n'
AUTHORS = {"alpha": "Alpha, Ada", "beta": "Beta, Ben", "gamma": "Gamma, Gil"}
PREDICTION = """
  - id: {id}
    statement: The value is two.
    type: equality
    quantity: q
    expected: "2"
    tolerance: {{value: 0.1, why: w}}
    rivals: [{{name: other, expected: "3"}}]
    about: {about}
    frozen: {{date: 2026-11-24, pilot: false}}
    refuted-if: It is not.
    evidence: [{evidence}]
    tests: [{tests}]
"""


class Tree:
    """A small record: three papers by three authors, and claims and runs as a test adds them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        entries = [
            f"@misc{{{key}2020x, title = {{Work of {key}}}, author = {{{name}}}, year = {{2020}}}}"
            for key, name in AUTHORS.items()
        ]
        (root / "bib/x.bib").write_text("\n\n".join(entries), encoding="utf-8")
        (root / "scripts/one.py").write_text(SCRIPT, encoding="utf-8")
        (root / "scripts/two.py").write_text(SCRIPT, encoding="utf-8")

    def claim(self, name: str, *predictions: str, kind: str = "law", more: str = "", sources: str = "") -> None:
        told = (
            f"sources: [{sources}]\n"
            if sources
            else "sources: [{paper: alpha2020x, role: background, depth: abstract}]\n"
        )
        text = f"title: {name}\nstatement: It holds.\nkind: {kind}\nstrands: [empirical-laws]\n{told}{more}"
        text += "predictions:" + "".join(predictions) if predictions else ""
        (self.root / f"data/claims/{name}.yaml").write_text(text, encoding="utf-8")

    def run(self, mean: float, *, script: str = "one", started: str = "2026-11-24T10:00:00Z", **other: Any) -> Run:
        """A recorded run of five seeds about ``mean``, under the script and the declarations as they are now."""
        graph = load(self.root)
        declarations = {a: verdicts.fingerprint(p) for a, _, p in graph.corpus.predictions() if p.scripts}
        values = [mean - 0.01, mean, mean + 0.01, mean + 0.02, mean - 0.02]
        seeds = other.pop("seeds", [0, 1, 2, 3, 4])
        rows = [{"condition": {}, "measured": values}]
        result = {"seeds": seeds, "quantities": {"q": rows}, "cpu_seconds": 1.0}
        provenance = {"started": started, "declarations": declarations, "data_sha256": None}
        provenance["script_sha256"] = graph.corpus.scripts[script].sha256
        run = Run(script, other.get("budget", "quick"), "ok", result, provenance | other.get("provenance", {}))
        runs.write(self.root, runs.RECORDED, run)
        return run

    @property
    def evidence(self) -> Evidence:
        return Evidence(load(self.root))


def prediction(name: str = "p", about: str = "derived", evidence: str = "", tests: str = "") -> str:
    return PREDICTION.format(id=name, about=about, evidence=evidence, tests=tests)


def report(paper: str, outcome: str = "agrees") -> str:
    return f"{{paper: {paper}2020x, outcome: {outcome}, depth: abstract}}"


ONE, TWO = "{script: one, level: derived}", "{script: two, level: simulated-model}"


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(toytree.copy(tmp_path))


def own(paper: str) -> str:
    return f"{{paper: {paper}2020x, role: own-result, depth: abstract}}"


@pytest.mark.parametrize(
    ("sources", "evidence", "state", "said"),
    [
        ("", "", "unreported", "No source reports a result of its own; it has no test yet."),
        (own("alpha"), "", "reported", "Reported by Alpha 2020, and by nobody independent of them; it has no test yet."),
        (
            f"{own('alpha')}, {own('beta')}", "", "corroborated",
            "Reported independently by Alpha 2020 and Beta 2020; it has no test yet.",
        ),
        (
            f"{own('alpha')}, {own('beta')}, {own('gamma')}", "", "corroborated",
            "Reported independently by Alpha 2020, Beta 2020 and Gamma 2020; it has no test yet.",
        ),
        (
            own("alpha"), report("beta", "differs"), "disputed",
            "Supported by Alpha 2020, disputed by Beta 2020; it has no test yet.",
        ),
        (
            f"{own('alpha')}, {own('beta')}", f"{report('beta', 'differs')}, {report('beta', 'agrees')}", "disputed",
            "Supported by Alpha 2020 and Beta 2020, disputed on another point by Beta 2020; it has no test yet.",
        ),
        (
            own("alpha"), ", ".join((report("alpha", "differs"), report("alpha", "agrees"), report("beta", "differs"))),
            "refuted", "Refuted by Alpha 2020 and Beta 2020; it has no test yet.",
        ),
        ("", report("beta", "differs"), "disputed", "Supported by nobody, disputed by Beta 2020; it has no test yet."),
        (
            "", f"{report('beta', 'differs')}, {report('gamma', 'differs')}", "refuted",
            "Refuted by Beta 2020 and Gamma 2020; it has no test yet.",
        ),
        (own("alpha"), report("alpha", "withdrawn"), "refuted", "Withdrawn in Alpha 2020; it has no test yet."),
    ],
)  # fmt: skip
def test_the_literature_of_a_claim(tree: Tree, sources: str, evidence: str, state: str, said: str) -> None:
    """Independent own results and reports are counted, and the sentence names whose they are."""
    tree.claim("c", sources=sources, more=f"evidence: [{evidence}]\n" if evidence else "")
    found = tree.evidence.claims["c"]
    assert (found.literature, found.reason, found.rerun) == (state, said, "not run")
    assert (found.tested, found.total) == (0, 0)


def test_framing_has_no_standing(tree: Tree) -> None:
    """A way of looking stands nowhere; any other kind does."""
    for kind, expected in (("framing", None), ("law", "reported"), ("conjecture", "reported")):
        tree.claim("c", kind=kind, sources=own("alpha"))
        assert tree.evidence.claims["c"].standing == expected


@pytest.mark.parametrize(
    ("mean", "rerun", "standing", "said"),
    [
        (2.0, "reproduced", "reproduced", "our reruns reproduce 1 of 2 predictions"),
        (2.5, "not reproduced", "contested", "our reruns do not reproduce 1 of 2 predictions"),
        (2.1, "undecided", "reported", "our reruns are undecided"),
        (None, "not run", "reported", "we have not rerun it"),
    ],
)
def test_the_reruns_of_a_claim(tree: Tree, mean: float | None, rerun: str, standing: str, said: str) -> None:
    """One of two predictions is tested; its run alone speaks, and both are counted."""
    tree.claim("c", prediction("p", tests=ONE), prediction("free"), sources=own("alpha"))
    if mean is not None:
        tree.run(mean)
    found = tree.evidence.claims["c"]
    assert (found.rerun, found.standing) == (rerun, standing)
    assert found.reason == f"Reported by Alpha 2020, and by nobody independent of them; {said}."
    assert (found.tested, found.total) == (0 if mean is None else 1, 2)


def test_a_single_prediction_is_not_counted(tree: Tree) -> None:
    """'Its prediction', where there is one."""
    tree.claim("c", prediction("p", tests=ONE), sources=own("alpha"))
    for mean, said in ((2.0, "reproduce its prediction."), (2.5, "do not reproduce its prediction.")):
        tree.run(mean, started=f"2026-11-24T1{int(mean)}:{int(10 * mean) % 10}0:00Z")
        assert tree.evidence.claims["c"].reason.endswith(f"our reruns {said}")


def test_a_lower_level_reproduces_in_part(tree: Tree) -> None:
    """A simulated model says something of trained networks and not all; a derivation says nothing of them."""
    tree.claim("c", prediction("p", about="trained-network", tests=TWO), sources=own("alpha"))
    tree.run(2.0, script="two")
    assert tree.evidence.claims["c"].rerun == "in part"
    assert tree.evidence.claims["c"].reason.endswith("; our reruns reproduce it in part.")
    tree.claim("c", prediction("p", about="trained-network", tests=ONE), sources=own("alpha"))
    tree.run(2.0)
    assert tree.evidence.claims["c"].rerun == "not run"


def outcome(tree: Tree, address: str = "prediction:c/p") -> TestOutcome:
    return tree.evidence.predictions[address].outcomes[0]


def spoke(tree: Tree) -> tuple[str, str]:
    """When the run that speaks was started, and its verdict."""
    found = outcome(tree)
    assert found.run is not None
    assert found.judgement is not None
    return found.run.started, found.judgement.verdict


def test_the_newest_full_run_speaks_then_the_newest_quick_one(tree: Tree) -> None:
    """A full run outranks any quick one; smoke runs and runs of chosen seeds do not speak at all."""
    tree.claim("c", prediction("p", tests=ONE))
    assert outcome(tree).run is None
    tree.run(2.0, started="2026-11-24T10:00:00Z")
    late = tree.run(2.5, started="2026-11-24T11:00:00Z")
    assert spoke(tree) == (late.started, "disagrees")
    full = tree.run(2.0, started="2026-11-24T09:00:00Z", budget="full")
    assert spoke(tree) == (full.started, "agrees")
    tree.run(2.5, started="2026-11-24T12:00:00Z", seeds=[5, 6, 7, 8, 9])
    tree.run(2.5, started="2026-11-24T13:00:00Z", budget="smoke")
    assert spoke(tree) == (full.started, "agrees")


def test_staleness_is_of_script_data_and_declaration(tree: Tree) -> None:
    """Each of the three that changed makes a run stale; only the declaration's change amends."""
    tree.claim("c", prediction("p", tests=ONE))
    tree.run(2.0)
    assert (outcome(tree).stale, outcome(tree).amended) == (False, False)
    (tree.root / "scripts/one.py").write_text(SCRIPT + "X = 1\n", encoding="utf-8")
    assert (outcome(tree).stale, outcome(tree).amended) == (True, False)
    (tree.root / "scripts/one.py").write_text(SCRIPT, encoding="utf-8")
    path = tree.root / "data/claims/c.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("value: 0.1", "value: 0.2"), encoding="utf-8")
    assert (outcome(tree).stale, outcome(tree).amended) == (True, True)
    path.write_text(text, encoding="utf-8")
    (file,) = (tree.root / "data/runs/one").glob("*.json")
    content = json.loads(file.read_text(encoding="utf-8"))
    content["provenance"]["data_sha256"] = "0" * 64
    file.write_text(json.dumps(content), encoding="utf-8")
    assert (outcome(tree).stale, outcome(tree).amended) == (True, False)


def test_a_missing_script_makes_its_runs_stale(tree: Tree) -> None:
    """A run whose script is gone cannot be made again."""
    tree.claim("c", prediction("p", tests=ONE))
    run = tree.run(2.0)
    (tree.root / "scripts/one.py").unlink()
    evidence = tree.evidence
    (declared,) = (p for a, _, p in evidence.corpus.predictions() if a == "prediction:c/p")
    assert evidence.is_stale(declared, run)


def test_the_first_outcome_shown_is_of_the_highest_level_that_ran(tree: Tree) -> None:
    """Of tests with runs the highest level is primary; without any there is none."""
    tree.claim("c", prediction("p", about="simulated-model", tests=f"{ONE}, {TWO}"))
    assert tree.evidence.predictions["prediction:c/p"].primary is None
    tree.run(2.0)
    found = tree.evidence.predictions["prediction:c/p"].primary
    assert found is not None
    assert found.test.script == "one"
    tree.run(2.0, script="two")
    found = tree.evidence.predictions["prediction:c/p"].primary
    assert found is not None
    assert found.test.script == "two"


@pytest.mark.parametrize(
    ("author", "open_"),
    [
        (own("beta"), True),
        ("{paper: beta2020x, role: background, depth: abstract}", False),
        ("{paper: beta2020x, role: conjecture, depth: abstract}", False),
    ],
)
def test_an_open_contradiction_disputes_both_ends(tree: Tree, author: str, open_: bool) -> None:
    """A claim that is at least reported disputes what it contradicts, and itself; an unreported one nothing."""
    tree.claim("c", sources=own("alpha"))
    tree.claim(
        "d", sources=author, more="contradicts: [{claim: c, regime: all, why: the opposite, paper: beta2020x}]\n"
    )
    claims = tree.evidence.claims
    assert claims["c"].literature == ("disputed" if open_ else "reported")
    assert claims["d"].literature == ("disputed" if open_ else "unreported")
    if open_:
        said = "Supported by Alpha 2020, and contradicted by another claim of the record; it has no test yet."
        assert claims["c"].reason == said


def test_a_refuted_author_contradicts_nobody(tree: Tree) -> None:
    """A withdrawn claim disputes nothing."""
    tree.claim("c", sources=own("alpha"))
    more = f"contradicts: [{{claim: c, regime: all, why: the opposite, paper: beta2020x}}]\nevidence: [{report('beta', 'withdrawn')}]\n"
    tree.claim("d", sources=own("beta"), more=more)
    assert tree.evidence.claims["c"].literature == "reported"


def test_a_prediction_can_be_contradicted(tree: Tree) -> None:
    """The address of a prediction at either end disputes it, unless it is refuted already."""
    tree.claim("c", prediction("p", evidence=report("alpha")))
    twice = f"{report('alpha', 'differs')}, {report('gamma', 'differs')}"
    tree.claim("r", prediction("p", evidence=twice))
    more = "contradicts: [{prediction: c/p, regime: all, why: w, paper: beta2020x}, {prediction: r/p, regime: all, why: w, paper: beta2020x}]\n"
    tree.claim("d", sources=own("beta"), more=more)
    found = tree.evidence.predictions
    assert (found["prediction:c/p"].literature.state, found["prediction:r/p"].literature.state) == (
        "disputed",
        "refuted",
    )
    assert found["prediction:c/p"].literature.agreeing == ("alpha2020x",)
    assert found["prediction:c/p"].standing == "contested"
