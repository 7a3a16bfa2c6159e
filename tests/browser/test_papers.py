"""An edition in a real browser: frozen, its papers written and downloaded, and compared with the next one."""

import zipfile

import pytest


def freeze(page, reader, title):
    page.get_by_label("标题").fill(title)
    page.keyboard.press("Tab")
    page.get_by_role("button", name="冻结", exact=True).click()
    page.locator("h2", has_text=title).first.wait_for(timeout=60_000)
    reader.settle()


def test_an_edition_is_frozen_written_and_compared(visit):
    reader = visit()
    page = reader.open("papers")
    freeze(page, reader, "第一次通报")
    page.get_by_role("button", name="生成会议材料").click()
    archive = page.get_by_role("button", name="全部下载（zip）")
    archive.wait_for(timeout=60_000)
    with page.expect_download() as download:
        archive.click()
    with zipfile.ZipFile(download.value.path()) as files:
        assert sorted(name.rpartition(".")[2] for name in files.namelist()) == ["docx", "pdf", "pptx", "txt", "xlsx"]
    page.get_by_text("冻结新一期", exact=True).click()
    page.wait_for_function("new URLSearchParams(location.search).get('tab') === 'freeze'")
    reader.settle()
    freeze(page, reader, "第二次通报")
    page.get_by_text("与上期比", exact=True).click()
    page.get_by_text("两期数字完全一致").wait_for()
    assert "tab=changes" in page.url
    assert reader.outside() == []
    assert reader.complaints == []


@pytest.mark.parametrize("tab", ["write", "freeze"])
def test_a_phone_shows_the_papers_in_one_column(stay, tab):
    reader = stay(390, 844)
    page = reader.turn(f"papers?tab={tab}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    assert reader.complaints == []
