"""Trained first layers follow the average gradient outer product: exactly in linear networks, loosely in ReLU ones

Claim
    After training, the Gram matrix of the first layer's weights is about proportional to a power of the average outer
    product of the network's gradients with respect to its inputs (the neural feature ansatz). In linear networks of L
    layers the power is 1/L: from a small start, or from any start under weight decay.

Source
    Radhakrishnan, Beaglehole, Pandit & Belkin, "Mechanism for feature learning in neural networks and backpropagation-
    free machine learning models", Science 383, 2024, arXiv:2212.13881 (read second-hand). Tansley, Massart & Cartis,
    "On the neural feature ansatz for deep neural networks", arXiv:2510.15563: abstract (power 1/L, weight decay,
    counterexamples with nonlinear activations).

Equations (inputs x (N, d), network f with c outputs and L layers, W_1 (d, h) the first)
    (1)  Gram matrix M = W_1 W_1^T;  average gradient outer product G = (1/N) sum_i J_i J_i^T, J_i = df/dx (d, c) at x_i
    (2)  linear network: f = x W, W = W_1 ... W_L, so that G = W W^T. If the layers are balanced,
         W_l^T W_l = W_{l+1} W_{l+1}^T, then W W^T = (W_1 W_1^T)^L and M = G^{1/L}.
    (3)  power: the least-squares slope of log(v_k^T M v_k) on log g_k, over the c leading eigenpairs (g_k, v_k) of G
    (4)  correlation of M and G^{1/2}: the cosine between their entries after the mean of the diagonal is taken off the
         diagonal, so that two matrices near the identity do not count as alike
    (5)  the same after the inputs of G^{1/2} have changed places at random, P G^{1/2} P^T, and a mean over P: what
         is left of the correlation where M and G know nothing of each other's directions

Command
    python scripts/feature_ansatz.py --seeds 8 --first-seed 0 --budget quick --out result.json
    CPU seconds of one core for 5 seeds: smoke 8, quick about 25, full about 90. Smoke stops before the fit.

Expected result (what the pilots gave; the recorded runs are to say)
    power, small start       0.500 with 2 layers, 0.332 to 0.335 with 3
    correlation, product     0.43 trained, 0.52 untrained: no gain where the network fits all examples
    The large start with weight decay and the parity of digits were not run before they were declared.

Departures from the papers
    1. Linear networks have h = 32, d = 20 and c = 6, and learn a random linear map of strengths 0.5 to 3 on infinitely
       many Gaussian inputs, by gradient descent from weights of standard deviation 0.01^{2/L} (small start) or of the
       usual 1/sqrt(fan-in) (large start, with weight decay 0.01 on all layers).
    2. ReLU networks are d-64-64-1 with biases on the first two layers, from weights N(0, 2/fan-in), trained by Adam at
       rate 0.002 on the mean squared error of the full batch, for targets of variance 1. Tasks: the product
       x_1 x_2 + x_3 / 2 of Gaussian inputs, d = 20, 500 examples; and the parity of scikit-learn's digits (-1 even,
       1 odd), whitened to their 20 leading principal components, 500 images.
    3. Single precision, one thread, CPU.

Tuning history (pilots, on seeds 1000 and up only)
    - Linear networks were first trained with a quarter of this step and twice the steps: powers 0.500 and 0.332.
    - The ReLU network on the product was first trained for 1500 steps on 1000 examples: 0.52 trained against 0.43
      untrained. The setting now was taken for its cost, and not for its result, which is the other way round.
"""

from __future__ import annotations

import os

# one thread, on the CPU: read by the libraries when they are imported
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import json
import time
from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np
import tyro
from numpy.typing import NDArray
from sklearn.datasets import load_digits

INPUTS, HIDDEN, OUTPUTS = 20, 32, 6  # d, h, c of the linear networks
STRENGTHS = (3.0, 2.5, 2.0, 1.5, 1.0, 0.5)  # singular values of the map to learn
LINEAR = (("small", 2), ("small", 3), ("large", 2), ("large", 3))  # start, L
SCALE = 0.01  # of the small start, departure 1
DECAY = 0.01  # of the large start: what is unbalanced falls as e^{-2 decay STEP steps}, to 2 % in quick
LINEAR_STEPS = {"smoke": 500, "quick": 10000, "full": 20000}
STEP = 0.02

WIDTHS = (20, 64, 64, 1)  # of the ReLU networks
EXAMPLES = 500
TASKS = ("product", "parity")
PERMUTATIONS = 100  # of Eq. 5
RELU_STEPS = {"smoke": 100, "quick": 1000, "full": 5000}

Array = NDArray[np.float64]
Weights = Any  # a list of arrays, or of pairs of them
Record = dict[str, Any]


@dataclass
class Args:
    seeds: int = 8
    """number of seeds; each draws its own task, examples and weights, anew for each setting"""
    first_seed: int = 0
    """the first of them"""
    budget: Literal["smoke", "quick", "full"] = "quick"
    """steps of a linear and of a ReLU network: smoke 500 and 100, quick 10000 and 1000, full 20000 and 5000"""
    out: Path = Path("result.json")
    """where the result is written"""


