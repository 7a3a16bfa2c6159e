"""Which page shows which metric is read from the pages' own code."""

import pages
from components.office.shown import metrics_on, module_of, shown_on
from metrics.catalogue import load_catalogue

MODULES = {page.key: module_of(page.render) for page in pages.PAGES}


def test_every_page_has_a_module_of_its_own():
    assert "pages" not in MODULES.values()
    assert MODULES["banks"] == "pages.banks.supervision"


def test_what_pages_are_known_to_show_is_found():
    assert {"visited", "visit_rate", "list_coverage", "approved_amount"} <= metrics_on(MODULES["overview"])
    assert {"backfill_rate", "days_to_decision", "need_rate"} <= metrics_on(MODULES["funnel"])
    assert {"rejection_adequacy", "credit_size_fit"} <= metrics_on(MODULES["banks"])
    assert not metrics_on(MODULES["overview"]) & {"credit_size_fit", "npl_ratio"}


def test_the_lists_of_metrics_themselves_show_none():
    # The definitions page names every metric, and the data page those its checks touch.
    assert metrics_on(MODULES["definitions"]) == frozenset()
    assert metrics_on(MODULES["data"]) == {"reconciliation_gap", "reconciliation_gap_amount"}
    assert set(shown_on(MODULES)) <= load_catalogue().keys()
