"""The reproduction of the conserved balance: its gradients, its flow and its decay against independent computations."""

from __future__ import annotations

import math
from types import ModuleType

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import solve_ivp

from tests import experiment

SEED = 2000


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return experiment.load("conserved_balance")


def small(script: ModuleType, activation: str) -> tuple[object, tuple[np.ndarray, np.ndarray]]:
    """A task of random numbers, 12 inputs of 5 entries and 2 outputs, and weights of 4 hidden units."""
    rng = np.random.default_rng(SEED)
    task = script.Task(rng.normal(size=(12, 5)), rng.normal(size=(12, 2)), activation)
    return task, (rng.normal(size=(4, 5)) / 2, rng.normal(size=(2, 4)) / 2)


@pytest.mark.parametrize("activation", ["linear", "relu", "squared-relu"])
def test_gradients_are_those_of_the_loss(script: ModuleType, activation: str) -> None:
    """Both gradients agree with automatic differentiation, and the curvature with the top eigenvalue of J^T J / B."""
    task, weights = small(script, activation)
    phi = {"linear": lambda z: z, "relu": jax.nn.relu, "squared-relu": lambda z: jax.nn.relu(z) ** 2}[activation]

    def output(w: tuple[jax.Array, jax.Array]) -> jax.Array:
        return phi(jnp.asarray(task.x) @ w[0].T) @ w[1].T

    def loss(w: tuple[jax.Array, jax.Array]) -> jax.Array:
        return jnp.sum((output(w) - task.y) ** 2) / 24

    single = tuple(jnp.asarray(w, dtype=jnp.float32) for w in weights)
    for ours, theirs in zip(script.gradients(task, weights), jax.grad(loss)(single), strict=True):
        assert ours == pytest.approx(np.array(theirs), abs=2e-5)
    assert script.loss(task, weights) == pytest.approx(float(loss(single)), rel=1e-5)
    jacobian = np.concatenate([np.array(part).reshape(24, -1) for part in jax.jacobian(output)(single)], axis=1)
    assert script.curvature(task, weights) == pytest.approx(
        np.linalg.eigvalsh(jacobian @ jacobian.T / 12)[-1], rel=1e-3
    )


@pytest.mark.parametrize("activation", ["linear", "relu", "squared-relu"])
def test_no_term_of_first_order_changes_the_balance(script: ModuleType, activation: str) -> None:
    """One step changes the balance by eta^2 Q exactly, and for another weighting of the layers by far more."""
    task, weights = small(script, activation)
    degree, eta = script.DEGREE[activation], 0.01
    gradients = script.gradients(task, weights)
    moved = tuple(w - eta * g for w, g in zip(weights, gradients, strict=True))
    change = script.balance(moved, activation, degree) - script.balance(weights, activation, degree)
    assert change == pytest.approx(eta**2 * script.balance(gradients, activation, degree), abs=1e-12)
    if activation == "squared-relu":
        wrong = script.balance(moved, activation, 1) - script.balance(weights, activation, 1)
        assert np.abs(wrong).max() > 20 * np.abs(change).max()


def test_flow_integrates_what_the_drift_is_made_of(script: ModuleType) -> None:
    """I(T) agrees with scipy's solution of the flow with Q beside it."""
    task, weights = small(script, "linear")

    def rates(_: float, state: np.ndarray) -> np.ndarray:
        g1, g2 = script.gradients(task, (state[:20].reshape(4, 5), state[20:28].reshape(2, 4)))
        return np.concatenate([-g1.ravel(), -g2.ravel(), (g1 @ g1.T - g2.T @ g2).ravel()])

    first = np.concatenate([weights[0].ravel(), weights[1].ravel(), np.zeros(16)])
    end = solve_ivp(rates, (0, script.TIME), first, rtol=1e-9, atol=1e-12).y[28:, -1]
    totals, times = script.flow(task, weights)
    assert totals[-1].ravel() == pytest.approx(end, rel=1e-4, abs=1e-6)
    assert times[-1] == pytest.approx(script.TIME)


def test_descent_is_that_of_gradient_momentum_and_decay(script: ModuleType) -> None:
    """Without data only decay moves the weights, by (1 - eta lambda) a step; momentum repeats Polyak's form of it."""
    task, weights = small(script, "linear")
    empty = script.Task(np.zeros((1, 5)), np.zeros((1, 2)), "linear")
    shrunk = script.descend(empty, weights, 0.01, decay=0.3)
    assert shrunk[0] == pytest.approx(weights[0] * (1 - 0.003) ** 200)
    last, now = weights, weights
    for _ in range(100):  # TIME (1 - beta) / eta, in the form without a velocity
        slopes = script.gradients(task, now)
        ahead = tuple(w - 0.01 * g + 0.5 * (w - before) for w, g, before in zip(now, slopes, last, strict=True))
        last, now = now, ahead
    ours = script.descend(task, weights, 0.01, beta=0.5)
    assert ours[0] == pytest.approx(now[0], abs=1e-10)
    assert ours[1] == pytest.approx(now[1], abs=1e-10)


def test_smoke_run_expects_first_order_and_rivals_differ(script: ModuleType) -> None:
    """Expected drift is the step times one number a seed, and the rival of momentum is smaller by its factor."""
    result, _ = experiment.smoke("conserved_balance")
    rows = [row for row in result["quantities"]["balance_drift"] if row["condition"]["activation"] == "relu"]
    over = np.array([np.array(row["expected"]) / row["condition"]["eta"] for row in rows])
    assert over == pytest.approx(np.tile(over[:1], (4, 1)))
    for row in result["quantities"]["momentum_drift"]:
        beta = row["condition"]["beta"]
        small = np.array(row["rivals"]["only the effective step counts"])
        assert np.array(row["expected"]) / small == pytest.approx((1 + beta) / (1 - beta), rel=1e-5)
    left = [row for row in result["quantities"]["balance_left"] if row["condition"]["activation"] == "linear"]
    for row in left:
        assert np.array(row["measured"]) == pytest.approx(
            math.exp(-2 * row["condition"]["decay"] * script.TIME), abs=0.02
        )
