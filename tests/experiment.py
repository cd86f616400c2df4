"""Reproduction scripts in tests: as modules, and as small runs of their own."""

from __future__ import annotations

import fcntl
import functools
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPTS = Path(__file__).parents[1] / "scripts"
NAMES = sorted(path.stem for path in SCRIPTS.glob("*.py"))
SEED = 2000  # lower seeds are kept for recorded runs and pilots
SHARED = "KG_SMOKE_RUNS"
"""The variable that names the folder in which one run of the tests keeps what it measured (tests/conftest.py)."""
THREADS = ("JAX_PLATFORMS", "XLA_FLAGS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")


@functools.cache
def load(name: str) -> ModuleType:
    """The script as a module; what it sets in the environment is taken back."""
    spec = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as environment:
        for variable in THREADS:
            environment.setenv(variable, os.environ.get(variable, ""))
        environment.setitem(sys.modules, name, module)  # dataclasses look their module up
        spec.loader.exec_module(module)
    return module


@functools.cache
def smoke(name: str) -> tuple[dict[str, Any], list[str]]:
    """The result and the lines on stdout of a smoke run of two seeds, isolated as in the sandbox. Do not change it."""
    return _runs(name)[0]


def smoke_alone(name: str) -> dict[str, Any]:
    """The result of a smoke run of the second of the two seeds by itself."""
    return _runs(name)[1][0]


@functools.cache
def _runs(name: str) -> tuple[tuple[dict[str, Any], list[str]], tuple[dict[str, Any], list[str]]]:
    """Both runs; where several processes share the tests, the first that asks makes them for all."""
    folder = Path(os.environ[SHARED])
    with open(folder / f"{name}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = folder / f"{name}.json"
        if not kept.exists():
            kept.write_text(json.dumps(_both(name)), encoding="utf-8")
        together, alone = json.loads(kept.read_text(encoding="utf-8"))
        return (together[0], together[1]), (alone[0], alone[1])


def _both(name: str) -> tuple[tuple[dict[str, Any], list[str]], tuple[dict[str, Any], list[str]]]:
    """A run of two seeds and one of the second of them, side by side."""
    with ThreadPoolExecutor(2) as both:
        together, alone = both.submit(_run, name, 2, SEED), both.submit(_run, name, 1, SEED + 1)
        return together.result(), alone.result()


def _run(name: str, seeds: int, first_seed: int) -> tuple[dict[str, Any], list[str]]:
    with tempfile.TemporaryDirectory() as folder:
        options = f"--seeds {seeds} --first-seed {first_seed} --budget smoke --out result.json".split()
        command = [sys.executable, "-P", "-s", str(SCRIPTS / f"{name}.py"), *options]
        environment = {"PYTHONHASHSEED": "0"}
        ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        return json.loads((Path(folder) / "result.json").read_text()), ran.stdout.splitlines()
