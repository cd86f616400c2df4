"""Arithmetic in the settings: values against Python's own, and what is refused."""

from __future__ import annotations

import contextlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.arithmetic import MAX_LENGTH, FormulaError, parse

SETTINGS: dict[str, float | str] = {"width": 16.0, "depth": 3.0, "beta": 0.9, "eta": 0.6, "lambda": 2.0, "task": "sine"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3*(1+5/width)^depth", 3 * (1 + 5 / 16) ** 3),
        ("(2+2*beta)/eta", (2 + 2 * 0.9) / 0.6),
        ("-depth/(1+depth)", -0.75),
        ("-2^2", -4.0),
        ("2^-1", 0.5),
        ("2^3^2", 512.0),
        ("8/4/2", 1.0),
        ("1-2-3", -4.0),
        ("+-+1", -1.0),
        ("sqrt(width)*log(exp(2))", 8.0),
        (".5e1 + 5. + 5E-1", 10.5),
        ("0028", 28.0),
        ("lambda^2", 4.0),
        ("  1 +   1", 2.0),
    ],
)
def test_values(text: str, value: float) -> None:
    """Operators bind as in mathematics, '^' to the right and before a sign; Python's own words are settings."""
    assert parse(text).value(SETTINGS) == pytest.approx(value, rel=1e-15)


def test_names_are_the_settings_needed() -> None:
    """Functions are no settings."""
    assert parse("sqrt(width) + 2*depth - width").names == {"width", "depth"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "2**3",
        "7//2",
        "2 3",
        "2(3+1)",
        "2width",
        "width(2)",
        "1_000",
        "0x10",
        "1e999",
        "1 if width else 2",
        "__import__('os')",
        "width.real",
        "[1]",
        "width; depth",
        "a = 1",
        "a := 1",
        "1 < 2",
        "lambda: 1",
        "sqrt",
        "sqrt()",
        "sqrt(1, 2)",
        "sqrt(*width)",
        "abs(1)",
        "(1",
        "1)",
        "%",
        "½",
        "1\n+1",
        "1\x00",
        "١",
    ],
)
def test_refused(text: str) -> None:
    """Anything but arithmetic is refused with a message, never evaluated and never another error."""
    with pytest.raises(FormulaError) as refusal:
        parse(text)

    assert len(str(refusal.value)) > 20


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Phi(-1/sqrt(alpha))", "'Phi' in 'Phi(-1/sqrt(alpha))' is no function here; for other laws take the value from"),
        ("0.5*erfc(x)", "'erfc' in '0.5*erfc(x)' is no function here; for other laws take the value from the run"),
        ("1/sqr(alpha)", "'sqr' in '1/sqr(alpha)' is no function here; did you mean 'sqrt'?"),
        ("ln(2)", "'ln' in 'ln(2)' is no function here; did you mean 'log'?"),
        ("log10(2)", "'log10' in 'log10(2)' is no function here; log is natural: write log(…)/log(10);"),
        ("exp2(3)", "'exp2' in 'exp2(3)' is no function here; for other laws"),
        ("max(1,2)", "'max' in 'max(1,2)' is no function here; for other laws"),
        ("alpha(1+2)", "the setting 'alpha' stands before a bracket in 'alpha(1+2)'; write a product with *"),
        ("2(3)", "no sign stands before a bracket in '2(3)'; write a product with *"),
        ("sqrt()", "'sqrt' has one argument, between brackets, and another number in 'sqrt()'"),
        ("0,138", "found a decimal comma in '0,138': write 0.138"),
        ("1,000*alpha", "found a decimal comma in '1,000*alpha': write 1.000, or 1000 where it parts thousands"),
        ("log(2, 3)", "found a comma in 'log(2, 3)': a function has one argument here"),
    ],
)  # fmt: skip
def test_what_is_no_arithmetic_is_told_with_what_to_write(text: str, says: str) -> None:
    """A function that there is none of is named with what to do; a product sign is asked for only where one is left out."""
    with pytest.raises(FormulaError) as refusal:
        parse(text, ["alpha"])

    assert str(refusal.value)[: len(says)] == says
    assert ("write a product" in str(refusal.value)) == ("write a product" in says)


def test_no_settings_are_told_in_words() -> None:
    """Where the conditions name no setting, no empty list is shown, nor where a value has none."""
    with pytest.raises(FormulaError, match=r"^'eta' is no setting: there are no settings$"):
        parse("2/eta").value({})
    with pytest.raises(FormulaError, match=r"^'1/\(eta-2\)' has no value at eta 2: "):
        parse("1/(eta-2)").value({"eta": 2.0})


def test_length_is_limited() -> None:
    """A text longer than any closed form is refused before it is parsed."""
    assert parse("1" + "+1" * ((MAX_LENGTH - 1) // 2)).value({}) == (MAX_LENGTH - 1) // 2 + 1
    with pytest.raises(FormulaError, match="at most 300"):
        parse("1" + "+1" * MAX_LENGTH)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2/alpha", "'alpha' is no setting: the settings are "),
        ("2*task", "the word 'sine'"),
        ("1/(width-16)", "division by zero"),
        ("log(0)", "no value"),
        ("sqrt(-1)", "no value"),
        ("(-8)^(1/3)", "no value"),
        ("exp(1000)", "no value"),
        ("1e300*1e300", "not finite"),
        ("1e300*1e300 - 1e300*1e300", "not finite"),
        ("10^400", "no value"),
    ],
)
def test_no_finite_value(text: str, says: str) -> None:
    """What has no finite value at the settings says so; nothing becomes infinite or complex in silence."""
    with pytest.raises(FormulaError, match=says):
        parse(text).value(SETTINGS)


@pytest.mark.parametrize("other", ["3 * ( 1 + 5/width )^depth", "3.0*(1+5./width)^(depth)", "(3e0*(1+5/width)^depth)"])
def test_canonical_ignores_spelling(other: str) -> None:
    """Spaces, idle brackets and the spelling of numbers make no other formula; another grouping does."""
    assert parse(other).canonical == parse("3*(1+5/width)^depth").canonical
    assert parse("3*1+5/width^depth").canonical != parse("3*(1+5/width)^depth").canonical


numbers = st.floats(0.1, 9.9).map(lambda value: f"{value:.3f}")
formulas = st.recursive(
    numbers | st.sampled_from(["width", "depth"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]}{t[1]}{t[2]})"),
        inner.map(lambda text: f"sqrt(1+{text}^2)"),
        inner.map(lambda text: f"(-{text})"),
    ),
    max_leaves=12,
)


@given(formulas)
def test_agrees_with_python(text: str) -> None:
    """On random formulas the value is the one that Python's own evaluation gives."""
    if len(text) > MAX_LENGTH:
        return
    scope = {"width": 16.0, "depth": 3.0, "sqrt": math.sqrt}
    try:
        expected = eval(text.replace("^", "**"), {"__builtins__": {}}, scope)
    except ZeroDivisionError:
        with pytest.raises(FormulaError):
            parse(text).value(SETTINGS)
        return

    assert parse(text).value(SETTINGS) == pytest.approx(expected, rel=1e-12)


@given(st.text(max_size=40))
def test_any_text_parses_or_is_refused(text: str) -> None:
    """No text whatever raises anything but a refusal."""
    with contextlib.suppress(FormulaError):
        parse(text)
