"""The page of reading lists in a browser: three clicks to a file, what one knows, what is left out."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from click.testing import CliRunner
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from kg.cli import main
from tests.browser.test_app import PLATEAU, PLATEAU_TITLE, Visit
from tests.browser.test_everyone import settled
from tests.needs import needs_chromium


def read_again(text: str) -> list[dict[str, Any]]:
    """The items of a downloaded list, by a CommonMark parser: paper, title, where, minutes, why."""
    found = []
    for item in SyntaxTreeNode(MarkdownIt().parse(text)).walk():
        if item.type == "list_item":
            [inline] = [node for node in item.walk() if node.type == "inline"]
            parts = [*inline.children]
            title = "".join(one.content for one in next(node for node in parts if node.type == "strong").children)
            paper = next(node.content for node in parts if node.type == "code_inline")
            last = max(place for place, node in enumerate(parts) if node.type == "hardbreak")
            told = "".join(node.content for node in parts[last + 1 :]).replace("\u2060", "")
            where, minutes, why = re.fullmatch(r"(.*); about (\d+) min; (.*)", told, re.DOTALL).groups()  # type: ignore[union-attr]
            found.append({"paper": paper.removeprefix("paper:"), "title": title, "where": where,
                          "minutes": int(minutes), "why": why})  # fmt: skip
    return found


@needs_chromium
def test_from_home_to_a_downloaded_list_in_three_clicks(public: str, public_tree: Path, visit: Visit) -> None:
    """Open the choice on home, choose one's own target, download; the file says item by item what ``kg read`` says."""
    page = visit(public)
    settled(page)
    clicks = 0

    def click(what: Any) -> None:
        nonlocal clicks
        clicks += 1
        what.click()

    click(page.get_by_role("combobox", name="A reading list for"))
    page.keyboard.type("settles where sharpness")
    click(page.get_by_role("option", name=f"{PLATEAU_TITLE} (claim)"))
    page.get_by_text("3 readings, about 55 min").wait_for()
    with page.expect_download() as download:
        click(page.get_by_role("button", name="Download Markdown"))

    told = CliRunner().invoke(main, ["--root", str(public_tree), "read", PLATEAU, "--json"], catch_exceptions=False)
    wanted = [{name: row[name] for name in ("paper", "title", "where", "minutes", "why")}
              for row in json.loads(told.stdout)]  # fmt: skip
    assert clicks <= 3
    assert len(wanted) == 3
    assert read_again(Path(download.value.path()).read_text(encoding="utf-8")) == wanted
    assert parse_qs(urlsplit(page.url).query) == {"target": [PLATEAU]}
    page.go_back()
    page.get_by_role("heading", name="Start here").wait_for()


@needs_chromium
def test_hours_and_what_one_knows_change_the_list(public: str, visit: Visit) -> None:
    """Hours leave a concept out and say so; a part said to be known goes from the list, into the address, and back."""
    page = visit(f"{public}/reading?target={PLATEAU}&hours=0.5")
    page.get_by_text("1 concept left out within 0.5 h").click()
    page.get_by_text("Curvature (meet): it would take 55 minutes more").wait_for()
    page.get_by_text("No reading fits").wait_for()
    page.get_by_text("no limit").click()
    page.get_by_text("3 readings, about 55 min").wait_for()
    page.get_by_text("After this list 1 claim and 1 open question more come into reach").wait_for()

    page.get_by_role("button", name="I know this part").first.click()
    page.get_by_text("2 readings, about 45 min").wait_for()
    assert parse_qs(urlsplit(page.url).query) == {"target": [PLATEAU], "knows": ["calculus-short"]}
    page.reload()
    page.get_by_text("2 readings, about 45 min").wait_for()
    page.get_by_text("2 readings to begin now").click()
    page.locator('[data-testid="stExpander"] nav a[data-node="paper:saxe2014exact"]').wait_for()
    page.go_back()
    page.get_by_text("3 readings, about 55 min").wait_for()
