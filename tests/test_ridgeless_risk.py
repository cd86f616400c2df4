"""The reproduction of ridgeless regression: its expressions against other ways to them, and its fits."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest
from scipy.stats import invwishart

from tests import experiment

SEED = 2000


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return experiment.load("ridgeless_risk")


def test_exact_risks_are_means_of_inverse_wishart_matrices(script: ModuleType) -> None:
    """Below interpolation noise costs the trace of scipy's mean inverse Wishart matrix, beyond it that of the Gram's."""
    n, p = 40, 12
    assert script.exact(n, p, 0.5) == pytest.approx(0.5 * np.trace(invwishart(df=n, scale=np.eye(p)).mean()))
    n, p = 12, 40
    noise = np.trace(invwishart(df=p, scale=np.eye(n)).mean())
    assert script.exact(n, p, 0.5) == pytest.approx(1 - 12 / 40 + 0.5 * noise)


def test_equivalent_is_the_limit_of_the_exact_risk(script: ModuleType) -> None:
    """With equal eigenvalues it is 1 - 1/g + s2/(g - 1), which the exact risk comes to for many samples."""
    assert script.equivalent(500, 0.25, np.ones(1000)) == pytest.approx(0.5 + 0.25)
    assert script.exact(5000, 10000, 0.25) == pytest.approx(0.75, rel=1e-3)


def test_equivalent_is_met_by_a_spectrum_of_two_levels(script: ModuleType) -> None:
    """Fits made here with numpy's lstsq, on features of two variances, have its risk to 6 %."""
    rng = np.random.default_rng(SEED)
    n, p, s2 = 150, 300, 0.2
    levels = np.repeat([0.2, 1.8], p // 2)
    found = []
    for _ in range(12):
        x = rng.normal(size=(n, p)) * np.sqrt(levels)
        beta = rng.normal(size=(p, 10)) / np.sqrt(p)
        fit = np.linalg.lstsq(x, x @ beta + np.sqrt(s2) * rng.normal(size=(n, 10)), rcond=None)[0]
        found.append((levels[:, None] * (fit - beta) ** 2).sum(axis=0).mean())
    assert np.mean(found) == pytest.approx(script.equivalent(n, s2, levels), rel=0.06)


def test_without_noise_few_features_are_found_exactly(script: ModuleType) -> None:
    """The risk is zero below interpolation at no noise, and permuting the targets destroys that."""
    fitted, permuted = script.risk("gaussian", 30, 10, 0.0, 3, np.random.default_rng(SEED))
    assert fitted == pytest.approx(0, abs=1e-20)
    assert permuted > 0.5


def test_all_laws_have_the_same_second_moments(script: ModuleType) -> None:
    """Entries have mean 0 and variance 1, and correlated features eigenvalues of mean 1 that fall as 1/rank."""
    for law in ("gaussian", "two-valued", "laplace"):
        x = script.LAWS[law](np.random.default_rng(SEED), (2000, 50))
        assert x.mean() == pytest.approx(0, abs=0.02)
        assert x.var() == pytest.approx(1, abs=0.03)
    eigenvalues = script.spectrum("correlated", 50)
    assert eigenvalues.mean() == pytest.approx(1)
    assert eigenvalues[0] / eigenvalues[9] == pytest.approx(10)


def test_a_map_measures_one_place_alone(script: ModuleType) -> None:
    """With an aspect and a noise given there is one condition and no search for the peak."""
    args = script.Args(aspect=3.0, noise=0.5)
    assert script.settings(args) == [("gaussian", 3.0, 0.5)]
    assert len(script.settings(script.Args())) == 24
