"""The office's day: a figure that a failing check touches leads to the check, and a bulletin's figure is entered."""

import re

from playwright.sync_api import expect

WAIT = 15_000


def test_from_a_marked_figure_to_its_check_and_a_bulletins_figure(visit):
    watched = visit()
    page = watched.open()
    # The checks are counted in the background; the marks are there when the page is drawn again.
    for _ in range(20):
        if page.locator(".zr-flag").count():
            break
        page.wait_for_timeout(1000)
        page = watched.open()
    flag = page.locator(".zr-card .zr-flag").first
    expect(flag).to_be_visible()
    page.goto(f"{watched.address}/{flag.get_attribute('href')}")
    watched.settle()
    expect(page.locator(".st-key-zr-frame-check h2")).to_be_visible(timeout=WAIT)
    page.get_by_role("button", name="返回全部检查").click()
    expect(page.locator(".st-key-zr-frame-checks h2")).to_be_visible(timeout=WAIT)
    page.locator(".zr-row", has_text="补录的推荐").click()
    expect(page).to_have_url(re.compile("check=back_filled"), timeout=WAIT)
    expect(page.get_by_text("个地区超过允许值")).to_be_visible(timeout=WAIT)

    page.get_by_text("对账", exact=True).click()
    page.get_by_text("录入下一期通报").click()
    page.get_by_label("原文", exact=True).fill("对象清单406447万户")
    page.get_by_label("来源", exact=True).fill("简报第14期")
    page.get_by_role("button", name="录入", exact=True).click()
    expect(page.get_by_text("超过本市可能的最大值")).to_be_visible(timeout=WAIT)
    page.get_by_test_id("stNumberInputField").fill("406447")
    page.get_by_label("对原文的说明").fill("误写“万”")
    page.get_by_role("button", name="录入", exact=True).click()
    expect(page.get_by_text("已录入第")).to_be_visible(timeout=WAIT)
    expect(page.locator(".zr-table", has_text="简报第14期")).to_be_visible(timeout=WAIT)
    assert watched.outside() == []
    assert watched.complaints == []


def test_what_streamlit_says_itself_is_said_in_the_readers_language(visit):
    watched = visit()
    sockets = []
    watched.page.route_web_socket("**/_stcore/stream", lambda here: sockets.append((here, here.connect_to_server())))
    page = watched.open("data")
    dropped = page.get_by_test_id("stFileUploaderDropzone")
    expect(dropped).to_contain_text("每个文件不超过 200MB")
    expect(dropped.get_by_test_id("stBaseButton-secondary")).to_contain_text("上传")
    page.get_by_role("button", name="English").or_(page.get_by_role("radio", name="English")).first.click()
    expect(dropped).to_contain_text("200MB per file", timeout=WAIT)
    expect(dropped.get_by_test_id("stBaseButton-secondary")).to_contain_text("Upload")
    page.go_back()
    expect(dropped.get_by_test_id("stBaseButton-secondary")).to_contain_text("上传", timeout=WAIT)

    page.route("**/_stcore/**", lambda route: route.abort())
    sockets[-1][0].close()
    lost = page.get_by_role("dialog")
    expect(lost).to_contain_text("连接中断", timeout=WAIT)
    expect(lost).to_contain_text("服务器没有应答")
    page.unroute("**/_stcore/**")
    expect(lost).to_have_count(0, timeout=30_000)
