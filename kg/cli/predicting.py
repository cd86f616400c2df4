"""``kg new prediction`` and ``kg new reproduction``: what one will measure, and the script that does."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any, get_args

import click

from kg.cli.asking import Asker
from kg.cli.common import load
from kg.cli.creating import new, written
from kg.cli.declaring import declared, lacking, options


@new.command()
@click.option("--claim", "claim_", help="The claim that implies it.")
@click.option("--id", "id_", help="Its id within the claim.")
@click.option("--statement", help="What one will measure.")
@click.option("--type", "type_", help="equality, bound, exponent, threshold, ordering, switch or qualitative.")
@click.option("--about", help="derived, simulated-model, trained-network or field.")
@click.option("--refuted-if", help="What a critic would accept as its refutation.")
@options
@click.option("--pilot", is_flag=True, help="Earlier runs chose settings or tolerance.")
@click.pass_obj
def prediction(root: Path | None, /, claim_: str | None, id_: str | None, **given: Any) -> None:
    """A prediction, at the end of its claim's list; comments of the file stay.

    \b
    kg new prediction --claim ID --id rate --statement S --type qualitative --about field --refuted-if R
    kg new prediction --claim ID --id slope --statement S --type exponent --about trained-network --refuted-if R \\
        --quantity change --in width --over 128,256,512,1024 --at-most -0.5 --tolerance 0.1 --tolerance-why W \\
        --rival "features keep moving=0" --precondition "final_loss<=0.001"

    What has parts may also be given in brackets, as it stands in the file:
    --rival '{name: features keep moving, expected: "0", claim: ID}'.
    """
    from kg.contribute import drafts, mend
    from kg.contribute.change import Refused
    from kg.declarations import LEVELS, Type

    graph = load(root)
    ask = Asker(graph)
    claim = ask.reference("--claim", claim_, "claim", "the claim that implies it")
    kind = ask.text("--type", given["type_"], "type", get_args(Type))
    frozen = {"date": datetime.datetime.now(datetime.UTC).date().isoformat(), "pilot": str(given["pilot"]).lower()}
    fields: dict[str, Any] = {
        "id": ask.text("--id", id_, "id within the claim, a word or two"),
        "statement": ask.text("--statement", given["statement"], "what one will measure"),
        "type": kind,
        "about": ask.text("--about", given["about"], "about", LEVELS),
        "refuted-if": ask.text("--refuted-if", given["refuted_if"], "refuted if"),
        "frozen": frozen,
    }
    fields |= declared(ask, kind, given) if kind else {}
    ask.done()
    path = f"data/claims/{claim}.yaml"
    try:
        text = drafts.with_prediction(mend.read(graph.corpus.root, path), fields, path)
    except Refused as problem:
        raise click.ClickException(str(problem)) from None
    written(graph, {path: text})
    click.echo(f"added {claim}/{fields['id']} to {path}")
    if kind != "qualitative" and (lacks := lacking(kind, fields)):
        click.echo(f"a script can test it once its declaration has {', '.join(lacks)} too", err=True)


@new.command()
@click.argument("name")
@click.option("--prediction", "prediction_", help="The prediction that it tests: claim/prediction.")
@click.option("--level", help="derived, simulated-model, trained-network or field.")
@click.pass_obj
def reproduction(root: Path | None, name: str, prediction_: str | None, level: str | None) -> None:
    """A script scripts/NAME.py that runs, with a placeholder for the science.

    The prediction's YAML gets the line that names it, tests: [{script: NAME, level: LEVEL}]. No pytest file is written.

    \b
    kg new reproduction tail_exponent --prediction heavy-tails/exponent --level trained-network
    """
    from kg.contribute import drafts, mend, skeleton
    from kg.contribute.change import Refused
    from kg.declarations import LEVELS
    from kg.scriptfile import is_script_name
    from kg.terms import ResultError

    if not is_script_name(f"{name}.py"):
        raise click.UsageError(f"found {name!r}, expected lower-case letters, digits and '_', beginning with a letter")
    graph = load(root)
    ask = Asker(graph)
    wanted = ask.reference("--prediction", prediction_, "prediction", "the prediction that it tests")
    level = ask.text("--level", level, "level", LEVELS)
    ask.done()
    said = graph.node(f"prediction:{wanted}").record
    claim, _, short = wanted.partition("/")
    if said.type == "qualitative" or said.missing:
        lacks = ", ".join(said.missing) or "a number: it is qualitative"
        raise click.ClickException(f"{wanted} cannot be tested yet; its declaration lacks {lacks}")
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
    written(graph, files, new=frozenset({script}))
    named = f" and the line that names it in {path}" if path in files else ""
    click.echo(f"wrote {script}{named}; try it: kg rerun {name} --budget smoke")
