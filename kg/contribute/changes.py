"""Which files differ from the last commit."""

from __future__ import annotations

import subprocess
from pathlib import Path


def uncommitted(root: Path) -> frozenset[str]:
    """Paths below ``root`` that git would commit; none where there is no git or no repository."""
    command = [
        "git",
        "-C",
        str(root),
        "status",
        "--porcelain",
        "--no-renames",
        "-z",
        "--untracked-files=all",
        "--",
        ".",
    ]
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True).stdout
        prefix = subprocess.run(
            ["git", "-C", str(root), "rev-parse", "--show-prefix"],
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return frozenset()
    return frozenset(entry[3:].removeprefix(prefix) for entry in told.split("\0") if entry)
