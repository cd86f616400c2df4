"""The exponent of kernel regression is set by the smoothness of the target and the dimension of the data

Claim
    A kernel without ridge that learns a Gaussian random field from n points on a d-dimensional sphere has a mean
    squared test error that falls as n^{-beta}, with beta = min(a_T - d, 2 a_S) / d. Here a_T and a_S are the exponents
    at which the spectra of the field's covariance and of the kernel fall. For a Laplace kernel and a field of the same
    covariance that is 1/d: the curse of dimensionality.

Source
    Spigler, Geiger & Wyart, "Asymptotic learning curves of kernel methods: empirical data versus teacher-student
    paradigm", J. Stat. Mech. 2020, arXiv:1905.10843: abstract. The exponents of the spectra, Eq. 3, are those of the
    kernels' Fourier transforms in d dimensions.

Equations (points uniform on the unit sphere S^d in d + 1 dimensions, distance r between two of them)
    (1)  teacher: a Gaussian field y of covariance k_T; student: f(x) = k_S(x, X) k_S(X, X)^{-1} y(X)
    (2)  error = mean over test points of (f - y)^2
    (3)  Laplace: k = e^{-r/b}, a = d + 1;  Matern of order 3/2: k = (1 + r/b) e^{-r/b}, a = d + 3
    (4)  beta = min(a_T - d, 2 a_S) / d: 1/d for a Laplace teacher, 3/d for a Matern teacher, with a Laplace student,
         as long as 2 a_S = 2 (d + 1) is the larger of the two

Command
    python scripts/kernel_dimension.py --seeds 8 --first-seed 0 --budget quick --out result.json
    CPU seconds of one core for 5 seeds: smoke 5, quick 9, full about 150.

Expected result (what the pilots gave; the recorded runs are to say)
    slopes of test_mse in samples, Laplace teacher: -0.999, -0.493, -0.328 and -0.207 for d = 1, 2, 3 and 5
    of white noise on the same points: 0.00
    The Matern teacher was not run before it was declared.

Departures from the paper
    1. Distances are straight (chords), and the scale b is 1, of the order of the sphere's radius.
    2. One seed averages over several fields on one set of points; the training sets of one seed are nested, so that
       the slope over sizes is that of one set that grows.
    3. A diagonal term of 1e-10 keeps the factorisations stable; nothing else regularises.
    4. The formula is asymptotic; sizes reach 1024 (4096 with full).

Tuning history (pilots, on seeds 1000 and up only)
    - One choice of sizes, scale and number of fields was tried, the one below, and kept.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read by the libraries when imported

import json
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import tyro
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular

SETTINGS = (
    ("laplace", 1),
    ("laplace", 2),
    ("laplace", 3),
    ("laplace", 5),
    ("matern", 2),
    ("matern", 3),
)  # covariance of the teacher, d
SIZES = {
    "smoke": (64, 128, 256, 512, 1024),
    "quick": (64, 128, 256, 512, 1024),
    "full": (64, 128, 256, 512, 1024, 2048, 4096),
}
FIELDS = {"smoke": 5, "quick": 50, "full": 100}  # a seed
TEST_POINTS = 500
SCALE = 1.0  # b
JITTER = 1e-10

Array = NDArray[np.float64]
Record = dict[str, Any]


@dataclass
class Args:
    seeds: int = 8
    """number of seeds; each draws its own points and fields, anew for each setting"""
    first_seed: int = 0
    """the first of them"""
    budget: Literal["smoke", "quick", "full"] = "quick"
    """fields a seed and largest training set: smoke 5 and 1024, quick 50 and 1024, full 100 and 4096"""
    out: Path = Path("result.json")
    """where the result is written"""


def sphere(rng: np.random.Generator, count: int, d: int) -> Array:
    """Points uniform on S^d, (count, d + 1)."""
    x = rng.normal(size=(count, d + 1))
    return np.asarray(x / np.linalg.norm(x, axis=1, keepdims=True))


def kernel(name: str, x: Array, other: Array) -> Array:
    """Eq. 3 between points x (m, d + 1) and other (n, d + 1), (m, n)."""
    r = np.sqrt(np.maximum(2 - 2 * x @ other.T, 0)) / SCALE
    return np.asarray(np.exp(-r) if name == "laplace" else (1 + r) * np.exp(-r))


def factor(k: Array) -> Array:
    """Lower triangular root of a covariance, with departure 3."""
    return np.asarray(cholesky(k + JITTER * np.eye(len(k)), lower=True))


def errors(seed: int, setting: int, teacher: str, d: int, sizes: tuple[int, ...], fields: int) -> dict[str, Array]:
    """Eq. 2 at every size, (sizes,), of the field and, as a control, of white noise on the same points."""
    rng = np.random.default_rng([seed, setting])
    x = sphere(rng, sizes[-1] + TEST_POINTS, d)  # the last ones are for the test
    y = factor(kernel(teacher, x, x)) @ rng.normal(size=(len(x), fields))  # Eq. 1
    noise = rng.normal(size=y.shape)
    train, test = x[: sizes[-1]], x[sizes[-1] :]
    root = factor(kernel("laplace", train, train))  # its leading block is the root of a smaller training set
    across = solve_triangular(root, kernel("laplace", train, test), lower=True)  # (n, test)
    found: dict[str, Array] = {}
    for name, target in (("field", y), ("noise", noise)):
        whitened = solve_triangular(root, target[: sizes[-1]], lower=True)
        f = [across[:n].T @ whitened[:n] for n in sizes]
        found[name] = np.array([((one - target[sizes[-1] :]) ** 2).mean() for one in f])
    return found


def numbers(values: Array | list[float]) -> list[float | None]:
    """As JSON numbers of seven digits; null where there is none."""
    return [float(f"{value:.7g}") if np.isfinite(value) else None for value in values]


def main(args: Args) -> None:
    """Measure the learning curve of every teacher and dimension on every seed, and write what was measured."""
    seeds = range(args.first_seed, args.first_seed + args.seeds)
    sizes, done = SIZES[args.budget], 0
    quantities: dict[str, list[Record]] = defaultdict(list)
    preconditions: dict[str, list[Record]] = defaultdict(list)
    curves: list[Record] = []
    for setting, (teacher, d) in enumerate(SETTINGS):
        found = []
        for seed in seeds:
            found.append(errors(seed, setting, teacher, d, sizes, FIELDS[args.budget]))
            done += 1
            print(json.dumps({"progress": round(done / len(seeds) / len(SETTINGS), 4)}), flush=True)
        for at, n in enumerate(sizes):
            condition = {"teacher": teacher, "dimension": d, "samples": n}
            for name, quantity in (("field", "test_mse"), ("noise", "test_mse_of_noise")):
                measured = numbers([of_seed[name][at] for of_seed in found])
                quantities[quantity].append({"condition": condition, "measured": measured})
        last = [float(of_seed["field"][-1]) for of_seed in found]
        preconditions["last_error"].append(
            {"condition": {"teacher": teacher, "dimension": d}, "measured": numbers(last)}
        )
        curve: Record = {"name": f"{teacher} teacher, d = {d}, seed {seeds[0]}", "x": list(sizes)}
        curves.append({**curve, "y": numbers(found[0]["field"]), "unit": "test error against samples"})

    result = {
        "seeds": list(seeds),
        "quantities": quantities,
        "preconditions": preconditions,
        "numerical_error": {},
        "curves": curves,
        "cpu_seconds": round(time.process_time(), 2),
    }
    args.out.write_text(json.dumps(result, indent=1, allow_nan=False) + "\n")


if __name__ == "__main__":
    main(tyro.cli(Args))
