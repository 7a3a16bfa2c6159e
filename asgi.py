"""The dashboard as an ASGI application: warmed before the first reader comes, with a health address.

``streamlit run asgi.py`` serves it; so does Uvicorn. ``streamlit run app.py`` works too, without the health address,
the warming, files of many rows, and the gateway's header; its first reader should come by the bare address (see below).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from streamlit.runtime.pages_manager import PagesManager

from components import errors, export, health, sockets, startup
from components.access import browsers, gateway, handed, returning, signin

settings = startup.serve()


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Open the city and freeze the heap before the first reader comes; leave no reader's file behind.

    A failure to open is shown to readers instead.
    """
    # Until somebody has opened app.py, Streamlit takes the folder pages/ for its menu and greets a reader who comes
    # by a page's own address with "Page not found". We have no such pages; the name is Streamlit's own.
    PagesManager.uses_pages_directory = False
    sockets.send_at_once()
    handed.keep_holders(partial(browsers.proof_here, settings))
    signin.trust_header(settings)  # once more: Streamlit has read its own settings anew
    startup.warm()
    yield
    export.desk().close()


async def healthz(_request: Request) -> JSONResponse:
    """Answer whether the store can be read, and nothing else; 503 if it cannot."""
    state = health.state()
    return JSONResponse(state, status_code=200 if state["status"] == "ok" else 503)


async def exported(request: Request) -> Response:
    """Hand over a file to the browser it was written for; 404 to any other, or if it is no longer kept."""
    found, proof = export.desk().find(request.path_params["token"]), browsers.proof_asked(settings, request)
    if found is None or found.path is None or found.holder != proof or not browsers.admitted().has(proof):
        return PlainTextResponse("", status_code=404)
    return FileResponse(found.path, filename=found.name, headers={"Cache-Control": "no-store"})


app = st.App(
    Path(__file__).with_name("app.py"),
    lifespan=lifespan,
    routes=[Route("/healthz", healthz), Route("/export/{token}", exported)],
    middleware=[
        Middleware(gateway.TrustedHeader, settings=settings),
        Middleware(browsers.GuardedFiles, settings=settings),
        Middleware(returning.Returning, settings=settings),
    ],
    on_script_error=errors.on_script_error,
)
