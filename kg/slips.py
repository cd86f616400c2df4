"""Whether a word is another one mistyped."""

from __future__ import annotations

from itertools import pairwise

from rapidfuzz.distance import DamerauLevenshtein

SHORTEST, _LONGER, _LONG = 4, 6, 9  # letters from which on a word is mended, by one letter for another, by two edits
_VOWELS = frozenset("aeiouy")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEIGHBOURS = frozenset(
    {row[i : i + 2] for row in _ROWS for i in range(len(row) - 1)}
    | {above[i] + below[j] for above, below in pairwise(_ROWS) for j in range(len(below))
       for i in (j, j + 1) if i < len(above)}
)  # fmt: skip


def is_slip(word: str, known: str) -> bool:
    """Whether ``word`` is likely ``known`` mistyped or misspelt, and not a word of its own.

    One edit, two from nine letters on; the first letter stands, or changes places with the second. One edit that
    puts a letter for another counts only from six letters on, between vowels and between neighbours on a keyboard; of
    four letters only neighbours that changed places count.
    """
    edits = DamerauLevenshtein.distance(word, known)
    swapped = word[:2] == known[1::-1]
    if len(word) < SHORTEST or edits > most_edits(word) or not (word[0] == known[0] or swapped):
        return False
    same = sorted(word) == sorted(known)
    if len(word) == SHORTEST:
        return same
    if edits > 1 or same or len(word) != len(known):
        return True
    if len(word) < _LONGER:
        return False
    [pair] = [{a, b} for a, b in zip(word, known, strict=True) if a != b]
    return pair <= _VOWELS or any(pair <= set(row) for row in _NEIGHBOURS)


def most_edits(word: str) -> int:
    """How many edits away a word may be of which ``word`` is a slip."""
    return 1 if len(word) < _LONG else 2
