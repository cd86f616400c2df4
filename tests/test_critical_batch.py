"""The best step of a batch and the noise scale, against sums over all batches, numpy and a quadratic."""

from __future__ import annotations

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests import experiment

script = experiment.load("critical_batch")


def small() -> tuple[jax.Array, jax.Array, jax.Array]:
    """Weights of a seed, and its first five digits."""
    theta, x, y = script.draw(experiment.SEED)
    return theta, x[:5], y[:5]


def test_gradients_of_examples_average_to_that_of_the_mean_loss() -> None:
    """The mean of g_i is the gradient of the mean loss, and one entry is a difference quotient."""
    theta, x, y = small()
    g = np.asarray(script.gradients(theta, x, y))
    assert g.shape == (5, 64 * 16 + 16 + 16 * 10 + 10)
    assert g.mean(axis=0) == pytest.approx(np.asarray(jax.grad(script.loss)(theta, x, y)), abs=1e-6)
    way = jnp.zeros_like(theta).at[-1].set(1e-2)
    slope = (script.loss(theta + way, x, y) - script.loss(theta - way, x, y)) / 2e-2
    assert g.mean(axis=0)[-1] == pytest.approx(float(slope), abs=1e-4)


def test_curvatures_are_those_of_the_whole_hessian() -> None:
    """d.H d by products equals that with the Hessian of the output layer's biases written out."""
    theta, x, y = small()
    hessian = jax.hessian(lambda b: script.loss(theta.at[-10:].set(b), x, y))(theta[-10:])
    ways = np.random.default_rng(experiment.SEED).normal(size=(3, 10))
    padded = np.zeros((3, theta.size))
    padded[:, -10:] = ways
    wanted = np.einsum("ki,ij,kj->k", ways, np.asarray(hessian), ways)
    assert np.asarray(script.curvatures(theta, x, y, jnp.float32(padded))) == pytest.approx(wanted, rel=1e-3)


def test_the_best_step_on_a_quadratic_is_that_of_the_formula() -> None:
    """Averaged over all batches of two out of three examples with replacement, the loss is least at Eq. 2's step."""
    rng = np.random.default_rng(experiment.SEED)
    hessian = np.diag([1.0, 3.0, 0.5])
    g = rng.normal(size=(3, 3)) + 1
    mean = g.mean(axis=0)
    along = mean @ hessian @ mean
    noise = np.mean([(gi - mean) @ hessian @ (gi - mean) for gi in g]) / along
    wanted = mean @ mean / along / (1 + noise / 2)
    steps = wanted * 2.0 ** np.arange(-4, 4.1, 0.125)
    batches = [g[list(pair)].mean(axis=0) for pair in itertools.product(range(3), repeat=2)]
    losses = np.array([np.mean([-e * mean @ b + e**2 * b @ hessian @ b / 2 for b in batches]) for e in steps])
    assert script.lowest(steps, losses) == pytest.approx(wanted, rel=0.01)  # a parabola in log step is not exact


def test_no_least_value_is_found_at_an_end_of_the_grid() -> None:
    """A loss that still falls at the last step has no best step."""
    assert np.isnan(script.lowest(np.array([1.0, 2.0, 4.0]), np.array([3.0, 2.0, 1.0])))
    assert script.numbers(np.array([np.nan, 1 / 3])) == [None, 0.3333333]


def test_the_noise_scale_is_variance_over_squared_mean() -> None:
    """Two gradients at m + d and m - d have the noise scale |d|^2 / |m|^2."""
    m, d = np.array([3.0, 4.0, 0.0]), np.array([0.0, 1.0, 2.0])
    assert script.noise_scale(np.stack([m + d, m - d])) == pytest.approx(5 / 25)


def test_descent_stops_where_the_loss_has_come_to_the_goal() -> None:
    """The loss is at most the goal, and one step earlier it was above."""
    theta, x, y = script.draw(experiment.SEED)
    there = script.descend(theta, x, y, 1.8)
    assert 1.7 < float(script.loss(there, x, y)) <= 1.8
