"""What a reader expected before a rerun, kept on this machine alone, and how well calibrated such guesses were.

``.kg/guesses.jsonl`` (ignored by git) is only ever appended to: a guess when a run starts, its outcome when it ends.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

FILE = ".kg/guesses.jsonl"
MOST = 10_000
"""Lines that are read; older ones stay in the file."""

Said = Literal["agrees", "disagrees", "undecided"]
SAID: tuple[Said, ...] = ("agrees", "disagrees", "undecided")


@dataclass(frozen=True, slots=True)
class Guess:
    """``said`` with ``confidence``, a probability; ``outcome`` is None until the run has ended."""

    run: str
    prediction: str
    said: Said
    confidence: float
    date: str
    outcome: Said | None = None

    @property
    def right(self) -> bool:
        return self.said == self.outcome


@dataclass(frozen=True, slots=True)
class Bin:
    """The guesses with about one confidence: how many, how sure on average, and the share that was right."""

    n: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Over all guesses whose run ended. ``brier``: mean squared error of the confidence, 0 at best, 0.25 for a coin."""

    n: int
    right: int
    confidence: float
    brier: float
    bins: tuple[Bin, ...]


def outcome_of(verdict: str) -> Said | None:
    """The verdict as one guesses it; None for an error, which says nothing."""
    if verdict == "error":
        return None
    return verdict if verdict in ("agrees", "disagrees") else "undecided"  # type: ignore[return-value]


def add(root: Path, guess: Guess) -> None:
    """Keep a guess. Raises OSError where the folder cannot be written."""
    _append(root, {name: value for name, value in asdict(guess).items() if value is not None})


def settle(root: Path, run: str, verdicts: dict[str, str]) -> None:
    """Keep what the run said of each prediction that was guessed at and is not settled yet. Raises OSError."""
    for guess in load(root):
        told = outcome_of(verdicts.get(guess.prediction, "error"))
        if guess.run == run and guess.outcome is None and told is not None:
            _append(root, {"run": run, "prediction": guess.prediction, "outcome": told})


def load(root: Path) -> list[Guess]:
    """All guesses, oldest first, each with its outcome where there is one. Lines that are none are passed over."""
    try:
        lines = (root / FILE).read_text(encoding="utf-8").splitlines()[-MOST:]
    except (OSError, ValueError):
        return []
    guesses: dict[tuple[str, str], Guess] = {}
    for line in lines:
        try:
            told = json.loads(line)
            key = (str(told["run"]), str(told["prediction"]))
            if "outcome" in told and key in guesses and told["outcome"] in SAID:
                guesses[key] = Guess(**{**asdict(guesses[key]), "outcome": told["outcome"]})
            elif told.get("said") in SAID and 0 < float(told["confidence"]) <= 1:
                guesses[key] = Guess(*key, told["said"], float(told["confidence"]), str(told.get("date", "")))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            continue
    return list(guesses.values())


def calibration(guesses: Iterable[Guess]) -> Calibration | None:
    """How often guesses were right against how sure they were; None before any run has ended."""
    ended = [guess for guess in guesses if guess.outcome is not None]
    if not ended:
        return None
    levels = sorted({round(guess.confidence, 2) for guess in ended})
    bins = [_bin([guess for guess in ended if round(guess.confidence, 2) == level]) for level in levels]
    return Calibration(
        len(ended),
        sum(guess.right for guess in ended),
        math.fsum(guess.confidence for guess in ended) / len(ended),
        math.fsum((guess.confidence - guess.right) ** 2 for guess in ended) / len(ended),
        tuple(bins),
    )


def _bin(held: Sequence[Guess]) -> Bin:
    n = len(held)
    return Bin(n, math.fsum(guess.confidence for guess in held) / n, sum(guess.right for guess in held) / n)


def _append(root: Path, told: dict[str, object]) -> None:
    path = root / FILE
    path.parent.mkdir(exist_ok=True)
    with open(path, "a", encoding="utf-8") as file:
        file.write(json.dumps(told, ensure_ascii=False, sort_keys=True) + "\n")
