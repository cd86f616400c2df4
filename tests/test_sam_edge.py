"""The edge of sharpness-aware minimisation against a quadratic, and its step against numpy."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests import experiment

script = experiment.load("sam_edge")


@pytest.mark.parametrize(("eta", "rho"), script.UNNORMALISED)
def test_on_a_quadratic_the_step_turns_unstable_at_the_edge(eta: float, rho: float) -> None:
    """Just below the edge of Eq. 3 a coordinate shrinks under Eq. 2, just above it grows."""
    edge = float(script.edge(eta, np.float64(rho)))
    for part, grows in ((0.99, False), (1.01, True)):
        theta = script.sam_step(lambda t, part=part: part * edge * t, jnp.array([1.0]), eta, rho, normalised=False)
        assert (abs(float(theta[0])) > 1) == grows
        assert float(theta[0]) < 0  # it leaves by swinging across


def test_the_normalised_edge_keeps_the_size_of_a_swing() -> None:
    """On a quadratic whose curvature is the edge at the norm of its gradient, Eq. 2 maps theta to -theta."""
    eta, rho, norm = 0.1, 0.03, 0.2
    edge = float(script.edge(eta, np.float64(rho / norm)))
    theta = jnp.array([norm / edge])  # so that |g| = norm
    swung = script.sam_step(lambda t: edge * t, theta, eta, rho, normalised=True)
    assert float(swung[0]) == pytest.approx(-float(theta[0]), rel=1e-5)


def test_the_edge_goes_to_that_of_descent_for_small_radii() -> None:
    """At a radius of nearly 0 the edge is 2/eta, and it falls with the radius."""
    assert script.edge(0.1, np.array([1e-7]))[0] == pytest.approx(20, rel=1e-4)
    assert (np.diff(script.edge(0.1, np.array([0.01, 0.1, 1.0]))) < 0).all()


def test_the_step_takes_the_gradient_uphill() -> None:
    """On the network, Eq. 2 is theta - eta grad L(theta + rho g/|g|); with rho = 0 it is a step of descent."""
    theta, x, y = script.draw(experiment.SEED, 0)

    def gradient(t: jax.Array) -> jax.Array:
        return jax.grad(script.loss)(t, x, y)

    g = gradient(theta)
    wanted = theta - 0.1 * gradient(theta + 0.05 * g / np.linalg.norm(np.asarray(g)))
    assert np.asarray(script.sam_step(gradient, theta, 0.1, 0.05, normalised=True)) == pytest.approx(
        np.asarray(wanted), abs=1e-6
    )
    plain = script.sam_step(gradient, theta, 0.1, 0.0, normalised=True)
    assert np.asarray(plain) == pytest.approx(np.asarray(theta - 0.1 * g), abs=1e-6)


def test_sharpness_is_the_top_eigenvalue_of_a_matrix() -> None:
    """Lanczos on the gradient of a quadratic form finds its largest eigenvalue."""
    rng = np.random.default_rng(experiment.SEED)
    half = rng.normal(size=(40, 40))
    matrix = half + half.T
    found = script.sharpness(lambda t: jnp.float32(matrix) @ t, jnp.zeros(40))
    assert float(found) == pytest.approx(np.linalg.eigvalsh(matrix)[-1], rel=1e-3)
