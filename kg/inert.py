"""Contributed text as Markdown that shows it as written: no link, image, HTML, icon, heading or mention comes of it."""

from __future__ import annotations

import re

_FORMULA = re.compile(r"(?<![\\$])\$(?![\s$])([^$`\n]{1,2000}?)(?<![\s\\])\$(?![\d$])")
_LEADS_OUT = re.compile(r"\\(?:href|url|includegraphics|html[A-Za-z]*|cssId|class|style|require|unicode)(?![A-Za-z])")
_LINKS_IN_FORMULA = re.compile(
    r"(?<=\])(?=\()|(?<=:)(?=//)|(?<=/)(?=/)|(?<=www)(?=\.)|(?<=<)(?=[A-Za-z/!?])|(?<=@)(?=\w)"
)
"""Where a space, which TeX passes over, keeps a reader of Markdown without formulas from seeing a link or a tag."""
_PUNCTUATION = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~^=&$\"'@:/])")
_JOINER = "\u2060"
"""Word joiner, invisible: ends what Streamlit and GitHub's Markdown would make into icons, emoji and links."""


def inert(text: str) -> str:
    """``text`` as Markdown on one line; only formulas between dollar signs are typeset, and none that leads out."""
    line, parts, at = " ".join(text.split()), [], 0
    for formula in _FORMULA.finditer(line):
        if not _LEADS_OUT.search(formula[1]):
            parts += [_escaped(line[at : formula.start()]), _LINKS_IN_FORMULA.sub(" ", formula[0])]
            at = formula.end()
    return "".join([*parts, _escaped(line[at:])])


def _escaped(text: str) -> str:
    broken = re.sub(r"(:(?=\S)|@(?=\S)|://|\bwww(?=\.))", rf"\1{_JOINER}", text)
    return _PUNCTUATION.sub(r"\\\1", broken)


def formula(tex: str) -> str:
    """A contributed formula as a line of Markdown; as plain text where it could end its own dollar signs."""
    safe = " ".join(tex.split())
    is_one = _FORMULA.fullmatch(f"${safe}$") and not _LEADS_OUT.search(safe)
    return f"$\\displaystyle {safe}$" if is_one else inert(safe)
