"""The dashboard: bootstrap, page set-up, language, navigation from the registry, run. Nothing else is decided here."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page

from components import errors, startup, url_state
from components.context import build_context
from components.lineage import show_asked
from components.style import apply_style
from components.tools import choose_language, show_tools
from data_access.selection import Scope
from data_access.settings import load_settings
from locales import translator
from pages import PAGES, PageSpec

STATIC = Path(__file__).parent / "static"
ICON, LOGO = str(STATIC / "icon.png"), str(STATIC / "logo.svg")


def main() -> None:
    """Run one page for one reader, or show why that is impossible."""
    st.set_page_config(page_title="湛融 Zhanrong", page_icon=ICON, layout="wide")
    st.logo(LOGO, size="large")
    apply_style()
    url_state.start()
    settings = load_settings()
    lang = choose_language(settings.lang)
    errors.guarded(lambda: _run(settings.lang, lang), translator(lang))


def _run(default_lang: str, lang: str) -> None:
    """Draw the menu, then the page that is asked for."""
    t = translator(lang)
    sections: dict[str, list[Page]] = {}
    for spec in PAGES:
        page = st.Page(
            _runner(spec, default_lang, lang), title=t(spec.title), icon=spec.icon, url_path=spec.url_path,
            default=spec is PAGES[0],
        )  # fmt: skip
        sections.setdefault(t(spec.section), []).append(page)
    st.navigation(sections, position="top").run()


def _runner(spec: PageSpec, default_lang: str, lang: str) -> Callable[[], None]:
    def run() -> None:
        url_state.adopt(spec.url_path)
        if choose_language(default_lang) != lang:  # the browser's back button led to the other language
            st.rerun()
        t = translator(lang)
        show_tools(t, lang, default=default_lang, paths=["", *(page.url_path for page in PAGES)])
        city = startup.open_city(load_settings())
        if startup.needs_demo(city):
            startup.build_demo(city, t, lang)
        context = build_context(city.store, city.profile, lang, Scope.everything())
        show_asked(context)
        spec.render(context)
        url_state.publish()

    return run


main()
