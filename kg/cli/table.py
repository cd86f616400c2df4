"""The table of many reruns: a row for each that ended, and on a terminal, below, how far the running ones are."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Sequence

import click

from kg import runcard
from kg.rerun.many import Job

BAR = 20
MOST_LIVE = 12
"""Rows of running scripts that are drawn; a lower terminal still shows the last ended ones above."""


class Table:
    """Prints to ``rows`` as jobs end, and draws to standard error what runs, where that is a terminal.

    ``rows_on_stderr``: standard output is for JSON.
    """

    def __init__(self, jobs: Sequence[Job], *, rows_on_stderr: bool = False) -> None:
        self._jobs = jobs
        self._err = rows_on_stderr
        self._live = sys.stderr.isatty()
        self._drawn = 0
        self._began = time.monotonic()
        self._width = max([len(job.name) for job in jobs] + [6])

    @property
    def seconds(self) -> float:
        """Since the table was begun."""
        return time.monotonic() - self._began

    def head(self) -> None:
        """The names of the columns."""
        click.echo(click.style(f"{'script':{self._width}}  {'CPU s':>8}  verdicts", dim=True), err=self._err)

    def ended(self, job: Job) -> None:
        """The row of a job that ended, and a line for each of its predictions that failed."""
        self._clear()
        colour = "red" if job.erred else None
        mark = " (before)" if job.earlier else ""
        row = f"{job.name:{self._width}}  {job.cpu_seconds:8.1f}  {click.style(runcard.said(job), fg=colour)}{mark}"
        click.echo(row, err=self._err)
        for remark in runcard.remarks(job):
            click.echo(f"{'':{self._width}}            {remark}", err=self._err)

    def look(self) -> None:
        """Draw anew how far the running jobs are."""
        if not self._live:
            return
        size = shutil.get_terminal_size()
        running = [job for job in self._jobs if job.state == "running"]
        shown = running[: max(1, min(MOST_LIVE, size.lines - 3))]
        lines = [self._running(job) for job in shown]
        waiting = sum(job.state == "waiting" for job in self._jobs)
        lines.append(f"{runcard.total(self._jobs, self.seconds)}; {len(running)} running, {waiting} waiting")
        self._clear()
        click.echo("\n".join(line[: size.columns - 1] for line in lines), err=True)
        self._drawn = len(lines)

    def close(self) -> None:
        """The last line: what all of them gave."""
        self._clear()
        click.echo(click.style(runcard.total(self._jobs, self.seconds), bold=True), err=self._err)

    def _running(self, job: Job) -> str:
        at = job.live.progress
        fraction = at.fraction if at else 0.0
        full = round(BAR * fraction)
        bar = "█" * full + "·" * (BAR - full)
        return f"{job.name:{self._width}}  {job.cpu_seconds:8.1f}  {bar} {fraction:4.0%}, {at.seeds if at else 0} seeds"

    def _clear(self) -> None:
        if self._drawn:
            click.echo(f"\x1b[{self._drawn}F\x1b[J", nl=False, err=True)
            self._drawn = 0
