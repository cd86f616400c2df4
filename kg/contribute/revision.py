"""The record as it stood at a commit: its files, written into a folder of their own."""

from __future__ import annotations

import io
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg import git
from kg.layout import TREE


class NoRevisionError(ValueError):
    """The name is no commit of this repository, or there is no repository; the message says which."""


@contextmanager
def tree_at(root: Path, revision: str) -> Iterator[Path]:
    """A folder that holds what the record of ``root`` was at ``revision``, for as long as the context lasts.

    Links are left out, and nothing is written outside the folder. Raises NoRevisionError.
    """
    try:
        commit = git.ask(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        name = commit.decode().strip()
        present = git.ask(root, "ls-tree", "--name-only", name, *(f"./{folder}" for folder in TREE)).decode().split()
        packed = git.ask(root, "archive", "--format=tar", name, *present) if present else b""
    except git.GitError as problem:
        raise NoRevisionError(str(problem) or f"no such commit here: {revision!r}") from None
    if not present:
        raise NoRevisionError(f"{revision!r} holds none of {', '.join(TREE)} here; give a commit that does")
    with tempfile.TemporaryDirectory(prefix="kg-diff-") as folder, tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        files = [member for member in archive.getmembers() if member.isfile() or member.isdir()]
        archive.extractall(folder, members=files, filter="data")
        for part in ("data", "bib"):
            (Path(folder) / part).mkdir(exist_ok=True)
        yield Path(folder)
