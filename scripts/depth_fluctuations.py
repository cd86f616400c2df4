"""Depth over width sets how much random networks differ in the size of what they compute

Claim
    Take random networks of L layers of n neurons, scaled so that the mean square of a neuron keeps its value. The log
    of the squared norm of the last layer then scatters from network to network with a variance of 5 L/n for ReLU and
    2 L/n for linear networks, and the typical network shrinks its input although the mean one does not. At any width
    the law is exact, layer by layer, once it is written for finite n.

Source
    Hanin & Nica, "Products of many large random matrices and gradients in deep neural networks", Commun. Math. Phys.
    376, 287 (2020), arXiv:1812.05994: only the abstract was read (log norms are asymptotically Gaussian as depth and
    width grow together). The constants 5 and 2 and the exact law, Eqs. 3 to 5, are derived here.

Equations (n = width, L = depth, a = slope of the activation for negative inputs: 0 ReLU, 1 linear, -1 absolute value)
    (1)  x_{l+1} = W_l h_l,    h_{l+1} = phi(x_{l+1}),    phi(x) = x for x > 0 and a x for x < 0,
         W_l (n, n) with independent entries N(0, 2 / ((1 + a^2) n)),    measured: R = log(|h_L|^2 / |h_0|^2)
    (2)  Given h_l, x_{l+1} is Gaussian in all directions alike, of variance s = 2 |h_l|^2 / ((1 + a^2) n) an entry. So
         R is a sum of L independent terms of one law, and its mean and variance are L times those of a term.
    (3)  |h_{l+1}|^2 = s Q (a^2 + (1 - a^2) B), with Q = |x|^2 / s chi-squared of n degrees, and B the share of |x|^2 in
         positive entries, independent of Q. Of n entries k ~ Binomial(n, 1/2) are positive, and given k,
         B ~ Beta(k/2, (n - k)/2).
    (4)  A term has mean log(4 / ((1 + a^2) n)) + psi(n/2) + E log(a^2 + (1 - a^2) B) and variance
         psi'(n/2) + Var log(a^2 + (1 - a^2) B). For a = 0 networks with k = 0 in a layer compute nothing: R is taken
         over those that survive, and k over 1, ..., n.
    (5)  For large n the variance of a term is c/n with c = 6 (1 + a^4)/(1 + a^2)^2 - 1, and its mean is -c/(2n):
         c = 5 for ReLU, 2 for a = 1 and a = -1.

Command
    python scripts/depth_fluctuations.py --seeds 8 --first-seed 0 --budget quick --out result.json
    CPU seconds of one core for 5 seeds: smoke 3, quick 30, full 300. With --width and --depth, quick: 3 or less.
    Over 60 CPU s in quick: 97 at 16 seeds (on a busy machine), as the variances at widths 4 to 16 are decided by the
    last look only: a variance of 2000 networks scatters by 3 % by itself, and the tolerance is 6 %.

Expected result (what the pilots gave; the recorded runs are to say)
    variance_of_log_norm         0.96 to 0.97 of 5 L/n at width 128, 0.99 to 1.02 of Eq. 4 at widths 32 and 64; sd
                                 0.03 to 0.07 over 3 seeds
    mean_of_log_norm             1.00 of Eq. 4 at width 32, sd 0.01 and 0.03
    variance_of_log_norm_linear  0.99 of Eq. 4 at (32, 32) and (64, 16), sd 0.06 to 0.08

Departures from the source
    1. Every layer, the first one too, has n neurons and n inputs; the input is a fixed direction. No biases.
    2. The last layer is taken after its activation.
    3. Weights that meet only neurons at zero are not drawn: the activations of a network are sorted, which its
       exchangeable weights do not notice, and columns beyond the last non-zero one of a batch are left out.
    4. As many networks a seed as a number of weights allows, at most 10000: about 2000 at width 32 and depth 32 in
       quick, and 500 at 128 and 8.
    5. Single precision for weights and activations, double for logs. One thread.

Tuning history (pilots, on seeds 1000 and up only)
    - One setting was tried, the one below, on 3 seeds, without widths 4 to 16 and without the slopes -1 and 0.5: these
      were not run before their predictions were declared. No number of networks was changed after it.
    - The mean at width 64 and depth 16 was left out of its prediction: its error is 0.1 of itself there.
    - The first recorded run gave its controls an expected value of their own, against which they were held, and agreed:
      five predictions could not be decided for that. Controls are emitted without one since; no draw has changed.
    - Width 64 and depth 64, and depths above 8 at width 128, were left out before any run, for their cost.
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
from scipy.special import digamma, polygamma, roots_jacobi
from scipy.stats import binom

# (width, depth)
WIDE = ((128, 4), (128, 8))
EXACT = ((32, 32), (32, 64), (64, 16))
NARROW = tuple((n, depth) for n in (4, 8, 16) for depth in (8, 16))
SLOPED = ((-1.0, 32, 16), (0.5, 32, 16))  # a, width, depth
LINEAR = ((32, 32), (64, 16))
WEIGHTS = {"smoke": 1e6, "quick": 4e7, "full": 4e8}  # drawn for a condition of a seed
CONTROL = 0.25  # share of that for a control
CONTROLS = {  # networks of one kind as the control of another
    "log_norm": "log_norm_relu_beside_linear",
    "log_norm_linear": "log_norm_linear_beside_relu",
    "log_norm_of_relu": "log_norm_relu_beside_slope",
}
MOST = 10_000  # networks
BATCH = 2_000_000  # weights at once
NODES = 80  # of a quadrature

Array = NDArray[np.float64]
Record = dict[str, Any]


@dataclass
class Args:
    seeds: int = 8
    """number of seeds; each draws its own networks, anew for each setting"""
    first_seed: int = 0
    """the first of them"""
    budget: Literal["smoke", "quick", "full"] = "quick"
    """weights drawn for a setting of a seed: smoke 10^6, quick 4 10^7, full 4 10^8"""
    out: Path = Path("result.json")
    """where the result is written"""
    width: int | None = None
    """measure ReLU networks of this width and of the given depth alone, for a map"""
    depth: int | None = None
    """measure ReLU networks of this depth and of the given width alone, for a map"""


def law(width: int, slope: float) -> tuple[float, float]:
    """Mean and variance of the log of the squared norm's factor in one layer, Eq. 4."""
    positive = np.arange(1 if slope == 0 else 0, width + 1)  # k
    share = binom.pmf(positive, width, 0.5)
    share /= share.sum()
    means, squares = np.zeros(len(positive)), np.zeros(len(positive))  # of log(a^2 + (1 - a^2) B), given k
    for place, k in enumerate(positive):
        if k in (0, width):
            means[place] = np.log(slope**2 if k == 0 else 1.0)
            squares[place] = means[place] ** 2
        elif slope == 0:  # E log B and Var log B of a beta law
            means[place] = digamma(k / 2) - digamma(width / 2)
            squares[place] = means[place] ** 2 + polygamma(1, k / 2) - polygamma(1, width / 2)
        else:
            node, weight = roots_jacobi(NODES, (width - k) / 2 - 1, k / 2 - 1)
            logs = np.log(slope**2 + (1 - slope**2) * (1 + node) / 2)
            means[place] = logs @ weight / weight.sum()
            squares[place] = logs**2 @ weight / weight.sum()
    mean = float(share @ means)
    variance = float(share @ squares) - mean**2 + float(polygamma(1, width / 2))
    return float(np.log(4 / ((1 + slope**2) * width)) + digamma(width / 2)) + mean, variance


