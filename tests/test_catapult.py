"""The reproduction of the catapult: its numerics against independent ones, and the file that it writes."""

from __future__ import annotations

import math
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from kg import results
from tests import experiment
from tests.experiment import SEED

WIDTHS, TARGETS, STEPS = (256, 1024, 4096, 16384), (0, 1), (2.5, 3.0)


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return experiment.load("catapult")


@pytest.fixture(scope="module")
def smoke() -> tuple[dict[str, Any], list[str]]:
    return experiment.smoke("catapult")


def test_training_is_gradient_descent_on_both_layers(script: ModuleType) -> None:
    """Losses and curvatures agree with automatic differentiation of the network of full weights v and W."""
    import jax
    import jax.numpy as jnp

    n, d, step, target = 20, 5, 2.7, 0.8
    rng = np.random.default_rng(SEED)
    with jax.enable_x64(True):
        x = rng.normal(size=d)
        x = jnp.array(x / np.linalg.norm(x))
        weights = jnp.array(rng.normal(size=n)), jnp.array(rng.normal(size=(n, d)))

        def network(weights: Any) -> Any:
            return weights[0] @ (weights[1] @ x) / math.sqrt(n)

        def loss(weights: Any) -> Any:
            return (network(weights) - target) ** 2 / 2

        def tangent_kernel(weights: Any) -> float:
            return float(sum(jnp.sum(part**2) for part in jax.grad(network)(weights)))

        course = script.train(np.array(weights[0])[None], np.array(weights[1] @ x)[None], step, target)
        eta = step / tangent_kernel(weights)
        assert course.losses.shape[1] > 6
        for t in range(course.losses.shape[1]):
            assert course.losses[0, t] == pytest.approx(float(loss(weights)), rel=1e-7)
            assert course.curvatures[0, t] == pytest.approx(tangent_kernel(weights), rel=1e-9)
            weights = jax.tree.map(lambda w, g: w - eta * g, weights, jax.grad(loss)(weights))


def test_curvature_and_error_follow_equation_3(script: ModuleType) -> None:
    """Each step of training is that of the two numbers z and lambda, for a target of 0 and another."""
    v, h, _ = script.draw(SEED, 50, 0, 9, networks=3)
    for target in (0, 1):
        course = script.train(v, h, 3.0, target)
        z = script.network(v, h) - target
        lam = course.curvatures[:, 0]
        eta = 3.0 / lam
        for t in range(8):
            assert course.losses[:, t] == pytest.approx(z**2 / 2, rel=1e-8)
            assert course.curvatures[:, t] == pytest.approx(lam, rel=1e-8)
            f = z + target
            z, lam = (
                z * (1 - eta * lam + eta**2 * z * f / 50),
                lam + eta * z / 50 * (eta * lam * z - 4 * f),
            )


@pytest.mark.parametrize(("step", "diverges"), [(1.9, False), (2.1, False), (3.9, False), (4.1, True), (8.0, True)])
def test_networks_diverge_beyond_four_and_not_below(script: ModuleType, step: float, diverges: bool) -> None:
    """At a width of 64 and the target 0 every network ends below 4 with eta lambda below 2, and none does above."""
    v, h, _ = script.draw(SEED, 64, 0, 8, networks=10)
    course = script.train(v, h, step, 0)
    assert (course.diverged == diverges).all()
    assert np.isfinite(course.curvatures).all()
    last = step * course.curvatures[:, -1] / course.curvatures[:, 0]
    assert (last > 4).all() if diverges else (last < 2).all()


def test_a_linearised_network_diverges_beyond_two(script: ModuleType) -> None:
    """|1 - step| decides, at either sign of the error."""
    v, h, _ = script.draw(SEED, 64, 0)
    for target in (-50, 50):
        assert not script.diverged_linearised(v, h, 1.98, target=target)
        assert script.diverged_linearised(v, h, 2.05, target=target)


def test_growth_is_of_the_loss_above_ten_times_its_first(script: ModuleType) -> None:
    """A wide network grows at 2.5 and not at 1.5."""
    v, h, _ = script.draw(SEED, 16384, 2)
    assert script.grew(v, h, 2.5)
    assert not script.grew(v, h, 1.5)


def test_a_loss_without_room_grows_only_where_training_diverges(script: ModuleType) -> None:
    """With both layers alike v goes by 1 - eta lambda / 2 a step, written out, and the loss first grows at 4."""
    v = np.random.default_rng(SEED).normal(size=(1, 64))
    course = script.train(v, v, 3.5, 0)
    k, f = 3.5, float((v * v).sum() / 8)
    for loss in course.losses[0, :6]:
        assert loss == pytest.approx(f * f / 2, rel=1e-9)
        f *= (1 - k / 2) ** 2
        k *= (1 - k / 2) ** 2
    assert not script.grew(v, v, 3.95)
    assert script.grew(v, v, 4.05)


