"""TeX as characters, for labels that cannot hold formulas."""

from __future__ import annotations

import re

_GREEK = "αβγδεζηθικλμνξοπρςστυφχψω"
_NAMES = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho varsigma sigma tau "
    "upsilon phi chi psi omega"
)
_SIGNS = dict(zip(_NAMES.split(), _GREEK, strict=True)) | {
    "to": "→", "rightarrow": "→", "infty": "∞", "times": "×", "cdot": "·", "leq": "≤", "le": "≤", "geq": "≥",
    "ge": "≥", "approx": "≈", "sim": "∼", "propto": "∝", "pm": "±", "neq": "≠", "ll": "≪", "gg": "≫", "top": "ᵀ",
    "partial": "∂", "nabla": "∇", "sum": "Σ", "in": "∈", "ell": "ℓ", "mid": "|", "langle": "⟨", "rangle": "⟩",
    "dots": "…", "ldots": "…", "varepsilon": "ε", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ",
    "prime": "′", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
_RAISED = str.maketrans("0123456789+-nᵀ′", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿᵀ′")
_LOWERED = str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")
_ONE_RAISED = re.compile(r".|\d+\.\d+|[A-Za-z]{3,}|\([^()]*\)")  # ab is a product, which brackets hold together
_ONE_LOWERED = re.compile(r".|\w+|\([^()]*\)")


def plain(text: str) -> str:
    """``text`` on one line with its TeX as characters, for labels that cannot hold formulas: ``$2/\\eta$`` is 2/η."""
    return " ".join(re.sub(r"\$([^$]+)\$", lambda found: _characters(found[1]), text).split())


def _characters(tex: str) -> str:
    tex = re.sub(
        r"\\(?:mathrm|mathbf|mathcal|mathbb|text|operatorname|left|right|bar|hat|tilde|boldsymbol)\b\s*", "", tex
    )
    for _ in range(3):  # fractions and roots nest rarely deeper
        tex = re.sub(r"([\^_])\{([^{}\\]*)\}", lambda f: _placed(f[1], f[2].strip()), tex)
        tex = re.sub(r"\\t?frac\{([^{}]*)\}\{([^{}]*)\}", lambda f: f"{_grouped(f[1])}/{_grouped(f[2])}", tex)
        tex = re.sub(r"\\sqrt\{([^{}]*)\}", lambda f: f"√{_grouped(f[1])}", tex)
    tex = re.sub(r"\\([A-Za-z]+)\s*", lambda f: _SIGNS.get(f[1], f[1]), tex)
    tex = re.sub(r"\\[,;:! ]", " ", tex)
    before = ""
    while before != tex:  # from the innermost braces outward
        before, tex = tex, re.sub(r"([\^_]?)\{([^{}]*)\}", lambda f: _placed(f[1], f[2].strip()), tex, count=1)
    tex = re.sub(r"\^([0-9nᵀ′])", lambda f: _placed("^", f[1]), tex)
    tex = re.sub(r"_([0-9])", lambda f: _placed("_", f[1]), tex)
    return tex.replace("{", "").replace("}", "").replace("\\", "")


def _placed(where: str, text: str) -> str:
    """``text`` raised (``^``), lowered (``_``) or as it stands: by characters for it, else with brackets if need be."""
    signs, one = (_RAISED, _ONE_RAISED) if where == "^" else (_LOWERED, _ONE_LOWERED)
    if not where or not text:
        return text
    if all(ord(sign) in signs for sign in text):
        return text.translate(signs)
    if one.fullmatch(text):
        return f"{where}{text}"
    return f"{where}({text})"


def _grouped(tex: str) -> str:
    return tex if re.fullmatch(r"\\?\w+", tex) else f"({tex})"
