"""The reproduction of universal Lyapunov exponents: its numerics against independent ones, and the file it writes."""

from __future__ import annotations

import math
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from scipy import stats

from kg import results
from tests import experiment
from tests.experiment import SEED

LAWS, INDICES = ("gaussian", "uniform", "laplace", "two-valued"), (1, 16, 32, 48, 60, 64)


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return experiment.load("lyapunov_universality")


@pytest.fixture(scope="module")
def smoke() -> tuple[dict[str, Any], list[str]]:
    return experiment.smoke("lyapunov_universality")


def test_exact_exponents_are_mean_logarithms_of_chi(script: ModuleType) -> None:
    """Eq. 2 agrees with scipy's integral of log chi^2 / 2 at every number of degrees of freedom, in falling order."""
    n = 7
    expected = script.exact(n)
    assert expected.shape == (n,)
    for i in range(1, n + 1):
        mean = stats.chi2(n - i + 1).expect(lambda x: math.log(x / n) / 2)
        assert expected[i - 1] == pytest.approx(mean, abs=1e-6)
    assert (np.diff(expected) < 0).all()


def test_exact_exponents_tend_to_the_triangular_law(script: ModuleType) -> None:
    """At i = x n they come to log(1 - x)/2 as n grows."""
    for x in (0.25, 0.5, 0.75):
        assert script.exact(40000)[int(x * 40000)] == pytest.approx(math.log(1 - x) / 2, abs=1e-4)


def test_exponents_are_the_growth_of_singular_values(script: ModuleType) -> None:
    """For three by three factors of whole numbers the rates are those of the exact product, its minors and determinant.

    The norm of the product grows like the largest singular value, that of its two by two minors like the product of the
    two largest, and the determinant like that of all three.
    """
    drawn: list[np.ndarray] = []

    def law(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
        factor = np.zeros(shape, dtype=int)
        while abs(np.linalg.det(factor)) < 0.5:  # a singular one would end the growth
            factor = rng.integers(-9, 10, size=shape)
        drawn.append(factor)
        return factor.astype(float)

    measured, _ = script.exponents(law, 3, 1050, np.random.default_rng(SEED))
    product = np.eye(3, dtype=int).astype(object)
    for factor in drawn[script.FORGOTTEN :]:
        product = factor.astype(object) @ product
    pairs = [(0, 1), (0, 2), (1, 2)]
    minors = [product[i, k] * product[j, m] - product[i, m] * product[j, k] for i, j in pairs for k, m in pairs]
    determinant = sum(
        product[0, k] * (product[1, (k + 1) % 3] * product[2, (k + 2) % 3])
        - product[0, k] * (product[1, (k + 2) % 3] * product[2, (k + 1) % 3])
        for k in range(3)
    )
    squares = [sum(entry**2 for entry in product.ravel()), sum(minor**2 for minor in minors), determinant**2]
    growth = np.diff([0.0, *(math.log(square) / 2 for square in squares)]) / 1000 - math.log(3) / 2
    assert measured == pytest.approx(growth, abs=0.01)
    assert measured.sum() == pytest.approx(growth.sum(), abs=1e-9)


def test_a_diagonal_law_has_its_own_exponents(script: ModuleType) -> None:
    """Factors that stretch each axis by its own amount grow at the logarithms of these, the largest first."""
    stretches = np.array([3.0, 2.0, 0.5])
    measured, single = script.exponents(lambda rng, shape: np.diag(stretches) * math.sqrt(3), 3, 200, None)
    assert measured == pytest.approx(np.log(stretches))
    assert single == pytest.approx(np.log(stretches))


def test_the_quarter_circle_is_the_law_of_one_wide_matrix(script: ModuleType) -> None:
    """The logarithms of Eq. 3 agree with the singular values of one Gaussian matrix of 1000 rows away from the ends."""
    n = 1000
    values = np.linalg.svd(np.random.default_rng(SEED).normal(size=(n, n)) / math.sqrt(n), compute_uv=False)
    assert script.quarter_circle(n)[20:900] == pytest.approx(np.log(values[20:900]), abs=0.03)
    squares = np.exp(2 * script.quarter_circle(4000))
    assert [squares.mean(), (squares**2).mean()] == pytest.approx([1, 2], rel=1e-3)  # Catalan numbers


@pytest.mark.parametrize("name", LAWS)
def test_laws_have_mean_zero_and_variance_one(script: ModuleType, name: str) -> None:
    """Two moments are shared and the fourth is the law's own."""
    entries = script.LAWS[name](np.random.default_rng(SEED), (1000, 1000))
    assert entries.shape == (1000, 1000)
    fourth = {"gaussian": 3, "uniform": 1.8, "laplace": 6, "two-valued": 1}[name]
    assert [entries.mean(), entries.var()] == pytest.approx([0, 1], abs=0.005)
    assert (entries**4).mean() == pytest.approx(fourth, rel=0.02)


def test_smoke_run_writes_the_result_that_runs_hold(smoke: tuple[dict[str, Any], list[str]]) -> None:
    """The file has exactly the keys and shapes of a result, for every law and place, with finite numbers."""
    result, _ = smoke
    assert results.problems(result) == []
    assert set(result) == {"seeds", "quantities", "preconditions", "numerical_error", "curves", "cpu_seconds"}
    assert result["seeds"] == [SEED, SEED + 1]
    conditions = [{"law": law, "width": 64, "index": index} for law in LAWS for index in INDICES]
    assert set(result["quantities"]) == {"exponent", "exponent_of_one_matrix"}
    for rows in result["quantities"].values():
        assert [row["condition"] for row in rows] == conditions
        assert all(math.isfinite(value) for row in rows for value in row["measured"])
        assert all(row["measured"][0] != row["measured"][1] for row in rows)
    assert result["preconditions"] == {}
    assert len(result["curves"]) == 1 + len(LAWS)


def test_smoke_run_expects_the_same_of_every_law(script: ModuleType, smoke: tuple[dict[str, Any], list[str]]) -> None:
    """Each place has its own expected exponent and rival, whatever the law, and is measured near the first."""
    for row in smoke[0]["quantities"]["exponent"]:
        i = row["condition"]["index"] - 1
        assert row["expected"] == pytest.approx([script.exact(64)[i]] * 2, rel=1e-6)
        rival = row["rivals"]["singular values of one matrix"]
        assert rival == pytest.approx([script.quarter_circle(64)[i]] * 2, rel=1e-6)
        off = np.abs(np.array(row["measured"]) - row["expected"])
        assert off.max() < (0.3 if i == 63 else 0.1)
    for row, beside in zip(*smoke[0]["quantities"].values(), strict=True):
        assert (np.abs(np.array(beside["measured"]) - row["expected"]) > 0.1).all()


def test_numbers_that_are_not_finite_are_null(script: ModuleType) -> None:
    """The logarithm of a singular factor is no number."""
    assert script.numbers(np.array([1 / 3, -math.inf])) == [0.3333333, None]
