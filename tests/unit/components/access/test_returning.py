"""A reader comes back from the provider to the page they asked for, and nowhere else."""

from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse
from starlette.routing import Route

from components.access.returning import CALLBACK, COOKIE, LONGEST, Returning, within
from data_access.settings import Settings, SignIn
from tests.unit.components.access.running import finished

HOST = "city.example:8443"


async def _append(answers, coming):
    answers.append(await coming)


class Client:
    """Asks an application as a browser does, with the cookies it was given."""

    def __init__(self, app):
        self._app, self.cookies = app, httpx.Cookies()

    def get(self, path):
        async def ask():
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(
                transport=transport, base_url=f"https://{HOST}", cookies=self.cookies
            ) as client:
                answer = await client.get(path)
                self.cookies = client.cookies
                return answer

        answers = []
        finished(lambda: _append(answers, ask()))
        return answers[0]


def made(base, how=SignIn.OIDC):
    routes = [
        Route(base + CALLBACK, lambda request: RedirectResponse(f"{base}/") if "error" not in request.url.query
              else PlainTextResponse("")),
        Route(f"{base}/ledger", lambda _request: HTMLResponse("page")),
        Route(f"{base}/走访", lambda _request: HTMLResponse("page")),
        Route(f"{base}/healthz", lambda _request: JSONResponse({})),
    ]  # fmt: skip
    settings = Settings(Path(), "", "zh", sign_in=how)
    return Client(Starlette(routes=routes, middleware=[Middleware(Returning, settings=settings)]))


@pytest.fixture(params=["", "/zhanrong"], ids=["root", "below a path"])
def base(request):
    return request.param


@pytest.fixture
def client(base):
    return made(base)


def test_it_leads_back_to_the_page_and_its_filters_once(client, base):
    here = f"{base}/ledger?region=440882&q=%E6%B9%9B"
    said = client.get(here).headers["set-cookie"]
    assert all(part in said for part in ("HttpOnly", "SameSite=lax", "Secure", "Path=/;"))
    assert client.get(base + CALLBACK).headers["location"] == here
    assert COOKIE not in client.cookies
    assert client.get(base + CALLBACK).headers["location"] == f"{base}/"


def test_an_address_in_chinese_does_not_break_the_sign_in(client, base):
    client.get(f"{base}/走访")
    assert client.get(base + CALLBACK).headers["location"] == f"{base}/%E8%B5%B0%E8%AE%BF"


def test_what_is_no_page_is_not_led_back_to(client, base):
    client.get(f"{base}/ledger")
    assert "set-cookie" not in client.get(f"{base}/healthz").headers
    assert client.get(base + CALLBACK).headers["location"] == f"{base}/ledger"


def test_an_answer_that_leads_nowhere_keeps_the_way(client, base):
    client.get(f"{base}/ledger")
    assert "location" not in client.get(f"{base}{CALLBACK}?error=1").headers
    assert client.get(base + CALLBACK).headers["location"] == f"{base}/ledger"


@pytest.mark.parametrize("how", [SignIn.NONE, SignIn.HEADER])
def test_where_nobody_signs_in_at_a_provider_nothing_is_kept(how):
    assert "set-cookie" not in made("", how).get("/ledger").headers


def test_the_page_of_another_service_on_the_host_is_not_led_to():
    client = made("/zhanrong")
    client.cookies.set(COOKIE, quote("/elsewhere/page", ""))
    assert client.get(f"/zhanrong{CALLBACK}").headers["location"] == "/zhanrong/"


LEADS_NOWHERE = (
    "", "ledger", "//elsewhere.example", "/\\elsewhere.example", "https://elsewhere.example/", "/auth/logout",
    "javascript:alert(1)", "/ledger\r\nSet-Cookie: a=b", "/ledger page", "/" + "x" * LONGEST, CALLBACK,
)  # fmt: skip


@pytest.mark.parametrize("target", LEADS_NOWHERE)
def test_a_cookie_from_elsewhere_leads_nowhere(client, base, target):
    assert within(target) is None
    client.cookies.set(COOKIE, quote(target, ""))
    assert client.get(base + CALLBACK).headers["location"] == f"{base}/"
