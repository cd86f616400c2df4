"""The risk of minimum-norm regression peaks where features equal samples, and is known on both sides

Claim
    Fit n noisy samples of a linear target on p random features by the solution of least norm. Its excess risk grows
    without bound as p comes to n from either side and falls beyond; at each p and n it has a closed form. The form
    holds for features of other laws than the Gaussian, and for correlated features once their spectrum is put in.

Source
    Hastie, Montanari, Rosset & Tibshirani, "Surprises in high-dimensional ridgeless least squares interpolation",
    Annals of Statistics 2022, arXiv:1903.08560, of which only the abstract was read. Eqs. 2 and 3 follow from the mean
    of an inverse Wishart matrix and are exact; Eq. 4 is the usual deterministic equivalent, with its ridge taken to 0.

Equations (x (p,), Sigma = <x x^T> with eigenvalues l_i; |beta| = 1, target y = beta.x + noise of variance s2)
    (1)  beta_hat = X^+ y,    R = (beta_hat - beta)^T Sigma (beta_hat - beta)
    (2)  p < n - 1:  <R> = s2 p / (n - p - 1),               whatever Sigma, for Gaussian x
    (3)  p > n + 1:  <R> = 1 - n/p + s2 n / (p - n - 1),     for Sigma = 1 and Gaussian x
    (4)  p > n:      R = (k^2 sum_i l_i b_i^2 / (l_i + k)^2 + s2 D / n) / (1 - D / n),    where
         sum_i l_i / (l_i + k) = n gives k, D = sum_i l_i^2 / (l_i + k)^2, and b_i^2 = 1/p on average over beta
    Limits at g = p/n as n grows: s2 g/(1 - g) and 1 - 1/g + s2/(g - 1).

Command
    python scripts/ridgeless_risk.py --seeds 8 --first-seed 0 --budget quick --out result.json
    CPU seconds of one core for 5 seeds: smoke 4, quick 16, full about 400.

Expected result (what the pilots gave; the recorded runs are to say)
    Gaussian features: 0.99 to 1.01 of Eq. 2 at p/n = 0.2, 0.5 and 0.8, sd 0.008 to 0.020 over 5 seeds.
    All else (p > n, other laws, correlated features, the peak) was not run on seeds of its own before it was declared.

Departures from the source
    1. Finite n = 100 (50 in smoke, 400 in full), for which Eqs. 2 and 3 are exact, in the place of the limit.
    2. The target is drawn anew for each fit, uniform on the sphere.
    3. Risks are means over DRAWS matrices X a seed and FITS targets and noises for each X; Eq. 1 is evaluated with the
       true Sigma and not on a test set.
    4. The peak is the size p of largest mean risk among eleven sizes from n/2 to 2 n; the sizes of a seed are shifted
       by up to 2 % of n, so that rounding to the grid does not repeat itself in every seed. s2 = 1 there. The ridge of
       its control, s2 p for X^T X, is the one that is best for this prior on beta, and is not fitted.
    5. Correlated features are Gaussian with l_i proportional to 1/i, of mean 1.
    6. Double precision, one thread.

Tuning history (pilots, on seeds 1000 to 1007 only)
    - One setting was tried, the one below, and only at p/n up to 0.8; nothing was changed after it.
    - The first recorded runs took the rival "no cost of fitting the noise" for correlated features from Eq. 3, which
      holds for uncorrelated ones; it is Eq. 4 at s2 = 0 now. A replication by other code found it.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read by the libraries when imported

import itertools
import json
import math
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import tyro
from numpy.typing import NDArray
from scipy.optimize import brentq

SAMPLES = {"smoke": 50, "quick": 100, "full": 400}  # n of the curves
ASPECTS = (0.2, 0.5, 0.8, 1.25, 2.0, 4.0)  # p / n
SOME_ASPECTS = (0.5, 0.8, 1.25, 2.0)  # for other laws
CORRELATED_ASPECTS = (0.5, 0.8, 2.0, 4.0)
NOISES = (0.25, 1.0)  # s2
DRAWS, FITS = {"smoke": 20, "quick": 40, "full": 40}, 20
PEAK_SAMPLES = (100, 200)  # n of the peaks
PEAK_ASPECTS = (0.5, 0.7, 0.8, 0.9, 0.95, 1.0, 1.05, 1.1, 1.2, 1.4, 2.0)
PEAK_SHIFT = 0.02
PEAK_DRAWS = 4

Array = NDArray[np.float64]
Record = dict[str, Any]
Law = Callable[[np.random.Generator, tuple[int, int]], Array]

LAWS: dict[str, Law] = {  # entries of mean 0 and variance 1
    "gaussian": lambda rng, shape: rng.normal(size=shape),
    "two-valued": lambda rng, shape: rng.choice(np.array([-1.0, 1.0]), size=shape),
    "laplace": lambda rng, shape: rng.laplace(scale=1 / math.sqrt(2), size=shape),
    "correlated": lambda rng, shape: rng.normal(size=shape) * np.sqrt(spectrum("correlated", shape[1])),
}


@dataclass
class Args:
    seeds: int = 8
    """number of seeds; each draws its own features, targets and noise, anew for each setting"""
    first_seed: int = 0
    """the first of them"""
    budget: Literal["smoke", "quick", "full"] = "quick"
    """samples a fit: smoke 50, quick 100, full 400"""
    out: Path = Path("result.json")
    """where the result is written"""
    aspect: float | None = None
    """measure at this one ratio of features to samples alone, for a map"""
    noise: float | None = None
    """measure at this one variance of the noise alone, for a map"""


def spectrum(law: str, p: int) -> Array:
    """Eigenvalues l of Sigma (p,), of mean 1."""
    eigenvalues = 1 / np.arange(1, p + 1) if law == "correlated" else np.ones(p)
    return np.asarray(eigenvalues / eigenvalues.mean())


def exact(n: int, p: int, s2: float) -> float:
    """Eqs. 2 and 3."""
    return s2 * p / (n - p - 1) if p < n else 1 - n / p + s2 * n / (p - n - 1)


def equivalent(n: int, s2: float, eigenvalues: Array) -> float:
    """Eq. 4, for more eigenvalues than samples."""
    p = len(eigenvalues)
    k = brentq(lambda k: (eigenvalues / (eigenvalues + k)).sum() - n, 1e-12, eigenvalues.sum(), xtol=1e-14)
    D = ((eigenvalues / (eigenvalues + k)) ** 2).sum()
    bias = k**2 * (eigenvalues / (eigenvalues + k) ** 2).sum() / p
    return float((bias + s2 * D / n) / (1 - D / n))


def draw(law: str, n: int, p: int, s2: float, rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """Features X (n, p), targets beta (p, FITS) of norm 1, and what is fitted, y (n, FITS)."""
    X = LAWS[law](rng, (n, p))
    beta = rng.normal(size=(p, FITS))
    beta /= np.linalg.norm(beta, axis=0)
    return X, beta, X @ beta + math.sqrt(s2) * rng.normal(size=(n, FITS))


def risks(fits: Array, beta: Array, eigenvalues: Array) -> float:
    """Mean of R of Eq. 1 over fits (p, FITS)."""
    return float((eigenvalues[:, None] * (fits - beta) ** 2).sum(axis=0).mean())


def risk(law: str, n: int, p: int, s2: float, draws: int, rng: np.random.Generator) -> tuple[float, float]:
    """Mean risk of the least-norm fit, and of the same with the samples' targets permuted."""
    fitted, permuted, eigenvalues = [], [], spectrum(law, p)
    for _ in range(draws):
        X, beta, y = draw(law, n, p, s2, rng)
        inverse = np.linalg.pinv(X)
        fitted.append(risks(inverse @ y, beta, eigenvalues))
        permuted.append(risks(inverse @ rng.permutation(y), beta, eigenvalues))
    return float(np.mean(fitted)), float(np.mean(permuted))


