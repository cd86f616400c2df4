"""The same work entered twice is found, and what only looks alike is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import duplicates as benchmark
from kg import bibfile, duplicates, papers, restatements
from kg.graph import Graph, load
from kg.papers import Paper
from tests import toytree

PEOPLE = "Saxe, Andrew M. and McClelland, James L. and Ganguli, Surya"
TITLE = "Exact solutions to the nonlinear dynamics of learning"


def paper(key: str, title: str = TITLE, author: str = PEOPLE, year: int = 2014, rest: str = "") -> Paper:
    text = f"@misc{{{key}, author = {{{author}}}, title = {{{title}}}, year = {{{year}}}, {rest}}}"
    (entry,) = bibfile.parse(text, "bib/x.bib").entries
    return papers.from_entry(entry)[0]


def found(*entries: Paper) -> bool:
    return bool(duplicates.works(entries))


@pytest.mark.parametrize(
    "other",
    [
        paper("b", "Exact {S}olutions to the \\emph{Nonlinear} Dynamics of Learning"),
        paper("b", "Exact solutions to the non-linear dynamics of learning"),
        paper("b", "Exact solutoins to teh nonlinear dynamics of lerning"),
        paper("b", "Exact solution to nonlinear dynamics in learning"),
        paper("b", author="Ganguli, S. and Saxe, A. and McClelland, J."),
        paper("b", author="Saxe, Andrew M. and others", year=2016),
        paper("b", TITLE + ": deep linear networks"),
        paper("b", "Exact solutions: another title", rest="eprint = {1312.6120v3}, archiveprefix = {arXiv}"),
        paper("b", rest="doi = {10.48550/arXiv.1312.6120}"),
        paper("b", rest="doi = {10.1000/1}"),
    ],
)
def test_one_work_in_two_forms(other: Paper) -> None:
    """TeX, typos, hyphens, initials, order, a shortened list, a subtitle, a version or a DOI make no second work."""
    first = paper("a", rest="eprint = {1312.6120}, archiveprefix = {arXiv}")

    assert found(first, other)
    assert found(other, first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (paper("a", TITLE + " I"), paper("b", TITLE + " II")),
        (paper("a", "Part 1: " + TITLE), paper("b", "Part 2: " + TITLE)),
        (paper("a"), paper("b", "Exact solutions to the linear dynamics of learning")),
        (paper("a", "Stable minima of wide networks"), paper("b", "Unstable minima of wide networks")),
        (paper("a", "Typical minima of wide networks"), paper("b", "Atypical minima of wide networks")),
        (paper("a", "Maximum noise of wide networks"), paper("b", "Minimum noise of wide networks")),
        (paper("a", "The loss of GAN training"), paper("b", "The loss of GNN training")),
        (paper("a"), paper("b", author="Lovelace, Ada and Hopper, Grace")),
        (paper("a", "Networks: one subtitle"), paper("b", "Networks: another one")),
        (paper("a"), paper("b", year=2024)),
        (paper("a", author="{Hacker News}"), paper("b", author="{Reddit}")),
        (
            paper("a", rest="eprint = {1312.6120}, archiveprefix = {arXiv}"),
            paper("b", rest="eprint = {1312.6121}, archiveprefix = {arXiv}"),
        ),
        (paper("a", rest="doi = {10.1000/1}"), paper("b", rest="doi = {10.1000/2}")),
    ],
)
def test_two_works_that_look_alike(first: Paper, second: Paper) -> None:
    """Parts, opposites, other authors, other subtitles, years apart and identifiers of their own are two works."""
    assert not found(first, second)


def test_a_body_stands_for_its_members_only_under_the_whole_title() -> None:
    """A collaboration and its people are one work where a title of some length is the same to the word."""
    body = paper("a", author="{The Deep Team}")

    assert found(body, paper("b"))
    assert not found(body, paper("b", "Exact solutions to the nonlinear dynamics of lerning"))


def test_planted_duplicates_are_found() -> None:
    """Among two thousand generated papers, 60 planted pairs: at least 0.99 found, at least 0.98 of the found right."""
    recall, precision, _, slips = benchmark.figures(seed=100, count=2_000, planted=60)

    assert (recall >= 0.99, precision >= 0.98) == (True, True), slips


def test_a_probe_finds_what_the_whole_search_finds() -> None:
    """One new paper against the known ones gives its pairs and no others."""
    known = [paper("a"), paper("b", "Another title of these authors"), paper("c")]

    assert [(t.first, t.second) for t in duplicates.of_work(paper("new"), known)] == [("a", "new"), ("c", "new")]


@pytest.fixture(scope="module")
def record() -> Graph:
    return load(benchmark.ROOT)


def test_the_record_holds_nothing_twice(record: Graph) -> None:
    """No false alarm over the papers, claims, questions, arguments and concepts of the record."""
    corpus = record.corpus
    assert duplicates.works(corpus.papers.values()) == []
    for records in (corpus.claims, corpus.questions, corpus.arguments, corpus.concepts):
        texts = {name: (entry.title, entry.statement or "") for name, entry in records.items()}  # type: ignore[attr-defined]
        assert restatements.statements(texts) == []


@pytest.mark.parametrize(
    ("title", "statement", "same"),
    [
        ("{t}", "{s}", True),
        ("In other words: {t}", "{s}", True),
        ("{t}", "Nobody knows better than those who have measured it many times over.", False),
        ("{t}", "It is not so that {s}", False),
    ],
)
def test_a_claim_in_other_words(title: str, statement: str, same: bool, record: Graph) -> None:
    """A claim of the record entered again is found; its denial, or another statement under its title, is not."""
    known = {name: (claim.title, claim.statement) for name, claim in record.corpus.claims.items()}
    t, s = known["edge-of-stability"]

    twins = restatements.of_statement("new", title.format(t=t), statement.format(s=s), known)

    assert [pair.first for pair in twins] == (["edge-of-stability"] if same else [])


def test_common_words_bring_no_claims_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Claims in one vocabulary are not all compared with each other; two with rare words in common still meet."""
    compared: list[int] = []
    overlap = restatements._overlap
    monkeypatch.setattr(restatements, "_overlap", lambda *given: compared.append(1) or overlap(*given))
    words = "width depth sharpness loss kernel limit noise margin spectrum plateau"
    texts = {f"claim-{i}": (f"{words} alone{i}", f"here{i}") for i in range(2 * restatements.COMMON)}
    texts |= {f"twin-{i}": (f"{words} quokka wombat numbat", "echidna platypus bandicoot") for i in range(2)}

    found = restatements.statements(texts)
    assert [(twins.first, twins.second) for twins in found] == [("twin-0", "twin-1")]
    assert len(compared) < len(texts)


