"""Gradient flow conserves the balance between two layers, finite steps break it as computed, weight decay damps it

Claim
    In a two-layer linear network the difference D = W1 W1^T - W2^T W2 stands still under gradient flow, whatever the
    data. Where the hidden units are rectified, |w1_j|^2 - |w2_j|^2 of each unit j stands still (w1_j and w2_j being its
    incoming and outgoing weights), and |w1_j|^2 - k |w2_j|^2 where the activation is homogeneous of degree k. Gradient
    descent with step eta lets it drift by an amount of first order in eta that can be computed from the flow; weight
    decay lambda damps it as e^{-2 lambda t}.

Source
    Du, Hu & Lee, "Algorithmic regularization in learning deep homogeneous models: Layers are automatically balanced",
    NeurIPS 2018, arXiv:1806.00900; Kunin et al., "Neural mechanics", ICLR 2021, arXiv:2012.04728, of which only the
    abstract was read. Eqs. 3 to 6 are derived here.

Equations (x (B, d), y (B, c); W1 (h, d), W2 (c, h); t = steps * eta; G1, G2 = gradients of L on W1, W2)
    (1)  L = |W2 phi(W1 x) - y|^2 / (2B), averaged over B images; phi(z) = z, max(z, 0) or max(z, 0)^2
    (2)  W' = W - eta (G + lambda W) for both layers
    (3)  As phi(a z) = a^k phi(z) for a > 0, <w1_j, G1_j> = k <w2_j, G2_j> for each unit j; for phi(z) = z even
         W1 G1^T = W2^T G2. So a step of Eq. 2 with lambda = 0 changes D by eta^2 Q, with
         Q = G1 G1^T - G2^T G2 (linear),  Q_j = |G1_j|^2 - k |G2_j|^2 (else), and terms of order eta cancel.
    (4)  Over a time T the drift is eta I(T) to first order, I(T) = int_0^T Q dt along the flow.
    (5)  Heavy ball, V' = beta V - eta G and W' = W + V': away from the start V = -s G with s = eta / (1 - beta), and
         the change of D a step, C' = beta (C + Q_V) + Q_V' with Q_V formed of V as Q of G, sums up to
         s (1 + beta) / (1 - beta) I(T) at t = steps * s.
    (6)  With weight decay dD/dt = -2 lambda D under the flow: D(T) = e^{-2 lambda T} D(0).

Command
    python scripts/conserved_balance.py --seeds 8 --first-seed 0 --budget quick --out result.json
    CPU seconds of one core for 5 seeds: smoke 9, quick 24, full 95.

Expected result (what the pilots gave; the recorded runs are to say)
    balance_drift     slopes of log drift on log step 1.003 (linear) and 1.002 (ReLU)
    balance_left      0.6703 and 0.4493 at lambda = 0.1 and 0.2 (linear), to 1e-4 of Eq. 6
    The ratio of drift to Eq. 4, momentum, decay with ReLU and squared ReLU on digits were not run before they were
    declared.

Departures from the sources
    1. Images of scikit-learn's digits (8 x 8), drawn for each seed and setting, less the one mean of all their pixels
       and scaled to mean square norm 4; targets are one-hot. W1 ~ N(0, 1/d), W2 ~ N(0, 1/h) in each entry, no biases:
       the start is unbalanced, so that there is something to conserve. The size of a matrix is its Frobenius norm.
    2. A fixed time T = 2, not training to the end: what drifts, drifts early, while gradients are large.
    3. The flow of Eq. 4 is integrated by the Runge-Kutta method of fourth order with steps of 0.02, and Q by Simpson's
       rule on its stages.
    4. The share of D(0) that is left after decay is <D(T), D(0)> / |D(0)|^2.
    5. Curvature, for the precondition, is the largest eigenvalue of the Gauss-Newton matrix by 30 steps of power
       iteration, at the start or at the end of a run, whichever is larger.
    6. Double precision, one thread.

Tuning history (pilots, on seeds 1000 to 1007 only)
    - One setting of task, time and steps was tried, the one below, in which the loss of linear networks falls to about
      half and eta times the curvature stays below 0.05. Only slopes of linear and ReLU networks and the decay of linear
      ones were looked at. All else was debugged on a task of random numbers (50 inputs, targets N(0, 1)).
    - Curvature was first that of the Hessian by central differences, which kinks of ReLU make erratic; replaced.
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
from sklearn.datasets import load_digits

PIXELS, HIDDEN, CLASSES = 64, 32, 10  # d, h, c
IMAGES = {"smoke": 20, "quick": 200, "full": 1000}  # B
DEGREE = {"linear": 1, "relu": 1, "squared-relu": 2}  # k of each activation
STEPS = (0.001, 0.002, 0.004, 0.008)  # eta
TIME = 2.0  # T
FLOW_STEP = 0.02
DECAYS = (0.1, 0.2)  # lambda
DECAY_STEP = 0.001  # eta of the runs with decay
BETAS = (0.5, 0.8)
EFFECTIVE_STEP = 0.002  # s of Eq. 5
POWER_STEPS = 30

Array = NDArray[np.float64]
Weights = tuple[Array, Array]
Record = dict[str, Any]


@dataclass
class Args:
    seeds: int = 8
    """number of seeds; each draws its own digits and initial weights, anew for each activation"""
    first_seed: int = 0
    """the first of them"""
    budget: Literal["smoke", "quick", "full"] = "quick"
    """images in the training set: smoke 20, quick 200, full 1000"""
    out: Path = Path("result.json")
    """where the result is written"""


@dataclass
class Task:
    """The training set, x (B, d) and y (B, c), and the activation of the hidden units."""

    x: Array
    y: Array
    activation: str


def draw(seed: int, activation: str, images: int) -> tuple[Task, Weights]:
    """Digits and initial weights of one seed for one activation."""
    rng = np.random.default_rng([seed, list(DEGREE).index(activation)])
    digits = load_digits()
    chosen = rng.choice(len(digits.target), images, replace=False)
    x = digits.data[chosen]
    x = 2 * (x - x.mean()) / x.std() / math.sqrt(PIXELS)
    W1 = rng.normal(size=(HIDDEN, PIXELS)) / math.sqrt(PIXELS)
    W2 = rng.normal(size=(CLASSES, HIDDEN)) / math.sqrt(HIDDEN)
    return Task(x, np.eye(CLASSES)[digits.target[chosen]], activation), (W1, W2)


def forward(task: Task, weights: Weights) -> tuple[Array, Array, Array]:
    """Hidden values phi(z) and slopes phi'(z), (B, h) each, and errors (B, c), for Eq. 1."""
    z = task.x @ weights[0].T
    if task.activation == "linear":
        h, slope = z, np.ones_like(z)
    elif task.activation == "relu":
        h, slope = np.maximum(z, 0), (z > 0).astype(float)
    else:
        h, slope = np.maximum(z, 0) ** 2, 2 * np.maximum(z, 0)
    return h, slope, h @ weights[1].T - task.y


