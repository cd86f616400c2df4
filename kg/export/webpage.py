"""A selection as one HTML page that asks for nothing: no script, no image, no style sheet of another's.

Its content security policy forbids them besides. Contributed text is escaped; formulas are set as characters.
"""

from __future__ import annotations

from html import escape

from kg.evidence import Evidence
from kg.export.describe import Described, described
from kg.export.selection import Selection
from kg.plain import plain

_HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem;
  overflow-wrap: anywhere; }}
li {{ margin: 0 0 1rem; padding-left: .3rem; }}
p {{ margin: 0; }}
.kind, .why {{ opacity: .75; font-size: .9rem; }}
</style>
</head>
<body>
<h1>{title}</h1>
"""


def dump(evidence: Evidence, selection: Selection) -> str:
    """One item of an ordered list a node, in the order of the selection; ``id`` is the node's address."""
    items = [_item(one) for one in described(evidence, selection)]
    minutes = f"<p>About {selection.minutes} minutes (an estimate).</p>\n" if selection.minutes else ""
    listed = f"<ol>\n{''.join(items)}</ol>\n"
    return f"{_HEAD.format(title=_text(selection.title))}{minutes}{listed}{_left_out(selection)}</body>\n</html>\n"


def _left_out(selection: Selection) -> str:
    lines = "".join(f'<p class="why">{escape(line)}</p>\n' for line in selection.left_out)
    return f"<h2>Left out</h2>\n{lines}" if lines else ""


def _item(one: Described) -> str:
    kind = " · ".join(filter(None, [one.kind, one.standing]))
    links = " · ".join(
        f'<a href="{escape(address)}" rel="noopener noreferrer">{_text(name)}</a>' for name, address in one.links
    )
    parts = [
        f"<p><strong>{_text(one.title)}</strong></p>",
        f'<p class="kind">{_text(kind)} <code>{escape(one.address)}</code></p>',
        f"<p>{_text(one.byline)}</p>" * bool(one.byline),
        f"<p>{links}</p>" * bool(links),
        f"<p>{_text(one.statement)}</p>" * bool(one.statement),
        f'<p class="why">{_text(one.told)}</p>' * bool(one.told),
    ]
    return f'<li data-address="{escape(one.address)}">{"".join(parts)}</li>\n'


def _text(text: str) -> str:
    return escape(plain(text))
