"""The course of a small student that learns online from a teacher follows closed equations for a few overlaps

Claim
    A two-layer student that takes one step on each of a stream of Gaussian inputs of dimension N, labelled by a teacher
    of the same kind, is described by the overlaps of its weights with each other and with the teacher's. As N grows
    they follow ordinary differential equations, whose term of second order in the step cannot be left out; single runs
    scatter about them as the inverse root of N.

Source
    Saad & Solla, "Exact solution for on-line learning in multilayer neural networks", Phys. Rev. Lett. 74, 1995, and
    Goldt et al., "Dynamics of stochastic gradient descent for two-layer neural networks in the teacher-student setup",
    arXiv:1906.08632: both known at second hand. The averages of Eqs. 5 and 6 are held against sampling in the tests.

Equations (J (K, N) student, B (M, N) teacher, xi (N,) input; g(z) = erf(z / sqrt 2); time = steps / N)
    (1)  x = J xi, y = B xi, delta_i = g'(x_i) [sum_n g(y_n) + noise - sum_j g(x_j)],   J_i' = J_i + (eta/N) delta_i xi
    (2)  Q = J J^T, R = J B^T, T = B B^T;   dR_in/dt = eta <delta_i y_n>
    (3)  dQ_ik/dt = eta <delta_i x_k> + eta <delta_k x_i> + eta^2 <delta_i delta_k>
    (4)  e = <(sum_n g(y_n) - sum_j g(x_j))^2> / 2,
         <g(u) g(v)> = (2/pi) arcsin(C_uv / sqrt((1 + C_uu)(1 + C_vv)))
    (5)  <g'(u) v g(w)> = (2/pi) [C_vw (1+C_uu) - C_uv C_uw] / ((1+C_uu) sqrt((1+C_uu)(1+C_ww) - C_uw^2))
    (6)  <g'(u) g'(v)> = (2/pi) / sqrt(det(1 + C_ss)), s = (u, v), and <g'(u) g'(v) g(w) g(z)> is that times Eq. 4 for
         the covariance S = C - C_.s (1 + C_ss)^-1 C_s. : the factor e^{-(u^2 + v^2)/2} of the slopes tilts the law.
    C is the covariance of the x and y that are named. Noise of variance s2 adds eta^2 s2 <g'(x_i) g'(x_k)> to Eq. 3.

Command
    python scripts/saad_solla.py --seeds 8 --first-seed 0 --budget quick --out result.json
    CPU seconds of one core for 5 seeds: smoke 9, quick 29, full about 80.

Expected result (what the pilots gave; the recorded runs are to say)
    generalisation_error  1.00, 1.01, 1.01 and 1.01 of that from the equations at t = 2, 5, 10 and 20; under noise 0.99,
                          1.00, 1.01 and 1.00; with a neuron too many 1.01, 1.00, 1.02 and 1.02; sd over 5 seeds 0.01 to
                          0.02. Without the term in eta^2 the equations would give 0.16 to 0.58 of it
    spread                slope -0.55 in the dimension, sd 0.07; that of the loss on one example -0.12, sd 0.19

Departures from the sources
    1. Student and teacher start with the overlaps START, the same in every run, made exact by orthogonalising random
       vectors. Some asymmetry is there from the start, so that the plateau is left within the time simulated; from a
       random start the time of leaving it scatters between runs and grows with log N.
    2. Errors are means over RUNS runs of Q and R put into Eq. 4; spreads are standard deviations over 2 RUNS runs at
       t = 10. Their controls are students whose labels are the teacher's for another input, and the loss on the last
       example in the place of the error.
    3. The equations are solved by scipy's LSODA from the same overlaps.
    4. Double precision, one thread.

Tuning history (pilots, on seeds 1000 to 1007 only)
    - Start, step and times were set before the first pilot and not changed after it: K = 2, no noise, the mean of 12
      runs at N = 200 had 0.0782, 0.0260, 0.0215 and 0.0184 at those times, for 0.0766, 0.0258, 0.0210 and 0.0186.
    - A draft with N = 400 took too long and was left for N = 200; of its runs only the time was read.
    - Students with noise or with a neuron too many, and spreads, were declared before they were run. The figures above
      are of seeds 1000 to 1004, quick, measured after that; nothing was changed after them.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read by the libraries when imported

import json
import math
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import tyro
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.special import erf

DIMENSION, STEP = 200, 1.0  # N, eta
TIMES = (2.0, 5.0, 10.0, 20.0)  # steps / N
SPREAD_DIMENSIONS = (50, 100, 200, 400)
SPREAD_TIME = 10.0
RUNS = {"smoke": 4, "quick": 32, "full": 100}
START = {  # overlaps of each kind of student with itself and with the teacher, whose T is the identity
    2: ([[0.5, 0.1], [0.1, 0.5]], [[0.25, 0.1], [0.1, 0.2]]),
    3: ([[0.5, 0.1, 0.0], [0.1, 0.5, 0.0], [0.0, 0.0, 0.3]], [[0.25, 0.1], [0.1, 0.2], [0.0, 0.05]]),
}
TEACHERS = 2  # M

Array = NDArray[np.float64]
Record = dict[str, Any]


@dataclass
class Args:
    seeds: int = 8
    """number of seeds; each draws its own inputs and weights, anew for each setting"""
    first_seed: int = 0
    """the first of them"""
    budget: Literal["smoke", "quick", "full"] = "quick"
    """runs a seed: smoke 4, quick 32, full 100"""
    out: Path = Path("result.json")
    """where the result is written"""
    dimension: int | None = None
    """measure at this one dimension of the inputs alone, for a map"""
    step: float | None = None
    """measure at this one step size eta alone, for a map"""


def pair(C: Array) -> Array:
    """<g(u) g(v)> of Eq. 4 for all pairs of variables of covariance C (n, n)."""
    scale = np.sqrt(1 + np.diag(C))
    return np.asarray(2 / math.pi * np.arcsin(C / np.outer(scale, scale)))


def error(Q: Array, R: Array) -> float:
    """e of Eq. 4, for T = 1."""
    C = np.block([[Q, R], [R.T, np.eye(TEACHERS)]])
    signs = np.append(-np.ones(len(Q)), np.ones(TEACHERS))
    return float(signs @ pair(C) @ signs / 2)


def triple(C: Array, u: int, v: int, w: int) -> float:
    """Eq. 5."""
    one = 1 + C[u, u]
    root = math.sqrt(one * (1 + C[w, w]) - C[u, w] ** 2)
    return float(2 / math.pi * (C[v, w] * one - C[u, v] * C[u, w]) / (one * root))


def slopes(C: Array, u: int, v: int) -> float:
    """<g'(u) g'(v)>, below Eq. 6; at u = v it is <g'(u)^2>."""
    return 2 / math.pi / math.sqrt((1 + C[u, u]) * (1 + C[v, v]) - C[u, v] ** 2)


