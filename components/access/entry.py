"""The gate before every page: who is there, in which role, and what their session may still hold of before."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import streamlit as st

from components import export, startup, url_state
from components.access import browsers, doors, signin
from components.access.guard import holds, known
from components.access.records import access_store, note
from components.access.switch import PERSON, ROLE, demo_grants, leave
from components.filters import asked_path, region_path
from data_access.access.audit import Action
from data_access.access.identity import Access, Grant, Person, roles_in
from data_access.access.people import is_known
from data_access.profile import Profile
from data_access.settings import SettingError, Settings, SignIn
from locales import Translator

TAKEN, REFUSED, UNKNOWN = "zr.access", "zr.refused", "zr.unknown"
# What of a session outlives a change of role: who is there, and what the address says.
_KEPT = (PERSON, ROLE, "zr.url")


@dataclass(frozen=True, slots=True)
class Closed:
    """There is nothing to see; ``show`` says why."""

    show: Callable[[], None]


def knock(settings: Settings, t: Translator) -> Access | Closed:
    """Return what ``enter`` says; what stands in the way of asking is shown in the page's place."""
    try:
        city = startup.open_city(settings)
        startup.check(city)
        return enter(settings, city.profile, t)
    except (signin.SignInError, SettingError) as error:
        return Closed(partial(doors.show_closed, t, error))
    except Exception as error:  # noqa: BLE001 - raised again where the page would stand, for its error page
        return Closed(partial(_raise, error))


def _raise(error: Exception) -> None:
    raise error


def refuse(access: Access, path: str, title: str, t: Translator, lang: str) -> None:
    """Say that the role does not open this page; recorded once for a page and session."""
    told: tuple[str, ...] = st.session_state.get(REFUSED, ())
    if path not in told:
        st.session_state[REFUSED] = (*told, path)
        note(access, Action.REFUSED, detail=path)
    doors.show_refused(t, title, access.role.name.text(lang))


def enter(settings: Settings, profile: Profile, t: Translator) -> Access | Closed:
    """Return what the reader of this session may do and see in the role they act in, or what they are told instead."""
    if TAKEN not in st.session_state:
        st.session_state.update(browsers.admitted().chosen(browsers.proof_here(settings)))
    found = _of_demo(profile) if settings.sign_in is SignIn.NONE else _of_person(settings, t)
    if isinstance(found, Access):
        _take(settings, profile, found)
    else:
        browsers.admitted().dismiss(browsers.proof_here(settings))
        if st.session_state.pop(TAKEN, None) is not None:  # the reader's time ran out while the page was open
            _clear()
    return found


def _of_demo(profile: Profile) -> Access:
    """Return the access of the demo person who was chosen, or of nobody in particular."""
    subject = st.session_state.get(PERSON)
    own = [grant for grant in demo_grants(profile) if grant.subject == subject]
    return _acting(Person(own[0].subject, own[0].name, "demo"), own) if own else Access.open()


def _of_person(settings: Settings, t: Translator) -> Access | Closed:
    person = signin.person(settings)
    if person is None:
        ask = doors.show_sign_in if settings.sign_in is SignIn.OIDC else doors.show_no_header
        return Closed(partial(ask, t))
    grants = known.get(person.subject)
    if roles_in(grants):
        return _acting(person, grants)
    if st.session_state.get(UNKNOWN) != person.subject:
        st.session_state[UNKNOWN] = person.subject
        note(person, Action.REFUSED, detail="no grant")
    out = partial(leave, person) if settings.sign_in is SignIn.OIDC else None
    was_known = is_known(access_store(), person.subject)
    return Closed(partial(doors.show_unknown, t, person.subject, was_known=was_known, leave=out))


def _acting(person: Person, grants: list[Grant] | tuple[Grant, ...]) -> Access:
    """Return the access of the role that was chosen, or of the first one there is."""
    roles = [role.key for role in roles_in(grants)]
    chosen = st.session_state.get(ROLE)
    named = person if person.name != person.subject else replace(person, name=grants[0].name)
    return Access.of(named, grants, chosen if chosen in roles else roles[0])


def _take(settings: Settings, profile: Profile, access: Access) -> None:
    """Bind the session to ``access``: what it held for another is thrown away, and the change is recorded."""
    proof, before = browsers.proof_here(settings), st.session_state.get(TAKEN)
    if before != access:
        if before is not None:
            _clear()
            export.desk().withdraw(proof)
        _narrow(access, profile)
        st.session_state[TAKEN] = access
        _record(settings, before, access)
    if proof:
        browsers.admitted().admit(proof, partial(holds, access))


def _record(settings: Settings, before: Access | None, access: Access) -> None:
    """Record who is there now or in what role; a page loaded again, or one more window, is neither."""
    if before is None or before.person != access.person:
        subject = access.person.subject if access.person else ""
        is_news = browsers.admitted().greet(browsers.proof_here(settings), subject, settings.hours)
        if access.person is not None and is_news:
            note(access, Action.SIGN_IN)
    elif before.role != access.role:
        note(access, Action.ROLE_CHOSEN)


def _clear() -> None:
    """Forget what the session holds: choices, what was opened, texts that were typed."""
    for name in list(st.session_state):
        if not str(name).startswith(_KEPT):
            del st.session_state[name]
    url_state.clear(*url_state.VIEW_PARAMETERS)


def _narrow(access: Access, profile: Profile) -> None:
    """Take from the address what lies outside the scope."""
    regions, banks = access.scope.regions, access.scope.banks
    if regions is not None and not _meet(asked_path(profile), regions, profile):
        url_state.clear("region")
    if banks is not None and set(url_state.get_all("bank")) - set(banks):
        url_state.clear("bank")


def _meet(asked: tuple[str, ...], regions: tuple[str, ...], profile: Profile) -> bool:
    """Whether the region at the end of ``asked`` lies in one of ``regions``, or one of them in it."""
    return not asked or any(code in asked or asked[-1] in region_path(profile, code) for code in regions)
