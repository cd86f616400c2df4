"""Fluctuations with depth: the exact law of a layer against sampling and its limit, and networks of known answers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests import experiment

script = experiment.load("depth_fluctuations")
LARGE = 100_000


@pytest.mark.parametrize("slope", [0.0, 1.0, -1.0, 0.5, -0.3])
@pytest.mark.parametrize("width", [1, 3, 6])
def test_the_law_of_a_layer_is_that_of_gaussian_vectors(slope: float, width: int) -> None:
    """Mean and variance of Eq. 4 are those of the log of the squared norm of activated Gaussian vectors."""
    rng = np.random.default_rng([2000, width])
    x = rng.normal(size=(LARGE, width)) * np.sqrt(2 / ((1 + slope**2) * width))
    squared = (np.where(x > 0, x, slope * x) ** 2).sum(axis=1)
    logs = np.log(squared[squared > 0])
    mean, variance = script.law(width, slope)
    assert mean == pytest.approx(logs.mean(), abs=5 * logs.std() / np.sqrt(len(logs)))
    assert variance == pytest.approx(logs.var(), rel=0.04)


@pytest.mark.parametrize(("slope", "constant"), [(0.0, 5), (1.0, 2), (-1.0, 2), (0.5, 6 * 1.0625 / 1.5625 - 1)])
def test_the_law_has_its_limit(slope: float, constant: float) -> None:
    """At width 400, n times the variance is c within 1.2 %, and n times the mean is -c/2 (Eq. 5)."""
    mean, variance = script.law(400, slope)
    assert 400 * variance == pytest.approx(constant, rel=0.012)
    assert 400 * mean == pytest.approx(-constant / 2, rel=0.012)


def test_networks_follow_the_law_and_some_narrow_ones_die() -> None:
    """Over 20000 networks of width 3 and depth 2, R has the law's moments, and (7/8)^2 of them survive."""
    logs = script.log_norms(np.random.default_rng(2000), 3, 2, 0.0, 20_000)
    alive = np.isfinite(logs[:, -1])
    assert alive.mean() == pytest.approx((7 / 8) ** 2, abs=0.02)
    mean, variance = script.law(3, 0.0)
    assert logs[alive, -1].mean() == pytest.approx(2 * mean, abs=0.08)
    assert logs[alive, -1].var() == pytest.approx(2 * variance, rel=0.06)


def test_the_mean_square_of_a_neuron_is_kept() -> None:
    """For every slope the mean of the squared norm over networks stays 1, though the mean log falls."""
    for slope in (0.0, 1.0, -1.0, 0.5):
        logs = script.log_norms(np.random.default_rng([2000, 7]), 24, 4, slope, 4000)
        assert np.exp(logs).mean(axis=0) == pytest.approx(np.ones(4), abs=0.08)
        assert (np.diff(logs.mean(axis=0)) < 0).all()


def test_leaving_columns_out_changes_nothing() -> None:
    """With the weights given, a layer without the columns of zeros has the norm of the whole layer."""

    class Given:
        def standard_normal(self, shape: tuple[int, ...], dtype: type) -> np.ndarray:
            return np.broadcast_to(np.arange(1, shape[1] + 1, dtype=dtype)[:, None] - 2.5, shape)

    logs = script.log_norms(Given(), 4, 2, 0.0, 1)  # rows -1.5, -0.5, 0.5, 1.5: two of four neurons are active
    first = np.array([0.5, 1.5]) * np.sqrt(0.5)
    second = np.array([0.5, 1.5]) * np.sqrt(0.5) * first.sum()
    assert logs[0] == pytest.approx(np.log([(first**2).sum(), (second**2).sum()]), rel=1e-5)


def test_a_map_measures_one_setting_alone(tmp_path: Path) -> None:
    """With width and depth the variance of that setting alone is measured, from the draws of the whole run."""
    out = tmp_path / "cell.json"
    script.main(script.Args(seeds=2, first_seed=2000, budget="smoke", out=out, width=16, depth=8))
    cell = json.loads(out.read_text())["quantities"]
    whole = experiment.smoke("depth_fluctuations")[0]["quantities"]
    assert {"variance_of_log_norm", "mean_of_log_norm"} <= set(cell)
    wanted = [row for row in whole["variance_of_log_norm"] if row["condition"] == {"width": 16, "depth": 8}]
    assert cell["variance_of_log_norm"] == wanted


def test_controls_have_no_expected_value_of_their_own() -> None:
    """They are the same measurements, held against the law of the networks that they are a control of."""
    quantities = experiment.smoke("depth_fluctuations")[0]["quantities"]
    for kind, control in script.CONTROLS.items():
        rows = quantities[f"variance_of_{kind}"]
        assert [row["measured"] for row in quantities[f"variance_of_{control}"]] == [row["measured"] for row in rows]
        assert all("expected" not in row for row in quantities[f"variance_of_{control}"])