def peak(n: int, rng: np.random.Generator) -> tuple[float, float]:
    """p/n of the largest risk of the least-norm fit, and of the fit with the best ridge, s2 p for X^T X."""
    shift = round(n * rng.uniform(-PEAK_SHIFT, PEAK_SHIFT))
    sizes = [round(aspect * n) + shift for aspect in PEAK_ASPECTS]
    plain, ridged = [], []
    for p in sizes:
        ones, means = np.ones(p), []
        for _ in range(PEAK_DRAWS):
            X, beta, y = draw("gaussian", n, p, 1.0, rng)
            u, s, vt = np.linalg.svd(X, full_matrices=False)
            along = u.T @ y  # (min(n, p), FITS)
            least_norm = vt.T @ (along / s[:, None])
            ridge = vt.T @ (along * (s / (s**2 + p))[:, None])
            means.append((risks(least_norm, beta, ones), risks(ridge, beta, ones)))
        plain.append(float(np.mean(means, axis=0)[0]))
        ridged.append(float(np.mean(means, axis=0)[1]))
    return sizes[int(np.argmax(plain))] / n, sizes[int(np.argmax(ridged))] / n


def numbers(values: list[float]) -> list[float | None]:
    """As JSON numbers of seven digits; null where a fit failed."""
    return [float(f"{value:.7g}") if np.isfinite(value) else None for value in values]


