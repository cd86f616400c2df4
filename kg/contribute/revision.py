"""The record as it stood at a commit: its files, written into a folder of their own."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDERS = ("data", "bib", "scripts")


class NoRevisionError(ValueError):
    """The name is no commit of this repository, or there is no repository; the message says which."""


@contextmanager
def tree_at(root: Path, revision: str) -> Iterator[Path]:
    """A folder that holds what the record of ``root`` was at ``revision``, for as long as the context lasts.

    Links are left out, and nothing is written outside the folder. Raises NoRevisionError.
    """
    commit = (
        _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").decode().strip()
    )
    present = _git(root, "ls-tree", "--name-only", commit, *(f"./{folder}" for folder in FOLDERS)).decode().split()
    if not present:
        raise NoRevisionError(f"{revision!r} holds none of {', '.join(FOLDERS)} here; give a commit that does")
    packed = _git(root, "archive", "--format=tar", commit, *present)
    with tempfile.TemporaryDirectory(prefix="kg-diff-") as folder, tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        files = [member for member in archive.getmembers() if member.isfile() or member.isdir()]
        archive.extractall(folder, members=files, filter="data")
        for name in ("data", "bib"):
            (Path(folder) / name).mkdir(exist_ok=True)
        yield Path(folder)


def _git(root: Path, *arguments: str) -> bytes:
    try:
        ran = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, timeout=120, check=False)
    except (OSError, subprocess.SubprocessError) as problem:
        raise NoRevisionError(f"git cannot be run: {problem}; kg diff compares commits") from None
    if ran.returncode:
        said = ran.stderr.decode("utf-8", "backslashreplace").strip().splitlines()
        raise NoRevisionError(said[-1] if said else f"no such commit here: {arguments[-1].split('^')[0]!r}")
    return ran.stdout
