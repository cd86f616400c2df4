"""What git knows of a record that is to be retired: whether others can know it, and what would be lost with it.

An address is kept for those who know it. Outside of git, where nothing tells, everything may be retired.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterable
from pathlib import Path

from kg import git
from kg.contribute import mend
from kg.contribute.retire import FOLDER_OF, KINDS, Retirement
from kg.corpus import Corpus
from kg.english import counted

SHOWN = 3


def uncommitted(corpus: Corpus, address: str, new: str = "") -> str | None:
    """Why ``address``, which no commit has, is not to be retired, and the command that takes it back (or, with ``new``,
    that gives it its other name); None where it is committed, or outside of git."""
    root, (kind, _, name) = corpus.root, address.partition(":")
    path = corpus.place(address).path
    if kind not in KINDS or not _in_git(root) or _holds(root, path, kind, name):
        return None
    if kind in FOLDER_OF:
        file = f"data/{FOLDER_OF[kind]}/{new.partition(':')[2]}.yaml"
        mended = (
            f"{_command(root, 'mv', path, file)} renames it" if new else f"{_command(root, 'rm', path)} takes it back"
        )
        mended += ", and kg check then lists what still names it"
    else:
        mended = f"{'rename it' if new else 'take it out'} by hand at {corpus.place(address)}"
        if _tracked(root, path) and not new:
            mended += (
                f", or, if nothing else has changed there, {_command(root, 'git', 'restore', '--', path)} takes it back"
            )
    return f"{address} was never committed, so that nobody knows its address and none is to be kept; {mended}"


def lost(corpus: Corpus, address: str, done: Retirement) -> str | None:
    """What stands in the file of ``address`` and in no commit, and would be gone; None where nothing would, or outside
    of git. What ``done`` carries to another file is not gone."""
    root, path = corpus.root, corpus.place(address).path
    if not _in_git(root):
        return None
    known = set(_committed(root, path).splitlines())
    kept = {line.strip() for text in done.files.values() for line in text.splitlines()}
    rows = [
        (number, line)
        for number, line in enumerate(mend.read(root, path).splitlines(), 1)
        if line.strip() and line.strip() not in kept and line not in known
    ]
    if not rows:
        return None
    told = [f"  {path}:{number}: {line.strip()}" for number, line in rows[:SHOWN]]
    more = [f"  and {len(rows) - SHOWN} more"] if len(rows) > SHOWN else []
    first = f"{counted(len(rows), 'line')} of {address} would be lost, in no commit; commit first: "
    return "\n".join([first + _command(root, "git", "commit", "-m", "…", "--", path), *told, *more])


def undoing(root: Path, paths: Iterable[str]) -> str | None:
    """The command that takes a change of ``paths`` back, made before it; None outside of git.

    What they had of changes that are in no commit goes with it, and is said."""
    if not _in_git(root):
        return None
    paths = sorted(paths)
    old = [path for path in paths if _tracked(root, path)]
    new = [path for path in paths if path not in old]
    commands = [_command(root, "git", "restore", "--", *old)] if old else []
    commands += [_command(root, "git", "clean", "-f", "--", *new)] if new else []
    changed = sorted(set(git.changed(root, *paths)))
    warned = f"  (which takes back also what was changed before in {', '.join(changed)})" if changed else ""
    return f"to undo: {' && '.join(commands)}{warned}"


def _in_git(root: Path) -> bool:
    try:
        return git.ask(root, "rev-parse", "--is-inside-work-tree").strip() == b"true"
    except git.GitError:
        return False


def _tracked(root: Path, path: str) -> bool:
    return bool(git.ask(root, "ls-files", "--", path).strip())


def _committed(root: Path, path: str) -> str:
    """The text of the file in the last commit; '' where that has none."""
    try:
        return git.ask(root, "show", f"HEAD:./{path}").decode("utf-8", "replace")
    except git.GitError:
        return ""


def _holds(root: Path, path: str, kind: str, name: str) -> bool:
    """Whether the last commit, or for a file of its own any commit, has the record."""
    if kind in FOLDER_OF:
        try:
            return bool(git.ask(root, "log", "--all", "-1", "--format=%h", "--", path).strip())
        except git.GitError:  # no commit yet
            return False
    written = {
        "paper": rf"^@\w+\{{{re.escape(name)},",
        "prediction": rf"\bid: *['\"]?{re.escape(name.rpartition('/')[2])}(?![\w.-])",
    }
    pattern = written.get(kind, rf"^['\"]?{re.escape(name)}['\"]?:")
    return re.search(pattern, _committed(root, path), re.MULTILINE) is not None


def _command(root: Path, *words: str) -> str:
    """A command as it is typed from the present folder; paths in it are below ``root``."""
    here = os.path.relpath(root)
    if words[0] == "git":
        return shlex.join(words if here == "." else ("git", "-C", here, *words[1:]))
    return shlex.join([words[0], *(os.path.normpath(f"{here}/{path}") for path in words[1:])])
