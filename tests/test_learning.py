"""Concepts can be learned from nothing: taught, in an order that can be kept, in minutes by one rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import levels, reader
from kg.checks import learning
from kg.corpus import Corpus
from kg.records import Reading
from kg.relations import split_address
from tests import toytree

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def record() -> Corpus:
    return reader.load(ROOT)


def with_readings(tmp_path: Path, text: str) -> Corpus:
    """The toy tree with other readings; its concepts are gradient-descent, and curvature, which requires it."""
    tree = toytree.copy(tmp_path)
    (tree / "data/readings.yaml").write_text(text, encoding="utf-8")
    return reader.load(tree)


def line(name: str, teaches: str, requires: str = "", where: str = "all", minutes: int = 5) -> str:
    rest = f", requires: {{{requires}}}" if requires else ""
    return f"{name}: {{paper: saxe2014exact, where: {where}, minutes: {minutes}, teaches: {{{teaches}}}{rest}}}\n"


def test_a_chain_is_followed_whatever_its_order(tmp_path: Path) -> None:
    """A reading counts once all that it requires is known, wherever it stands in the file."""
    last = line("last", "curvature: derive", "gradient-descent: use")
    corpus = with_readings(tmp_path, last + line("first", "gradient-descent: use"))

    assert learning.reachable(corpus) == {"gradient-descent": "use", "curvature": "derive"}


def test_two_readings_that_wait_for_each_other_teach_nothing(tmp_path: Path) -> None:
    """Readings that require one another cannot be begun, and both are found."""
    one = line("one", "gradient-descent: meet", "curvature: meet")
    corpus = with_readings(tmp_path, one + line("two", "curvature: meet", "gradient-descent: meet"))

    assert learning.reachable(corpus) == {}
    assert [f.rule for f in learning.check(corpus)] == ["reading-out-of-reach", "reading-out-of-reach"]


def test_a_level_is_not_had_from_a_lower_one(tmp_path: Path) -> None:
    """Meeting a concept is not enough for a reading that requires its use."""
    low = line("low", "gradient-descent: meet")
    corpus = with_readings(tmp_path, low + line("high", "curvature: meet", "gradient-descent: use"))

    assert learning.reachable(corpus) == {"gradient-descent": "meet"}


def test_requirements_default_to_direct_prerequisites(tmp_path: Path) -> None:
    """A reading without requires asks for the direct prerequisites of what it teaches, less what it teaches itself."""
    both = line("both", "gradient-descent: use, curvature: use")
    corpus = with_readings(tmp_path, line("curved", "curvature: derive") + both)

    assert levels.requirements(corpus, corpus.readings["curved"]) == {"gradient-descent": "meet"}
    assert levels.requirements(corpus, corpus.readings["both"]) == {}


@pytest.mark.parametrize(
    ("where", "level", "due"),
    [
        ("whole paper, 12 pages", "meet", 40),
        ("whole paper, 12 pages", "use", 75),
        ("whole letter, 4 pages", "derive", 50),
        ("whole post, 3563 words", "meet", 20),
        ("whole post, 16397 words", "use", 165),
        ("a note, 20 words", "meet", 5),
        ("Sec. 1", "use", None),
    ],
)
def test_minutes_by_the_written_rule(where: str, level: str, due: int | None) -> None:
    """3, 6 or 12 minutes a page and 200, 100 or 50 words a minute, by the highest level, rounded up to the next 5."""
    reading = Reading.model_validate(
        {"paper": "x", "where": where, "minutes": "5", "teaches": {"svd": level, "ntk": "meet"}}
    )

    assert levels.minutes(reading) == due


def test_the_record_can_be_learned_from_nothing(record: Corpus) -> None:
    """Every concept that is in the record, a claim needs or a question asks about can be reached from no knowledge."""
    goals = set(record.concepts)
    goals |= {concept for claim in record.claims.values() for concept in claim.needs}
    targets = [split_address(target) for question in record.questions.values() for target in question.asks_about]
    goals |= {name for kind, name in targets if kind == "concept"}

    assert goals - set(learning.reachable(record)) == set()


def test_every_question_and_strand_has_a_goal(record: Corpus) -> None:
    """A reading list has where to go: a concept that is asked about, or one that a claim needs that is asked about."""
    needs = {name: set(claim.needs) for name, claim in record.claims.items()}
    for name, question in record.questions.items():
        goals: set[str] = set()
        for kind, target in [*map(split_address, question.asks_about), *(("claim", c) for c in question.presumes)]:
            goals |= {target} if kind == "concept" else needs[target.partition("/")[0]]
        assert goals, name
    for strand in record.strands:
        assert any(strand in claim.strands and claim.needs for claim in record.claims.values()), strand
