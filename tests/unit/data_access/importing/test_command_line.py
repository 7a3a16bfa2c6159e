"""The command line: exit codes, messages, and that nothing personal is printed."""

import os
import signal
import subprocess
import sys
from getpass import getuser
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import update

from data_access.access.audit import Asked, events
from data_access.access.store import open_access
from data_access.importing.__main__ import main
from data_access.importing.report import StepCode
from data_access.schema import store_meta
from data_access.settings import load_settings
from data_access.store import open_store
from tests.unit.data_access.importing.files import enterprise, table_file, table_rows, visit, workbook

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def settings(monkeypatch, duckdb_url, tmp_path):
    """Point the settings at the demo profile and an empty store."""
    monkeypatch.setenv("ZHANRONG_STORE", duckdb_url)
    monkeypatch.setenv("ZHANRONG_ACCESS", f"sqlite:///{(tmp_path / 'access.db').as_posix()}")
    monkeypatch.setenv("ZHANRONG_PROFILE", str(ROOT / "sample_data" / "zhanjiang"))
    monkeypatch.setenv("ZHANRONG_LANG", "zh")
    return duckdb_url


def run(*arguments):
    return main([str(argument) for argument in arguments])


@pytest.mark.usefixtures("settings")
def test_all_rows_in(tmp_path, capsys):
    path = table_file(tmp_path / "a.xlsx", "enterprises", enterprise(1, name="不可外泄的名称"))
    assert run(path) == 0
    assert run(path) == 0
    out = capsys.readouterr().out
    assert "读取 1，新增 1，更新 0，未变 0，退回 0 行" in out
    assert "没有新内容" in out
    assert "不可外泄" not in out


@pytest.mark.usefixtures("settings")
def test_columns_of_no_use_are_named(tmp_path, capsys):
    rows = table_rows("enterprises", enterprise(1))
    path = workbook(tmp_path / "a.xlsx", {"e": [[*rows[0], "没有的列"], *[[*row, "x"] for row in rows[1:]]]})
    run(path)
    assert "未用的列: 没有的列" in capsys.readouterr().out


@pytest.mark.usefixtures("settings")
def test_some_rows_held(tmp_path, capsys):
    path = workbook(
        tmp_path / "a.xlsx",
        {"e": table_rows("enterprises", enterprise(1)), "v": table_rows("visits", visit(1, mode="?"), visit(2))},
    )
    out = tmp_path / "held.xlsx"
    assert run(path, "--held", out, "--by", "clerk", "--lang", "en") == 1
    assert openpyxl.load_workbook(out)["Visits"]["D2"].value == "?"
    assert "importing held" not in capsys.readouterr().out
    assert run("held", 1, tmp_path / "again.xlsx") == 0
    assert (tmp_path / "again.xlsx").exists()
    assert run("batches") == 0
    assert "clerk" in capsys.readouterr().out


@pytest.mark.usefixtures("settings")
def test_the_way_to_held_rows_is_told(tmp_path, capsys):
    rows = table_rows("enterprises", enterprise(1, entity_type="?"), enterprise(2))
    path = workbook(tmp_path / "a.xlsx", {"e": rows})
    assert run(path) == 1
    assert "python -m data_access.importing held 1 OUT.xlsx" in capsys.readouterr().out


@pytest.mark.usefixtures("settings")
def test_nothing_done(tmp_path, capsys):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"?")
    assert run(path) == 2
    assert "文件已损坏" in capsys.readouterr().err
    assert run("undo", 7) == 2
    assert "没有批次 7" in capsys.readouterr().err


@pytest.mark.usefixtures("settings")
def test_undo(tmp_path, capsys):
    run(table_file(tmp_path / "a.xlsx", "enterprises", enterprise(1)))
    assert run("undo", 1) == 0
    assert "批次 1 已撤销，移除 1 行" in capsys.readouterr().out
    store = open_access(load_settings().access)
    undone, imported = events(store, Asked())
    store.close()
    assert (undone.action, undone.rows, undone.detail) == ("undo", 1, "batch=1")
    assert (imported.action, imported.rows, imported.how, imported.subject) == ("import", 1, "shell", getuser())


