"""What a retired record leaves behind: a script that tests nothing any more, a paper that states nothing."""

from __future__ import annotations

from collections.abc import Iterator

from kg.graph import Graph


def left_behind(before: Graph, after: Graph) -> Iterator[str]:
    """A line for each script and paper that did something before and does nothing now, with what to do."""
    for script in sorted(node.id for node in after.nodes("reproduction")):
        address = f"reproduction:{script}"
        if address in before and before.out(address, "tests") and not after.out(address, "tests"):
            paths = [f"scripts/{script}.py", f"data/runs/{script}", f"data/maps/{script}"]
            there = " ".join(path for path in paths if (after.corpus.root / path).exists())
            yield f"scripts/{script}.py tests nothing now; name it in the tests of a prediction, or git rm -r {there}"
    for paper in sorted(node.address for node in after.nodes("paper")):
        if paper not in before or not before.out(paper, "states", "reports") or after.out(paper, "states", "reports"):
            continue
        if after.around(paper):
            yield f"{paper} states nothing now; it may stay for what else names it (kg show {paper})"
        else:
            yield f'{paper} states nothing now; write what else it claims, or kg retire {paper} --why "…" takes it out'
