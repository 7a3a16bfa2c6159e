"""The page of definitions is the catalogue's, and it is current."""

from metrics import __main__ as command
from metrics.catalogue import load_catalogue
from metrics.handbook import handbook


def test_the_document_is_current():
    assert command.DOCUMENT.read_text("utf-8") == handbook(), "run python -m metrics"


def test_every_metric_has_a_section():
    text = handbook()
    assert all(
        f"### {entry.id} {entry.name.text('zh')} · {entry.name.text('en')}\n" in text
        for entry in load_catalogue().values()
    )


def test_the_command_writes_the_document(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(command, "DOCUMENT", tmp_path / "metrics.md")
    command.main()
    assert (tmp_path / "metrics.md").read_text("utf-8") == handbook()
    assert "metrics.md" in capsys.readouterr().out
