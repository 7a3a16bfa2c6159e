"""The samples of a service: what they set is what the programs that read them understand."""

import os
import re
import shutil
import subprocess
import sys
import tomllib

import pytest

from components.access.signin import _WANTED
from data_access.settings import DEFAULTS, load_settings
from tests.nginx import DEPLOY, NAME

UNIT = DEPLOY / "zhanrong.service"


def environment():
    """Return the settings of the example, those that are commented out as well."""
    lines = (DEPLOY / "zhanrong.env.example").read_text("utf-8").splitlines()
    pairs = [
        line.lstrip("#").partition("=") for line in lines if line.lstrip("#").startswith(("ZHANRONG_", "STREAMLIT_"))
    ]
    return [(name, value) for name, _, value in pairs]


def test_the_examples_settings_are_ours_and_can_be_used(monkeypatch):
    named = {name for name, _ in environment()}
    assert {name for name in named if name.startswith("ZHANRONG_")} <= DEFAULTS.keys()
    for name, value in environment():
        monkeypatch.setenv(name, value)
        load_settings()


def test_streamlit_reads_its_settings_as_they_are_meant():
    settings = {name: value for name, value in environment() if name.startswith("STREAMLIT_") and value}
    assert settings
    command = [sys.executable, "-m", "streamlit", "config", "show"]
    shown = subprocess.run(command, env={**os.environ, **settings}, capture_output=True, check=True, cwd=DEPLOY).stdout
    assert re.search(rf'allowedHosts = \[\s+"{re.escape(NAME)}",\s+\]', shown.decode())


def test_the_secrets_example_names_what_a_sign_in_needs_and_fills_in_no_secret():
    section = tomllib.loads((DEPLOY / "secrets.example.toml").read_text("utf-8"))["auth"]
    assert section.keys() == set(_WANTED)
    assert [name for name in section if "secret" in name and section[name]] == []


def test_systemd_understands_the_unit():
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("no systemd-analyze")
    done = subprocess.run([program, "verify", str(UNIT)], capture_output=True, check=False)
    said = [line for line in done.stderr.decode().splitlines() if UNIT.name in line]
    assert [line for line in said if "is not executable" not in line] == []


def test_the_unit_listens_for_nginx_only_and_may_write_its_data_only():
    lines = UNIT.read_text("utf-8").splitlines()
    assert any("--server.address 127.0.0.1 --server.port 8501" in line for line in lines)
    assert "server 127.0.0.1:8501;" in (DEPLOY / "nginx.conf").read_text("utf-8")
    assert {"ProtectSystem=strict", "ReadWritePaths=/srv/zhanrong/data", "NoNewPrivileges=yes"} <= set(lines)
