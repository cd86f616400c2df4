"""The training step and the loss by hand, the two times on courses with known answers, and what step size leaves."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest

from tests import experiment

script = experiment.load("decay_optimum")


def by_hand(theta: np.ndarray, x: np.ndarray, y: np.ndarray, decay: float) -> tuple[float, np.ndarray]:
    """Cross-entropy, and the gradient of Eq. 1 by back-propagation written out."""
    w, b = theta[: 64 * 64].reshape(64, 64), theta[64 * 64 : 65 * 64]
    v, c = theta[65 * 64 : 65 * 64 + 640].reshape(64, 10), theta[-10:]
    hidden = np.maximum(x @ w + b, 0)
    scores = hidden @ v + c
    share = np.exp(scores - scores.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    error = (share - y) / len(x)
    back = (error @ v.T) * (hidden > 0)
    gradient = np.concatenate([(x.T @ back).ravel(), back.sum(axis=0), (hidden.T @ error).ravel(), error.sum(axis=0)])
    return float(-np.log((share * y).sum(axis=1)).mean()), gradient + decay * theta


def test_a_course_is_heavy_ball_on_the_penalised_loss() -> None:
    """Four steps by hand give the test loss, test accuracy and training accuracy that are measured after them."""
    task = script.draw(experiment.SEED)
    theta, x, y, x_test, y_test = (np.asarray(part, dtype=np.float64) for part in task)
    found = script.Course(*np.asarray(script.train(task, 0.3, 0.6, 0.05, 2, 2, room=3)))
    v = np.zeros_like(theta)
    for step in range(4):
        v = 0.6 * v - 0.3 * by_hand(theta, x, y, 0.05)[1]
        theta = theta + v
        if step % 2:
            at = step // 2
            assert found.loss[at] == pytest.approx(by_hand(theta, x_test, y_test, 0)[0], rel=1e-4)
            for measured, images, classes in ((found.accuracy, x_test, y_test), (found.fitted, x, y)):
                scores = np.asarray(script.scores(jnp.float32(theta), jnp.float32(images)))
                wanted = np.mean(scores.argmax(axis=1) == classes.argmax(axis=1))
                assert measured[at] == pytest.approx(wanted, abs=2 / len(images))
    assert found.loss[2] == 0  # beyond the points asked for


def test_times_of_a_course_with_known_answer() -> None:
    """The first of equal maxima, and the first entry into 1 % above the least, between two measurements."""
    loss = np.array([3.0, 1.02, 1.009, 1.03, 1.0, 1.2])
    course = script.Course(loss, np.array([0.1, 0.5, 0.9, 0.9, 0.8, 0.9]), np.ones(6))
    assert script.best(course, 5.0) == 15
    assert script.arrival(course, 5.0) == pytest.approx(5 * (2 + 10 / 11))
    assert script.arrival(course._replace(loss=np.append(loss[:4], [0.9, 0.905])), 2.0) == pytest.approx(
        2 * (4 + 121 / 130)
    )


def test_arrival_of_an_exponential_relaxation_goes_as_the_inverse_rate() -> None:
    """On 1 + exp(-rate t) arrival is at log(100)/rate to a part of the spacing."""
    for rate in (0.02, 0.01, 0.005):
        times = 0.5 * np.arange(1, 8001)
        loss = 1 + np.exp(-rate * times)
        assert script.arrival(script.Course(loss, loss, loss), 0.5) == pytest.approx(np.log(100) / rate, abs=0.01)


def test_strides_are_whole_numbers_of_steps_of_the_same_time() -> None:
    """In every budget each step size and momentum measures at the same times, and courses end on a measurement."""
    for spacing in script.SPACING.values():
        for beta, eta in ((0, script.ETA), *((0, eta) for eta in script.STEPS), *script.MOMENTUM):
            stride = spacing * (1 - beta) / eta
            assert stride == pytest.approx(round(stride))
    for decay in script.DECAYS:
        assert script.UNTIL / decay / script.SPACING["quick"] == pytest.approx(round(script.UNTIL / decay / 5))


def test_a_draw_keeps_training_and_test_images_apart() -> None:
    """200 and 1000 images, none in both sets, classes one-hot, and another seed has others."""
    task, other = script.draw(experiment.SEED), script.draw(experiment.SEED + 1)
    assert (task.x.shape, task.x_test.shape, task.theta.shape) == ((200, 64), (1000, 64), (4810,))
    rows = np.vstack([task.x, task.x_test])
    assert len(np.unique(rows, axis=0)) == 1200
    assert np.asarray(task.y.sum(axis=1)) == pytest.approx(1)
    assert not np.array_equal(task.x, other.x)
    assert not np.array_equal(task.theta, other.theta)
