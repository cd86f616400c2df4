"""The standard reading lists as Markdown: ``docs/reading/``, from the table ``docs/reading-lists.yaml``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from kg import yamlfile
from kg.english import listed
from kg.graph import Graph
from kg.inert import inert
from kg.reading import Item, ReadingList, reading_list
from kg.readingtext import duration

TABLE = "docs/reading-lists.yaml"
FOLDER = "docs/reading"


def pages(root: Path, graph: Graph) -> dict[str, str]:
    """The text of every standard list and of their index, by path below ``root``; empty where there is no table."""
    if not (root / TABLE).exists():
        return {}
    rows = cast("tuple[dict[str, Any], ...]", yamlfile.load(root, TABLE).value or ())
    index = [
        "# Reading lists",
        "",
        "For a beginner. Each is the least reading that can be begun and followed in this order: one subject after",
        "the other, with what it needs directly before it. Minutes are estimates. `kg read` makes one for any target;",
        "the page *What to read* of the app leaves out what you know.",
        "",
    ]
    found: dict[str, str] = {}
    for row in rows:
        hours = float(row["hours"]) if "hours" in row else None
        made = reading_list(graph, row["target"], "beginner", hours, tuple(row.get("knows", ())))
        found[f"{FOLDER}/{row['id']}.md"] = "\n".join(_page(graph, row, made)) + "\n"
        index.append(f"- [{inert(row['title'])}]({row['id']}.md): {len(made.items)} readings, {duration(made.minutes)}")
    return {f"{FOLDER}/README.md": "\n".join(index) + "\n", **found}


def _page(graph: Graph, row: dict[str, Any], found: ReadingList) -> Iterator[str]:
    concepts = graph.corpus.concepts
    yield f"# {inert(row['title'])}"
    yield ""
    yield f"After it you have met {len(found.goals)} concepts of the field. {inert(row['able'])}"
    yield ""
    brings = inert(listed([concepts[one].title for one in found.knows if one in concepts]))
    hours = f" --hours {found.hours:g}" if found.hours is not None else ""
    knows = f" --knows {','.join(found.knows)}" if found.knows else ""
    yield (
        f"{len(found.items)} readings, about {duration(found.minutes)} (an estimate), for a beginner"
        f"{f' who knows {brings}' if brings else ''} (`kg read {row['target']}{hours}{knows}`)."
    )
    yield ""
    for number, item in enumerate(found.items, 1):
        yield from _item(graph, number, item)
    if found.left_out:
        yield ""
        yield "Left out: " + inert(", ".join(one.title for one in found.left_out)) + "."


def _item(graph: Graph, number: int, item: Item) -> Iterator[str]:
    paper = graph.corpus.papers.get(item.paper)
    addresses = paper.addresses if paper else []
    title = f"[{inert(item.title)}](<{addresses[0][1]}>)" if addresses else inert(item.title)
    label = f" ({inert(paper.label)})" if paper is not None else ""
    rule = f" ({item.rule})" if item.rule else ""
    yield f"{number}. {title}{label}: {inert(item.where)}. About {duration(item.minutes)}{rule}. {inert(item.why)}"
