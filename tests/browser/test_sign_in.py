"""Signing in at a real provider and coming through a real gateway, in a browser, against running servers."""

import json
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import date
from secrets import token_urlsafe
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import TimeoutError as NotSeenError
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from data_access.access.audit import Action, Asked, events
from data_access.access.identity import Grant, Person
from data_access.access.people import add_grants, grants_of, revoke
from data_access.access.store import open_access
from tests.browser.conftest import ROOT, _wait_for, free_port, serving
from tests.gateway import HERE

ROOTS = Person("root", "root", "shell")
DAY = date(2025, 1, 1)


@pytest.fixture(scope="module")
def city(demo_file, tmp_path_factory):
    """A folder with the small demo city and an access store: zhang of the task force, li of a county, a former one."""
    folder = tmp_path_factory.mktemp("sign-in")
    shutil.copy(demo_file, folder / "store.duckdb")
    store = open_access(f"sqlite:///{folder}/access.db")
    given = [("zhang", "task_force", (), None), ("li", "county", ("440881",), None), ("gone", "leader", (), DAY)]
    add_grants(
        store, [Grant("", who, who, role, where, (), (), DAY, until) for who, role, where, until in given], ROOTS
    )
    yield folder, store
    store.close()


@pytest.fixture
def page(browser):
    """Yield the page of a fresh reader's window."""
    context = browser.new_context(locale="zh-CN")
    yield context.new_page()
    context.close()


@contextmanager
def started(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(10)


def recorded(store, action):
    return [(event.subject, event.how) for event in events(store, Asked(actions=(action,)))]


def settle(page):
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=30_000)


# ---- a provider ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def provided(city):
    """Yield the address of a server whose people sign in at a provider on this machine."""
    folder, _ = city
    provider, port = free_port(), free_port()
    secrets = folder / ".streamlit" / "secrets.toml"
    secrets.parent.mkdir()
    secrets.write_text(
        "[auth]\n"
        f'redirect_uri = "http://127.0.0.1:{port}/oauth2callback"\n'
        f'cookie_secret = "{token_urlsafe(32)}"\n'
        'client_id = "zhanrong"\nclient_secret = "not a secret"\n'
        f'server_metadata_url = "http://127.0.0.1:{provider}/.well-known/openid-configuration"\n'
    )
    users = [json.dumps({"sub": who, "name": name}) for who, name in (("zhang", "张三"), ("nobody", "某某"))]
    claims = [part for user in users for part in ("--user-claims", user)]
    settings = {"ZHANRONG_SIGN_IN": "oidc", "ZHANRONG_ACCESS": f"sqlite:///{folder}/access.db", "HOME": str(folder)}
    with started("-m", "oidc_provider_mock", "-p", str(provider), *claims) as process:
        _wait_for(f"http://127.0.0.1:{provider}/.well-known/openid-configuration", process)
        with serving(f"duckdb:///{folder}/store.duckdb", port=port, **settings) as address:
            yield address


def sign_in(page, address, subject, path=""):
    page.goto(f"{address}/{path}")
    page.wait_for_selector(".st-key-zr-door", timeout=30_000)
    settle(page)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("button", name=subject, exact=True).click()
    page.wait_for_url(f"{address}/**", timeout=30_000)
    settle(page)


def unfold(page, button, text):
    """Open what lies behind a button until ``text`` is seen: a page that is still being drawn folds it up again."""
    for _ in range(4):
        page.get_by_role("button", name=button).click()
        with suppress(NotSeenError):
            page.wait_for_selector(f"text={text}", timeout=5_000)
            return
    pytest.fail(f"{text} is not seen")


def test_signing_in_at_a_provider_and_out_again(page, provided, city):
    _, store = city
    sign_in(page, provided, "zhang", "ledger?tier=tax")
    page.wait_for_selector(".zr-head h1:has-text('走访台账')", timeout=30_000)
    assert page.url == f"{provided}/ledger?tier=tax"
    page.reload()
    page.wait_for_selector(".zr-ledger", timeout=30_000)
    settle(page)
    assert recorded(store, Action.SIGN_IN) == [("zhang", "oidc")]
    unfold(page, "市工作专班", "张三")
    page.get_by_role("button", name="退出登录").click()
    end = page.get_by_role("button", name="End session")
    page.wait_for_selector(".st-key-zr-door, button:has-text('End session')", timeout=30_000)
    if end.count():
        end.click()
    page.goto(f"{provided}/ledger")
    page.wait_for_selector(".st-key-zr-door", timeout=30_000)
    settle(page)
    assert "请用单位的统一身份登录" in page.inner_text(".st-key-zr-door")
    assert page.locator(".zr-ledger").count() == 0
    assert recorded(store, Action.SIGN_OUT)[0] == ("zhang", "oidc")
    assert not [one for one in page.context.cookies() if one["name"].startswith("_streamlit_user") and one["value"]]


def test_somebody_the_provider_knows_and_the_city_does_not(page, provided, city):
    _, store = city
    sign_in(page, provided, "nobody")
    page.wait_for_selector("text=您还不能使用本系统", timeout=30_000)
    assert page.locator("h1, h2").count() == 1
    assert page.locator("[data-testid=stTopNavLink], [data-testid=stTopNavSection]").count() == 0
    assert recorded(store, Action.REFUSED)[0] == ("nobody", "oidc")
    page.get_by_role("button", name="退出登录").wait_for()


