"""Hostile text in every text field of every record and of every form, on every page and every card of the app."""

from __future__ import annotations

import itertools
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from kg import checks
from kg.graph import Graph, load
from kg.ui.components import proposalform
from tests.browser.conftest import free_port, serving
from tests.browser.test_app import Visit, wait_drawn
from tests.needs import needs_chromium
from tests.test_hostile_text import TEXTS, WORDING, tree_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

PARTS = ("walk", "table", "sides", "falls")
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

GO = "(there) => { history.pushState({}, '', there); dispatchEvent(new PopStateEvent('popstate', {state: {}})) }"
"""To another address of the same page, as Back and Forward go."""


def bare(text: str) -> str:
    """``text`` without what a BibTeX entry cannot hold."""
    return re.sub(r"[{}\\#%$&~^_@\"]|\s+", " ", text)


def hostile(tree: Path, text: str) -> None:
    """A paper and a script that say it too, which ``tree_of`` leaves as they are."""
    said = bare(text)
    entry = f"@misc{{x, title = {{{said}}}, author = {{{{{said}}} and Ada Lovelace}}, howpublished = {{{said}}}, year = 2020}}"
    (tree / "bib/x.bib").write_text(entry, encoding="utf-8")
    quoted = said.replace("'", " ")[:250]
    (tree / "scripts/x.py").write_text(f"'''{quoted}\n\nMore {said}\n'''\n".replace("'''", '"""'), encoding="utf-8")


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
    for place in ["questions", "watch", "", "explore"]:
        page.goto(f"{address}/{place}", wait_until="commit")
        page.locator('[data-testid="stMain"] h1, [data-testid="stMain"] h2, [data-testid="stMain"] h3').first.wait_for()
        assert trouble(page) == [], place
    wait_drawn(page, "")
    for node in nodes:
        page.evaluate(GO, f"?node={quote(node)}")
        wait_drawn(page, node)
        assert trouble(page) == [], node


def trouble(page: Page) -> list[str]:
    """What is wrong with the page that is open: a script that ran, contributed text in an attribute, an error."""
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    found: list[str] = page.evaluate(FOREIGN)
    found += ["a script ran"] if page.evaluate("window.ran") is not None else []
    return found + ["an error is shown"] * page.locator('[data-testid="stException"]').count()


@needs_chromium
def test_traces_of_hostile_records_are_inert(served: tuple[str, Path], visit: Visit) -> None:
    """Every part of a claim's trace, and a part of the trace of every other kind of node."""
    address, tree = served
    one_of_each = {node.kind: node.address for node in load(tree).nodes()}
    turns = itertools.cycle(PARTS)
    places = [(node, next(turns)) for node in one_of_each.values()] + [("claim:plateau", part) for part in PARTS]
    page = visit(f"{address}/trace")
    page.set_default_timeout(60_000)
    for node, part in places:
        page.goto(f"{address}/trace?node={quote(node)}&part={part}", wait_until="commit")
        page.get_by_role("link", name=f"The card of this {node.partition(':')[0]}").wait_for()
        assert trouble(page) == [], (node, part)


def draft(graph: Graph, text: str) -> dict[str, str | list[str]]:
    """Every form of the page *Propose* filled with ``text`` wherever one may type, else with the first choice."""
    filled: dict[str, str | list[str]] = {}
    for kind, fields in proposalform.FORMS.items():
        for field in fields:
            known = field.options(graph.corpus)[:1] if field.options else []
            typed = "hostile-entry" if field.name == "id" else text[: None if field.form == "text" else 300]
            filled[f"{kind}/{field.name}"] = known if field.form == "many" else known[0] if known else typed
    first = next(graph.nodes("claim")).address
    was = (graph.corpus.root / graph.corpus.place(first).path).read_text(encoding="utf-8")
    line = " ".join(text.split())
    entry = f"@misc{{hostile, title = {{{bare(text)}}}, author = {{Ada Lovelace}}, year = 2020}}"
    return filled | {
        "claim/more": "", "source/bibtex": entry, "correction/node": first, f"correction/text {first}": f"# {line}\n{was}",
    }  # fmt: skip


@needs_chromium
def test_hostile_proposals_are_inert(served: tuple[str, Path], visit: Visit, request: pytest.FixtureRequest) -> None:
    """Each form filled with hostile text, as a browser kept it, with all that the page makes of it."""
    address, tree = served
    text = request.node.callspec.params["served"]
    page = visit(f"{address}/propose")
    page.set_default_timeout(60_000)
    page.get_by_text("Fill in a field").wait_for()
    kept = json.dumps(draft(load(tree), text))
    for kind in proposalform.FORMS:
        page.evaluate("(kept) => localStorage.setItem('learning-mechanics-drafts', kept)", kept)
        page.goto(f"{address}/propose?kind={kind}", wait_until="commit")
        page.locator('button:has-text("Discard this draft"):enabled').wait_for()
        assert trouble(page) == [], kind
        assert page.get_by_text("Fill in a field").count() == 0, kind
    page.evaluate("localStorage.clear()")
