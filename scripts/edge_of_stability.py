"""Full-batch training settles at the edge of stability, with and without momentum

Claim
    Gradient descent with step size eta raises the sharpness (the largest eigenvalue of the Hessian of the training
    loss) until it reaches 2/eta, and then holds it there while the loss goes on falling. With heavy-ball momentum
    beta the plateau lies at (2 + 2 beta)/eta. At a step size too small to reach the edge the sharpness just rises
    ("progressive sharpening").

Source
    Cohen, Kaur, Li, Kolter & Talwalkar, "Gradient descent on neural networks typically occurs at the edge of
    stability", ICLR 2021, arXiv:2103.00065: abstract, Sec. 1 and the caption of Fig. 1 (sharpness rises to 2/eta,
    then stays at it or just above it). Loss and momentum as in the authors' code, src/utilities.py of
    github.com/locuslab/edge-of-stability. The momentum threshold is derived here, Eq. 3, not quoted.

Equations (B = 200 images, theta = all P = 3466 weights and biases, v = velocity, v_0 = 0)
    (1)  L(theta) = 1/(2B) sum_i |f(x_i; theta) - y_i|^2
    (2)  v_{t+1} = beta v_t - eta grad L(theta_t),    theta_{t+1} = theta_t + v_{t+1}
    (3)  Along an eigenvector of curvature lambda, Eq. 2 has the characteristic polynomial
         z^2 - (1 + beta - eta lambda) z + beta. A root leaves the unit circle, at z = -1, when
         eta lambda = 2 + 2 beta: the edge is (2 + 2 beta)/eta.
    (4)  The lazy network, control of progressive sharpening: alpha (f - f_0) in the place of f, and L / alpha^2 in the
         place of L. For large alpha it learns as fast, while weights, features and sharpness hardly move.

Command
    python scripts/edge_of_stability.py --seeds 8 --first-seed 0 --budget quick --out result.json
    CPU seconds of one core for 5 seeds: smoke 6, quick 33, full 40 on an idle core. Smoke stops before the plateau.
    One cell of a map, --eta 0.2 --beta 0.9: quick 6.
    Over 60 CPU s in quick: 60 at 5 seeds (on a busy machine), as the plateau is reached after some thousand steps in
    five settings, each of which is trained a second time as its control.

Expected result (what the pilots gave; the recorded runs are to say)
    late_sharpness_ratio near 1, a little above it: 1.005 and 1.015 in the quick pilot, nearer to 1 with more steps
    late_sharpness       near (2 + 2 beta)/eta: within 0.5 % at beta = 0.5, and up to 1 % below it at beta = 0.9
    sharpening_ratio     about 2.6 at eta = 0.04, more with more steps

Departures from the paper
    1. 200 images of scikit-learn's digits (8 x 8 pixels) in the place of CIFAR-10.
    2. A tanh network 64-32-32-10 in the place of larger ones; weights N(0, 1/fan-in), biases zero.
    3. Images centred by the mean and scaled by the standard deviation of all pixels drawn, then divided by
       sqrt(64), so that an image has mean square norm 1.
    4. A fixed number of steps, not training up to a goal of accuracy or loss.
    5. Sharpness from 20 Lanczos steps with full reorthogonalisation, every 51 steps. The stride is odd because the
       iterates swing across the valley with period 2: an even stride would sample one phase of the swing only.
    6. Single precision, one thread, CPU. (20 Lanczos steps agree with the whole Hessian's top eigenvalue to 3e-6.)

Tuning history (pilots, on seeds 1000 to 1015 only)
    - The step sizes first meant were eta = 0.4 and 0.6, and (beta, eta) = (0.9, 0.6), (0.9, 0.9) and (0.5, 0.6). Some
      30 choices of the scales of inputs, targets, weights and loss, with these and other step sizes, were tried on 2
      to 8 seeds. They went wrong in five ways: the network was fitted before its sharpness came to the edge; it came
      there and sank again as the loss vanished (rescaled targets, and often beta = 0.9: 0.7 to 0.95 of the edge);
      training diverged, as sharpness began at more than about twice the edge or, at beta = 0.9, passed it fast;
      sharpness began above 0.8 of the edge; or it rose so strongly that it still hovered at 1.05 to 1.15 of the edge
      after 2500 steps. That last excess shrinks with further training, hence the number of steps.
    - Kept: the inputs of departure 3, the usual initial scale, and the step sizes below, at which all of 16 pilot
      seeds reached the plateau. So the setting was chosen by whether a plateau is reached and held; a run tests where
      it lies there, not how often it is reached elsewhere.
    - eta = 0.2 without momentum was dropped: the sharpness begins at up to 0.90 of the edge there.
    - Late means the last third: over the last half, the mean at eta = 0.1 is 0.003 lower as a few seeds arrive late.
    - full takes 7650 steps, little more than quick: at 20400, one of 16 pilot seeds at beta = 0.9 and eta = 0.2, its
      loss down to 1e-4 of the first, had slowly sunk to 0.94 of the edge. There the plateau is over, not tested.
"""

