"""The two axes of evidence and the standing that follows (rules.md 2). Nothing here is stored or edited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kg import literature, verdicts
from kg.axes import RERUNS, STANDINGS, Rerun, Standing, claim_literature, claim_rerun, standing
from kg.declarations import LEVELS, Prediction, Test
from kg.english import listed
from kg.graph import Graph
from kg.literature import Literature
from kg.mapverdicts import Mapped, mapped
from kg.runs import Run, data_sha256
from kg.verdicts import Judgement

__all__ = [
    "RERUNS", "STANDINGS", "ClaimEvidence", "Evidence", "PredictionEvidence", "Rerun", "Standing", "TestOutcome",
    "claim_literature", "claim_rerun", "rerun_axis", "standing",
]  # fmt: skip


@dataclass(frozen=True)
class TestOutcome:
    """One test of a prediction: its newest recorded run, judged by the present declaration.

    ``stale``: script, data or declaration changed since. ``amended``: some recorded run was made under
    another declaration of this prediction.
    """

    __test__ = False

    test: Test
    run: Run | None = None
    judgement: Judgement | None = None
    stale: bool = False
    amended: bool = False


@dataclass(frozen=True)
class PredictionEvidence:
    literature: Literature
    rerun: Rerun
    outcomes: tuple[TestOutcome, ...]

    @property
    def standing(self) -> Standing:
        return standing(self.literature.state, self.rerun)

    @property
    def primary(self) -> TestOutcome | None:
        """The outcome that a reader is shown first: of the tests that ran, the one at the highest level."""
        ran = [outcome for outcome in self.outcomes if outcome.run]
        return max(ran, key=lambda outcome: LEVELS.index(outcome.test.level), default=None)


@dataclass(frozen=True)
class ClaimEvidence:
    """``standing`` is None for framing; ``reason`` says in one sentence why it is what it is."""

    literature: literature.State
    rerun: Rerun
    standing: Standing | None
    tested: int
    total: int
    reason: str


class Evidence:
    """Both axes for every prediction and claim of a graph, computed when first asked for."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.corpus = graph.corpus

    @cached_property
    def predictions(self) -> Mapping[str, PredictionEvidence]:
        """By address."""
        denied = self._denied
        found = {}
        for address, _, prediction in self.corpus.predictions():
            lit = self._reported[address]
            if address in denied and lit.state != "refuted":
                lit = Literature("disputed", lit.agreeing, lit.differing, lit.withdrawn)
            outcomes = tuple(self._outcome(address, prediction, test) for test in prediction.tests)
            found[address] = PredictionEvidence(lit, rerun_axis(prediction, outcomes), outcomes)
        return found

    @cached_property
    def claims(self) -> Mapping[str, ClaimEvidence]:
        """By claim id."""
        return {name: self._claim(name) for name in self.corpus.claims}

    @cached_property
    def maps(self) -> Mapping[str, Mapped]:
        """The newest map of each prediction that has one, by address."""
        found = {}
        for address, claim, prediction in self.corpus.predictions() if self.corpus.maps else ():
            script = next((test.script for test in prediction.scripts if test.script in self.corpus.scripts), None)
            hashes = {
                "script_sha256": self.corpus.scripts[script].sha256 if script else None,
                "data_sha256": self._script_data[script] if script else None,
            }
            regime = {**self.corpus.claims[claim].regime, **prediction.regime}
            names = self.corpus.names(address)
            mine = [run for run in self.corpus.maps if run.prediction in names]
            found[address] = mapped(address, prediction, regime, mine, hashes)
        return {address: one for address, one in found.items() if one is not None}

    @cached_property
    def _reported(self) -> Mapping[str, Literature]:
        """The literature of each prediction, by address, before contradictions count."""
        claims = self.corpus.claims
        return {
            address: literature.of_prediction(self.corpus, claims[claim_id], prediction)
            for address, claim_id, prediction in self.corpus.predictions()
        }

    @cached_property
    def _told(self) -> Mapping[str, Literature]:
        """The literature of each prediction, by address, with contradictions counted."""
        return {address: found.literature for address, found in self.predictions.items()}

    def _literature(self, name: str, states: Mapping[str, Literature], denied: bool) -> literature.State:
        """The literature axis of the claim ``name`` where its predictions stand as ``states`` says."""
        claim = self.corpus.claims[name]
        parts = [(p, states[f"prediction:{name}/{p.id}"].state) for p in claim.predictions]
        told = [state for prediction, state in parts if prediction.evidence or prediction.source]
        own = literature.of_claim(self.corpus, claim).state
        return claim_literature(own, [state for _, state in parts], told, denied)

    @cached_property
    def _denied(self) -> frozenset[str]:
        """Addresses at either end of an open contradiction: its author is at least reported, and not refuted."""
        ends: set[str] = set()
        for edge in self.graph.edges("contradicts"):
            author = edge.source.partition(":")[2].partition("/")[0]
            if self._literature(author, self._reported, False) not in ("unreported", "refuted"):
                ends |= {edge.source, edge.target}
        return frozenset(ends)

    @cached_property
    def _script_data(self) -> Mapping[str, str | None]:
        return {name: data_sha256(self.corpus.root, name) for name in self.corpus.scripts}

    @cached_property
    def _runs(self) -> Mapping[str, Sequence[Run]]:
        by_script: dict[str, list[Run]] = {}
        for run in self.corpus.runs:
            by_script.setdefault(run.script, []).append(run)
        return by_script

    def runs_of(self, test: Test) -> Sequence[Run]:
        """The recorded runs that speak on what ``test`` tests: full or quick ones, of seeds that were not chosen."""
        found = self._runs.get(test.script or "", ())
        return [run for run in found if run.budget in ("full", "quick") and run.starts_at_zero]

    def is_stale(self, prediction: Prediction, run: Run) -> bool:
        """Whether the script, its data or what the verdict uses of ``prediction`` changed since ``run``."""
        script = self.corpus.scripts.get(run.script)
        return not (
            script is not None
            and verdicts.fingerprint(prediction) in run.declarations.values()
            and run.script_sha256 == script.sha256
            and run.data_sha256 == self._script_data[run.script]
        )

    def judge(self, prediction: Prediction, run: Run) -> Judgement:
        """The verdict of ``run`` on ``prediction`` as it is declared now."""
        return verdicts.judge(prediction, run.measured, run.status, run.detail)

    def declared(self, run: Run, address: str, default: str) -> str:
        """The fingerprint of the prediction at ``address`` when ``run`` was made, under the name that it had then."""
        found = next((name for name in self.corpus.names(address) if name in run.declarations), address)
        return run.declarations.get(found, default)

    def _outcome(self, address: str, prediction: Prediction, test: Test) -> TestOutcome:
        own = verdicts.fingerprint(prediction)
        recorded = self.runs_of(test)
        if not recorded:
            return TestOutcome(test)
        run = max(recorded, key=lambda run: (run.budget == "full", run.started, run.id))
        amended = any(self.declared(run, address, own) != own for run in recorded)
        return TestOutcome(test, run, self.judge(prediction, run), self.is_stale(prediction, run), amended)

    def _claim(self, name: str) -> ClaimEvidence:
        claim = self.corpus.claims[name]
        parts = [self.predictions[f"prediction:{name}/{prediction.id}"] for prediction in claim.predictions]
        denied = f"claim:{name}" in self._denied
        lit = self._literature(name, self._told, denied)
        tested = [part for part, p in zip(parts, claim.predictions, strict=True) if p.tests and part.rerun != "not run"]
        rerun = claim_rerun([part.rerun for part, p in zip(parts, claim.predictions, strict=True) if p.tests])
        final = None if claim.kind == "framing" else standing(lit, rerun)
        return ClaimEvidence(lit, rerun, final, len(tested), len(parts), _reason(self, name, lit, rerun))


