"""The reproduction of the quanta model: its sums and draws against brute force."""

from __future__ import annotations

import numpy as np
import pytest

from tests import experiment

script = experiment.load("quanta_model")


def test_what_is_not_learned_is_the_tail_of_the_sum() -> None:
    """For a = 1, one less the sum of the first terms over pi^2 / 6."""
    wanted = 1 - sum(1 / k**2 for k in range(1, 51)) * 6 / np.pi**2
    assert script.unlearned(1.0, 50) == pytest.approx(wanted)
    assert script.unlearned(0.5, 0) == pytest.approx(1)


def test_skills_are_learned_down_to_the_threshold_of_use() -> None:
    """The last one learned is used often enough among D examples, and the next one is not."""
    for a in (0.5, 1.0, 2.0):
        for examples in (1000, 100000):
            n = script.reached(a, examples)
            use = [examples * k ** -(a + 1.0) * (1 - script.unlearned(a, 1)) for k in (n, n + 1)]
            assert use[0] >= script.THRESHOLD > use[1]


def test_unseen_use_has_the_mean_of_independent_draws() -> None:
    """Over many sets of examples the mean is sum p_k (1 - p_k)^D, by direct summation."""
    rng = np.random.default_rng(experiment.SEED)
    p = np.arange(1.0, 10**6 + 1) ** -3.0
    p /= p.sum()
    measured = np.mean([script.unseen(rng, 2.0, 200) for _ in range(1500)])
    assert measured == pytest.approx((p * (1 - p) ** 200).sum(), rel=0.05)


def test_the_slopes_are_those_of_the_two_laws() -> None:
    """Over two decades far out, the loss falls as N^{-a} and as D^{-a/(1+a)}."""
    for a in (0.5, 1.0):
        in_skills = np.log(script.unlearned(a, 10**6) / script.unlearned(a, 10**4)) / np.log(100)
        in_data = np.log(script.unlearned(a, script.reached(a, 10**10)) / script.unlearned(a, script.reached(a, 10**8)))
        assert in_skills == pytest.approx(-a, abs=1e-3)
        assert in_data / np.log(100) == pytest.approx(-a / (1 + a), abs=1e-3)
