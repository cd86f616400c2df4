"""BibTeX from anywhere -> entries as this bibliography has them, keyed, and held against what is there."""

from __future__ import annotations

import itertools
import re
import string
import unicodedata
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

from kg import bibfile, duplicates, identifiers, latex, papers
from kg.bibfile import BibEntry
from kg.contribute.bibstyle import FIELDS
from kg.contribute.change import Refused
from kg.duplicates import SMALL_WORDS, words_of
from kg.findings import as_text
from kg.papers import Paper

LEFT_OUT = {"month", "isbn", "primaryclass", "address", "series"}  # true, and in no entry of this bibliography
_KNOWN_TYPES = {"article", "book", "inproceedings", "incollection", "phdthesis", "misc", "proceedings", "techreport"}
_IN_VENUE = re.compile(r"(?:arxiv\b|corr\b).*?(\d{4}\.\d{4,5}|[a-z-]+/\d{7})", re.IGNORECASE)
_CAPITAL = re.compile(r"(?<![A-Za-z\\{$])[A-Z][a-z]+(?![A-Za-z])")
_LONGER = re.compile(r"(?<![\w-])[A-Za-z]{4,}")
_KEY = re.compile(r"[^a-z0-9]")
_BLOCK = re.compile(r"@\w*\s*[{(]")
_REFUSED = frozenset({bibfile.UNSPLIT_NAME.name})
"""Warnings in the bibliography, and no entry comes with them: the key is made of the first author's name."""


Choose = Callable[[str, str, Paper, Collection[str]], str]
"""Called with a key, a free one in its place, the paper that has the key, and all keys (case-folded) that are taken."""


@dataclass(frozen=True)
class Addition:
    """One entry as it is to be written, the paper that it becomes, what is the same work already, and what was done."""

    text: str
    paper: Paper
    twins: tuple[tuple[str, str], ...]  # key and why
    notes: tuple[str, ...]


def additions(
    text: str,
    known: Iterable[Paper],
    *,
    fresh_keys: bool,
    key: str | None = None,
    source: str = "the BibTeX given",
    choose: Choose | None = None,
) -> list[Addition]:
    """The entries of ``text``, which findings call ``source``.

    ``fresh_keys``: keys are made here, as those of a host say nothing; ``key``: this one. ``choose`` says
    which key a work has whose key another work has; without it, that is the free one. Raises Refused, with every
    finding and its line, where ``text`` is no sound BibTeX, names do not split, or ``key`` fits no one entry.
    """
    if key is not None and not identifiers.is_citation_key(key):
        raise Refused(f"{key!r} is no citation key; the record's keys read like 'saxe2014exact'")
    if text.strip() and not _BLOCK.search(text):
        row, first = next((at, line.strip()) for at, line in enumerate(text.split("\n"), 1) if line.strip())
        form = "@article{key, title = {…}, author = {…}, journal = {…}, year = {…}}"
        raise Refused(f"{source}:{row}: bib-syntax: found {first[:60]!r}: this is not BibTeX; it reads {form}")
    read = bibfile.parse(text if text.endswith("\n") else text + "\n", source)
    if wrong := [finding for finding in read.findings if finding.severity == "error" or finding.rule in _REFUSED]:
        raise Refused(as_text(wrong))
    there = list(known)
    if key is not None and len(read.entries) != 1:
        raise Refused(f"--key names one entry, and this input holds {len(read.entries)}; give each entry its own key")
    if key is not None and any(key.casefold() == paper.key.casefold() for paper in there):
        raise Refused(f"the key {key!r} is taken; choose another --key")
    names, given = _names(there), papers.given_names(there)
    made: list[Addition] = []
    for entry in read.entries:
        addition = _addition(entry, there, names, fresh_keys, key, choose)
        if joined := papers.run_together(addition.paper, given):
            raise Refused(str(papers.RUN_TOGETHER.at(entry.at("author"), joined)))
        made.append(addition)
        there.append(addition.paper)
    return made


