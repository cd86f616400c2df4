"""The reproduction of learning-rate transfer: its numerics against independent ones, and the file that it writes."""

from __future__ import annotations

import math
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from kg import results
from tests import experiment
from tests.experiment import SEED

WIDTHS = (32, 64, 128, 256, 512)
STEPS = 15  # of smoke


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return experiment.load("mup_transfer")


@pytest.fixture(scope="module")
def smoke() -> tuple[dict[str, Any], list[str]]:
    return experiment.smoke("mup_transfer")


def numpy_loss_and_gradient(
    weights: list[np.ndarray], x: np.ndarray, y: np.ndarray, a: float
) -> tuple[float, list[np.ndarray]]:
    """Cross-entropy of the network of three layers and its gradient, written out, in double precision."""
    w1, w2, w3 = weights
    h1 = np.maximum(x @ w1, 0)
    h2 = np.maximum(h1 @ w2, 0)
    odds = np.exp(a * (h2 @ w3))
    shares = odds / odds.sum(axis=1, keepdims=True)
    error = a * (shares - np.eye(10)[y]) / len(x)
    d2 = (error @ w3.T) * (h2 > 0)
    d1 = (d2 @ w2.T) * (h1 > 0)
    return -float(np.log(shares[np.arange(len(y)), y]).mean()), [x.T @ d1, h1.T @ d2, h2.T @ error]


@pytest.mark.parametrize("scale", [1.0, 0.25])
def test_training_follows_an_independent_adam(script: ModuleType, scale: float) -> None:
    """Final losses agree with numpy's Adam, in its form with a rate corrected for the start, at two rates."""
    weights, x, y, batches = script.draw(SEED, 24, 0, 8)
    rates = [2.0**-7, 2.0**-5]
    measured = np.asarray(script.final_losses(weights, x, y, batches, np.float32(rates), scale))
    images, classes, order = np.asarray(x, dtype=np.float64), np.asarray(y), np.asarray(batches)
    for rate, found in zip(rates, measured, strict=True):
        now = [np.asarray(w, dtype=np.float64) for w in weights]
        first, second = [0 * w for w in now], [0 * w for w in now]
        for t, batch in enumerate(order, start=1):
            _, gradient = numpy_loss_and_gradient(now, images[batch], classes[batch], scale)
            corrected = math.sqrt(1 - 0.999**t)
            for i, (g, share) in enumerate(zip(gradient, (1, scale, 1), strict=True)):
                first[i] = 0.9 * first[i] + 0.1 * g
                second[i] = 0.999 * second[i] + 0.001 * g * g
                step = rate * share * corrected / (1 - 0.9**t)
                now[i] = now[i] - step * first[i] / (np.sqrt(second[i]) + corrected * 1e-8)
        expected, _ = numpy_loss_and_gradient(now, images, classes, scale)
        assert found == pytest.approx(expected, rel=2e-3)
        assert expected < 2.25


def test_a_draw_is_of_real_digits_and_scaled_weights(script: ModuleType) -> None:
    """A seed draws 1000 different digits of unit spread, batches without repeats, and weights of variance 1 / fan-in."""
    weights, x, y, batches = script.draw(SEED, 128, 0, 5)
    assert [w.shape for w in weights] == [(64, 128), (128, 128), (128, 10)]
    assert float(weights[0].var()) * 64 == pytest.approx(1, rel=0.05)
    assert float(weights[1].var()) * 128 == pytest.approx(1, rel=0.05)
    assert not np.asarray(weights[2]).any()
    assert len(np.unique(np.asarray(x), axis=0)) > 990
    assert float(x.mean()) == pytest.approx(0, abs=1e-5)
    assert float(x.std()) == pytest.approx(1, rel=1e-5)
    assert sorted(set(np.asarray(y).tolist())) == list(range(10))
    assert all(len(set(batch)) == 64 for batch in np.asarray(batches).tolist())
    for other in ((SEED + 1, 128, 0), (SEED, 128, 1)):
        assert np.isclose(weights[1], script.draw(*other, 5)[0][1]).mean() < 0.01


