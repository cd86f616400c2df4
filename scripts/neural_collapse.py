"""Features collapse onto a simplex where they are free, and on the way to it in a small network

Claim
    If the features before the last layer may be chosen freely, cross-entropy with weight decay is least where all
    features of a class coincide, where the class means point to the corners of a regular simplex, and where the logit
    of the right class leads by a margin that the decay alone fixes. In networks, training on past zero error goes
    towards that state.

Source
    Papyan, Han & Donoho, "Prevalence of neural collapse during the terminal phase of deep learning training", PNAS 117,
    2020, arXiv:2008.08186 (networks; read second-hand). Zhu, Ding, Zhou, Li, You, Sulam & Qu, "A geometric analysis of
    neural collapse with unconstrained features", NeurIPS 2021, arXiv:2105.02375: abstract (free features). The margin,
    Eq. 4, is derived here.

Equations (K classes, n examples of each, features h (nK, d), last layer W (d, K), b (K,))
    (1)  L = mean cross-entropy of h W + b + decay/2 (|W|^2 + |h|^2 + |b|^2), with h free; in the network the decay acts
         on all weights and biases and h is the last hidden layer
    (2)  spread within over between classes: NC1 = tr(S_W S_B^+) / K, S_W and S_B the covariances of h about the
         class means, and of these about their mean
    (3)  cosines between the K(K-1)/2 pairs of class means, about their mean: -1/(K-1) in a regular simplex. Their mean
         is near that value for any means, so that only the nearest and the farthest pair tell something.
    (4)  On a simplex let w_k = a e_k, h = c e_y with unit corners e_k, so that the right logit leads by
         m = a c K/(K-1). At given a c the decay is least, decay sqrt(n) K a c, where |W| = |h|. With the probability
         q = (K-1) e^{-m} / (1 + (K-1) e^{-m}) given to wrong classes, dL/dm = 0 reads q = (K-1) sqrt(n) decay, and
         m = ln((K-1)(1-q)/q).

Command
    python scripts/neural_collapse.py --seeds 8 --first-seed 0 --budget quick --out result.json
    CPU seconds of one core for 5 seeds: smoke 9, quick about 45, full about 150. Smoke stops before the collapse.
    Over 60 CPU s in quick: 66 at 8 seeds (on a busy machine), as collapse is a thing of the end of training, in three
    kinds of network; the margin of ten classes is decided by 8 seeds only.

Expected result (what the pilots gave; the recorded runs are to say)
    margin_free, cosine_free   as in Eqs. 3 and 4 to within 0.01, once the gradient is small beside the decay
    spread_free                below 1e-6
    spread, relu               0.32, flat or slowly falling: no collapse, against 0.42 when zero error is reached
    The case of four classes, the tanh network and the network with decay on features were not run before they were
    declared.

Departures from the papers
    1. Free features: n = 20 a class in d = 32 dimensions, heavy-ball gradient descent from standard normal features and
       weights of scale 1/sqrt(d); the decay is the same on features and weights.
    2. Networks: 64-64-64-10, ReLU or tanh, on 200 images of scikit-learn's digits, 20 a class, in the place of deep
       networks on the whole of an image set; pixels centred and scaled by their common mean and standard deviation,
       weights N(0, 2/fan-in); Adam on the full batch, decay added to the loss, a fixed number of steps.
       Where the decay acts on features instead of weights, the last hidden layer is linear, so that nothing bounds it.
    3. Zero error is first reached where all training images are right; the network is measured every 100 steps from 0
       on, so that the last measurement, "late", is 100 steps before the end. The margin of a network is a mean over
       images and wrong classes, and its training error the largest of the second half.
    4. Single precision, one thread, CPU.

Tuning history (pilots, on seeds 1000 and up only)
    - Free features converge to rounding in 1500 steps, at which seeds no longer differ; 300 steps leave some 1e-3.
    - The ReLU network was first trained for 4000 steps on 300 images: spread 0.50 late, 0.51 at zero error. Fewer
      images and steps were taken for their cost. Weight decay was set beforehand and never changed: a longer search for
      a network that collapses would test the search.
    - In the first recorded run the margin of four classes was the same to seven digits in all eight seeds, which no
      interval over seeds can judge. It is declared deterministic since, with the range over seeds as its error; the
      setting, the expected value and the tolerance stayed.
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
from numpy.typing import NDArray
from sklearn.datasets import load_digits

EXAMPLES, FEATURES = 20, 32  # n, d of the free features
FREE = ((10, 0.005), (10, 0.01), (4, 0.01))  # K, decay
FREE_STEPS = {"smoke": 100, "quick": 300, "full": 350}
FREE_RATE, MOMENTUM = 4.0, 0.9

WIDTHS = (64, 64, 64, 10)  # pixels, two hidden layers, classes
IMAGES = 200
DECAY = {"weights": 0.001, "features": 0.01}
NETWORKS = (("relu", "weights"), ("tanh", "weights"), ("relu", "features"))  # activation, what the decay acts on
NETWORK_STEPS = {"smoke": 300, "quick": 2500, "full": 10000}
STRIDE = 100  # steps between two measurements
RATE = 0.002  # of Adam

Array = NDArray[np.float64]
Parameters = Any
Loss = Callable[[Parameters], jax.Array]
Record = dict[str, Any]


@dataclass
class Args:
    seeds: int = 8
    """number of seeds; each draws its own digits, features and weights, anew for each setting"""
    first_seed: int = 0
    """the first of them"""
    budget: Literal["smoke", "quick", "full"] = "quick"
    """steps with free features and of a network: smoke 100 and 300, quick 300 and 2500, full 350 and 10000"""
    out: Path = Path("result.json")
    """where the result is written"""


def cross_entropy(logits: jax.Array, labels: jax.Array) -> jax.Array:
    """Mean over examples, a scalar."""
    return -jnp.mean(jax.nn.log_softmax(logits)[jnp.arange(len(labels)), labels])


def penalty(parameters: Parameters) -> jax.Array:
    """Half the sum of squares of all parameters."""
    return 0.5 * jnp.sum(jnp.stack([jnp.sum(leaf**2) for leaf in jax.tree.leaves(parameters)]))


# ------------------------------------------------------------------------------------------------- free features


def draw_free(seed: int, setting: int, classes: int) -> tuple[Parameters, jax.Array]:
    """Features, last layer and labels of one seed: {h (nK, d), w (d, K), b (K,)}, labels (nK,)."""
    rng = np.random.default_rng([seed, setting])
    w = rng.normal(size=(FEATURES, classes)) / math.sqrt(FEATURES)
    h = rng.normal(size=(EXAMPLES * classes, FEATURES))
    start = {"h": jnp.float32(h), "w": jnp.float32(w), "b": jnp.zeros(classes)}
    return start, jnp.repeat(jnp.arange(classes), EXAMPLES)


def free_loss(p: Parameters, labels: jax.Array, decay: float) -> jax.Array:
    """Eq. 1 with free features, a scalar."""
    return cross_entropy(p["h"] @ p["w"] + p["b"], labels) + decay * penalty(p)


@partial(jax.jit, static_argnames="steps")
def descend(start: Parameters, labels: jax.Array, decay: float, *, steps: int) -> Parameters:
    """Heavy-ball gradient descent on Eq. 1; the gradient of a feature carries 1/(nK), and steps make up for it."""
    gradient = jax.grad(partial(free_loss, labels=labels, decay=decay))

    def step(_: int, state: tuple[Parameters, Parameters]) -> tuple[Parameters, Parameters]:
        p, v = state
        v = jax.tree.map(lambda v, g: MOMENTUM * v - (1 - MOMENTUM) * FREE_RATE * g, v, gradient(p))
        return jax.tree.map(jnp.add, p, v), v

    end: Parameters = jax.lax.fori_loop(0, steps, step, (start, jax.tree.map(jnp.zeros_like, start)))[0]
    return end


def lead(z: Array, labels: NDArray[np.intp]) -> float:
    """By how much the right one of the logits z (N, K) leads, the mean over examples and wrong classes."""
    right, classes = z[np.arange(len(z)), labels], z.shape[1]
    return float((right * classes - z.sum(axis=1)).mean() / (classes - 1))


# ------------------------------------------------------------------------------------------------------ geometry


def geometry(h: Array, labels: NDArray[np.intp]) -> dict[str, float]:
    """NC1 of Eq. 2, and the cosines of Eq. 3 of the nearest and the farthest pair, of features h (N, d)."""
    classes = int(labels.max()) + 1
    means = np.stack([h[labels == k].mean(axis=0) for k in range(classes)])  # (K, d)
    within = h - means[labels]
    centred = means - means.mean(axis=0)
    s_w, s_b = within.T @ within / len(h), centred.T @ centred / classes
    corner = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    cosines = (corner @ corner.T)[np.triu_indices(classes, 1)]
    nc1 = float(np.trace(s_w @ np.linalg.pinv(s_b, rcond=1e-6, hermitian=True))) / classes
    return {"nc1": nc1, "nearest": float(cosines.max()), "farthest": float(cosines.min())}


# ------------------------------------------------------------------------------------------------------ networks


def draw_network(seed: int, setting: int) -> tuple[Parameters, jax.Array, NDArray[np.intp]]:
    """Weights, images x (B, 64) and labels (B,) of one seed, as many images of each class."""
    rng = np.random.default_rng([seed, setting])
    digits = load_digits()
    each = IMAGES // WIDTHS[-1]
    chosen = [rng.choice(np.flatnonzero(digits.target == k), each, replace=False) for k in range(WIDTHS[-1])]
    x = digits.data[np.concatenate(chosen)]
    x = (x - x.mean()) / x.std()
    weights = [(jnp.float32(rng.normal(size=(m, n)) * math.sqrt(2 / m)), jnp.zeros(n)) for m, n in pairwise(WIDTHS)]
    return weights, jnp.float32(x), np.repeat(np.arange(WIDTHS[-1]), each)


def features(weights: Parameters, x: jax.Array, activation: str, acts_on: str) -> jax.Array:
    """The last hidden layer, (B, 64), linear where the decay acts on features."""
    act = {"relu": jax.nn.relu, "tanh": jnp.tanh}[activation]
    for w, b in weights[:-2]:
        x = act(x @ w + b)
    w, b = weights[-2]
    return x @ w + b if acts_on == "features" else act(x @ w + b)


def network_loss(weights: Parameters, x: jax.Array, labels: jax.Array, activation: str, acts_on: str) -> jax.Array:
    """Eq. 1 of a network, a scalar."""
    w, b = weights[-1]
    h = features(weights, x, activation, acts_on)
    decayed = (w, b, h) if acts_on == "features" else weights
    return cross_entropy(h @ w + b, labels) + DECAY[acts_on] * penalty(decayed)


@partial(jax.jit, static_argnames=("activation", "acts_on", "points"))
def train(weights: Parameters, x: jax.Array, labels: jax.Array, *, activation: str, acts_on: str, points: int) -> Any:
    """Features (points, B, 64) and logits (points, B, 10) at steps 0, STRIDE, ... of Adam."""
    gradient = jax.grad(partial(network_loss, x=x, labels=labels, activation=activation, acts_on=acts_on))

    def step(i: int, state: Any) -> Any:
        p, first, second, t = state
        g, t = gradient(p), t + 1
        first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, g)
        second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g**2, second, g)
        rate = RATE * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        p = jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v) + 1e-8), p, first, second)
        return p, first, second, t

    def stretch(state: Any, _: None) -> Any:
        w, b = state[0][-1]
        h = features(state[0], x, activation, acts_on)
        return jax.lax.fori_loop(0, STRIDE, step, state), (h, h @ w + b)

    zero = jax.tree.map(jnp.zeros_like, weights)
    return jax.lax.scan(stretch, (weights, zero, zero, 0.0), length=points)[1]


# ---------------------------------------------------------------------------------------------------------- main


def numbers(values: Array | list[float]) -> list[float | None]:
    """As JSON numbers of seven digits; null where zero error was not reached."""
    return [float(f"{value:.7g}") if np.isfinite(value) else None for value in values]


def measure_free(seed: int, setting: int, classes: int, decay: float, steps: int) -> dict[str, float]:
    """Margin and geometry of one seed, at the end and (with "start") at the start."""
    start, labels = draw_free(seed, setting, classes)
    end = descend(start, labels, decay, steps=steps)
    gradient = jax.grad(free_loss)(end, labels, decay)
    found = {"gradient": math.sqrt(float(penalty(gradient)) / float(penalty(end))) / decay}
    for when, p in (("", end), (" start", start)):
        values = geometry(np.asarray(p["h"], np.float64), np.asarray(labels))
        values["margin"] = lead(np.asarray(p["h"] @ p["w"] + p["b"], np.float64), np.asarray(labels))
        found |= {name + when: value for name, value in values.items()}
    return found


def measure_network(seed: int, setting: int, activation: str, acts_on: str, points: int) -> dict[str, Any]:
    """Geometry and margin of one seed late and at the start, NC1 at zero error, and the course of NC1."""
    weights, x, labels = draw_network(seed, setting)
    traced, logits = train(weights, x, jnp.asarray(labels), activation=activation, acts_on=acts_on, points=points)
    course = [geometry(np.asarray(h, np.float64), labels) for h in traced]
    nc1 = np.array([at["nc1"] for at in course])
    wrong = (np.asarray(logits).argmax(axis=2) != labels).mean(axis=1)
    right = wrong == 0
    late = slice(points // 2, None)
    found: dict[str, Any] = {**course[-1], "margin": lead(np.asarray(logits[-1], np.float64), labels), "course": nc1}
    found |= {f"{name} start": value for name, value in course[0].items()}
    found["margin start"] = lead(np.asarray(logits[0], np.float64), labels)
    first = int(right.argmax())
    found["zero error"] = float(nc1[first]) if right.any() else math.nan
    shuffled = np.random.default_rng([seed, setting, 1]).permutation(labels)
    found["late shuffled"] = geometry(np.asarray(traced[-1], np.float64), shuffled)["nc1"]
    found["zero error shuffled"] = geometry(np.asarray(traced[first], np.float64), shuffled)["nc1"]
    found["train error"] = float(wrong[late].max())
    found["slope"] = float(np.polyfit(np.log(np.arange(points)[late]), np.log(nc1[late]), 1)[0])
    return found


def main(args: Args) -> None:
    """Measure free features and networks on every seed, and write what was measured."""
    seeds = range(args.first_seed, args.first_seed + args.seeds)
    points = NETWORK_STEPS[args.budget] // STRIDE
    done, to_do = 0, len(seeds) * (len(FREE) + len(NETWORKS))
    quantities: dict[str, list[Record]] = defaultdict(list)
    preconditions: dict[str, list[Record]] = defaultdict(list)
    curves: list[Record] = []

    def progress() -> None:
        nonlocal done
        done += 1
        print(json.dumps({"progress": round(done / to_do, 4)}), flush=True)

    def record(condition: Record, found: list[dict[str, Any]], name: str) -> Record:
        return {"condition": condition, "measured": numbers([of_seed[name] for of_seed in found])}

    def geometries(name: str, condition: Record, found: list[dict[str, Any]]) -> None:
        """Spread, cosines and margin, at the end and, as controls, at the start."""
        for end, start in (("", ""), (" start", "_at_start")):
            quantities[f"spread{name}{start}"].append(record(condition, found, f"nc1{end}"))
            quantities[f"margin{name}{start}"].append(record(condition, found, f"margin{end}"))
            for pair in ("nearest", "farthest"):
                row = record({**condition, "pair": pair}, found, pair + end)
                quantities[f"cosine{name}{start}"].append(row)

    for setting, (classes, decay) in enumerate(FREE):
        found: list[dict[str, Any]] = []
        for seed in seeds:
            found.append(measure_free(seed, setting, classes, decay, FREE_STEPS[args.budget]))
            progress()
        condition: Record = {"classes": classes, "decay": decay, "examples": EXAMPLES}
        geometries("_free", condition, found)
        preconditions["gradient_over_decay"].append(record(condition, found, "gradient"))

    # free features end in one minimum, whatever the seed: what seeds and rounding leave of its margin is its error
    error = {
        name: float(
            f"{max(np.ptp([v for v in row['measured'] if v is not None]) for row in quantities[name]) + 1e-6:.7g}"
        )
        for name in ("margin_free", "margin_free_at_start")
    }

    for setting, (activation, acts_on) in enumerate(NETWORKS, start=len(FREE)):
        found = []
        for seed in seeds:
            found.append(measure_network(seed, setting, activation, acts_on, points))
            progress()
        condition = {"activation": activation, "decayed": acts_on}
        geometries("", condition, found)
        for when, name in (("late", "nc1"), ("zero error", "zero error")):
            quantities["spread_in_time"].append(record({**condition, "when": when}, found, name))
            row = record({**condition, "when": when}, found, f"{when} shuffled")
            quantities["spread_in_time_of_shuffled_classes"].append(row)
        preconditions["train_error"].append(record(condition, found, "train error"))
        preconditions["spread_slope"].append(record(condition, found, "slope"))
        curve: Record = {"name": f"NC1, {activation}, decay on {acts_on}, seed {seeds[0]}"}
        curve |= {"x": [STRIDE * point for point in range(points)], "y": numbers(found[0]["course"])}
        curves.append({**curve, "unit": "spread within over between classes against steps"})

    result = {
        "seeds": list(seeds),
        "quantities": quantities,
        "preconditions": preconditions,
        "numerical_error": error,
        "curves": curves,
        "cpu_seconds": round(time.process_time(), 2),
    }
    args.out.write_text(json.dumps(result, indent=1, allow_nan=False) + "\n")


if __name__ == "__main__":
    main(tyro.cli(Args))
