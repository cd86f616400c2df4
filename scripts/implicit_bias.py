"""Gradient descent picks the largest margin, and the scale of its start a sparse or a dense solution

Claim
    Where many solutions fit, descent chooses one. On separable data under a loss with an exponential tail the norm of
    a linear predictor grows as log(t)/gamma, gamma the largest margin, its loss falls as 1/t, and its direction nears
    that of the largest margin as 1/log(t). A loss with a power tail has power laws in their place. In regression a
    diagonal network ends at the solution that its start alone decides: sparse from a small one, of least Euclidean
    norm from a large one, and on a known curve in between.

Source
    Soudry, Hoffer, Nacson, Gunasekar & Srebro, "The implicit bias of gradient descent on separable data", JMLR 19 (70),
    2018, arXiv:1710.10345, and Woodworth et al., "Kernel and rich regimes in overparametrized models", COLT 2020,
    arXiv:2002.09277: results as their abstracts give them. Eqs. 3 to 7 are derived here.

Equations (z_i = y_i x_i, n x d; m = Z w the margins; r = X w - y; eta the step, t the number of steps or eta times it)
    (1)  w' = w - eta grad L,    L = 1/n sum_i l(m_i),    l = log(1 + e^{-m}), w = 0 at the start
    (2)  gamma = max over |w| = 1 of min_i z_i.w = the least norm in the convex hull of the z_i, taken on at w_hat
    (3)  With m = gamma |w| and l = e^{-m}, d|w|/dt ~ gamma e^{-gamma |w|}: |w| = log(t)/gamma, L ~ 1/t. What is left of
         w beside w_hat stays bounded: the distance of w/|w| from w_hat falls as 1/log(t).
    (4)  With l = (1 + m)^-p for m >= 0, and 1 - p m below, d|w|/dt ~ |w|^-(p+1): |w| ~ t^{1/(p+2)}, L ~ t^{-p/(p+2)}
    (5)  In s = log(t) the flow of Eq. 1 is dw/ds = 1/n sum_i z_i e^{s - log(1 + e^{m_i})}, free of overflow for any s
    (6)  w = u^2 - v^2 (by entries), u = v = alpha at the start, L = |X w - y|^2/(2n):
         u' = u - 2 eta u X^T r/n,    v' = v + 2 eta v X^T r/n
    (7)  The flow of Eq. 6 keeps u v = alpha^2 and multiplies u^2 and v^2 by inverse factors: w = 2 alpha^2 sinh(X^T nu)
         for a nu (n,), the one at which X w = y: the minimum of sum_j 2 alpha^2 cosh((X^T nu)_j) - y.nu

Command
    python scripts/implicit_bias.py --seeds 8 --first-seed 0 --budget quick --out result.json
    CPU seconds of one core for 5 seeds: smoke 8, quick 10, full 12.

Expected result (declared before any run except where the tuning history names one; the recorded runs are to say)
    loss against steps               slope -1; under a power tail p, -p/(p+2)
    margin_times_growth              1
    direction_error against log(t)   slope -1: up to e^400 in logarithmic time; in plain steps expected to stay unclear
    error_of_solution                that of Eq. 7

Departures from the papers
    1. 40 Gaussian inputs in 5 dimensions, pushed 0.5 away from a random plane, without a constant input.
    2. 2^16 steps at eta = 1 for directions and power tails, to keep the run short.
    3. Later times, 2^20 for norm and loss and e^400 for directions, by integrating the flow (LSODA), not by descent.
    4. Sparse regression with 40 noiseless Gaussian examples in 100 dimensions and 5 entries of +-1. Descent at a finite
       step, until the loss is 1e-8 of the first or 60000 steps are done.
    5. The error of a solution is |w - w*|/|w*|. The growth of the norm is its difference over the last doubling of time
       over log 2; the rivals are the same difference for laws that meet the norm at its end.
    6. Double precision, one thread.

Tuning history (pilots, on seeds from 1000 only)
    - Before any run of the whole only Eqs. 2 and 7 and the two rivals of the networks were computed, on seeds 1000 to
      1007, to choose starts whose prediction lies between both rivals.
    - Pilot on seeds 1000 to 1004: in 2048 to 65536 steps of descent the slope of the loss was -0.96 (sd 0.01) and the
      growth of the norm 0.86, 0.89 and 0.92 at 2^12, 2^14 and 2^16 steps, short of the asymptote and nearing it as
      examples just outside the margin cease to pull. Both were first meant up to 2^20 steps, and are now measured up
      to there along the flow; tolerances are unchanged.
    - Kept as declared before it: directions (-0.41, sd 0.43, in steps; -0.79, sd 0.30, in logarithmic time), power
      tails (-0.333, -0.498 and -0.544 for p = 1, 2 and 4: the last is off), and networks (all within 0.004).
    - full stops at 60000 steps at alpha = 0.01, with 4e-5 of the first loss left and errors 0.01 above Eq. 7.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read by the libraries when imported

import json
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import tyro
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.optimize import linprog, nnls
from scipy.special import expit

POINTS, INPUTS, GAP = 40, 5, 0.5  # n, d and least distance from the plane, of Eqs. 1 to 5
TAILS = (1, 2, 4)  # p of Eq. 4; 0 stands for the logistic loss
# (tail, data): data 0 are those of the logistic loss, the others of one power tail each, with a control beside each
RUNS = ((0, 0), (1, 1), (0, 1), (2, 2), (0, 2), (4, 3), (0, 3))
DOUBLINGS = tuple(range(8, 17))  # log2 of the steps at which Eq. 1 is measured
LATE = DOUBLINGS[3:]  # from 2048 steps
FURTHER = tuple(range(15, 21))  # log2 of the times at which its flow is measured
GROWTH = (16, 18, 20)
LOG_TIMES = (50, 100, 200, 400)  # s of Eq. 5
EXAMPLES, ENTRIES, SPARSE = 40, 100, 5  # n, d of Eq. 6 and the entries that are not 0
STARTS = (0.01, 0.1, 0.2, 0.4)  # alpha
STEP = {"smoke": 0.2, "quick": 0.05, "full": 0.02}  # of Eq. 6, over the edge of stability at the solution
FITTED, LAST = 1e-8, 60_000  # of the first loss; steps

Array = NDArray[np.float64]
Record = dict[str, Any]
Rows = dict[str, list[Record]]


@dataclass
class Args:
    seeds: int = 8
    """number of seeds; each draws its own data, anew for each experiment"""
    first_seed: int = 0
    """the first of them"""
    budget: Literal["smoke", "quick", "full"] = "quick"
    """step of the diagonal network over the edge of stability: smoke 0.2, quick 0.05, full 0.02"""
    out: Path = Path("result.json")
    """where the result is written"""


def separable(seed: int, setting: int) -> Array:
    """Inputs times labels, z (n, d), on one side of a random plane through the origin and GAP from it."""
    rng = np.random.default_rng([seed, setting])
    normal = rng.normal(size=INPUTS)
    normal /= np.linalg.norm(normal)
    x = rng.normal(size=(POINTS, INPUTS))
    along = x @ normal
    return np.asarray(np.sign(along)[:, None] * x + GAP * normal)


def largest_margin(z: Array) -> tuple[float, Array]:
    """gamma and w_hat (d,) of Eq. 2, from min |Z^T a|^2 + (sum a - 1)^2 over a >= 0, which is parallel to it."""
    a, _ = nnls(np.vstack([z.T, np.ones(len(z))]), np.append(np.zeros(z.shape[1]), 1.0))
    nearest = z.T @ a / a.sum()
    gamma = float(np.linalg.norm(nearest))
    return gamma, nearest / gamma


def loss(m: Array, tail: int) -> Array:
    """l(m), of Eq. 1 for a tail of 0 and of Eq. 4 otherwise."""
    if not tail:
        return np.asarray(np.logaddexp(0, -m))
    return np.where(m < 0, 1 - tail * m, (1 + np.maximum(m, 0)) ** float(-tail))


def pull(m: Array, tail: int) -> Array:
    """-l'(m)."""
    return expit(-m) if not tail else np.asarray(tail * (1 + np.maximum(m, 0)) ** float(-tail - 1))


