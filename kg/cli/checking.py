"""``kg check`` and ``kg explain``: the rules of the record."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.cli.common import as_json, load, put
from kg.english import counted


@click.command()
@as_json
@click.option("--strict", is_flag=True, help="Warnings fail too.")
@click.option(
    "--format", "style", type=click.Choice(["text", "github"]), default="text", help="How findings are printed."
)
@click.option("--fix", is_flag=True, help="First mend what has one answer: identifiers, quotes, canonical form.")
@click.pass_obj
def check(root: Path | None, json_: bool, strict: bool, style: str, fix: bool) -> None:
    """Hold every file to every rule, and print all that is wrong: first in files that are not committed as they are.

    \b
    kg check
    kg check --fix
    kg check --json --strict
    """
    from kg import checks, findings

    graph = load(root)
    if fix:
        from kg.contribute import mend

        tree = graph.corpus.root
        for path in mend.rewrite(tree, mend.files(tree), mend.mended)[0]:
            click.echo(f"mended {path}", err=True)
        graph = load(root)
    found = checks.run(graph)
    if json_:
        click.echo(findings.as_json(found))
    elif found:
        changed = _uncommitted(graph.corpus.root)
        found.sort(key=lambda finding: finding.place.path not in changed)  # stable: else by place
        colours = {"error": "red", "warning": "yellow"}
        text = findings.as_text(found, lambda f: click.style(f.rule, fg=colours[f.severity]))
        click.echo(findings.as_github(found) if style == "github" else text)
    errors = sum(f.severity == "error" for f in found)
    warnings = len(found) - errors
    if not json_:
        click.echo(f"{counted(errors, 'error')}, {counted(warnings, 'warning')}", err=True)
    sys.exit(1 if errors or (strict and warnings) else 0)


def _uncommitted(root: Path) -> frozenset[str]:
    """What git would commit; nothing where there is no git or no repository."""
    from kg import git

    try:
        return frozenset(git.changed(root))
    except git.GitError:
        return frozenset()


@click.command()
@click.argument("rule", required=False)
@as_json
def explain(rule: str | None, json_: bool) -> None:
    """Say what a RULE means, with an example that breaks it; without RULE, list the rules.

    \b
    kg explain rival-too-close
    """
    from dataclasses import asdict

    import kg.checks  # noqa: F401  # importing the readers and checks registers their rules
    from kg.findings import RULES
    from kg.validation import did_you_mean

    if rule is None:
        rows = [asdict(RULES[name]) for name in sorted(RULES)]
        put(rows if json_ else "\n".join(f"{row['name']:24} {row['meaning']}" for row in rows), json_)
    elif rule not in RULES:
        raise click.UsageError(f"there is no rule {rule!r}{did_you_mean(rule, RULES)}; kg explain lists them")
    else:
        found = RULES[rule]
        text = f"{found.name} ({found.severity})\n{found.meaning}\n\nBreaks it:  {found.example}"
        put(asdict(found) if json_ else text, json_)