def rerun_axis(prediction: Prediction, outcomes: Iterable[TestOutcome]) -> Rerun:
    """The rerun axis of a prediction. A stale run counts as not run, except a stale disagreement, which stays."""
    states: set[Rerun] = set()
    for outcome in outcomes:
        level = outcome.test.level
        if outcome.judgement is None or (level == "derived" and prediction.about != "derived"):
            continue
        verdict = outcome.judgement.verdict
        if verdict == "disagrees":
            states.add("not reproduced")
        elif outcome.stale or verdict == "error":
            continue
        elif verdict == "agrees":
            reaches = LEVELS.index(level) >= LEVELS.index(prediction.about)
            states.add("reproduced" if reaches else "in part")
        else:
            states.add("undecided")
    for state in ("not reproduced", "reproduced", "in part", "undecided"):
        if state in states:
            return state
    return "not run"


def _reason(evidence: Evidence, name: str, lit: literature.State, rerun: Rerun) -> str:
    """One sentence, computed: who says so, who disputes it, and what our own runs gave."""
    claim = evidence.corpus.claims[name]
    own = literature.of_claim(evidence.corpus, claim)
    addresses = [f"prediction:{name}/{prediction.id}" for prediction in claim.predictions]
    parts = [evidence.predictions[address] for address in addresses]
    agreeing = {paper for found in (own, *(p.literature for p in parts)) for paper in found.agreeing}
    differing = {paper for found in (own, *(p.literature for p in parts)) for paper in found.differing}
    withdrawn = {paper for found in (own, *(p.literature for p in parts)) for paper in found.withdrawn}
    said = sources_say(evidence, lit, agreeing, differing, withdrawn)
    tested = [part for part, p in zip(parts, claim.predictions, strict=True) if p.tests]
    failed = sum(p.rerun == "not reproduced" for p in parts)
    ours = {
        "not run": "we have not rerun it" if tested else "it has no test yet",
        "undecided": "our reruns are undecided",
        "in part": "our reruns reproduce it in part",
        "reproduced": f"our reruns reproduce {_of(sum(p.rerun == 'reproduced' for p in parts), len(parts))}",
        "not reproduced": f"our reruns do not reproduce {_of(failed, len(parts))}",
    }[rerun]
    return f"{said}; {ours}."


