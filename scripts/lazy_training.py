"""Wide networks, and networks of large output, train with a tangent kernel that hardly moves

Claim
    In a two-layer network in tangent-kernel parameterisation of width n, the relative change of the tangent kernel over
    training falls at least as n^{-1/2}; for smooth activations it falls as 1/n. The weights move by n^{-1/2} of their
    size, by just as much as those of the network linearised at its start. At fixed width, a large multiplier alpha of
    the output does the same: weights and kernel move by 1/alpha, and the kernel by 1/alpha^2 from a mirrored start.

Source
    Lee et al., "Wide neural networks of any depth evolve as linear models under gradient descent", NeurIPS 2019,
    arXiv:1902.06720 (the bound, and the movement of weights); Dyer & Gur-Ari, "Asymptotics of wide networks from
    Feynman diagrams", ICLR 2020, arXiv:1909.11304, and Huang & Yau, arXiv:1909.08156 (1/n); Chizat, Oyallon &
    Bach, "On lazy training in differentiable programming", NeurIPS 2019, arXiv:1812.07956 (the multiplier). Read no
    further than the declarations say. The mirrored start, Eq. 7, is derived here.

Equations (B = 12 images; X (B, d) with rows of norm sqrt(d), d = 64 pixels; W (n, d), a (n,), all N(0, 1) at the start)
    (1)  H = W X^T / sqrt(d), (n, B);    f = (alpha / sqrt(n)) a^T phi(H), (B,);    r = f - y
         L = |r|^2 / (2B)
    (2)  Theta = (phi(H)^T phi(H) + [phi'(H)^T diag(a^2) phi'(H)] * G) / n,    G = X X^T / d, both (B, B): the tangent
         kernel, without the factor alpha^2
    (3)  a' = a - (eta / (alpha B sqrt(n))) phi(H) r,
         W' = W - (eta / (alpha B sqrt(n))) [a_i phi'(H_ij) r_j] X / sqrt(d): gradient descent of step eta / alpha^2.
         W stays in W_0 + C X / sqrt(d) with C (n, B), so H = H_0 + C G, and |W - W_0|^2 = tr(C G C^T).
    (4)  alpha = 1 is the tangent-kernel parameterisation, and alpha = n^{-1/2} the mean-field one.
    (5)  The network linearised at its start has r_t = (1 - eta Theta_0 / B)^t r_0, and its weights have moved by
         |theta_t - theta_0|^2 = (r_t - r_0)^T Theta_0^{-1} (r_t - r_0) / alpha^2.
    (6)  Change of kernel: |Theta_t - Theta_0| / |Theta_0| (Frobenius). Movement: |theta_t - theta_0| / |theta_0|.
    (7)  Mirrored start: each neuron (a, w) has a partner (-a, w). Then f = 0, and to exchange alpha for -alpha is to
         exchange partners, which leaves the kernel as it is. So the kernel is even in alpha: its first-order change in
         1/alpha vanishes, and it moves by 1/alpha^2. Other starts are centred instead: f_0 is subtracted from f.

Command
    python scripts/lazy_training.py --seeds 8 --first-seed 0 --budget quick --out result.json
    CPU seconds of one core for 5 seeds: smoke 8, quick 38, full 150.

Expected result (what the pilots gave; the recorded runs are to say)
    ntk_relative_change          slopes of log on log width: -0.92 for tanh, -0.82 for relu; 0.07 at width 128
    parameter_movement           slopes -0.48 and -0.49; 0.05 at width 128
    movement_beside_linearised   0.985 to 1.004 of Eq. 5, nearer for wider networks; 0.8 in mean-field parameterisation
    kernel_change_by_scale       slope of log on log alpha -1.03
    movement_by_scale            slope -1.00
    kernel_change_mirrored       -2, says Eq. 7; not run before it was declared

Departures from the sources
    1. 12 of scikit-learn's digits (8 x 8 pixels), centred by the mean pixel and each scaled to norm sqrt(d); the target
       is +1 for an even digit and -1 for an odd one. No biases.
    2. Training ends when L <= 0.001 (times the square of the target's factor), or after 20000 steps. The step is
       eta = 0.25 B / (largest eigenvalue of Theta_0).
    3. Training follows H and C of Eq. 3, which is gradient descent on all weights and not an approximation.
    4. Each value of a seed is the geometric mean over some networks (smoke 1, quick 3, full 12), each on digits of its
       own, which are the same at all sizes of one law. In smoke training ends at L <= 0.05.
    5. Double precision, one thread.

Tuning history (pilots, on seeds 1000 and up only)
    - Tried first: one network at widths 128, 1024 and 4096, and alpha = 4 to 128, on 3 seeds; then 8 seeds of 3
      networks at widths 128 to 4096 (slopes -0.957 for tanh and -0.813 for relu, sd 0.04 and 0.06). That took 160 s of
      CPU: width 4096 was dropped for its cost. The rival of Eq. 5 was first the mean eigenvalue, whose ratio scatters
      by 0.1.
    - Then 5 seeds as below, with 3 and with 2 networks a seed (sd of the slopes 0.04 to 0.06, and 0.05 to 0.09); 3
      were kept.
    - Sine and swish, and the mirrored start, were not run at all before their predictions were declared.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read by the libraries when imported

import functools
import itertools
import json
import math
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import tyro
from numpy.typing import NDArray
from sklearn.datasets import load_digits

IMAGES = 12  # B
GOAL = {"smoke": 0.05, "quick": 1e-3, "full": 1e-3}  # train until L is this
LONGEST = 20000  # or for this many steps
STEP = 0.25  # eta over B / (largest eigenvalue of the kernel)
WIDTHS = (128, 256, 512, 1024, 2048)
SCALED_WIDTH, SCALES = 256, (8, 16, 32, 64, 128)  # alpha
LEADING = "all of the error along the leading eigenvector"  # a rival
NETWORKS = {"smoke": 1, "quick": 3, "full": 12}  # a seed

Array = NDArray[np.float64]
Record = dict[str, Any]


def tanh(h: Array) -> tuple[Array, Array]:
    """Value and slope, as of each activation."""
    value = np.tanh(h)
    return value, 1 - value**2


def relu(h: Array) -> tuple[Array, Array]:
    return np.maximum(h, 0), (h > 0).astype(np.float64)


def sine(h: Array) -> tuple[Array, Array]:
    return np.sin(h), np.cos(h)


def swish(h: Array) -> tuple[Array, Array]:
    gate = 1 / (1 + np.exp(-h))
    return h * gate, gate + h * gate * (1 - gate)


ACTIVATIONS = (tanh, relu, sine, swish)
CONTRASTED = (tanh, relu)  # trained in mean-field parameterisation too, one network a seed
Activation = Callable[[Array], tuple[Array, Array]]


@dataclass
class Args:
    seeds: int = 8
    """number of seeds; each draws its own digits, anew for each setting, and initial weights, anew for each size"""
    first_seed: int = 0
    """the first of them"""
    budget: Literal["smoke", "quick", "full"] = "quick"
    """networks a seed: smoke 1, trained less far, quick 3, full 12"""
    out: Path = Path("result.json")
    """where the result is written"""


class Start(NamedTuple):
    """The task, and a network at its start."""

    G: Array  # (B, B)
    y: Array  # (B,)
    a: Array  # (n,)
    H: Array  # (n, B)
    norm: float  # |theta_0|


class Trained(NamedTuple):
    """What training has made of a network."""

    change: float  # of the kernel, Eq. 6
    movement: float  # |theta_t - theta_0| / |theta_0|
    linearised: float  # the same by Eq. 5
    leading: float  # and with the largest eigenvalue of the kernel in the place of each
    loss: float  # L over the square of the target's factor
    course: list[float]  # change of the kernel after 0, 1, 2, 4, 8, ... steps


@functools.cache
def all_digits() -> Any:
    """The data set, read once."""
    return load_digits()


def images(seed: int, setting: int, network: int) -> tuple[Array, Array]:
    """12 digits: X (B, d), y (B,)."""
    rng = np.random.default_rng([seed, setting, network])
    digits = all_digits()
    chosen = rng.choice(len(digits.target), IMAGES, replace=False)
    x = digits.data[chosen] - digits.data[chosen].mean()
    x *= math.sqrt(x.shape[1]) / np.linalg.norm(x, axis=1, keepdims=True)
    return x, np.where(digits.target[chosen] % 2 == 0, 1.0, -1.0)


def draw(seed: int, setting: int, network: int, size: int, width: int, *, mirrored: bool = False) -> Start:
    """One network of a seed on its digits, in pairs of partners (Eq. 7) where it is mirrored."""
    x, y = images(seed, setting, network)
    rng = np.random.default_rng([seed, setting, network, size])
    a, W = rng.normal(size=width), rng.normal(size=(width, x.shape[1]))
    if mirrored:
        a[width // 2 :], W[width // 2 :] = -a[: width // 2], W[: width // 2]
    norm = math.sqrt((a**2).sum() + (W**2).sum())
    return Start(x @ x.T / x.shape[1], y, a, W @ x.T / math.sqrt(x.shape[1]), norm)


def kernel(a: Array, H: Array, G: Array, phi: Activation) -> Array:
    """Theta of Eq. 2, (B, B)."""
    value, slope = phi(H)
    back = a[:, None] * slope
    return np.asarray((value.T @ value + (back.T @ back) * G) / len(a))


def apart(theta: Array, other: Array) -> float:
    """How far another kernel is from `theta`, in units of `theta`, Eq. 6."""
    return float(np.linalg.norm(other - theta) / np.linalg.norm(theta))


def train(
    start: Start, phi: Activation, alpha: float, goal: float, *, centred: bool = False, factor: float = 1.0
) -> Trained:
    """Gradient descent, Eq. 3, from `start` on `factor` times y, until the loss is `goal` times its square."""
    G, a, H, n = start.G, start.a, start.H, len(start.a)
    C = np.zeros_like(H)
    theta = kernel(a, H, G, phi)
    eigenvalues, vectors = np.linalg.eigh(theta)
    eta = STEP * IMAGES / eigenvalues[-1]
    y = factor * start.y + (alpha / math.sqrt(n) * a @ phi(H)[0] if centred else 0)
    first, course = None, []
    for step in range(LONGEST + 1):
        value, slope = phi(H)  # (n, B) each
        r = alpha / math.sqrt(n) * a @ value - y  # (B,), Eq. 1
        first = r if first is None else first
        loss = float(r @ r) / (2 * IMAGES) / factor**2
        if step & (step - 1) == 0:
            course.append(apart(theta, kernel(a, H, G, phi)))
        if loss <= goal or not math.isfinite(loss):
            break
        pull = eta / (alpha * IMAGES * math.sqrt(n))
        a, C = a - pull * value @ r, C - pull * a[:, None] * slope * r  # both from the old a
        H = start.H + C @ G
    by_mode = -np.expm1(step * np.log1p(-eta * eigenvalues / IMAGES)) * (vectors.T @ first)  # r_0 - r_t of Eq. 5
    return Trained(
        change=apart(theta, kernel(a, H, G, phi)),
        movement=math.sqrt(((a - start.a) ** 2).sum() + ((C @ G) * C).sum()) / start.norm,
        linearised=math.sqrt((by_mode**2 / eigenvalues).sum()) / alpha / start.norm,
        leading=math.sqrt((by_mode**2).sum() / eigenvalues[-1]) / alpha / start.norm,
        loss=loss,
        course=course,
    )


def numbers(values: Array) -> list[float | None]:
    """As JSON numbers of seven digits; null where training diverged."""
    return [float(f"{value:.7g}") if np.isfinite(value) else None for value in values]


def geometric(values: Iterable[float]) -> float:
    """Geometric mean over the networks of a seed."""
    return float(np.exp(np.mean(np.log(list(values)))))


def figure(changes: dict[str, list[float]], seed: int) -> list[Record]:
    """Curves of the kernel's change over the sizes of each law, and of the powers that are predicted."""
    shown: list[tuple[str, Array, tuple[int, ...]]] = []
    for law, values in changes.items():
        shown.append((law, np.array(values), SCALES if "scale" in law else WIDTHS))
    for start, powers in {"tanh": (-1, -0.5), "output scale": (-1,), "output scale, mirrored start": (-2,)}.items():
        for power in powers:
            sizes = SCALES if "scale" in start else WIDTHS
            line = changes[start][0] * (np.array(sizes) / sizes[0]) ** power
            shown.append((f"power {power} from the first of {start}", line, sizes))
    return [
        {
            "name": f"{name}, seed {seed}",
            "x": list(sizes),
            "y": numbers(values),
            "unit": f"relative change of the kernel against {'output scale' if sizes == SCALES else 'width'}",
        }
        for name, values, sizes in shown
    ]


