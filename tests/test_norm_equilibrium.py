"""The equilibrium of normalised weights against a random walk with a known answer, and the training step."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests import experiment

script = experiment.load("norm_equilibrium")


def test_the_loss_does_not_see_the_norm() -> None:
    """Tripled weights give the same loss and a third of a gradient that is orthogonal to them; plain ones do not."""
    w, readout, x, y = script.draw(experiment.SEED, 0)
    value, gradient = jax.value_and_grad(script.loss)(w, readout, x, y)
    tripled, third = jax.value_and_grad(script.loss)(3 * w, readout, x, y)
    assert float(tripled) == pytest.approx(float(value), rel=1e-5)
    assert np.asarray(3 * third) == pytest.approx(np.asarray(gradient), abs=1e-6)
    assert float(jnp.sum(w * gradient)) == pytest.approx(0, abs=1e-6)
    assert float(script.loss(3 * w, readout, x, y, normalised=False)) != pytest.approx(float(value), rel=1e-3)


def test_the_step_is_heavy_ball_with_decay_inside() -> None:
    """Two steps by hand, with and without momentum."""
    w, g = jnp.array([[1.0, 2.0]]), jnp.array([[0.5, -0.5]])
    after, m = script.step((w, jnp.zeros_like(w)), g, 0.1, 0.2, 0.9)
    assert np.asarray(m) == pytest.approx(np.array([[0.7, -0.1]]))
    assert np.asarray(after) == pytest.approx(np.array([[0.93, 2.01]]))
    _, second = script.step((after, m), g, 0.1, 0.2, 0.9)
    assert np.asarray(second) == pytest.approx(0.9 * np.array([[0.7, -0.1]]) + 0.5 * np.array([[1, -1]]) + 0.2 * after)
    plain, _ = script.step((w, m), g, 0.1, 0.2, 0.0)
    assert np.asarray(plain) == pytest.approx((1 - 0.02) * np.array([[1, 2]]) - 0.1 * np.array([[0.5, -0.5]]))


@pytest.mark.parametrize(("beta", "eta", "lam"), [(0.0, 0.4, 0.02), (0.9, 0.05, 0.02)])
def test_equations_hold_for_a_walk_of_independent_gradients(beta: float, eta: float, lam: float) -> None:
    """Random gradients orthogonal to w, of size g/|w|, turn w by sqrt(2 eta lambda/(1 + beta)) a step, at Eq. 4's norm."""
    rng, size, g = np.random.default_rng(experiment.SEED), 2000, 3.0
    w = rng.normal(size=size)
    w *= (eta * g**2 / (2 * lam)) ** 0.25 / np.linalg.norm(w)
    m, angles, norms = np.zeros(size), [], []
    for step in range(3000):
        random = rng.normal(size=size)
        random -= (random @ w) / (w @ w) * w
        m = beta * m + g / np.linalg.norm(w) * random / np.linalg.norm(random) + lam * w
        after = w - eta * m
        if step >= 1500:
            cosine = w @ after / np.linalg.norm(w) / np.linalg.norm(after)
            angles.append(2 - 2 * cosine)
            norms.append(np.linalg.norm(w) ** 4)
        w = after
    assert math.sqrt(np.mean(angles)) == pytest.approx(math.sqrt(2 * eta * lam / (1 + beta)), rel=0.02)
    if not beta:
        assert np.mean(norms) == pytest.approx(eta * g**2 / (2 * lam), rel=0.03)


def test_training_measures_the_angle_of_each_step() -> None:
    """Means over stretches of one step equal angles, norms and gradients computed step by step in numpy."""
    drawn = script.draw(experiment.SEED, 1)
    batches = np.random.default_rng(experiment.SEED).integers(script.IMAGES, size=(5, 1, script.BATCH))
    means = np.asarray(script.train(*drawn, jnp.int32(batches), (0.3, 0.05, 0.5)))
    (w, readout, x, y), m = drawn, jnp.zeros_like(drawn[0])
    for batch, row in zip(batches[:, 0], means, strict=True):
        gradient = np.asarray(jax.grad(script.loss)(w, readout, x[batch], y[batch]))
        m = 0.5 * m + gradient + 0.05 * w
        after = w - 0.3 * m
        cosine = float(np.sum(np.float64(w) * np.float64(after)) / np.linalg.norm(w) / np.linalg.norm(after))
        assert row[0] == pytest.approx(math.acos(cosine) ** 2, rel=1e-3)
        assert row[1] == pytest.approx(float(np.linalg.norm(w)) ** 4, rel=1e-4)
        assert row[2] == pytest.approx(float(np.linalg.norm(gradient) * np.linalg.norm(w)) ** 2, rel=1e-3)
        w = after
