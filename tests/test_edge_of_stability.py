"""The reproduction of the edge of stability: its numerics against independent ones, and the file that it writes."""

from __future__ import annotations

import math
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from kg import results
from tests import experiment
from tests.experiment import SEED


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return experiment.load("edge_of_stability")


@pytest.fixture(scope="module")
def smoke() -> tuple[dict[str, Any], list[str]]:
    return experiment.smoke("edge_of_stability")


def numpy_loss_and_gradient(layers: list[np.ndarray], x: np.ndarray, y: np.ndarray) -> tuple[float, list[np.ndarray]]:
    """Back-propagation written out, in double precision, for [w1, b1, w2, b2, w3, b3]."""
    w1, b1, w2, b2, w3, b3 = layers
    h1 = np.tanh(x @ w1 + b1)
    h2 = np.tanh(h1 @ w2 + b2)
    error = h2 @ w3 + b3 - y
    d3 = error / len(x)
    d2 = (d3 @ w3.T) * (1 - h2**2)
    d1 = (d2 @ w2.T) * (1 - h1**2)
    gradient = [x.T @ d1, d1.sum(0), h1.T @ d2, d2.sum(0), h2.T @ d3, d3.sum(0)]
    return float((error**2).sum() / (2 * len(x))), gradient


def numpy_layers(script: ModuleType, theta: Any) -> list[np.ndarray]:
    return [np.asarray(part, dtype=np.float64) for layer in script.unravel(theta) for part in layer]


def test_draw_is_of_real_digits_at_unit_scale(script: ModuleType) -> None:
    """A seed draws 200 different digits, centred, of mean square norm 1, and weights of variance 1 / fan-in."""
    theta, x, y = (np.asarray(part, dtype=np.float64) for part in script.draw(SEED, 0))
    assert (theta.shape, x.shape, y.shape) == ((3466,), (200, 64), (200, 10))
    assert len(np.unique(x, axis=0)) == 200
    assert x.mean() == pytest.approx(0, abs=1e-6)
    assert (x**2).sum(axis=1).mean() == pytest.approx(1, rel=1e-5)
    assert np.array_equal(y.sum(axis=1), np.ones(200))
    assert set(np.unique(y)) == {0.0, 1.0}
    layers = numpy_layers(script, script.draw(SEED, 0)[0])
    for weights, biases in zip(layers[::2], layers[1::2], strict=True):
        assert weights.var() * len(weights) == pytest.approx(1, rel=0.2)
        assert not biases.any()


def test_draws_differ_between_seeds_and_settings_and_repeat(script: ModuleType) -> None:
    """The same seed and setting give the same draw; another seed or another setting gives another."""
    theta, x, _ = script.draw(SEED, 0)
    again, x_again, _ = script.draw(SEED, 0)
    assert np.array_equal(theta, again)
    assert np.array_equal(x, x_again)
    for other in (script.draw(SEED + 1, 0), script.draw(SEED, 1)):
        assert not np.isclose(theta, other[0]).all()
        assert not np.isclose(x, other[1]).all()


def test_training_follows_an_independent_heavy_ball(script: ModuleType) -> None:
    """Losses agree with numpy's for theta' = theta - eta g + beta (theta - theta_before), the two-step form."""
    eta, beta, points = 0.2, 0.9, 3
    theta, x, y = script.draw(SEED, 0)
    losses, _ = script.train(theta, x, y, eta, beta, points=points)
    now = numpy_layers(script, theta)
    before, images, targets = now, np.asarray(x, np.float64), np.asarray(y, np.float64)
    expected = []
    for step in range(script.STRIDE * (points - 1) + 1):
        loss, gradient = numpy_loss_and_gradient(now, images, targets)
        if step % script.STRIDE == 0:
            expected.append(loss)
        following = [w - eta * g + beta * (w - old) for w, g, old in zip(now, gradient, before, strict=True)]
        before, now = now, following
    assert np.asarray(losses) == pytest.approx(expected, rel=1e-3)
    assert expected[-1] < 0.7 * expected[0]


def test_sharpness_is_the_top_eigenvalue_of_the_dense_hessian(script: ModuleType) -> None:
    """Lanczos agrees with numpy on the whole Hessian of a small tanh network, at a random place and after training."""
    import jax
    import jax.numpy as jnp

    rng = np.random.default_rng(0)
    x, y = jnp.float32(rng.normal(size=(30, 6))), jnp.float32(rng.normal(size=(30, 3)))

    def loss(theta: jax.Array) -> jax.Array:
        w1, w2 = theta[:48].reshape(6, 8), theta[48:].reshape(8, 3)
        return jnp.mean((jnp.tanh(x @ w1) @ w2 - y) ** 2)

    gradient = jax.jit(jax.grad(loss))
    theta = jnp.float32(rng.normal(size=72))
    assert theta.size > script.LANCZOS_STEPS
    for _ in range(2):
        dense = np.linalg.eigvalsh(np.asarray(jax.hessian(loss)(theta), dtype=np.float64))
        assert float(script.sharpness(gradient, theta)) == pytest.approx(dense[-1], rel=1e-4)
        assert dense[-1] > 1.05 * dense[-2]  # so the second would not pass for it
        assert dense[0] < 0
        for _ in range(200):
            theta = theta - 0.05 * gradient(theta)