# ----------------------------------------------------------------------------------------------- linear networks


def draw_linear(seed: int, setting: int, start: str, layers: int) -> tuple[Weights, jax.Array]:
    """Weights [(d, h), (h, h), ..., (h, c)] and the map to learn, (d, c), of one seed."""
    rng = np.random.default_rng([seed, setting])
    left = np.linalg.qr(rng.normal(size=(INPUTS, OUTPUTS)))[0]
    right = np.linalg.qr(rng.normal(size=(OUTPUTS, OUTPUTS)))[0]
    sizes = [INPUTS, *[HIDDEN] * (layers - 1), OUTPUTS]
    scales = [SCALE ** (2 / layers) if start == "small" else m**-0.5 for m in sizes[:-1]]
    weights = [jnp.float32(rng.normal(size=(m, n)) * s) for (m, n), s in zip(pairwise(sizes), scales, strict=True)]
    return weights, jnp.float32(left * np.array(STRENGTHS) @ right)


def linear_map(weights: Weights) -> jax.Array:
    """W of Eq. 2, (d, c)."""
    product: jax.Array = weights[0]
    for w in weights[1:]:
        product = product @ w
    return product


def linear_loss(weights: Weights, goal: jax.Array, decay: float) -> jax.Array:
    """Half the mean squared error over infinitely many Gaussian inputs, |W - goal|^2 / 2, and weight decay."""
    return 0.5 * jnp.sum((linear_map(weights) - goal) ** 2) + decay / 2 * sum(jnp.sum(w**2) for w in weights)


@partial(jax.jit, static_argnames="steps")
def train_linear(weights: Weights, goal: jax.Array, decay: float, *, steps: int) -> Weights:
    """Gradient descent."""
    gradient = jax.grad(partial(linear_loss, goal=goal, decay=decay))

    def step(_: int, w: Weights) -> Weights:
        return jax.tree.map(lambda w, g: w - STEP * g, w, gradient(w))

    end: Weights = jax.lax.fori_loop(0, steps, step, weights)
    return end


def power(gram: Array, outer: Array, pairs: int) -> float:
    """Eq. 3."""
    values, vectors = np.linalg.eigh(outer)
    leading = vectors[:, -pairs:]
    along = np.einsum("dk,de,ek->k", leading, gram, leading)
    return float(np.polyfit(np.log(values[-pairs:]), np.log(along), 1)[0])


def measure_linear(seed: int, setting: int, start: str, layers: int, steps: int) -> dict[str, Any]:
    """Power at the end and at the start, error, and the points of Eq. 3 to plot."""
    weights, goal = draw_linear(seed, setting, start, layers)
    end = train_linear(weights, goal, DECAY if start == "large" else 0.0, steps=steps)
    found: dict[str, Any] = {}
    for when, w in (("end", end), ("start", weights)):
        first, whole = np.asarray(w[0], np.float64), np.asarray(linear_map(w), np.float64)
        found[when] = power(first @ first.T, whole @ whole.T, OUTPUTS)
    first, whole = np.asarray(end[0], np.float64), np.asarray(linear_map(end), np.float64)
    values, vectors = np.linalg.eigh(whole @ whole.T)
    found["outer"], found["gram"] = values[-OUTPUTS:], ((first.T @ vectors[:, -OUTPUTS:]) ** 2).sum(axis=0)
    found["error"] = float(np.linalg.norm(whole - np.asarray(goal)) / np.linalg.norm(np.asarray(goal)))
    return found


# ------------------------------------------------------------------------------------------------- ReLU networks


def draw_relu(seed: int, setting: int, task: str) -> tuple[Weights, jax.Array, jax.Array]:
    """Weights [((m, n), (n,)), ...], inputs x (N, d) and targets y (N,) of one seed; targets of variance 1."""
    rng = np.random.default_rng([seed, setting])
    if task == "product":
        x = rng.normal(size=(EXAMPLES, WIDTHS[0]))
        y = x[:, 0] * x[:, 1] + x[:, 2] / 2
    else:
        digits = load_digits()
        chosen = rng.choice(len(digits.target), EXAMPLES, replace=False)
        pixels = digits.data[chosen] - digits.data[chosen].mean(axis=0)
        x = np.sqrt(EXAMPLES) * np.linalg.svd(pixels, full_matrices=False)[0][:, : WIDTHS[0]]
        y = 2.0 * (digits.target[chosen] % 2) - 1
    weights = [(jnp.float32(rng.normal(size=(m, n)) * (2 / m) ** 0.5), jnp.zeros(n)) for m, n in pairwise(WIDTHS)]
    return weights, jnp.float32(x), jnp.float32((y - y.mean()) / y.std())


def network(weights: Weights, x: jax.Array) -> jax.Array:
    """Output of a ReLU network at one input (d,), a scalar."""
    for w, b in weights[:-1]:
        x = jax.nn.relu(x @ w + b)
    w, b = weights[-1]
    output: jax.Array = (x @ w + b)[0]
    return output