def main(args: Args) -> None:
    """Train every network of every seed, and write what was measured."""
    seeds = range(args.first_seed, args.first_seed + args.seeds)
    networks, goal = range(NETWORKS[args.budget]), GOAL[args.budget]
    quantities: dict[str, list[Record]] = defaultdict(list)
    preconditions: dict[str, list[Record]] = defaultdict(list)
    settings, done = len(ACTIVATIONS) * len(WIDTHS) + len(SCALES), itertools.count(1)
    changes: dict[str, list[float]] = defaultdict(list)  # of the first seed, by law, for the figure

    def means(runs: list[list[Trained]], field: str) -> list[float | None]:
        """A field of `Trained`, one value a seed."""
        return numbers(np.array([geometric(getattr(run, field) for run in of_seed) for of_seed in runs]))

    def record(name: str, condition: Record, runs: list[list[Trained]], field: str, **others: Any) -> None:
        quantities[name].append({"condition": condition, "measured": means(runs, field), **others})

    def worst(runs: list[list[Trained]]) -> list[float | None]:
        return numbers(np.array([max(run.loss for run in of_seed) for of_seed in runs]))

    for setting, phi in enumerate(ACTIVATIONS):
        for n in WIDTHS:
            condition: Record = {"activation": phi.__name__, "width": n}
            starts = [[draw(seed, setting, k, n, n) for k in networks] for seed in seeds]
            runs = [[train(start, phi, 1.0, goal) for start in of_seed] for of_seed in starts]
            record("ntk_relative_change", condition, runs, "change")
            record("parameter_movement", condition, runs, "movement")
            linearised = {"expected": means(runs, "linearised"), "rivals": {LEADING: means(runs, "leading")}}
            record("movement_beside_linearised", condition, runs, "movement", **linearised)
            preconditions["final_loss"].append({"condition": condition, "measured": worst(runs)})
            untrained = [
                geometric(
                    apart(kernel(s.a, s.H, s.G, phi), kernel(o.a, o.H, o.G, phi))
                    for k, s in zip(networks, of_seed, strict=True)
                    for o in [draw(seed, setting, k, n + 1, n)]  # other weights on the same digits
                )
                for seed, of_seed in zip(seeds, starts, strict=True)
            ]
            quantities["ntk_difference_untrained"].append(
                {"condition": condition, "measured": numbers(np.array(untrained))}
            )
            changes[phi.__name__].append(geometric(run.change for run in runs[0]))
            if phi in CONTRASTED:
                runs = [[train(start, phi, n**-0.5, goal) for start in of_seed[:1]] for of_seed in starts]
                record("ntk_relative_change_mean_field", condition, runs, "change")
                record("parameter_movement_mean_field", condition, runs, "movement")
                expected = means(runs, "linearised")
                record("movement_beside_linearised_mean_field", condition, runs, "movement", expected=expected)
                changes[f"{phi.__name__} in mean-field parameterisation"].append(
                    geometric(run.change for run in runs[0])
                )
            print(json.dumps({"progress": round(next(done) / settings, 4)}), flush=True)
    for alpha in SCALES:
        condition = {"scale": alpha}
        centred = [[draw(seed, 10, k, alpha, SCALED_WIDTH) for k in networks] for seed in seeds]
        runs = [[train(start, tanh, alpha, goal, centred=True) for start in of_seed] for of_seed in centred]
        with_target = [
            [train(start, tanh, alpha, goal, centred=True, factor=alpha) for start in of_seed] for of_seed in centred
        ]
        for name, field in (("kernel_change", "change"), ("movement", "movement")):
            record(f"{name}_by_scale", condition, runs, field)
            record(f"{name}_by_scale_of_output_and_target", condition, with_target, field)
        preconditions["final_loss_by_scale"].append({"condition": condition, "measured": worst(runs)})
        pairs = [[draw(seed, 11, k, alpha, SCALED_WIDTH, mirrored=True) for k in networks] for seed in seeds]
        mirrored = [[train(start, tanh, alpha, goal) for start in of_seed] for of_seed in pairs]
        record("kernel_change_mirrored", condition, mirrored, "change")
        preconditions["final_loss_mirrored"].append({"condition": condition, "measured": worst(mirrored)})
        changes["output scale"].append(geometric(run.change for run in runs[0]))
        changes["output scale, mirrored start"].append(geometric(run.change for run in mirrored[0]))
        print(json.dumps({"progress": round(next(done) / settings, 4)}), flush=True)
    curves = figure(changes, seeds[0])

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
