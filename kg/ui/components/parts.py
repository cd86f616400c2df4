"""The scripts and styles of our own components: sent once a session, whatever changes afterwards.

Streamlit sends a component's script again with each change of its data. So each component here has a script of three
lines that calls into one bundle, which never changes, and its data travels deflated.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__).parent
NAMES = ("links", "legend", "datatable", "graph")
"""Each is ``<name>.js``, which adds itself to ``PARTS``, and ``<name>.css``."""

_CALL = """export default (c) => { let undo, gone; const start = () => gone || (undo = kgMount("NAME", c));
window.kgMount ? start() : addEventListener("kg-parts", start, { once: true }); return () => { gone = 1; undo?.() } }
"""
"""It travels with each change of the data: short."""


def _bundle() -> str:
    code = [_text("parts.js"), _text("glyph.js"), *(_text(f"{name}.js") for name in NAMES)]
    code += [f"STYLES.{name} = {json.dumps(_text(f'{name}.css'))};\n" for name in NAMES]
    code.append(f"document.adoptedStyleSheets.push(sheetOf({json.dumps(_text('page.css'))}));\n")
    return "".join([*code, 'window.dispatchEvent(new Event("kg-parts"));\nexport default function () {}\n'])


@cache
def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


_code = st.components.v2.component("parts", html="<span hidden></span>\n", js=_bundle())


def mount() -> None:
    """Put the bundle and the page's own style into the page, once for all pages."""
    _code(key="parts_code")


def part(name: str, html: str) -> Callable[..., Any]:
    """The component that shows its data by ``PARTS.<name>``; called with ``key``, ``data`` and its callbacks.

    Data that is bytes is packed already.
    """
    component = st.components.v2.component(name, html=f"{html}\n", js=_CALL.replace("NAME", name))

    def show(*, key: str, data: Any, **rest: Any) -> Any:
        return component(key=key, data=data if isinstance(data, bytes) else packed(data), **rest)

    return show


def packed(data: Any) -> bytes:
    """``data`` as deflated JSON; bytes are JSON to be deflated."""
    told = data if isinstance(data, bytes) else json.dumps(data, ensure_ascii=False, sort_keys=True).encode()
    return zlib.compress(told, 6)


def unpacked(data: bytes) -> Any:
    """What ``packed`` was given."""
    return json.loads(zlib.decompress(data))


_cursor = part("cursor", "<span hidden></span>")


def cursor(address: str) -> None:
    """Tell all lists which node is selected, so that a list itself need not be sent again."""
    with st.container(key="cursor"):
        _cursor(key="cursor_part", data={"node": address})
