"""The reproduction of kernel learning curves: its closed form, regression and estimators against independent ones."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.kernel_ridge import KernelRidge

from tests import experiment

script = experiment.load("kernel_eigenframework")


def small_pool(size: int = 60) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Inputs, targets and Laplace kernel of the first images."""
    x, y = script.images()
    x, y = x[:size], y[:size] - y[:size].mean(axis=0)
    return x, y, script.kernel_matrix(x, "laplace")


def test_the_pool_is_all_digits_and_targets_are_centred() -> None:
    """1797 images of mean 0 and mean square norm 1; each target has mean 0 and the right class stands out."""
    x, y = script.images()
    assert (x.shape, y.shape) == ((1797, 64), (1797, 10))
    assert (x**2).sum(axis=1).mean() == pytest.approx(1)
    assert np.abs(y.mean(axis=0)).max() < 1e-12
    assert (y.argmax(axis=1) == load_digits().target).all()


def test_the_tangent_kernel_is_that_of_a_wide_random_network() -> None:
    """Gradients of one wide hidden ReLU layer, both layers trained, have these inner products; 1 on the diagonal."""
    x, _ = script.images()
    k = script.kernel_matrix(x[:4], "tangent")
    u = x[:4] / np.linalg.norm(x[:4], axis=1, keepdims=True)
    w = np.random.default_rng(experiment.SEED).normal(size=(64, 100000))
    pre = u @ w  # second weights have mean square 1 and drop out
    empirical = (np.maximum(pre, 0) @ np.maximum(pre, 0).T + ((pre > 0) @ (pre > 0).T.astype(float)) * (u @ u.T)) / 1e5
    assert np.diag(k) == pytest.approx(np.ones(4))
    assert empirical == pytest.approx(k, abs=0.02)


def test_capacity_solves_its_equation_at_the_ends_too() -> None:
    """n = sum lambda / (lambda + kappa) + delta / kappa; with equal eigenvalues kappa is known in closed form."""
    flat = np.full(50, 2.0)  # without ridge: 50 * 2 / (2 + kappa) = n
    assert script.capacity(flat, 10, 0.0) == pytest.approx(8.0)
    falling = 1.0 / np.arange(1, 200) ** 2
    for n, delta in ((1, 1e-3), (20, 0.1), (150, 1.0)):
        kappa = script.capacity(falling, n, delta)
        assert (falling / (falling + kappa)).sum() + delta / kappa == pytest.approx(n)


def test_the_closed_form_is_met_where_features_are_gaussian() -> None:
    """On Gaussian features of known spectrum, ridge regression's mean risk by simulation is the closed form's."""
    rng = np.random.default_rng(experiment.SEED)
    p, n, delta = 300, 60, 0.05
    eigenvalues = np.sort(1.0 / np.arange(1, p + 1) ** 1.5)
    coefficients = rng.normal(size=p) * np.sqrt(eigenvalues)
    risks = []
    for _ in range(200):
        phi = rng.normal(size=(n, p))
        k = (phi * eigenvalues) @ phi.T
        found = eigenvalues * (phi.T @ np.linalg.solve(k + delta * np.eye(n), phi @ coefficients))
        risks.append(((found - coefficients) ** 2).sum())
    pool = script.Pool(np.empty(0), np.empty(0), eigenvalues, coefficients**2)
    with_factor, without = script.closed_form(pool, n, delta)
    assert np.mean(risks) == pytest.approx(with_factor, rel=0.03)
    assert without < 0.9 * with_factor


def test_the_spectrum_rebuilds_the_kernel_and_holds_all_of_the_target() -> None:
    """Eigenvalues rise and sum to the kernel's mean diagonal; |c_i|^2 sum to the target's mean square."""
    _, y, k = small_pool()
    pool = script.decompose(k, y)
    assert (np.diff(pool.eigenvalues) >= 0).all()
    assert pool.eigenvalues.sum() == pytest.approx(np.trace(k) / len(k))
    assert pool.power.sum() == pytest.approx((y**2).sum(axis=1).mean())


def test_regression_is_that_of_scikit_learn() -> None:
    """Predictions on the pool agree with KernelRidge on the precomputed kernel."""
    _, y, k = small_pool()
    chosen = np.array([3, 50, 7, 21])
    ridge = KernelRidge(alpha=0.1, kernel="precomputed").fit(k[np.ix_(chosen, chosen)], y[chosen])
    assert script.regress(k, y, chosen, 0.1) == pytest.approx(ridge.predict(k[:, chosen]), abs=1e-10)


def test_the_estimate_from_the_training_set_is_generalised_cross_validation() -> None:
    """KARE is the training error over the square of one less the mean trace of the smoother."""
    _, y, k = small_pool()
    smoother = k @ np.linalg.inv(k + 0.2 * np.eye(len(k)))
    error = ((y - smoother @ y) ** 2).sum() / len(k)
    assert script.kare(k, y, 0.2) == pytest.approx(error / (1 - np.trace(smoother) / len(k)) ** 2)


def test_learnabilities_of_any_basis_sum_to_the_samples() -> None:
    """Without ridge a random basis gives n, with it the trace of the smoother; kernel averages give less than n."""
    _, _, k = small_pool()
    rng = np.random.default_rng(experiment.SEED)
    basis = np.sqrt(len(k)) * np.linalg.qr(rng.normal(size=k.shape))[0]
    chosen = rng.choice(len(k), 12, replace=False)
    train = k[np.ix_(chosen, chosen)]
    assert script.total_learnability(k, basis, chosen, 0.0) == pytest.approx(12)
    with_ridge = np.trace(train @ np.linalg.inv(train + 0.3 * np.eye(12)))
    assert script.total_learnability(k, basis, chosen, 0.3) == pytest.approx(with_ridge)
    assert script.total_of_averages(k, basis, chosen) < 6


def test_a_cell_of_a_map_is_one_setting_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With samples and ridge given, test_mse of the Laplace kernel is measured there and nowhere else."""
    out, pool = tmp_path / "cell.json", small_pool(400)[:2]
    monkeypatch.setattr(script, "images", lambda: pool)
    script.main(script.Args(seeds=2, first_seed=experiment.SEED, budget="smoke", out=out, samples=30, ridge=0.01))
    rows = json.loads(out.read_text())["quantities"]["test_mse"]
    assert [row["condition"] for row in rows] == [{"kernel": "laplace", "ridge": 0.01, "samples": 30}]
    assert rows[0]["measured"] == pytest.approx(rows[0]["expected"], rel=0.2)