def quadruple(C: Array, u: int, v: int, signs: Array) -> float:
    """sum_wz signs_w signs_z <g'(u) g'(v) g(w) g(z)> of Eq. 6, over all variables."""
    # g'(u) g'(v) = (2/pi) e^{-(u^2 + v^2)/2}: a factor that changes the covariance C to C - C_.uv (1 + C_uv)^-1 C_uv.
    some = [u, v]
    tilted = C - C[:, some] @ np.linalg.solve(np.eye(2) + C[np.ix_(some, some)], C[some, :])
    return float(slopes(C, u, v) * (signs @ pair(tilted) @ signs))


def rates(state: Array, K: int, eta: float, s2: float, second: float) -> Array:
    """dQ/dt and dR/dt of Eqs. 2 and 3, flat; `second` multiplies the term in eta^2."""
    Q, R = state[: K * K].reshape(K, K), state[K * K :].reshape(K, TEACHERS)
    C = np.block([[Q, R], [R.T, np.eye(TEACHERS)]])
    n = K + TEACHERS
    signs = np.append(-np.ones(K), np.ones(TEACHERS))
    first = np.array([[sum(signs[w] * triple(C, i, v, w) for w in range(n)) for v in range(n)] for i in range(K)])
    both = np.array([[quadruple(C, i, k, signs) + s2 * slopes(C, i, k) for k in range(K)] for i in range(K)])
    dQ = eta * (first[:, :K] + first[:, :K].T) + second * eta**2 * both
    return np.concatenate([dQ.ravel(), (eta * first[:, K:]).ravel()])


