"""Marchenko and Pastur: the law's quantiles, the shifted edge and the draws against independent ones."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from tests import experiment

script = experiment.load("marchenko_pastur")


def test_the_density_has_the_moments_of_the_law() -> None:
    """It integrates to 1, with mean 1 and second moment 1 + gamma, as counting pairings says."""
    for gamma in (0.1, 0.3, 0.9):
        ends = script.edges(gamma)
        moments = [quad(lambda l, k=k, g=gamma: l**k * script.density(l, g), *ends)[0] for k in range(3)]  # noqa: E741
        assert moments == pytest.approx([1, 1, 1 + gamma], abs=1e-5)


def test_quantiles_have_their_share_below_them() -> None:
    """Quantiles rise from edge to edge, and a wide Gaussian matrix has them."""
    a, b = script.edges(0.3)
    found = [script.quantile(q, 0.3) for q in script.SHARES]
    assert sorted([a, *found, b]) == [a, *found, b]
    spectrum = script.spectrum(np.random.default_rng(2000).normal(size=(1000, 300)))
    assert np.quantile(spectrum, script.SHARES) == pytest.approx(found, rel=0.03)


def test_semicircle_has_the_same_mean_and_variance() -> None:
    """Its quantiles, averaged over all shares, have mean 1 and variance gamma."""
    values = [script.semicircle_quantile(q, 0.3) for q in (np.arange(400) + 0.5) / 400]
    assert np.mean(values) == pytest.approx(1, abs=1e-6)
    assert np.var(values) == pytest.approx(0.3, rel=1e-2)


def test_the_shifted_edge_is_the_mean_of_gaussian_matrices() -> None:
    """Over 100 Gaussian matrices the mean largest eigenvalue is that of Eq. 4, which the limit misses."""
    rng = np.random.default_rng(2001)
    tops = [script.spectrum(rng.normal(size=(200, 60)))[-1] for _ in range(100)]
    error = np.std(tops) / np.sqrt(100)
    assert np.mean(tops) == pytest.approx(script.largest(200, 60), abs=3 * error + 0.004)
    assert script.edges(0.3)[1] - np.mean(tops) > 5 * error


def test_eigenvalues_are_those_of_the_covariance() -> None:
    """Squared singular values over n."""
    entries = np.random.default_rng(2002).normal(size=(50, 20))
    assert script.spectrum(entries)[::-1] == pytest.approx(np.linalg.svd(entries, compute_uv=False) ** 2 / 50)


@pytest.mark.parametrize("name", sorted(set(script.LAWS) - {"student"}))
def test_entries_have_mean_zero_and_variance_one(name: str) -> None:
    """Of 400000 entries; so do those with a factor for each row, whose squares are correlated."""
    rng = np.random.default_rng(2003)
    entries = script.LAWS[name](rng, (200000, 2))
    assert entries.mean() == pytest.approx(0, abs=0.01)
    assert entries.var() == pytest.approx(1, abs=0.02)
    assert script.FACTORS.mean() == 1
    scaled = entries * np.sqrt(rng.choice(script.FACTORS, size=(len(entries), 1)))
    assert np.corrcoef(scaled.T)[0, 1] == pytest.approx(0, abs=0.01)
    assert np.corrcoef(scaled.T**2)[0, 1] > 0.04


def test_one_large_entry_makes_the_eigenvalue_of_its_equation() -> None:
    """A Gaussian matrix with one entry of square s n has, in the mean, its top eigenvalue at (1 + s)(1 + gamma/s)."""
    rng, n, p, s = np.random.default_rng(2004), 600, 180, 2.0
    tops = []
    for _ in range(10):
        entries = rng.normal(size=(n, p))
        entries[0, 0] = np.sqrt(s * n)
        tops.append(script.spectrum(entries)[-1])
    assert np.mean(tops) == pytest.approx((1 + s) * (1 + p / n / s), rel=0.03)
