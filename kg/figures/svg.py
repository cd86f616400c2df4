"""A chart as SVG, by vl-convert: Vega itself, in the process, without a browser and without the network.

The same chart gives the same bytes: the font is one that vl-convert brings along, and sizes are fixed. Vega writes
every text of the record as escaped text; ``contained`` holds the result to that.
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree  # for what Vega wrote

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
WIDTH = 520
VEGA_LITE = "6.1"
_ELEMENTS = frozenset(
    {"svg", "g", "path", "text", "rect", "line", "defs", "clipPath", "title", "linearGradient", "stop", "tspan"}
)


class CannotDraw(Exception):
    """A picture cannot be made; the message says why and what to do."""


def render(chart: Any, title: str = "") -> str:
    """The SVG of ``chart``, with ``title`` above it. Raises CannotDraw where vl-convert is missing or refuses it."""
    try:
        import vl_convert  # noqa: PLC0415  # 84 MB that only this needs
    except ImportError:
        raise CannotDraw("pictures need vl-convert-python; install the extra: pip install -e '.[figures]'") from None
    spec = chart.to_dict()
    spec.pop("$schema", None)
    if "vconcat" not in spec:
        spec.setdefault("width", WIDTH)
    spec.setdefault("padding", {"left": 26, "right": 14, "top": 6, "bottom": 6})  # another font may be wider
    config = spec.setdefault("config", {})
    config |= {
        "font": FONT,
        "background": "white",
        "axis": {"labelFontSize": 11, "titleFontSize": 12, "titleFontWeight": "normal"},
    }
    config["legend"] = {"labelFontSize": 11}
    if title:
        spec["title"] = {"text": title, "anchor": "start", "fontSize": 13, "fontWeight": "normal", "limit": 900}
    try:
        text = str(vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE, allowed_base_urls=[]))
    except ValueError as reason:
        raise CannotDraw(f"Vega refuses the chart: {str(reason)[:200]}") from None
    if (stray := contained(text)) is not None:
        raise CannotDraw(f"the picture holds {stray}; nothing but shapes and text may stand in it")
    return text.rstrip("\n") + "\n"


def contained(text: str) -> str | None:
    """What an SVG holds beside shapes and text: a script, a link, an event, a style. None where nothing."""
    try:
        root = ElementTree.fromstring(text)  # noqa: S314  # what Vega wrote, and expat opens nothing else
    except ElementTree.ParseError as reason:
        return f"no XML ({reason})"
    for element in root.iter():
        name = element.tag.rpartition("}")[2]
        if name not in _ELEMENTS:
            return f"the element {name!r}"
        for attribute in element.attrib:
            plain = attribute.rpartition("}")[2].lower()
            if plain.startswith("on") or plain in ("href", "style"):
                return f"the attribute {plain!r}"
    return None
