"""The reproduction of the capacity of a perceptron: counting, margins and shares against independent ways to them."""

from __future__ import annotations

import itertools
import math
from types import ModuleType

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import binom, norm
from sklearn.svm import LinearSVC

from tests import experiment

SEED = 2000


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return experiment.load("perceptron_capacity")


def test_counting_is_a_binomial_tail(script: ModuleType) -> None:
    """Eq. 2 is scipy's binomial distribution function, 1 up to P = N and 1/2 at P = 2N."""
    for p, n in ((12, 4), (30, 10), (55, 25)):
        assert script.share_separable(p, n) == pytest.approx(binom(p - 1, 0.5).cdf(n - 1))
    assert script.share_separable(10, 10) == 1
    assert script.share_separable(50, 25) == pytest.approx(0.5)


def test_counting_holds_for_each_set_of_patterns(script: ModuleType) -> None:
    """Of all signs of six patterns with three weights exactly the counted share is separable."""
    x = np.random.default_rng(SEED).normal(size=(6, 3))
    found = [script.separable(x, np.array(signs)) for signs in itertools.product([-1.0, 1.0], repeat=6)]
    assert np.mean(found) == script.share_separable(6, 3)


def test_the_load_is_the_integral(script: ModuleType) -> None:
    """Eq. 3 in closed form is its integral by quadrature; no margin at a load of two."""
    for alpha in (0.5, 1.0, 1.5):
        kappa = script.margin_of(alpha)
        integral = quad(lambda t, kappa=kappa: (t + kappa) ** 2 * norm.pdf(t), -kappa, np.inf)[0]
        assert 1 / integral == pytest.approx(alpha, rel=1e-8)
    assert script.margin_of(2.0) == pytest.approx(0, abs=1e-9)


def test_margin_is_that_of_a_support_vector_machine(script: ModuleType) -> None:
    """Least-distance margins agree with scikit-learn's linear machine, and no other direction does better."""
    rng = np.random.default_rng(SEED)
    x, signs, ruled = script.draw("gaussian", 20, 15, rng)
    for labels in (signs, ruled):
        kappa, share = script.margin(x, labels)
        machine = LinearSVC(loss="hinge", C=1e4, fit_intercept=False, max_iter=200000, tol=1e-8).fit(x, labels)
        fields = labels * (x @ machine.coef_[0]) / np.linalg.norm(machine.coef_)
        assert kappa == pytest.approx(fields.min(), rel=2e-3)
        assert 0 < share <= 1
        assert script.of_the_sum(x, labels)[0] <= kappa


def test_patterns_that_cannot_be_separated_have_no_margin(script: ModuleType) -> None:
    """A pattern with both signs is not separable, and its margin is not a number."""
    x = np.array([[1.0, 2.0], [1.0, 2.0]])
    assert not script.separable(x, np.array([1.0, -1.0]))
    assert all(math.isnan(value) for value in script.margin(x, np.array([1.0, -1.0])))
    assert script.margin(x, np.array([1.0, 1.0])) == (pytest.approx(math.sqrt(5)), pytest.approx(0.5, abs=0.5))
