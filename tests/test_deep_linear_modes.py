"""The reproduction of deep linear modes: its numerics against independent ones, and the file that it writes."""

from __future__ import annotations

import math
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from kg import results
from tests import experiment
from tests.experiment import SEED


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return experiment.load("deep_linear_modes")


@pytest.fixture(scope="module")
def smoke() -> tuple[dict[str, Any], list[str]]:
    return experiment.smoke("deep_linear_modes")


def test_the_task_is_the_regression_on_whitened_inputs(script: ModuleType) -> None:
    """Sigma Sigma^T is what the 30 leading components explain of the classes; nine modes, falling, below 1."""
    from sklearn.datasets import load_digits
    from sklearn.decomposition import PCA
    from sklearn.linear_model import LinearRegression

    sigma, w1, w2 = script.draw(SEED)
    assert (sigma.shape, w1.shape, w2.shape) == ((10, 30), (64, 30), (10, 64))
    assert np.concatenate([w1.ravel(), w2.ravel()]).std() == pytest.approx(1e-4, rel=0.05)
    chosen = np.random.default_rng(SEED).choice(1797, 1000, replace=False)
    x, y = load_digits().data[chosen], np.eye(10)[load_digits().target[chosen]]
    components = PCA(30, svd_solver="full").fit_transform(x)
    fitted = LinearRegression().fit(components, y).predict(components)
    assert sigma @ sigma.T == pytest.approx(np.cov(fitted.T, bias=True), abs=1e-10)
    s, u, v = script.modes(sigma)
    assert (np.diff(s) < 0).all()
    assert 0 < s[-1] < s[0] < 1
    assert (u * s) @ v.T == pytest.approx(sigma, abs=1e-12)


def test_small_weights_grow_from_the_start_that_is_read_off_them(script: ModuleType) -> None:
    """The linear flow da/dt = s b, db/dt = s a, solved by a matrix exponential, has overlap u0 e^{2st} later on."""
    sigma, w1, w2 = script.draw(SEED)
    s, u, v = script.modes(sigma)
    u0 = script.start(w1, w2, u, v)
    assert u0.shape == (9,)
    for k in (0, 4, 8):
        t = 4 / s[k]
        flow = expm(s[k] * t * np.array([[0.0, 1.0], [1.0, 0.0]]))
        a, b = flow @ np.stack([w1 @ v[:, k], w2.T @ u[:, k]])
        assert a @ b == pytest.approx(u0[k] * math.exp(2 * s[k] * t), rel=1e-3)


def test_half_time_is_that_of_the_logistic_equation(script: ModuleType) -> None:
    """du/dt = 2u(s - u), integrated by scipy, reaches s/2 at the time of Eq. 4."""
    for s, u0 in ((0.3, 1e-7), (0.1, 1e-4)):

        def half(_: float, u: np.ndarray, s: float = s) -> float:
            return float(u[0] - s / 2)

        solved = solve_ivp(
            lambda _, u, s=s: 2 * u * (s - u), (0, 200), [u0], events=half, method="LSODA", rtol=1e-10, atol=1e-14
        )
        assert script.half_time(np.float64(s), np.float64(u0)) == pytest.approx(solved.t_events[0][0], rel=1e-6)


def test_training_follows_the_gradient_flow(script: ModuleType) -> None:
    """Maps agree with scipy's solution of the flow of |Sigma - W2 W1|^2 / 2, and nearer for a smaller step."""
    rng = np.random.default_rng(SEED)
    sigma, w1, w2 = rng.normal(size=(2, 3)), 0.1 * rng.normal(size=(4, 3)), 0.1 * rng.normal(size=(2, 4))

    def flow(_: float, state: np.ndarray) -> np.ndarray:
        first, second = state[:12].reshape(4, 3), state[12:].reshape(2, 4)
        error = second @ first - sigma  # the gradients are second^T error and error first^T
        return -np.concatenate([(second.T @ error).ravel(), (error @ first.T).ravel()])

    t = 2.0
    end = solve_ivp(flow, (0, t), np.concatenate([w1.ravel(), w2.ravel()]), rtol=1e-10, atol=1e-12).y[:, -1]
    wanted = end[12:].reshape(2, 4) @ end[:12].reshape(4, 3)
    off = []
    for eta in (0.02, 0.01, 0.005):
        maps = script.train(sigma, w1, w2, eta)
        assert np.linalg.norm(sigma - maps[-1]) <= 1e-3 * np.linalg.norm(sigma)
        off.append(np.abs(maps[round(t / eta)] - wanted).max())
    assert off[2] < 0.01
    assert off[0] / off[1] == pytest.approx(2, rel=0.15)  # first order in the step
    assert off[1] / off[2] == pytest.approx(2, rel=0.15)


def test_one_layer_has_no_plateau(script: ModuleType) -> None:
    """From zero, one layer learns every mode as 1 - e^{-t}, half of it at ln 2."""
    sigma, _, _ = script.draw(SEED)
    s, u, v = script.modes(sigma)
    share = script.shares(script.train_one_layer(sigma, 0.001), s, u, v)
    assert share[1000] == pytest.approx(np.full(9, 1 - math.exp(-1)), abs=1e-3)
    assert script.first_half(share[:, 3], 0.001) == pytest.approx(math.log(2), rel=1e-3)


