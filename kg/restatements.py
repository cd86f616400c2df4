"""The same thing said twice: claims or questions whose words are the same in another order or form.

Words are compared without their endings, rare ones counting more; the names of one thing (``aliases`` of concepts and
axes) are one word. What denies another record, or gives another number, does not repeat it.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping

from kg.corpus import Corpus
from kg.duplicates import SMALL_WORDS, Twins, words_of

OVERLAP = 0.5  # of the words of two claims, rare ones counting more; unlike claims of the record stay below 0.35
TITLES = 0.6  # the same for titles alone, where the whole overlaps by half of that
TELLING = 12  # words of a claim by which it meets others, two of them in common
COMMON = 200  # claims that hold a word: a commoner one brings none together, so that pairs grow with claims alone

_DENIALS = frozenset(("cannot", "fails", "less", "neither", "never", "no", "none", "nor", "not", "only", "without"))
_ENDINGS = ("ing", "ed", "es", "s")

Said = Mapping[str, tuple[str, str]]
"""Title and statement, by id."""

Synonyms = Mapping[frozenset[str], str]
"""The stems of a name, in any order, and the one word that all names of that thing become."""
NONE: Synonyms = {}


def synonyms(corpus: Corpus) -> Synonyms:
    """The names of those concepts and axes that have more than one: sharpness is the largest Hessian eigenvalue."""
    named = {key: (axis.title, *axis.aliases) for key, axis in corpus.regimes.items()}
    named |= {key: (concept.title, *concept.aliases) for key, concept in corpus.concepts.items()}
    return {frozenset(_stems(name)): f"={key}" for key, names in named.items() if len(names) > 1 for name in names}


def statements(texts: Said, same: Synonyms = NONE) -> list[Twins]:
    """The pairs of ``texts`` that say the same."""
    return _same_said(texts, None, same)


def of_statement(name: str, title: str, statement: str, known: Said, same: Synonyms = NONE) -> list[Twins]:
    """Those of ``known`` that say what the new record ``name`` says, which is ``second`` in each pair."""
    others = {key: text for key, text in known.items() if key != name}
    return _same_said({**others, name: (title, statement)}, name, same)


def nearest(
    name: str, title: str, statement: str, known: Said, same: Synonyms, kin: Collection[str] = (), most: int = 3
) -> list[str]:
    """The ids in ``known`` whose words are nearest to those of the new record ``name``; ``kin`` count double."""
    texts = {**{key: text for key, text in known.items() if key != name}, name: (title, statement)}
    wholes, weight = _weighed(texts, same)
    own = wholes.pop(name)
    near = {key: _overlap(own, other, weight) * (2 if key in kin else 1) for key, other in wholes.items()}
    return sorted((key for key, said in near.items() if said), key=lambda key: -near[key])[:most]


def _weighed(texts: Said, same: Synonyms) -> tuple[dict[str, frozenset[str]], dict[str, float]]:
    """The words of each text, and how much each word weighs: rare ones more."""
    wholes = {key: _words(title, same) | _words(statement, same) for key, (title, statement) in texts.items()}
    held = Counter(stem for stems in wholes.values() for stem in stems)
    return wholes, {stem: math.log(1 + len(texts) / count) for stem, count in held.items()}


def _same_said(texts: Said, probe: str | None, same: Synonyms) -> list[Twins]:
    titles = {key: _words(title, same) for key, (title, _) in texts.items()}
    wholes, weight = _weighed(texts, same)
    held = Counter(stem for stems in wholes.values() for stem in stems)
    meeting: dict[str, list[str]] = defaultdict(list)
    for key, stems in wholes.items():
        for stem in sorted(stems, key=lambda stem: (held[stem] == 1, held[stem], stem))[:TELLING]:
            if held[stem] <= COMMON:
                meeting[stem].append(key)
    pairs = Counter(pair for keys in meeting.values() for pair in itertools.combinations(keys, 2))
    order = {key: at for at, key in enumerate(texts)}
    found = []
    for (one, other), met in pairs.items():
        if met < 2 or (probe is not None and probe not in (one, other)):
            continue
        said = _overlap(wholes[one], wholes[other], weight)
        alike = said >= OVERLAP or (said >= OVERLAP / 2 and _overlap(titles[one], titles[other], weight) >= TITLES)
        if alike and not _denied(texts[one], texts[other]):
            found.append(Twins(one, other, f"{said:.0%} of their telling words are the same"))
    return sorted(found, key=lambda twins: (order[twins.first], order[twins.second]))


def _overlap(one: frozenset[str], other: frozenset[str], weight: Mapping[str, float]) -> float:
    """The share of the words of either that both have, rare words counting more."""
    return sum(weight[stem] for stem in one & other) / (sum(weight[stem] for stem in one | other) or 1.0)


def _denied(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether one denies what the other says, or gives another number."""
    a, b = (Counter(word for text in pair for word in words_of(text)) for pair in (one, other))
    telling = (a - b) + (b - a)
    return any(word in _DENIALS or word.isdigit() for word in telling)


def _words(text: str, same: Synonyms) -> frozenset[str]:
    """The stems of ``text`` without small words; the longest stretches that are a name become what it stands for."""
    stems, found, at = _stems(text), set(), 0
    longest = max(map(len, same), default=0)
    while at < len(stems):
        ends = range(min(len(stems), at + longest), at, -1)
        end = next((end for end in ends if frozenset(stems[at:end]) in same), 0)
        found.add(same[frozenset(stems[at:end])] if end else stems[at])
        at = end or at + 1
    return frozenset(found)


def _stems(text: str) -> list[str]:
    return [stem for word in words_of(text) if (stem := _stem(word)) not in SMALL_WORDS]


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 3:
            return word.removesuffix(ending)
    return word