from __future__ import annotations

import os

# one thread, on the CPU: read by the libraries when they are imported
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import json
import math
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np
import tyro
from jax.flatten_util import ravel_pytree
from sklearn.datasets import load_digits

WIDTHS = (64, 32, 32, 10)  # pixels, two hidden layers, classes
IMAGES = 200  # B
STRIDE = 51  # steps between two measurements, odd: departure 5
POINTS = {"smoke": 10, "quick": 120, "full": 150}  # measurements: 510, 6120, 7650 steps
LANCZOS_STEPS = 20

PLAIN = (0.1, 0.15)  # eta
MOMENTUM = ((0.9, 0.2), (0.9, 0.3), (0.5, 0.2))  # (beta, eta)
SLOW = 0.04  # eta, its edge 2/eta = 50 out of reach
ALPHA = 100.0  # of Eq. 4

Gradient = Callable[[jax.Array], jax.Array]
State = tuple[jax.Array, jax.Array]
Record = dict[str, Any]


@dataclass
class Args:
    seeds: int = 8
    """number of seeds; each draws its own digits and initial weights, anew for each setting"""
    first_seed: int = 0
    """the first of them"""
    budget: Literal["smoke", "quick", "full"] = "quick"
    """training steps: smoke 510, quick 6120, full 7650"""
    out: Path = Path("result.json")
    """where the result is written"""
    eta: float | None = None
    """train at this step size alone, for a map (with `beta`, 0 where it is not given)"""
    beta: float | None = None
    """and with this momentum"""


_, unravel = ravel_pytree([(jnp.zeros((m, n)), jnp.zeros(n)) for m, n in pairwise(WIDTHS)])  # theta to layers