def descend(z: Array, tails: list[int], eta: float = 1.0) -> Array:
    """w of Eqs. 1 and 4 after 2^k steps, k in DOUBLINGS, (DOUBLINGS, runs, seeds, d), from z (runs, seeds, n, d)."""
    w = np.zeros((*z.shape[:2], z.shape[3], 1))
    pulls, across, kept = np.empty((*z.shape[:3], 1)), z.swapaxes(2, 3).copy(), []
    for step in range(1, 2 ** DOUBLINGS[-1] + 1):
        m = z @ w  # (runs, seeds, n, 1)
        for run, tail in enumerate(tails):
            pulls[run] = pull(m[run], tail)
        w += eta / z.shape[2] * (across @ pulls)
        if step & (step - 1) == 0 and step >= 2 ** DOUBLINGS[0]:  # a power of 2
            kept.append(w[..., 0].copy())
    return np.array(kept)


def flow(z: Array, log_times: Sequence[float], tail: int = 0) -> Array:
    """w of Eq. 5 at the rising `log_times`, (times, d); before s = -10 w has not left 0."""

    def rate(s: float, w: Array) -> Array:
        m = z @ w
        pulls = pull(m, tail) * np.exp(s) if tail else np.exp(s - np.logaddexp(0, m))
        return np.asarray(z.T @ pulls / len(z))

    span, start = (-10.0, float(log_times[-1])), np.zeros(z.shape[1])
    return np.asarray(solve_ivp(rate, span, start, "LSODA", log_times, rtol=1e-9, atol=1e-9).y.T)


