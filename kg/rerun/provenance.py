"""Under which circumstances a run was made: code, data, versions, machine. Never who or where.

Nothing here holds a user name, a host name or a path of the machine; ``anonymous`` takes the paths out of text.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import importlib.metadata
import os
import platform
import sys
import tempfile
from pathlib import Path
from typing import Any

from kg import git, mapfiles, runs
from kg.rerun import sandbox
from kg.rerun.watchdog import Limits

STACK = ("jax", "jaxlib", "numpy", "pillow", "scikit-learn", "scipy", "tyro")
"""The packages that scripts compute with (the ``reproduce`` extra, and jaxlib, which does jax's arithmetic)."""

_WRITTEN_BY_RUNS = (runs.RECORDED, mapfiles.RECORDED, "scripts/README.md")


def circumstances(root: Path, script: str, limits: Limits, sandboxed: bool) -> dict[str, Any]:
    """What is known before a run: hashes of data and environment, commit, machine, limits, sandbox.

    The script's own hash is not among them: it is taken from the bytes that run.
    """
    installed = {d.metadata["Name"].lower(): d.version for d in importlib.metadata.distributions()}
    freeze = "\n".join(f"{name}=={version}" for name, version in sorted(installed.items()))
    return {
        "data_sha256": runs.data_sha256(root, script),
        **_commit(root),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "platform": f"{platform.system()} {platform.release()} {platform.machine()} {'-'.join(platform.libc_ver())}",
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "blas": _blas(),
        "threads": 1,
        "packages": {name: installed[name] for name in STACK if name in installed},
        "freeze_sha256": hashlib.sha256(freeze.encode()).hexdigest(),
        "limits": limits.as_json(),
        "sandbox": {"kind": "bubblewrap", "version": sandbox.version()} if sandboxed else {"kind": "none"},
    }


def _commit(root: Path) -> dict[str, Any]:
    """The commit of ``root`` and whether anything but recorded runs, and their list, differs from it.

    Both None outside git.
    """
    head = _git(root, "rev-parse", "--verify", "HEAD")
    changes = _git(root, "status", "--porcelain", "--", ".", *(f":(exclude){path}" for path in _WRITTEN_BY_RUNS))
    return {"commit": head or None, "dirty": bool(changes) if head and changes is not None else None}


def _git(root: Path, *arguments: str) -> str | None:
    try:
        return git.ask(root, *arguments).decode("utf-8", "backslashreplace").strip()
    except git.GitError:
        return None


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(errors="replace").splitlines()
    except OSError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def _blas() -> list[dict[str, str]]:
    """Name, version and core type of each BLAS that numpy and scipy load; sums depend on them in the last digits."""
    try:
        importlib.import_module("numpy")
        importlib.import_module("scipy.linalg")
        threadpool_info = importlib.import_module("threadpoolctl").threadpool_info
    except ImportError:
        return []
    kept = ("internal_api", "version", "architecture")
    return [{key: str(info[key]) for key in kept if info.get(key)} for info in threadpool_info()]


def anonymous(text: str, root: Path) -> str:
    """``text`` with the paths of this machine replaced by what they stand for."""
    temporary = []
    with contextlib.suppress(OSError):  # where no temporary folder can be written, none is named
        temporary.append(tempfile.gettempdir())
    names = {
        "<python>": [sys.base_prefix],
        "<environment>": [sys.prefix],
        "<root>": [str(root), str(root.resolve())],
        "~": [str(Path.home())],
        "<temporary>": temporary,
    }
    paths = {os.path.normpath(path): name for name, given in names.items() for path in given}
    for path in sorted(paths, key=len, reverse=True):
        if path not in ("/", "/usr", "."):
            text = text.replace(path, paths[path])
    return text
