"""``kg new concept`` and ``kg new reading``: what a reader must know, and which stretch of a source teaches it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from kg.cli import forms
from kg.cli.asking import Asker, asked
from kg.cli.asks import node_of, nodes_of, text_of
from kg.cli.creating import SAYS, SOURCE, STANDS_ON, force, id_, named, new, statement, title
from kg.cli.flags import option, such_as
from kg.cli.writing import entry

TEACHES = "What it teaches"
_ASKED = "what it teaches, as concept=meet|use|derive"


@new.command()
@title
@statement
@id_
@option("--requires", fields=["requires"], under=STANDS_ON, multiple=True, example="gradient-descent",
        asks=nodes_of("concept"),
        help="The id of a concept that must be known directly before; may be repeated.")  # fmt: skip
@option("--alias", "aliases", fields=["aliases"], under=SAYS, multiple=True, example="heavy ball",
        help="Another name of exactly this; may be repeated.")  # fmt: skip
@force
@asked
def concept(ask: Asker, /, **given: Any) -> None:
    """A concept that a reader must know, in data/concepts.yaml.

    \b
    kg new concept --title 'Heavy-ball momentum' --requires gradient-descent \\
        --statement 'Each step keeps a share of the one before, so that steps in one direction add up.'
    """
    given = ask.collect(given)
    fields = {name: given[name] for name in ("title", "statement", "requires")}
    fields["aliases"] = list(given["aliases"])
    entry(ask, "concept", "data/concepts.yaml", given["id_"], fields, given["force"])


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


def _taught(ask: Asker, flag: str, given: Sequence[str]) -> Mapping[str, str]:
    """What is taught, and to which level; asked for where it is not given."""
    wrong = lambda answer: ask.told(lambda: _levels(ask, flag, [answer]))  # noqa: E731  # as ask.text wants it
    return _levels(ask, flag, given or [ask.text(flag, None, _ASKED, wrong=wrong)])


@new.command()
@option("--paper", fields=["paper"], under=SOURCE, asks=node_of("paper", "the source"),
        help="The key of the source, in bib/.")  # fmt: skip
@option("--where", fields=["where"], under=SOURCE, asks=text_of("which stretch, with its length"),
        example="Sec. 2, 4 pages", help="Which stretch, with its length.")  # fmt: skip
@option("--minutes", fields=["minutes"], under=SOURCE, asks=text_of("minutes"), example="15",
        help="A whole number by the rule of CONTRIBUTING, from length and level.")  # fmt: skip
@option("--teaches", fields=["teaches"], under=TEACHES, multiple=True, asks=_taught, example="gradient-descent=meet",
        help="concept=meet, use or derive; may be repeated.")  # fmt: skip
@option("--requires", fields=["requires"], under=TEACHES, multiple=True, example="gradient-descent=meet",
        asks=_levels,
        help="concept=level that it takes for granted; may be repeated.")  # fmt: skip
@option("--id", "id_", under=SAYS, asks=named, example="cohen-intro-2",
        help="Its id; made of paper and stretch where it is left out.")  # fmt: skip
@force
@asked
def reading(ask: Asker, /, **given: Any) -> None:
    """What a stretch of a source teaches, in data/readings.yaml.

    \b
    kg new reading --paper cohen2021gradient --where 'Sec. 2, 4 pages' --minutes 15 \\
        --teaches gradient-descent=meet
    """
    given = ask.collect(given)
    fields = {name: given[name] for name in ("paper", "where", "minutes", "teaches", "requires")}
    entry(ask, "reading", "data/readings.yaml", given["id_"], fields, given["force"])
