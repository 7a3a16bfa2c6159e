"""A journey from the meetings to one of them, its participants, a theme and the officers' gaps."""

import urllib.parse


def query(page):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page.url).query))


def test_from_the_meetings_to_a_participant_a_theme_and_the_map(visit):
    reader = visit()
    page = reader.open("campaigns")
    row = page.locator('tr[data-act="event:HD05"]')
    row.wait_for()
    row.click()
    page.wait_for_selector(".zr-meeting blockquote")
    reader.settle()
    assert query(page)["event"] == "HD05"
    assert "21.33亿元" in page.locator(".zr-meeting blockquote").inner_text()
    assert page.locator('a[href^="ledger?enterprise="]').count() == 15
    page.get_by_role("radio", name="按主题", exact=True).first.click()
    theme = page.locator('tr[data-act="theme:marine"]')
    theme.wait_for()
    theme.click()
    page.wait_for_function("new URLSearchParams(location.search).get('theme') === 'marine'")
    reader.settle()
    assert page.locator('tr[data-act^="event:"]').count() == 2
    page.get_by_role("radio", name="金融三员", exact=True).click()
    page.wait_for_selector(".st-key-zr-frame-gaps canvas")
    assert reader.outside() == []
    assert reader.complaints == []