def test_maximal_update_scaling_moves_the_output_alike_at_every_width(script: ModuleType) -> None:
    """At a small rate three steps lower the loss alike under muP from width 64 to 512, and ever more in standard."""
    falls = {}
    for width in (64, 512):
        drawn = script.draw(SEED, width, 0, 3)
        for name, scale in (("mup", 32 / width), ("standard", 1.0)):
            losses = script.final_losses(*drawn, np.float32([2.0**-14]), scale)
            falls[name, width] = math.log(10) - float(losses[0])
    assert falls["mup", 512] == pytest.approx(falls["mup", 64], rel=0.3)
    assert falls["standard", 512] > 4 * falls["standard", 64]


def test_both_parameterisations_are_one_at_the_base_width(script: ModuleType) -> None:
    """At width 32 the losses are the same numbers, and at 64 they are not."""
    mup, standard = script.log_losses(SEED, 32, 1, STEPS)
    assert np.array_equal(mup, standard)
    mup, standard = script.log_losses(SEED, 64, 1, STEPS)
    assert (np.abs(mup - standard) > 1e-3).all()


def test_log_losses_are_means_over_networks(script: ModuleType) -> None:
    """Two networks of a seed give the mean of what each gives alone."""
    both, _ = script.log_losses(SEED, 64, 2, STEPS)
    rates = np.float32(2.0**script.LOG2_RATES)
    each = [script.final_losses(*script.draw(SEED, 64, network, STEPS), rates, 0.5) for network in (0, 1)]
    assert both == pytest.approx(np.log(np.asarray(each, dtype=np.float64)).mean(axis=0), rel=1e-5)


def test_best_rate_is_the_vertex_of_a_parabola(script: ModuleType) -> None:
    """An exact parabola gives its vertex back; at an end of the grid nothing is measured."""
    grid = script.LOG2_RATES
    for vertex in (-5.3, -7.0, -3.6):
        assert script.best(0.2 * (grid - vertex) ** 2 - 3) == pytest.approx(vertex)
    assert math.isnan(script.best(grid))
    assert math.isnan(script.best(-grid))
    assert script.numbers(np.array([1 / 3, math.nan])) == [0.3333333, None]


def test_smoke_run_writes_the_result_that_runs_hold(smoke: tuple[dict[str, Any], list[str]]) -> None:
    """The file has exactly the keys and shapes of a result, for every width, with finite numbers and no judgement."""
    result, _ = smoke
    assert results.problems(result) == []
    assert set(result) == {"seeds", "quantities", "preconditions", "numerical_error", "curves", "cpu_seconds"}
    assert result["seeds"] == [SEED, SEED + 1]
    widths = [{"width": width} for width in WIDTHS]
    for part, names in (
        ("quantities", {"best_rate", "best_rate_standard", "log2_best_rate", "log2_best_rate_standard"}),
        ("preconditions", {"least_loss", "least_loss_standard"}),
    ):
        assert set(result[part]) == names
        for rows in result[part].values():
            assert [row["condition"] for row in rows] == widths
            assert all(math.isfinite(value) for row in rows for value in row["measured"])
            assert all(row["measured"][0] != row["measured"][1] for row in rows)
    assert len(result["curves"]) == 2 * len(WIDTHS)


def test_smoke_run_gives_rates_and_their_logarithms(smoke: tuple[dict[str, Any], list[str]]) -> None:
    """Rates are 2 to their log2, and both parameterisations have the same at the base width."""
    quantities = smoke[0]["quantities"]
    for end in ("", "_standard"):
        pairs = zip(quantities[f"best_rate{end}"], quantities[f"log2_best_rate{end}"], strict=True)
        for rate, log in pairs:
            assert rate["measured"] == pytest.approx(2 ** np.array(log["measured"]), rel=1e-5)
    assert quantities["best_rate"][0]["measured"] == quantities["best_rate_standard"][0]["measured"]
