"""Setting up the environment: what is reused, what is installed, and the one line said where something is missing."""

from pathlib import Path

import pytest

from scripts import environment


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project with an environment whose pip only writes down what it was asked for."""
    for name in ("constraints.txt", "requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).write_text(f"# {name}\n")
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(environment, "_apt", lambda *_packages: False)
    monkeypatch.setattr(environment, "BROWSERS", ("sh",))
    monkeypatch.setattr(environment, "_has_chinese_fonts", lambda: True)
    monkeypatch.setattr(environment, "nginx", lambda: "nginx")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n')
    python.chmod(0o755)
    return tmp_path


def run(monkeypatch, *arguments):
    monkeypatch.setattr("sys.argv", ["environment.py", *arguments])
    return environment.main()


def asked(project):
    path = project / "asked"
    return [line.rpartition("/")[2] for line in path.read_text().splitlines()] if path.exists() else []


def test_an_unchanged_environment_is_reused(project, monkeypatch):
    assert [run(monkeypatch), run(monkeypatch)] == [0, 0]
    assert asked(project) == ["requirements.txt"]


def test_changed_requirements_are_installed_again(project, monkeypatch):
    run(monkeypatch, "--dev")
    (project / "constraints.txt").write_text("numpy==2\n")
    assert run(monkeypatch, "--dev") == 0
    assert asked(project) == ["requirements-dev.txt", "requirements-dev.txt"]


def test_a_failed_installation_is_tried_again(project, monkeypatch, capsys):
    python = project / ".venv" / "bin" / "python"
    works = python.read_text()
    python.write_text("#!/bin/sh\nexit 1\n")
    assert run(monkeypatch) == 1
    assert "could not be installed" in capsys.readouterr().err
    python.write_text(works)
    assert run(monkeypatch) == 0
    assert asked(project) == ["requirements.txt"]


@pytest.mark.usefixtures("project")
def test_an_old_python_gets_a_sentence(monkeypatch, capsys):
    monkeypatch.setattr("sys.version_info", (3, 9, 2, "final", 0))
    assert run(monkeypatch) == 1
    assert capsys.readouterr().err.splitlines() == [
        "zhanrong: Python 3.9.2 is too old: 3.11 or newer is needed, e.g. make run PYTHON=python3.12"
    ]


def test_a_missing_venv_module_is_named(project, monkeypatch, capsys):
    (project / ".venv" / "bin" / "python").unlink()
    monkeypatch.setattr(environment, "_venv_made", lambda: False)
    assert run(monkeypatch) == 1
    assert "apt-get install python3-venv" in capsys.readouterr().err


@pytest.mark.usefixtures("project")
def test_a_missing_browser_is_named_and_does_not_stop_the_tests(monkeypatch, capsys):
    monkeypatch.setattr(environment, "BROWSERS", ("no-such-browser",))
    monkeypatch.setattr(environment, "_has_chinese_fonts", lambda: False)
    assert run(monkeypatch, "--dev") == 0
    said = capsys.readouterr().out.splitlines()[-1]
    assert said.endswith("apt-get install chromium fonts-noto-cjk (as root) to run them")


def test_a_missing_office_is_named_and_does_not_stop_the_tests(monkeypatch, capsys):
    monkeypatch.setattr(environment, "OFFICE", {"no-such-office": ("libreoffice-writer-nogui", "poppler-utils")})
    monkeypatch.setattr(environment, "_apt", lambda *_packages: False)
    environment._install_office()
    said = capsys.readouterr().out.strip()
    assert said.endswith("apt-get install libreoffice-writer-nogui poppler-utils (as root) to run them")


@pytest.mark.parametrize("has_services", [True, False])
def test_a_missing_nginx_is_named_and_never_becomes_a_service(monkeypatch, capsys, tmp_path, has_services):
    asked = []
    monkeypatch.setattr(environment, "PLACES", (str(tmp_path),))
    monkeypatch.setattr(environment, "SERVICES", tmp_path if has_services else tmp_path / "none")
    monkeypatch.setattr(environment, "_apt", lambda *packages: asked.append(packages))
    environment._install_nginx()
    assert asked == ([] if has_services else [("nginx-light",)])
    assert capsys.readouterr().out.strip().endswith("apt-get install nginx-light (as root) to run them")
