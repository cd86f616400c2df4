"""The power spectrum of photographs falls as the inverse square of the frequency

Claim
    The power of natural images, averaged over orientations, falls with spatial frequency f as a power law f^-2.

Source
    Tolhurst, Tadmor & Chao, "Amplitude spectra of natural images", Ophthalmic & Physiological Optics 12(2), 1992
    (abstract only): others give amplitudes as f^-1; in 135 photographs slopes of single images ranged from -0.8 to -1.5
    about a mean of -1.2, and a quarter of them were curved. Power is the square: -2, and -1.6 to -3.

Equations (I is the luminance of a photograph in a window of N x N pixels, less its mean)
    (1)  p(k) = |sum_r h(r) I(r) exp(-2 pi i k.r/N)|^2,    h a Hann window in both directions
    (2)  power P(f) = mean of p(k) over f - 1/2 <= |k| < f + 1/2, in cycles per window
    (3)  P(f) ~ f^-alpha; the slope of log P on log f is -alpha

Command
    python scripts/image_spectrum.py --seeds 8 --first-seed 0 --budget quick --out result.json
    CPU seconds of one core for 5 seeds: smoke 2, quick 3, full 6 (estimates, the machine being shared).

Expected result (nothing was run before the declaration; the recorded runs are to say)
    power  slope between -3 and -1.6 in each photograph, if these are photographs like others

Departures from the source
    1. The two photographs that come with scikit-learn, a temple and a flower, stored as JPEG: no calibrated images.
    2. Luminance is 0.299 R + 0.587 G + 0.114 B of the stored values, whose response curve is not undone.
    3. A seed averages P over 4 windows (smoke 2, full 16) of N = 256 pixels at random places, which overlap: seeds
       measure how much the place matters, not how much photographs differ.
    4. Five frequencies, 4 to 64 cycles per window, an octave apart.
    5. The control are the same windows with their pixels shuffled.

Tuning history
    - Nothing was tuned: size, window and frequencies were written down before any run.
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
from sklearn.datasets import load_sample_image

PHOTOGRAPHS = ("china.jpg", "flower.jpg")
WINDOW = 256  # N
FREQUENCIES = (4, 8, 16, 32, 64)  # f
WINDOWS = {"smoke": 2, "quick": 4, "full": 16}

Array = NDArray[np.float64]
Record = dict[str, Any]


@dataclass
class Args:
    seeds: int = 8
    """number of seeds; each draws its own windows, anew for each photograph"""
    first_seed: int = 0
    """the first of them"""
    budget: Literal["smoke", "quick", "full"] = "quick"
    """windows that a seed averages over: smoke 2, quick 4, full 16"""
    out: Path = Path("result.json")
    """where the result is written"""


def luminance(name: str) -> Array:
    """A photograph as (rows, columns)."""
    return np.asarray(load_sample_image(name) @ np.array([0.299, 0.587, 0.114]), dtype=np.float64)


def spectrum(window: Array) -> Array:
    """Eq. 1, (N, N), in the order of numpy's fft."""
    h = np.hanning(len(window) + 1)[:-1]
    return np.asarray(np.abs(np.fft.fft2(h[:, None] * h * (window - window.mean()))) ** 2)


def radial(p: Array, frequencies: tuple[int, ...]) -> Array:
    """Eq. 2 at the frequencies."""
    k = np.fft.fftfreq(len(p), 1 / len(p))
    distance = np.hypot(k[:, None], k)
    return np.array([p[(f - 0.5 <= distance) & (distance < f + 0.5)].mean() for f in frequencies])


def measure(rng: np.random.Generator, image: Array, windows: int) -> tuple[Array, Array]:
    """Power at the frequencies, of windows and of the same with shuffled pixels, means over the windows."""
    power, shuffled = [], []
    for _ in range(windows):
        top, left = (int(rng.integers(size - WINDOW + 1)) for size in image.shape)
        window = image[top : top + WINDOW, left : left + WINDOW]
        power.append(radial(spectrum(window), FREQUENCIES))
        pixels = rng.permutation(window.ravel()).reshape(window.shape)
        shuffled.append(radial(spectrum(pixels), FREQUENCIES))
    return np.mean(power, axis=0), np.mean(shuffled, axis=0)


def numbers(values: Array) -> list[float | None]:
    """As JSON numbers of seven digits; null where there is no finite one."""
    return [float(f"{value:.7g}") if np.isfinite(value) else None for value in values]


def main(args: Args) -> None:
    """Take spectra of windows of each photograph on every seed, and write what was measured."""
    seeds = range(args.first_seed, args.first_seed + args.seeds)
    quantities: dict[str, list[Record]] = defaultdict(list)
    curves: list[Record] = []
    done = 0
    for number, name in enumerate(PHOTOGRAPHS):
        image = luminance(name)
        found = []
        for seed in seeds:
            found.append(measure(np.random.default_rng([seed, number]), image, WINDOWS[args.budget]))
            done += 1
            print(json.dumps({"progress": round(done / (len(seeds) * len(PHOTOGRAPHS)), 4)}), flush=True)
        power, shuffled = (np.array([of_seed[i] for of_seed in found]) for i in range(2))  # (seeds, FREQUENCIES)
        for i, f in enumerate(FREQUENCIES):
            condition: Record = {"photograph": name.removesuffix(".jpg"), "frequency": f}
            quantities["power"].append({"condition": condition, "measured": numbers(power[:, i])})
            quantities["power_of_shuffled_pixels"].append({"condition": condition, "measured": numbers(shuffled[:, i])})
        curve: Record = {"x": list(FREQUENCIES), "unit": "power against cycles per window"}
        square = power[0, 0] * (FREQUENCIES[0] / np.array(FREQUENCIES)) ** 2
        curves.append({"name": f"{name}, seed {seeds[0]}", **curve, "y": numbers(power[0])})
        curves.append({"name": f"{name}, inverse square", **curve, "y": numbers(square)})

    result = {
        "seeds": list(seeds),
        "quantities": quantities,
        "preconditions": {},
        "numerical_error": {},
        "curves": curves,
        "cpu_seconds": round(time.process_time(), 2),
    }
    args.out.write_text(json.dumps(result, indent=1, allow_nan=False) + "\n")


if __name__ == "__main__":
    main(tyro.cli(Args))
