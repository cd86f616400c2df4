"""Where SGD settles against a Lyapunov equation, the regression against autodiff, and the draws of the network."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.linalg import solve_discrete_lyapunov

from tests import experiment

script = experiment.load("linear_scaling")


def task() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Thirty digits, their classes and some weights."""
    rng = np.random.default_rng(experiment.SEED)
    x, y = script.draw(rng, 30)
    return x, y, rng.normal(size=(64, 10))


def of_flat(flat: jax.Array, x: np.ndarray, y: np.ndarray) -> jax.Array:
    """The penalised loss as jax has it."""
    scores = jax.nn.log_softmax(x @ flat.reshape(64, 10))
    return -jnp.mean(scores[np.arange(len(y)), y]) + script.PENALTY / 2 * jnp.sum(flat**2)


def test_loss_gradient_and_curvature_are_those_of_autodiff() -> None:
    """All three agree with jax on the same weights, and the noise sums to the variance of single gradients."""
    x, y, w = task()
    onehot = np.eye(10)[y]
    assert script.losses(w[None], x, y)[0] == pytest.approx(float(of_flat(w.ravel(), x, y)), rel=1e-5)
    wanted = np.asarray(jax.grad(of_flat)(jnp.float32(w.ravel()), x, y)).reshape(64, 10)
    assert script.gradient(w, x, onehot) == pytest.approx(wanted, abs=1e-5)
    h, s = script.curvature_and_noise(w, x, onehot)
    whole = np.asarray(jax.hessian(of_flat)(jnp.float32(w.ravel()), x, y), dtype=np.float64)
    assert h[-5:] == pytest.approx(np.linalg.eigvalsh(whole)[-5:], rel=1e-3)
    single = np.stack([script.gradient(w, x[[i]], onehot[[i]]).ravel() for i in range(30)])
    assert s.sum() == pytest.approx(single.var(axis=0).sum(), rel=1e-8)


def test_the_excess_solves_the_stationary_equation() -> None:
    """Eq. 3 is tr(H C)/2 with C from scipy's discrete Lyapunov equation of Eq. 1 about the minimum."""
    rng = np.random.default_rng(experiment.SEED)
    half = rng.normal(size=(4, 4))
    hessian, noise = half @ half.T / 4 + 0.1 * np.eye(4), np.diag([1.0, 2.0, 0.5, 3.0])
    eta, batch = 0.3, 5
    still = solve_discrete_lyapunov(np.eye(4) - eta * hessian, eta**2 / batch * noise)
    h, vectors = np.linalg.eigh(hessian)
    s = np.einsum("ji,jk,ki->i", vectors, noise, vectors)
    assert script.excess(eta, batch, h, s) == pytest.approx(np.trace(hessian @ still) / 2, rel=1e-9)


def test_the_minimum_has_no_gradient() -> None:
    """All entries of the gradient are below 1e-5, and every other point tried is higher."""
    x, y, other = task()
    w = script.minimum(x, y)
    assert np.abs(script.gradient(w, x, np.eye(10)[y])).max() < 1e-5
    assert script.losses(np.stack([w, w + 0.01 * other]), x, y).argmin() == 0


def test_chains_with_the_whole_set_as_noiseless_batch_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the minimum of a single repeated example there is no noise, and the loss stays at its least."""
    x, y, _ = task()
    one, classes = np.repeat(x[:1], 6, axis=0), np.repeat(y[:1], 6)
    monkeypatch.setattr(script, "RELAXED", 0.1)
    course = script.settled(np.random.default_rng(1), script.minimum(one, classes), one, classes, 0.1, 2, 3)
    assert course == pytest.approx(np.zeros_like(course), abs=1e-9)


def test_a_run_of_the_network_is_plain_descent_on_its_batches() -> None:
    """Two steps of two runs by hand give the losses of the course."""
    x, y, _ = task()
    rng = np.random.default_rng(experiment.SEED)
    theta = jnp.float32(0.1 * rng.normal(size=64 * 32 + 32 + 32 * 10 + 10))
    batches = rng.integers(30, size=(2, 1, 2, 5))
    found = np.asarray(script.course(theta, jnp.float32(x), jnp.int32(y), jnp.int32(batches), 0.3))
    runs = [theta, theta]
    for row, losses in zip(batches[:, 0], found, strict=True):
        runs = [t - 0.3 * jax.grad(script.network_loss)(t, x[b], y[b]) for t, b in zip(runs, row, strict=True)]
        assert losses == pytest.approx(np.mean([float(script.network_loss(t, x, y)) for t in runs]), rel=1e-4)
