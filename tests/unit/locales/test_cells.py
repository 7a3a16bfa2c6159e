"""A text that a spreadsheet program would run is marked as a text, and the import takes the mark off again."""

import pyarrow as pa
import pytest

from data_access.importing.reading import _clean
from locales.cells import guarded


@pytest.mark.parametrize(
    "text", ["=A1", "+1+1", "-x", "@SUM(A1)", "\tx", "\rx", "\n=1", "＝1", "＋x", "－x", "＠x", "--1", "=-1"]
)
def test_a_text_that_would_run_is_marked(text):
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["霞山", "-1.5", "+3.2%", "-1,234", "1-2", "", "'=1"])
def test_other_texts_stay_as_they_are(text):
    assert guarded(text) == text


@pytest.mark.parametrize("text", ["=A1", "＝1", "@x", "-x"])
def test_a_marked_text_comes_back_as_it_was(text):
    assert _clean(pa.chunked_array([[guarded(text)]])).to_pylist() == [text]
