"""A literature knowledge graph and open-problem tracker for the science of deep learning.

Read downward; a module imports only from modules above it.

findings, relations               what can be wrong; the kinds and relations; english, meanings, git beside them
identifiers, arithmetic, latex    grammars of ids and DOIs; expected values; TeX to text, plain beside it
inert, texsafe, cite              contributed text that does nothing as Markdown and as TeX; BibTeX entries
fields, declarations, records     closed models of everything that people write; validation holds values to them
textfile, yamlfile, bibfile       one file each, safely; yamlrest, names, papers, scriptfile, jsonfile beside them
results, stored, runs, mapfiles   what a script measured; immutable files of runs and maps
layout, corpus, reader, graph     which file holds what; the whole record, and how it is read; the typed graph
levels, goals, steps, plan, reading   what is known how well; reading lists and the solver behind them
terms, measurements, preconditions, regions, intervals, summaries, verdicts   a run against its declaration
literature, axes, evidence, history   the two axes and the standing; what our runs said, one after the other
sweeps, regimes, mapverdicts, maptext   a map as declared; where a prediction holds on it
duplicates, restatements          the same work, or the same claim, entered twice
checks                            rules across records
trace, defeat, weighing           what rests on what, and what has fallen; what speaks for and against
search, stats, quality            find; count
meter, draw                       the drawn sample of the meter; the network as a picture's data
tested, effort, scorecard, walk, why              what pages show: rows of evidence, where to begin, desiderata, reasons
picking                          nodes by verdict, standing, state, cost
rerun, figures, export            sandbox, runner, many at a time, maps; pictures; formats
contribute                        canonical files, mending, new records, papers fetched, retirement, what a change does
library                           the record in a notebook: what kg.load() gives
ui, textcard, scriptlist, cli     the app's pages; a module of commands a subject; what is generated
secondseeds                       recorded verdicts beside those from another first seed
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.corpus import Corpus
    from kg.export.snapshot import load_snapshot
    from kg.graph import Graph
    from kg.library import load

_WHERE = {"Corpus": "kg.corpus", "Graph": "kg.graph", "load": "kg.library", "load_snapshot": "kg.export.snapshot"}
__all__ = ["Corpus", "Graph", "load", "load_snapshot"]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: ``kg --help`` needs neither networkx nor pydantic."""
    if name in _WHERE:
        return getattr(importlib.import_module(_WHERE[name]), name)
    raise AttributeError(f"module 'kg' has no attribute {name!r}")
