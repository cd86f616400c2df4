"""``kg new``: a record written in canonical form, once it is held to every rule and to what is there already."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import zip_longest
from typing import Any

import click

from kg.cli import asking, faults, forms, naming
from kg.cli.asking import Asker, asked
from kg.cli.asks import node_of, nodes_of, parts_of, text_of
from kg.cli.flags import Commands, option
from kg.cli.writing import own_file, today
from kg.meanings import DEPTHS, KINDS, ROLES

HOW = ("by-hand", "machine-assisted")
SAYS, STANDS_ON, SOURCE, SETTLED = "What it says", "What it stands on", "Its source", "What settles it"

force = option("--force", is_flag=True, help="Write it although it seems to be there already.")


def named(ask: Asker, flag: str, given: str | None) -> str:
    """The id that is given, else one made of what the record says; asked for where that one is taken."""
    kind = str(click.get_current_context().command.name)
    taken = getattr(ask.graph.corpus, f"{kind}s")
    return ask.name(given, ask.said.get("--title") or f"{ask.said.get('--paper')} {ask.said.get('--where')}", taken)


id_ = option(
    "--id", "id_", under=SAYS, asks=named, example="heavy-tails", help="Its id; made of the title where it is left out."
)
title = option("--title", fields=["title"], under=SAYS, asks=text_of("title, one line that says it"),
               help="One line that says it.")  # fmt: skip
statement = option(
    "--statement",
    fields=["statement"],
    under=SAYS,
    asks=text_of("statement, in your own words"),
    help="In your own words, TeX between dollar signs, in single quotes.",
)
strands = option(
    "--strand", "strands", fields=["strands"], under=SAYS, multiple=True, example="empirical-laws",
    asks=nodes_of("strand", needed=True), help="A strand of data/strands.yaml; may be repeated.",
)  # fmt: skip


def _regime(ask: Asker, flag: str, given: Sequence[str]) -> dict[str, str]:
    """Values by axes that there are."""
    found = dict(parts_of(forms.regime)(ask, flag, given))
    naming.within(ask, flag, "regime", found)
    return found


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
@option("--kind", fields=["kind"], under=SAYS, asks=text_of("kind", KINDS),
        help="theorem, derivation, law, observation, conjecture or framing.")  # fmt: skip
@strands
@id_
@option("--paper", fields=["sources.paper"], under=SOURCE, asks=node_of("paper", "its source"),
        help="Its key in bib/ (kg add puts it there).")  # fmt: skip
@option("--role", fields=["sources.role"], under=SOURCE,
        asks=text_of("what the source does with it", ROLES, "own-result"),
        help="own-result, which is usual, background or conjecture.")  # fmt: skip
@option("--where", fields=["sources.where"], under=SOURCE, help="Where it stands, only if you read it there.",
        example="Sec. 2, Eq. 11")  # fmt: skip
@option("--depth", fields=["sources.depth"], under=SOURCE, asks=text_of("how far you read it", DEPTHS),
        help="How far you read it: secondary (what others say of it), abstract, section or full-text.")  # fmt: skip
@option("--checked", fields=["checked.how"], under=SOURCE,
        asks=lambda ask, flag, given: given and ask.text(flag, given, "how", HOW),
        help="Held against it: by-hand or machine-assisted.")  # fmt: skip
@option("--checked-on", fields=["checked.date"], under=SOURCE, example="2026-11-24",
        help="The day of --checked; today where it is left out.")  # fmt: skip
@option("--builds-on", fields=["builds-on"], under=STANDS_ON, multiple=True, asks=nodes_of("claim"),
        help="The id of a claim; may be repeated.")  # fmt: skip
@option("--assumes", fields=["assumes"], under=STANDS_ON, multiple=True, asks=nodes_of("assumption"),
        help="The id of an assumption, of data/assumptions.yaml; may be repeated.")  # fmt: skip
@option("--needs", fields=["needs"], under=STANDS_ON, multiple=True, example="gradient-descent",
        asks=nodes_of("concept"),
        help="The id of a concept that a reader must know, of data/concepts.yaml; may be repeated.")  # fmt: skip
@option("--regime", fields=["regime"], under=STANDS_ON, multiple=True, asks=_regime, example="depth>=2",
        help="Where it holds, by an axis of data/regimes.yaml; may be repeated.")  # fmt: skip
@option("--counter-search", fields=["counter-search"], under=STANDS_ON, multiple=True,
        asks=parts_of(forms.fields("date", "where", "found")),
        example="date=2026-11-24,where=works that cite it,found=nothing to the contrary",
        help="A search for contrary evidence; may be repeated.")  # fmt: skip
@force
@asked
def claim(ask: Asker, /, **given: Any) -> None:
    """A claim, from one source, in a file of its own.

    \b
    kg new claim --title 'Momentum raises the stability limit' --kind theorem --strand empirical-laws \\
        --statement 'With momentum $\\beta$, descent on curvature $\\lambda$ ends at $\\eta\\lambda=2+2\\beta$.' \\
        --paper cohen2021gradient --role background --depth abstract --needs gradient-descent
    """
    given = ask.collect(given)
    fields: dict[str, Any] = {
        name: given[name] for name in ("title", "statement", "kind", "strands", "needs", "assumes")
    }
    fields |= {"builds-on": given["builds_on"], "regime": given["regime"]}
    fields["counter-search"] = given["counter_search"]
    source = {name: given[name] for name in ("paper", "role", "where", "depth")}
    fields["sources"] = [source]
    if given["checked_on"] and not given["checked"]:
        ask.missing.append("--checked (by-hand|machine-assisted): --checked-on is its day")
    if given["checked"]:
        fields["checked"] = {"date": given["checked_on"] or today(), "how": given["checked"]}
    own_file(ask, "claim", given["id_"], fields, given["force"])


def _settled(ask: Asker, flag: str, given: Sequence[str]) -> list[dict[str, str]]:
    """Observations, each with the answer that it would give; on a terminal another pair until there is none."""
    answers = click.get_current_context().params["answers"]
    found = []
    for seen, answer in zip_longest(given, answers) if given or answers else [(None, None)]:
        text = ask.text(flag, seen, "an observation that would settle it")
        found.append({"text": text, "answer": ask.text("--answer", answer, "the answer that it would give")})
    while asking.interactive() and not given and not answers:
        wrong = [partial(faults.of_text, each, said=ask.said) for each in (flag, "--answer")]
        number = len(found) + 1
        if not (text := ask.optional(flag, "another that would? (empty: no)", wrong[0], number=number)):
            break
        answer = ask.optional("--answer", "the answer that it would give", wrong[1], number=number, needed=True)
        found.append({"text": text, "answer": answer})
    return found


@new.command()
@title
@statement
@strands
@option("--stakes", fields=["stakes"], under=SAYS, asks=text_of("what depends on it"), help="What depends on it.")
@option("--difficulty", fields=["difficulty"], under=SAYS, asks=text_of("difficulty", ("easy", "medium", "hard")),
        help="easy, medium or hard.")  # fmt: skip
@option("--asks-about", fields=["asks-about"], under=SAYS, multiple=True, example="concept:gradient-descent",
        asks=lambda ask, flag, given: [ask.address(flag, one) for one in given],
        help="The address, kind:id, of a claim, prediction or concept; may be repeated.")  # fmt: skip
@id_
@option("--settled-by", fields=["settled-by.text", "settled-by"], under=SETTLED, multiple=True, asks=_settled,
        help="An observation that would settle it; may be repeated, each with its --answer.")  # fmt: skip
@option("--answer", "answers", fields=["settled-by.answer"], under=SETTLED, multiple=True,
        help="The answer that this observation would give; one for each --settled-by.")  # fmt: skip
@option("--paper", fields=["origin.paper", "history.because"], under=SOURCE,
        asks=node_of("paper", "the source that raises it, which is needed: its history begins there"),
        help="The key, in bib/, of the source that raises it.")  # fmt: skip
@option("--open-since", fields=["history.date"], under=SOURCE, example="2021-02-26",
        help="The day from which it is open; today where it is left out.")  # fmt: skip
@option("--presumes", fields=["presumes"], under=STANDS_ON, multiple=True, asks=nodes_of("claim"),
        help="The id of a claim without which it would not arise; may be repeated.")  # fmt: skip
@force
@asked
def question(ask: Asker, /, **given: Any) -> None:
    """An open question, with what would settle it.

    \b
    kg new question --title 'What sets the late sharpness?' --statement 'Which mechanism holds it there?' \\
        --strand empirical-laws --settled-by 'The drift is measured within 10 %.' --answer 'self-stabilisation' \\
        --stakes 'How to choose the step size.' --difficulty medium --paper cohen2021gradient
    """
    given = ask.collect(given)
    fields: dict[str, Any] = {name: given[name] for name in ("title", "statement", "strands", "stakes", "difficulty")}
    fields["settled-by"] = given["settled_by"]
    fields["presumes"] = given["presumes"]
    fields["asks-about"], paper = given["asks_about"], given["paper"]
    fields |= {
        "origin": [{"paper": paper}],
        "history": [{"date": given["open_since"] or today(), "state": "open", "because": f"paper:{paper}"}],
    }
    own_file(ask, "question", given["id_"], fields, given["force"])


def _targets(ask: Asker, flag: str, given: Sequence[str]) -> list[str]:
    return [ask.address(flag, one) for one in given] or [ask.reference(flag, None, None, "what it speaks to")]


@new.command()
@title
@statement
@option("--stance", fields=["stance"], under=SAYS, asks=text_of("stance", ("objects", "replies")),
        help="objects or replies.")  # fmt: skip
@option("--target", "targets", fields=["targets"], under=SAYS, multiple=True, example="strand:empirical-laws",
        asks=_targets,
        help="What it speaks to, an address kind:id; may be repeated.")  # fmt: skip
@id_
@option("--paper", fields=["paper"], under=SOURCE, asks=node_of("paper", "the source that makes it"),
        help="The key, in bib/, of the source that makes it.")  # fmt: skip
@option("--where", fields=["where"], under=SOURCE, help="Where it stands, only if you read it there.",
        example="Sec. 2")  # fmt: skip
@option("--by", fields=["by"], under=SOURCE, asks=text_of("made by", ("person", "machine")),
        help="person or machine: who made it.")  # fmt: skip
@option("--severity", fields=["severity"], under=SAYS, help="major or minor: how much an objection would take away.")
@option("--concedes", fields=["concedes"], under=SAYS, help="full, partial or none: what a reply grants.")
@option("--revision", fields=["revision"], under=SAYS, help="made, partial or none: what a reply changed in its work.")
@force
@asked
def argument(ask: Asker, /, **given: Any) -> None:
    """An objection, or a reply to one.

    \b
    kg new argument --title 'Seen late in wide networks' --stance objects --target strand:empirical-laws \\
        --statement 'In wide networks the plateau comes after the loss is fitted.' \\
        --paper cohen2021gradient --by person
    """
    given = ask.collect(given)
    fields = {name: given[name] for name in ("title", "statement", "paper", "where", "by", "stance", "targets")}
    fields |= {name: given[name] for name in ("severity", "concedes", "revision")}
    own_file(ask, "argument", given["id_"], fields, given["force"])
