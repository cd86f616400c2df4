"""The reproduction of ridge exponents: its closed form and regression against independent computations."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from tests import experiment

script = experiment.load("ridge_exponents")


def test_the_closed_form_is_known_where_all_eigenvalues_are_equal() -> None:
    """Without ridge and below p samples, isotropic features leave 1 - n/p of the target, and p - n inflates noise."""
    p, n, s = 300, 100, 0.7
    flat, squares = np.ones(p), np.full(p, 1 / p)
    wanted = (1 - n / p) + s**2 * n / (p - n)
    assert script.closed_form(flat, squares, n, 1e-9, s) == pytest.approx(wanted, rel=1e-4)


def test_the_closed_form_has_the_asymptotic_slope() -> None:
    """Far out, with a million features, the slope is twice spectrum exponent times source exponent, up to r = 1."""
    k = np.arange(1.0, 10**6 + 1)
    for alpha, r in ((1.5, 0.6), (1.5, 1.6)):
        values = [script.closed_form(k**-alpha, k ** (-1 - 2 * alpha * r), n, 0.0, 0.0) for n in (2000, 8000)]
        assert np.log(values[1] / values[0]) / np.log(4) == pytest.approx(-2 * alpha * min(r, 1), abs=0.06)


def test_the_fit_is_ridge_regression_on_weighted_features() -> None:
    """The estimate agrees with scikit-learn's ridge on features times the root of their eigenvalues."""
    rng = np.random.default_rng(experiment.SEED)
    phi, theta, eigenvalues = rng.normal(size=(20, 50)), rng.normal(size=50), 1 / np.arange(1.0, 51) ** 1.5
    y = phi @ theta + rng.normal(size=20)
    fit = Ridge(alpha=0.3, fit_intercept=False, solver="cholesky").fit(phi * np.sqrt(eigenvalues), y)
    wanted = ((np.sqrt(eigenvalues) * fit.coef_ - theta) ** 2).sum()
    assert script.excess_error(phi, eigenvalues, theta, y, 0.3) == pytest.approx(wanted)


def test_measured_errors_follow_the_closed_form_on_small_designs(monkeypatch: pytest.MonkeyPatch) -> None:
    """With few features and many designs the mean is the closed form's, with noise and without."""
    monkeypatch.setattr(script, "FEATURES", 300)
    monkeypatch.setattr(script, "SIZES", (20, 40))
    for noise in (0.0, 0.5):
        eigenvalues, squares = script.power_laws(1.5, 0.6)
        found = script.curve(experiment.SEED, 0, 1.5, 0.6, noise, 150)
        delta = script.ridge_of(eigenvalues, noise)
        wanted = [script.closed_form(eigenvalues, squares, n, delta, noise) for n in (20, 40)]
        assert found["target"] == pytest.approx(np.array(wanted), rel=0.1)
        assert (found["shuffled"] > 2 * found["target"]).all()
