"""A folder in which the processes of one run of the tests keep small runs of the scripts, for one another."""

from __future__ import annotations

import os
import shutil
import tempfile

import pytest

from tests import experiment


def pytest_configure(config: pytest.Config) -> None:
    """Made by the process that hands out the tests; the others inherit its environment."""
    if not hasattr(config, "workerinput"):
        os.environ[experiment.SHARED] = tempfile.mkdtemp(prefix="kg-smoke-")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(experiment.SHARED), ignore_errors=True)
