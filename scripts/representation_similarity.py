"""How alike the hidden layers of independently seeded networks are, before and after training

Claim
    The hidden layers of two networks that differ in nothing but their seed are alike, and more so the wider they are.
    Most of that rise is there at random weights already: random layers of width n have a similarity of 1/(1 + c/n),
    with c read off the data. What training adds is measured against that start, neuron by neuron as well.

Source
    Kornblith, Norouzi, Lee & Hinton, "Similarity of neural network representations revisited", arXiv:1905.00414
    (abstract only: CKA finds the layers that correspond between networks of different initialisation). Eq. 3 is derived
    here.

Equations (A, B: activations of N images in n neurons, columns centred; w a neuron's weights)
    (1)  h = max(0, W1 x),    y = W2 h,    trained on cross-entropy with Adam
    (2)  CKA(A, B) = |A^T B|^2 / (|A^T A| |B^T B|), Frobenius norms: the cosine between A A^T and B B^T
    (3)  At the start A A^T = sum_j phi_j phi_j^T with phi_j in R^N independent over neurons. With K = <phi phi^T>,
         a = |K|^2 and b = <|phi|^4>:  <<A A^T, B B^T>> = n^2 a,  <|A A^T|^2> = n^2 (a + (b - a)/n), so that
         CKA = 1/(1 + c/n) with c = b/a - 1, up to the fluctuations of |A A^T|.
    (4)  Neurons matched one to one: the mean of |corr(A_j, B_m(j))|, with the m that makes it largest. Rotated: the
         same with A replaced by A O, O a random rotation.

Command
    python scripts/representation_similarity.py --seeds 8 --first-seed 0 --budget quick --out result.json
    CPU seconds of one core for 5 seeds: smoke 5, quick 25, full 60 (estimates, the machine being shared).

Expected result (nothing was run before the declarations; the recorded runs are to say)
    cka                  untrained: near Eq. 3; trained: above it, by how much at which width is the question
    matched_correlation  neurons above rotated ones

Departures from the source
    1. Images of scikit-learn's digits, 1000 to train on and 400 others to compare by, drawn anew for each seed.
    2. One hidden layer, as Eq. 3 needs neurons that are independent at the start. W1 is N(0, 2/64), W2 N(0, 1/n).
    3. Inputs are centred and scaled by the mean and the standard deviation of all pixels drawn.
    4. A seed is one pair of networks with weights and batches of their own; untrained similarity is that of the same
       pair before training for contrasts, and the mean over 16 further pairs of random layers for Eq. 3.
    5. c is estimated from 3000 neurons drawn for that alone.
    6. Double precision, one thread.

Tuning history
    - Widths 16, 64 and 256 and the sizes of training were fixed before any run; no pilot was made.
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
from scipy.optimize import linear_sum_assignment
from sklearn.datasets import load_digits

WIDTHS = (16, 64, 256)  # n
TRAINED_ON, COMPARED = 1000, 400  # images
CLASSES, BATCH = 10, 50
STEPS = {"smoke": 100, "quick": 1000, "full": 3000}
RATE, BETAS, SMALL = 3e-3, (0.9, 0.999), 1e-8  # of Adam
PAIRS, NEURONS = 16, 3000  # random layers compared, and neurons that c is estimated from

Array = NDArray[np.float64]
Record = dict[str, Any]
Weights = tuple[Array, Array]


@dataclass
class Args:
    seeds: int = 8
    """number of seeds; each draws its own images and pair of networks, anew for each width"""
    first_seed: int = 0
    """the first of them"""
    budget: Literal["smoke", "quick", "full"] = "quick"
    """training steps: smoke 100, quick 1000, full 3000"""
    out: Path = Path("result.json")
    """where the result is written"""


def draw(rng: np.random.Generator) -> tuple[Array, Array, Array, Array]:
    """Images to train on (TRAINED_ON, 64), their classes, one-hot, and images to compare by, with their classes."""
    digits = load_digits()
    chosen = rng.choice(len(digits.target), TRAINED_ON + COMPARED, replace=False)
    x = digits.data[chosen]
    x = (x - x.mean()) / x.std()
    y = np.eye(CLASSES)[digits.target[chosen]]
    return x[:TRAINED_ON], y[:TRAINED_ON], x[TRAINED_ON:], y[TRAINED_ON:]


def start(rng: np.random.Generator, n: int) -> Weights:
    """W1 (64, n) and W2 (n, CLASSES)."""
    return rng.normal(size=(64, n)) * math.sqrt(2 / 64), rng.normal(size=(n, CLASSES)) / math.sqrt(n)


def hidden(x: Array, W1: Array) -> Array:
    """Eq. 1, (images, n)."""
    return np.maximum(x @ W1, 0)


def gradient(weights: Weights, x: Array, y: Array) -> Weights:
    """Of the mean cross-entropy over a batch, in the shapes of the weights."""
    W1, W2 = weights
    h = hidden(x, W1)
    logits = h @ W2
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    error = (p / p.sum(axis=1, keepdims=True) - y) / len(x)
    return x.T @ ((error @ W2.T) * (h > 0)), h.T @ error


def train(rng: np.random.Generator, weights: Weights, x: Array, y: Array, steps: int) -> Weights:
    """Adam on batches drawn anew at each step."""
    values = list(weights)
    mean, square = [np.zeros_like(w) for w in values], [np.zeros_like(w) for w in values]
    for t in range(1, steps + 1):
        batch = rng.integers(len(x), size=BATCH)
        for i, g in enumerate(gradient((values[0], values[1]), x[batch], y[batch])):
            mean[i] = BETAS[0] * mean[i] + (1 - BETAS[0]) * g
            square[i] = BETAS[1] * square[i] + (1 - BETAS[1]) * g * g
            step = mean[i] / (1 - BETAS[0] ** t) / (np.sqrt(square[i] / (1 - BETAS[1] ** t)) + SMALL)
            values[i] = values[i] - RATE * step
    return values[0], values[1]


def centred(A: Array) -> Array:
    """Columns less their means."""
    return np.asarray(A - A.mean(axis=0))


def cka(A: Array, B: Array) -> float:
    """Eq. 2."""
    A, B = centred(A), centred(B)
    norms = np.linalg.norm(A.T @ A) * np.linalg.norm(B.T @ B)
    return float(np.linalg.norm(A.T @ B) ** 2 / norms)


def matched(A: Array, B: Array) -> float:
    """Eq. 4, over neurons that are not constant on the images."""
    A, B = centred(A), centred(B)
    A, B = A[:, A.std(axis=0) > 1e-9], B[:, B.std(axis=0) > 1e-9]
    correlation = np.abs((A / np.linalg.norm(A, axis=0)).T @ (B / np.linalg.norm(B, axis=0)))
    return float(correlation[linear_sum_assignment(-correlation)].mean())


def rotation(rng: np.random.Generator, n: int) -> Array:
    """A random rotation or reflection, uniform over the orthogonal group, (n, n)."""
    Q, R = np.linalg.qr(rng.normal(size=(n, n)))
    return np.asarray(Q * np.sign(np.diagonal(R)))


def constant(rng: np.random.Generator, x: Array) -> float:
    """c of Eq. 3 on the images x (N, 64), from unbiased estimates of a and b."""
    phi = centred(hidden(x, rng.normal(size=(64, NEURONS)) * math.sqrt(2 / 64)))  # (N, NEURONS)
    b = float(np.mean((phi**2).sum(axis=0) ** 2))
    whole = np.linalg.norm(phi @ phi.T / NEURONS) ** 2  # a + (b - a)/NEURONS in the mean
    a = (NEURONS * whole - b) / (NEURONS - 1)
    return float(b / a - 1)


def measure(seed: int, n: int, steps: int) -> dict[str, float]:
    """What is measured of one seed at one width."""
    rng = np.random.default_rng([seed, n])
    x, y, shown, classes = draw(rng)
    c = constant(rng, shown)
    layers = [hidden(shown, start(rng, n)[0]) for _ in range(2 * PAIRS)]
    pairs = list(zip(layers[::2], layers[1::2], strict=True))
    shuffled = rng.permutation(COMPARED)
    first = [start(rng, n) for _ in range(2)]
    last = [train(rng, weights, x, y, steps) for weights in first]
    A0, B0 = (hidden(shown, W1) for W1, _ in first)
    A, B = (hidden(shown, W1) for W1, _ in last)
    O = rotation(rng, n)  # noqa: E741
    right = [(hidden(shown, W1) @ W2).argmax(axis=1) == classes.argmax(axis=1) for W1, W2 in last]
    return {
        "expected": 1 / (1 + c / n),
        "root": 1 / (1 + c / math.sqrt(WIDTHS[0] * n)),
        "narrowest": 1 / (1 + c / WIDTHS[0]),
        "random": float(np.mean([cka(*pair) for pair in pairs])),
        "random permuted": float(np.mean([cka(P, Q[shuffled]) for P, Q in pairs])),
        "untrained": cka(A0, B0),
        "trained": cka(A, B),
        "untrained permuted": cka(A0, B0[shuffled]),
        "trained permuted": cka(A, B[shuffled]),
        "neurons": matched(A, B),
        "rotated": matched(centred(A) @ O, B),
        "neurons permuted": matched(A, B[shuffled]),
        "rotated permuted": matched(centred(A) @ O, B[shuffled]),
        "accuracy": float(np.mean(right)),
    }


def numbers(values: Array) -> list[float | None]:
    """As JSON numbers of seven digits; null where there is no finite one."""
    return [float(f"{value:.7g}") if np.isfinite(value) else None for value in values]


def main(args: Args) -> None:
    """Train a pair of networks of each width on every seed, and write what was measured."""
    seeds = range(args.first_seed, args.first_seed + args.seeds)
    quantities: dict[str, list[Record]] = defaultdict(list)
    preconditions: dict[str, list[Record]] = defaultdict(list)
    means: dict[str, list[float]] = defaultdict(list)
    done = 0
    for n in WIDTHS:
        found = []
        for seed in seeds:
            found.append(measure(seed, n, STEPS[args.budget]))
            done += 1
            print(json.dumps({"progress": round(done / (len(seeds) * len(WIDTHS)), 4)}), flush=True)
        value = {name: numbers(np.array([of_seed[name] for of_seed in found])) for name in found[0]}
        for name in ("expected", "random", "untrained", "trained"):
            means[name].append(float(np.mean([of_seed[name] for of_seed in found])))

        condition: Record = {"width": n}
        rivals = {
            "the score does not depend on the width": value["narrowest"],
            "as the root of the width": value["root"],
        }
        row: Record = {"condition": condition, "measured": value["random"], "expected": value["expected"]}
        quantities["random_cka"].append({**row, "rivals": rivals})
        quantities["random_cka_of_permuted_images"].append(
            {"condition": condition, "measured": value["random permuted"]}
        )
        for state in ("trained", "untrained"):
            arm = {**condition, "state": state}
            quantities["cka"].append({"condition": arm, "measured": value[state]})
            row = {"condition": arm, "measured": value[f"{state} permuted"]}
            quantities["cka_of_permuted_images"].append(row)
        for basis in ("neurons", "rotated"):
            arm = {**condition, "basis": basis}
            quantities["matched_correlation"].append({"condition": arm, "measured": value[basis]})
            row = {"condition": arm, "measured": value[f"{basis} permuted"]}
            quantities["matched_correlation_of_permuted_images"].append(row)
        preconditions["accuracy"].append({"condition": condition, "measured": value["accuracy"]})

    unit = "CKA, mean over seeds, against the width"
    curves = [{"name": name, "x": list(WIDTHS), "y": numbers(np.array(y)), "unit": unit} for name, y in means.items()]
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