def _of(some: int, total: int) -> str:
    return "its prediction" if total == 1 else f"{some} of {total} predictions"


def sources_say(
    evidence: Evidence,
    state: literature.State,
    agreeing: Iterable[str],
    differing: Iterable[str],
    withdrawn: Iterable[str],
) -> str:
    """What sources say of a claim or prediction whose literature stands as ``state``, by the keys of those papers."""
    agreeing, differing = set(agreeing), set(differing)
    for_, against, back = (_papers(evidence, keys) for keys in (agreeing, differing, withdrawn))
    only, both = _papers(evidence, differing - agreeing), _papers(evidence, differing & agreeing)
    if both:  # it agrees with one prediction, or in one setting, and not in another
        disputed = (
            f"disputed by {only} and, on another point, {both}" if only else f"disputed on another point by {both}"
        )
    else:
        disputed = f"disputed by {against}" if against else "and contradicted by another claim of the record"
    if back:
        return f"Withdrawn in {back}"
    return {
        "unreported": "No source reports a result of its own",
        "reported": f"Reported by {for_ or 'nobody'}, and by nobody independent of them",
        "corroborated": f"Reported independently by {for_ or 'nobody'}",
        "disputed": f"Supported by {for_ or 'nobody'}, {disputed}",
        "refuted": f"Refuted by {against or 'nobody'}",
    }[state]


def _papers(evidence: Evidence, keys: Iterable[str]) -> str:
    papers = evidence.corpus.papers
    return listed([papers[key].label if key in papers else key for key in sorted(keys)])
