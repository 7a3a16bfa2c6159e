"""What is done once in a process: open the city, build the demo store on the first start, freeze the heap."""

import gc
import logging
import sys
import threading
from dataclasses import dataclass, field
from html import escape
from importlib import import_module
from pathlib import Path

import streamlit as st

from components.access import doors, gateway, signin
from components.background import is_ending, start
from data_access.profile import Profile, check_targets, load_profile
from data_access.profile_files import ProfileError
from data_access.settings import DEFAULTS, SettingError, Settings, load_settings
from data_access.store import Store, StoreError, open_store
from locales import Translator, languages, translator
from metrics.catalogue import load_catalogue

logger = logging.getLogger("zhanrong")
POLL_SECONDS = 0.25
_CHECKED: set[tuple[Settings, Path, str]] = set()
# What the first page would import otherwise, while its reader waits.
_HEAVY = ("pages", "plotly.graph_objects", "plotly.io", "pandas", "pyarrow")


@dataclass(frozen=True)
class City:
    """The open store and the profile, shared by every session."""

    settings: Settings
    profile: Profile
    store: Store


@dataclass
class Build:
    """How far the demo store is: share done (0–1), what is being done, and the error that ended it."""

    share: float = 0.0
    step: str = ""
    error: Exception | None = None
    done: threading.Event = field(default_factory=threading.Event)


# Streamlit would hash the settings field by field, three times a run.
@st.cache_resource(show_spinner=False, hash_funcs={Settings: hash})
def open_city(chosen: Settings) -> City:
    """Return the city of these settings, opened once a process. Raises ``ProfileError`` and ``StoreError``."""
    profile = load_profile(chosen.profile)
    check_targets(profile, {name for entry in load_catalogue().values() for name in (entry.id, entry.key)})
    city = City(chosen, profile, open_store(chosen.store))
    freeze_heap()
    return city


# How many collections of the middle generation go by before one of all; Python's own is 10.
OLD_THRESHOLD = 100


@st.cache_resource(show_spinner=False)
def freeze_heap() -> None:
    """Take everything imported so far out of the garbage collector's sight.

    With pandas and plotly loaded, collecting all generations costs more than most pages' own work. What pages leave
    behind afterwards is collected a tenth as often as Python would: once pages have filled the memory of reads, a
    collection takes a tenth of a second, in the middle of somebody's page.
    """
    gc.collect()
    gc.freeze()
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, OLD_THRESHOLD)


def warm() -> None:
    """Do the slow work of a first visit before there is one; what fails is left for the page to show."""
    for module in _HEAVY:
        import_module(module)
    try:
        open_city(load_settings())
    except (StoreError, ProfileError) as error:
        logger.warning("not warmed: %s", type(error).__name__)


def check(city: City) -> None:
    """Raise ``SignInError`` or ``SettingError`` if the settings do not let anybody be served; asked once a process."""
    asked = (city.settings, city.profile.folder, city.store.url)
    if asked not in _CHECKED:
        signin.check(city.settings, city.profile, city.store)
        _CHECKED.add(asked)


def serve() -> Settings:
    """Return the settings that a server starts with; end the process with one line if they must not be served.

    What else fails is left for the page to show. To be called while the server loads the application.
    """
    gateway.keep_peers()
    try:
        settings = load_settings()
        signin.trust_header(settings)
        check(open_city(settings))
    except (signin.SignInError, SettingError) as error:
        said = " / ".join(doors.reason(error, translator(lang)) for lang in languages())
        sys.exit(f"zhanrong: {said}")
    except (StoreError, ProfileError) as error:
        logger.warning("not opened: %s", type(error).__name__)
    return settings


def needs_demo(city: City) -> bool:
    """Whether this is the first start of the demo city: its profile, the default store, and nothing in it."""
    return city.profile.is_demo and city.settings.store == DEFAULTS["ZHANRONG_STORE"] and city.store.version() == 0


def build_demo(city: City, t: Translator, lang: str) -> None:
    """Build the demo store in the background and show its progress until it is there, then run the page."""
    build = _demo_build(city, lang)
    title = escape(t("正在建立演示城市"))
    st.html(f'<div class="zr-head"><h1>{title}</h1></div>')
    st.caption(t("只在第一次启动时进行：生成合成的经营主体及其走访、申报、授信记录，并按正常导入流程写入数据库。"))
    bar = st.progress(0.0)
    while not build.done.wait(POLL_SECONDS):
        bar.progress(min(build.share, 1.0), build.step)
    if build.error:
        _demo_build.clear()  # so that a reload tries again
        raise build.error
    st.rerun()


@st.cache_resource(show_spinner=False)
def _demo_build(_city: City, _lang: str) -> Build:
    """Start the build; every session that asks is given the same one."""
    build = Build()
    start("demo-store", _run, _city, build, _lang)
    return build


def _run(city: City, build: Build, lang: str) -> None:
    # Imported here: the generator is needed once in a store's life.
    from data_access.importing import ImportCancelledError  # noqa: PLC0415 - see above
    from sample_data.build import build_demo_store  # noqa: PLC0415 - see above

    def progress(share: float, step: str) -> None:
        if is_ending():
            raise ImportCancelledError
        build.share, build.step = share, step

    try:
        build_demo_store(city.store, city.profile, lang=lang, progress=progress)
    except Exception as error:  # noqa: BLE001 - shown to the reader by build_demo
        build.error = error
    finally:
        build.done.set()