def test_onset_is_found_to_the_grid_or_never(script: ModuleType) -> None:
    """An onset at 3.21 is bracketed to 0.01 whatever the shift; what never happens has no onset."""
    for shift in (0.0, 0.3, 0.99):
        assert script.onset(lambda step: step >= 3.21, shift) == pytest.approx(3.21, abs=0.005)
    assert script.onset(lambda step: step >= 3.21, 0.0) != script.onset(lambda step: step >= 3.21, 0.3)
    assert math.isnan(script.onset(lambda step: step > 7, 0.5))
    assert script.numbers([1 / 3, math.nan]) == [0.3333333, None]


@pytest.mark.parametrize("step", STEPS)
def test_landing_is_the_limit_of_wide_networks(script: ModuleType, step: float) -> None:
    """The mean of k over starts of all phases, each iterated alone with exact fractions of the factor, is the same."""
    ends = []
    for i in range(60):
        f, lam, n, eta = abs(1 - step) ** (i / 60), 1.0, 1e10, step  # z and lambda of Eq. 3 with y = 0
        for _ in range(400):
            f, lam = f * (1 - eta * lam + eta**2 * f**2 / n), lam + eta * f**2 / n * (eta * lam - 4)
        ends.append(eta * lam)
    assert max(ends) < 2
    assert script.landing(step) == pytest.approx(np.mean(ends), abs=2e-3)


def test_smoke_run_writes_the_result_that_runs_hold(smoke: tuple[dict[str, Any], list[str]]) -> None:
    """The file has exactly the keys and shapes of a result, for every setting, with finite numbers and no judgement."""
    result, _ = smoke
    assert results.problems(result) == []
    assert set(result) == {"seeds", "quantities", "preconditions", "numerical_error", "curves", "cpu_seconds"}
    assert result["seeds"] == [SEED, SEED + 1]
    nets = [{"width": width, "target": target} for width in WIDTHS for target in TARGETS]
    stepped = [{**net, "step": step} for net in nets for step in STEPS]
    conditions = {name: [row["condition"] for row in rows] for name, rows in result["quantities"].items()}
    assert conditions == {
        "divergence_at": nets,
        "divergence_at_linearised": nets,
        "peak_loss": stepped,
        "peak_loss_below": stepped,
        "eta_lambda_final": stepped,
        "eta_lambda_final_below": stepped,
        "growth_at": [{"width": width} for width in WIDTHS],
        "growth_at_without_room": [{"width": width} for width in WIDTHS],
    }
    for rows in result["quantities"].values():
        for row in rows:
            assert all(math.isfinite(value) and value > 0 for value in row["measured"])
            assert row["measured"][0] != row["measured"][1]


def test_smoke_run_expects_the_landing_of_each_step(
    script: ModuleType, smoke: tuple[dict[str, Any], list[str]]
) -> None:
    """Every seed of a step is expected at the wide limit, and the control keeps nearly its first curvature."""
    quantities = smoke[0]["quantities"]
    for row, beside in zip(quantities["eta_lambda_final"], quantities["eta_lambda_final_below"], strict=True):
        step = row["condition"]["step"]
        assert row["expected"] == pytest.approx([script.landing(step)] * 2, rel=1e-6)
        assert beside["measured"] == pytest.approx([step, step], rel=0.02)
        assert max(row["measured"]) < 2


def test_smoke_run_peaks_above_its_control(smoke: tuple[dict[str, Any], list[str]]) -> None:
    """Between the limits the loss peaks above half a per cent of the width, and below them near its first value."""
    quantities = smoke[0]["quantities"]
    for row, beside in zip(quantities["peak_loss"], quantities["peak_loss_below"], strict=True):
        assert min(row["measured"]) > 0.005 * row["condition"]["width"]
        assert max(beside["measured"]) < 3


def test_smoke_run_shows_the_catapult(smoke: tuple[dict[str, Any], list[str]]) -> None:
    """Curves of the loss and of eta lambda, one pair a width, from eta lambda_0 on down."""
    curves = smoke[0]["curves"]
    assert len(curves) == 2 * len(WIDTHS)
    for loss, sharp in zip(curves[::2], curves[1::2], strict=True):
        assert max(loss["y"]) > 10 * loss["y"][0]
        assert sharp["y"][0] == pytest.approx(3)
        assert sharp["y"][-1] < 2


def test_draws_differ_between_seeds_and_settings_and_repeat(script: ModuleType) -> None:
    """The same seed and setting give the same networks; another seed, width, target or step gives others."""
    v, h, shift = script.draw(SEED, 256, 0)
    again = script.draw(SEED, 256, 0)
    assert np.array_equal(v, again[0])
    assert np.array_equal(h, again[1])
    assert shift == again[2]
    for other in ((SEED + 1, 256, 0), (SEED, 257, 0), (SEED, 256, 1), (SEED, 256, 0, 1)):
        assert not np.isclose(v[0, :256], script.draw(*other)[0][0, :256]).any()
