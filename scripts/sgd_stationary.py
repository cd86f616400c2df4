"""Constant-step SGD on a quadratic settles at a variance that step, batch, curvature and noise fix exactly

Claim
    On a quadratic of curvature h, SGD with a constant step eta and batches of B examples does not stop at the minimum:
    it fluctuates about it with a variance that is known exactly. For small steps only eta/B counts; at finite steps the
    variance is larger, and without bound as eta h comes to 2. Heavy-ball momentum and noise that grows with the
    distance from the minimum have exact variances of their own.

Source
    Mandt, Hoffman & Blei, "Stochastic gradient descent as approximate Bayesian inference", JMLR 2017, arXiv:1704.04289:
    only the abstract was read (constant SGD has a stationary distribution). The exact variances of the discrete chains,
    Eqs. 2 to 5, are derived here; their small-step limit is that of a diffusion of temperature eta/B.

Equations (x = distance from the minimum; s^2 = variance of one example's gradient at the minimum)
    (1)  x' = x - eta (h x + xi),    <xi> = 0,    <xi^2> = s^2 / B
    (2)  <x^2> = (1 - eta h)^2 <x^2> + eta^2 s^2 / B gives <x^2> = eta s^2 / (B h (2 - eta h)), whatever the law of xi
    (3)  Examples a_i with losses h (x - a_i)^2 / 2: Eq. 1 about the mean of a, with s^2 = h^2 var(a); so
         <x^2> = eta h var(a) / (B (2 - eta h))
    (4)  Heavy ball, v' = beta v - eta (h x + xi), x' = x + v', is an autoregression of order 2,
         <x^2> = eta s^2 (1 + beta) / (B h (1 - beta) (2 + 2 beta - eta h))
    (5)  Regression y = noise on inputs u ~ N(0, h 1_d), label noise of variance r: the curvature of a batch fluctuates,
         <H_B^2> = h^2 (1 + (d + 1)/B), so that a coordinate has
         <x^2> = eta r / (B (2 - eta h (1 + (d + 1)/B))), which diverges before eta h = 2

Command
    python scripts/sgd_stationary.py --seeds 8 --first-seed 0 --budget quick --out result.json
    CPU seconds of one core for 5 seeds: smoke 9, quick 13, full 26.

Expected result (what the pilots gave; the recorded runs are to say)
    stationary_variance  within 1 % of Eq. 2 at eta h from 0.02 to 1.8, where the small-step limit is short by up to ten
    The other three quantities were declared before they were run at all.

Departures from the source
    1. One direction (or d equal ones) of an exact quadratic in the place of a posterior; many chains side by side.
    2. Chains start at the minimum and run for ten relaxation times before they are measured for thirty: 1/(eta h), or
       1/(2 - eta h) if longer; 2/(1 - beta) if longer with momentum.
    3. The variance is the mean square over chains and over the later steps; the mean, 0, is not estimated.
    4. Batches of digits are drawn with replacement, so that noise of successive steps is independent. The examples
       a_i are the scores of the first 1000 digits on their three leading principal components, one a curvature in this
       order, and <x^2> is given in units of var(a) of its component.

Tuning history (pilots, on seeds 1000 to 1007 only)
    - Steps and eta/B = 0.02 are those of the list from which this began. The number of chains was set so that the sd
      over seeds is below half of the tolerance.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read by the libraries when imported

import json
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import tyro
from numpy.typing import NDArray
from sklearn.datasets import load_digits

STEPS = ((0.02, 1), (0.2, 10), (0.6, 30), (1.0, 50), (1.8, 90))  # eta, B: eta/B = 0.02
CURVATURES = (0.3, 1.0, 3.0)  # h, along three components of the digits
BATCHES = ((0.1, 2), (0.3, 6), (0.6, 12))  # eta, B
MOMENTA = ((0.5, 0.5), (0.5, 1.2), (0.9, 0.5), (0.9, 1.2))  # beta, eta
REGRESSIONS = ((0.1, 1), (0.2, 2), (0.2, 4), (0.4, 8))  # eta, B
INPUTS = 3  # d
RELAXED, MEASURED = 10.0, 30.0  # lengths of the two stretches, in units of 1 / (eta h)
CHAINS = {"smoke": 300, "quick": 1500, "full": 6000}
SHOWN = 200  # steps of a curve

Array = NDArray[np.float64]
Record = dict[str, Any]


@dataclass
class Args:
    seeds: int = 8
    """number of seeds; each draws its own gradient noise, anew for each setting"""
    first_seed: int = 0
    """the first of them"""
    budget: Literal["smoke", "quick", "full"] = "quick"
    """chains a seed: smoke 300, quick 1500, full 6000"""
    out: Path = Path("result.json")
    """where the result is written"""
    eta: float | None = None
    """measure stationary_variance at this step size alone, for a map (with --batch)"""
    batch: int | None = None
    """measure stationary_variance at this batch size alone, for a map (with --eta)"""


def variance(eta: float, batch: float, h: float = 1.0, s2: float = 1.0) -> float:
    """Eq. 2."""
    return eta * s2 / (batch * h * (2 - eta * h))


def variance_with_momentum(eta: float, beta: float, h: float = 1.0, s2: float = 1.0) -> float:
    """Eq. 4, at B = 1."""
    return eta * s2 * (1 + beta) / (h * (1 - beta) * (2 + 2 * beta - eta * h))


def chain(gradient: Callable[[Array], Array], shape: tuple[int, ...], eta: float, beta: float, span: float) -> Array:
    """Mean square over chains at every step that is measured, (steps,), of chains that start at the minimum.

    `gradient` gives the noisy gradient at x; `span` is the number of steps in which a chain relaxes.
    """
    x, v = np.zeros(shape), np.zeros(shape)
    first, last = round(RELAXED * span) + 1, round((RELAXED + MEASURED) * span) + 1
    squares = []
    for step in range(last):
        if step >= first:
            squares.append(np.mean(x * x))
        v = beta * v - eta * gradient(x)
        x = x + v
    return np.array(squares)


def additive(rng: np.random.Generator, h: float, sd: float) -> Callable[[Array], Array]:
    """The gradient of Eq. 1, with Gaussian noise of this standard deviation."""
    return lambda x: h * x + sd * rng.standard_normal(x.shape)


def of_examples(rng: np.random.Generator, a: Array, h: float, batch: int) -> Callable[[Array], Array]:
    """The gradient of Eq. 3 on a batch of examples `a` (examples,), drawn anew for each chain."""

    def gradient(x: Array) -> Array:
        drawn = a[rng.integers(len(a), size=(batch, *x.shape))].mean(axis=0)
        return np.asarray(h * (x - drawn))

    return gradient


def of_regression(rng: np.random.Generator, batch: int) -> Callable[[Array], Array]:
    """The gradient of Eq. 5 at h = 1 and r = 1, for x (chains, d)."""

    def gradient(x: Array) -> Array:
        u = rng.standard_normal((len(x), batch, INPUTS))
        error = np.einsum("cbd,cd->cb", u, x) + rng.standard_normal((len(x), batch))
        return np.asarray(np.einsum("cbd,cb->cd", u, error) / batch)

    return gradient


def components() -> Array:
    """Scores of 1000 digits on their three leading principal components, centred, (1000, 3)."""
    x = load_digits().data[:1000]
    left, strength, _ = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)
    scores = left[:, :3] * strength[:3]
    return np.asarray(scores / scores[:, 0].std())


def numbers(values: Array) -> list[float | None]:
    """As JSON numbers of seven digits; null where a chain diverged."""
    return [float(f"{value:.7g}") if np.isfinite(value) else None for value in values]


def variants(seed: int, chains: int, a: Array, add: Callable[[str, Record, Array], None]) -> None:
    """The chains of Eqs. 3 to 5 and their controls on one seed; `a` (examples, 3) are the examples of Eq. 3."""

    def rng(*setting: int) -> np.random.Generator:
        return np.random.default_rng([seed, *setting])

    for i, (eta, batch) in enumerate(BATCHES):
        for k, h in enumerate(CURVATURES):
            condition: Record = {"eta": eta, "batch": batch, "curvature": h}
            span = max(1 / (eta * h), 1 / (2 - eta * h))
            for name, size in (("", batch), ("_of_twice_the_batch", 2 * batch)):
                gradient = of_examples(rng(1, i, k, size), a[:, k], h, size)
                squares = chain(gradient, (chains // 2,), eta, 0.0, span) / a[:, k].var()
                add(f"example_variance{name}", condition, squares)
    for i, (beta, eta) in enumerate(MOMENTA):
        condition = {"beta": beta, "eta": eta}
        for name, momentum in (("", beta), ("_without", 0.0)):
            span = max(1 / eta, 2 / (1 - momentum))
            gradient = additive(rng(2, i, round(10 * momentum)), 1.0, 1.0)
            add(f"momentum_variance{name}", condition, chain(gradient, (chains,), eta, momentum, span))
    for i, (eta, batch) in enumerate(REGRESSIONS):
        condition = {"eta": eta, "batch": batch}
        shape = (chains, INPUTS)
        squares = chain(of_regression(rng(3, i, 0), batch), shape, eta, 0.0, 1 / eta)
        add("regression_variance", condition, squares)
        squares = chain(additive(rng(3, i, 1), 1.0, batch**-0.5), shape, eta, 0.0, 1 / eta)
        add("regression_variance_additive", condition, squares)


def main(args: Args) -> None:
    """Run the chains of every setting and seed, with a control of each, and write what was measured."""
    seeds = range(args.first_seed, args.first_seed + args.seeds)
    chains = CHAINS[args.budget]
    found: dict[str, dict[tuple[tuple[str, float], ...], list[float]]] = defaultdict(dict)
    curves: list[Record] = []
    alone = args.eta is not None and args.batch is not None
    steps = [(args.eta, args.batch)] if args.eta is not None and args.batch is not None else list(STEPS)

    def add(name: str, condition: Record, squares: Array) -> None:
        """One seed's variance in a condition, and how much it still changes: later half over earlier half, less 1."""
        place = tuple(condition.items())
        found[name].setdefault(place, []).append(float(squares.mean()))
        earlier, later = np.array_split(squares, 2)
        found[f"{name}_drift"].setdefault(place, []).append(float(abs(later.mean() / earlier.mean() - 1)))

    a = np.empty((0, 3)) if alone else components()
    for done, seed in enumerate(seeds, start=1):
        for i, (eta, batch) in enumerate(steps):
            condition: Record = {"eta": eta, "batch": batch}
            setting = (9, round(1000 * eta), batch) if alone else (0, i, 0)
            span = max(1 / eta, 1 / (2 - eta) if eta < 2 else 1)
            gradient = additive(np.random.default_rng([seed, *setting]), 1.0, batch**-0.5)
            squares = chain(gradient, (chains,), eta, 0.0, span)
            add("stationary_variance", condition, squares)
            if not alone:
                sd = (2 * batch) ** -0.5
                control = chain(additive(np.random.default_rng([seed, 0, i, 1]), 1.0, sd), (chains,), eta, 0.0, span)
                add("stationary_variance_of_twice_the_batch", condition, control)
        if not alone:
            variants(seed, chains, a, add)
        print(json.dumps({"progress": round(done / len(seeds), 4)}), flush=True)

    if not alone:
        for eta, batch in (STEPS[1], STEPS[3]):
            x, rows, gradient = np.zeros(chains), [], additive(np.random.default_rng([seeds[0], 8]), 1.0, batch**-0.5)
            for _ in range(SHOWN):
                rows.append(float(np.mean(x * x)))
                x = x - eta * gradient(x)
            at = {"x": list(range(SHOWN)), "unit": "mean square distance against steps"}
            of = f"eta {eta}, batch {batch}"
            curves.append({"name": f"measured at {of}, seed {seeds[0]}", **at, "y": numbers(np.array(rows))})
            course = variance(eta, batch) * (1 - (1.0 - eta) ** np.arange(0.0, 2 * SHOWN, 2))
            curves.append(
                {"name": f"Eq. 2 and its approach at {of}", **at, "y": numbers(np.asarray(course, dtype=np.float64))}
            )

    quantities: dict[str, list[Record]] = defaultdict(list)
    preconditions: dict[str, list[Record]] = defaultdict(list)
    for name, by_condition in found.items():
        for place, values in by_condition.items():
            row = {"condition": dict(place), "measured": numbers(np.array(values))}
            (preconditions if name.endswith("_drift") else quantities)[name].append(row)

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
