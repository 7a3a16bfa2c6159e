"""Where the profile, the store and the language are looked up."""

from pathlib import Path

import pytest

from data_access import settings


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project folder without any setting of the machine."""
    for name in settings.DEFAULTS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(settings, "ROOT", tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path


def secrets(folder: Path, text: str) -> None:
    (folder / ".streamlit").mkdir(parents=True)
    (folder / ".streamlit" / "secrets.toml").write_text(text, encoding="utf-8")


@pytest.mark.usefixtures("project")
def test_without_any_setting_the_defaults_hold() -> None:
    """The demo city, in one file, in Chinese."""
    found = settings.load_settings()
    assert (str(found.profile), found.store, found.lang, found.access) == tuple(settings.DEFAULTS.values())[:4]
    assert found == settings.Settings(found.profile, found.store, found.lang, found.access)
    assert found.sign_in is settings.SignIn.NONE


def test_secrets_are_read_and_the_environment_goes_before_them(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The project's secrets go before the user's; an empty variable is none."""
    secrets(project / "home", 'ZHANRONG_LANG = "en"\nZHANRONG_STORE = "duckdb:///of_the_user"')
    secrets(project, 'ZHANRONG_STORE = "duckdb:///of_the_project"\npassword = "other"')
    assert settings.load_settings().store == "duckdb:///of_the_project"
    assert settings.load_settings().lang == "en"
    monkeypatch.setenv("ZHANRONG_STORE", "duckdb:///of_the_environment")
    monkeypatch.setenv("ZHANRONG_LANG", "")
    assert settings.load_settings().store == "duckdb:///of_the_environment"
    assert settings.load_settings().lang == "en"


@pytest.mark.usefixtures("project")
def test_how_people_sign_in_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses are separated by commas or blanks; only "yes" is a yes."""
    monkeypatch.setenv("ZHANRONG_SIGN_IN", "header")
    monkeypatch.setenv("ZHANRONG_PROXY", "10.0.0.5, 10.1.0.0/16")
    monkeypatch.setenv("ZHANRONG_OPEN", "true")
    found = settings.load_settings()
    assert (found.sign_in, found.proxy, found.is_open) == (settings.SignIn.HEADER, ("10.0.0.5", "10.1.0.0/16"), False)
    monkeypatch.setenv("ZHANRONG_OPEN", "Yes")
    assert settings.load_settings().is_open


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("name", "value"), [("ZHANRONG_SIGN_IN", "oauth"), ("ZHANRONG_HOURS", "0"), ("ZHANRONG_HOURS", "x")]
)
def test_a_value_that_cannot_be_used_is_refused_by_the_settings_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """Rather than taken for the default, which would open what was meant to be closed."""
    monkeypatch.setenv(name, value)
    with pytest.raises(settings.SettingError, match=name):
        settings.load_settings()