def settings(args: Args) -> list[tuple[str, float, float]]:
    """(law, aspect, noise) of all that is measured, or of the one place of a map."""
    if args.aspect is not None or args.noise is not None:
        return [("gaussian", args.aspect or ASPECTS[0], args.noise if args.noise is not None else NOISES[-1])]
    grids = {"two-valued": SOME_ASPECTS, "laplace": SOME_ASPECTS, "correlated": CORRELATED_ASPECTS}
    return [
        *itertools.product(["gaussian"], ASPECTS, NOISES),
        *((law, aspect, NOISES[0]) for law, aspects in grids.items() for aspect in aspects),
    ]


def main(args: Args) -> None:
    """Fit all settings on every seed, and write the risks and where they peak."""
    seeds = range(args.first_seed, args.first_seed + args.seeds)
    n = SAMPLES[args.budget]
    quantities: dict[str, list[Record]] = defaultdict(list)
    places, in_map = settings(args), args.aspect is not None or args.noise is not None
    for done, (law, aspect, s2) in enumerate(places, start=1):
        p, condition = round(aspect * n), {"law": law, "aspect": aspect, "noise": s2}
        if abs(p - n) < 2:
            raise SystemExit(f"{p} features and {n} samples: the mean risk of Eqs. 2 and 3 is infinite")
        setting = [list(LAWS).index(law), round(1000 * aspect), round(1000 * s2)]
        pairs = [risk(law, n, p, s2, DRAWS[args.budget], np.random.default_rng([seed, *setting])) for seed in seeds]
        risk_at = (
            partial(equivalent, n, eigenvalues=spectrum(law, p))
            if law == "correlated" and p > n
            else partial(exact, n, p)
        )
        expected = risk_at(s2=s2)
        rivals = {
            "the risk on the training inputs": s2 * min(p / n, 1),
            "no cost of fitting the noise": risk_at(s2=0.0),
        }
        if law == "correlated":
            rivals["as for uncorrelated features"] = exact(n, p, s2)
        row = {"condition": condition, "measured": numbers([fitted for fitted, _ in pairs])}
        row["expected"] = numbers([expected] * len(seeds))
        row["rivals"] = {name: numbers([value] * len(seeds)) for name, value in rivals.items()}
        quantities["excess_risk"].append(row)
        quantities["excess_risk_permuted"].append(
            {"condition": condition, "measured": numbers([permuted for _, permuted in pairs])}
        )
        print(json.dumps({"progress": round(done / (len(places) + 0.5 * (not in_map)), 4)}), flush=True)
    if not in_map:
        for samples in PEAK_SAMPLES:
            peaks = [peak(samples, np.random.default_rng([seed, samples])) for seed in seeds]
            row = {"condition": {"samples": samples}, "measured": numbers([plain for plain, _ in peaks])}
            quantities["peak_over_samples"].append(row)
            row = {"condition": {"samples": samples}, "measured": numbers([ridged for _, ridged in peaks])}
            quantities["peak_over_samples_ridge"].append(row)
        print(json.dumps({"progress": 1.0}), flush=True)

    curves: list[Record] = []
    for law, s2 in dict.fromkeys((law, s2) for law, _, s2 in places):
        rows = [
            row
            for row in quantities["excess_risk"]
            if (row["condition"]["law"], row["condition"]["noise"]) == (law, s2)
        ]
        for name, key in (("measured", "measured"), ("predicted", "expected")):
            shown = {"name": f"{law}, noise {s2}, {name}, seed {seeds[0]}", "unit": "excess risk against p/n"}
            x = [row["condition"]["aspect"] for row in rows]
            curves.append({**shown, "x": x, "y": [row[key][0] for row in rows]})

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
