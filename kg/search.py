"""Find nodes by words, ids, authors or arXiv numbers, tolerant of typos.

SQLite's full-text index ranks (bm25, titles and ids before text); rapidfuzz mends words that the index
does not know. Both are built from the graph in memory. Greek letters and TeX commands are indexed by their names, so
that ``\\eta``, ``η`` and ``eta`` find the same; an arXiv number is found with or without its prefix and version.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from kg.graph import Graph, Node
from kg.papers import Paper
from kg.slips import SHORTEST, is_slip, most_edits

_WORD = re.compile(r"[^\W_]+")
_GREEK = re.compile(r"[\u0391-\u03c9]")
_NAMES = {"LAMDA": "lambda"}  # as Unicode spells it
_PART = re.compile(r"\\[A-Za-z]+|[\u0391-\u03c9]|(?:(?![\u0391-\u03c9])[^\W_])+")
_ARXIV = re.compile(
    r"(?:arxiv:\s*|https?://arxiv\.org/(?:abs|pdf|html)/)?\b(\d{4}\.\d{4,5})(?:v\d+)?(?:\.pdf)?\b", re.IGNORECASE
)
_FORMULA = re.compile(r"\$[^$]+\$")
MAX_QUERY = 400  # characters; longer text is a paste by mistake, and each word costs a look-up
SNIPPET = 26  # words
RARE = 10  # nodes: a word that fewer hold tells of a node by itself, beside others that it lacks
FEW = 5  # beside fewer nodes with all the words, those with some of them are shown too
PAIR = 2
_IN_ES = ("sses", "shes", "ches", "xes", "iases")  # plurals that end in es
_NO_PLURALS = frozenset(("series", "species"))
_COMMON = frozenset(
    ("a", "about", "an", "and", "are", "as", "at", "be", "by", "can", "did", "do", "does", "first", "for", "from",
     "has", "have", "how", "i", "in", "is", "it", "of", "on", "or", "read", "should", "that", "the", "there", "this",
     "to", "was", "we", "were", "what", "when", "where", "which", "who", "why", "with")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hit:
    """``snippet`` is the matching stretch of the node's text; ``mended`` maps mistyped words to those searched for."""

    address: str
    kind: str
    title: str
    snippet: str
    mended: tuple[tuple[str, str], ...] = ()


def text_of(node: Node) -> str:
    """The words of a node beyond its title and id: statement, formula, authors, venue, docstring."""
    record = node.record
    if isinstance(record, Paper):
        names = ", ".join(author.text for author in record.authors)
        return "; ".join(
            filter(None, [names, str(record.year or ""), record.venue, record.arxiv, record.doi, record.note])
        )
    said = [getattr(record, name, None) for name in ("statement", "refuted_if", "stakes", "docstring")]
    if formula := getattr(record, "formula", None):
        said.insert(1, f"${formula}$")
    return " ".join(part for part in said if part)


def _names(node: Node) -> tuple[str, ...]:
    """What a node is called: its title, and a concept's other names."""
    return node.title, *getattr(node.record, "aliases", ())


def _letter(found: re.Match[str]) -> str:
    name = unicodedata.name(found[0], "").rpartition(" LETTER ")[2].partition(" WITH ")[0].split(" ")[-1]
    return f" {_NAMES.get(name, name).lower()} " if name else found[0]


def spelled(text: str) -> str:
    """``text`` with Greek letters by their names and compatible characters as plain ones: ``2/η`` is ``2/ eta ``."""
    return _GREEK.sub(_letter, unicodedata.normalize("NFKC", text))


def parts(text: str) -> list[tuple[int, int, str]]:
    """The words of ``text`` as (start, end, how the index spells it): lower case, no accents, Greek by name."""
    found = []
    for word in _PART.finditer(text):
        bare = word[0]
        if not bare.isascii():
            bare = "".join(c for c in unicodedata.normalize("NFKD", spelled(bare)) if not unicodedata.combining(c))
        found.append((word.start(), word.end(), bare.strip().lstrip("\\").casefold()))
    return found


def _like(word: str, term: str) -> bool:
    return word.startswith(term) or _stem(word).startswith(term) if len(term) > 2 else word == term


def marked(text: str, terms: Collection[str]) -> list[tuple[int, int]]:
    """Where ``text`` holds a word that begins like one of ``terms``."""
    return [(start, end) for start, end, word in parts(text) if any(_like(word, term) for term in terms)]


