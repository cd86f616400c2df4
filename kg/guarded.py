"""The child of ``kg.guard``: the tree read under limits, each file named before it is read. Run as ``-m kg.guarded``.

It reads from standard input what to do (root, limits, files to leave out) and writes one JSON object a line:
``begins``, ``reads`` (a path), ``whole``, ``raised`` (a kind of error), ``done``.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from kg import checks, draw, reader
from kg.evidence import Evidence
from kg.graph import Graph
from kg.search import Index


def say(**word: object) -> None:
    """One line to the parent, at once: a child may die at the next step."""
    sys.stdout.write(json.dumps(word) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Compute all that the app computes of the tree, and say so; exit 1 where something is raised."""
    task = json.loads(sys.stdin.buffer.read())
    left_out: dict[str, str] = task["left_out"]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (task["cpu"], task["cpu"] + 1))
    resource.setrlimit(resource.RLIMIT_AS, (task["memory"], task["memory"]))

    def gate(path: str) -> str | None:
        if path not in left_out:
            say(reads=path)
        return left_out.get(path)

    say(begins=True)
    try:
        found = reader.load(Path(task["root"]), gate)
        say(whole=True)
        graph = Graph(found)
        evidence = Evidence(graph)
        checks.run(graph, evidence)
        _ = evidence.claims, Index(graph), draw.strands_of(graph)
    except BaseException as reason:
        say(raised=type(reason).__name__)
        sys.exit(1)
    say(done=True)


if __name__ == "__main__":
    main()
