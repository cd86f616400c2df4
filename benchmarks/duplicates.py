"""How many planted duplicates are found among 10 000 generated papers, how many pairs are wrong, and how fast.

    uv run python benchmarks/duplicates.py [seed]

Titles are made of the words of the titles in bib/, by how often each stands there, and of made-up words; authors are
made up. Beside them stand works that only look alike: parts of a series, companions by one team whose titles differ in
one word or its opposite, one head with two subtitles, one short title by two teams. The two hundred duplicates are a
sixth each: typos, TeX, a dropped subtitle, preprint and article, reordered authors, and all of it at once.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from rapidfuzz.distance import OSA

from kg import bibfile, duplicates, papers
from kg.duplicates import SMALL_WORDS, words_of
from kg.papers import Paper
from kg.reader import load

ROOT = Path(__file__).parent.parent
PAPERS, PLANTED = 10_000, 200
KINDS = ("typos", "TeX", "dropped subtitle", "preprint and article", "reordered authors", "all at once")
OPPOSITES = (("stable", "unstable"), ("finite", "infinite"), ("linear", "nonlinear"), ("convex", "concave"),
             ("minimum", "maximum"), ("typical", "atypical"), ("supervised", "unsupervised"))  # fmt: skip
ACCENTS = {"a": "{\\'a}", "e": '\\"{e}', "o": "\\^o", "u": '{\\"u}', "c": "\\v{c}", "n": "\\~n"}


@dataclass(frozen=True)
class Made:
    """A generated entry before it is written as BibTeX."""

    key: str
    title: str
    subtitle: str
    authors: tuple[tuple[str, str], ...]  # family, given
    year: int
    fields: tuple[tuple[str, str], ...]
    tex: bool = False
    initials: bool = False

    def bibtex(self, rng: random.Random) -> str:
        title = f"{self.title}: {self.subtitle}" if self.subtitle else self.title
        names = [(family, given[0] + "." if self.initials else given) for family, given in self.authors]
        if self.tex:
            title = " ".join(tex(word, rng) for word in title.split())
            names = [(accented(family, rng), given) for family, given in names]
        people = " and ".join(f"{family}, {given}" for family, given in names)
        fields = {"author": people, "title": title, "year": self.year, **dict(self.fields)}
        return f"@misc{{{self.key},\n" + "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items()) + "}\n"


def tex(word: str, rng: random.Random) -> str:
    return rng.choice((word, f"{{{word}}}", f"\\emph{{{word}}}", f"{{{word[0]}}}{word[1:]}", f"\\textbf{{{word}}}"))


def accented(name: str, rng: random.Random) -> str:
    """One letter with an accent in TeX; the generated original has none, as catalogues that lose accents do."""
    places = [at for at, letter in enumerate(name) if letter in ACCENTS]
    if not places:
        return name
    at = rng.choice(places)
    return name[:at] + ACCENTS[name[at]] + name[at + 1 :]


def mistyped(text: str, rng: random.Random) -> str:
    """One to three typos: a letter dropped, doubled, swapped with the next, or another."""
    letters = list(text)
    for _ in range(rng.randint(1, 3)):
        at = rng.choice([i for i, letter in enumerate(letters[:-1]) if letter.isalpha() and letters[i + 1].isalpha()])
        match rng.randrange(4):
            case 0:
                del letters[at]
            case 1:
                letters.insert(at, letters[at])
            case 2:
                letters[at], letters[at + 1] = letters[at + 1], letters[at]
            case _:
                letters[at] = rng.choice("abcdefghijklmnopqrstuvwxyz")
    return "".join(letters)


def another(word: str, than: str) -> bool:
    """Whether ``word`` is a word of its own beside ``than``: no small one, and not that one mistyped."""
    return word not in SMALL_WORDS and OSA.distance(word, than) > 3


def word(rng: random.Random, least: int) -> str:
    return "".join(rng.choice("bcdfglmnprstv") + rng.choice("aeiou") for _ in range(rng.randint(least, 4)))


class Generator:
    """Papers by a seeded draw."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        counted = Counter(w for paper in load(ROOT).papers.values() for w in words_of(paper.title) if w.isalpha())
        made = {word(self.rng, 3): 1 for _ in range(4_000)}
        self.words = list(counted) + list(made)
        self.weights = [*counted.values(), *made.values()]
        self.teams = [self._team() for _ in range(3_000)]
        self.number = 0

    def _team(self) -> tuple[tuple[str, str], ...]:
        size = self.rng.randint(1, 6)
        return tuple((word(self.rng, 2).title(), word(self.rng, 2).title()) for _ in range(size))

    def phrase(self, least: int, most: int) -> str:
        """Words by their weight, two of them at least telling ones where the phrase is a title."""
        while True:
            words = self.rng.choices(self.words, self.weights, k=self.rng.randint(least, most))
            if most < 2 or len(set(words) - SMALL_WORDS) > 1:
                return " ".join(words)

    def paper(self, **known: object) -> Made:
        self.number += 1
        rng = self.rng
        year = rng.randint(1995, 2026)
        identifier = ("doi", f"10.9999/{self.number}") if rng.random() < 0.5 else ("note", "a talk")
        if rng.random() < 0.5:
            identifier = ("eprint", f"{year % 100:02}01.{self.number:05}")
        subtitle = self.phrase(3, 6) if rng.random() < 0.35 else ""
        made = Made(f"k{self.number}", self.phrase(4, 10), subtitle, rng.choice(self.teams), year, (identifier,))
        return replace(made, **known)  # type: ignore[arg-type]

    def look_alikes(self) -> list[Made]:
        """Two works that a careless rule takes for one. Neither has an identifier, which would tell them apart."""
        first = self.paper(fields=())
        rest = {"authors": first.authors, "year": first.year, "fields": ()}
        match self.rng.randrange(5):
            case 0:
                second = self.paper(title=first.title + " II", subtitle=first.subtitle, **rest)
                return [replace(first, title=first.title + " I"), second]
            case 1:
                mine, other = self.rng.choice(OPPOSITES)
                return [replace(first, title=f"{mine} {first.title}"),
                        self.paper(title=f"{other} {first.title}", subtitle=first.subtitle, **rest)]  # fmt: skip
            case 2:
                words = first.title.split()
                mine = self.rng.choice(words)
                other = next(w for w in iter(lambda: self.phrase(1, 1), "") if another(w, mine))
                if mine in SMALL_WORDS:
                    return [first]
                words[words.index(mine)] = other
                return [first, self.paper(title=" ".join(words), subtitle=first.subtitle, **rest)]
            case 3:
                return [
                    replace(first, subtitle=self.phrase(3, 6)),
                    self.paper(title=first.title, subtitle=self.phrase(3, 6), **rest),
                ]
            case _:
                short = self.phrase(2, 3)
                return [replace(first, title=short, subtitle=""), self.paper(title=short, subtitle="", fields=())]

    def copy(self, original: Made, kind: str) -> Made:
        """``original`` under another key, entered otherwise."""
        rng = self.rng
        self.number += 1
        other = replace(original, key=f"k{self.number}", fields=())
        everything = kind == "all at once"
        if kind == "typos" or everything:
            other = replace(other, title=mistyped(other.title, rng))
        if kind == "TeX" or everything:
            other = replace(other, tex=True)
        if kind == "dropped subtitle":
            other = replace(other, subtitle="")
        if kind == "preprint and article" or everything:
            other = replace(
                other, title=other.title.title(), year=other.year + rng.randint(0, 3), initials=True,
                fields=(("doi", f"10.8888/{self.number}"),) if original.fields[0][0] == "eprint"
                else (("eprint", f"{original.year % 100:02}02.{self.number:05}"),),
            )  # fmt: skip
        if kind == "reordered authors" or everything:
            other = replace(other, authors=tuple(rng.sample(other.authors, len(other.authors))))
        return other