@pytest.mark.usefixtures("settings")
def test_duplicates_are_listed_and_then_closed(tmp_path, capsys):
    run(table_file(tmp_path / "a.xlsx", "enterprises", enterprise(1), {**enterprise(1), "name": "别的店"}))
    capsys.readouterr()
    assert (run("close", 1), "a.xlsx" in capsys.readouterr().out) == (0, True)
    assert (run("close", 1, "--reason", "重复报送"), "1 行" in capsys.readouterr().out) == (0, True)
    assert (run("close", 1, "--reason", "重复报送"), capsys.readouterr().out) == (0, "—\n")


@pytest.mark.usefixtures("settings")
def test_a_file_refused_beside_others_counts_as_not_all(tmp_path):
    good = table_file(tmp_path / "a.xlsx", "enterprises", enterprise(1))
    assert run(good, tmp_path / "nothing.xlsx") == 1


def test_templates_need_no_store(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("ZHANRONG_STORE", "nonsense://")
    assert run("templates", tmp_path / "blank", "--lang", "en") == 0
    assert (tmp_path / "blank" / "Visits.xlsx").exists()
    assert "Visits.xlsx" in capsys.readouterr().out


@pytest.mark.usefixtures("settings")
def test_a_profile_that_is_not_there(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("ZHANRONG_PROFILE", str(tmp_path))
    assert run("batches") == 2
    assert "profile.toml" in capsys.readouterr().err


def test_a_store_that_another_process_holds(settings, tmp_path):
    path = table_file(tmp_path / "a.xlsx", "enterprises", enterprise(1))
    store = open_store(settings)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "data_access.importing", path], cwd=ROOT, capture_output=True, text=True, check=False
        )
    finally:
        store.close()
    assert done.returncode == 3
    assert "数据库正被另一个程序使用" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("garbage:geheim", "数据库地址无法识别"),
        ("postgresql+psycopg://u:ge@heim@localhost/x", "数据库地址无法识别"),
        ("mysql://u:geheim@localhost/x", "mysql://u:***@localhost/x"),
        ("nonsense://u:geheim@localhost/x?password=geheim", "nonsense://u:***@localhost/x"),
        ("duckdb:////proc/nope/x", "duckdb:////proc/nope/x"),
    ],
)
@pytest.mark.usefixtures("settings")
def test_a_store_that_cannot_be_opened(monkeypatch, capsys, url, said):
    monkeypatch.setenv("ZHANRONG_STORE", url)
    assert run("batches") == 2
    err = capsys.readouterr().err
    assert "ZHANRONG_STORE" in err
    assert said in err
    assert "heim" not in err


def test_a_store_of_another_version(settings, capsys):
    store = open_store(settings)
    with store.begin() as connection:
        connection.execute(update(store_meta).where(store_meta.c.key == "schema_version").values(value="999"))
    store.close()
    assert run("batches", "--lang", "en") == 2
    err = capsys.readouterr().err
    assert "999 ≠" in err
    assert len(err) > 60


@pytest.mark.usefixtures("settings")
def test_where_nothing_can_be_written_nothing_is_imported(tmp_path, capsys):
    path = table_file(tmp_path / "a.xlsx", "enterprises", enterprise(1), enterprise(2, region_1="?"))
    nowhere = tmp_path / "none" / "x.xlsx"
    for arguments in ((path, "--held", nowhere), ("held", 1, nowhere), ("templates", path / "x")):
        assert run(*arguments) == 2
        assert f"无法写入 {arguments[-1]}" in capsys.readouterr().err
    assert run("batches") == 0
    assert capsys.readouterr().out == "—\n"


@pytest.mark.usefixtures("settings")
def test_held_rows_of_a_batch_that_does_not_exist(tmp_path, capsys):
    assert run("held", 99, tmp_path / "x.xlsx") == 2
    assert "没有批次 99" in capsys.readouterr().err
    assert not (tmp_path / "x.xlsx").exists()


@pytest.mark.usefixtures("settings")
def test_an_interrupted_import_stores_nothing(tmp_path, capsys, monkeypatch):
    def pressing(_bar, _describe):
        def tell(_share, step):
            if step.code is StepCode.LOADING:
                os.kill(os.getpid(), signal.SIGINT)

        return tell

    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr("data_access.importing.__main__._on_bar", pressing)
    assert run(table_file(tmp_path / "a.xlsx", "enterprises", enterprise(1))) == 2
    assert "已取消" in capsys.readouterr().err
    assert run("batches") == 0
    assert capsys.readouterr().out == "—\n"
    assert signal.getsignal(signal.SIGINT) is before
