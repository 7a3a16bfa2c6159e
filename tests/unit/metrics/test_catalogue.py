"""The catalogue is complete, consistent, and refuses what it does not know."""

import pkgutil
import re
from importlib import resources

import pytest

from data_access.importing.tables import TABLES
from data_access.queries.progress import MEASURES
from metrics import catalogue
from metrics.catalogue import CatalogueError, UnknownMetricError, load_catalogue, load_terms, metric

METRICS = list(load_catalogue().values())
# Inputs that no import table brings yet: what needs them is 未报送 until one does.
NOT_IMPORTED = {"published", "published_ranks", "loan_fees", "loan_quality", "batches"}


def test_every_number_of_the_dictionary_is_defined():
    numbers = {entry.id for entry in METRICS if re.fullmatch(r"M\d\d", entry.id)}
    assert numbers == {f"M{number:02d}" for number in range(1, 75)}


def test_further_figures_belong_to_a_number():
    assert all(re.fullmatch(r"M\d\d[b-e]?", entry.id) for entry in METRICS)


def test_the_order_is_the_dictionarys():
    assert [entry.id for entry in METRICS] == sorted(entry.id for entry in METRICS)


def test_a_metric_is_found_by_number_and_by_key():
    assert metric("M04") is metric("visit_rate") is load_catalogue()["visit_rate"]


def test_an_unknown_metric_is_named():
    with pytest.raises(UnknownMetricError, match="no metric 'M99'"):
        metric("M99")


@pytest.mark.parametrize("entry", METRICS, ids=lambda entry: entry.id)
def test_words_are_there_in_both_languages(entry):
    texts = [entry.name, entry.formula, entry.numerator_words, entry.pitfalls]
    texts += [entry.denominator_words] if entry.is_ratio else []
    for text in texts:
        assert re.search(r"[\u4e00-\u9fff]", text.zh)
        assert text.en
        assert not re.search(r"[\u4e00-\u9fff]", text.en)


@pytest.mark.parametrize("entry", METRICS, ids=lambda entry: entry.id)
def test_needed_tables_can_be_imported(entry):
    columns = {f"{name}.{column.name}" for name, spec in TABLES.items() for column in spec.columns}
    assert set(entry.needs) <= {*TABLES, *columns, *NOT_IMPORTED}


@pytest.mark.parametrize("entry", [entry for entry in METRICS if entry.computed_by], ids=lambda entry: entry.id)
def test_the_function_that_computes_it_exists(entry):
    assert callable(pkgutil.resolve_name(entry.computed_by))


def test_everything_up_to_m55_is_computed():
    assert [entry.id for entry in METRICS if not entry.computed_by and entry.id < "M56"] == []


def test_a_ratio_of_measures_is_a_ratio_and_a_count_is_not():
    for entry in METRICS:
        if entry.numerator:
            assert (entry.additivity == "R") == entry.is_ratio, entry.id
            assert (entry.null_rule == "no_denominator") == entry.is_ratio, entry.id


def test_only_measures_of_one_unit_are_added_up():
    units = {name: measure.unit for name, measure in load_terms().measure.items()}
    for entry in METRICS:
        assert len({units[name] for name in entry.numerator}) <= 1, entry.id
        assert len({units[name] for name in entry.denominator}) <= 1, entry.id


def test_a_count_has_the_unit_of_its_measure():
    units = {name: measure.unit for name, measure in load_terms().measure.items()}
    for entry in METRICS:
        if entry.numerator and not entry.is_ratio:
            assert {entry.unit} == {units[name] for name in entry.numerator}, entry.id


def test_the_measures_are_those_of_a_progress_frame():
    assert set(load_terms().measure) == set(MEASURES)


def test_the_basis_of_a_measure_counts_enterprises():
    measures = load_terms().measure
    assert {measures[measure.basis].unit for measure in measures.values()} == {"enterprise"}


def test_every_word_is_used(zhanjiang):
    terms = load_terms()
    assert set(terms.source) == {code for entry in METRICS for code in entry.sources}
    used = {entry.unit for entry in METRICS} | {measure.unit for measure in terms.measure.values()}
    used |= {figure.unit for figure in zhanjiang.published}
    assert set(terms.unit) == used
    assert {source.kind for source in terms.source.values()} == set(terms.source_kind)


@pytest.fixture
def entry():
    return {
        "id": "M98", "key": "example", "name_zh": "例", "name_en": "example", "formula_zh": "例", "formula_en": "one",
        "numerator": ["visited"], "unit": "enterprise", "additivity": "D", "polarity": "up", "grain": ["any"],
        "null_rule": "zero_is_zero", "pitfalls_zh": "无", "pitfalls_en": "none", "source": ["own"],
    }  # fmt: skip


@pytest.fixture
def definitions(monkeypatch, entry):
    """Read ``entry`` as the only metric; the words stay the real ones."""
    read = catalogue._read
    monkeypatch.setattr(catalogue, "_read", lambda name: read(name) if name == "terms" else {"metric": [entry]})
    monkeypatch.setattr(catalogue, "FAMILIES", ("visits",))
    return catalogue.load_catalogue.__wrapped__


def test_a_definition_is_read(definitions):
    assert definitions()["example"].needs == ("visits",)


@pytest.mark.parametrize("field", ["key", "unit", "pitfalls_en"])
def test_a_missing_field_is_named(definitions, entry, field):
    del entry[field]
    with pytest.raises(CatalogueError, match=rf"M98: {field} is missing"):
        definitions()


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("unit", "herd", "M98: 'herd' is no unit"),
        ("display", "mega", "M98: 'mega' is no display"),
        ("grain", ["moon"], "M98: 'moon' is no grain"),
        ("source", ["hearsay"], "M98: 'hearsay' is no source"),
        ("numerator", ["guests"], "M98: 'guests' is no measure"),
    ],
)
def test_an_unknown_word_is_named(definitions, entry, field, value, message):
    entry[field] = value
    with pytest.raises(CatalogueError, match=message):
        definitions()


def test_a_key_is_used_once(definitions, monkeypatch):
    monkeypatch.setattr(catalogue, "FAMILIES", ("visits", "lists"))
    with pytest.raises(CatalogueError, match="id used twice: M98"):
        definitions()


def test_a_broken_file_is_named(monkeypatch, tmp_path):
    (tmp_path / "visits.toml").write_text("[[metric", "utf-8")
    monkeypatch.setattr(catalogue, "DEFINITIONS", tmp_path)
    with pytest.raises(CatalogueError, match=r"visits\.toml"):
        catalogue._read("visits")


def test_english_quotes_are_straight():
    """A Chinese font, which stands first, draws the curly ones as wide as a character."""
    folder = resources.files("metrics") / "definitions"
    lines = [
        line
        for file in folder.iterdir()
        if file.name.endswith(".toml")
        for line in file.read_text("utf-8").splitlines()
    ]
    english = [line for line in lines if re.match(r"\s*\w*en = ", line)]
    assert len(english) > 200
    assert not [line for line in english if re.search("[“”‘’]", line)]
