"""The audit of the dependencies fails on a known vulnerability, and only says so where nothing can be looked up."""

import subprocess

import pytest

from scripts import audit

SOUND = {"name": "babel", "version": "2.18.0", "vulns": []}
HOLED = {
    "name": "wheel", "version": "0.1",
    "vulns": [{"id": "PYSEC-2026-1", "aliases": ["CVE-2026-1"], "fix_versions": ["0.2"], "description": "…"}],
}  # fmt: skip
UNKNOWN = {"name": "typst", "skip_reason": "Dependency not found on PyPI"}


@pytest.mark.parametrize(
    ("found", "code", "said"),
    [
        ([SOUND, UNKNOWN], 0, "1 of 2 packages looked up, no known vulnerabilities"),
        ([SOUND, HOLED], 1, "wheel 0.1: PYSEC-2026-1, fixed in 0.2"),
        ([UNKNOWN], 0, "no advisories to be had"),
        (None, 0, "no advisories to be had"),
    ],
)
def test_what_is_known_decides(monkeypatch, capsys, found, code, said):
    monkeypatch.setattr(audit, "advisories", lambda: found)
    assert audit.main() == code
    assert said in capsys.readouterr().out


def test_a_vulnerability_that_was_looked_at_is_passed_by_either_name(monkeypatch):
    monkeypatch.setattr(audit, "advisories", lambda: [SOUND, HOLED])
    monkeypatch.setattr(audit, "ACCEPTED", {"CVE-2026-1": "only in its command line, which is not used"})
    assert audit.main() == 0


@pytest.mark.parametrize("printed", [b"", b"Traceback", b"{}"])
def test_a_broken_answer_is_no_answer(monkeypatch, printed):
    done = subprocess.CompletedProcess([], 1, printed, b"")
    monkeypatch.setattr(subprocess, "run", lambda *_arguments, **_options: done)
    assert audit.advisories() is None


def test_every_accepted_vulnerability_has_its_reason():
    assert all(len(reason) > 20 for reason in audit.ACCEPTED.values())
