"""``kg new concept`` and ``kg new reading``: what a reader must know, and which stretch of a source teaches it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from kg.cli import forms
from kg.cli.asking import Asker
from kg.cli.common import load
from kg.cli.creating import SAYS, SOURCE, STANDS_ON, force, id_, new, statement, title
from kg.cli.flags import option, such_as
from kg.cli.writing import entry

TEACHES = "What it teaches"
_ASKED = "what it teaches, as concept=meet|use|derive"


@new.command()
@title
@statement
@id_
@option("--requires", fields=["requires"], under=STANDS_ON, multiple=True, example="gradient-descent",
        help="The id of a concept that must be known directly before; may be repeated.")  # fmt: skip
@force
@click.pass_obj
def concept(root: Path | None, /, id_: str | None, force: bool, **given: Any) -> None:
    """A concept that a reader must know, in data/concepts.yaml.

    \b
    kg new concept --title 'Heavy-ball momentum' --requires gradient-descent \\
        --statement 'Each step keeps a share of the one before, so that steps in one direction add up.'
    """
    ask = Asker(load(root))
    fields = {
        "title": ask.text("--title", given["title"], "title"),
        "statement": ask.text("--statement", given["statement"], "statement that explains it to a beginner"),
        "requires": ask.references("--requires", given["requires"], "concept", "concept", needed=False),
    }
    name = ask.name(id_, str(fields["title"]), ask.graph.corpus.concepts)
    entry(ask, "concept", "data/concepts.yaml", name, fields, force)


@new.command()
@option("--paper", fields=["paper"], under=SOURCE, help="The key of the source, in bib/.")
@option("--where", fields=["where"], under=SOURCE, help="Which stretch, with its length.", example="Sec. 2, 4 pages")
@option("--minutes", fields=["minutes"], under=SOURCE, example="15",
        help="A whole number by the rule of CONTRIBUTING, from length and level.")  # fmt: skip
@option("--teaches", fields=["teaches"], under=TEACHES, multiple=True, example="gradient-descent=meet",
        help="concept=meet, use or derive; may be repeated.")  # fmt: skip
@option("--requires", fields=["requires"], under=TEACHES, multiple=True, example="gradient-descent=meet",
        help="concept=level that it takes for granted; may be repeated.")  # fmt: skip
@option(
    "--id", "id_", under=SAYS, help="Its id; made of paper and stretch where it is left out.", example="cohen-intro-2"
)
@force
@click.pass_obj
def reading(root: Path | None, /, id_: str | None, force: bool, **given: Any) -> None:
    """What a stretch of a source teaches, in data/readings.yaml.

    \b
    kg new reading --paper cohen2021gradient --where 'Sec. 2, 4 pages' --minutes 15 \\
        --teaches gradient-descent=meet
    """
    ask = Asker(load(root))
    fields: dict[str, Any] = {
        "paper": ask.reference("--paper", given["paper"], "paper", "the source"),
        "where": ask.text("--where", given["where"], "which stretch, with its length"),
        "minutes": ask.text("--minutes", given["minutes"], "minutes"),
        "teaches": _levels(ask, "--teaches", given["teaches"] or [ask.text("--teaches", None, _ASKED)]),
        "requires": _levels(ask, "--requires", given["requires"]),
    }
    name = ask.name(id_, f"{fields['paper']} {fields['where']}", ask.graph.corpus.readings)
    entry(ask, "reading", "data/readings.yaml", name, fields, force)


def _levels(ask: Asker, flag: str, pairs: Any) -> Mapping[str, str]:
    """The level to which each concept is taught or known, meet where none is given."""
    from kg.identifiers import is_record_id

    found = {}
    for pair in filter(None, pairs):
        try:
            known, level = (pair, "meet") if is_record_id(pair) else forms.pair(flag, pair, "concept=level")
        except click.UsageError as problem:
            ask.wrong(flag, f"{problem.message.partition(': ')[2]}{such_as(flag)}")
            continue
        found[ask.known(flag, known, "concept")] = level
    return found
