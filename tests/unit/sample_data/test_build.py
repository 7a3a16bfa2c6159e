import pytest

from data_access.importing import import_files
from data_access.importing.tables import TABLES
from data_access.schema import batches, store_meta
from data_access.settings import DEFAULTS
from data_access.store import open_store
from sample_data import __main__ as files_command
from sample_data.build import DONE, NOTHING_DONE, build_demo_store, main
from tests.unit.sample_data.frames import SCALE

TINY = "0.003"


@pytest.fixture
def settings(monkeypatch, duckdb_url, zhanjiang):
    """The URL of a store, which is the default one."""
    monkeypatch.setenv("ZHANRONG_STORE", duckdb_url)
    monkeypatch.setitem(DEFAULTS, "ZHANRONG_STORE", duckdb_url)
    monkeypatch.setenv("ZHANRONG_PROFILE", str(zhanjiang.folder))
    return duckdb_url


def build(tmp_path, *arguments):
    return main(["--scale", TINY, "--folder", str(tmp_path / "files"), *arguments])


def version(url):
    store = open_store(url)
    try:
        return store.version()
    finally:
        store.close()


def test_every_row_passes_the_products_own_checks(duckdb_url, zhanjiang, tmp_path):
    store, told = open_store(duckdb_url), []
    try:
        report = build_demo_store(
            store, zhanjiang, folder=tmp_path, scale=SCALE, progress=lambda share, text: told.append((share, text))
        )
    finally:
        store.close()
    assert report.refusals == ()
    assert report.counts.held == 0
    assert {sheet.ignored for sheet in report.sheets} == {()}
    assert {sheet.table for sheet in report.sheets} == set(TABLES)
    assert [share for share, _ in told] == sorted(share for share, _ in told)
    assert told[-1][0] == 1.0


def test_a_city_is_built_once_and_again_on_request(settings, tmp_path, capsys):
    assert build(tmp_path, "--if-absent") == DONE
    assert version(settings) == 1
    assert build(tmp_path, "--if-absent") == DONE
    assert version(settings) == 1
    assert build(tmp_path, "--seed", "3") == DONE
    assert version(settings) == 1
    assert "held" not in capsys.readouterr().out


def test_a_demo_city_of_another_version_is_made_anew_but_nothing_else_is(settings, tmp_path, capsys):
    build(tmp_path, "--if-absent")
    written_by_another_version(settings)
    assert build(tmp_path, "--if-absent") == DONE
    assert "made anew" in capsys.readouterr().out
    assert version(settings) == 1
    written_by_another_version(settings, batches.update().values(created_by="a clerk"))
    assert build(tmp_path, "--if-absent") == NOTHING_DONE
    assert "another version" in capsys.readouterr().err


def written_by_another_version(url, *changes):
    store = open_store(url)
    with store.begin() as connection:
        for change in (store_meta.update().where(store_meta.c.key == "schema_version").values(value="0"), *changes):
            connection.execute(change)
    store.close()


def test_a_store_of_ones_own_is_not_filled_unasked(settings, monkeypatch, tmp_path):
    monkeypatch.setitem(DEFAULTS, "ZHANRONG_STORE", "duckdb:///elsewhere")
    assert build(tmp_path, "--if-absent") == DONE
    assert version(settings) == 0


def test_a_store_with_other_data_is_left_alone(settings, zhanjiang, tmp_path, capsys):
    file = tmp_path / "own.csv"
    file.write_text("主体编号,主体名称,主体类型,县（市、区）\nX1,某店,个体工商户,赤坎区\n", encoding="utf-8")
    store = open_store(settings)
    import_files(store, zhanjiang, [file], by="clerk")
    store.close()
    assert build(tmp_path) == NOTHING_DONE
    assert "已有数据" in capsys.readouterr().err
    assert version(settings) == 1


@pytest.mark.usefixtures("settings")
def test_a_city_without_a_demo_needs_none(monkeypatch, foreign, tmp_path, capsys):
    monkeypatch.setenv("ZHANRONG_PROFILE", str(foreign.folder))
    assert build(tmp_path, "--if-absent") == DONE
    assert build(tmp_path) == NOTHING_DONE
    assert "demo.toml" in capsys.readouterr().err


@pytest.mark.usefixtures("settings")
def test_the_files_can_be_had_without_a_store(tmp_path, capsys):
    assert files_command.main(["--out", str(tmp_path), "--scale", TINY]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(TABLES)
