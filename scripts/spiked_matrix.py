"""A rank-one signal in a noise matrix shows above a threshold, at a place that knows only the variance of the noise

Claim
    Add a signal of rank one and strength theta to a symmetric matrix of independent noise. Below theta = 1 the largest
    eigenvalue sits at the edge of the noise and its eigenvector knows nothing of the signal. Above, it leaves the noise
    for theta + 1/theta, and its squared overlap with the signal is 1 - 1/theta^2, whatever the law of the noise.

Source
    Benaych-Georges & Nadakuditi, "The eigenvalues and eigenvectors of finite, low rank perturbations of large random
    matrices", arXiv:0910.2120 (abstract only: limits of eigenvalues and eigenvectors from the spectrum of the noise),
    and Capitaine, Donati-Martin & Feral, "The largest eigenvalues of finite rank deformation of large Wigner matrices",
    arXiv:0706.0136 (abstract only: the limits know only the variance of the entries, the fluctuations more). Eq. 3 is
    derived here.

Equations (n is the size; v a unit vector, uniform on the sphere)
    (1)  M = theta v v^T + W,    W symmetric, entries above the diagonal independent, of mean 0 and variance 1/n
    (2)  <v, (z - W)^{-1} v> = G(z) = (z - sqrt(z^2 - 4))/2 for large n and z > 2 (semicircle)
    (3)  z is an eigenvalue of M where theta G(z) = 1, at z = theta + 1/theta if theta > 1. Its unit eigenvector u has
         (u.v)^2 = -1/(theta^2 G'(z)) = 1 - 1/theta^2. For theta <= 1 there is no solution: z = 2, (u.v)^2 = 0.

Command
    python scripts/spiked_matrix.py --seeds 8 --first-seed 0 --budget quick --out result.json
    CPU seconds of one core for 5 seeds: smoke 6, quick 24, full 96.

Expected result (what the pilots gave; the recorded runs are to say)
    outlier  within 0.007 of Eq. 3 at theta = 1.5, 2 and 3, sd up to 0.015 over seeds
    overlap  within 0.005 of Eq. 3, sd up to 0.015; about 0.004 at theta = 0.5

Departures from the sources
    1. Finite: n = 1000. A seed's values are means over 4 draws (smoke 1, full 16).
    2. Diagonal entries have variance 2/n for Gaussian noise (as in the orthogonal ensemble) and the law of the others
       and variance 1/n else. That moves the outlier by less than 1/n in the mean.
    3. Noise of two values, of the Laplace law, and sparse noise (0 in nine of ten places) beside the Gaussian one.
    4. Below the threshold the control is the same signal in half of the same noise, which is one of twice the strength
       in noise of unit scale and lies above it.
    5. The largest eigenvalue and its vector by Lanczos iteration (ARPACK), to a relative error of 1e-8.

Tuning history (pilots, on seeds 1000 to 1004 only)
    - One size was tried with Gaussian noise at theta = 0.5, 1.5, 2 and 3, and kept.
    - Two-valued, Laplace and sparse noise were not run before their declaration, nor was theta = 0.7.
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
from scipy.sparse.linalg import eigsh

SIZE = 1000  # n
DRAWS = {"smoke": 1, "quick": 4, "full": 16}
SPIKES = (1.5, 2.0, 3.0)  # theta above the threshold
BELOW = 0.7  # and below it

Array = NDArray[np.float64]
Record = dict[str, Any]
Law = Callable[[np.random.Generator, tuple[int, int]], Array]


def sparse(rng: np.random.Generator, shape: tuple[int, int]) -> Array:
    """0 in nine of ten places, else sqrt(10) of either sign."""
    signs: Array = rng.choice(np.array([-1.0, 1.0]), size=shape)
    return math.sqrt(10) * (rng.random(shape) < 0.1) * signs


LAWS: dict[str, Law] = {  # entries of mean 0 and variance 1
    "gaussian": lambda rng, shape: rng.normal(size=shape),
    "two-valued": lambda rng, shape: rng.choice(np.array([-1.0, 1.0]), size=shape),
    "laplace": lambda rng, shape: rng.laplace(scale=1 / math.sqrt(2), size=shape),
    "sparse": sparse,
}


@dataclass
class Args:
    seeds: int = 8
    """number of seeds; each draws its own matrices and signals, anew for each setting"""
    first_seed: int = 0
    """the first of them"""
    budget: Literal["smoke", "quick", "full"] = "quick"
    """draws that a seed's values are means over: smoke 1, quick 4, full 16"""
    out: Path = Path("result.json")
    """where the result is written"""
    spike: float | None = None
    """strength of the signal: measure Gaussian noise with this one alone, for a map"""
    size: int | None = None
    """size of the matrix: measure Gaussian noise at this one alone, for a map"""