def snippet(text: str, terms: Collection[str]) -> str:
    """The stretch of ``text`` with most of ``terms``, about ``SNIPPET`` words; a formula is never cut."""
    words = parts(text)
    if not words:
        return ""
    hits = [next((term for term in terms if _like(word, term)), "") for _, _, word in words]
    starts = [max(0, at - 6) for at, hit in enumerate(hits) if hit] or [0]
    first = max(starts, key=lambda at: (len({*hits[at : at + SNIPPET]} - {""}), -at))
    last = min(first + SNIPPET, len(words)) - 1
    begin, end = (words[first][0] if first else 0), (len(text) if last == len(words) - 1 else words[last][1])
    for formula in _FORMULA.finditer(text):
        begin = formula.start() if formula.start() < begin < formula.end() else begin
        end = formula.end() if formula.start() < end < formula.end() else end
    return f"{'…' * (begin > 0)}{' '.join(text[begin:end].split())}{'…' * (end < len(text))}"


class Index:
    """The full-text index of one graph."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.execute(
            "CREATE VIRTUAL TABLE nodes USING fts5"
            "(address UNINDEXED, name, title, body, tokenize = 'unicode61 remove_diacritics 2')"
        )
        rows = [
            (n.address, n.address.replace("-", " "), _indexed(" ".join(_names(n))), _indexed(text_of(n)))
            for n in graph.nodes()
        ]
        self._named: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for node in graph.nodes("concept"):
            for name in _names(node):
                self._named[tuple(terms_of(None, name))].append(node.address)
        self._database.executemany("INSERT INTO nodes VALUES (?, ?, ?, ?)", rows)
        self._words = Counter(word.casefold() for row in rows for part in row[1:] for word in _WORD.findall(part))

    def named(self, query: str) -> list[str]:
        """The concepts of which ``query`` is a name: their title or an alias, but for plurals and small words."""
        return list(dict.fromkeys(self._named.get(tuple(terms_of(None, query)), ())))

    def find(self, query: str, kind: str | None = None, limit: int = 20) -> list[Hit]:
        """The best ``limit`` nodes, of one kind or of all. An address or id that is typed exactly comes first.

        A concept that is called so comes next.
        """
        query = query.strip()[:MAX_QUERY]
        exact, _ = self._graph.resolve(query)
        words = [word for _, _, word in parts(_whole(_ARXIV.sub(r"\1", query)))]
        mended = tuple((word, near) for word in dict.fromkeys(words) if (near := self._mend(word)) != word)
        terms = _sought(words, dict(mended))
        hits = self._match(" AND ", terms, mended, kind, limit) if terms else []
        if not hits and len(terms) == PAIR:
            hits = self._match(" AND ", [self._rarer(terms, kind)], mended, kind, limit)
        elif len(hits) < min(limit, FEW) and len(terms) > 1:
            hits += self._hits(self._most(terms, kind)[:limit], terms, mended)
        for address in [*filter(None, [exact]), *self.named(query)][::-1]:
            node = self._graph.node(address)
            hits.insert(0, Hit(address, node.kind, node.title, snippet(text_of(node), ())))
        first: dict[str, Hit] = {}
        for hit in hits:
            if kind is None or hit.kind == kind:
                first.setdefault(hit.address, hit)
        return list(first.values())[:limit]

    def absent(self, query: str) -> list[tuple[str, str]]:
        """The words of ``query`` that no node holds, each with the one searched for in its place ('' for none)."""
        words = [word for _, _, word in parts(_whole(_ARXIV.sub(r"\1", query.strip()[:MAX_QUERY])))]
        found = []
        for word in dict.fromkeys(words):
            if word not in _COMMON and not any(self._held(spelling) for spelling in (word, _stem(word))):
                near = self._mend(word)
                found.append((word, near if near != word else ""))
        return found

    def apart(self, query: str, kind: str | None = None) -> str:
        """That no node (of one kind) holds all words of ``query``, and what is shown then; '' where one does."""
        query = query.strip()[:MAX_QUERY]
        words = list(dict.fromkeys(word for _, _, word in parts(_whole(_ARXIV.sub(r"\1", query)))))
        terms = _sought(words, {word: self._mend(word) for word in words})
        telling = [word for word in words if word not in _COMMON] or words
        known = self._graph.resolve(query)[0] or self.named(query) or query.replace(".", "").isdigit()
        if len(set(terms)) < PAIR or known or self._match(" AND ", terms, (), kind, 1):
            return ""
        here = kind or "record"
        if len(terms) > PAIR:
            return f"no {here} holds all of these words; what follows holds some of them"
        rarer = self._rarer(terms, kind)
        follows = f"; what follows holds {rarer!r}" if self._count(rarer, kind) else ""
        return f"no {here} holds both {telling[0]!r} and {telling[1]!r}{follows}"

    def _rarer(self, terms: list[str], kind: str | None) -> str:
        return min(terms, key=lambda term: self._count(term, kind))

    def _count(self, term: str, kind: str | None) -> int:
        return len(self._addresses(" AND ", [term], kind, len(self._graph)))

    def _most(self, terms: list[str], kind: str | None) -> list[str]:
        """The nodes with some of ``terms``, those with most of them first; a common word alone is not enough."""
        everything = len(self._graph)
        held = {term: set(self._addresses(" AND ", [term], kind, everything)) for term in dict.fromkeys(terms)}
        count = Counter(address for addresses in held.values() for address in addresses)
        telling = {address for addresses in held.values() if len(addresses) <= RARE for address in addresses}
        best = max(count.values(), default=0)
        ranked = self._addresses(" OR ", terms, kind, everything)
        kept = [address for address in ranked if count[address] > 1 or best == 1 or address in telling]
        return sorted(kept, key=lambda address: -count[address])

    def _match(
        self, joined: str, terms: list[str], mended: tuple[tuple[str, str], ...], kind: str | None, limit: int
    ) -> list[Hit]:
        return self._hits(self._addresses(joined, terms, kind, limit), terms, mended)

    def _hits(self, addresses: list[str], terms: list[str], mended: tuple[tuple[str, str], ...]) -> list[Hit]:
        nodes = [self._graph.node(address) for address in addresses]
        return [Hit(node.address, node.kind, node.title, snippet(text_of(node), terms), mended) for node in nodes]

    def _addresses(self, joined: str, terms: list[str], kind: str | None, limit: int) -> list[str]:
        """The best ``limit`` nodes with all or any of ``terms``."""
        rows = self._database.execute(
            "SELECT address FROM nodes WHERE nodes MATCH ? AND address LIKE ? "
            "ORDER BY bm25(nodes, 0, 8, 10, 1), address LIMIT ?",
            (joined.join(f'"{term}"' + "*" * (len(term) > 2) for term in terms), f"{kind}:%" if kind else "%", limit),
        )
        return [address for (address,) in rows]

    def _held(self, word: str) -> bool:
        """Whether some node holds ``word``, or a longer word that begins so."""
        return word in self._words or (len(word) > 2 and any(known.startswith(word) for known in self._words))

    def _mend(self, word: str) -> str:
        """``word`` if some node holds it (or a longer word that begins so), else the word of which it may be a slip."""
        if len(word) < SHORTEST or self._held(word):
            return word
        near = process.extract(
            word, list(self._words), scorer=DamerauLevenshtein.distance, score_cutoff=most_edits(word), limit=None
        )
        slips = [(edits, known) for known, edits, _ in near if is_slip(word, known)]
        return min(slips, key=lambda slip: (slip[0], -self._words[slip[1]], slip[1]))[1] if slips else word


def absence(absent: Iterable[tuple[str, str]], quote: str = "''", shown: Callable[[str], str] = str) -> list[str]:
    """What is said of words that the record does not hold: ``no 'hebbian' in the record; near: hessian``."""
    return [
        f"no {quote[0]}{shown(word)}{quote[1]} in the record" + (f"; near: {shown(near)}" if near else "")
        for word, near in absent
    ]


def terms_of(hit: Hit | None, query: str) -> list[str]:
    """The words that a search for ``query`` looked for, as the index spells them; for ``marked``."""
    words = [word for _, _, word in parts(_whole(_ARXIV.sub(r"\1", query[:MAX_QUERY])))]
    return _sought(words, dict(hit.mended) if hit else {})


def _sought(words: list[str], mended: dict[str, str]) -> list[str]:
    """The words to look for: mended, without plurals, and without the commonest where there are others."""
    telling = [word for word in words if word not in _COMMON] or words
    return [_stem(mended.get(word, word)) for word in telling]


def _stem(word: str) -> str:
    """Without the ending of a plural: a search for kernels finds kernel, one for memories memory, for losses loss."""
    if len(word) <= 4 or word in _NO_PLURALS:
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(_IN_ES):
        return word[:-2]
    return word[:-1] if word.endswith("s") and word[-2] not in "sui" else word


def _whole(text: str) -> str:
    """Greek letters by name, in one word with the letters that they touch: ``μP`` and ``$\\mu$P`` are muP."""
    joined = re.sub(r"\$\\([A-Za-z]+)\$(?=[A-Za-z])", r"\1", text)
    return _GREEK.sub(lambda letter: _letter(letter).strip(), joined)


def _indexed(text: str) -> str:
    """What the index holds of ``text``: letters by name, and words that a letter is part of also in one."""
    whole = _whole(text)
    plain = spelled(text)
    words = {word.casefold() for word in _WORD.findall(plain)}
    folded = {_stem(word) for word in words if word.endswith(("ies", *_IN_ES))} - words
    return f"{plain} {' '.join(set(whole.split()) - set(text.split()))} {' '.join(sorted(folded))}"