def test_sharpness_takes_the_largest_eigenvalue_not_the_largest_in_size(script: ModuleType) -> None:
    """On the quadratic with curvatures -9, 1, ..., 4 the sharpness is 4, with fewer parameters than Lanczos steps."""
    import jax.numpy as jnp

    curvatures = jnp.array([-9.0, 1.0, 2.0, 4.0])
    assert float(script.sharpness(lambda theta: curvatures * theta, jnp.zeros(4))) == pytest.approx(4, rel=1e-5)


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
def test_heavy_ball_is_stable_up_to_its_edge_on_a_quadratic(script: ModuleType, beta: float) -> None:
    """On f = lambda x^2 / 2 the steps die out at 0.99 of (2 + 2 beta)/eta and blow up at 1.01 of it."""
    eta = 0.2
    reached = []
    for share in (0.99, 1.01):
        curvature = share * (2 + 2 * beta) / eta
        state = (1.0, 0.0)
        for _ in range(1000):
            state = script.heavy_ball_step(lambda x, k=curvature: k * x, state, eta, beta)
        reached.append(abs(state[0]))
    assert reached[0] < 1e-3
    assert reached[1] > 1e3


def test_diverged_values_are_null(script: ModuleType) -> None:
    """What is not finite becomes null, and numbers keep seven digits."""
    assert script.numbers(np.array([1 / 3, math.nan, math.inf])) == [0.3333333, None, None]


def test_measurements_alternate_between_the_phases_of_the_swing(script: ModuleType) -> None:
    """The stride is odd: iterates at the edge swing with period 2, and an even stride would see one side only."""
    assert script.STRIDE % 2 == 1


def test_smoke_run_writes_the_result_that_runs_hold(smoke: tuple[dict[str, Any], list[str]]) -> None:
    """The file has exactly the keys and shapes of a result, for every setting, with finite numbers and no judgement."""
    result, _ = smoke
    assert results.problems(result) == []
    assert set(result) == {"seeds", "quantities", "preconditions", "numerical_error", "curves", "cpu_seconds"}
    assert result["seeds"] == [SEED, SEED + 1]
    conditions = {name: [row["condition"] for row in rows] for name, rows in result["quantities"].items()}
    plain = [{"eta": 0.1}, {"eta": 0.15}]
    momentum = [{"beta": 0.9, "eta": 0.2}, {"beta": 0.9, "eta": 0.3}, {"beta": 0.5, "eta": 0.2}]
    assert conditions == {
        "late_sharpness_ratio": plain,
        "late_sharpness_ratio_at_twice_the_step": plain,
        "late_sharpness": momentum,
        "late_sharpness_without_momentum": momentum,
        "sharpening_ratio": [{"eta": 0.04}],
        "sharpening_ratio_of_lazy_networks": [{"eta": 0.04}],
    }
    assert {name: len(rows) for name, rows in result["preconditions"].items()} == {
        "early_sharpness_ratio": 6,
        "final_loss_ratio": 6,
        "highest_sharpness_ratio": 1,
    }
    rows = [row for part in ("quantities", "preconditions") for table in result[part].values() for row in table]
    assert all(math.isfinite(value) and value > 0 for row in rows for value in row["measured"])
    assert len({value for row in rows for value in row["measured"]}) == 2 * len(rows)  # no seed repeats another


def test_smoke_run_starts_where_its_rival_says(smoke: tuple[dict[str, Any], list[str]]) -> None:
    """Early ratios times the edge are where the curves begin, and the rival expects those of its own condition."""
    result, _ = smoke
    early = result["preconditions"]["early_sharpness_ratio"]
    for row, curve in zip(early, result["curves"], strict=True):
        eta, beta = row["condition"]["eta"], row["condition"].get("beta", 0)
        assert f"eta {eta}, seed {SEED}" in curve["name"]
        assert row["measured"][0] * 2 * (1 + beta) / eta == pytest.approx(curve["y"][0], rel=1e-5)
    for row, before in zip(result["quantities"]["late_sharpness_ratio"], early, strict=False):
        assert row["condition"] == before["condition"]
        assert row["rivals"] == {"stays at its early value": before["measured"]}


def test_smoke_run_trains_its_controls_to_less_sharpness(smoke: tuple[dict[str, Any], list[str]]) -> None:
    """Each control is another training on the same draws: less sharp at twice the step, and without momentum."""
    quantities = smoke[0]["quantities"]
    for name, control in (
        ("late_sharpness_ratio", "late_sharpness_ratio_at_twice_the_step"),
        ("late_sharpness", "late_sharpness_without_momentum"),
    ):
        for row, beside in zip(quantities[name][1:], quantities[control][1:], strict=True):
            assert all(b < a for a, b in zip(row["measured"], beside["measured"], strict=True))


def test_a_lazy_network_learns_as_fast_and_stays_as_sharp(script: ModuleType) -> None:
    """One step moves the weights by 1/alpha of a step from the output 0, and after 1500 sharpness is as before to 2 %."""
    theta, x, y = script.draw(SEED, 5)
    start = script.network(theta, x)
    moved = script.jax.grad(script.lazy_loss)(theta, theta, x, y)
    from_zero = script.jax.grad(lambda t: script.loss(t, x, y + start))(theta)
    assert np.asarray(moved) == pytest.approx(np.asarray(from_zero) / script.ALPHA, abs=1e-6)
    assert float(script.lazy_sharpening(theta, x, y, 1500)) == pytest.approx(1, abs=0.02)
    _, sharpnesses = script.train(theta, x, y, script.SLOW, 0.0, points=30)
    assert sharpnesses[-1] / sharpnesses[0] > 1.1