def distance(w: Array, direction: Array) -> Array:
    """|w/|w| - direction|, over the last axis."""
    return np.asarray(np.linalg.norm(w / np.linalg.norm(w, axis=-1, keepdims=True) - direction, axis=-1))


def regression(seed: int, setting: int) -> tuple[Array, Array]:
    """X (n, d) and the sparse target w (d,) of Eq. 6."""
    rng = np.random.default_rng([seed, setting])
    target = np.zeros(ENTRIES)
    target[:SPARSE] = rng.choice([-1.0, 1.0], SPARSE)
    return rng.normal(size=(EXAMPLES, ENTRIES)), target


def train(x: Array, y: Array, alpha: float, share: float) -> tuple[Array, float]:
    """w (d,) at the end of Eq. 6 and its loss over the first; `share` is the step over the edge of stability."""
    u, v = np.full(x.shape[1], alpha), np.full(x.shape[1], alpha)
    edge = 2 / (np.linalg.norm(x, 2) ** 2 / len(x) * 4 * (1 + 2 * alpha**2))
    first, r = float(y @ y), -y
    for _ in range(LAST):
        change = 2 * share * edge * (x.T @ r) / len(x)
        u, v = u - u * change, v + v * change
        r = x @ (u**2 - v**2) - y
        if r @ r <= FITTED * first:
            break
    return u**2 - v**2, float(r @ r) / first


def limit_of_flow(x: Array, y: Array, alpha: float) -> Array:
    """w (d,) of Eq. 7, by Newton's method with halved steps."""

    def height(nu: Array) -> float:
        return float(2 * alpha**2 * np.cosh(np.clip(x.T @ nu, -300, 300)).sum() - y @ nu)

    nu, size = np.zeros(len(y)), 2 * alpha**2
    for _ in range(200):
        off = x @ (size * np.sinh(x.T @ nu)) - y
        if np.linalg.norm(off) <= 1e-10 * np.linalg.norm(y):
            break
        towards = np.linalg.solve((x * (size * np.cosh(x.T @ nu))) @ x.T, off)
        part = 1.0
        while height(nu - part * towards) > height(nu) and part > 1e-9:
            part /= 2
        nu = nu - part * towards
    return np.asarray(size * np.sinh(x.T @ nu))


