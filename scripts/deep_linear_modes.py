"""A deep linear network learns its modes one after another, each along a logistic curve

Claim
    From a small random start and with whitened inputs, a two-layer linear network learns each singular mode of the
    input-output correlation by itself. A mode of strength s reaches half of it at ln(s/u0 - 1)/(2s), where u0 is read
    off the random weights and nothing is fitted, and its course about that time is a logistic curve of rate 2s.

Source
    Rhee, Karkada & Simon, "Deep linear networks are a surprisingly useful toy model of weight-space dynamics",
    learningmechanics.pub/deep-linear-nets: Eqs. 1 to 10 of the post are Eqs. 1, 2 and 4 here. They follow Saxe,
    McClelland & Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks",
    ICLR 2014, arXiv:1312.6120, of which only the abstract was read. The start u0, Eq. 3, is derived here.

Equations (W1 is h x d, W2 is c x h; h = 64 hidden units, d = 30 inputs, c = 10 classes; t = step size * steps)
    (1)  L = |Sigma - W2 W1|^2 / 2 up to a constant, where Sigma = <y x^T>, c x d, and <x x^T> = 1
    (2)  W1' = W1 + eta W2^T (Sigma - W2 W1),    W2' = W2 + eta (Sigma - W2 W1) W1^T
    (3)  With Sigma = sum_k s_k u_k v_k^T, a = W1 v_k and b = W2^T u_k, each (h,): while W2 W1 is small, da/dt = s b and
         db/dt = s a, so that (a + b)/2 grows as e^{st} and (a - b)/2 dies out. The mode's share of the map, b.a, then
         is u0 e^{2st} with u0 = |(a + b)/2|^2 at the start. (The overlap b.a at the start itself may be negative.)
    (4)  du/dt = 2u (s - u): u(t) = s / (1 + (s/u0 - 1) e^{-2st}), half of s at t_half = ln(s/u0 - 1)/(2s).
         About the half-time, u/s = 1/(1 + e^{-tau}) with tau = 2s (t - t_half).

Command
    python scripts/deep_linear_modes.py --seeds 8 --first-seed 0 --budget quick --out result.json
    CPU seconds of one core for 5 seeds: smoke 1, quick 1, full 2; one cell of a map, --start 1e-3 --step 0.1: 1.

Expected result (what the pilots gave; the recorded runs are to say)
    half_time      1.004 (mode 1) to 1.012 (modes 8 and 9) of what Eq. 4 says: about 23 to 38 units of time
    share_learned  within 0.005 of the logistic curve: 0.05, 0.19, 0.82 and 0.95 at tau = -3, -1.5, 1.5 and 3

Departures from the sources
    1. 1000 images of scikit-learn's digits, drawn anew for each seed; inputs are their first 30 principal components,
       whitened, and targets are centred one-hot classes. Centring leaves 9 modes.
    2. Gradient descent with a finite step in the place of the flow. A step of eta makes a mode grow by 1 + eta s and
       not by e^{eta s}, so that half-times are long by about eta s / 2: below 0.5 % at the steps of quick.
    3. Weights are drawn from N(0, 1e-4^2) and neither balanced nor aligned: that they align is part of the test.
    4. tau is counted from the measured half-time, so that shares test the shape and not the time again. The network
       of one layer beside it is read at the same multiples of its own half-time.
    5. The rival's one common time is Eq. 4 at the mean strength and the mean u0 of the nine modes.
    6. Double precision, one thread.

Tuning history (pilots, on seeds 1000 to 1007 only)
    - One setting was tried, the one below, and kept: size of the start, widths and tolerances were fixed before it.
    - The control of shares was first read at the same times as the network. One layer is then done, at 0.999 in every
      seed and mode, which is a control without spread and without sense; it is read in half-times now.
    - smoke and full, run for their cost, differ by the step: half-times are 1.014 to 1.018 and 1.002 to 1.010 of Eq. 4.
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
from sklearn.datasets import load_digits

IMAGES, INPUTS, HIDDEN, CLASSES = 1000, 30, 64, 10
MODES = CLASSES - 1  # centred one-hot targets leave one direction out
START = 1e-4  # standard deviation of the first weights
STEP = {"smoke": 0.1, "quick": 0.02, "full": 0.005}  # eta
LEARNED, LAST = 1e-3, 1000.0  # train until |Sigma - W2 W1| is this share of |Sigma|, or to this time t
TAUS = (-3.0, -1.5, 1.5, 3.0)
DRAWN = (1, 5, 9)  # modes shown as curves

Array = NDArray[np.float64]
Record = dict[str, Any]


@dataclass
class Args:
    seeds: int = 8
    """number of seeds; each draws its own digits and initial weights"""
    first_seed: int = 0
    """the first of them"""
    budget: Literal["smoke", "quick", "full"] = "quick"
    """step size of gradient descent: smoke 0.1, quick 0.02, full 0.005"""
    out: Path = Path("result.json")
    """where the result is written"""
    start: float | None = None
    """begin with weights of this standard deviation, for a map (with `step`, that of the budget where not given)"""
    step: float | None = None
    """and train at this step size"""


def draw(seed: int, size: float = START) -> tuple[Array, Array, Array]:
    """The task and initial weights of one seed: Sigma (c, d), W1 (h, d), W2 (c, h)."""
    rng = np.random.default_rng(seed)
    digits = load_digits()
    chosen = rng.choice(len(digits.target), IMAGES, replace=False)
    x = digits.data[chosen] - digits.data[chosen].mean(axis=0)
    left, _, _ = np.linalg.svd(x, full_matrices=False)
    x = np.sqrt(IMAGES) * left[:, :INPUTS]  # principal components of variance 1: <x x^T> = 1
    y = np.eye(CLASSES)[digits.target[chosen]]
    y -= y.mean(axis=0)
    sigma = y.T @ x / IMAGES
    return sigma, size * rng.normal(size=(HIDDEN, INPUTS)), size * rng.normal(size=(CLASSES, HIDDEN))


def modes(sigma: Array) -> tuple[Array, Array, Array]:
    """Strengths s (MODES,), falling, and vectors u (c, MODES) and v (d, MODES) of Eq. 3."""
    u, s, vt = np.linalg.svd(sigma)
    return s[:MODES], u[:, :MODES], vt[:MODES].T


def start(W1: Array, W2: Array, u: Array, v: Array) -> Array:
    """u0 of each mode, Eq. 3, (MODES,)."""
    return np.asarray((((W1 @ v + W2.T @ u) / 2) ** 2).sum(axis=0))


def half_time(s: Array | np.floating[Any], u0: Array | np.floating[Any]) -> Array:
    """Eq. 4, in the shape of `s`."""
    return np.asarray(np.log(s / u0 - 1) / (2 * s))


def train(sigma: Array, W1: Array, W2: Array, eta: float) -> Array:
    """The map W2 W1 before each step of Eq. 2, (steps, c, d)."""
    maps, goal = [], LEARNED * np.linalg.norm(sigma)
    for _ in range(round(LAST / eta)):
        maps.append(W2 @ W1)
        error = sigma - maps[-1]
        if np.linalg.norm(error) <= goal:
            break
        W1, W2 = W1 + eta * W2.T @ error, W2 + eta * error @ W1.T
    return np.array(maps)


def train_one_layer(sigma: Array, eta: float) -> Array:
    """The map W of a network of one layer from zero, W' = W + eta (Sigma - W), (steps, c, d)."""
    maps, W, goal = [], np.zeros_like(sigma), LEARNED * np.linalg.norm(sigma)
    for _ in range(round(LAST / eta)):  # it never ends by itself from a step of 2 on
        if np.linalg.norm(sigma - W) <= goal:
            break
        maps.append(W)
        W = W + eta * (sigma - W)
    return np.array([*maps, W])


