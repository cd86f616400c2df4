"""Git, asked and never told: nothing here changes a repository, waits for a lock, or runs what a repository names."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

SECONDS = 60


class GitError(Exception):
    """Git is not there, took too long, or refused; the message is its last line."""


def ask(root: Path, *arguments: str) -> bytes:
    """What ``git <arguments>`` prints in the folder ``root``. Raises GitError."""
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    command = ["git", "-C", str(root), "-c", "core.fsmonitor=false", *arguments]
    try:
        done = subprocess.run(
            command, capture_output=True, stdin=subprocess.DEVNULL, timeout=SECONDS, env=environment, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise GitError(f"git cannot be run: {problem}") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "backslashreplace").strip().splitlines()
        raise GitError(said[-1] if said else "")
    return done.stdout


def changed(root: Path, *paths: str) -> list[str]:
    """Which of ``paths`` below ``root`` (all, where none is given) differ from the last commit. Raises GitError."""
    prefix = ask(root, "rev-parse", "--show-prefix").decode().strip()
    told = ask(root, "status", "--porcelain", "--no-renames", "-z", "--untracked-files=all", "--", *(paths or (".",)))
    entries = told.decode("utf-8", "surrogateescape").split("\0")
    return [entry[3:].removeprefix(prefix) for entry in entries if entry]
