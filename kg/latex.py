"""TeX as BibTeX files hold it -> the Unicode text that a reader sees.

Tables of accents and symbols and a few regular expressions: more than a hundred times faster than a TeX reader,
and held against one in the tests. Mathematics between ``$`` stays as written. A command that no table knows stays
as written too, with its arguments: nothing is run, and nothing is dropped without trace.
"""

from __future__ import annotations

import re
import unicodedata

MAX_STACKED = 3  # accents on one letter; Vietnamese stacks two

_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
    '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328",
    "b": "\u0331",
}  # fmt: skip
_SYMBOLS = {
    "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å",
    "AA": "Å", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ", "ng": "ŋ",
    "NG": "Ŋ", "textendash": "–", "textemdash": "—", "textquoteleft": "‘", "textquoteright": "’",
    "textquotedblleft": "“", "textquotedblright": "”", "ldots": "…", "dots": "…", "textellipsis": "…",
    "textregistered": "®", "texttrademark": "™", "copyright": "©", "textdegree": "°", "pounds": "£", "S": "§",
    "P": "¶", "LaTeX": "LaTeX", "TeX": "TeX",
}  # fmt: skip
_LITERAL = {"textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^", "textunderscore": "_"}
_STYLES = (  # commands that say how their argument looks and nothing else
    "emph|text(?:it|bf|sc|tt|rm|sf|sl|up|normal)?|mbox|underline|em|it|bf|sc|tt|rm|sf|sl|itshape|bfseries|scshape"
)
_TYPED = {"---": "—", "--": "–", "``": "“", "''": "”", "~": " ", "{": "", "}": ""}
_ESCAPED = {",": " ", " ": " ", "\\": " ", "-": "", "/": ""}  # the other escaped characters stand for themselves

_MATH = re.compile(r"((?<!\\)\$[^$\\]*(?:\\.[^$\\]*)*\$)", re.DOTALL)
_SYMBOL = re.compile(rf"\\\\|\\({'|'.join(sorted(_SYMBOLS, key=len, reverse=True))})(?![A-Za-z])(?:\{{\}}|[ \n]+)?")
_LETTER = r"[^\W\d_][\u0300-\u036f]*"
_ACCENTED = re.compile(
    rf"""\\\\|\\([`'^~=."]|[urHvdckb](?![A-Za-z]))[ \n]*(?:\{{[ \n]*({_LETTER})[ \n]*\}}|({_LETTER}))"""
)
_ARGUMENT = r"\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|\[[^][{}]*\]"
_TOKEN = re.compile(
    r"\\(?:url|path|nolinkurl)\{(?P<address>[^{}]*)\}"
    rf"|\\(?P<literal>{'|'.join(_LITERAL)})(?![A-Za-z])(?:\{{\}}|[ \n]+)?"
    rf"|\\(?P<style>{_STYLES})(?![A-Za-z])[ \n]*"
    rf"|(?P<unknown>\\[A-Za-z]+[0-9*]*(?:{_ARGUMENT})*)"
    r"|\\(?P<escaped>[&%$#_{}, \\/-])"
    r"|(?P<typed>---|--|``|''|[~{}])"
)


_TEXT_COMMANDS = re.compile(rf"(?:{_STYLES}|[urHvdckb]|url|path|nolinkurl)\Z")


def is_text_command(name: str) -> bool:
    """Whether ``\\name`` is an accent, symbol, style or address: a command that sets text and does nothing else."""
    return name in _SYMBOLS or name in _LITERAL or _TEXT_COMMANDS.match(name) is not None


def to_text(tex: str) -> str:
    """``G{\\"o}del's {P}roof`` -> ``Gödel's Proof``, in Unicode's form NFC."""
    if not _TOKEN.search(tex) and "\\" not in tex:
        return unicodedata.normalize("NFC", tex)
    pieces = _MATH.split(tex)  # mathematics at the odd places
    pieces[::2] = [_prose(piece) for piece in pieces[::2]]
    return unicodedata.normalize("NFC", "".join(pieces))


def _prose(tex: str) -> str:
    text = _SYMBOL.sub(lambda found: _SYMBOLS[found[1]] if found[1] else found[0], tex)
    for _ in range(MAX_STACKED):
        text, changes = _ACCENTED.subn(_accented, text)
        if not changes:
            break
    return _TOKEN.sub(_plain, text)


def _accented(found: re.Match[str]) -> str:
    accent, letter = found[1], found[2] or found[3]
    if not accent:
        return found[0]
    dotted = {"ı": "i", "ȷ": "j"}.get(letter, letter)  # TeX drops the dot to make room, Unicode's letters do it alone
    return unicodedata.normalize("NFC", dotted + _ACCENTS[accent])


def _plain(found: re.Match[str]) -> str:
    match found.lastgroup:
        case "address" | "unknown":
            return found[found.lastgroup]
        case "literal":
            return _LITERAL[found["literal"]]
        case "escaped":
            return _ESCAPED.get(found["escaped"], found["escaped"])
        case "typed":
            return _TYPED[found["typed"]]
    return ""  # a style