def loss(task: Task, weights: Weights) -> float:
    """Eq. 1."""
    _, _, error = forward(task, weights)
    return float((error**2).sum() / (2 * len(task.x)))


def gradients(task: Task, weights: Weights) -> Weights:
    """G1 (h, d) and G2 (c, h) of Eq. 1."""
    h, slope, error = forward(task, weights)
    error /= len(task.x)
    return ((error @ weights[1]) * slope).T @ task.x, error.T @ h


def balance(weights: Weights, activation: str, degree: int) -> Array:
    """D of weights, (h, h) where linear and else (h,); with the gradients in their place it is Q of Eq. 3."""
    first, second = weights
    if activation == "linear":
        return first @ first.T - second.T @ second
    return np.asarray((first**2).sum(axis=1) - degree * (second**2).sum(axis=0))


def total_of(weights: Weights, activation: str, degree: int) -> Array:
    """The sum of the two terms of D in the place of their difference."""
    first, second = weights
    if activation == "linear":
        return first @ first.T + second.T @ second
    return np.asarray((first**2).sum(axis=1) + degree * (second**2).sum(axis=0))


def descend(task: Task, weights: Weights, eta: float, *, decay: float = 0.0, beta: float = 0.0) -> Weights:
    """Weights after the time TIME of Eq. 2, or of Eq. 5 where beta > 0."""
    (W1, W2), (V1, V2) = weights, (np.zeros_like(weights[0]), np.zeros_like(weights[1]))
    for _ in range(round(TIME * (1 - beta) / eta)):
        G1, G2 = gradients(task, (W1, W2))
        V1, V2 = beta * V1 - eta * (G1 + decay * W1), beta * V2 - eta * (G2 + decay * W2)
        W1, W2 = W1 + V1, W2 + V2
    return W1, W2