def draw(seed: int, setting: int) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Digits and initial weights of one seed in one setting: theta (P,), x (B, 64), y (B, 10) one-hot."""
    rng = np.random.default_rng([seed, setting])
    digits = load_digits()
    chosen = rng.choice(len(digits.target), IMAGES, replace=False)
    x = digits.data[chosen]
    x = (x - x.mean()) / x.std() / math.sqrt(WIDTHS[0])
    y = np.eye(WIDTHS[-1])[digits.target[chosen]]
    layers = [(rng.normal(size=(m, n)) / math.sqrt(m), np.zeros(n)) for m, n in pairwise(WIDTHS)]
    theta, _ = ravel_pytree(layers)
    return jnp.float32(theta), jnp.float32(x), jnp.float32(y)


def network(theta: jax.Array, x: jax.Array) -> jax.Array:
    """f of Eq. 1, (B, 10)."""
    *hidden, (w_out, b_out) = unravel(theta)
    h = x
    for w, b in hidden:
        h = jnp.tanh(h @ w + b)  # (B, 32)
    outputs: jax.Array = h @ w_out + b_out
    return outputs


def loss(theta: jax.Array, x: jax.Array, y: jax.Array) -> jax.Array:
    """Eq. 1, a scalar."""
    return 0.5 * jnp.mean(jnp.sum((network(theta, x) - y) ** 2, axis=1))


def lazy_loss(theta: jax.Array, start: jax.Array, x: jax.Array, y: jax.Array) -> jax.Array:
    """L / alpha^2 of Eq. 4, with f_0 at `start`, a scalar."""
    grown = ALPHA * (network(theta, x) - network(start, x))
    return 0.5 * jnp.mean(jnp.sum((grown - y) ** 2, axis=1)) / ALPHA**2


def heavy_ball_step(gradient: Gradient, state: State, eta: float, beta: float) -> State:
    """Eq. 2, from (theta_t, v_t) to (theta_{t+1}, v_{t+1}), each (P,)."""
    theta, v = state
    v = beta * v - eta * gradient(theta)
    return theta + v, v


def sharpness(gradient: Gradient, theta: jax.Array) -> jax.Array:
    """Largest eigenvalue of the Hessian at `theta`, a scalar, by Lanczos on Hessian-vector products."""
    count = min(LANCZOS_STEPS, theta.size)
    start = jax.random.normal(jax.random.key(0), theta.shape)

    def step(state: State, i: jax.Array) -> tuple[State, jax.Array]:
        basis, q = state  # (count, P), (P,)
        basis = basis.at[i].set(q)
        w = jax.jvp(gradient, (theta,), (q,))[1]  # H q
        alpha = q @ w
        for _ in range(2):  # twice is enough in floating point
            w = w - basis.T @ (basis @ w)
        norm = jnp.linalg.norm(w)
        return (basis, w / norm), jnp.stack([alpha, norm])

    first = (jnp.zeros((count, theta.size)), start / jnp.linalg.norm(start))
    _, coefficients = jax.lax.scan(step, first, jnp.arange(count))  # (count, 2)
    alpha, off = coefficients[:, 0], coefficients[:-1, 1]
    eigenvalues: jax.Array = jnp.linalg.eigvalsh(jnp.diag(alpha) + jnp.diag(off, 1) + jnp.diag(off, -1))
    return eigenvalues[-1]


@partial(jax.jit, static_argnames="points")
def train(theta: jax.Array, x: jax.Array, y: jax.Array, eta: float, beta: float, *, points: int) -> State:
    """Loss and sharpness, (points,) each, at steps 0, STRIDE, 2 STRIDE, ... of training from `theta` at rest."""
    gradient = jax.grad(partial(loss, x=x, y=y))

    def stretch(state: State, _: None) -> tuple[State, State]:
        measured = loss(state[0], x, y), sharpness(gradient, state[0])
        state = jax.lax.fori_loop(0, STRIDE, lambda _, s: heavy_ball_step(gradient, s, eta, beta), state)
        return state, measured

    _, traces = jax.lax.scan(stretch, (theta, jnp.zeros_like(theta)), length=points)
    return traces


@jax.jit
def lazy_sharpening(theta: jax.Array, x: jax.Array, y: jax.Array, steps: int) -> jax.Array:
    """Last over first sharpness of the lazy network of Eq. 4 after `steps` at the step size SLOW, a scalar."""
    gradient = jax.grad(partial(lazy_loss, start=theta, x=x, y=y))
    end = jax.lax.fori_loop(0, steps, lambda _, t: t - SLOW * gradient(t), theta)
    ratio: jax.Array = sharpness(gradient, end) / sharpness(gradient, theta)
    return ratio


def numbers(values: np.ndarray) -> list[float | None]:
    """As JSON numbers of seven digits; null where training diverged."""
    return [float(f"{value:.7g}") if np.isfinite(value) else None for value in values]


def record(condition: Record, measured: np.ndarray) -> Record:
    """One condition's values, in the order of the seeds."""
    return {"condition": condition, "measured": numbers(measured)}


