"""A made-up record of a given size, to see how speed grows: ``python benchmarks/large_tree.py FOLDER [--nodes 20000]``.

Kinds and relations have the shares that they have in this repository's record, scripts and their tests left out;
papers, claims and concepts are linked unevenly, the earlier ones more often, as in a real literature. The same seed
gives the same files. Nothing in it is true, and its authors are letters.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kg import graph
from kg.relations import RELATIONS

REPOSITORY = Path(__file__).parent.parent
LEFT_OUT = ("reproduction",)
TAUGHT = 8  # concepts a reading: one file holds at most 50 000 keys and values
GIVEN = ("strand",)  # as many as in the record, whatever the size
WORDS = (  # noqa: SIM905  # as a text it can be read
    "training settles where sharpness width depth loss falls noise data spectrum kernel limit step size features "
    "gradient rank scale exponent wide deep network linear layer weights power law grows decides learning rate batch "
    "momentum curvature edge flow mode signal task capacity margin symmetry phase onset plateau error variance bias"
).split()


def counts(nodes: int, relations: int) -> tuple[Counter[str], Counter[str]]:
    """How many nodes of each kind and relations of each name: the shares of the record, scaled to the totals."""
    record = graph.load(REPOSITORY)
    kinds = Counter(node.kind for node in record.nodes() if node.kind not in LEFT_OUT)
    links = Counter(edge.relation for edge in record.edges() if edge.relation != "tests")
    given = sum(kinds[kind] for kind in GIVEN)
    share = (nodes - given) / (kinds.total() - given)
    of_kind = Counter({kind: n if kind in GIVEN else max(1, round(n * share)) for kind, n in kinds.items()})
    of_kind["paper"] += nodes - of_kind.total()
    links["implies"] = 0  # each prediction follows from one claim
    share = (relations - of_kind["prediction"]) / links.total()
    of_name = Counter({name: round(n * share) for name, n in links.items()})
    of_name["implies"] = of_kind["prediction"]
    of_name["states"] += relations - of_name.total()
    return of_kind, of_name


class Maker:
    """Draws everything from one seeded generator."""

    def __init__(self, kinds: Counter[str], links: Counter[str], seed: int) -> None:
        self.kinds, self.links, self.random = kinds, links, random.Random(seed)
        self.strands = [f"strand-{i}" for i in range(kinds["strand"])]
        self.claims: list[dict[str, Any]] = []
        self.question_strands: list[int] = []

    def title(self) -> str:
        said = " ".join(self.random.choices(WORDS, k=self.random.randint(6, 11)))
        return said[:1].upper() + said[1:]

    def uneven(self, count: int) -> int:
        """An index below ``count``, the small ones more often."""
        return int(count * self.random.random() ** 2)

    def picked(self, kind: str, name: str, below: int, number: int) -> list[str]:
        """``number`` different ids of a kind, of the first ``below``."""
        most = below or self.kinds[kind]
        found: dict[int, None] = {}
        while len(found) < min(number, most):
            found[self.uneven(most)] = None
        return [f"{name}-{i}" for i in found]

    def spread(self, relation: str, over: int) -> list[int]:
        """How many of a relation each of ``over`` records has: as even as whole numbers allow, in random order."""
        total = self.links[relation]
        shares = [total // over + (i < total % over) for i in range(over)]
        self.random.shuffle(shares)
        return shares

    def claim_records(self) -> list[dict[str, Any]]:
        """Claims with their predictions."""
        n = self.kinds["claim"]
        strands = self.spread("in_strand", n + self.kinds["question"])
        by = {
            name: self.spread(name, n) for name in ("states", "needs", "assumes", "builds_on", "bridges", "contradicts")
        }
        predictions, reports = self.spread("implies", n), self.spread("reports", self.kinds["prediction"])
        self.question_strands = strands[n:]
        for i in range(n):
            claim: dict[str, Any] = {
                "title": f"{self.title()} {i}", "statement": f"{self.title()} in setting {i}.", "kind": "law",
                "strands": self.random.sample(self.strands[:5], strands[i]),
                "needs": self.picked("concept", "concept", 0, by["needs"][i]),
                "assumes": self.picked("assumption", "assumption", 0, by["assumes"][i]),
                "builds-on": self.picked("claim", "claim", i, by["builds_on"][i]) if i else [],
                "sources": [
                    {"paper": paper, "role": "own-result", "where": "Sec. 2", "depth": "section"}
                    for paper in self.picked("paper", "paper", 0, max(1, by["states"][i]))
                ],
                "predictions": [self.prediction(j, reports.pop() if reports else 0) for j in range(predictions[i])],
            }  # fmt: skip
            far = [j for j in range(0, i, 7) if not set(self.claims[j]["strands"]) & set(claim["strands"])]
            claim["bridges"] = [
                {"claim": f"claim-{j}", "how": "argues", "why": "both speak of the same curve", "paper": "paper-0"}
                for j in self.random.sample(far, min(len(far), by["bridges"][i]))
            ]
            claim["contradicts"] = [
                {"claim": other, "regime": "everywhere", "why": "the signs differ", "paper": "paper-0"}
                for other in (self.picked("claim", "claim", i, by["contradicts"][i]) if i else [])
            ]
            self.claims.append({name: value for name, value in claim.items() if value})
        return self.claims

    def prediction(self, number: int, reports: int) -> dict[str, Any]:
        return {
            "id": f"p{number}", "statement": f"{self.title()} is {number}.", "type": "qualitative",
            "about": "trained-network", "frozen": {"date": "2026-01-01", "pilot": False}, "refuted-if": "It is not so.",
            "evidence": [
                {"paper": paper, "outcome": self.random.choice(["agrees", "agrees", "differs"]), "depth": "abstract"}
                for paper in self.picked("paper", "paper", 0, reports)
            ],
        }  # fmt: skip

    def question(self, shares: dict[str, list[int]], i: int) -> dict[str, Any]:
        claims = [f"claim:{name}" for name in self.picked("claim", "claim", 0, shares["asks_about"][i])]
        tested = [f"claim-{j}/p0" for j, claim in enumerate(self.claims) if "predictions" in claim]
        predicted = self.random.sample(tested, min(shares["would_settle"][i], len(tested)))
        made: dict[str, Any] = {
            "title": f"{self.title()} {i}?", "statement": f"Is it so that {self.title().lower()}?",
            "strands": self.random.sample(self.strands[:5], self.question_strands[i]), "asks-about": claims,
            "presumes": self.picked("claim", "claim", 0, shares["presumes"][i]),
            "origin": [{"paper": p, "where": "Sec. 5"} for p in self.picked("paper", "paper", 0, shares["raises"][i])],
            "settled-by": [
                {"text": "A measurement.", "answer": "yes"},
                *({"prediction": p, "if-agrees": "yes", "if-disagrees": "no"} for p in predicted),
            ],
            "stakes": "It decides what comes next.", "difficulty": self.random.choice(["easy", "medium", "hard"]),
            "attempts": [
                {"paper": p, "outcome": "partial", "note": "in a special case"}
                for p in self.picked("paper", "paper", 0, shares["bears_on"][i])
            ],
            "history": [{"date": "2026-01-01", "state": "open", "because": "paper:paper-0"}],
        }  # fmt: skip
        return {name: value for name, value in made.items() if value}

    def write(self, folder: Path) -> None:
        """Every file of the record."""
        for part in ("bib", "data/claims", "data/questions", "data/arguments", "data/runs", "scripts"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        _dump(folder / "data/strands.yaml", {
            name: {"title": f"Strand {i}", "role": "strand" if i < 5 else "perspective", "statement": "A line of work."}
            for i, name in enumerate(self.strands)
        })  # fmt: skip
        _bib(folder / "bib/all.bib", [self.title() for _ in range(self.kinds["paper"])], self.random)
        _dump(folder / "data/concepts.yaml", {
            f"concept-{i}": {"title": f"Concept {i}", "statement": "A notion."}
            | ({"requires": found} if (found := self.picked("concept", "concept", i, n) if i else []) else {})
            for i, n in enumerate(self.spread("requires", self.kinds["concept"]))
        })  # fmt: skip
        _dump(folder / "data/assumptions.yaml", {
            f"assumption-{i}": {"title": f"Assumption {i}", "statement": "It is taken for granted."}
            for i in range(self.kinds["assumption"])
        })  # fmt: skip
        readings = self.links["teaches"] // TAUGHT
        _dump(folder / "data/readings.yaml", {
            f"reading-{i}": {
                "paper": f"paper-{self.uneven(self.kinds['paper'])}", "where": "Sec. 1, 5 pages", "minutes": 30,
                "teaches": dict.fromkeys(self.picked("concept", "concept", 0, TAUGHT), "use"),
            }
            for i in range(readings)
        })  # fmt: skip
        for i, claim in enumerate(self.claim_records()):
            _dump(folder / f"data/claims/claim-{i}.yaml", claim)
        names = ("asks_about", "presumes", "raises", "would_settle", "bears_on")
        shares = {name: self.spread(name, self.kinds["question"]) for name in names}
        for i in range(self.kinds["question"]):
            _dump(folder / f"data/questions/question-{i}.yaml", self.question(shares, i))
        for i in range(self.kinds["argument"]):
            argument = {
                "title": f"{self.title()} {i}", "statement": f"{self.title()}.", "stance": "objects", "by": "machine",
                "severity": "minor", "paper": "paper-0",
                "targets": [f"claim:claim-{self.uneven(self.kinds['claim'])}"],
            }  # fmt: skip
            _dump(folder / f"data/arguments/argument-{i}.yaml", argument)


def _dump(path: Path, value: dict[str, Any]) -> None:
    """JSON is YAML; one field a line."""
    lines = [f"{json.dumps(name)}: {json.dumps(held)}" for name, held in value.items()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _bib(path: Path, titles: Sequence[str], drawn: random.Random) -> None:
    entries = []
    for i, title in enumerate(titles):
        authors = " and ".join(f"{''.join(drawn.choices('abcdefghij', k=4)).capitalize()}, A." for _ in range(2))
        year = drawn.randint(1990, 2026)
        entries.append(
            f"@misc{{paper-{i},\n  author = {{{authors}}},\n  title = {{{title} {i}}},\n  year = {{{year}}},\n}}\n"
        )
    path.write_text("\n".join(entries), encoding="utf-8")


def make(folder: Path, nodes: int, relations: int, seed: int = 1) -> None:
    """Write the record into ``folder``, which has to be new or empty."""
    kinds, links = counts(nodes, relations)
    assert set(links) <= set(RELATIONS)
    Maker(kinds, links, seed).write(folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--nodes", type=int, default=20_000)
    parser.add_argument("--relations", type=int, default=80_000)
    given = parser.parse_args()
    make(given.folder, given.nodes, given.relations)
    made = graph.load(given.folder)
    print(f"{len(made):,} nodes, {sum(1 for _ in made.edges()):,} relations in {given.folder}")


if __name__ == "__main__":
    main()