def log_norms(rng: np.random.Generator, width: int, depth: int, slope: float, networks: int) -> Array:
    """R of Eq. 1 for so many networks after each layer, (networks, depth); -inf from where one computes nothing."""
    found = np.empty((networks, depth))
    scale = np.float32(np.sqrt(2 / ((1 + slope**2) * width)))
    size = max(1, BATCH // width**2)
    for first in range(0, networks, size):
        batch = slice(first, min(first + size, networks))
        h = np.zeros((batch.stop - batch.start, width), dtype=np.float32)
        h[:, 0] = 1
        shift = np.zeros(len(h))  # log of the norm taken out, so that nothing under- or overflows
        for layer in range(depth):
            h = -np.sort(-np.abs(h), axis=1)[:, : max(1, int((h != 0).sum(axis=1).max()))]  # departure 3
            x = scale * (rng.standard_normal((len(h), width, h.shape[1]), dtype=np.float32) @ h[:, :, None])[:, :, 0]
            h = np.where(x > 0, x, np.float32(slope) * x)
            norm = np.sqrt((h.astype(np.float64) ** 2).sum(axis=1))
            with np.errstate(divide="ignore"):
                shift += 2 * np.log(norm)
            found[batch, layer] = shift
            h /= np.where(norm > 0, norm, 1).astype(np.float32)[:, None]
    return found


def measure(
    seed: int, place: tuple[int, int, float], weights: float, *, setting: int = 0
) -> tuple[float, float, float, Array]:
    """One setting of a seed: variance and mean of R over the networks that survive, their share, and R by layer."""
    width, depth, slope = place
    columns = 0.6 if slope == 0 else 1.0  # drawn, about: departure 3
    networks = int(min(MOST, max(20, weights / (columns * width**2 * depth))))
    rng = np.random.Generator(np.random.SFC64([seed, width, depth, round(100 * slope) + 1000, setting]))
    logs = log_norms(rng, width, depth, slope, networks)
    alive = np.isfinite(logs[:, -1])
    return float(logs[alive, -1].var(ddof=1)), float(logs[alive, -1].mean()), float(alive.mean()), logs[alive]


def numbers(values: Array) -> list[float | None]:
    """As JSON numbers of seven digits; null where too few networks survive."""
    return [float(f"{value:.7g}") if np.isfinite(value) else None for value in values]


def main(args: Args) -> None:
    """Draw the networks of every setting and seed, and write what was measured."""
    seeds = range(args.first_seed, args.first_seed + args.seeds)
    weights = WEIGHTS[args.budget]
    quantities: dict[str, list[Record]] = defaultdict(list)
    preconditions: dict[str, list[Record]] = defaultdict(list)
    curves: list[Record] = []
    relu = [*WIDE, *EXACT, *NARROW]
    jobs: list[tuple[str, Record, tuple[int, int, float], float]]  # quantity, condition, setting, weights
    if args.width is not None and args.depth is not None:
        place = (args.width, args.depth, 0.0)
        jobs = [("log_norm", {"width": args.width, "depth": args.depth}, place, weights)]
    else:
        jobs = [("log_norm", {"width": n, "depth": depth}, (n, depth, 0.0), weights) for n, depth in relu]
        jobs += [("log_norm_linear", {"width": n, "depth": d}, (n, d, 1.0), CONTROL * weights) for n, d in WIDE]
        jobs += [
            (
                "log_norm_linear",
                {"width": n, "depth": d},
                (n, d, 1.0),
                weights if (n, d) in LINEAR else CONTROL * weights,
            )
            for n, d in (*EXACT, *NARROW)
        ]
        for slope, n, depth in SLOPED:
            condition = {"slope": slope, "width": n, "depth": depth}
            jobs.append(("log_norm_by_slope", condition, (n, depth, slope), weights))
            jobs.append(("log_norm_of_relu", condition, (n, depth, 0.0), CONTROL * weights))

    for done, (name, condition, place, drawn) in enumerate(jobs, start=1):
        found = [measure(seed, place, drawn, setting=int(name == "log_norm_of_relu")) for seed in seeds]
        mean, variance = law(place[0], place[2])
        for of, values, exact in (
            ("variance", [of_seed[0] for of_seed in found], variance),
            ("mean", [of_seed[1] for of_seed in found], mean),
        ):
            expected = numbers(np.full(len(seeds), place[1] * exact))
            row = {"condition": condition, "measured": numbers(np.array(values))}
            quantities[f"{of}_of_{name}"].append({**row, "expected": expected})
            if name in CONTROLS:
                quantities[f"{of}_of_{CONTROLS[name]}"].append(row)  # held against the law of what it is a control of
        share = numbers(np.array([of_seed[2] for of_seed in found]))
        preconditions[f"surviving_share_of_{name}"].append({"condition": condition, "measured": share})
        if name == "log_norm" and (place[:2] in (WIDE[-1], *EXACT) or len(jobs) == 1):
            depths = np.arange(1, place[1] + 1)
            shown = {
                "measured": found[0][3].var(axis=0, ddof=1),
                "Eq. 4": depths * variance,
                "5 L/n": depths * 5 / place[0],
            }
            for what, y in shown.items():
                curves.append(
                    {
                        "name": f"width {place[0]}, {what}, seed {seeds[0]}",
                        "x": depths.tolist(),
                        "y": numbers(y),
                        "unit": "variance of log squared norm against depth",
                    }
                )
        print(json.dumps({"progress": round(done / len(jobs), 4)}), flush=True)

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