def main(args: Args) -> None:
    """Train every setting and its control (the one setting of a map without) on every seed, and write the measured."""
    seeds = range(args.first_seed, args.first_seed + args.seeds)
    points = POINTS[args.budget]
    late = slice(2 * points // 3, None)  # the last third of training
    trained, to_train = 0, len(seeds) * (2 * len(PLAIN) + 2 * len(MOMENTUM) + 1 if args.eta is None else 1)

    def train_seeds(setting: int, beta: float, eta: float) -> tuple[np.ndarray, np.ndarray]:
        """Loss and sharpness, (seeds, points) each; runs of one setting share their draws."""
        nonlocal trained
        traces = []
        for seed in seeds:
            traces.append(np.array(train(*draw(seed, setting), eta, beta, points=points), dtype=np.float64))
            trained += 1
            print(json.dumps({"progress": round(trained / to_train, 4)}), flush=True)
        losses, sharpnesses = np.stack(traces, axis=1)
        return losses, sharpnesses

    quantities: dict[str, list[Record]] = defaultdict(list)
    preconditions: dict[str, list[Record]] = defaultdict(list)
    curves: list[Record] = []
    settings: list[Record] = [{"eta": eta} for eta in PLAIN]
    settings += [{"beta": beta, "eta": eta} for beta, eta in MOMENTUM]
    settings += [{"eta": SLOW}]
    numbered = list(enumerate(settings))
    if args.eta is not None:  # draws of its own for each cell of a map
        cell = {"beta": args.beta or 0.0, "eta": args.eta}
        numbered = [(10**6 * round(1e4 * args.eta) + round(1e4 * cell["beta"]), cell)]
    for setting, condition in numbered:
        eta, beta = condition["eta"], condition.get("beta", 0.0)
        edge = (2 + 2 * beta) / eta  # Eq. 3
        losses, sharpnesses = train_seeds(setting, beta, eta)
        early, plateau = sharpnesses[:, 0], sharpnesses[:, late].mean(axis=1)  # (seeds,) each

        if args.eta is not None:
            quantities["late_sharpness"].append(record(condition, plateau))
        elif eta == SLOW:
            quantities["sharpening_ratio"].append(record(condition, sharpnesses[:, -1] / early))
            lazy = [float(lazy_sharpening(*draw(seed, setting), STRIDE * (points - 1))) for seed in seeds]
            quantities["sharpening_ratio_of_lazy_networks"].append(record(condition, np.array(lazy)))
            preconditions["highest_sharpness_ratio"].append(record(condition, sharpnesses.max(axis=1) / edge))
        elif beta:
            _, control = train_seeds(setting, 0.0, eta)
            quantities["late_sharpness"].append(record(condition, plateau))
            quantities["late_sharpness_without_momentum"].append(record(condition, control[:, late].mean(axis=1)))
        else:
            _, control = train_seeds(setting, 0.0, 2 * eta)
            rivals = {"stays at its early value": numbers(early / edge)}
            quantities["late_sharpness_ratio"].append({**record(condition, plateau / edge), "rivals": rivals})
            quantities["late_sharpness_ratio_at_twice_the_step"].append(
                record(condition, control[:, late].mean(axis=1) / edge)
            )

        preconditions["early_sharpness_ratio"].append(record(condition, early / edge))
        preconditions["final_loss_ratio"].append(record(condition, losses[:, -1] / losses[:, 0]))
        words = ", ".join(f"{key} {value}" for key, value in condition.items())
        curves.append(
            {
                "name": f"sharpness at {words}, seed {seeds[0]}",
                "x": [STRIDE * point for point in range(points)],
                "y": numbers(sharpnesses[0]),
                "unit": "sharpness against steps",
            }
        )

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
