"""The card of a paper, the watch and the table of questions in a browser: tabs, links, and cells that lead on."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from urllib.parse import urlsplit

import pybtex.database

from tests.browser.test_app import PLATEAU, PLATEAU_TITLE, Visit, selected, wait_card, wait_drawn
from tests.browser.test_everyone import settled
from tests.needs import needs_chromium

COHEN = "paper:cohen2021gradient"


@needs_chromium
def test_a_papers_card_leads_to_its_claims(public: str, visit: Visit) -> None:
    """It is cited and downloaded from its card, a tab opens, and a claim in it is a link."""
    page = visit(f"{public}/explore?node={COHEN}")
    wait_drawn(page, COHEN)
    page.get_by_role("button", name="Share, cite, export").click()
    page.get_by_text("@inproceedings{cohen2021gradient,").wait_for()
    page.get_by_text("Cohen, J. M., Kaur, S., Li, Y., Kolter, J. Z., & Talwalkar, A. (2021).").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="BibTeX").click()
    assert download.value.suggested_filename == "gradient-descent-on-neural-networks-typically.bib"
    entries = pybtex.database.parse_file(str(download.value.path()), "bibtex").entries
    assert [(key, len(one.persons["author"])) for key, one in entries.items()] == [("cohen2021gradient", 5)]
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Rests on").click()
    page.get_by_text("Circularity, computed from the graph").wait_for()
    page.get_by_role("tab", name="Says").click()
    page.locator(f'[data-testid="stMain"] nav a[data-node="{PLATEAU}"]').locator("visible=true").first.click()

    wait_card(page, PLATEAU_TITLE)
    assert selected(page) == PLATEAU


@needs_chromium
def test_what_a_search_finds_is_downloaded(public: str, visit: Visit) -> None:
    """The results, hostile ones among them, come as a table in their order, made when its button is pressed."""
    page = visit(f"{public}/find?q=sharpness")
    page.get_by_role("button", name="Export results").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).click()
    assert download.value.suggested_filename == "search-for-sharpness.csv"
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8"), newline="")))
    assert {"claim:plateau", "prediction:hostile/hostile"} & {row["address"] for row in rows}


@needs_chromium
def test_the_watch_leads_to_a_prediction(public: str, visit: Visit) -> None:
    """A watched prediction opens in the explorer, and is exported from its card with the works behind it."""
    page = visit(f"{public}/watch")
    page.locator('nav a[data-node="prediction:plateau/two-over-eta"]').first.click()
    wait_drawn(page, "prediction:plateau/two-over-eta")

    assert urlsplit(page.url).path == "/explore"
    page.get_by_role("button", name="Share, cite, export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8"), newline="")))
    assert [row["address"] for row in rows] == ["prediction:plateau/two-over-eta"]
    with page.expect_download() as download:
        page.get_by_role("button", name="BibTeX").click()
    assert "cohen2021gradient" in pybtex.database.parse_file(str(download.value.path()), "bibtex").entries


@needs_chromium
def test_a_link_of_the_table_opens_the_question(public: str, visit: Visit) -> None:
    """A pick is in the address, outlives a reload and says what is exported; a question in the table opens its card."""
    page = visit(f"{public}/questions")
    page.get_by_role("button", name="partial 1").click()
    page.wait_for_url("**/questions?state=partial")
    page.reload()
    page.get_by_text("1 of 1 question").wait_for()
    page.get_by_role("button", name="Export these").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8"), newline="")))
    assert [row["address"] for row in rows] == ["question:why-two"]
    page.keyboard.press("Escape")
    page.get_by_role("table").locator('a[data-node="question:why-two"]').click()
    wait_drawn(page, "question:why-two")

    assert selected(page) == "question:why-two"


@needs_chromium
def test_pictures_and_tables_fit_their_window(local: str, visit: Visit) -> None:
    """On the record itself: no page is wider than a phone, and no table is cut on a laptop or on a phone."""
    cut = """() => [document, ...[...document.querySelectorAll('*')].map((one) => one.shadowRoot).filter(Boolean)]
        .flatMap((root) => [...root.querySelectorAll('[data-testid="stMain"], .scroll')])
        .filter((one) => one.scrollWidth > one.clientWidth + 1).length"""
    for path, shown in (("/evidence?view=picture", "[data-testid=stVegaLiteChart]"), ("/questions", ".scroll table")):
        page = visit(local + path)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 844})
            page.locator(shown).wait_for()
            settled(page)
            assert page.evaluate(cut) == 0, (path, width)
