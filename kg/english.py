"""Counts and lists as English says them."""

from __future__ import annotations

from collections.abc import Sequence


def counted(n: int, word: str) -> str:
    """``1 claim``, ``2 claims``, ``1,366 queries``."""
    plural = word + "s"
    if word.endswith("y") and word[-2] not in "aeo":
        plural = word[:-1] + "ies"
    elif word.endswith("ss"):
        plural = word + "es"
    return f"{n:,} {word if n == 1 else plural}"


def listed(words: Sequence[str]) -> str:
    """``a, b and c``."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
