"""``kg fmt``: data files and bibliographies in canonical form."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.english import counted


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 where something would change.")
@click.pass_obj
def fmt(root: Path | None, paths: tuple[Path, ...], check: bool) -> None:
    """Write data/ and bib/, or the files at PATHS, in canonical form: order, quotes, line width. Comments stay.

    \b
    kg fmt
    kg fmt --check data/claims/edge-of-stability.yaml
    """
    from kg.contribute import mend
    from kg.corpus import find_root

    tree = (root or find_root()).absolute()
    for path in paths:
        if not path.absolute().is_relative_to(tree):
            raise click.UsageError(f"{path} lies outside {tree}; give files below it, or another --root")
    wanted = [path.absolute().relative_to(tree).as_posix() for path in paths] or mend.files(tree)
    changed, left = mend.rewrite(tree, wanted, mend.formatted, write=not check)
    for name in changed:
        click.echo(f"{'would change' if check else 'wrote'} {name}")
    for reason in left:
        click.echo(reason, err=True)
    same = len(wanted) - len(changed) - len(left)
    told = [f"{counted(same, 'file')} in canonical form already"] if same else []
    told += [f"{counted(len(left), 'file')} left as written, which cannot be read (told above)"] if left else []
    if told:
        click.echo("; ".join(told), err=True)
    sys.exit(1 if check and (changed or left) else 0)
