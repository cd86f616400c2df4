"""The reproduction of online learning from a teacher: its averages against sampling, its equations against runs."""

from __future__ import annotations

import math
from types import ModuleType

import numpy as np
import pytest
from scipy.special import erf

from tests import experiment

SEED = 2000


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return experiment.load("saad_solla")


@pytest.fixture(scope="module")
def drawn() -> tuple[np.ndarray, np.ndarray]:
    """A covariance (4, 4), and 400000 vectors of that law."""
    rng = np.random.default_rng(SEED)
    a = rng.normal(size=(4, 4))
    covariance = a @ a.T / 3
    return covariance, rng.multivariate_normal(np.zeros(4), covariance, size=400_000)


def g(z: np.ndarray) -> np.ndarray:
    return np.asarray(erf(z / math.sqrt(2)))


def slope(z: np.ndarray) -> np.ndarray:
    return np.asarray(math.sqrt(2 / math.pi) * np.exp(-(z**2) / 2))


def test_averages_of_two_and_three_are_those_of_samples(
    script: ModuleType, drawn: tuple[np.ndarray, np.ndarray]
) -> None:
    """Eqs. 4 and 5 are the means over 400000 samples, with repeated variables too."""
    covariance, z = drawn
    assert script.pair(covariance)[0, 1] == pytest.approx((g(z[:, 0]) * g(z[:, 1])).mean(), abs=0.005)
    for u, v, w in ((0, 1, 2), (0, 0, 2), (0, 1, 0), (0, 1, 1)):
        sampled = (slope(z[:, u]) * z[:, v] * g(z[:, w])).mean()
        assert script.triple(covariance, u, v, w) == pytest.approx(sampled, abs=0.005)


def test_averages_of_four_are_those_of_samples(script: ModuleType, drawn: tuple[np.ndarray, np.ndarray]) -> None:
    """Eq. 6 is the mean over the same samples, for two slopes of one variable too."""
    covariance, z = drawn
    signs = np.array([-1.0, -1.0, 1.0, 1.0])
    for u, v in ((0, 1), (1, 1)):
        slopes = slope(z[:, u]) * slope(z[:, v])
        assert script.slopes(covariance, u, v) == pytest.approx(slopes.mean(), abs=0.005)
        assert script.quadruple(covariance, u, v, signs) == pytest.approx(
            (slopes * (g(z) @ signs) ** 2).mean(), abs=0.01
        )


@pytest.mark.parametrize(("students", "noise"), [(2, 0.3), (3, 0.0)])
def test_rates_are_the_mean_change_of_one_step(script: ModuleType, students: int, noise: float) -> None:
    """N times the mean change of the overlaps in one step of Eq. 1, over 400000 inputs, is Eqs. 2 and 3."""
    rng, n, eta = np.random.default_rng(SEED), 400_000, 0.7
    q, r = (np.array(part) for part in script.START[students])
    covariance = np.block([[q, r], [r.T, np.eye(2)]])
    fields = rng.multivariate_normal(np.zeros(students + 2), covariance, size=n)
    x, y = fields[:, :students], fields[:, students:]
    off = g(y).sum(axis=1) - g(x).sum(axis=1) + math.sqrt(noise) * rng.normal(size=n)
    delta = slope(x) * off[:, None]
    dq = eta * (delta.T @ x + x.T @ delta) / n + eta**2 * delta.T @ delta / n  # |xi|^2 / N = 1
    dr = eta * delta.T @ y / n
    rates = script.rates(np.concatenate([q.ravel(), r.ravel()]), students, eta, noise, 1.0)
    np.testing.assert_allclose(rates, np.concatenate([dq.ravel(), dr.ravel()]), atol=0.006)


def test_the_start_has_the_overlaps_of_the_equations(script: ModuleType) -> None:
    """Random weights have exactly the overlaps of START, and differ between runs."""
    for students in script.START:
        assert script.start_off(students, 50, 3, np.random.default_rng(SEED)) < 1e-12
    first, second = script.weights(2, 50, 2, np.random.default_rng(SEED))[0]
    assert np.abs(first - second).max() > 0.01


def test_a_student_with_the_weights_of_its_teacher_stays(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """It makes no error and no step, in the equations and in a run."""
    monkeypatch.setitem(script.START, 2, (np.eye(2), np.eye(2) * (1 - 1e-14)))
    assert script.error(np.eye(2), np.eye(2)) == pytest.approx(0, abs=1e-12)
    monkeypatch.setattr(script, "weights", lambda k, n, runs, rng: (np.eye(2, n)[None].copy(), np.eye(2, n)[None]))
    errors, losses = script.simulate(2, 20, 1.0, 0.0, np.array([2.0]), 1, np.random.default_rng(SEED))
    assert errors == pytest.approx(0, abs=1e-12)
    assert losses == pytest.approx(0, abs=1e-12)


def test_a_map_measures_one_place_alone(script: ModuleType) -> None:
    """With a dimension or a step given there is one setting, of that dimension and step."""
    assert script.settings(script.Args(dimension=50)) == [{"students": 2, "noise": 0.0, "dimension": 50, "step": 1.0}]
    assert [place["step"] for place in script.settings(script.Args(step=0.5))] == [0.5]
    assert len(script.settings(script.Args())) == 3
