"""The reconciliation's words for a store it cannot open are those of the page."""

from components.errors import explain
from data_access.store import StoreUrlError
from locales import translator
from scripts import reconcile


def test_a_store_that_cannot_be_opened(monkeypatch, capsys):
    monkeypatch.setenv("ZHANRONG_STORE", "garbage")
    monkeypatch.setenv("ZHANRONG_LANG", "zh")
    assert reconcile.main() == 2
    assert "。".join(explain(StoreUrlError(""), translator("zh"))) in capsys.readouterr().err
