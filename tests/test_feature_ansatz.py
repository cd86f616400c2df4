"""The reproduction of the neural feature ansatz: its matrices and fits on cases of known answer."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest

from tests import experiment

script = experiment.load("feature_ansatz")


def test_balanced_layers_have_the_power_one_over_depth() -> None:
    """Layers built to be balanced, with given strengths, have Gram matrix G^{1/L}; unbalanced ones do not."""
    rng = np.random.default_rng(experiment.SEED)
    left = np.linalg.qr(rng.normal(size=(20, 6)))[0]
    strengths = np.array([3.0, 2.5, 2.0, 1.5, 1.0, 0.5])
    for layers in (2, 3):
        first = left * strengths ** (1 / layers)  # W_1 of balanced layers, up to a rotation of the hidden units
        outer = left * strengths**2 @ left.T
        assert script.power(first @ first.T, outer, 6) == pytest.approx(1 / layers)
    assert script.power(left @ left.T, left * strengths**2 @ left.T, 6) == pytest.approx(0, abs=1e-9)


def test_a_linear_network_learns_the_map_and_its_gradient_is_that_of_the_loss() -> None:
    """From a small start two layers reach the map; one step moves the first layer by step (goal - W) W_2^T."""
    weights, goal = script.draw_linear(experiment.SEED, 0, "small", 2)
    w1, w2 = (np.asarray(w, np.float64) for w in weights)
    one = script.train_linear(weights, goal, 0.1, steps=1)
    wanted = w1 + script.STEP * ((np.asarray(goal) - w1 @ w2) @ w2.T - 0.1 * w1)
    assert np.asarray(one[0]) == pytest.approx(wanted, abs=1e-6)
    end = script.train_linear(weights, goal, 0.0, steps=4000)
    assert np.asarray(script.linear_map(end)) == pytest.approx(np.asarray(goal), abs=1e-3)
    assert np.linalg.svd(np.asarray(goal), compute_uv=False) == pytest.approx(script.STRENGTHS, rel=1e-4)


def test_the_outer_product_is_that_of_finite_differences() -> None:
    """Gradients of the ReLU network with respect to inputs, by central differences, give the same matrix."""
    weights, x, _ = script.draw_relu(experiment.SEED, 0, "product")
    layers = [(np.asarray(w, np.float64), np.asarray(b, np.float64)) for w, b in weights]

    def output(inputs: np.ndarray) -> np.ndarray:
        for w, b in layers[:-1]:
            inputs = np.maximum(inputs @ w + b, 0)
        return (inputs @ layers[-1][0] + layers[-1][1])[:, 0]

    points = np.asarray(x[:50], np.float64)
    steps = 1e-6 * np.eye(20)
    gradients = np.stack([(output(points + e) - output(points - e)) / 2e-6 for e in steps], axis=1)
    wanted = gradients.T @ gradients / 50
    assert np.asarray(script.outer_product(weights, x[:50])) == pytest.approx(wanted, abs=1e-3 * np.abs(wanted).max())


def test_the_correlation_leaves_the_identity_out() -> None:
    """A matrix correlates fully with itself plus any identity, and not with one of other directions."""
    a, b = np.diag([3.0, 1.0, 1.0, 1.0]), np.diag([1.0, 1.0, 1.0, 3.0])
    assert script.correlation(a, a + 10 * np.eye(4)) == pytest.approx(1)
    assert script.correlation(a, b) == pytest.approx(-1 / 3)
    assert script.root(a @ a) == pytest.approx(a)


def test_tasks_are_standardised() -> None:
    """Targets have mean 0 and variance 1; components of digits are white; parity takes two values."""
    for task in ("product", "parity"):
        _, x, y = script.draw_relu(experiment.SEED, 1, task)
        assert (float(y.mean()), float(y.std())) == pytest.approx((0, 1), abs=1e-5)
    assert np.asarray(x.T @ x / len(x)) == pytest.approx(np.eye(20), abs=1e-4)
    assert len(jnp.unique(y)) == 2


def test_training_fits_the_examples() -> None:
    """Some hundred steps of Adam bring the error of the product task far down."""
    weights, x, y = script.draw_relu(experiment.SEED, 0, "product")
    assert float(script.relu_loss(script.train_relu(weights, x, y, steps=200), x, y)) < 0.1


def test_permuted_inputs_leave_no_correlation() -> None:
    """A matrix against itself: 1, and after its inputs have changed places the mean over all permutations, written out.

    Off the diagonal every place is as likely as another, and the diagonal less its mean has the sum 0.
    """
    rng = np.random.default_rng(experiment.SEED)
    half = rng.normal(size=(20, 5))
    matrix = half @ half.T
    rest = matrix - np.diag(np.diag(matrix))
    centred = matrix - np.trace(matrix) / 20 * np.eye(20)
    expected = rest.sum() ** 2 / (20 * 19) / np.linalg.norm(centred) ** 2
    assert script.correlation(matrix, matrix) == pytest.approx(1)
    assert script.correlation_permuted(matrix, matrix, rng) == pytest.approx(expected, abs=0.05)
