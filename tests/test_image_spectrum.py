"""Spectra of photographs: waves and noise of known spectrum, and the windows."""

from __future__ import annotations

import numpy as np
import pytest

from tests import experiment

script = experiment.load("image_spectrum")


def test_a_wave_has_its_power_at_its_frequency() -> None:
    """A plane wave of 16 cycles stands out there by far, whatever its direction, and the mean does not count."""
    y, x = np.mgrid[: script.WINDOW, : script.WINDOW] / script.WINDOW
    for wave in (np.cos(2 * np.pi * 16 * x), np.sin(2 * np.pi * 16 * y) + 100):
        power = script.radial(script.spectrum(wave), script.FREQUENCIES)
        assert power.argmax() == 2
        assert power[2] > 1e6 * max(power[0], power[4])


@pytest.mark.parametrize("alpha", [0.0, 2.0, 3.0])
def test_noise_of_a_known_spectrum_has_its_slope(alpha: float) -> None:
    """White noise filtered to f^-alpha gives that slope over the five frequencies."""
    rng, n = np.random.default_rng(2000), 1024
    k = np.fft.fftfreq(n, 1 / n)
    distance = np.hypot(k[:, None], k)
    distance[0, 0] = 1
    image = np.fft.ifft2(np.fft.fft2(rng.normal(size=(n, n))) * distance ** (-alpha / 2)).real
    power, shuffled = script.measure(rng, image, 16)
    logs = np.log(script.FREQUENCIES)
    assert np.polyfit(logs, np.log(power), 1)[0] == pytest.approx(-alpha, abs=0.15)
    assert np.polyfit(logs, np.log(shuffled), 1)[0] == pytest.approx(0, abs=0.1)


def test_rings_hold_the_frequencies_about_them() -> None:
    """Where each place holds its own distance, every ring has the mean distance of its frequency."""
    k = np.fft.fftfreq(64, 1 / 64)
    assert script.radial(np.hypot(k[:, None], k), (4, 8, 16)) == pytest.approx([4, 8, 16], rel=0.03)


def test_luminance_of_a_photograph() -> None:
    """It has the photograph's size, and lies between the least and the largest of its colours."""
    from sklearn.datasets import load_sample_image

    colours, found = load_sample_image("china.jpg"), script.luminance("china.jpg")
    assert found.shape == colours.shape[:2]
    assert (colours.min(axis=2) - 1e-9 <= found).all()
    assert (found <= colours.max(axis=2) + 1e-9).all()
