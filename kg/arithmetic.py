"""Arithmetic in a test's settings, parsed and never evaluated as code.

The language is ``+ - * / ^ ( ) sqrt log exp``, decimal numbers and the names of settings,
e.g. ``3*(1+5/width)^depth``. ``log`` is natural. ``^`` binds to the right and before a sign.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import process

MAX_LENGTH = 300  # longer than any closed form in the corpus; keeps the parser's nesting shallow
_TOKEN = re.compile(
    r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>[-+*/^()])", re.ASCII
)

_FUNCTIONS: dict[str, Callable[[float], float]] = {"sqrt": math.sqrt, "log": math.log, "exp": math.exp}
_OPERATIONS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: math.pow,
}
_PREFIX = "setting_"  # so that settings named like Python's own words (lambda) parse as names
_NEAR = 70.0  # of 100, the likeness from which on a name may be a typing error of a function's
_OTHERS = (
    "for other laws take the value from the run (from-run), or measure a transformed quantity, such as the normal "
    "quantile of a rate"
)
_DECIMAL_COMMA = re.compile(r"\d+,\d+")
_LANGUAGE = "allowed are + - * / ^ ( ) sqrt log exp, decimal numbers and settings"


class FormulaError(ValueError):
    """The text is no arithmetic, or has no finite value at these settings; the message says why."""


@dataclass(frozen=True)
class Formula:
    """A parsed expression: ``names`` are the settings that it needs."""

    text: str
    names: frozenset[str]
    _tree: ast.expr

    def value(self, settings: Mapping[str, float | str]) -> float:
        """The finite value at ``settings``. Raises FormulaError on a missing or worded setting, or no finite value."""
        try:
            result = _value(self._tree, settings)
        except (ArithmeticError, ValueError) as problem:
            if isinstance(problem, FormulaError):
                raise
            raise FormulaError(f"{self.text!r} has no value{_at(settings)}: {problem}") from None
        if not math.isfinite(result):
            raise FormulaError(f"{self.text!r} is not finite{_at(settings)}")
        return result

    @cached_property
    def canonical(self) -> str:
        """The same text for the same parse: spaces, idle brackets and the spelling of numbers do not count."""
        return ast.unparse(self._tree)


def parse(text: str, settings: Collection[str] = ()) -> Formula:
    """Parse ``text``. Raises FormulaError with what is wrong and what is allowed.

    ``settings``: the names that are known to be settings, which only that message reads.
    """
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"{len(text)} characters; arithmetic has at most {MAX_LENGTH}")
    try:
        tree = ast.parse(_as_python(text, settings), mode="eval").body
    except (SyntaxError, RecursionError, MemoryError):
        hint = "; write a product with *" if re.search(r"[\d)]\s*[A-Za-z(]", text) else ""
        hint += "; a power is ^" if "**" in text else ""
        if not hint:
            brackets = text.count("(") != text.count(")")
            hint = "; check its brackets" if brackets else "; write numbers and settings with a sign between each two"
        raise FormulaError(f"{text!r} does not parse as arithmetic{hint}; {_LANGUAGE}") from None
    names: set[str] = set()
    _check(tree, text, names, settings)
    return Formula(text, frozenset(names), tree)


def _as_python(text: str, settings: Collection[str]) -> str:
    """``text`` token by token with ``^`` as a power, every number as a float and every setting as a safe name."""
    tokens: list[str] = []
    at = 0
    while at < len(text):
        if text[at] == " ":
            at += 1
            continue
        token = _TOKEN.match(text, at)
        if token is None:
            for name in re.findall(r"([A-Za-z_]\w*)\s*\(", text[:at], re.ASCII):
                if name not in _FUNCTIONS:
                    raise FormulaError(_no_function(name, text, settings))
            if text[at] == ",":
                raise FormulaError(_comma(text))
            raise FormulaError(f"{text[at]!r} in {text!r} is no part of arithmetic; {_LANGUAGE}")
        if token["number"]:
            if not math.isfinite(float(token["number"])):
                raise FormulaError(f"{token['number']!r} in {text!r} is beyond what a number holds")
            tokens.append(repr(float(token["number"])))
        elif token["name"]:
            tokens.append(token["name"] if token["name"] in _FUNCTIONS else _PREFIX + token["name"])
        else:
            tokens.append("**" if token["sign"] == "^" else token["sign"])
        at = token.end()
    return " ".join(tokens)


def _comma(text: str) -> str:
    """What is said of a comma: that of a decimal number, or one between two arguments."""
    if number := _DECIMAL_COMMA.search(text):
        whole = f", or {number[0].replace(',', '')} where it parts thousands" * (len(number[0].split(",")[1]) == 3)
        whole = "" if number[0].startswith("0") else whole
        return f"found a decimal comma in {text!r}: write {number[0].replace(',', '.')}{whole}"
    return f"found a comma in {text!r}: a function has one argument here, and a decimal number a point; {_LANGUAGE}"


def _no_function(name: str, text: str, settings: Collection[str]) -> str:
    """What is said of a ``name`` before a bracket in ``text`` that is no function."""
    if name in settings:
        return f"the setting {name!r} stands before a bracket in {text!r}; write a product with *; {_LANGUAGE}"
    near = process.extractOne(name.casefold(), ["ln", *_FUNCTIONS], score_cutoff=_NEAR)
    if name[-1].isdigit() and near and near[0] in ("log", "exp"):
        mend = f"; log is natural: write log(…)/log({name[3:]})" if name in ("log2", "log10") else f"; {_OTHERS}"
    elif near:
        meant = "log" if near[0] == "ln" else near[0]
        mend = f"; did you mean {meant!r}?"
    else:
        mend = f"; {_OTHERS}"
    return f"{name!r} in {text!r} is no function here{mend}; {_LANGUAGE}"


def _check(node: ast.expr, text: str, names: set[str], settings: Collection[str]) -> None:
    match node:
        case ast.Constant(value=float()):
            pass
        case ast.Name(id=name) if name.startswith(_PREFIX):
            names.add(name.removeprefix(_PREFIX))
        case ast.UnaryOp(op=ast.UAdd() | ast.USub(), operand=operand):
            _check(operand, text, names, settings)
        case ast.BinOp(left=left, op=operation, right=right) if type(operation) in _OPERATIONS:
            _check(left, text, names, settings)
            _check(right, text, names, settings)
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in _FUNCTIONS:
            _check(argument, text, names, settings)
        case ast.Call(func=ast.Name(id=name)) if name in _FUNCTIONS:
            raise FormulaError(f"{name!r} has one argument, between brackets, and another number in {text!r}")
        case ast.Call(func=ast.Name(id=name)):
            raise FormulaError(_no_function(name.removeprefix(_PREFIX), text, settings))
        case ast.Call():
            raise FormulaError(f"no sign stands before a bracket in {text!r}; write a product with *; {_LANGUAGE}")
        case ast.Name(id=name):
            raise FormulaError(f"the function {name!r} stands alone in {text!r}; give it an argument in brackets")
        case _:
            raise FormulaError(f"{text!r} holds more than arithmetic; {_LANGUAGE}")


def _at(settings: Mapping[str, float | str]) -> str:
    """`` at eta 2, width 64``; nothing where there are no settings."""
    told = (f"{name} {value if isinstance(value, str) else f'{value:g}'}" for name, value in settings.items())
    return f" at {', '.join(told)}" if settings else ""


def _value(node: ast.expr, settings: Mapping[str, float | str]) -> float:
    match node:
        case ast.Constant(value=float(value)):
            return value
        case ast.Name(id=prefixed):
            name = prefixed.removeprefix(_PREFIX)
            if name not in settings:
                known = f"the settings are {', '.join(sorted(settings))}" if settings else "there are no settings"
                raise FormulaError(f"{name!r} is no setting: {known}")
            setting = settings[name]
            if isinstance(setting, str):
                raise FormulaError(f"the setting {name!r} is the word {setting!r}, not a number")
            return setting
        case ast.UnaryOp(op=operation, operand=operand):
            inner = _value(operand, settings)
            return -inner if isinstance(operation, ast.USub) else inner
        case ast.BinOp(left=left, op=operator, right=right):
            return _OPERATIONS[type(operator)](_value(left, settings), _value(right, settings))
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            return _FUNCTIONS[name](_value(argument, settings))
    raise AssertionError(f"unchecked node {node!r}")
