"""The flags of ``kg new``: each says which field of the record it gives, and under which heading of the help it stands.

A finding about a field is told by the flag that gives it, as that is what the user typed.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import click

from kg.findings import Finding

_OF_IDS = frozenset(("bad-file-name", "bad-record-id", "duplicate-id", "duplicate-prediction"))
_OF_FORM = frozenset(("wrong-value", "wrong-shape", "unknown-field", "bad-id", "bad-reference", "bad-arithmetic"))
IN_A_SHELL = "; a shell reads $ between double quotes: put the text between single ones"
_OTHER = "Other"

Location = tuple[str | int, ...]
Asks = Callable[[Any, str, Any], Any]
"""Called with who asks (kg.cli.asking.Asker), the flag and what was given for it; gives the value, asked for or not."""


class Flag(click.Option):
    """``fields`` as paths such as ``tolerance.why`` (none: it gives no field); ``example``: a value that works.

    ``examples``: values by the types of prediction that have a form of their own. ``asks``: how what it gives comes
    about, from its value or by a question.
    """

    def __init__(
        self,
        names: Sequence[str],
        *,
        fields: Sequence[str] = (),
        under: str = _OTHER,
        example: str = "",
        asks: Asks | None = None,
        examples: Mapping[str, str] | None = None,
        **given: Any,
    ) -> None:
        if example:
            given["help"] = f"{given['help']} Such as {shlex.quote(example)}"
        super().__init__(list(names), **given)
        self.fields, self.under, self.example, self.asks = tuple(fields), under, example, asks
        self.examples = examples or {}

    @property
    def flag(self) -> str:
        return self.opts[0]


class Command(click.Command):
    """A command whose help has its flags under headings, in the order in which they are declared."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        headings: dict[str, list[tuple[str, str]]] = {}
        for each in in_order(self.get_params(ctx)):
            if row := each.get_help_record(ctx):
                headings.setdefault(getattr(each, "under", _OTHER), []).append(row)
        for heading, rows in headings.items():
            with formatter.section(heading):
                formatter.write_dl(rows)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as problem:
            if "unexpected extra argument" not in problem.message:
                raise
            mend = "every value follows a flag, and one with spaces stands between quotes: --title 'Two words'"
            raise click.UsageError(f"{problem.message}; {mend}", ctx) from None


class Commands(click.Group):
    command_class = Command


def in_order(params: Sequence[click.Parameter]) -> list[click.Parameter]:
    """As the help lists them, and as they are asked for: heading by heading, each as it is declared."""
    headings = list(dict.fromkeys(getattr(each, "under", _OTHER) for each in params if isinstance(each, click.Option)))
    return sorted(params, key=lambda each: [*headings, _OTHER].index(getattr(each, "under", _OTHER)))


def option(*names: str, **given: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The decorator that gives a command a ``Flag``."""
    return click.option(*names, cls=Flag, **given)


def shown(flag: str, example: str) -> str:
    """``flag`` with ``example`` as one types it."""
    return f"{flag} {shlex.quote(example)}"


def such_as(flag: str) -> str:
    """ "; such as --flag VALUE" where the present command's flag has an example, else nothing."""
    context = click.get_current_context(silent=True)
    if context is None or (one := named_flag(context, flag)) is None:
        return ""
    example = one.examples.get(str(context.params.get("type_")), one.example)
    return f"; such as {shown(flag, example)}" if example else ""


def told(findings: Iterable[Finding], path: str, prefix: Location) -> Iterator[tuple[str, str]]:
    """(flag, line) of each finding about the record at ``prefix`` of the file at ``path``; others as they are, with ''.

    Where two flags give the field, it is the one that was used. What is found twice of a flag is told once.
    """
    context = click.get_current_context()
    seen = set()
    for finding in findings:
        location = finding.place.at
        own = finding.place.path == path and location[: len(prefix)] == prefix
        parts = [part for part in location[len(prefix) :] if isinstance(part, str)]
        flag = flag_of(context, ".".join(parts)) if own and parts else ""
        if finding.rule in _OF_IDS and finding.place.path == path and not flag:
            flag = "--id"
        line = f"{flag}: {finding.rule}: {_said(finding, parts, flag)}" if flag else str(finding)
        if line not in seen:
            seen.add(line)
            yield flag, line


def named_flag(context: click.Context, flag: str) -> Flag | None:
    """The flag of the present command that is called so."""
    return next((each for each in _flags(context) if each.flag == flag), None)


def given_flags() -> list[str]:
    """What the command line of the present command gives, as one types it."""
    context = click.get_current_context(silent=True)
    found: list[str] = []
    for each in context.command.params if context else ():
        value = context.params.get(str(each.name)) if context else None
        if isinstance(each, click.Argument) and value:
            found.append(shlex.quote(str(value)))
        elif isinstance(each, Flag) and each.is_flag and value:
            found.append(each.flag)
        elif isinstance(each, Flag) and value:
            found += [f"{each.flag} {shlex.quote(one)}" for one in (value if each.multiple else (value,))]
    return found


def flag_of(context: click.Context, field: str) -> str:
    """The flag of the present command that gives ``field``, or the nearest field around it, or within it; else ''."""
    used = [each for each in _flags(context) if context.params.get(str(each.name))]
    around = field
    while around:
        for each in (*used, *_flags(context)):
            if around in each.fields:
                return each.flag
        around = around.rpartition(".")[0]
    within = (each.flag for each in _flags(context) for name in each.fields if name.startswith(f"{field}."))
    return next(within, "")


def _flags(context: click.Context) -> list[Flag]:
    return [each for each in context.command.params if isinstance(each, Flag)]


def _gives(flag: str, parts: Sequence[str]) -> bool:
    """Whether the flag gives this very field, and not one around it."""
    one = named_flag(click.get_current_context(), flag)
    return one is not None and ".".join(parts) in one.fields


def _said(finding: Finding, parts: Sequence[str], flag: str) -> str:
    """The message without the name of the field, which the flag says, and with an example of the flag's value."""
    if finding.rule == "missing-field":
        deeper = finding.message.partition("; ")[0] if len(parts) > 1 and not _gives(flag, parts) else ""
        return f"{deeper or 'is missing'}; give it{such_as(flag)}"
    head, colon, rest = finding.message.partition(": ")
    said = rest if colon and head.partition("[")[0] in parts else finding.message
    helped = "such as" in said or "did you mean" in said or finding.rule not in _OF_FORM
    return f"{said}{IN_A_SHELL if finding.rule == 'unbalanced-tex' else ''}{'' if helped else such_as(flag)}"
