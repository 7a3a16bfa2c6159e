"""Every row that a figure can count has its definition, a metric's or its own."""

import pytest

from components.inputs import MEETINGS, told_by
from components.meanings import meaning_of
from data_access.queries.measures import MEASURES
from data_access.queries.rowsets import ROWSETS
from locales import translator


@pytest.mark.parametrize("key", [*MEASURES, *ROWSETS, *MEETINGS])
def test_a_metric_or_a_sentence_tells_what_the_rows_are(key):
    meaning = meaning_of(key)
    assert meaning or told_by(key) is not None
    assert translator("en")(meaning) != meaning or not meaning


def test_an_age_of_problems_is_told_by_what_is_counted_at_it():
    assert meaning_of("problem.open_0") == meaning_of("problem.open_5") == meaning_of("problem.open")
    assert meaning_of("problem.overdue_3") == meaning_of("problem.overdue") != meaning_of("problem.open")