def shares(maps: Array, s: Array, u: Array, v: Array) -> Array:
    """How far each mode is learned, u_k^T (W2 W1) v_k / s_k, (steps, MODES)."""
    return np.asarray(np.einsum("tcd,ck,dk->tk", maps, u, v, optimize=True) / s)


def first_half(share: Array, eta: float) -> float:
    """The time at which one mode's share (steps,) first passes 1/2, between two steps; nan if it never does."""
    above = share >= 0.5
    if not above.any():
        return float("nan")
    after = int(above.argmax())
    part = (0.5 - share[after - 1]) / (share[after] - share[after - 1])
    return float(eta * (after - 1 + part))


def numbers(values: Array) -> list[float | None]:
    """As JSON numbers of seven digits; null where a mode was not learned."""
    return [float(f"{value:.7g}") if np.isfinite(value) else None for value in values]


def measure(seed: int, eta: float, size: float) -> tuple[dict[str, Array], list[Record]]:
    """One seed: by name an array whose first axis is the mode, and curves of some modes."""
    sigma, W1, W2 = draw(seed, size)
    s, u, v = modes(sigma)
    u0 = start(W1, W2, u, v)
    maps, one_layer = train(sigma, W1, W2, eta), train_one_layer(sigma, eta)
    share, share_one_layer = shares(maps, s, u, v), shares(one_layer, s, u, v)
    times, times_one_layer = eta * np.arange(len(share)), eta * np.arange(len(share_one_layer))
    expected = half_time(s, u0)
    measured = np.array([first_half(share[:, k], eta) for k in range(MODES)])
    half_one_layer = np.array([first_half(share_one_layer[:, k], eta) for k in range(MODES)])
    at = measured[:, None] + np.array(TAUS) / (2 * s[:, None])  # (MODES, TAUS), times
    in_halves = at / measured[:, None]  # the same times in half-times
    at_one_layer = in_halves * half_one_layer[:, None]
    found = {
        "half_time": measured,
        "expected": expected,
        "common": np.full(MODES, half_time(s.mean(), u0.mean())),
        "inverse square": expected[0] * (s[0] / s) ** 2,
        "half_time_one_layer": half_one_layer,
        "share": np.array([np.interp(at[k], times, share[:, k]) for k in range(MODES)]),
        "exponential": 1 - 2**-in_halves,
        "ramp": np.tile(np.clip(0.5 + np.array(TAUS) / 4, 0, 1), (MODES, 1)),
        "share_one_layer": np.array(
            [np.interp(at_one_layer[k], times_one_layer, share_one_layer[:, k]) for k in range(MODES)]
        ),
        "start_over_strength": u0 / s,
        "step_times_sharpness": 2 * eta * s[:1],  # at the end the sharpness of Eq. 1 is that of mode 1, 2 s
        "final_error": np.array([np.linalg.norm(sigma - maps[-1]) / np.linalg.norm(sigma)]),
    }
    curves, some = [], slice(None, None, max(1, len(times) // 200))
    for k in (mode - 1 for mode in DRAWN):
        logistic = 1 / (1 + (s[k] / u0[k] - 1) * np.exp(-2 * s[k] * times))
        for name, y in (("measured", share[:, k]), ("Eq. 4", logistic)):
            shown: Record = {"name": f"mode {k + 1}, {name}, seed {seed}", "x": times[some].tolist()}
            curves.append({**shown, "y": numbers(y[some]), "unit": "share learned against time"})
    return found, curves


def main(args: Args) -> None:
    """Train a network on every seed, and one of one layer beside it, and write what was measured."""
    seeds = range(args.first_seed, args.first_seed + args.seeds)
    eta, size = args.step or STEP[args.budget], args.start or START
    cell: Record = {} if args.start is None else {"start": size, "step": eta}
    found, curves = [], []
    for seed in seeds:
        of_seed, curves_of_seed = measure(seed, eta, size)
        found.append(of_seed)
        curves += curves_of_seed if seed == seeds[0] else []
        print(json.dumps({"progress": round(len(found) / len(seeds), 4)}), flush=True)

    def values(name: str, *place: int) -> list[float | None]:
        """The values of `name` at `place` (mode, tau), one a seed."""
        return numbers(np.array([of_seed[name][place] for of_seed in found]))

    def record(condition: Record, name: str, *place: int) -> Record:
        return {"condition": condition, "measured": values(name, *place)}

    quantities: dict[str, list[Record]] = defaultdict(list)
    preconditions: dict[str, list[Record]] = defaultdict(list)
    for k in range(MODES):
        condition: Record = {"mode": k + 1, **cell}
        expected = {"expected": values("expected", k)}
        rivals = {
            "one common time for all modes": values("common", k),
            "as the inverse square of the strength": values("inverse square", k),
        }
        quantities["half_time"].append({**record(condition, "half_time", k), **expected, "rivals": rivals})
        quantities["half_time_one_layer"].append({**record(condition, "half_time_one_layer", k), **expected})
        preconditions["start_over_strength"].append(record(condition, "start_over_strength", k))
        for i, tau in enumerate(TAUS):
            condition = {"mode": k + 1, "tau": tau, **cell}
            rivals = {
                "exponential of one layer, matched at the half-time": values("exponential", k, i),
                "straight ramp, matched in slope at the half-time": values("ramp", k, i),
            }
            quantities["share_learned"].append({**record(condition, "share", k, i), "rivals": rivals})
            quantities["share_learned_one_layer"].append(record(condition, "share_one_layer", k, i))
    for name in ("step_times_sharpness", "final_error"):
        preconditions[name].append(record({}, name, 0))

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
