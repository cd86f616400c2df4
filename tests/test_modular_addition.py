"""The reproduction of modular addition: its counted accuracy against sampling, its training against finite differences."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from tests import experiment

SEED = 2000


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return experiment.load("modular_addition")


def test_moments_of_a_neuron_are_those_of_its_waves(script: ModuleType) -> None:
    """Means, variances and covariance of Eq. 3 are averages over a grid of both phases."""
    x, y = np.meshgrid(*[2 * np.pi * np.arange(64) / 64] * 2)
    amplitude = (np.cos(x) + np.cos(y)) ** 2
    right, noise = amplitude * np.cos(x + y), amplitude**2 / 2
    assert right.mean() == pytest.approx(1 / 2)
    assert right.var() == pytest.approx(script.SIGNAL_VARIANCE)
    assert noise.mean() == pytest.approx(9 / 8)
    assert noise.var() == pytest.approx(script.NOISE_VARIANCE)
    assert (right * noise).mean() - 9 / 16 == pytest.approx(script.COVARIANCE)


def test_counted_accuracy_is_that_of_sampled_sums(script: ModuleType) -> None:
    """Eq. 4 is the share of 40000 draws in which R exceeds p - 1 (or one) normal variables of variance S; 1 for large h."""
    rng, p, h = np.random.default_rng(SEED), 11, 30
    covariance = [[script.SIGNAL_VARIANCE, script.COVARIANCE], [script.COVARIANCE, script.NOISE_VARIANCE]]
    r, s = rng.multivariate_normal([h / 2, 9 * h / 8], h * np.array(covariance), size=40_000).T
    others = np.sqrt(np.maximum(s, 0))[:, None] * rng.normal(size=(40_000, p - 1)) - h / (2 * (p - 1))
    assert script.counted_accuracy(p, h, p - 1) == pytest.approx((r > others.max(axis=1)).mean(), abs=0.01)
    assert script.counted_accuracy(p, h, 1) == pytest.approx((r > others[:, 0]).mean(), abs=0.01)
    assert script.counted_accuracy(p, 2000, p - 1) == pytest.approx(1)


def test_outputs_are_the_sum_over_neurons(script: ModuleType) -> None:
    """Eq. 1 by loops; and one neuron for each frequency and twelve phases adds without an error."""
    p, rng = 7, np.random.default_rng(SEED)
    u, v, w = script.by_waves(p, 5, rng)
    n, m, q = script.pairs(p)
    found = script.outputs([u, v, w], n, m)
    assert found[10, 3] == pytest.approx(sum((u[n[10], k] + v[m[10], k]) ** 2 * w[k, 3] for k in range(5)))
    np.testing.assert_array_equal(q, (n + m) % p)
    assert script.accuracy(script.by_waves(p, 2000, rng), n, m) == 1
    assert script.accuracy(script.by_waves(p, 2000, rng, phases_add=False), n, m) < 0.5


def test_gradient_is_that_of_finite_differences(script: ModuleType) -> None:
    """In all three layers."""
    p, rng = 5, np.random.default_rng(SEED)
    weights = [rng.normal(size=shape) for shape in ((p, 6), (p, 6), (6, p))]
    n, m, q = script.pairs(p)
    one = np.eye(p)

    def loss(changed: list[np.ndarray]) -> float:
        return float(((script.outputs(changed, n, m) - one[q]) ** 2).sum(axis=1).mean())

    slopes = script.gradient(weights, np.hstack([one[n], one[m]]), one[q])
    for layer in range(3):
        up, down = ([part.copy() for part in weights] for _ in range(2))
        up[layer][2, 3] += 1e-5
        down[layer][2, 3] -= 1e-5
        assert slopes[layer][2, 3] == pytest.approx((loss(up) - loss(down)) / 2e-5, rel=1e-4)


def test_training_decays_apart_from_the_gradient(script: ModuleType) -> None:
    """One step of AdamW moves each weight by rate (sign of its gradient + decay times it), as beta's corrections cancel."""
    start, n, m = script.draw(11, 1.0, np.random.default_rng(SEED))
    moved, _ = script.train(start, n, m, 0.5, 0.01, 1)
    one, cut = np.eye(11, dtype=np.float32), 60
    slopes = script.gradient(start, np.hstack([one[n[:cut]], one[m[:cut]]]), one[(n + m)[:cut] % 11])
    for before, after, slope in zip(start, moved, slopes, strict=True):
        large = np.abs(slope) > 1e-4
        expected = before - 0.01 * (np.sign(slope) + 0.5 * before)
        np.testing.assert_allclose(after[large], expected[large], atol=2e-6)


def test_waves_are_recognised(script: ModuleType) -> None:
    """Weights of Eq. 2 have one frequency and phases that add; Gaussian ones have 2/(F + 1) and phases that do not."""
    made = script.by_waves(37, 400, np.random.default_rng(SEED))
    assert script.participation(made) == pytest.approx(1)
    assert script.adding(made) == pytest.approx(1)
    rng = np.random.default_rng(SEED)
    drawn = [rng.normal(size=shape) for shape in ((37, 4000), (37, 4000), (4000, 37))]
    assert script.participation(drawn) == pytest.approx(2 / 19, rel=0.02)
    assert abs(script.adding(drawn)) < 0.05


def test_pairs_never_known_are_censored(script: ModuleType) -> None:
    """The test accuracy when fitted is that of the first look at 0.99 or more, and nan where there is none."""
    course = np.array([[0.5, 0.1], [0.99, 0.2], [1.0, 0.9]])
    assert script.when_fitted(course) == 0.2
    assert np.isnan(script.when_fitted(course[:1]))
