r"""TeX of BibTeX fields that sets text and does nothing else.

Accents, symbols, styles and formulas stay as they were written. Every other command is shown by its name
(``\input`` becomes ``\textbackslash{}input``), and so is a formula that holds one that reads, writes, runs or defines;
characters that would end a paragraph of LaTeX with an error (``% & # _ ^ $``) are escaped.
"""

from __future__ import annotations

import re

from kg.latex import is_text_command

_MATH = re.compile(r"((?<!\\)\$(?:[^$\\]|\\.)+\$)", re.DOTALL)
_COMMAND = re.compile(r"\\(?P<name>[A-Za-z@]+)|\\(?P<escaped>.)|(?P<bare>[%&#_^$])|\\\Z", re.DOTALL)
_ACTIVE = re.compile(
    r"\\(?:input|include|openin|openout|read|write|immediate|special|csname|catcode|[egx]?def|let|futurelet"
    r"|newcommand|renewcommand|providecommand|newread|newwrite|newenvironment|usepackage|RequirePackage|documentclass"
    r"|directlua|latelua|luaexec|href|url|includegraphics|every[a-z]+|begin|end|loop|expandafter|output|shipout|errmessage"
    r"|message|typeout|endinput|scantokens|pdf[a-z]+|ShellEscape|lstinputlisting|verbatiminput|[A-Za-z]*@[A-Za-z@]*"
    r")(?![A-Za-z])|\^\^|(?<!\\)[%#]"
)
_NAMED = {"^": "\\textasciicircum{}"}


def shown(tex: str) -> str:
    """``tex`` on one line with nothing in it that acts; braces that balance still do."""
    pieces = _MATH.split(" ".join(tex.split()))  # mathematics at the odd places
    return "".join(piece if at % 2 and not _ACTIVE.search(piece) else _prose(piece) for at, piece in enumerate(pieces))


def _prose(tex: str) -> str:
    return _COMMAND.sub(_shown, tex)


def _shown(found: re.Match[str]) -> str:
    if name := found["name"]:
        return found[0] if is_text_command(name) else f"\\textbackslash{{}}{name}"
    if found["escaped"]:
        return found[0]
    if found["bare"]:
        return _NAMED.get(found["bare"], f"\\{found['bare']}")
    return "\\textbackslash{}"
