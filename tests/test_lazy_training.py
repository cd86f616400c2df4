"""Lazy training: gradient descent in the span of the images against automatic differentiation, and its two limits."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests import experiment

script = experiment.load("lazy_training")
SMALL, SCALE = 16, 0.7  # width, alpha


def network(theta: tuple[jax.Array, jax.Array], x: jax.Array) -> jax.Array:
    """f of Eq. 1 for all weights, written anew, (B,)."""
    a, w = theta
    return SCALE / jnp.sqrt(a.size) * jnp.tanh(x @ w.T / 8) @ a


def weights() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The images of a seed and the weights that `draw` gives to its network, drawn again."""
    x, _ = script.images(2000, 0, 0)
    rng = np.random.default_rng([2000, 0, 0, SMALL])
    return x, rng.normal(size=SMALL), rng.normal(size=(SMALL, 64))


def test_the_kernel_is_that_of_all_weights() -> None:
    """Eq. 2 is the Gram matrix of the network's gradients on all weights, without alpha squared."""
    x, a, w = weights()
    start = script.draw(2000, 0, 0, SMALL, SMALL)
    with jax.enable_x64(True):
        da, dw = jax.jacobian(network)((jnp.asarray(a), jnp.asarray(w)), jnp.asarray(x))
        flat = np.concatenate([np.asarray(da), np.asarray(dw).reshape(12, -1)], axis=1)
    assert script.kernel(start.a, start.H, start.G, script.tanh) * SCALE**2 == pytest.approx(flat @ flat.T)


def test_training_is_gradient_descent_on_all_weights() -> None:
    """Changes of kernel and weights are those of gradient descent by automatic differentiation."""
    x, a, w = weights()
    start = script.draw(2000, 0, 0, SMALL, SMALL)
    goal = 0.1
    trained = script.train(start, script.tanh, SCALE, goal)
    with jax.enable_x64(True):
        theta = (jnp.asarray(a), jnp.asarray(w))

        def loss(theta: tuple[jax.Array, jax.Array]) -> jax.Array:
            return jnp.sum((network(theta, jnp.asarray(x)) - start.y) ** 2) / 24

        step = 0.25 * 12 / np.linalg.eigvalsh(script.kernel(start.a, start.H, start.G, script.tanh))[-1] / SCALE**2
        while loss(theta) > goal:
            theta = jax.tree.map(lambda p, g: p - step * g, theta, jax.grad(loss)(theta))
        moved = [np.asarray(after) - before for after, before in zip(theta, (a, w), strict=True)]
        after = script.kernel(np.asarray(theta[0]), np.asarray(x @ theta[1].T / 8).T, start.G, script.tanh)
    before = script.kernel(start.a, start.H, start.G, script.tanh)
    assert trained.change == pytest.approx(np.linalg.norm(after - before) / np.linalg.norm(before))
    assert trained.movement * start.norm == pytest.approx(np.sqrt(sum((part**2).sum() for part in moved)))


@pytest.mark.parametrize("phi", script.ACTIVATIONS, ids=lambda phi: phi.__name__)
def test_slopes_are_those_of_the_activations(phi: script.Activation) -> None:
    """Each activation's slope is its difference quotient away from kinks."""
    h = np.linspace(-2.05, 2, 30)
    assert phi(h)[1] == pytest.approx((phi(h + 1e-6)[0] - phi(h - 1e-6)[0]) / 2e-6, abs=1e-6)


def test_at_a_large_scale_training_is_linear() -> None:
    """At alpha = 10^5 the kernel hardly moves, and the weights move as Eq. 5 says to six digits."""
    start = script.draw(2000, 0, 0, 64, 64)
    trained = script.train(start, script.tanh, 1e5, 0.01, centred=True)
    assert trained.change < 1e-4
    assert trained.movement == pytest.approx(trained.linearised, rel=1e-4)
    assert trained.leading < trained.linearised


def test_a_mirrored_network_is_even_in_the_scale() -> None:
    """It starts at zero output, and trains to the same kernel for alpha and -alpha; others do not."""
    for mirrored in (True, False):
        start = script.draw(2000, 1, 0, 8, 32, mirrored=mirrored)
        plus, minus = (script.train(start, script.tanh, alpha, 0.05, centred=True).change for alpha in (3, -3))
        assert (abs(start.a @ np.tanh(start.H)).max() < 1e-12) == mirrored
        assert (plus == pytest.approx(minus, rel=1e-9)) == mirrored


def test_networks_of_a_law_share_their_digits_and_not_their_weights() -> None:
    """Digits are drawn for a seed, setting and network; weights anew at each size."""
    one, other = script.draw(2000, 0, 0, 128, 128), script.draw(2000, 0, 0, 256, 128)
    assert (one.G == other.G).all()
    assert (one.a != other.a).all()
    assert np.diag(one.G) == pytest.approx(np.ones(12))
    assert (script.draw(2000, 0, 1, 128, 128).G != one.G).any()
    assert (script.draw(2001, 0, 0, 128, 128).G != one.G).any()
