"""The same work entered twice.

Works are brought near each other by pairs of their titles' rarest words, by their titles' heads (the text before a
colon) and by their two rarest authors; then each pair that met is judged (rapidfuzz for the edits of single words).
Blocking makes it linear: ``benchmarks/duplicates.py`` has the figures. Identifiers decide where both works have one:
two arXiv numbers are two works, so an entry with its own number is never held for a copy.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from kg.identifiers import without_version
from kg.papers import Paper
from kg.search import parts

RAREST = 5  # words of a title whose pairs are keys: with three of them mistyped, two still meet
LARGE = 40  # works under one key; beyond it they must share an author to be compared, as a common pair says little
TYPOS = 3  # letters of a title in all
COMMONER = 20  # a word that stands in so many times more titles may be the other one as it should be
SHORT = 4  # words; a title that short says little where the authors cannot be compared
YEARS_APART = 5  # a preprint and its article; the longest in the record are four years apart

_ASCII_WORD = re.compile(r"[a-z0-9]+")
_SUBTITLE = re.compile(r"[:?!—–]|\.\s| - ")
_APOSTROPHE = re.compile(r"['’ʼ`]")
_NUMERAL = re.compile(r"[0-9]+[a-z]?\Z|[ivx]+\Z", re.ASCII)
_PREPRINT_DOI = re.compile(r"10\.(?:1101|2139|5281|20944|21203|31219|31234|36227|48550)/")  # repositories of preprints
_ARXIV_DOI = re.compile(r"10\.48550/arxiv\.(.+)\Z")
SMALL_WORDS = frozenset(
    ("a", "an", "and", "as", "at", "by", "for", "from", "in", "into", "is", "its", "of", "on", "or", "the", "to",
     "via", "with")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Twins:
    """Two ids of one thing, the earlier first, and why they are held for one."""

    first: str
    second: str
    why: str


def works(papers: Iterable[Paper]) -> list[Twins]:
    """The pairs of papers that are one work: as preprint and article, with typos or TeX, with no subtitle."""
    made = [_Work.of(paper) for paper in papers]
    return _pairs(made, range(len(made)))


def of_work(paper: Paper, known: Iterable[Paper]) -> list[Twins]:
    """Those of ``known`` that are the same work as ``paper``, which is ``second`` in each pair."""
    made = [*(_Work.of(other) for other in known if other is not paper), _Work.of(paper)]
    return _pairs(made, (len(made) - 1,))


@dataclass(slots=True)
class _Work:
    key: str
    words: tuple[str, ...]
    head: tuple[str, ...]  # empty where the title has no subtitle
    people: frozenset[str]  # family names, or names of bodies
    persons: bool
    year: int | None
    arxiv: str
    doi: str

    @classmethod
    def of(cls, paper: Paper) -> _Work:
        cut = _SUBTITLE.search(paper.title)
        head = words_of(paper.title[: cut.start()]) if cut and paper.title[cut.end() :].strip() else ()
        in_doi = _ARXIV_DOI.match(paper.doi)
        arxiv = without_version((paper.arxiv or (in_doi[1] if in_doi else "")).lower())
        doi = "" if _PREPRINT_DOI.match(paper.doi) else paper.doi
        people = frozenset(_folded(author.family or author.text) for author in paper.authors)
        persons = any(author.given for author in paper.authors)
        return cls(paper.key, words_of(paper.title), head, people, persons, paper.year, arxiv, doi)


def words_of(text: str) -> tuple[str, ...]:
    """The words of ``text`` in lower case without accents and apostrophes, Greek letters and TeX by name."""
    if text.isascii() and "\\" not in text:
        return tuple(_ASCII_WORD.findall(_APOSTROPHE.sub("", text).lower()))
    return tuple(word for _, _, word in parts(_APOSTROPHE.sub("", text)))


def _folded(name: str) -> str:
    return name.lower() if name.isascii() and name.isalpha() else "".join(words_of(name))


def _pairs(made: list[_Work], probes: Iterable[int]) -> list[Twins]:
    """The twins among ``made`` of which at least one is at the places ``probes``."""
    held = Counter(word for work in made for word in set(work.words))
    ranks, writers = _ranked(held), _ranked(Counter(name for work in made for name in work.people))
    first: dict[object, int] = {}
    blocks: dict[object, list[int]] = {}  # of keys that two works have or more; most have one
    for at, work in enumerate(made):
        for key in _keys(work, ranks, writers):
            if (earlier := first.setdefault(key, at)) != at:
                block = blocks.setdefault(key, [earlier])
                if block[-1] != at:
                    block.append(at)
    wanted = set(probes)
    found: dict[tuple[int, int], str] = {}
    seen: set[tuple[int, int]] = set()
    for block in blocks.values():
        for group in _groups(block, made):
            for pair in itertools.combinations(group, 2):
                if pair not in seen and (pair[0] in wanted or pair[1] in wanted):
                    seen.add(pair)
                    if why := _one_work(made[pair[0]], made[pair[1]], held):
                        found[pair] = why
    return [Twins(made[one].key, made[other].key, found[one, other]) for one, other in sorted(found)]


def _ranked(counted: Counter[str]) -> dict[str, int]:
    """The words that stand in two works or more, rarest first, by their place in that order."""
    common = [word for word, count in counted.items() if count > 1]
    return {word: place for place, word in enumerate(sorted(common, key=lambda word: (counted[word], word)))}


def _keys(work: _Work, ranks: Mapping[str, int], writers: Mapping[str, int]) -> Iterator[object]:
    """What brings works together, as whole numbers where there are many of a kind."""
    yield work.words
    yield from _rarest_pairs(work.words, ranks, RAREST, 1)
    if work.head:
        yield work.head
        yield from _rarest_pairs(work.head, ranks, RAREST, 1)
    yield from _rarest_pairs(work.people, writers, 2, -1)
    if len(work.people) == 1:
        yield work.people
    yield from filter(None, (work.arxiv, work.doi))


def _rarest_pairs(words: Iterable[str], ranks: Mapping[str, int], most: int, sign: int) -> list[int]:
    places = sorted({ranks[word] for word in words if word in ranks})[:most]
    return [sign * (one * len(ranks) + other) for one, other in itertools.combinations(places, 2)]


def _groups(block: list[int], made: list[_Work]) -> Iterable[list[int]]:
    """``block`` as a whole, or where it is large those of its works that share an author."""
    if len(block) <= LARGE:
        return (block,)
    by_family: dict[str, list[int]] = defaultdict(list)
    for at in block:
        for family in made[at].people:
            by_family[family].append(at)
    return by_family.values()


def _one_work(a: _Work, b: _Work, held: Mapping[str, int]) -> str:
    """Why the two are one work; empty where they are not, or nothing says so."""
    if a.arxiv and b.arxiv:
        return f"both are arXiv {a.arxiv}" if a.arxiv == b.arxiv else ""
    if a.doi and b.doi:
        return f"both have the DOI {a.doi}" if a.doi == b.doi else ""
    if a.year and b.year and abs(a.year - b.year) > YEARS_APART:
        return ""
    if a.persons != b.persons:  # a body beside its members
        return "the titles are the same" if a.words == b.words and len(a.words) > SHORT else ""
    if not _authors_meet(a.people, b.people):
        return ""
    overlap = "and the lists of authors overlap"
    if alike(a.words, b.words, held):
        return "title and authors are the same" if a.people == b.people else f"the title is the same, {overlap}"
    for whole, other in ((a, b), (b, a)):
        if whole.head and not other.head and alike(whole.head, other.words, held):
            same = a.people == b.people
            return f"title without its subtitle {'and authors are the same' if same else f'is the same, {overlap}'}"
    return ""


def _authors_meet(a: frozenset[str], b: frozenset[str]) -> bool:
    """Whether half of the shorter list is in the longer, one letter aside: initials and order do not matter."""
    few, many = sorted((a, b), key=len)
    shared = len(few & many)
    if 2 * shared < len(few):
        rest = many - few
        shared += sum(
            len(name) > 4 and any(OSA.distance(name, other, score_cutoff=1) <= 1 for other in rest)
            for name in few - many
        )
    return 2 * shared >= len(few)


def alike(a: tuple[str, ...], b: tuple[str, ...], held: Mapping[str, int]) -> bool:
    """Whether two titles have the same words, in any order, but for small words, hyphens and typos.

    ``held`` says in how many titles a word stands: of a word and the same mistyped, one stands in no other title.
    """
    if a == b:
        return not SMALL_WORDS.issuperset(a)
    if len(set(a) ^ set(b)) > 2 * TYPOS + 4:
        return False
    left, right = _beyond(a, b), _beyond(b, a)
    telling = [word for word in (*left, *right) if word not in SMALL_WORDS]
    if not telling:
        return not SMALL_WORDS.issuperset(a)
    if any(_NUMERAL.match(word) for word in telling):  # Part I and Part II
        return False
    _join_parts(left, right)
    _join_parts(right, left)
    if len(left) != len(right):  # a small word more
        left, right = ([word for word in side if word not in SMALL_WORDS] for side in (left, right))
    edits = 0
    for word in left if len(left) == len(right) else ():
        near = min(right, key=lambda other: OSA.distance(word, other))
        if word not in SMALL_WORDS or near not in SMALL_WORDS:
            if not _mistyped(word, near, held):
                return False
            edits += OSA.distance(word, near)
        right.remove(near)
    return not right and edits <= TYPOS


def _beyond(words: tuple[str, ...], other: tuple[str, ...]) -> list[str]:
    """The words that ``other`` has not, or not as often."""
    lacking = Counter(words) - Counter(other)
    return list(lacking.elements())


def _join_parts(left: list[str], right: list[str]) -> None:
    """Take out words that the other side has in two parts: hyperparameter, hyper-parameter."""
    for one, two in itertools.pairwise(list(right)):
        if one + two in left:
            left.remove(one + two)
            right.remove(one)
            right.remove(two)


def _mistyped(word: str, other: str, held: Mapping[str, int]) -> bool:
    """Whether one is the other mistyped or its plural; never its opposite (stable, unstable; minimum, maximum)."""
    short, long = sorted((word, other), key=len)
    if long in (short + "s", short + "es"):
        return True
    rare, common = sorted((held.get(word, 0), held.get(other, 0)))
    if rare > 1 and common < COMMONER * rare:
        return False
    if common <= 1 and len(long) <= 3 and not {word, other} & SMALL_WORDS:  # GAN is no mistyped GNN
        return False
    if any(character.isdigit() for character in short + long):
        return False
    if long.endswith(short) and (len(long) > len(short) + 1 or long[0] == "a"):
        return False
    return _neutral(short) != _neutral(long) and OSA.distance(short, long) <= max(1, len(long) // 2)


def _neutral(word: str) -> str:
    return word.replace("max", "min").replace("output", "input")
