"""Skills used along a power law give a smaller exponent in data than in parameters, in a model without a network

Claim
    If a model learns discrete skills in the order of their use, and the k-th is used with frequency proportional to
    k^{-(a+1)}, then the loss falls as N^{-a} in the number N of skills that it can hold, and as D^{-a/(1+a)} in the
    number D of examples, where a skill is learned once it is seen often enough.

Source
    Michaud, Liu, Girit & Tegmark, "The quantization model of neural scaling", NeurIPS 2023, arXiv:2303.13506 (read
    second-hand). Michaud, "On neural scaling and the quanta hypothesis", learningmechanics.pub/quanta, 2026, follows
    the hypothesis as Eqs. 1 to 3 do. Eq. 4, with examples drawn at random, is elementary.

Equations (skills k = 1, 2, ... without end; zeta(s, q) = sum over k >= 0 of (k + q)^{-s})
    (1)  use p_k = k^{-(a+1)} / zeta(a + 1, 1);  excess loss = use of the skills that are not learned
    (2)  the first N are learned: L = zeta(a + 1, N + 1) / zeta(a + 1, 1), about N^{-a}
    (3)  a skill is learned where D p_k >= threshold: the first N(D) = (D / (threshold zeta(a + 1, 1)))^{1/(a+1)} are,
         rounded down; so L falls as D^{-a/(1+a)}
    (4)  D examples drawn with probabilities p_k, a skill learned once seen: L is the use of all others, whose mean
         falls with the same exponent as that of Eq. 3

Command
    python scripts/quanta_model.py --seeds 8 --first-seed 0 --budget quick --out result.json
    CPU seconds of one core for 5 seeds: smoke 2, quick 3, full 5.

Expected result (what the pilots gave; the recorded runs are to say)
    slopes: -0.497 and -0.993 in skills, -0.333 and -0.505 in examples over the threshold, -0.330 and -0.505 in examples
    drawn, for a = 0.5 and 1
    a = 2 was not run before it was declared.

Departures from the sources
    1. No network is trained: Eqs. 2 and 3 check the algebra, Eq. 4 how far chance changes it.
    2. The threshold is 10 examples in Eq. 3, and 1 in Eq. 4.
    3. A value of Eq. 4 is the mean over 5 sets of examples a seed (1 in smoke, 30 in full).

Tuning history (pilots, on seeds 1000 and up only)
    - One setting was tried, the one below, and kept.
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
from scipy.special import zeta

POWERS = (0.5, 1.0, 2.0)  # a
THRESHOLD = 10  # of Eq. 3
SIZES = (1000, 10000, 100000, 1000000)  # D
HELD = (10, 100, 1000, 10000)  # N
SAMPLES = (1000, 4000, 16000, 64000)  # D of Eq. 4
DRAWS = {"smoke": 1, "quick": 5, "full": 30}  # sets of examples a seed

Array = NDArray[np.float64]
Record = dict[str, Any]


@dataclass
class Args:
    seeds: int = 8
    """number of seeds; each draws its own examples, anew for each setting"""
    first_seed: int = 0
    """the first of them"""
    budget: Literal["smoke", "quick", "full"] = "quick"
    """sets of examples a seed: smoke 1, quick 5, full 30"""
    out: Path = Path("result.json")
    """where the result is written"""


def unlearned(a: float, learned: int) -> float:
    """Eq. 2: the use of all skills after the first `learned`."""
    return float(zeta(a + 1, learned + 1) / zeta(a + 1, 1))


def reached(a: float, examples: int) -> int:
    """N(D) of Eq. 3."""
    return int((examples / (THRESHOLD * zeta(a + 1, 1))) ** (1 / (a + 1)))


def unseen(rng: np.random.Generator, a: float, examples: int) -> float:
    """Eq. 4 with threshold 1: the use of the skills that none of the examples uses."""
    seen = np.unique(rng.zipf(a + 1, examples).astype(np.float64))
    seen = seen[seen > 0]  # ranks beyond the integers wrap around; their use is below rounding
    return float(1 - (seen ** -(a + 1)).sum() / zeta(a + 1, 1))


def numbers(values: Array | list[float]) -> list[float | None]:
    """As JSON numbers of seven digits; null where there is none."""
    return [float(f"{value:.7g}") if np.isfinite(value) else None for value in values]


def main(args: Args) -> None:
    """Compute the model's losses, and measure them on drawn examples for every seed."""
    seeds = range(args.first_seed, args.first_seed + args.seeds)
    quantities: dict[str, list[Record]] = defaultdict(list)
    curves: list[Record] = []
    done, to_do = 0, len(POWERS) * len(SAMPLES) * len(seeds)
    for setting, a in enumerate(POWERS):
        for n in HELD:
            row = {"condition": {"a": a, "skills": n}, "measured": numbers([unlearned(a, n)] * len(seeds))}
            quantities["excess_loss_in_skills"].append(row)
        for d in SIZES:
            row = {"condition": {"a": a, "samples": d}, "measured": numbers([unlearned(a, reached(a, d))] * len(seeds))}
            quantities["excess_loss"].append(row)
            # the control holds as many skills as there are examples over the threshold, whatever their use
            row = {
                "condition": {"a": a, "samples": d},
                "measured": numbers([unlearned(a, d // THRESHOLD)] * len(seeds)),
            }
            quantities["excess_loss_of_equal_shares"].append(row)
        for d in SAMPLES:
            measured, uniform = [], []
            for seed in seeds:
                rng = np.random.default_rng([seed, setting, d])
                measured.append(float(np.mean([unseen(rng, a, d) for _ in range(DRAWS[args.budget])])))
                seen = len(np.unique(rng.integers(SAMPLES[-1], size=d)))  # skills of equal use
                uniform.append(1 - seen / SAMPLES[-1])
                done += 1
                print(json.dumps({"progress": round(done / to_do, 4)}), flush=True)
            condition = {"a": a, "samples": d}
            quantities["unseen_use"].append({"condition": condition, "measured": numbers(measured)})
            quantities["unseen_use_of_equal_skills"].append({"condition": condition, "measured": numbers(uniform)})
        for name, sizes, rows in (("Eq. 3", SIZES, "excess_loss"), ("Eq. 4", SAMPLES, "unseen_use")):
            values = [row["measured"][0] for row in quantities[rows] if row["condition"]["a"] == a]
            shown: Record = {"name": f"a = {a}, {name}, seed {seeds[0]}", "x": list(sizes), "y": values}
            curves.append({**shown, "unit": "excess loss against examples"})

    result = {
        "seeds": list(seeds),
        "quantities": quantities,
        "preconditions": {},
        "numerical_error": {name: 1e-7 for name in quantities if name.startswith("excess_loss")},
        "curves": curves,
        "cpu_seconds": round(time.process_time(), 2),
    }
    args.out.write_text(json.dumps(result, indent=1, allow_nan=False) + "\n")


if __name__ == "__main__":
    main(tyro.cli(Args))
