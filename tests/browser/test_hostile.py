"""Hostile text in every text field of every record, on every page and every card of the app."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from kg import checks
from kg.graph import load
from tests.browser.conftest import free_port, serving
from tests.browser.test_app import Visit, wait_drawn
from tests.needs import needs_chromium
from tests.test_hostile_text import TEXTS, WORDING, tree_of

CODE = "window.ran=1"
ACTIVE = " ".join(
    [
        "href",  # what makes pyvis put titles into the page as markup
        *(TEXTS[name].replace("alert(1)", CODE) for name in TEXTS if name not in ("lines", "markup", "tex", "spaces")),
        "$\\href{javascript:window.ran=1}{t}$ $[l](https://example.org/tex)$ www.example.org a@example.org :material/home:",
    ]
)
BLOCKS = "\n\n".join([TEXTS["lines"], TEXTS["markup"], "<details open ontoggle=window.ran=1>", "<https://example.org>"])
FOREIGN = """() => {
    const roots = [document], found = [];
    for (const root of roots)
        for (const one of root.querySelectorAll('*')) {
            if (one.shadowRoot) roots.push(one.shadowRoot);
            for (const name of ['href', 'src', 'action', 'data', 'srcset', 'xlink:href', 'style']) {
                const value = one.getAttribute(name) || '';
                if (/example\\.org|javascript:|file:|data:text/.test(value)) found.push(one.outerHTML.slice(0, 200));
            }
            if ([...one.attributes].some((a) => a.name.startsWith('on'))) found.push(one.outerHTML.slice(0, 200));
        }
    return found;
}"""


def hostile(tree: Path, text: str) -> None:
    """A paper and a script that say it too, which ``tree_of`` leaves as they are."""
    bare = re.sub(r"[{}\\#%$&~^_@\"]|\s+", " ", text)
    entry = f"@misc{{x, title = {{{bare}}}, author = {{{{{bare}}} and Ada Lovelace}}, howpublished = {{{bare}}}, year = 2020}}"
    (tree / "bib/x.bib").write_text(entry, encoding="utf-8")
    quoted = bare.replace("'", " ")[:250]
    (tree / "scripts/x.py").write_text(f"'''{quoted}\n\nMore {bare}\n'''\n".replace("'''", '"""'), encoding="utf-8")


@pytest.fixture(scope="module", params=[ACTIVE, BLOCKS], ids=["inline", "blocks"])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("hostile")
    tree = tree_of(request.param, folder)
    hostile(tree, request.param)
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    with serving([*command, "--server.port", str(port)], port, folder / "log.txt", KG_ROOT=str(tree)) as address:
        yield address, tree


@needs_chromium
def test_no_field_of_any_record_runs_or_leads_out(served: tuple[str, Path], visit: Visit) -> None:
    """On all cards and pages no script runs, nothing outside is asked for, and no attribute holds contributed text."""
    address, tree = served
    graph = load(tree)
    assert {finding.rule for finding in checks.run(graph)} <= {"unbalanced-tex", "unread-name", *WORDING}
    nodes = [node.address for node in graph.nodes()]
    assert len({node.partition(":")[0] for node in nodes}) == 9, "every kind of node is there"
    page = visit(f"{address}/explore")
    page.set_default_timeout(60_000)
    for place in ["explore", "", "questions", "watch", *(f"explore?node={quote(node)}" for node in nodes)]:
        page.goto(f"{address}/{place}", wait_until="commit")
        page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
        page.locator('[data-testid="stMain"] h1, [data-testid="stMain"] h2, [data-testid="stMain"] h3').first.wait_for()
        if "node=" in place:
            wait_drawn(page, place.partition("node=")[2].replace("%3A", ":").replace("%2F", "/"))
        assert page.evaluate("window.ran") is None, place
        assert page.evaluate(FOREIGN) == [], place
        assert page.locator('[data-testid="stException"]').count() == 0, place