def flow(task: Task, weights: Weights) -> tuple[Array, Array]:
    """I(t) of Eq. 4 after each step of the flow, (steps + 1, ...) in the shape of D, and the times (steps + 1,)."""
    degree, steps = DEGREE[task.activation], round(TIME / FLOW_STEP)
    W1, W2 = weights
    total = np.zeros_like(balance(weights, task.activation, degree))
    totals = [total]
    for _ in range(steps):
        stages = [gradients(task, (W1, W2))]
        for part in (0.5, 0.5, 1.0):
            G1, G2 = stages[-1]
            stages.append(gradients(task, (W1 - part * FLOW_STEP * G1, W2 - part * FLOW_STEP * G2)))
        shares = np.array([1, 2, 2, 1]) / 6
        W1 = W1 - FLOW_STEP * sum(share * G1 for share, (G1, _) in zip(shares, stages, strict=True))
        W2 = W2 - FLOW_STEP * sum(share * G2 for share, (_, G2) in zip(shares, stages, strict=True))
        Qs = [balance(stage, task.activation, degree) for stage in stages]
        total = total + FLOW_STEP * sum(share * Q for share, Q in zip(shares, Qs, strict=True))
        totals.append(total)
    return np.array(totals), np.linspace(0.0, TIME, steps + 1)


def curvature(task: Task, weights: Weights) -> float:
    """Largest eigenvalue of the Gauss-Newton matrix of Eq. 1, departure 5."""
    h, slope, _ = forward(task, weights)
    U1, U2 = gradients(task, weights)
    value = 0.0
    for _ in range(POWER_STEPS):
        norm = math.hypot(size(U1), size(U2))
        U1, U2 = U1 / norm, U2 / norm
        moved = (((task.x @ U1.T) * slope) @ weights[1].T + h @ U2.T) / len(task.x)  # outputs along U, (B, c)
        U1, U2 = ((moved @ weights[1]) * slope).T @ task.x, moved.T @ h
        value = math.hypot(size(U1), size(U2))
    return value


def size(values: Array) -> float:
    """Root of the sum of squares of all entries."""
    return float(np.sqrt((values**2).sum()))


def numbers(values: list[float]) -> list[float | None]:
    """As JSON numbers of seven digits; null where training diverged."""
    return [float(f"{value:.7g}") if np.isfinite(value) else None for value in values]


@dataclass
class Found:
    """What one seed gave: rows of one value each by quantity, and curves."""

    quantities: dict[str, list[Record]]
    preconditions: dict[str, list[Record]]
    curves: list[Record]

    def add(self, name: str, condition: Record, measured: float, **beside: Any) -> None:
        """A measured value, with what is expected there and what rivals say."""
        self.quantities[name].append({"condition": condition, "measured": measured, **beside})

    def require(self, task: Task, ends: tuple[Weights, Weights], condition: Record, eta: float) -> None:
        """Preconditions of a run from the first to the second of two `ends`."""
        start, end = ends
        curved = eta * max(curvature(task, start), curvature(task, end))
        self.preconditions["step_times_curvature"].append({"condition": condition, "measured": curved})
        self.preconditions["loss_ratio"].append(
            {"condition": condition, "measured": loss(task, end) / loss(task, start)}
        )


def measure_steps(found: Found, task: Task, start: Weights, total: float) -> None:
    """Drift at every step, beside Eq. 4 with |I(T)| = `total`, and changes that no symmetry holds back."""
    activation, degree = task.activation, DEGREE[task.activation]
    stays = TIME * size(balance(gradients(task, start), activation, degree))
    drifts = []
    for eta in STEPS:
        condition: Record = {"activation": activation, "eta": eta}
        end = descend(task, start, eta)
        drifts.append(size(balance(end, activation, degree) - balance(start, activation, degree)))
        rivals = {"gradients stay as they are at the start": eta * stays}
        found.add("balance_drift", condition, drifts[-1], expected=eta * total, rivals=rivals)
        found.add(
            "sum_change", condition, size(total_of(end, activation, degree) - total_of(start, activation, degree))
        )
        if degree == 2:
            changed = size(balance(end, activation, 1) - balance(start, activation, 1))
            found.add("unweighted_change", condition, changed)
        found.require(task, (start, end), condition, eta)
    name = f"{activation}, drift over step at the time {TIME:g}"
    shown = {"name": name, "x": list(STEPS), "unit": "size of the drift over the step against the step"}
    found.curves.append({**shown, "y": numbers([drift / eta for drift, eta in zip(drifts, STEPS, strict=True)])})


