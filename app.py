"""The dashboard: bootstrap, page set-up, language, the gate, navigation from the registry, run. No more than that."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page

from components import errors, startup, url_state
from components.access import doors, entry
from components.access.screenmark import show_screen_mark
from components.access.switch import show_reader
from components.context import build_context
from components.lineage import show_asked
from components.style import apply_style
from components.tools import choose_language, show_tools
from components.turns import turn
from data_access.access.identity import Access
from data_access.settings import Settings, load_settings
from locales import translator
from pages import PAGES, PageSpec

STATIC = Path(__file__).parent / "static"
ICON, LOGO = str(STATIC / "icon.png"), str(STATIC / "logo.svg")
# The first page has the bare address, which Streamlit serves it at, and its own name, at which links look for it.
PLACES = (("", PAGES[0]), *((spec.url_path, spec) for spec in PAGES))


def main() -> None:
    """Run one page for one reader, or show why that is impossible."""
    st.set_page_config(page_title="湛融 Zhanrong", page_icon=ICON, layout="wide")
    st.logo(LOGO, size="large")
    apply_style()
    url_state.start()
    lang = choose_language("zh")
    try:
        settings = load_settings()
    except ValueError as error:
        doors.show_closed(translator(lang), error)
        return
    lang = choose_language(settings.lang)
    with turn():
        errors.guarded(lambda: _run(settings, lang), translator(lang))


def _run(settings: Settings, lang: str) -> None:
    """Let the reader in, draw the menu of their role, then the page that is asked for."""
    t, gate = translator(lang), entry.knock(settings, translator(lang))
    sections: dict[str, list[Page]] = {}
    open_to: list[Page] = []
    for path, spec in PLACES:
        listed = _is_open(gate, spec) and not (path and spec is PAGES[0])
        page = st.Page(
            _runner(path, spec, settings, lang, gate, open_to), title=t(spec.title), icon=spec.icon, url_path=path,
            default=not path, visibility="visible" if listed else "hidden",
        )  # fmt: skip
        sections.setdefault(t(spec.section), []).append(page)
        open_to += [page] if listed else []
    st.navigation(sections, position="top" if open_to else "hidden").run()


def _is_open(gate: Access | entry.Closed, spec: PageSpec) -> bool:
    return isinstance(gate, Access) and gate.may(spec.needs)


def _runner(
    path: str, spec: PageSpec, settings: Settings, lang: str, gate: Access | entry.Closed, open_to: list[Page]
) -> Callable[[], None]:
    def run() -> None:
        url_state.adopt(path)
        if choose_language(settings.lang) != lang:  # the browser's back button led to the other language
            st.rerun()
        t = translator(lang)
        reader = partial(show_reader, gate, settings, t, lang) if isinstance(gate, Access) else None
        show_tools(t, lang, default=settings.lang, paths=[path for path, _ in PLACES], reader=reader)
        if not isinstance(gate, Access):
            gate.show()
        elif gate.may(spec.needs):
            show_screen_mark(settings, gate, spec.key, t)
            _draw(spec, settings, lang, gate)
        elif spec is PAGES[0] and open_to:
            st.switch_page(open_to[0])  # the bare address leads everybody to the first page of their own
        else:
            entry.refuse(gate, spec.url_path, t(spec.title), t, lang)
        url_state.publish()

    return run


def _draw(spec: PageSpec, settings: Settings, lang: str, access: Access) -> None:
    """Draw the page, or the making of the demo city where there is none yet."""
    city = startup.open_city(settings)
    if startup.needs_demo(city):
        startup.build_demo(city, translator(lang), lang)
    context = build_context(city.store, city.profile, lang, access)
    show_asked(context)
    spec.render(context)


main()
