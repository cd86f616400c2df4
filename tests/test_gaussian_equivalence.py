"""Gaussian equivalence: its moments, its ridge and its draws against independent ones."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm
from sklearn.linear_model import Ridge

from tests import experiment

script = experiment.load("gaussian_equivalence")
ENDS = ((-10, 0), (0, 10))  # relu and sign are not smooth at 0


@pytest.mark.parametrize("name", sorted(script.ACTIVATIONS))
def test_moments_are_integrals_over_a_gaussian(name: str) -> None:
    """mu_0, mu_1 and mu_* of each activation are those of numerical integration."""
    sigma, mu_0, mu_1, mu_star = script.ACTIVATIONS[name]

    def mean(power: int, order: int) -> float:
        parts = [quad(lambda u: float(sigma(np.float64(u))) ** power * u**order * norm.pdf(u), *ends) for ends in ENDS]
        return sum(part[0] for part in parts)

    assert mu_0 == pytest.approx(mean(1, 0), abs=1e-7)
    assert mu_1 == pytest.approx(mean(1, 1), abs=1e-7)
    assert mu_star**2 == pytest.approx(mean(2, 0) - mu_0**2 - mu_1**2, abs=1e-7)


@pytest.mark.parametrize("n", [20, 90])
def test_ridge_is_that_of_a_library(n: int) -> None:
    """Eqs. 4 and 5 with fewer and with more samples than features, against scikit-learn."""
    rng = np.random.default_rng(2000)
    phi, y = rng.normal(size=(n + 50, 40)), rng.normal(size=n + 50)
    fitted = Ridge(alpha=0.3 * n, fit_intercept=False).fit(phi[:n], y[:n])
    wanted = np.mean((fitted.predict(phi[n:]) - y[n:]) ** 2)
    assert script.ridge_error(phi, y, n, 0.3) == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize(("activation", "inputs"), script.SETTINGS)
def test_surrogate_has_the_moments_of_the_features(activation: str, inputs: str) -> None:
    """Means, variances and correlations with the inputs' projections agree; the correlation of the rest does not."""
    rng = np.random.default_rng(2001)
    phi, gaussian, linear, y = script.draw(rng, activation, inputs, 200, 5, 40000)
    assert phi.shape == gaussian.shape == linear.shape == (40000, 5)
    assert set(np.unique(y)) == {-1.0, 1.0}
    u = linear / script.ACTIVATIONS[activation][2]
    assert u.var(axis=0) == pytest.approx(np.ones(5), abs=0.05)
    assert phi.mean(axis=0) == pytest.approx(np.zeros(5), abs=0.03)
    assert phi.var(axis=0) == pytest.approx(gaussian.var(axis=0), rel=0.08)
    assert (phi * u).mean(axis=0) == pytest.approx((gaussian * u).mean(axis=0), abs=0.03)
    rest = phi - linear
    assert np.abs(np.corrcoef(rest[:, 0], (gaussian - linear)[:, 0])[0, 1]) < 0.03


def test_a_label_of_the_features_is_learned_from_the_features_alone() -> None:
    """Without a ridge and with many samples features fit their own label exactly; the surrogate cannot."""
    found = script.errors(np.random.default_rng(2002), "relu", "gaussian", (50, 75, 500), 400, 1e-10)
    assert found["own features"] < 1e-8
    assert found["own gaussian"] > 0.3


def test_smoke_run_pairs_the_arms() -> None:
    """Each setting has both arms, close to each other beside the account that leaves the nonlinear part out."""
    rows = experiment.smoke("gaussian_equivalence")[0]["quantities"]["test_error"]
    arms = {model: [row for row in rows if row["condition"]["model"] == model] for model in script.MODELS}
    assert len(arms["features"]) == len(arms["gaussian"]) == 8
    for of, over in zip(arms["features"], arms["gaussian"], strict=True):
        assert {**of["condition"], "model": "gaussian"} == over["condition"]
        assert np.mean(of["measured"]) == pytest.approx(np.mean(over["measured"]), rel=0.25)


def test_a_map_measures_one_setting_alone(tmp_path: Path) -> None:
    """With samples or ridge given, relu with Gaussian inputs is measured there and nowhere else."""
    out = tmp_path / "result.json"
    script.main(script.Args(seeds=1, first_seed=2000, budget="smoke", out=out, samples=1.5, ridge=0.01))
    result = json.loads(out.read_text())
    assert [row["condition"] for row in result["quantities"]["test_error"]] == [
        {"activation": "relu", "inputs": "gaussian", "samples": 1.5, "ridge": 0.01, "model": model}
        for model in ("features", "gaussian")
    ]