def test_the_names_of_one_thing_are_one_word(tmp_path: Path) -> None:
    """A claim in other names of the same things is the same; without the record's aliases it is another."""
    tree = toytree.copy(tmp_path)
    concepts, axes = tree / "data/concepts.yaml", tree / "data/regimes.yaml"
    sharpness = "\nsharpness: {title: Sharpness, aliases: [largest Hessian eigenvalue]}\n"
    concepts.write_text(concepts.read_text() + sharpness)
    axes.write_text(axes.read_text() + "\nstep: {title: Step size, aliases: [learning rate], meaning: The factor.}\n")
    same = restatements.synonyms(load(tree).corpus)
    known = {
        "edge": ("Sharpness settles at two over the step size", "The sharpness hovers where the step size allows.")
    }
    title = "The largest eigenvalue of the Hessian settles at two over the learning rate"
    statement = "The largest Hessian eigenvalue hovers where the learning rate allows."

    assert [t.first for t in restatements.of_statement("new", title, statement, known, same)] == ["edge"]
    assert restatements.of_statement("new", title, statement, known) == []


def test_the_nearest_of_a_paper_count_double() -> None:
    """Nearest first; kin come before what shares a little more; what shares nothing is left out."""
    known = {
        "far": ("Cats sleep", "They sleep all day."),
        "kin": ("Kernels learn slowly varying parts", "So it is seen."),
        "like": ("Kernels learn smooth parts early", "So it is."),
    }

    assert restatements.nearest("new", "Kernels learn smooth parts", "Early.", known, {}) == ["like", "kin"]
    assert restatements.nearest("new", "Kernels learn smooth parts", "Slowly.", known, {}, kin=["kin"])[0] == "kin"