def least_absolute(x: Array, y: Array) -> Array:
    """The w (d,) of least absolute norm with X w = y."""
    halves = linprog(np.ones(2 * x.shape[1]), A_eq=np.hstack([x, -x]), b_eq=y, method="highs").x
    return np.asarray(halves[: x.shape[1]] - halves[x.shape[1] :])


def numbers(values: Array) -> list[float | None]:
    """As JSON numbers of seven digits; null where there is none."""
    return [float(f"{value:.7g}") if np.isfinite(value) else None for value in values]


def record(condition: Record, measured: Array) -> Record:
    """One condition's values, in the order of the seeds."""
    return {"condition": condition, "measured": numbers(measured)}


def plain_descent(seeds: range, quantities: Rows, preconditions: Rows) -> None:
    """Eqs. 1 to 4: adds the direction of descent, and its loss under power tails."""
    data = {setting: np.array([separable(seed, setting) for seed in seeds]) for setting in range(4)}  # (seeds, n, d)
    z = np.array([data[setting] for _, setting in RUNS])  # (RUNS, seeds, n, d)
    w = descend(z, [tail for tail, _ in RUNS])  # (DOUBLINGS, RUNS, seeds, d)
    m = np.einsum("rsnd,krsd->rksn", z, w)
    losses = {run: loss(m[place], run[0]).mean(axis=2) for place, run in enumerate(RUNS)}  # (DOUBLINGS, seeds) each
    _, w_hat = (np.array(part) for part in zip(*map(largest_margin, data[0]), strict=True))
    mean = data[0].mean(axis=1)
    mean /= np.linalg.norm(mean, axis=1, keepdims=True)
    for k in LATE:
        at = DOUBLINGS.index(k)
        for setting, tail in enumerate(TAILS, start=1):
            condition = {"steps": 2**k, "tail": tail}
            quantities["loss_with_power_tail"].append(record(condition, losses[tail, setting][at]))
            quantities["loss_with_exponential_tail"].append(record(condition, losses[0, setting][at]))
    for k in DOUBLINGS[::2]:
        at, condition = DOUBLINGS.index(k), {"doublings": k}
        quantities["direction_error"].append(record(condition, distance(w[at, 0], w_hat)))
        quantities["distance_from_mean"].append(record(condition, distance(w[at, 0], mean)))
    curvature = np.linalg.norm(data[0], 2, axis=(1, 2)) ** 2 / (4 * POINTS)  # of the logistic loss, at most; eta = 1
    preconditions["step_times_curvature"].append(record({}, curvature))


def growth_along_flow(seeds: range, quantities: Rows, preconditions: Rows) -> list[Record]:
    """Eqs. 3 and 5: adds loss and growth of the norm, and those of a power tail, and gives the first seed's curves."""
    data = [separable(seed, 4) for seed in seeds]
    gamma = np.array([largest_margin(z)[0] for z in data])
    log_times = np.log(2) * np.array(FURTHER)
    norms, losses = {}, {}
    for tail in (0, 2):
        paths = [flow(z, log_times, tail) for z in data]  # (FURTHER, d) each
        norms[tail] = np.linalg.norm(paths, axis=2).T  # (FURTHER, seeds)
        losses[tail] = np.array([loss(w @ z.T, tail).mean(axis=1) for w, z in zip(paths, data, strict=True)]).T
    for at, k in enumerate(FURTHER):
        quantities["loss"].append(record({"steps": 2**k}, losses[0][at]))
        quantities["loss_of_a_power_tail"].append(record({"steps": 2**k}, losses[2][at]))
    for k in GROWTH:
        at, condition, norm = FURTHER.index(k), {"doublings": k}, norms[0]
        growth, growth_of_tail = (gamma * (norms[tail][at] - norms[tail][at - 1]) / np.log(2) for tail in (0, 2))
        rivals = {
            "as the root of the logarithm": numbers(gamma * norm[at] * (1 - np.sqrt(1 - 1 / k)) / np.log(2)),
            "as the fourth root of the steps": numbers(gamma * norm[at] * (1 - 2**-0.25) / np.log(2)),
        }
        quantities["margin_times_growth"].append({**record(condition, growth), "rivals": rivals})
        quantities["margin_times_growth_of_a_power_tail"].append(record(condition, growth_of_tail))
    preconditions["largest_margin"].append(record({}, gamma))
    shown = gamma[0] * norms[0][:, 0]
    law = log_times - log_times[-1] + shown[-1]
    both = (("norm times largest margin", shown), ("log(t), shifted to meet it at the end", law))
    times, unit = [2**k for k in FURTHER], "norm times margin against time"
    return [{"name": f"{name}, seed {seeds[0]}", "x": times, "y": numbers(y), "unit": unit} for name, y in both]


