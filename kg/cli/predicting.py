"""``kg new prediction`` and ``kg new reproduction``: what one will measure, and the script that does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from kg.cli.asking import Asker, asked, interactive
from kg.cli.asks import node_of, text_of
from kg.cli.creating import new
from kg.cli.declaring import PROVENANCE, TEST, declared, lacking, options
from kg.cli.flags import option
from kg.cli.writing import held, today, written
from kg.english import listed
from kg.meanings import LEVELS, TYPES

if TYPE_CHECKING:
    from kg.findings import Finding
    from kg.graph import Graph

PREDICTED = "What is predicted"


def _within(ask: Asker, flag: str, given: str | None) -> str:
    """The id of a prediction within the claim that was named."""
    claim = ask.graph.corpus.claims.get(ask.said.get("--claim", "").removeprefix("claim:"))
    there = [one.id for one in claim.predictions] if claim else []
    wrong = lambda answer: ask.told(lambda: ask.name(answer, "", there))  # noqa: E731  # as ask.text wants it
    name = ask.text(flag, given, "id within the claim, a word or two", wrong=wrong)
    return ask.name(name, "", there) if name else ""


@new.command()
@option("--claim", "claim_", under=PREDICTED, asks=node_of("claim", "the claim that implies it"),
        help="The id of the claim that implies it.", example="edge-of-stability")  # fmt: skip
@option("--id", "id_", fields=["id"], under=PREDICTED, asks=_within, help="Its id within the claim, a word or two.",
        example="onset")  # fmt: skip
@option("--statement", fields=["statement"], under=PREDICTED, asks=text_of("what one will measure"),
        help="What one will measure, TeX in single quotes.")  # fmt: skip
@option("--type", "type_", fields=["type"], under=PREDICTED, asks=text_of("type", TYPES),
        help="equality, bound, exponent, threshold, ordering, switch or qualitative.")  # fmt: skip
@option("--about", fields=["about"], under=PREDICTED, asks=text_of("about", LEVELS),
        help="derived, simulated-model, trained-network or field.")  # fmt: skip
@option("--refuted-if", fields=["refuted-if"], under=PREDICTED, asks=text_of("refuted if"),
        help="An observation that a critic would accept as its refutation.",
        example="The onset lies more than 5 % from 2 at either curvature.")  # fmt: skip
@options
@option("--frozen", fields=["frozen.date", "frozen"], under=PROVENANCE, example="2026-11-24",
        help="The day on which the declaration was fixed; today where it is left out.")  # fmt: skip
@option("--pilot", fields=["frozen.pilot"], under=PROVENANCE, is_flag=True,
        help="Earlier runs chose settings or tolerance.")  # fmt: skip
@asked
def prediction(ask: Asker, /, **given: Any) -> None:
    """A prediction, at the end of its claim's list; comments of the file stay.

    \b
    kg new prediction --claim stability-limit --id at-two --type equality --about simulated-model --quantity step \\
        --statement 'It is 2 over the curvature.' --expected 2/curvature --condition curvature=1 --tolerance 0.1 \\
        --tolerance-why 'slow growth near it' --rival 'one over it=1/curvature' --refuted-if 'It is 10 % off.'

    What has parts may also be given in brackets, as it stands in the file:
    --rival '{name: features keep moving, expected: "0", claim: ID}'.
    """
    from kg.contribute import drafts, mend
    from kg.contribute.change import Refused

    graph, given = ask.graph, ask.collect(given)
    claim, kind = given["claim_"], given["type_"]
    there = graph.corpus.claims[claim].predictions if claim in graph.corpus.claims else ()
    fields: dict[str, Any] = {
        "id": given["id_"],
        "statement": given["statement"],
        "type": kind,
        "about": given["about"],
        "refuted-if": given["refuted_if"],
        "frozen": {"date": given["frozen"] or today(), "pilot": str(given["pilot"]).lower()},
    }
    fields |= declared(ask, kind, given) if kind else {}
    path, at = f"data/claims/{claim}.yaml", ("predictions", len(there))
    held(ask, "prediction", path, at, fields)
    try:
        text = drafts.with_prediction(mend.read(graph.corpus.root, path), fields, path)
    except Refused as problem:
        raise click.ClickException(str(problem)) from None
    shared = partial(_shared, graph, claim, str(fields.get("quantity", "")))
    written(ask, {path: text}, path, at, once={"unlinked-rivals": shared})
    click.echo(f"added {claim}/{fields['id']} to {path}")
    click.echo(f"to take it back: delete {fields['id']}, the last of the predictions in {path}", err=True)
    if kind != "qualitative" and (lacks := lacking(kind, fields)):
        click.echo(f"a script can test it once {listed(lacks)} are given too; add them to {path}", err=True)
    if not fields.get("source"):
        papers = listed([source.paper for source in graph.corpus.claims[claim].sources])
        click.echo(f"without --source it counts as stated by the sources of {claim}: {papers}", err=True)


def _shared(graph: Graph, claim: str, quantity: str, findings: Sequence[Finding]) -> str:
    """What to do about a new prediction of ``claim`` that cannot hold beside others of the same quantity."""
    from kg.duplicates import SMALL_WORDS

    corpus = graph.corpus
    same = {address: other for address, other, one in corpus.predictions() if one.quantity == quantity}
    places = {address: corpus.place(address, "quantity") for address in same}
    others = [
        address
        for address, place in places.items()
        if any(repr(address) in f.message or place == f.place for f in findings)
    ]
    taken = {one.quantity for _, _, one in corpus.predictions()}
    words = [word for word in claim.split("-") if word not in SMALL_WORDS] or [claim]
    names = ["_".join([*words[:size], quantity]) for size in range(1, len(words) + 1)]
    own = next((name for name in names if name not in taken), names[-1])
    accepts = "accepts" if len(others) == 1 else "accept"
    said = f"--quantity: {quantity!r} is already a quantity of {listed(others)}, which {accepts} other values; "
    said += f"choose a name of its own, such as {own}"
    if rival := next((same[address] for address in others if same[address] != claim), ""):
        said += (
            f"; if it is the same thing measured, name that account: --rival '{{name: …, expected: …, claim: {rival}}}'"
        )
    return said


@new.command()
@click.argument("name")
@option("--prediction", "prediction_", under=TEST, asks=node_of("prediction", "the prediction that it tests"),
        help="The prediction that it tests, claim/prediction.",
        example="stability-limit/onset")  # fmt: skip
@option("--level", fields=["tests.level", "tests"], under=TEST, asks=text_of("level", LEVELS),
        help="At which it measures: derived, simulated-model, trained-network or field.")  # fmt: skip
@asked
def reproduction(ask: Asker, /, name: str, **given: Any) -> None:
    """A script scripts/NAME.py that runs, with a placeholder for the science.

    \b
    kg new reproduction onset_again --prediction stability-limit/onset --level simulated-model

    The prediction's YAML gets the line that names it, tests: [{script: NAME, level: LEVEL}]. No pytest file is written.
    """
    from kg.contribute import drafts, mend, skeleton
    from kg.contribute.change import Refused
    from kg.scriptfile import is_script_name
    from kg.terms import ResultError

    graph = ask.graph
    if not is_script_name(f"{name}.py"):
        near = re.sub(r"[^a-z0-9_]+", "_", name.removesuffix(".py").lower()).strip("_0123456789")
        such = f"; did you mean {near}?" if near and is_script_name(f"{near}.py") else ""
        ask.wrong("NAME", f"found {name!r}, expected lower-case letters, digits and '_', beginning with a letter{such}")
    if ask.problems and interactive():
        ask.done()
    given = ask.collect(given)
    wanted, level = given["prediction_"], given["level"]
    ask.done()
    said = graph.node(f"prediction:{wanted}").record
    claim, _, short = wanted.partition("/")
    if said.type == "qualitative" or said.missing:
        lacks = ", ".join(said.missing) or "a number: it is qualitative"
        where = graph.corpus.place(f"prediction:{wanted}")
        raise click.ClickException(
            f"{wanted} cannot be tested yet; its declaration lacks {lacks}; add that to it, at {where}"
        )
    path, script = f"data/claims/{claim}.yaml", f"scripts/{name}.py"
    if (graph.corpus.root / script).exists():
        raise click.ClickException(
            f"{script} is there already; choose another NAME, or name this one by hand: "
            f"tests: [{{script: {name}, level: {level}}}] below {short!r} in {path}"
        )
    try:
        files = {script: skeleton.script(name, graph.node(f"claim:{claim}").record.statement, said)}
        if name not in [test.script for test in said.scripts]:
            files[path] = drafts.with_test(mend.read(graph.corpus.root, path), short, name, level, path)
    except (Refused, ResultError) as problem:
        raise click.ClickException(str(problem)) from None
    written(ask, files, script, ("tests",), new=frozenset({script}))
    named = f" and the line that names it in {path}" if path in files else ""
    click.echo(f"wrote {script}{named}; try it: kg rerun {name} --budget smoke")
    click.echo(f"to take it back: rm {script}{', and delete that line' if named else ''}", err=True)