def test_half_is_first_passed_between_steps_or_never(script: ModuleType) -> None:
    """Passing between steps 1 and 2 at a quarter of the way is at 1.25 steps; a mode not learned has no time."""
    assert script.first_half(np.array([0.0, 0.4, 0.8, 0.3, 0.9]), 0.1) == pytest.approx(0.125)
    assert math.isnan(script.first_half(np.array([0.0, 0.4, 0.49]), 0.1))
    assert script.numbers(np.array([1 / 3, math.nan])) == [0.3333333, None]


def test_shares_are_of_the_modes_of_the_task(script: ModuleType) -> None:
    """A map that holds mode k at p_k of its strength has these shares."""
    sigma, _, _ = script.draw(SEED)
    s, u, v = script.modes(sigma)
    parts = np.linspace(0, 1, 9)
    assert script.shares(((u * (s * parts)) @ v.T)[None], s, u, v)[0] == pytest.approx(parts, abs=1e-12)


def test_smoke_run_writes_the_result_that_runs_hold(smoke: tuple[dict[str, Any], list[str]]) -> None:
    """The file has exactly the keys and shapes of a result, for every mode, with finite numbers and no judgement."""
    result, _ = smoke
    assert results.problems(result) == []
    assert set(result) == {"seeds", "quantities", "preconditions", "numerical_error", "curves", "cpu_seconds"}
    assert result["seeds"] == [SEED, SEED + 1]
    by_mode = [{"mode": mode} for mode in range(1, 10)]
    by_tau = [{"mode": mode, "tau": tau} for mode in range(1, 10) for tau in (-3.0, -1.5, 1.5, 3.0)]
    conditions = {name: [row["condition"] for row in rows] for name, rows in result["quantities"].items()}
    assert conditions == {
        "half_time": by_mode,
        "half_time_one_layer": by_mode,
        "share_learned": by_tau,
        "share_learned_one_layer": by_tau,
    }
    conditions = {name: [row["condition"] for row in rows] for name, rows in result["preconditions"].items()}
    assert conditions == {"start_over_strength": by_mode, "step_times_sharpness": [{}], "final_error": [{}]}
    for row in result["quantities"]["half_time"] + result["quantities"]["share_learned"]:
        assert all(math.isfinite(value) and value > 0 for value in row["measured"])
        assert row["measured"][0] != row["measured"][1]
        assert len(row["rivals"]) == 2


def test_smoke_run_expects_what_its_own_draws_say(script: ModuleType, smoke: tuple[dict[str, Any], list[str]]) -> None:
    """Expected half-times are those of the strengths and starts of each seed, and rivals share their mean or first."""
    rows = smoke[0]["quantities"]["half_time"]
    for place, seed in enumerate(smoke[0]["seeds"]):
        sigma, w1, w2 = script.draw(seed)
        s, u, v = script.modes(sigma)
        u0 = script.start(w1, w2, u, v)
        expected = [row["expected"][place] for row in rows]
        assert expected == pytest.approx(np.log(s / u0 - 1) / (2 * s), rel=1e-6)
        common = {row["rivals"]["one common time for all modes"][place] for row in rows}
        assert len(common) == 1
        assert min(expected) < common.pop() < max(expected)
        squared = [row["rivals"]["as the inverse square of the strength"][place] for row in rows]
        assert np.array(squared) * s**2 == pytest.approx(expected[0] * s[0] ** 2)


def test_smoke_run_counts_shares_from_the_measured_half_time(smoke: tuple[dict[str, Any], list[str]]) -> None:
    """Shares rise with tau, and the rivals pass the half-time with the shape that their names say."""
    for mode in range(1, 10):
        rows = [row for row in smoke[0]["quantities"]["share_learned"] if row["condition"]["mode"] == mode]
        measured = np.array([row["measured"] for row in rows])
        assert (np.diff(measured, axis=0) > 0).all()
        assert (measured[1] < 0.5).all()
        assert (measured[2] > 0.5).all()
        ramp = np.array([row["rivals"]["straight ramp, matched in slope at the half-time"] for row in rows])
        assert ramp[:, 0].tolist() == [0, 0.125, 0.875, 1]
        matched = np.array([row["rivals"]["exponential of one layer, matched at the half-time"] for row in rows])
        assert (matched[0] > 0.4).all()
        assert (matched[3] < 0.6).all()


def test_smoke_run_reads_its_control_in_half_times(smoke: tuple[dict[str, Any], list[str]]) -> None:
    """One layer at the same multiples of its own half-time is at what the exponential matched there says."""
    quantities = smoke[0]["quantities"]
    for row, beside in zip(quantities["share_learned"], quantities["share_learned_one_layer"], strict=True):
        matched = row["rivals"]["exponential of one layer, matched at the half-time"]
        assert beside["measured"] == pytest.approx(matched, abs=2e-3)
