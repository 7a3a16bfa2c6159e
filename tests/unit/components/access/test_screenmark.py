"""The mark over the screen: whose it is, where it stands, and that a name cannot break out of it."""

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import unquote

import pytest
import streamlit as st
from lxml import etree

from components.access import screenmark
from components.access.screenmark import mark_style, reader, show_screen_mark
from data_access.access.identity import Access, Person
from data_access.settings import load_settings
from locales import translator

NOW = datetime(2025, 6, 13, 9, 5, tzinfo=UTC)
T = translator("zh")


def tile(style):
    return etree.fromstring(unquote(style.split("data:image/svg+xml,")[1].split('"')[0]))


@pytest.fixture
def shown(monkeypatch):
    written = []
    monkeypatch.setattr(st, "html", written.append)
    return written


def settings(monkeypatch, value):
    monkeypatch.setenv("ZHANRONG_WATERMARK_SCREEN", value)
    return load_settings()


def test_it_names_the_reader_and_the_minute():
    texts = ["".join(text.itertext()) for text in tile(mark_style("张三 u-17", NOW)).iter("{*}text")]
    assert texts == ["张三 u-17", "2025-06-13 09:05"]


@pytest.mark.parametrize("name", ['"</style><script>alert(1)</script>', "a') } body{display:none}", "<b>&amp;", "\\"])
def test_a_name_cannot_break_out_of_it(name):
    style = mark_style(name, NOW)
    assert not set("<>\\'") & set(style)
    assert style.count("{") == style.count("}") == 1
    assert "".join(next(tile(style).iter("{*}text")).itertext()) == name


def test_it_takes_no_clicks():
    assert "pointer-events:none" in mark_style("x", NOW)


@pytest.mark.parametrize(
    ("value", "page", "marked"),
    [("", "ledger", False), ("yes", "ledger", True), ("yes", "screen", False), ("all", "screen", True)],
)
def test_the_setting_decides_and_the_wall_is_apart(monkeypatch, shown, value, page, marked):
    show_screen_mark(settings(monkeypatch, value), Access.open(), page, T)
    assert bool(shown) is marked


def test_the_identity_goes_with_a_name_that_is_another():
    access = replace(Access.open(), person=Person("u-17", "张三", "oidc"))
    assert reader(access, T) == "张三 u-17"
    assert reader(replace(access, person=Person("zhang", "zhang", "header")), T) == "zhang"
    assert reader(Access.open(), T) == "未登录"
    assert screenmark.WALL == "screen"
