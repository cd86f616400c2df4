"""Spiked matrices: the formulas against the resolvent, the noise, and the top eigenvector against a dense solver."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad

from tests import experiment

script = experiment.load("spiked_matrix")


@pytest.mark.parametrize("theta", [1.2, 1.5, 3.0])
def test_formulas_solve_the_equation_of_the_resolvent(theta: float) -> None:
    """With G integrated over the semicircle, theta G(z) = 1 at the outlier, and the overlap is -1/(theta^2 G')."""
    z = script.outlier(theta)

    def moment(power: int) -> float:
        return quad(lambda x: np.sqrt(4 - x * x) / (2 * np.pi) / (z - x) ** power, -2, 2)[0]

    assert theta * moment(1) == pytest.approx(1, rel=1e-6)
    assert script.overlap(theta) == pytest.approx(1 / (theta**2 * moment(2)), rel=1e-6)


def test_below_the_threshold_nothing_shows() -> None:
    """Eigenvalue and overlap are those of noise up to 1, and go on from there without a jump."""
    assert (script.outlier(0.5), script.overlap(0.5)) == (2.0, 0.0)
    assert script.outlier(1 + 1e-9) == pytest.approx(2)
    assert script.overlap(1 + 1e-9) == pytest.approx(0, abs=1e-8)


@pytest.mark.parametrize("law", sorted(script.LAWS))
def test_noise_is_symmetric_with_the_semicircle(law: str) -> None:
    """Entries have variance 1/n, and the spectrum's second and fourth moments are 1 and 2."""
    noise = script.noise(np.random.default_rng(2000), law, 500)
    assert (noise == noise.T).all()
    values = np.linalg.eigvalsh(noise)
    assert np.mean(values**2) == pytest.approx(1, abs=0.02)
    assert np.mean(values**4) == pytest.approx(2, abs=0.1)


def test_the_top_is_that_of_a_dense_solver() -> None:
    """Value and vector of a random symmetric matrix agree with the whole decomposition."""
    matrix = script.noise(np.random.default_rng(2001), "gaussian", 80)
    value, u = script.top(matrix)
    values, vectors = np.linalg.eigh(matrix)
    assert value == pytest.approx(values[-1], rel=1e-7)
    assert abs(u @ vectors[:, -1]) == pytest.approx(1, abs=1e-6)


def test_a_strong_signal_is_found_in_a_small_matrix() -> None:
    """At strength 20 the outlier and the overlap are those of Eq. 3, and another signal has none."""
    found = script.measure(np.random.default_rng(2002), "gaussian", 20.0, 200, 4, control=True)
    assert found["outlier"] == pytest.approx(20.05, abs=0.3)
    assert found["overlap"] == pytest.approx(0.9975, abs=0.001)
    assert found["overlap with another signal"] < 0.05
    assert found["noise alone"] == pytest.approx(2, abs=0.1)


def test_a_map_measures_one_setting_alone(tmp_path: Path) -> None:
    """With a strength or size given, Gaussian noise is measured there and nowhere else."""
    out = tmp_path / "result.json"
    script.main(script.Args(seeds=2, first_seed=2000, budget="smoke", out=out, spike=2.5, size=100))
    quantities = json.loads(out.read_text())["quantities"]
    assert set(quantities) == {"outlier", "overlap"}
    assert [row["condition"] for row in quantities["outlier"]] == [{"noise": "gaussian", "spike": 2.5, "size": 100}]


def test_half_of_the_noise_brings_a_weak_signal_above_the_threshold() -> None:
    """Its overlap is that of twice the strength, and the draws of the rest stay as they are without the control."""
    with_control = script.measure(np.random.default_rng(experiment.SEED), "gaussian", 0.7, 400, 2, control=True)
    without = script.measure(np.random.default_rng(experiment.SEED), "gaussian", 0.7, 400, 2, control=False)
    assert with_control["overlap in half of the noise"] == pytest.approx(script.overlap(1.4), abs=0.12)
    assert with_control["overlap"] == without["overlap"] < 0.1
