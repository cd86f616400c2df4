"""The reproduction of the delay before generalisation: its flow against differences, conservation and a known case."""

from __future__ import annotations

import math
from types import ModuleType

import numpy as np
import pytest

from tests import experiment

SEED = 2000


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return experiment.load("grokking_delay")


@pytest.mark.parametrize("depth", [2, 3])
def test_the_flow_falls_down_the_loss_with_decay(script: ModuleType, depth: int) -> None:
    """Eq. 2 is minus the slope of loss and lambda |(u, v)|^2 / 2, by finite differences."""
    rng = np.random.default_rng(SEED)
    x, target = script.draw(rng)
    y, decay = x @ target, 0.3
    state = rng.uniform(0.5, 1.5, size=200)

    def penalised(at: np.ndarray) -> float:
        w = at[:100] ** depth - at[100:] ** depth
        return float(((x @ w - y) ** 2).sum() / 80 + decay * (at**2).sum() / 2)

    found = script.slopes(state, x.T @ x / 40, x.T @ y / 40, depth, decay)
    for i in (0, 7, 150):
        step = 1e-5 * np.eye(200)[i]
        assert found[i] == pytest.approx(-(penalised(state + step) - penalised(state - step)) / 2e-5, rel=1e-5)


@pytest.mark.parametrize("depth", [2, 3])
def test_the_jacobian_is_that_of_finite_differences(script: ModuleType, depth: int) -> None:
    """Columns in u and in v."""
    rng = np.random.default_rng(SEED)
    x, target = script.draw(rng)
    given = (x.T @ x / 40, x.T @ x @ target / 40, depth, 0.3)
    state = rng.uniform(0.5, 1.5, size=200)
    found = script.jacobian(state, *given)
    for i in (3, 160):
        step = 1e-6 * np.eye(200)[i]
        expected = (script.slopes(state + step, *given) - script.slopes(state - step, *given)) / 2e-6
        np.testing.assert_allclose(found[:, i], expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("depth", [2, 3])
def test_what_is_conserved_holds_along_the_flow(script: ModuleType, depth: int) -> None:
    """Eq. 3 at the fall of the test error; and a weight that is off shows."""
    delay = script.train(*script.draw(np.random.default_rng(SEED)), 5.0, 0.07, depth)
    assert delay.conserved_off < 1e-3
    assert delay.fitted < 0.1 < delay.grokked
    weights = np.full(200, 2.0)
    assert script.conserved_off(weights, 0.0, 2.0, depth, 0.1) == pytest.approx(0)
    assert script.conserved_off(weights * 1.1, 0.0, 2.0, depth, 0.1) == pytest.approx(
        1.1 ** (2 if depth == 2 else 1) - 1
    )


def test_orthogonal_inputs_are_learned_at_once(script: ModuleType) -> None:
    """With as many orthogonal inputs as weights the test error falls like the training error, at the kernel's rate."""
    x = math.sqrt(100) * np.eye(100)
    target = np.zeros(100)
    target[:3] = 1.0
    delay = script.train(x, target, 10.0, 0.05, 2)
    assert delay.grokked == pytest.approx(
        -math.log(script.THRESHOLD) / (16 * 10**2), rel=0.02
    )  # error e^{-16 alpha^2 t}


def test_a_fall_that_never_comes_is_censored(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a threshold below zero the delay is nan, written as null."""
    monkeypatch.setattr(script, "THRESHOLD", -1.0)
    delay = script.train(*script.draw(np.random.default_rng(SEED)), 5.0, 0.2, 2)
    assert math.isnan(delay.grokked)
    assert script.numbers([delay.grokked]) == [None]