def _addition(
    entry: BibEntry,
    known: list[Paper],
    names: Collection[str],
    fresh_keys: bool,
    chosen: str | None,
    choose: Choose | None,
) -> Addition:
    notes: list[str] = []
    fields = _fields(entry, notes)
    if _in_title_case(latex.to_text(fields.get("title", ""))):
        fields["title"] = sentence_case(fields["title"], names)
        notes.append("the title was put in sentence case; look at its names")
    kind = entry.type if entry.type in _KNOWN_TYPES else "misc"
    if (kind, "journal" in fields) == ("article", False):
        kind = "inproceedings" if "booktitle" in fields else "misc"
    if kind != entry.type:
        lacking = " without a journal" if entry.type == "article" else ""
        notes.append(f"@{entry.type}{lacking} was made @{kind}")
    made = replace(entry, type=kind, fields=fields)
    paper, findings = papers.from_entry(made)
    if wrong := [finding for finding in findings if finding.severity == "error"]:
        raise Refused(as_text(wrong))
    taken = {other.key.casefold() for other in known}
    usual = key_of(paper)
    telling = identifiers.is_citation_key(paper.key) and not paper.key.isdecimal()
    given = paper.key if telling and not fresh_keys else usual
    wanted = chosen or given
    key = _free(wanted, taken)
    twins = tuple((twin.first, twin.why) for twin in duplicates.of_work(replace(paper, key=key), known))
    if key != wanted and not twins and choose:
        holder = next(other for other in known if other.key.casefold() == wanted.casefold())
        key = choose(wanted, key, holder, taken)
    elif key != wanted:
        notes.append(f"the key {wanted!r} is taken, so this is {key!r}")
    elif key != usual and not chosen:
        notes.append(f"the key {key!r} was kept, and is for good; the record's keys read {usual!r} (--key sets it)")
    if paper.key.isdecimal() and not fresh_keys and not chosen:
        notes.append(f"the key {paper.key!r} is a number that tells nothing, so this is {key!r} (--key sets it)")
    notes += [
        f"{name.family!r} was read as the family name of {name.given!r}; if these are two authors, join them by ' and '"
        for name in papers.two_full_names(paper)
    ]
    paper = replace(paper, key=key)
    rows = "".join(f"  {name} = {{{fields[name]}}},\n" for name in sorted(fields, key=FIELDS.index))
    return Addition(f"@{kind}{{{key},\n{rows}}}\n", paper, twins, tuple(notes))


def _fields(entry: BibEntry, notes: list[str]) -> dict[str, str]:
    """The fields that this bibliography holds, identifiers bare and each in its own field."""
    said = dict(entry.fields)
    url = said.get("url", "")
    eprint = identifiers.arxiv(said.get("eprint", "")) or identifiers.arxiv(url)
    for name in ("journal", "booktitle", "howpublished", "note", "publisher"):
        if found := _IN_VENUE.search(said.get(name, "")):
            eprint = eprint or identifiers.arxiv(found[1])
            said.pop(name)
        elif said.get(name, "").strip().lower() in ("arxiv", "corr"):
            said.pop(name)
    doi = identifiers.doi(said.get("doi", "") or url)
    if doi and doi.startswith("10.48550/arxiv."):
        eprint, doi = eprint or identifiers.arxiv(doi.removeprefix("10.48550/arxiv.")), None
    if said.get("doi") and not doi and not eprint:
        doi = said["doi"]  # wrong, and said so when it is read
    said.pop("doi", None)
    if eprint:
        said |= {"eprint": identifiers.without_version(eprint), "archiveprefix": "arXiv"}
    if doi:
        said["doi"] = doi
    if url and (eprint or doi):
        said.pop("url")
    dropped = sorted(name for name in said if name not in FIELDS or name in LEFT_OUT)
    if dropped:
        notes.append(f"left out: {', '.join(dropped)}")
    kept = {name: value for name, value in said.items() if name not in dropped and value.strip()}
    if "pages" in kept:
        kept["pages"] = re.sub(r"(?<=\w)\s*(?:-{1,3}|–|—)\s*(?=\w)", "--", kept["pages"])
    return kept


def _in_title_case(title: str) -> bool:
    """Whether most longer words after the first have a capital; stricter than the check, as no one has looked yet."""
    words = _LONGER.findall(title)[1:]
    return len(words) > 1 and sum(word[0].isupper() for word in words) > 0.7 * len(words)


def sentence_case(title: str, names: Collection[str]) -> str:
    """``title`` with capitals only at its start and where ``names`` has the word; TeX in braces stays as it is."""

    def lower(found: re.Match[str]) -> str:
        return str(found[0]) if found.start() == 0 or found[0] in names else str(found[0]).lower()

    return str(_CAPITAL.sub(lower, title))


def _names(known: list[Paper]) -> set[str]:
    """Words that titles here write with a capital after a lower-case word, and families: Gaussian, Bayes."""
    found = {author.family for paper in known for author in paper.authors}
    for paper in known:
        found |= set(re.findall(r"(?<=[a-z] )[A-Z][a-z]+", paper.title))
    return found


def key_of(paper: Paper) -> str:
    """``saxe2014exact``: the first author's family name, the year, the first telling word of the title."""
    author = paper.authors[0] if paper.authors else None
    family = (author.family or author.text) if author else "anonymous"
    telling = next((word for word in words_of(paper.title) if word not in SMALL_WORDS), "")
    plain = "".join(c for c in unicodedata.normalize("NFKD", f"{family}{paper.year or ''}{telling}") if c.isascii())
    return _KEY.sub("", plain.lower())[:80] or "paper"


def _free(key: str, taken: Collection[str]) -> str:
    ends: Iterable[str] = itertools.chain(["", *string.ascii_lowercase], map(str, itertools.count(2)))
    return next(key + end for end in ends if (key + end).casefold() not in taken)