def solve(K: int, eta: float, s2: float, times: Array, second: float = 1.0) -> Array:
    """Errors e at `times`, from START, by the equations."""
    first = np.concatenate([np.ravel(part) for part in START[K]])
    solved = solve_ivp(
        lambda _, state: rates(state, K, eta, s2, second),
        (0.0, times[-1]),
        first,
        t_eval=times,
        method="LSODA",
        rtol=1e-8,
        atol=1e-10,
    )
    return np.array([error(state[: K * K].reshape(K, K), state[K * K :].reshape(K, TEACHERS)) for state in solved.y.T])


def weights(K: int, N: int, runs: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Students (runs, K, N) and teachers (runs, M, N) with exactly the overlaps of START."""
    Q, R = (np.array(part) for part in START[K])
    basis = np.linalg.qr(rng.normal(size=(runs, N, K + TEACHERS)))[0].swapaxes(1, 2)  # orthonormal rows
    B = basis[:, :TEACHERS]
    rest = np.linalg.cholesky(Q - R @ R.T)
    return R @ B + rest @ basis[:, TEACHERS:], B


def simulate(
    K: int, N: int, eta: float, s2: float, times: Array, runs: int, rng: np.random.Generator, shuffled: bool = False
) -> tuple[Array, Array]:
    """Errors e at `times`, (runs, times), of runs of Eq. 1, and the loss on the last example, (runs,)."""
    J, B = weights(K, N, runs, rng)
    errors, marks = [], {round(t * N) for t in times}
    for step in range(1, round(times[-1] * N) + 1):
        xi = rng.normal(size=(runs, N, 1))
        x, y = (J @ xi)[..., 0], (B @ xi)[..., 0]  # (runs, K), (runs, M)
        if shuffled:
            y = rng.normal(size=y.shape)  # of another input
        off = erf(y / math.sqrt(2)).sum(axis=1) - erf(x / math.sqrt(2)).sum(axis=1)
        if s2:
            off += math.sqrt(s2) * rng.normal(size=runs)
        delta = math.sqrt(2 / math.pi) * np.exp(-(x**2) / 2) * off[:, None]
        J += eta / N * delta[..., None] * xi.swapaxes(1, 2)
        if step in marks:
            errors.append([error(j @ j.T, j @ b.T) for j, b in zip(J, B, strict=True)])
    return np.array(errors).T, off**2 / 2


def start_off(K: int, N: int, runs: int, rng: np.random.Generator) -> float:
    """The largest distance of an overlap at the start from that of START."""
    J, B = weights(K, N, runs, rng)
    Q, R = (np.array(part) for part in START[K])
    off = (J @ J.swapaxes(1, 2) - Q, J @ B.swapaxes(1, 2) - R, B @ B.swapaxes(1, 2) - np.eye(TEACHERS))
    return float(max(np.abs(part).max() for part in off))


def numbers(values: Array) -> list[float | None]:
    """As JSON numbers of seven digits; null where training diverged."""
    return [float(f"{value:.7g}") if np.isfinite(value) else None for value in values]


def settings(args: Args) -> list[Record]:
    """What errors are measured for: the place of a map, or all settings."""
    if args.dimension is not None or args.step is not None:
        return [{"students": 2, "noise": 0.0, "dimension": args.dimension or DIMENSION, "step": args.step or STEP}]
    kinds = ((2, 0.0), (2, 0.1), (3, 0.0))
    return [{"students": K, "noise": s2, "dimension": DIMENSION, "step": STEP} for K, s2 in kinds]


def main(args: Args) -> None:
    """Simulate and solve every setting on every seed, and write errors and spreads."""
    seeds = range(args.first_seed, args.first_seed + args.seeds)
    in_map = args.dimension is not None or args.step is not None
    runs = 4 if in_map else RUNS[args.budget]
    times = np.array(TIMES[:2] if in_map else TIMES)
    quantities: dict[str, list[Record]] = defaultdict(list)
    preconditions: dict[str, list[Record]] = defaultdict(list)
    curves: list[Record] = []
    places = settings(args)
    done, todo = 0, len(seeds) * (len(places) + (0 if in_map else 1))

    def progress() -> None:
        nonlocal done
        done += 1
        print(json.dumps({"progress": round(done / todo, 4)}), flush=True)

    for place in places:
        K, s2, N, eta = place["students"], place["noise"], place["dimension"], place["step"]
        expected, first_order = solve(K, eta, s2, times), solve(K, eta, s2, times, second=0.0)
        start = error(*(np.array(part) for part in START[K]))
        means, shuffled = [], []
        for seed in seeds:
            rng = np.random.default_rng([seed, K, N, round(1000 * eta), round(1000 * s2)])
            means.append(simulate(K, N, eta, s2, times, runs, rng)[0].mean(axis=0))
            if not in_map:
                shuffled.append(simulate(K, N, eta, s2, times, 4, rng, shuffled=True)[0].mean(axis=0))
            progress()
        for at, t in enumerate(times):
            condition: Record = {**place, "time": float(t)}
            row = {"condition": condition, "measured": numbers(np.array(means)[:, at])}
            row["expected"] = numbers(np.full(len(seeds), expected[at]))
            rivals = {"without the term of second order in the step": first_order[at], "nothing is learned": start}
            row["rivals"] = {name: numbers(np.full(len(seeds), value)) for name, value in rivals.items()}
            quantities["generalisation_error"].append(row)
            if not in_map:
                row = {"condition": condition, "measured": numbers(np.array(shuffled)[:, at])}
                quantities["generalisation_error_shuffled"].append(row)
        off = [start_off(K, N, runs, np.random.default_rng([seed, K, N])) for seed in seeds]
        preconditions["start_off"].extend(
            {"condition": {**place, "time": float(t)}, "measured": numbers(np.array(off))} for t in times
        )
        fine = np.linspace(0.0, times[-1], 81)[1:]
        words = ", ".join(f"{key} {value}" for key, value in place.items())
        for name, x, y in (("equations", fine, solve(K, eta, s2, fine)), (f"seed {seeds[0]}", times, means[0])):
            curve = {"name": f"{words}, {name}", "x": x.tolist(), "y": numbers(y)}
            curves.append({**curve, "unit": "generalisation error against steps over dimension"})

    if not in_map:
        spreads: dict[int, list[tuple[float, float]]] = defaultdict(list)
        for seed in seeds:
            for N in SPREAD_DIMENSIONS:
                rng = np.random.default_rng([seed, 7, N])
                errors, losses = simulate(2, N, STEP, 0.0, np.array([SPREAD_TIME]), 2 * runs, rng)
                spreads[N].append((float(errors.std(ddof=1)), float(losses.std(ddof=1))))
            progress()
        for N, values in spreads.items():
            for name, value in zip(("spread", "spread_of_one_loss"), np.array(values).T, strict=True):
                quantities[name].append({"condition": {"dimension": N}, "measured": numbers(value)})
        widths = [np.mean(spreads[N], axis=0)[0] for N in SPREAD_DIMENSIONS]
        for name, y in (
            ("mean over seeds", np.array(widths)),
            (
                "as the inverse root, from the last",
                widths[-1] * np.sqrt(SPREAD_DIMENSIONS[-1] / np.array(SPREAD_DIMENSIONS)),
            ),
        ):
            curve = {"name": f"spread, {name}", "x": list(SPREAD_DIMENSIONS), "y": numbers(y)}
            curves.append({**curve, "unit": "standard deviation of the error over runs, against dimension"})

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
