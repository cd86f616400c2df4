"""The command line. Imports stand inside the commands, so that ``kg --help`` stays quick.

Each module holds the commands of one subject. Exit codes: ``check`` 0 fine, 1 findings of severity error (with
``--strict`` warnings too); ``rerun`` 1 only on verdict error; 2 usage; every other command works on a tree with
findings, says so on stderr, and exits 0.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import click

from kg.cli import (
    adding,
    checking,
    comparing,
    creating,
    exporting,
    formatting,
    predicting,
    reading,
    reading_lists,
    retiring,
    running,
    serving,
    teaching,
)

_MENDS = {
    errno.ENOENT: "check how it is spelled, and from which folder it is seen",
    errno.EISDIR: "name a file in it",
    errno.ENOTDIR: "name a folder there",
    errno.EACCES: "change who may read or write it, or choose another place",
}
"""What to do about what the system refused, where that is not a matter of room."""


class _Commands(click.Group):
    """Says in one line what the system refused, such as a full disk behind standard output."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except OSError as problem:
            if problem.errno == errno.EPIPE:  # the reader has seen enough; click ends quietly
                raise
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # else what is still to be written is tried again at exit
            place = problem.filename or "the output"
            mend = _MENDS.get(problem.errno or 0, "make room, or choose another place")
            raise click.ClickException(f"{place}: {problem.strerror}; {mend}") from None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder that holds data/ and bib/.",
)
@click.version_option(package_name="learning-mechanics-kg", prog_name="kg")
@click.pass_context
def main(context: click.Context, root: Path | None) -> None:
    """What is known in the science of deep learning, how sharply, and what is open.

    \b
    kg app                          open the explorer
    kg show edge-of-stability       one node, with its evidence
    kg trace edge-of-stability      what a claim rests on
    kg read edge-of-stability       what to read to follow it
    kg rerun edge_of_stability      measure it again
    kg check                        hold the record to its rules
    """
    context.obj = root


_ = predicting, teaching  # importing them adds their commands to ``kg new``

for _command in (
    checking.check,
    reading.show,
    reading.trace,
    reading.find,
    reading_lists.read,
    running.rerun,
    exporting.export,
    reading.stats,
    checking.explain,
    creating.new,
    adding.add,
    retiring.retire,
    formatting.fmt,
    comparing.diff,
    serving.app,
):
    main.add_command(_command)
