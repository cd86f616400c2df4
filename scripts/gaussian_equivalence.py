"""Ridge regression on random features errs as on Gaussian features with the same moments

Claim
    In high dimension, ridge regression on the random features sigma(F x) of Gaussian inputs x has the test error of
    ridge regression on a surrogate in which the nonlinearity is replaced by its linear part and independent noise of
    matched strength. What is not linear in x acts as noise, whatever the activation.

Source
    Hu & Lu, "Universality laws for high-dimensional learning with random features", arXiv:2009.07669, and Goldt,
    Loureiro, Reeves, Krzakala, Mezard & Zdeborova, "The Gaussian equivalence of generative models for learning with
    shallow neural networks", arXiv:2006.14709, of both of which only the abstracts were read. The moments of Eq. 3 are
    computed here.

Equations (d inputs, P features, n samples; f_k, row k of F, is a unit vector; g is a standard Gaussian number)
    (1)  phi_k(x) = sigma(f_k.x) - mu_0,    x in R^d with independent entries of mean 0 and variance 1
    (2)  surrogate:  phi_k = mu_1 f_k.x + mu_* z_k,    z standard Gaussian, independent of x
    (3)  mu_0 = <sigma(g)>,    mu_1 = <sigma(g) g>,    mu_*^2 = <sigma(g)^2> - mu_0^2 - mu_1^2
    (4)  label y = sign(t.x), t a random unit vector;    w = (Phi^T Phi / n + lambda)^{-1} Phi^T y / n
    (5)  test error = <(phi.w - y)^2> over new inputs; 1 for a learner that knows nothing

Command
    python scripts/gaussian_equivalence.py --seeds 8 --first-seed 0 --budget quick --out result.json
    CPU seconds of one core for 5 seeds: smoke 2, quick 18, full 70.
    Over 60 CPU s in quick: 78 at 16 seeds (on a busy machine), as the discontinuous activation is undecided at every
    look, and the size of 600 features, on which its deviation depends, is declared.

Expected result (what the pilots gave; the recorded runs are to say)
    test_error            features over surrogate within 0.01 of 1 for relu and sine, at n = P/2 and at n = 2P, though
                          the error itself goes from 0.7 to 1.4
    test_error_own_label  0.06 to 0.5: where the label is made of the nonlinear features, features know it and the
                          surrogate does not

Departures from the sources
    1. Finite: d = 400 and P = 600 (smoke 100 and 150), test errors over 4000 new inputs (smoke 1000).
    2. Features and surrogate share F, t and inputs, in training and in testing, so that the comparison is paired.
       A seed's errors are means over 2 such draws (smoke 1, full 8).
    3. Rows of F are unit vectors, which makes f_k.x exactly Gaussian, and mu_0 is taken off as there is no intercept.
    4. The activations sine, sin(2u), and relu are not odd or not smooth; sign is not even continuous. Whether the
       theorem's conditions hold was not looked up; each activation is a condition of its own.
    5. Inputs of two values, +-1, are measured with the same Eq. 2: the linear part sees the same inputs.

Tuning history (pilots, on seeds 1000 to 1004 only)
    - At d = 200 and P = 300 with ridges 0.01 and 0.1: ratios 0.955 to 1.038 with sd 0.015 to 0.05 over seeds. At
      d = 400, ridge 0.1: 0.995 to 1.009 with sd 0.016 to 0.022. Kept: the larger d, as deviations shrink with it, and
      the larger ridge. The tolerance was set after that.
    - The activation sign and inputs of two values were not run before their declaration.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read by the libraries when imported

import json
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from math import exp, pi, sqrt
from pathlib import Path
from typing import Any, Literal

import numpy as np
import tyro
from numpy.typing import NDArray

SIZES = {"smoke": (100, 150, 1000), "quick": (400, 600, 4000), "full": (400, 600, 4000)}  # d, P, test inputs
DRAWS = {"smoke": 1, "quick": 2, "full": 8}
RIDGE = 0.1  # lambda
PER_FEATURE = (0.5, 2.0)  # n / P
MODELS = ("features", "gaussian")

Array = NDArray[np.float64]
Record = dict[str, Any]
Law = Callable[[np.random.Generator, tuple[int, int]], Array]

# sigma and its mu_0, mu_1 and mu_*, Eq. 3 in closed form
ACTIVATIONS: dict[str, tuple[Callable[[Array], Array], float, float, float]] = {
    "relu": (lambda u: np.maximum(u, 0), 1 / sqrt(2 * pi), 1 / 2, sqrt(1 / 4 - 1 / (2 * pi))),
    "sine": (lambda u: np.sin(2 * u), 0.0, 2 * exp(-2), sqrt((1 - exp(-8)) / 2 - 4 * exp(-4))),
    "sign": (np.sign, 0.0, sqrt(2 / pi), sqrt(1 - 2 / pi)),
}
INPUTS: dict[str, Law] = {
    "gaussian": lambda rng, shape: rng.normal(size=shape),
    "two-valued": lambda rng, shape: rng.choice(np.array([-1.0, 1.0]), size=shape),
}
SETTINGS = (("relu", "gaussian"), ("sine", "gaussian"), ("sign", "gaussian"), ("relu", "two-valued"))


@dataclass
class Args:
    seeds: int = 8
    """number of seeds; each draws its own features, labels and inputs, anew for each setting"""
    first_seed: int = 0
    """the first of them"""
    budget: Literal["smoke", "quick", "full"] = "quick"
    """draws that a seed's errors are means over: quick 2, full 8; smoke 1 at a quarter of the size"""
    out: Path = Path("result.json")
    """where the result is written"""
    samples: float | None = None
    """samples per feature, n / P: measure relu at this one and the ridge alone, for a map"""
    ridge: float | None = None
    """ridge lambda: measure relu at this one and the samples per feature alone, for a map"""