def measure_momenta(found: Found, task: Task, start: Weights, total: float) -> None:
    """Drift with momentum at one effective step, beside Eq. 5 with |I(T)| = `total`."""
    activation, degree = task.activation, DEGREE[task.activation]
    first = balance(start, activation, degree)
    plain = size(balance(descend(task, start, EFFECTIVE_STEP), activation, degree) - first)
    for beta in BETAS:
        condition: Record = {"activation": activation, "beta": beta}
        end = descend(task, start, EFFECTIVE_STEP * (1 - beta), beta=beta)
        step_only = EFFECTIVE_STEP * total
        expected = step_only * (1 + beta) / (1 - beta)
        rivals = {"only the effective step counts": step_only}
        drift = size(balance(end, activation, degree) - first)
        found.add("momentum_drift", condition, drift, expected=expected, rivals=rivals)
        found.add("momentum_drift_without_momentum", condition, plain, expected=expected)
        found.require(task, (start, end), condition, EFFECTIVE_STEP / (1 - beta))


def measure_decays(found: Found, task: Task, start: Weights) -> None:
    """The share of the balance that is left after decay, departure 4, and without decay."""
    activation, degree = task.activation, DEGREE[task.activation]
    first = balance(start, activation, degree)

    def left(end: Weights) -> float:
        return float((balance(end, activation, degree) * first).sum() / (first**2).sum())

    kept = left(descend(task, start, DECAY_STEP))
    for decay in DECAYS:
        condition: Record = {"activation": activation, "decay": decay, "time": TIME}
        end = descend(task, start, DECAY_STEP, decay=decay)
        found.add("balance_left", condition, left(end))
        found.add("balance_left_without_decay", condition, kept)
        found.require(task, (start, end), condition, DECAY_STEP)


def measure(seed: int, images: int) -> Found:
    """All activations on one seed."""
    found = Found(defaultdict(list), defaultdict(list), [])
    for activation, degree in DEGREE.items():
        task, start = draw(seed, activation, images)
        totals, times = flow(task, start)
        sizes = [size(total) for total in totals]
        unit = "size of the drift over the step against time"
        curve = {"name": f"{activation}, flow, seed {seed}", "x": times.tolist(), "y": numbers(sizes), "unit": unit}
        found.curves.append(curve)
        measure_steps(found, task, start, sizes[-1])
        if activation == "linear":
            measure_momenta(found, task, start, sizes[-1])
        if degree == 1:
            measure_decays(found, task, start)
    return found


def gather(tables: list[dict[str, list[Record]]]) -> dict[str, list[Record]]:
    """The rows of all seeds side by side: one list of numbers where each seed has one value."""
    gathered: dict[str, list[Record]] = defaultdict(list)
    for name, rows in tables[0].items():
        for at, row in enumerate(rows):
            beside = [table[name][at] for table in tables]
            lists: Record = {
                key: numbers([other[key] for other in beside]) for key in row.keys() - {"condition", "rivals"}
            }
            if "rivals" in row:
                lists["rivals"] = {key: numbers([other["rivals"][key] for other in beside]) for key in row["rivals"]}
            gathered[name].append({"condition": row["condition"], **lists})
    return gathered


def main(args: Args) -> None:
    """Train every activation on every seed with every step, momentum and decay, and write how the balance moved."""
    seeds = range(args.first_seed, args.first_seed + args.seeds)
    found: list[Found] = []
    for seed in seeds:
        found.append(measure(seed, IMAGES[args.budget]))
        print(json.dumps({"progress": round(len(found) / len(seeds), 4)}), flush=True)

    result = {
        "seeds": list(seeds),
        "quantities": gather([of_seed.quantities for of_seed in found]),
        "preconditions": gather([of_seed.preconditions for of_seed in found]),
        "numerical_error": {},
        "curves": found[0].curves,
        "cpu_seconds": round(time.process_time(), 2),
    }
    args.out.write_text(json.dumps(result, indent=1, allow_nan=False) + "\n")


if __name__ == "__main__":
    main(tyro.cli(Args))
