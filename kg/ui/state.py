"""What a page is a function of: the address bar, and the record as it lies on the disk.

The selected node is ``?node=kind:id`` and a rerun ``?run=id``; session state holds drafts and filters only. The record
is loaded once for all sessions and again when a file below ``data/``, ``bib/`` or ``scripts/`` changes; a process with
limits reads it first, and what ends that process is left out here.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from kg.ui import LOCAL, ROOT, memory

if TYPE_CHECKING:
    from kg.evidence import Evidence
    from kg.findings import Finding
    from kg.graph import Graph
    from kg.rerun.registry import Registry
    from kg.search import Index

EXPLORE = "kg/ui/pages/explore.py"
TRACE = "kg/ui/pages/trace.py"
FIND = "kg/ui/pages/find.py"
READING = "kg/ui/pages/reading.py"
EVIDENCE = "kg/ui/pages/evidence.py"
WATCH = "kg/ui/pages/watch.py"
QUESTIONS = "kg/ui/pages/questions.py"
PROPOSE = "kg/ui/pages/propose.py"
START = "kg/ui/pages/start.py"


@dataclass(frozen=True)
class World:
    """The loaded record with everything computed from it. Shared by all sessions: read it only."""

    graph: Graph
    evidence: Evidence
    findings: tuple[Finding, ...]
    index: Index
    strands: dict[str, str]
    colours: dict[str, str]
    stamp: str
    unguarded: str = ""
    """Why no process with limits could read the files first; empty where one did."""


def root() -> Path:
    """The tree that is shown: ``KG_ROOT``, else the one that the app's own folder belongs to."""
    from kg.corpus import find_root

    return Path(os.environ[ROOT]) if os.environ.get(ROOT) else find_root(Path(__file__).parent)


def is_local() -> bool:
    """Whether ``kg app`` started this server. Any other server is read-only."""
    return os.environ.get(LOCAL) == "1"


@st.cache_data(ttl=3, show_spinner=False)
def _stamp(folder: str) -> str:
    """A digest of the names, sizes and times of all files of the record; looked at every 3 seconds at most."""
    digest = hashlib.blake2b(digest_size=12)
    for path, size, changed in sorted(_files(folder)):
        digest.update(f"{path}\0{size}\0{changed}\0".encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


def _files(folder: str) -> Iterator[tuple[str, int, int]]:
    from kg.layout import TREE

    for part in TREE:
        for here, _, names in os.walk(os.path.join(folder, part)):
            for name in names:
                try:
                    told = os.lstat(os.path.join(here, name))
                except OSError:
                    continue  # gone between the two looks
                yield os.path.join(here, name), told.st_size, told.st_mtime_ns


@st.cache_resource(max_entries=2, show_spinner="Reading the record …")
def _load(folder: str, stamp: str) -> World:
    from kg import guard

    vetting = guard.Vetting(folder)  # reads in a process of its own while the imports below are made
    from kg import checks, draw, reader
    from kg.evidence import Evidence
    from kg.graph import Graph
    from kg.search import Index

    vetted = vetting.result()
    graph = Graph(reader.load(Path(folder), vetted.gate))
    evidence = Evidence(graph)
    draw.facets(evidence)  # what every page needs of it is computed once, here
    found = World(
        graph,
        evidence,
        tuple(checks.run(graph, evidence)),
        Index(graph),
        draw.strands_of(graph),
        draw.strand_colours(graph),
        stamp,
        vetted.unguarded,
    )
    memory.keep(anew=True)
    return found


def world() -> World:
    """The record as it is now."""
    folder = str(root())
    return _load(folder, _stamp(folder))


@st.cache_resource
def registry() -> Registry:
    """The live reruns of this server, the same for all sessions."""
    from kg.rerun.registry import Registry

    return Registry()


@st.cache_data(ttl=60, show_spinner=False)
def _sandbox_missing() -> str | None:
    from kg.rerun import sandbox

    return sandbox.available()


def why_no_reruns() -> str | None:
    """None where scripts may be run; the empty text on a public server; else what the sandbox lacks."""
    return _sandbox_missing() if is_local() else ""


def select(address: str) -> None:
    """Put ``address`` into the address bar (an empty one: none). For callbacks; the page follows by itself."""
    if address:
        st.query_params["node"] = address
    else:
        st.query_params.pop("node", None)
    for name in ("run", "edge", "at"):
        st.query_params.pop(name, None)


def put(address: str, parameter: str) -> None:
    """Put ``address`` into the address bar, as the selected node or into another ``parameter``. For callbacks."""
    if parameter == "node":
        select(address)
    else:
        st.query_params[parameter] = address


def wanted() -> str:
    """What ``?node=`` says, as typed."""
    return str(st.query_params.get("node", ""))[:400]
