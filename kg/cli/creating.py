"""``kg new``: a record written in canonical form, once it is held to every rule and to what is there already."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kg.cli.asking import Asker
from kg.cli.common import load
from kg.cli.flags import Commands, option
from kg.cli.writing import own_file, today
from kg.meanings import DEPTHS, KINDS, ROLES

HOW = ("by-hand", "machine-assisted")
SAYS, STANDS_ON, SOURCE, SETTLED = "What it says", "What it stands on", "Its source", "What settles it"

force = option("--force", is_flag=True, help="Write it although it seems to be there already.")
id_ = option("--id", "id_", under=SAYS, help="Its id; made of the title where it is left out.", example="heavy-tails")
title = option("--title", fields=["title"], under=SAYS, help="One line that says it.")
statement = option(
    "--statement",
    fields=["statement"],
    under=SAYS,
    help="In your own words, TeX between dollar signs, in single quotes.",
)
strands = option(
    "--strand", "strands", fields=["strands"], under=SAYS, multiple=True, example="empirical-laws",
    help="A strand of data/strands.yaml; may be repeated.",
)  # fmt: skip


@click.group(cls=Commands)
def new() -> None:
    """Write a new record: what is not given as a flag is asked for.

    \b
    kg new claim
    kg new question --help
    """


@new.command()
@title
@statement
@option("--kind", fields=["kind"], under=SAYS, help="theorem, derivation, law, observation, conjecture or framing.")
@strands
@id_
@option("--paper", fields=["sources.paper"], under=SOURCE, help="Its key in bib/ (kg add puts it there).")
@option("--role", fields=["sources.role"], under=SOURCE, help="own-result, which is usual, background or conjecture.")
@option("--where", fields=["sources.where"], under=SOURCE, help="Where it stands, only if you read it there.",
        example="Sec. 2, Eq. 11")  # fmt: skip
@option("--depth", fields=["sources.depth"], under=SOURCE,
        help="How far you read it: secondary (what others say of it), abstract, section or full-text.")  # fmt: skip
@option("--checked", fields=["checked.how"], under=SOURCE, help="Held against it today: by-hand or machine-assisted.")
@option("--builds-on", fields=["builds-on"], under=STANDS_ON, multiple=True, help="The id of a claim; may be repeated.")
@option("--assumes", fields=["assumes"], under=STANDS_ON, multiple=True,
        help="The id of an assumption, of data/assumptions.yaml; may be repeated.")  # fmt: skip
@option("--needs", fields=["needs"], under=STANDS_ON, multiple=True, example="gradient-descent",
        help="The id of a concept that a reader must know, of data/concepts.yaml; may be repeated.")  # fmt: skip
@force
@click.pass_obj
def claim(root: Path | None, /, id_: str | None, force: bool, **given: Any) -> None:
    """A claim, from one source, in a file of its own.

    \b
    kg new claim --title 'Momentum raises the stability limit' --kind theorem --strand empirical-laws \\
        --statement 'With momentum $\\beta$, descent on curvature $\\lambda$ ends at $\\eta\\lambda=2+2\\beta$.' \\
        --paper cohen2021gradient --role background --depth abstract --needs gradient-descent
    """
    ask = Asker(load(root))
    fields: dict[str, Any] = {
        "title": ask.text("--title", given["title"], "title, one line that says it"),
        "statement": ask.text("--statement", given["statement"], "statement, in your own words"),
        "kind": ask.text("--kind", given["kind"], "kind", KINDS),
        "strands": ask.references("--strand", given["strands"], "strand", "strand", needed=True),
        "needs": ask.references("--needs", given["needs"], "concept", "concept", needed=False),
        "assumes": ask.references("--assumes", given["assumes"], "assumption", "assumption", needed=False),
        "builds-on": ask.references("--builds-on", given["builds_on"], "claim", "claim", needed=False),
    }
    source = {
        "paper": ask.reference("--paper", given["paper"], "paper", "its source"),
        "role": ask.text("--role", given["role"], "what the source does with it", ROLES, "own-result"),
        "where": given["where"],
        "depth": ask.text("--depth", given["depth"], "how far you read it", DEPTHS),
    }
    fields["sources"] = [source]
    if given["checked"]:
        fields["checked"] = {"date": today(), "how": ask.text("--checked", given["checked"], "how", HOW)}
    own_file(ask, "claim", "claims", ask.name(id_, fields["title"], ask.graph.corpus.claims), fields, force)


@new.command()
@title
@statement
@strands
@option("--stakes", fields=["stakes"], under=SAYS, help="What depends on it.")
@option("--difficulty", fields=["difficulty"], under=SAYS, help="easy, medium or hard.")
@option("--asks-about", fields=["asks-about"], under=SAYS, multiple=True, example="concept:gradient-descent",
        help="The address, kind:id, of a claim, prediction or concept; may be repeated.")  # fmt: skip
@id_
@option("--settled-by", fields=["settled-by.text", "settled-by"], under=SETTLED,
        help="An observation that would settle it.")  # fmt: skip
@option("--answer", fields=["settled-by.answer"], under=SETTLED, help="The answer that this observation would give.")
@option("--paper", fields=["origin.paper", "history.because"], under=SOURCE,
        help="The key, in bib/, of the source that raises it.")  # fmt: skip
@force
@click.pass_obj
def question(root: Path | None, /, id_: str | None, force: bool, **given: Any) -> None:
    """An open question, with what would settle it.

    \b
    kg new question --title 'What sets the late sharpness?' --statement 'Which mechanism holds it there?' \\
        --strand empirical-laws --settled-by 'The drift is measured within 10 %.' --answer 'self-stabilisation' \\
        --stakes 'How to choose the step size.' --difficulty medium --paper cohen2021gradient
    """
    ask = Asker(load(root))
    fields: dict[str, Any] = {
        "title": ask.text("--title", given["title"], "title, as a question"),
        "statement": ask.text("--statement", given["statement"], "statement"),
        "strands": ask.references("--strand", given["strands"], "strand", "strand", needed=True),
        "settled-by": [
            {
                "text": ask.text("--settled-by", given["settled_by"], "an observation that would settle it"),
                "answer": ask.text("--answer", given["answer"], "the answer that it would give"),
            }
        ],
        "stakes": ask.text("--stakes", given["stakes"], "what depends on it"),
        "difficulty": ask.text("--difficulty", given["difficulty"], "difficulty", ("easy", "medium", "hard")),
        "asks-about": [ask.address("--asks-about", one) for one in given["asks_about"]],
    }
    paper = ask.reference("--paper", given["paper"], "paper", "the source that raises it")
    fields |= {
        "origin": [{"paper": paper}],
        "history": [{"date": today(), "state": "open", "because": f"paper:{paper}"}],
    }
    own_file(ask, "question", "questions", ask.name(id_, fields["title"], ask.graph.corpus.questions), fields, force)


@new.command()
@title
@statement
@option("--stance", fields=["stance"], under=SAYS, help="objects or replies.")
@option("--target", "targets", fields=["targets"], under=SAYS, multiple=True, example="strand:empirical-laws",
        help="What it speaks to, an address kind:id; may be repeated.")  # fmt: skip
@id_
@option("--paper", fields=["paper"], under=SOURCE, help="The key, in bib/, of the source that makes it.")
@option("--where", fields=["where"], under=SOURCE, help="Where it stands, only if you read it there.",
        example="Sec. 2")  # fmt: skip
@option("--by", fields=["by"], under=SOURCE, help="person or machine: who made it.")
@force
@click.pass_obj
def argument(root: Path | None, /, id_: str | None, force: bool, **given: Any) -> None:
    """An objection, or a reply to one.

    \b
    kg new argument --title 'Seen late in wide networks' --stance objects --target strand:empirical-laws \\
        --statement 'In wide networks the plateau comes after the loss is fitted.' \\
        --paper cohen2021gradient --by person
    """
    ask = Asker(load(root))
    fields: dict[str, Any] = {
        "title": ask.text("--title", given["title"], "title"),
        "statement": ask.text("--statement", given["statement"], "statement"),
        "paper": ask.reference("--paper", given["paper"], "paper", "the source that makes it"),
        "where": given["where"],
        "by": ask.text("--by", given["by"], "made by", ("person", "machine")),
        "stance": ask.text("--stance", given["stance"], "stance", ("objects", "replies")),
        "targets": [ask.address("--target", one) for one in given["targets"]]
        or [ask.reference("--target", None, None, "what it speaks to")],
    }
    own_file(ask, "argument", "arguments", ask.name(id_, fields["title"], ask.graph.corpus.arguments), fields, force)