def logarithmic_time(seeds: range, quantities: Rows) -> None:
    """Eq. 5: adds how far the flow's direction is from that of the largest margin and from that of the mean."""
    far: list[Array] = []
    for seed in seeds:
        z = separable(seed, 5)
        path, middle = flow(z, LOG_TIMES), z.mean(axis=0)
        far.append(np.array([distance(path, largest_margin(z)[1]), distance(path, middle / np.linalg.norm(middle))]))
    for at, log_time in enumerate(LOG_TIMES):
        for place, name in enumerate(("direction_error_of_flow", "distance_of_flow_from_mean")):
            quantities[name].append(record({"log-time": log_time}, np.array([of_seed[place, at] for of_seed in far])))


def diagonal_network(seeds: range, setting: int, share: float, quantities: Rows, preconditions: Rows) -> None:
    """Eqs. 6 and 7 at one start: adds the error of what is learned, of what is predicted and of two other solutions."""
    alpha = STARTS[setting]
    errors: dict[str, list[float]] = defaultdict(list)
    left = []
    for seed in seeds:
        x, target = regression(seed, 10 + setting)
        y = x @ target
        learned, loss_left = train(x, y, alpha, share)
        found = {"learned": learned, "limit": limit_of_flow(x, y, alpha), "dense": np.linalg.pinv(x) @ y}
        found["sparse"] = least_absolute(x, y)
        for name, solution in found.items():
            errors[name].append(float(np.linalg.norm(solution - target) / np.linalg.norm(target)))
        left.append(loss_left)
    rivals = {
        "least Euclidean norm from any start": numbers(np.array(errors["dense"])),
        "least absolute norm from any start": numbers(np.array(errors["sparse"])),
    }
    condition, expected = {"alpha": alpha}, {"expected": numbers(np.array(errors["limit"]))}
    row = {**record(condition, np.array(errors["learned"])), **expected, "rivals": rivals}
    quantities["error_of_solution"].append(row)
    quantities["error_of_linear_predictor"].append({**record(condition, np.array(errors["dense"])), **expected})
    preconditions["loss_left"].append(record(condition, np.array(left)))


def main(args: Args) -> None:
    """Descend on all tails, integrate the flow and train the diagonal networks, and write what was measured."""
    seeds = range(args.first_seed, args.first_seed + args.seeds)
    quantities: Rows = defaultdict(list)
    preconditions: Rows = defaultdict(list)

    def progress(share: float) -> None:
        print(json.dumps({"progress": round(share, 4)}), flush=True)

    plain_descent(seeds, quantities, preconditions)
    progress(0.5)
    curves = growth_along_flow(seeds, quantities, preconditions)
    logarithmic_time(seeds, quantities)
    progress(0.6)
    for setting in range(len(STARTS)):
        diagonal_network(seeds, setting, STEP[args.budget], quantities, preconditions)
        progress(0.7 + 0.1 * setting)

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