# ---- a gateway ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def gated(city, tmp_path_factory):
    """Yield the address of a server behind gateways, and the addresses of those by whom they let in."""
    folder, _ = city
    own = tmp_path_factory.mktemp("gated")
    store = shutil.copy(folder / "store.duckdb", own / "store.duckdb")
    settings = {
        "TMPDIR": str(own),
        "ZHANRONG_SIGN_IN": "header",
        "ZHANRONG_PROXY": HERE,
        "ZHANRONG_ACCESS": f"sqlite:///{folder}/access.db",
    }
    with serving(f"duckdb:///{store}", **settings) as address, ExitStack() as stack:
        gateways = {}
        for who in ("zhang", "li", "gone"):
            port = free_port()
            process = stack.enter_context(started("tests/gateway.py", str(port), str(urlsplit(address).port), who))
            gateways[who] = f"http://127.0.0.1:{port}"
            _wait_for(f"{gateways[who]}/healthz", process)
        yield address, gateways
    assert list(own.glob("zhanrong-exports-*")) == [], "files with rows outlive the server"


def status(address, **headers):
    request = urllib.request.Request(address, headers={name.replace("_", "-"): text for name, text in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_a_file_goes_to_the_person_it_was_made_for_and_to_nobody_else(page, gated):
    address, gateways = gated
    page.goto(f"{gateways['zhang']}/ledger")
    page.wait_for_selector(".zr-ledger", timeout=30_000)
    settle(page)
    page.get_by_role("button", name="导出", exact=True).click()
    page.get_by_role("button", name="CSV").click()
    page.wait_for_selector("a.zr-download", timeout=30_000, state="attached")
    path = page.get_attribute("a.zr-download", "href")
    assert status(f"{gateways['zhang']}/{path}") == 200
    assert status(f"{gateways['li']}/{path}") == 404
    assert status(f"{address}/{path}") == 404
    assert status(f"{address}/{path}", X_Remote_User="zhang") == 403


def test_the_files_of_a_page_go_to_its_reader_and_not_to_another_who_is_let_in_too(page, gated):
    _, gateways = gated
    fetched = []
    page.goto(f"{gateways['li']}/ledger")
    page.wait_for_selector(".zr-ledger", timeout=30_000)
    page.on("response", lambda answer: fetched.append((urlsplit(answer.url).path, answer.status)))
    page.goto(f"{gateways['zhang']}/districts")
    page.wait_for_selector('[data-testid="stDeckGlJsonChart"] canvas', timeout=30_000)
    settle(page)
    page.wait_for_function("performance.getEntriesByType('resource').some(one => one.name.includes('/media/'))")
    files = {path: code for path, code in fetched if path.startswith("/media/") and path.endswith(".json")}
    assert files
    assert set(files.values()) == {200}, files
    for path in files:
        assert status(gateways["zhang"] + path) == 200
        assert status(gateways["li"] + path) == 404


def test_a_table_that_is_made_when_asked_for_goes_to_who_asked(page, gated):
    _, gateways = gated
    page.set_viewport_size({"width": 1280, "height": 1600})  # room for what opens below the button, however it grows
    page.goto(f"{gateways['zhang']}/problems")
    page.wait_for_selector("[class*=st-key-frame][class*=-more] button", timeout=30_000)
    settle(page)
    page.locator("[class*=st-key-frame][class*=-more] button").first.click()
    with page.expect_response(lambda answer: "/media/" in answer.url and ".csv" in answer.url) as told:
        page.get_by_role("button", name="下载 CSV").first.click()
    assert told.value.status == 200
    path = urlsplit(told.value.url).path
    assert status(gateways["zhang"] + path) == 200
    assert status(gateways["li"] + path) == 404


def test_a_header_from_elsewhere_is_refused_by_http_and_by_websocket(gated):
    address, _ = gated
    assert status(address) == 200
    assert status(address, X_Remote_User="zhang") == 403
    assert status(address, X_Remote_User="zhang", X_Forwarded_For=HERE) == 403
    assert status(f"{address}/healthz") == 200
    stream = address.replace("http", "ws") + "/_stcore/stream"
    with pytest.raises(InvalidStatus) as refused:
        connect(stream, additional_headers={"X-Remote-User": "zhang", "X-Forwarded-For": f"{HERE}:1"})
    assert refused.value.response.status_code == 403


def test_past_the_gateway_there_is_nothing_to_see(page, gated):
    address, gateways = gated
    page.goto(f"{address}/ledger")
    page.wait_for_selector("text=请从单位门户进入", timeout=30_000)
    page.goto(f"{gateways['gone']}/ledger")
    page.wait_for_selector("text=您的使用权限不在有效期内", timeout=30_000)


def test_what_is_revoked_ends_even_where_only_a_part_of_the_page_runs(page, gated, city):
    _, store = city
    _, gateways = gated
    page.goto(f"{gateways['li']}/industries")
    page.wait_for_selector("[class*=st-key-zr-bar] button", timeout=30_000)
    settle(page)
    assert page.locator("[class*=st-key-zr-frame]").count()
    revoke(store, grants_of(store, "li", DAY)[0].grant_id, ROOTS, reason="moved", on=DAY)
    page.wait_for_timeout(2_500)  # as long as grants are taken as read
    page.locator("[class*=st-key-zr-bar] button").first.click()
    page.wait_for_selector("text=您的使用权限不在有效期内", timeout=30_000)
    settle(page)
    assert page.locator("[class*=st-key-zr-frame]").count() == 0
