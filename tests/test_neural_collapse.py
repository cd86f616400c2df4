"""The reproduction of neural collapse: its margin, geometry and training against independent computations."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import minimize

from tests import experiment

script = experiment.load("neural_collapse")


def simplex(classes: int, size: int) -> np.ndarray:
    """The corners of a regular simplex about 0, (classes, size)."""
    corners = np.eye(classes) - 1 / classes
    return np.hstack([corners / np.linalg.norm(corners, axis=1, keepdims=True), np.zeros((classes, size - classes))])


def test_the_margin_of_free_features_is_the_minimum_of_the_loss_on_a_simplex() -> None:
    """Over the sizes of weights and features on a simplex, the loss is least at the margin of Eq. 4."""
    for classes, decay in ((10, 0.005), (4, 0.01)):
        corners = simplex(classes, 32)
        labels = jnp.repeat(jnp.arange(classes), 20)

        def loss(
            sizes: np.ndarray, corners: np.ndarray = corners, labels: jnp.ndarray = labels, d: float = decay
        ) -> float:
            h, w = sizes[1] * np.repeat(corners, 20, axis=0), sizes[0] * corners.T
            p = {"h": jnp.float32(h), "w": jnp.float32(w), "b": jnp.zeros(corners.shape[0])}
            return float(script.free_loss(p, labels, d))

        a, c = minimize(loss, [2.0, 1.0], method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-9}).x
        q = (classes - 1) * math.sqrt(20) * decay
        margin = math.log((classes - 1) * (1 - q) / q)
        assert a * c * classes / (classes - 1) == pytest.approx(margin, rel=1e-3)
        z = (c * np.repeat(corners, 20, axis=0)) @ (a * corners.T)
        assert script.lead(z, np.asarray(labels)) == pytest.approx(a * c * classes / (classes - 1))


def test_descent_ends_in_the_collapsed_minimum() -> None:
    """From a random start the gradient ends small, features of a class coincide and means are a simplex."""
    found = script.measure_free(experiment.SEED, 0, 5, 0.01, 400)
    assert found["gradient"] < 1e-3
    assert found["nc1"] < 1e-6 < found["nc1 start"]
    assert (found["nearest"], found["farthest"]) == pytest.approx((-0.25, -0.25), abs=0.01)


def test_geometry_of_features_of_known_spread() -> None:
    """Simplex means with isotropic noise: NC1 is the noise's variance over that of the means, cosines -1/(K-1)."""
    rng = np.random.default_rng(experiment.SEED)
    labels = np.repeat(np.arange(5), 4000)
    h = 3 * simplex(5, 8)[labels] + 0.1 * rng.normal(size=(20000, 8)) + 7
    found = script.geometry(h, labels)
    variance = 9 / 4  # of the means along each of the four directions of a simplex of five: |mean|^2 / 4
    assert found["nc1"] == pytest.approx(0.01 * 4 / variance / 5, rel=0.03)
    assert (found["nearest"], found["farthest"]) == pytest.approx((-0.25, -0.25), abs=0.01)
    line = np.array([[0.0, 1.0], [0.0, 3.0], [4.0, 0.0]])  # its centred means do not form a simplex
    uneven = script.geometry(np.repeat(line, 2, axis=0), np.repeat(np.arange(3), 2))
    assert uneven["nearest"] > -0.3 > -0.7 > uneven["farthest"]
    assert uneven["nc1"] == pytest.approx(0, abs=1e-12)


def test_training_is_adam_on_the_loss_with_decay() -> None:
    """After one stretch the logits are those of Adam as its paper writes it, in double precision by numpy."""
    weights, x, labels = script.draw_network(experiment.SEED, 0)
    _, logits = script.train(weights, x, jnp.asarray(labels), activation="relu", acts_on="weights", points=2)
    gradient = jax.jit(jax.grad(lambda p: script.network_loss(p, x, jnp.asarray(labels), "relu", "weights")))
    leaves, tree = jax.tree.flatten(weights)
    p = [np.asarray(leaf, np.float64) for leaf in leaves]
    m, v = [np.zeros_like(leaf) for leaf in p], [np.zeros_like(leaf) for leaf in p]
    for t in range(1, script.STRIDE + 1):
        gradients = jax.tree.leaves(gradient(jax.tree.unflatten(tree, [jnp.float32(leaf) for leaf in p])))
        for i, g in enumerate(gradients):
            m[i] = 0.9 * m[i] + 0.1 * np.asarray(g)
            v[i] = 0.999 * v[i] + 0.001 * np.asarray(g) ** 2
            p[i] = p[i] - script.RATE * (m[i] / (1 - 0.9**t)) / (np.sqrt(v[i] / (1 - 0.999**t)) + 1e-8)
    end = jax.tree.unflatten(tree, [jnp.float32(leaf) for leaf in p])
    w, b = end[-1]
    wanted = np.asarray(script.features(end, x, "relu", "weights") @ w + b)
    assert np.abs(np.asarray(logits[1]) - wanted).max() < 0.02 * np.abs(wanted).max()
    assert np.abs(np.asarray(logits[0]) - wanted).max() > 1


def test_the_decay_acts_where_it_is_said_to() -> None:
    """Decay on weights is half their square; on features it is that of last layer and features, and these are linear."""
    weights, x, labels = script.draw_network(experiment.SEED, 0)
    w, b = weights[-1]
    for acts_on in ("weights", "features"):
        h = script.features(weights, x, "relu", acts_on)
        plain = script.cross_entropy(h @ w + b, jnp.asarray(labels))
        squares = [(w**2).sum(), (b**2).sum(), (h**2).sum()]
        if acts_on == "weights":
            squares = [(leaf**2).sum() for layer in weights for leaf in layer]
        loss = script.network_loss(weights, x, jnp.asarray(labels), "relu", acts_on)
        assert float(loss - plain) == pytest.approx(script.DECAY[acts_on] / 2 * float(sum(squares)), rel=1e-3)
        assert bool((h < 0).any()) == (acts_on == "features")


def test_the_draws_are_balanced_and_differ_between_settings() -> None:
    """Twenty images of each class, pixels of mean 0 and variance 1; another setting draws others."""
    _, x, labels = script.draw_network(experiment.SEED, 3)
    assert np.bincount(labels).tolist() == [20] * 10
    assert (float(x.mean()), float(x.std())) == pytest.approx((0, 1), abs=1e-5)
    assert not np.allclose(x, script.draw_network(experiment.SEED, 4)[1])