def ridge_error(phi: Array, y: Array, n: int, ridge: float) -> float:
    """Eqs. 4 and 5: trained on the first n rows of phi (n + test, P) and y (n + test,), tested on the rest."""
    train, P = phi[:n], phi.shape[1]
    if n >= P:
        w = np.linalg.solve(train.T @ train / n + ridge * np.eye(P), train.T @ y[:n] / n)
    else:  # the same w, by a smaller system
        w = train.T @ np.linalg.solve(train @ train.T / n + ridge * np.eye(n), y[:n] / n)
    return float(np.mean((phi[n:] @ w - y[n:]) ** 2))


def draw(
    rng: np.random.Generator, activation: str, inputs: str, d: int, P: int, rows: int
) -> tuple[Array, Array, Array, Array]:
    """One draw: features of Eq. 1, surrogate of Eq. 2 and its linear part alone, (rows, P) each, and labels (rows,)."""
    sigma, mu_0, mu_1, mu_star = ACTIVATIONS[activation]
    F = rng.normal(size=(P, d))
    F /= np.linalg.norm(F, axis=1, keepdims=True)
    t = rng.normal(size=d)
    x = INPUTS[inputs](rng, (rows, d))
    u = x @ F.T
    return sigma(u) - mu_0, mu_1 * u + mu_star * rng.normal(size=u.shape), mu_1 * u, np.sign(x @ t)


def errors(
    rng: np.random.Generator, activation: str, inputs: str, sizes: tuple[int, int, int], n: int, ridge: float
) -> dict[str, float]:
    """Test errors of one draw, by learner and label."""
    d, P, test = sizes
    phi, gaussian, linear, y = draw(rng, activation, inputs, d, P, n + test)
    own = phi @ rng.normal(size=P)  # a label made of the features themselves
    own /= own.std()
    return {
        "features": ridge_error(phi, y, n, ridge),
        "gaussian": ridge_error(gaussian, y, n, ridge),
        "linear": ridge_error(linear, y, n, ridge),
        "own features": ridge_error(phi, own, n, ridge),
        "own gaussian": ridge_error(gaussian, own, n, ridge),
    }


def numbers(values: Array) -> list[float | None]:
    """As JSON numbers of seven digits; null where there is no finite one."""
    return [float(f"{value:.7g}") if np.isfinite(value) else None for value in values]


def main(args: Args) -> None:
    """Measure every setting on every seed, and write what was measured."""
    seeds = range(args.first_seed, args.first_seed + args.seeds)
    sizes, draws = SIZES[args.budget], DRAWS[args.budget]
    one = args.samples is not None or args.ridge is not None
    ridge = RIDGE if args.ridge is None else args.ridge
    per_feature = PER_FEATURE if not one else (PER_FEATURE[-1] if args.samples is None else args.samples,)
    settings = [(*setting, share) for setting in (SETTINGS[:1] if one else SETTINGS) for share in per_feature]

    quantities: dict[str, list[Record]] = defaultdict(list)
    preconditions: dict[str, list[Record]] = defaultdict(list)
    curves: list[Record] = []
    done = 0
    for activation, inputs, share in settings:
        setting = [sorted(ACTIVATIONS).index(activation), sorted(INPUTS).index(inputs), round(1000 * share)]
        found = []
        for seed in seeds:
            rng = np.random.default_rng([seed, *setting])
            drawn = [errors(rng, activation, inputs, sizes, round(share * sizes[1]), ridge) for _ in range(draws)]
            found.append({name: float(np.mean([each[name] for each in drawn])) for name in drawn[0]})
            done += 1
            print(json.dumps({"progress": round(done / (len(seeds) * len(settings)), 4)}), flush=True)
        mean = {name: np.array([of_seed[name] for of_seed in found]) for name in found[0]}  # (seeds,) each

        condition: Record = {"activation": activation, "inputs": inputs, "samples": share, "ridge": ridge}
        for model in MODELS:
            row: Record = {"condition": {**condition, "model": model}, "measured": numbers(mean[model])}
            if model == "features":
                row["rivals"] = {"only the linear part of the features counts": numbers(mean["linear"])}
            quantities["test_error"].append(row)
            row = {"condition": {**condition, "model": model}, "measured": numbers(mean[f"own {model}"])}
            quantities["test_error_own_label"].append(row)
        _, _, mu_1, mu_star = ACTIVATIONS[activation]
        nonlinear = np.full(len(seeds), mu_star**2 / (mu_1**2 + mu_star**2))
        preconditions["nonlinear_share"].append({"condition": condition, "measured": numbers(nonlinear)})
        if not one:
            x = list(range(len(seeds)))
            name = f"{activation}, {inputs} inputs, n = {share:g} P"
            for model in MODELS:
                y = numbers(mean[model])
                curves.append({"name": f"{name}, {model}", "x": x, "y": y, "unit": "test error against the seed"})

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
