"""The command line makes the first administrator, and says in words what it refuses."""

import openpyxl
import pytest

from data_access.access.__main__ import DONE, NOT_IN_ORDER, UNUSABLE, main
from data_access.access.audit import Asked, events
from data_access.access.people import all_grants
from data_access.access.store import open_access


@pytest.fixture
def url(tmp_path, monkeypatch):
    address = f"sqlite:///{(tmp_path / 'access.db').as_posix()}"
    monkeypatch.setenv("ZHANRONG_ACCESS", address)
    monkeypatch.setattr("data_access.access.__main__.getuser", lambda: "op")
    return address


def known(url):
    store = open_access(url)
    found = all_grants(store), events(store, Asked())
    store.close()
    return found


def test_the_first_administrator_is_made_listed_and_recorded(url, capsys):
    assert main(["grant", "li.si", "李四", "管理员", "--until", "2099-12-31"]) == DONE
    assert main(["list"]) == DONE
    printed = capsys.readouterr().out
    assert printed.count("li.si “李四” administrator") == 2
    (kept,), (event,) = known(url)
    assert (kept.granted_by, event.how, event.subject, event.action) == ("op", "shell", "op", "grant")


def test_what_is_wrong_is_said_in_words_and_nothing_is_done(url, capsys):
    assert main(["grant", "a", "甲", "county"]) == NOT_IN_ORDER
    assert main(["grant", "a", "甲", "bank", "--bank", "无此银行"]) == NOT_IN_ORDER
    said = capsys.readouterr().err
    assert "区域" in said
    assert "没有这家银行" in said
    assert known(url) == ((), ())


def test_the_last_administrator_cannot_be_ended_and_an_unknown_grant_is_named(url, capsys):
    main(["grant", "a", "甲", "administrator"])
    ((kept,), _) = known(url)
    assert main(["revoke", kept.grant.grant_id, "--reason", "x"]) == NOT_IN_ORDER
    assert main(["revoke", "none", "--reason", "x"]) == NOT_IN_ORDER
    said = capsys.readouterr().err
    assert "最后一位管理员" in said
    assert "none" in said
    main(["grant", "b", "乙", "administrator"])
    assert main(["revoke", kept.grant.grant_id, "--reason", "调离"]) == DONE
    capsys.readouterr()
    main(["list"])
    assert "甲" not in capsys.readouterr().out
    main(["list", "--all"])
    assert "调离" in capsys.readouterr().out


def test_a_template_is_written_filled_in_and_brought_in(url, tmp_path, capsys):
    path = tmp_path / "people.xlsx"
    assert main(["template", str(path)]) == DONE
    book = openpyxl.load_workbook(path)
    book.worksheets[0].append(["a", "甲", "审计员"])
    book.save(path)
    assert main(["import", str(path)]) == DONE
    assert "1" in capsys.readouterr().out
    book.worksheets[0].append(["b", "乙", "没有的角色"])
    book.save(path)
    assert main(["import", str(path)]) == NOT_IN_ORDER
    said = capsys.readouterr().err
    assert "第 3 行 角色" in said
    assert "没有的角色" in said
    assert main(["template", str(tmp_path / "none" / "x.xlsx")]) == NOT_IN_ORDER
    assert [kept.grant.subject for kept in known(url)[0]] == ["a"]


@pytest.mark.usefixtures("url")
def test_the_check_prints_a_digest_that_a_later_check_can_be_given(capsys):
    main(["grant", "a", "甲", "administrator"])
    capsys.readouterr()
    assert main(["verify"]) == DONE
    digest = capsys.readouterr().out.strip().rpartition("：")[2]
    assert main(["verify", "--known", digest]) == DONE
    assert main(["verify", "--known", "0" * 64]) == NOT_IN_ORDER


def test_an_unusable_store_is_told_without_its_password(monkeypatch, capsys):
    monkeypatch.setenv("ZHANRONG_ACCESS", "postgresql+psycopg://me:geheim@127.0.0.1:1/none")
    assert main(["list"]) == UNUSABLE
    said = capsys.readouterr().err
    assert "ZHANRONG_ACCESS" in said
    assert "geheim" not in said