def outlier(theta: float) -> float:
    """The largest eigenvalue of Eq. 3 in the limit."""
    return theta + 1 / theta if theta > 1 else 2.0


def overlap(theta: float) -> float:
    """The squared overlap of Eq. 3 in the limit."""
    return 1 - 1 / theta**2 if theta > 1 else 0.0


def noise(rng: np.random.Generator, law: str, n: int) -> Array:
    """W of Eq. 1, (n, n)."""
    entries = LAWS[law](rng, (n, n)) / math.sqrt(n)
    if law == "gaussian":
        entries[np.diag_indices(n)] *= math.sqrt(2)
    return np.triu(entries) + np.triu(entries, 1).T


def top(M: Array) -> tuple[float, Array]:
    """The largest eigenvalue of M and its unit eigenvector, (n,)."""
    values, vectors = eigsh(M, k=1, which="LA", v0=np.ones(len(M)), tol=1e-8)
    return float(values[0]), np.asarray(vectors[:, 0])


def measure(rng: np.random.Generator, law: str, theta: float, n: int, draws: int, control: bool) -> dict[str, float]:
    """Means over the draws of what is measured of one seed."""
    found = defaultdict(list)
    for _ in range(draws):
        v, other = rng.normal(size=(2, n))
        v, other = v / np.linalg.norm(v), other / np.linalg.norm(other)
        W = noise(rng, law, n)
        value, u = top(W + theta * np.outer(v, v))
        found["outlier"].append(value)
        found["overlap"].append((u @ v) ** 2)
        found["overlap with another signal"].append((u @ other) ** 2)
        if control:
            found["noise alone"].append(top(W)[0])
        if control and theta <= 1:
            found["overlap in half of the noise"].append((top(W / 2 + theta * np.outer(v, v))[1] @ v) ** 2)
    return {name: float(np.mean(values)) for name, values in found.items()}


def numbers(values: Array) -> list[float | None]:
    """As JSON numbers of seven digits; null where there is no finite one."""
    return [float(f"{value:.7g}") if np.isfinite(value) else None for value in values]


def main(args: Args) -> None:
    """Measure every law and strength on every seed, and write what was measured."""
    seeds = range(args.first_seed, args.first_seed + args.seeds)
    one = args.spike is not None or args.size is not None
    n = SIZE if args.size is None else args.size
    settings = [(law, theta) for law in LAWS for theta in (*SPIKES, BELOW)]
    if one:
        settings = [("gaussian", SPIKES[0] if args.spike is None else args.spike)]

    quantities: dict[str, list[Record]] = defaultdict(list)
    curves: list[Record] = []
    shown: dict[str, list[float]] = defaultdict(list)
    done = 0
    for law, theta in settings:
        found = []
        for seed in seeds:
            rng = np.random.default_rng([seed, list(LAWS).index(law), round(1000 * theta), n])
            found.append(measure(rng, law, theta, n, DRAWS[args.budget], control=not one))
            done += 1
            print(json.dumps({"progress": round(done / (len(seeds) * len(settings)), 4)}), flush=True)
        mean = {name: np.array([of_seed[name] for of_seed in found]) for name in found[0]}  # (seeds,) each
        shown[law].append(mean["overlap"][0])
        condition: Record = {"noise": law, "spike": theta, "size": n}
        for name, expected in (("outlier", outlier(theta)), ("overlap", overlap(theta))):
            row: Record = {"condition": condition, "measured": numbers(mean[name])}
            quantities[name].append({**row, "expected": numbers(np.full(len(seeds), expected))})
        if not one:
            row = {"condition": condition, "measured": numbers(mean["noise alone"])}
            quantities["outlier_of_noise_alone"].append(row)
            row = {"condition": condition, "measured": numbers(mean["overlap with another signal"])}
            quantities["overlap_with_another_signal"].append(row)
        if "overlap in half of the noise" in mean:
            row = {"condition": condition, "measured": numbers(mean["overlap in half of the noise"])}
            quantities["overlap_in_half_of_the_noise"].append(row)
    if not one:
        order = np.argsort([*SPIKES, BELOW])
        strengths = np.array([*SPIKES, BELOW])[order]
        curve: Record = {"x": strengths.tolist(), "unit": "squared overlap against the strength"}
        curves.append({"name": "Eq. 3", **curve, "y": [overlap(theta) for theta in strengths]})
        for law, values in shown.items():
            curves.append({"name": f"{law}, seed {seeds[0]}", **curve, "y": numbers(np.array(values)[order])})

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
