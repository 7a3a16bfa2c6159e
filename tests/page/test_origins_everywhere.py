"""Every page that shows figures: they lead to where they come from, and what does not is named here with its reason."""

import json
import re

import pytest

from components.inputs import source_of
from components.origins import Origin
from data_access.importing.tables import TABLES
from metrics.catalogue import load_catalogue
from metrics.quality import load_checks
from pages import PAGES
from tests.page.reading import pieces, problems

# Pages whose numbers are not figures of the catalogue.
WITHOUT = {
    "access": "who may see what: persons and grants",
    "audit": "what was done in the system: events",
    "data": "batches, checks and templates: counts of files and rows, each with its own list",
    "ledger": "the rows themselves",
    "papers": "frozen editions: their figures are those of the pages they were frozen from",
}
# How many marks a page has at least, and how it is opened.
VIEWS = {
    "overview": ({}, 60), "screen": ({}, 8), "districts": ({}, 20), "funnel": ({}, 12), "industries": ({}, 60),
    "banks": ({}, 10), "campaigns": ({}, 40), "problems": ({}, 60), "products": ({}, 10), "definitions": ({}, 40),
}  # fmt: skip
# Views whose figures no measure counts: how to open them, and the row sets they lead to.
FURTHER = {
    "cohort.": ("funnel", {"version": "cohort"}), "stopped": ("funnel", {"part": "reasons"}),
    "span.": ("funnel", {"part": "times"}), "unserved": ("funnel", {"part": "unserved"}),
    "officer.": ("campaigns", {"part": "officers"}), "publicity.": ("campaigns", {"part": "publicity"}),
}  # fmt: skip
# Values of cards that no row of the store tells of, each for its reason.
CARDS = {"省内位次": "a published rank of other cities"}


def marks(app):
    """Return the origins that the page's own HTML leads to."""
    sent = [json.loads(element.proto.json) for element in app.get("bidi_component")]
    screens = [str(entry.get("cards", "")) for entry in sent if isinstance(entry, dict)]
    return re.findall(r'data-act="source:([^"]*)"', " ".join([*pieces(app), *screens]))


def is_whole(mark):
    """Return whether a mark is read back as it was written: each side of the figure can be narrowed by its cell."""
    origin = Origin.parse(mark)
    return origin is not None and origin.text() == mark


def test_every_metric_leads_to_rows_a_check_or_what_was_published():
    checked = {key for check in load_checks().values() for key in check.metrics}
    lost = [
        entry.key for entry in load_catalogue().values()
        if not source_of(entry.key).keys and entry.key not in checked and {*entry.tables} & {*TABLES}
    ]  # fmt: skip
    assert lost == []


def test_every_page_is_spoken_of():
    assert {page.key for page in PAGES} == {*WITHOUT, *VIEWS}


@pytest.mark.parametrize("page", VIEWS)
def test_the_figures_of_a_page_lead_somewhere(open_page, demo_store, zhanjiang, page):
    """A headline card without an origin is an omission as well, unless its name stands in ``CARDS``."""
    parameters, least = VIEWS[page]
    app = open_page(demo_store, zhanjiang, page, **parameters)
    assert problems(app) == []
    assert len(marks(app)) >= least
    assert [mark for mark in marks(app) if not is_whole(mark)] == []
    cards = re.findall(r'<section class="zr-card[^"]*">.*?</section>', " ".join(pieces(app)), re.DOTALL)
    names = [re.sub(r"<[^>]+>.*", "", card.partition("<h3>")[2], flags=re.DOTALL).strip() for card in cards]
    values = [re.search(r'<div class="zr-value[^"]*">(.*?)</div>', card, re.DOTALL) for card in cards]
    lost = [name for name, value in zip(names, values, strict=True) if value and "source:" not in value[1]]
    assert not {*lost} - {*CARDS}


@pytest.mark.parametrize("rows", FURTHER)
def test_the_figures_of_a_view_lead_to_rows_no_measure_counts(open_page, demo_store, zhanjiang, rows):
    page, parameters = FURTHER[rows]
    found = marks(open_page(demo_store, zhanjiang, page, **parameters))
    assert any(mark.startswith(rows) for mark in found)
    assert [mark for mark in found if not is_whole(mark)] == []
