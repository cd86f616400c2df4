"""Covariances of independent entries have the spectrum of Marchenko and Pastur, whatever the law of the entries

Claim
    The eigenvalues of the sample covariance of n samples of p independent entries, p/n = gamma, fill the law of
    Marchenko and Pastur for every law of the entries of mean 0 and variance 1. The largest one sits at the edge of
    that law if the fourth moment of the entries is finite, and leaves it if the tail is heavier.

Source
    Marchenko & Pastur 1967, by way of Baik & Silverstein, "Eigenvalues of large sample covariance matrices of spiked
    population models", arXiv:math/0408165, Eqs. 1.1 to 1.4 (density and edges), and of the abstract of Bai & Yin,
    "Limit of the smallest eigenvalue of a large dimensional sample covariance matrix" (edges for a finite fourth
    moment). The centring of Eq. 4 is that of Johnstone (2001), written from memory and held in the tests against
    simulated Gaussian matrices.

Equations (X is n x p with entries of mean 0 and variance 1; gamma = p/n < 1)
    (1)  S = X^T X / n,    eigenvalues l_1 <= ... <= l_p
    (2)  density sqrt((b - l)(l - a)) / (2 pi gamma l) on [a, b],    a, b = (1 -+ sqrt(gamma))^2
    (3)  the q-quantile l(q) solves  int_a^{l(q)} density = q
    (4)  n <l_p> = r^2 + c r (1/sqrt(n-1) + 1/sqrt(p))^{1/3} with r = sqrt(n-1) + sqrt(p) and c = -1.2065, the mean of
         the Tracy-Widom law of real matrices; in the limit <l_p> = b
    (5)  One entry of size x adds to X a term of rank one and strength x/sqrt(n). Beyond s = x^2/n > sqrt(gamma) it has
         an eigenvalue (1 + s)(1 + gamma/s) > b.

Command
    python scripts/marchenko_pastur.py --seeds 8 --first-seed 0 --budget quick --out result.json
    CPU seconds of one core for 5 seeds: smoke 1, quick 5, full 60.

Expected result (what the pilots gave; the recorded runs are to say)
    quantile           within 0.4 % of Eq. 3 for gaussian, two-valued and relu entries, sd up to 0.8 % over seeds
    largest            within 1 % of Eq. 4 for the same laws
    largest_over_edge  about 0.99 for Gaussian entries; above it for entries of heavy tail, Eq. 5

Departures from the sources
    1. Finite: n = 2000 and p = 600 in quick, 400 and 120 in smoke, 5000 and 1500 in full.
    2. Four quantiles, q = 0.05, 0.25, 0.5 and 0.95, each by itself, and not a distance between distributions.
    3. relu entries are max(0, g) for Gaussian g, centred and scaled; sparse ones are 0 in nine of ten places and +-
       sqrt(10) else; student ones have 3 degrees of freedom, scaled to variance 1, and no finite third moment.
    4. Beside each law stand the same draws with a factor for each row, sqrt(1/4) or sqrt(7/4) by the toss of a coin:
       entries of mean 0 and variance 1 that are uncorrelated and yet not independent.

Tuning history (pilots, on seeds 1000 to 1004 only)
    - One size was tried and kept, with gaussian, two-valued, relu and Student entries of 3.5 degrees of freedom. A
      fifth quantile, 0.75, was dropped, as the matrices with a factor for each row pass Eq. 3 near it.
    - Laws laplace, sparse and student (of 3 degrees) were not run before their declaration.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read by the libraries when imported

import json
import math
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import tyro
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.optimize import brentq

SIZES = {"smoke": (400, 120), "quick": (2000, 600), "full": (5000, 1500)}  # n, p
SHARES = (0.05, 0.25, 0.5, 0.95)  # q
FACTORS = np.array([1 / 4, 7 / 4])  # squares of the factors of rows
TRACY_WIDOM = -1.2065336

Array = NDArray[np.float64]
Record = dict[str, Any]
Law = Callable[[np.random.Generator, tuple[int, int]], Array]


def relu(rng: np.random.Generator, shape: tuple[int, int]) -> Array:
    """max(0, g), centred and scaled to variance 1."""
    mean = 1 / math.sqrt(2 * math.pi)
    return np.asarray((np.maximum(rng.normal(size=shape), 0) - mean) / math.sqrt(1 / 2 - mean**2))


def sparse(rng: np.random.Generator, shape: tuple[int, int]) -> Array:
    """0 in nine of ten places, else sqrt(10) of either sign."""
    signs: Array = rng.choice(np.array([-1.0, 1.0]), size=shape)
    return math.sqrt(10) * (rng.random(shape) < 0.1) * signs


LAWS: dict[str, Law] = {  # entries of mean 0 and variance 1
    "gaussian": lambda rng, shape: rng.normal(size=shape),
    "two-valued": lambda rng, shape: rng.choice(np.array([-1.0, 1.0]), size=shape),
    "relu": relu,
    "laplace": lambda rng, shape: rng.laplace(scale=1 / math.sqrt(2), size=shape),
    "sparse": sparse,
    "student": lambda rng, shape: rng.standard_t(3, size=shape) / math.sqrt(3),
}


@dataclass
class Args:
    seeds: int = 8
    """number of seeds; each draws its own matrices, anew for each law"""
    first_seed: int = 0
    """the first of them"""
    budget: Literal["smoke", "quick", "full"] = "quick"
    """size of the matrices: smoke 400 x 120, quick 2000 x 600, full 5000 x 1500"""
    out: Path = Path("result.json")
    """where the result is written"""


def edges(gamma: float) -> tuple[float, float]:
    """a and b of Eq. 2."""
    return (1 - math.sqrt(gamma)) ** 2, (1 + math.sqrt(gamma)) ** 2


def density(l: float, gamma: float) -> float:  # noqa: E741
    """Eq. 2."""
    a, b = edges(gamma)
    return math.sqrt(max(0.0, (b - l) * (l - a))) / (2 * math.pi * gamma * l)


def quantile(q: float, gamma: float) -> float:
    """Eq. 3."""
    a, b = edges(gamma)
    return float(brentq(lambda l: quad(density, a, l, args=(gamma,))[0] - q, a, b))  # noqa: E741


def semicircle_quantile(q: float, gamma: float) -> float:
    """The q-quantile of the semicircle of the same mean 1 and variance gamma."""

    def below(x: float) -> float:
        """The share below 1 + x sqrt(gamma)."""
        return 1 / 2 + x * math.sqrt(4 - x * x) / (4 * math.pi) + math.asin(x / 2) / math.pi

    return 1 + math.sqrt(gamma) * float(brentq(lambda x: below(x) - q, -2, 2))


def largest(n: int, p: int) -> float:
    """Eq. 4."""
    root = math.sqrt(n - 1) + math.sqrt(p)
    spread = root * (1 / math.sqrt(n - 1) + 1 / math.sqrt(p)) ** (1 / 3)
    return float((root**2 + TRACY_WIDOM * spread) / n)


def spectrum(X: Array) -> Array:
    """Eigenvalues of Eq. 1, (p,), rising."""
    return np.asarray(np.linalg.eigvalsh(X.T @ X / len(X)), dtype=np.float64)


def numbers(values: Array) -> list[float | None]:
    """As JSON numbers of seven digits; null where there is no finite one."""
    return [float(f"{value:.7g}") if np.isfinite(value) else None for value in values]


def main(args: Args) -> None:
    """Take the spectra of each law on every seed, and write what was measured."""
    seeds = range(args.first_seed, args.first_seed + args.seeds)
    n, p = SIZES[args.budget]
    gamma = p / n
    same = np.ones(len(seeds))
    quantities: dict[str, list[Record]] = defaultdict(list)
    places = (np.arange(p) + 0.5) / p  # shares of the eigenvalues in the curves
    shown = slice(None, None, max(1, p // 60))
    curve: Record = {"x": numbers(places[shown]), "unit": "eigenvalue against the share below it"}
    curves: list[Record] = [{"name": "Eq. 3", **curve, "y": [quantile(q, gamma) for q in places[shown]]}]
    done = 0
    for number, (name, law) in enumerate(LAWS.items()):
        independent, dependent = [], []
        for seed in seeds:
            rng = np.random.default_rng([seed, number])
            X = law(rng, (n, p))
            independent.append(spectrum(X))
            dependent.append(spectrum(X * np.sqrt(rng.choice(FACTORS, size=(n, 1)))))
            done += 1
            print(json.dumps({"progress": round(done / (len(seeds) * len(LAWS)), 4)}), flush=True)
        measured, control = np.array(independent), np.array(dependent)  # (seeds, p) each
        for q in SHARES:
            condition: Record = {"law": name, "share": q}
            row: Record = {"condition": condition, "measured": numbers(np.quantile(measured, q, axis=1))}
            row["expected"] = numbers(quantile(q, gamma) * same)
            row["rivals"] = {"semicircle of the same mean and variance": numbers(semicircle_quantile(q, gamma) * same)}
            quantities["quantile"].append(row)
            row = {"condition": condition, "measured": numbers(np.quantile(control, q, axis=1))}
            quantities["quantile_of_dependent_entries"].append(row)
        row = {"condition": {"law": name}, "measured": numbers(measured[:, -1])}
        row["expected"] = numbers(largest(n, p) * same)
        row["rivals"] = {"edge of the semicircle": numbers((1 + 2 * math.sqrt(gamma)) * same)}
        quantities["largest"].append(row)
        row = {"condition": {"law": name}, "measured": numbers(control[:, -1])}
        quantities["largest_of_dependent_entries"].append(row)
        row = {"condition": {"law": name}, "measured": numbers(measured[:, -1] / edges(gamma)[1])}
        quantities["largest_over_edge"].append(row)
        curves.append({"name": f"{name}, seed {seeds[0]}", **curve, "y": numbers(measured[0][shown])})

    result = {
        "seeds": list(seeds),
        "quantities": quantities,
        "preconditions": {},
        "numerical_error": {},
        "curves": curves,
        "cpu_seconds": round(time.process_time(), 2),
    }
    args.out.write_text(json.dumps(result, indent=1, allow_nan=False) + "\n")


if __name__ == "__main__":
    main(tyro.cli(Args))
