"""The child of ``kg.guard`` in which reading a file whose name begins with ``dies-`` ends as its next word says.

What no file of a sound record does, since every known way is refused before: so the reader itself is made to fail.
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
from pathlib import Path
from typing import Any

from kg import checks, guarded, yamlfile

load, run = yamlfile.load, checks.run


def dying_load(root: Path, path: str) -> Any:
    name = Path(path).stem
    if name.startswith("dies-exit"):
        os._exit(9)
    if name.startswith("dies-crash"):
        ctypes.string_at(0)
    if name.startswith("dies-hang"):
        time.sleep(600)
    if name.startswith("dies-memory"):
        return bytearray(2 << 30)
    if name.startswith("dies-spin"):
        while True:
            pass
    if name.startswith("dies-raise"):
        raise RuntimeError("a fault of the reader")
    return load(root, path)


def dying_run(graph: Any, *given: Any) -> Any:
    """The whole dies where a claim whose name holds ``poison`` is in it."""
    if any("poison" in name for name in graph.corpus.claims):
        os._exit(7)
    return run(graph, *given)


if __name__ == "__main__":
    if "start" in sys.argv:
        os._exit(3)
    yamlfile.load = dying_load
    checks.run = dying_run
    guarded.main()
