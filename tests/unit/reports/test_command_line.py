"""``python -m reports``: freeze, list, write, and what it says when it cannot."""

import pytest

from reports.__main__ import DONE, NOTHING_DONE, main


@pytest.fixture
def city(demo_store_url, monkeypatch, tmp_path):
    monkeypatch.setenv("ZHANRONG_STORE", demo_store_url)
    monkeypatch.setenv("ZHANRONG_ACCESS", f"sqlite:///{(tmp_path / 'access.db').as_posix()}")
    monkeypatch.setenv("ZHANRONG_LANG", "zh")


@pytest.mark.usefixtures("city")
def test_it_freezes_lists_and_writes(tmp_path, capsys):
    assert main(["write", str(tmp_path)]) == NOTHING_DONE
    assert "先冻结一期" in capsys.readouterr().err
    assert main(["freeze", "--number", "3", "--title", "测试通报"]) == DONE
    assert main(["list"]) == DONE
    assert capsys.readouterr().out.splitlines()[-1].split("\t")[1:] == ["3", "2025-06-13", "测试通报"]
    assert main(["freeze", "--number", "3"]) == NOTHING_DONE
    assert "换一个期号" in capsys.readouterr().err
    assert main(["write", str(tmp_path / "new"), "--audience", "region:440882"]) == DONE
    assert sorted(path.suffix for path in (tmp_path / "new").iterdir()) == [".docx", ".pdf", ".pptx", ".txt", ".xlsx"]
    assert main(["write", str(tmp_path), "--audience", "bank:NOBODY"]) == NOTHING_DONE
    (tmp_path / "file").write_text("")
    assert main(["write", str(tmp_path / "file")]) == NOTHING_DONE
    assert "无法写入" in capsys.readouterr().err