def generated(seed: int, count: int = PAPERS, planted: int = PLANTED) -> tuple[list[Paper], dict[frozenset[str], str]]:
    """The papers, and each planted pair of keys with its kind."""
    generator = Generator(seed)
    made: list[Made] = []
    while len(made) < count // 5:  # a fifth are pairs that look alike
        made += generator.look_alikes()
    while len(made) < count - planted:
        made.append(generator.paper())
    fitting = [paper for paper in made if paper.fields]
    pairs: dict[frozenset[str], str] = {}
    for number in range(planted):
        kind = KINDS[number % len(KINDS)]
        original = generator.rng.choice([p for p in fitting if p.subtitle] if kind == "dropped subtitle" else fitting)
        fitting.remove(original)
        made.append(generator.copy(original, kind))
        pairs[frozenset((original.key, made[-1].key))] = kind
    generator.rng.shuffle(made)
    text = "".join(
        paper.bibtex(generator.rng).replace("  eprint", "  archiveprefix = {arXiv},\n  eprint") for paper in made
    )
    file = bibfile.parse(text, "bib/made.bib")
    read = [papers.from_entry(entry)[0] for entry in file.entries]
    if len(read) != len(made):
        raise ValueError(f"{len(made) - len(read)} entries were not read: {file.findings[:3]}")
    return read, pairs


def figures(seed: int, count: int = PAPERS, planted: int = PLANTED) -> tuple[float, float, float, list[str]]:
    """(recall, precision, CPU seconds, what was missed or wrong)."""
    read, pairs = generated(seed, count, planted)
    start = time.process_time()
    found = {frozenset((twins.first, twins.second)) for twins in duplicates.works(read)}
    seconds = time.process_time() - start
    title = {paper.key: paper.title for paper in read}
    missed = [
        f"missed ({pairs[pair]}): {' / '.join(title[key] for key in sorted(pair))}"
        for pair in pairs
        if pair not in found
    ]
    wrong = [f"wrong: {' / '.join(title[key] for key in sorted(pair))}" for pair in found if pair not in pairs]
    hits = len(pairs) - len(missed)
    return hits / len(pairs), hits / len(found), seconds, [*missed, *wrong]


if __name__ == "__main__":
    seeds = [int(sys.argv[1])] if len(sys.argv) > 1 else range(5)
    for seed in seeds:
        recall, precision, seconds, slips = figures(seed)
        print(f"seed {seed}: recall {recall:.3f}, precision {precision:.3f}, {seconds:.2f} CPU s")
        print("".join(f"  {slip}\n" for slip in slips[:8]), end="")