def relu_loss(weights: Weights, x: jax.Array, y: jax.Array) -> jax.Array:
    """Mean squared error, a scalar."""
    return jnp.mean((jax.vmap(partial(network, weights))(x) - y) ** 2)


@partial(jax.jit, static_argnames="steps")
def train_relu(weights: Weights, x: jax.Array, y: jax.Array, *, steps: int) -> Weights:
    """Adam with learning rate 0.002 on the full batch."""

    def step(i: jax.Array, state: Any) -> Any:
        w, first, second = state
        g = jax.grad(relu_loss)(w, x, y)
        first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, g)
        second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g**2, second, g)
        rate = 0.002 * jnp.sqrt(1 - 0.999 ** (i + 1.0)) / (1 - 0.9 ** (i + 1.0))
        return jax.tree.map(lambda w, m, v: w - rate * m / (jnp.sqrt(v) + 1e-8), w, first, second), first, second

    zero = jax.tree.map(jnp.zeros_like, weights)
    return jax.lax.fori_loop(0, steps, step, (weights, zero, zero))[0]


@jax.jit
def outer_product(weights: Weights, x: jax.Array) -> jax.Array:
    """G of Eq. 1, (d, d)."""
    gradients: jax.Array = jax.vmap(jax.grad(network, argnums=1), in_axes=(None, 0))(weights, x)  # (N, d)
    return gradients.T @ gradients / len(x)


def correlation(gram: Array, other: Array) -> float:
    """Eq. 4, of two symmetric matrices."""
    a, b = (m - np.trace(m) / len(m) * np.eye(len(m)) for m in (gram, other))
    return float((a * b).sum() / np.linalg.norm(a) / np.linalg.norm(b))


def correlation_permuted(gram: Array, other: Array, rng: np.random.Generator) -> float:
    """Eq. 5."""
    places = [rng.permutation(len(other)) for _ in range(PERMUTATIONS)]
    return float(np.mean([correlation(gram, other[np.ix_(place, place)]) for place in places]))


def root(matrix: Array) -> Array:
    """The square root of a symmetric matrix without negative eigenvalues."""
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T)


def measure_relu(seed: int, setting: int, task: str, steps: int) -> dict[str, float]:
    """Correlation of Eqs. 4 and 5 trained and untrained, and the training error."""
    weights, x, y = draw_relu(seed, setting, task)
    end = train_relu(weights, x, y, steps=steps)
    found = {"error": float(relu_loss(end, x, y))}
    for when, w in (("trained", end), ("untrained", weights)):
        first = np.asarray(w[0][0], np.float64)
        gram, outer = first @ first.T, root(np.asarray(outer_product(w, x), np.float64))
        found[when] = correlation(gram, outer)
        found[f"{when}, permuted"] = correlation_permuted(gram, outer, np.random.default_rng([seed, setting, 1]))
    return found


def numbers(values: Array | list[float]) -> list[float | None]:
    """As JSON numbers of seven digits; null where training diverged."""
    return [float(f"{value:.7g}") if np.isfinite(value) else None for value in values]


def main(args: Args) -> None:
    """Train every network on every seed, and write what was measured."""
    seeds = range(args.first_seed, args.first_seed + args.seeds)
    done, to_do = 0, len(seeds) * (len(LINEAR) + len(TASKS))
    quantities: dict[str, list[Record]] = defaultdict(list)
    preconditions: dict[str, list[Record]] = defaultdict(list)
    curves: list[Record] = []

    def progress() -> None:
        nonlocal done
        done += 1
        print(json.dumps({"progress": round(done / to_do, 4)}), flush=True)

    def record(condition: Record, found: list[dict[str, Any]], name: str) -> Record:
        return {"condition": condition, "measured": numbers([of_seed[name] for of_seed in found])}

    for setting, (start, layers) in enumerate(LINEAR):
        found = []
        for seed in seeds:
            found.append(measure_linear(seed, setting, start, layers, LINEAR_STEPS[args.budget]))
            progress()
        condition: Record = {"start": start, "layers": layers}
        quantities["power"].append(record(condition, found, "end"))
        quantities["power_at_start"].append(record(condition, found, "start"))
        preconditions["relative_error"].append(record(condition, found, "error"))
        points: Record = {"name": f"{layers} layers, {start} start, seed {seeds[0]}", "x": numbers(found[0]["outer"])}
        curves.append({**points, "y": numbers(found[0]["gram"]), "unit": "weights against gradients, by eigenvector"})

    for setting, task in enumerate(TASKS, start=len(LINEAR)):
        results = []
        for seed in seeds:
            results.append(measure_relu(seed, setting, task, RELU_STEPS[args.budget]))
            progress()
        for when in ("trained", "untrained"):
            condition = {"task": task, "network": when}
            quantities["correlation"].append(record(condition, results, when))
            quantities["correlation_permuted"].append(record(condition, results, f"{when}, permuted"))
        preconditions["train_error"].append(record({"task": task}, results, "error"))

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
