"""Similarity of representations: scores on cases with known answers, the gradient, and the law of random layers."""

from __future__ import annotations

import numpy as np
import pytest

from tests import experiment

script = experiment.load("representation_similarity")


def test_alignment_is_the_cosine_of_centred_kernels() -> None:
    """CKA equals the cosine between doubly centred Gram matrices, is 1 after rotation and scaling, 0 if orthogonal."""
    rng = np.random.default_rng(2000)
    a, b = rng.normal(size=(30, 5)) + 1, rng.normal(size=(30, 7))
    flat = np.eye(30) - 1 / 30
    k, m = flat @ a @ a.T @ flat, flat @ b @ b.T @ flat
    assert script.cka(a, b) == pytest.approx((k * m).sum() / np.linalg.norm(k) / np.linalg.norm(m))
    assert script.cka(a, 3 * a @ script.rotation(rng, 5)) == pytest.approx(1)
    q = np.linalg.qr(np.hstack([np.ones((30, 1)), rng.normal(size=(30, 4))]))[0]
    assert script.cka(q[:, 1:3], q[:, 3:]) == pytest.approx(0, abs=1e-12)


def test_matching_finds_permuted_neurons() -> None:
    """Neurons in another order, scaled, of either sign, match with correlation 1; dead ones are left out."""
    rng = np.random.default_rng(2001)
    a = rng.normal(size=(200, 6))
    b = np.hstack([-2 * a[:, rng.permutation(6)] + 1, np.zeros((200, 1))])
    assert script.matched(a, b) == pytest.approx(1)
    assert script.matched(a @ script.rotation(rng, 6), b) < 0.95


def test_rotations_are_orthogonal() -> None:
    """O^T O is the identity."""
    turned = script.rotation(np.random.default_rng(2002), 9)
    assert turned.T @ turned == pytest.approx(np.eye(9), abs=1e-12)


def test_gradient_is_that_of_the_cross_entropy() -> None:
    """It agrees with central differences at every weight of a small network."""
    rng = np.random.default_rng(2003)
    x, y = rng.normal(size=(8, 64)), np.eye(10)[rng.integers(10, size=8)]
    weights = script.start(rng, 3)

    def loss(first: np.ndarray, second: np.ndarray) -> float:
        logits = script.hidden(x, first) @ second
        return float(np.mean(np.log(np.exp(logits).sum(axis=1)) - (logits * y).sum(axis=1)))

    found = script.gradient(weights, x, y)
    for part, place in ((0, (5, 1)), (0, (40, 2)), (1, (2, 7)), (1, (0, 0))):
        moved = [[w.copy() for w in weights] for _ in range(2)]
        moved[0][part][place] += 1e-6
        moved[1][part][place] -= 1e-6
        slope = (loss(*moved[0]) - loss(*moved[1])) / 2e-6
        assert found[part][place] == pytest.approx(slope, rel=1e-4, abs=1e-8)


def test_training_lowers_the_loss_on_digits() -> None:
    """A small network classifies most of the images that it is trained on."""
    rng = np.random.default_rng(2004)
    x, y, _, _ = script.draw(rng)
    first, second = script.train(rng, script.start(rng, 10), x, y, 300)
    right = (script.hidden(x, first) @ second).argmax(axis=1) == y.argmax(axis=1)
    assert right.mean() > 0.7


def test_the_constant_is_that_of_a_known_case() -> None:
    """Over images that are one image and its negative, phi is (r, 0) or (0, r): c is the kurtosis of |g| less 1."""
    rng = np.random.default_rng(2005)
    image = rng.normal(size=64)
    # centred, phi = +-(r, -r)/2 with r = |w.x|, so |phi|^4 = r^4/4 and K is <r^2>/2 times a projector
    assert script.constant(rng, np.stack([image, -image])) == pytest.approx(2, rel=0.25)
