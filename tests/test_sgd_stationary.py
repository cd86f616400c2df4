"""The stationary variances of SGD against independent solutions, and the chains on cases with a known answer."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.linalg import solve_discrete_lyapunov

from tests import experiment

script = experiment.load("sgd_stationary")


@pytest.mark.parametrize(("eta", "h"), [(0.02, 1.0), (0.6, 3.0), (0.1, 0.3)])
def test_variance_solves_the_recursion(eta: float, h: float) -> None:
    """Eq. 2 is the fixed point of <x^2> = (1 - eta h)^2 <x^2> + eta^2 s^2 / B, solved as a Lyapunov equation."""
    solved = solve_discrete_lyapunov(np.array([[1 - eta * h]]), np.array([[eta**2 * 0.7 / 5]]))
    assert script.variance(eta, 5, h, 0.7) == pytest.approx(solved[0, 0], rel=1e-10)


@pytest.mark.parametrize(("beta", "eta"), script.MOMENTA)
def test_momentum_variance_solves_the_matrix_recursion(beta: float, eta: float) -> None:
    """Eq. 4 is the corner of the solution of the Lyapunov equation of (x, v)."""
    step = np.array([[1 - eta, beta], [-eta, beta]])  # x' = x + beta v - eta x, v' = beta v - eta x
    noise = eta**2 * np.ones((2, 2))
    assert script.variance_with_momentum(eta, beta) == pytest.approx(
        solve_discrete_lyapunov(step, noise)[0, 0], rel=1e-9
    )


def test_a_chain_without_noise_at_the_minimum_stays_there() -> None:
    """The start is the minimum, and only noise moves the chain from it."""
    assert not script.chain(lambda x: 2.0 * x, (7,), 0.1, 0.5, 10.0).any()


def test_a_chain_measures_what_follows_its_relaxation() -> None:
    """A constant force c on curvature 1 is balanced at x = c, so that the mean square is c^2 from the first value on."""
    squares = script.chain(lambda x: x - 3.0, (2,), 0.5, 0.0, 10.0)
    assert len(squares) == 300
    assert squares == pytest.approx(np.full(300, 9.0), rel=1e-9)


def test_gradients_of_examples_and_regression_have_the_stated_moments() -> None:
    """Means are h (x - mean a) and h x, and the spread at the minimum is h^2 var(a) / B and r h / B."""
    rng = np.random.default_rng(2000)
    a = rng.exponential(size=50)
    drawn = script.of_examples(rng, a, 2.0, 4)(np.full(200_000, 1.5))
    assert drawn.mean() == pytest.approx(2 * (1.5 - a.mean()), abs=0.02)
    assert drawn.var() == pytest.approx(4 * a.var() / 4, rel=0.02)
    gradient = script.of_regression(rng, 4)
    assert gradient(np.zeros((100_000, 3))).var() == pytest.approx(1 / 4, rel=0.02)
    away = gradient(np.tile([3.0, 0.0, 0.0], (100_000, 1)))
    assert away.mean(axis=0) == pytest.approx([3, 0, 0], abs=0.05)
    assert (away[:, 0] ** 2).mean() == pytest.approx(9 * (1 + 2 / 4) + 1 / 4, rel=0.05)  # <u^4> = 3


def test_components_of_the_digits_are_centred_and_not_gaussian() -> None:
    """Three directions of falling spread, the first of sd 1, with an excess kurtosis that noise inherits."""
    a = script.components()
    assert a.shape == (1000, 3)
    assert a.mean(axis=0) == pytest.approx(np.zeros(3), abs=1e-12)
    assert a[:, 0].std() == pytest.approx(1)
    assert (np.diff(a.std(axis=0)) < 0).all()


def test_a_map_measures_one_setting_alone(tmp_path: Path) -> None:
    """With eta and batch given, only that condition of the tested quantity is written."""
    out = tmp_path / "result.json"
    script.main(script.Args(seeds=2, first_seed=experiment.SEED, budget="smoke", out=out, eta=0.5, batch=7))
    result = json.loads(out.read_text())
    assert [row["condition"] for row in result["quantities"]["stationary_variance"]] == [{"eta": 0.5, "batch": 7}]
    assert set(result["quantities"]) == {"stationary_variance"}
    assert result["quantities"]["stationary_variance"][0]["measured"] == pytest.approx([0.5 / 7 / 1.5] * 2, rel=0.1)
