"""Guesses before a rerun: kept in order, settled once, and their calibration against an independent count."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import guesses
from kg.guesses import Guess, Said


def kept(root: Path, told: list[tuple[str, Said, float, str]]) -> None:
    for number, (prediction, said, confidence, verdict) in enumerate(told):
        guesses.add(root, Guess(f"run{number}", prediction, said, confidence, "2026-11-26"))
        guesses.settle(root, f"run{number}", {prediction: verdict})


def test_calibration_is_the_mean_squared_error_of_the_confidence(tmp_path: Path) -> None:
    """Three guesses, two right: Brier score and bins as worked out by hand; a verdict of error settles nothing."""
    kept(
        tmp_path,
        [
            ("p", "agrees", 0.8, "agrees"),
            ("q", "agrees", 0.8, "disagrees"),
            ("p", "undecided", 0.6, "cannot-discriminate"),
            ("p", "agrees", 0.99, "error"),
        ],
    )
    found = guesses.calibration(guesses.load(tmp_path))

    assert found is not None
    assert (found.n, found.right) == (3, 2)
    assert found.brier == pytest.approx((0.2**2 + 0.8**2 + 0.4**2) / 3)
    assert found.confidence == pytest.approx(2.2 / 3)
    assert [(one.n, one.right) for one in found.bins] == [(1, 1.0), (2, 0.5)]
    assert [guess.outcome for guess in guesses.load(tmp_path)] == ["agrees", "disagrees", "undecided", None]


def test_a_guess_is_settled_once(tmp_path: Path) -> None:
    """A second look at the same run changes nothing, and writes nothing."""
    kept(tmp_path, [("p", "agrees", 0.8, "agrees")])
    before = (tmp_path / guesses.FILE).read_bytes()
    guesses.settle(tmp_path, "run0", {"p": "disagrees"})

    assert (tmp_path / guesses.FILE).read_bytes() == before


@pytest.mark.parametrize(
    "line", ["not json", "[]", "7", '{"run": "x"}', '{"run": "x", "prediction": "p", "said": "yes", "confidence": 0.5}',
             '{"run": "x", "prediction": "p", "said": "agrees", "confidence": "much"}', "[" * 100_000]
)  # fmt: skip
def test_lines_that_are_no_guesses_are_passed_over(tmp_path: Path, line: str) -> None:
    """A broken file costs its broken lines and no more."""
    kept(tmp_path, [("p", "agrees", 0.8, "agrees")])
    with open(tmp_path / guesses.FILE, "a") as file:
        file.write(line + "\n")

    assert len(guesses.load(tmp_path)) == 1


def test_nothing_kept_is_no_error(tmp_path: Path) -> None:
    """Without a file there are no guesses and there is no calibration."""
    assert guesses.load(tmp_path) == []
    assert guesses.calibration([]) is None
