"""The reproduction of exponents on spheres: its covariances, regression and error against independent ones."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kstest
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import Matern

from tests import experiment

script = experiment.load("kernel_dimension")


def test_points_are_uniform_on_the_sphere() -> None:
    """They have length 1, and on S^2 each coordinate is uniform between -1 and 1."""
    x = script.sphere(np.random.default_rng(experiment.SEED), 2000, 2)
    assert np.linalg.norm(x, axis=1) == pytest.approx(np.ones(2000))
    assert kstest(x[:, 0], "uniform", args=(-1, 2)).pvalue > 0.01


def test_covariances_are_those_of_scikit_learn() -> None:
    """Laplace is Matern of order 1/2; order 3/2 has a length scale of root 3 there."""
    x = script.sphere(np.random.default_rng(experiment.SEED), 30, 3)
    for name, wanted in (("laplace", Matern(1.0, nu=0.5)), ("matern", Matern(3**0.5, nu=1.5))):
        assert script.kernel(name, x, x) == pytest.approx(wanted(x), abs=1e-6)


def test_the_error_is_the_posterior_variance_where_teacher_and_student_are_one() -> None:
    """With the field's own covariance the mean squared error is the posterior variance of scikit-learn's process."""
    found = script.errors(experiment.SEED, 0, "laplace", 2, (64, 128), 400)
    rng = np.random.default_rng([experiment.SEED, 0])
    x = script.sphere(rng, 128 + script.TEST_POINTS, 2)
    for at, n in enumerate((64, 128)):
        process = GaussianProcessRegressor(Matern(1.0, nu=0.5), alpha=1e-10, optimizer=None).fit(x[:n], np.zeros(n))
        deviation = process.predict(x[128:], return_std=True)[1]
        assert found["field"][at] == pytest.approx((deviation**2).mean(), rel=0.05)


def test_noise_is_not_learned() -> None:
    """Of white noise the error stays at least its variance, at every size."""
    found = script.errors(experiment.SEED, 1, "laplace", 1, (64, 256), 50)
    assert (found["noise"] > 1).all()
    assert found["field"][1] < found["field"][0] < 0.1
