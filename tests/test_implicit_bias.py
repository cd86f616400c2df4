"""The reproduction of implicit bias: margins, descent, the flow and the limits of networks against independent ones."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from tests import experiment
from tests.experiment import SEED


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return experiment.load("implicit_bias")


def test_largest_margin_is_that_of_a_support_vector_machine(script: ModuleType) -> None:
    """A linear machine without offset and with a large penalty finds the same margin and direction."""
    from sklearn.svm import SVC

    z = script.separable(SEED, 0)
    assert z.shape == (40, 5)
    gamma, direction = script.largest_margin(z)
    both = np.concatenate([z, -z])  # mirrored data leave the machine no offset
    w = SVC(kernel="linear", C=1e8, tol=1e-8).fit(both, np.repeat([1, -1], len(z))).coef_[0]
    assert gamma == pytest.approx(1 / np.linalg.norm(w), rel=1e-4)
    assert direction == pytest.approx(w / np.linalg.norm(w), abs=1e-3)
    assert (z @ direction).min() == pytest.approx(gamma)
    assert gamma >= 0.5


@pytest.mark.parametrize("tail", [0, 1, 2, 4])
def test_pull_is_the_slope_of_the_loss(script: ModuleType, tail: int) -> None:
    """Minus the difference quotient of the loss on both sides of 0; and the loss is continuous there."""
    m = np.array([-3.0, -0.5, 0.4, 2.0, 30.0])
    quotient = (script.loss(m + 1e-5, tail) - script.loss(m - 1e-5, tail)) / 2e-5
    assert script.pull(m, tail) == pytest.approx(-quotient, rel=1e-4)
    assert script.loss(np.array([-1e-9]), tail) == pytest.approx(script.loss(np.array([1e-9]), tail), abs=1e-7)


def test_descent_is_that_of_automatic_differentiation(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """After 4 and 8 steps w is what JAX's gradient of the mean loss gives, for a logistic and a power tail."""
    import jax
    import jax.numpy as jnp

    monkeypatch.setattr(script, "DOUBLINGS", (2, 3))
    z = np.array([[script.separable(SEED + seed, 0) for seed in range(2)]] * 2)
    found = script.descend(z, [0, 2], 0.5)
    assert found.shape == (2, 2, 2, 5)
    with jax.enable_x64(True):
        losses = [
            lambda w, x: jnp.mean(jnp.log1p(jnp.exp(-x @ w))),
            lambda w, x: jnp.mean(jnp.where(x @ w < 0, 1 - 2 * (x @ w), (1 + jnp.where(x @ w < 0, 0, x @ w)) ** -2.0)),
        ]
        for run, loss in enumerate(losses):
            for seed in range(2):
                w = jnp.zeros(5)
                for step in range(1, 9):
                    w = w - 0.5 * jax.grad(loss)(w, z[run, seed])
                    if step in (4, 8):
                        assert found[step // 8, run, seed] == pytest.approx(np.array(w), rel=1e-9)


@pytest.mark.parametrize("tail", [0, 2])
def test_flow_in_logarithmic_time_is_the_flow(script: ModuleType, tail: int) -> None:
    """At t = e^3 and e^6 it is scipy's solution in plain time."""
    z = script.separable(SEED, 5)
    start, times = np.zeros(5), np.exp([3.0, 6.0])

    def rate(_: float, w: np.ndarray) -> np.ndarray:
        m = z @ w
        pulls = np.where(m < 0, 2, 2 / (1 + np.maximum(m, 0)) ** 3) if tail else 1 / (1 + np.exp(m))
        return np.asarray(z.T @ pulls / len(z))

    plain = solve_ivp(rate, (0, times[-1]), start, "DOP853", times, rtol=1e-10, atol=1e-12).y.T
    assert script.flow(z, [3, 6], tail) == pytest.approx(
        plain, abs=1e-3
    )  # the plain flow starts at t = 0, not at e^-10


def test_limit_of_a_network_is_that_of_its_flow(script: ModuleType) -> None:
    """Eq. 7 interpolates, and is where scipy's integration of the flow of u and v ends."""
    rng = np.random.default_rng(SEED)
    x, alpha = rng.normal(size=(3, 6)), 0.3
    y = x @ np.array([1.0, -1, 0, 0, 0, 0])

    def rate(_: float, state: np.ndarray) -> np.ndarray:
        u, v = state[:6], state[6:]
        g = x.T @ (x @ (u**2 - v**2) - y) / 3
        return np.concatenate([-2 * u * g, 2 * v * g])

    end = solve_ivp(rate, (0, 300), np.full(12, alpha), "LSODA", rtol=1e-10, atol=1e-12).y[:, -1]
    limit = script.limit_of_flow(x, y, alpha)
    assert x @ limit == pytest.approx(y, abs=1e-8)
    assert limit == pytest.approx(end[:6] ** 2 - end[6:] ** 2, abs=1e-5)


def test_limits_at_both_ends_are_the_least_norms(script: ModuleType) -> None:
    """A very large start gives the pseudoinverse's solution, a very small one nears that of linear programming."""
    x, target = script.regression(SEED, 0)
    y = x @ target
    assert np.count_nonzero(target) == 5
    assert script.limit_of_flow(x, y, 30.0) == pytest.approx(np.linalg.pinv(x) @ y, abs=1e-3)
    sparse = script.least_absolute(x, y)
    assert x @ sparse == pytest.approx(y, abs=1e-6)
    least, near = np.abs(sparse).sum(), np.abs(script.limit_of_flow(x, y, 1e-3)).sum()
    assert least - 1e-6 <= near <= 1.05 * least


def test_training_fits_and_nears_the_limit_as_the_step_shrinks(script: ModuleType) -> None:
    """On a small task the end of descent approaches Eq. 7, and the loss left is below the goal."""
    rng = np.random.default_rng(SEED)
    x = rng.normal(size=(3, 6))
    y = x @ np.array([1.0, -1, 0, 0, 0, 0])
    limit = script.limit_of_flow(x, y, 0.3)
    off = []
    for share in (0.4, 0.1, 0.025):
        w, left = script.train(x, y, 0.3, share)
        assert left <= 1e-8
        off.append(np.linalg.norm(w - limit))
    assert off[0] > off[1] > off[2]
    assert off[2] < 0.01
