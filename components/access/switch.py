"""Who is at the keyboard, in the tools menu: name and role, the change of role, the demo's people, the way out."""

from collections.abc import Mapping, Sequence

import streamlit as st

from components import export, startup
from components.access import browsers
from components.access.guard import known
from components.access.records import note
from components.memory import memory
from data_access.access.audit import Action
from data_access.access.identity import Access, Grant, Person, roles_in
from data_access.profile import Profile
from data_access.settings import Settings, SignIn, load_settings
from locales import Translator

# Which demo person, and which role of several, was chosen in this session.
PERSON, ROLE = "zr.person", "zr.role"
NOBODY = ""


def demo_grants(profile: Profile) -> tuple[Grant, ...]:
    """Return what the demo's people hold; nothing in a city that is not a demo."""
    if not profile.is_demo:
        return ()
    # Imported here: no city but the demo has such people.
    from sample_data.people import demo_grants as read  # noqa: PLC0415 - see above

    found: tuple[Grant, ...] = memory.get(("demo people", profile.folder), lambda: read(profile))
    return found


def show_reader(access: Access, settings: Settings, t: Translator, lang: str) -> None:
    """Draw the button with the reader's role, and behind it what there is to choose; nothing where there is none."""
    profile = startup.open_city(settings).profile
    is_demo = settings.sign_in is SignIn.NONE
    if is_demo and not demo_grants(profile):
        return
    label = access.role.name.text(lang) if access.person else t("演示身份")
    with st.popover(label, icon=":material/account_circle:", key="tools.reader"):
        if access.person is not None:
            st.caption(" · ".join(filter(None, (access.person.name, places(access.grants, profile, t, lang)))))
        _roles(access, profile, t, lang)
        if is_demo:
            _people(access, profile, t, lang)
        elif settings.sign_in is SignIn.OIDC and access.person is not None:
            st.button(
                t("退出登录"), key="access.sign_out", icon=":material/logout:", on_click=leave, args=(access.person,),
                width="stretch",
            )  # fmt: skip


def _roles(access: Access, profile: Profile, t: Translator, lang: str) -> None:
    """Offer the roles of somebody who has more than one."""
    if access.person is None:
        return
    is_demo = access.person.how == "demo"
    own = [g for g in demo_grants(profile) if g.subject == access.person.subject] if is_demo else None
    roles = {role.key: role.name.text(lang) for role in roles_in(own or known.get(access.person.subject))}
    if len(roles) < 2:
        return
    st.session_state["tools.role"] = access.role.key
    st.selectbox(
        t("当前角色"), tuple(roles), key="tools.role", format_func=lambda key: roles.get(key, key), on_change=_act_as,
        filter_mode=None,
    )  # fmt: skip


def _people(access: Access, profile: Profile, t: Translator, lang: str) -> None:
    """Offer the demo's people, each with roles and places, and to be nobody in particular again."""
    named: dict[str, list[Grant]] = {}
    for grant in demo_grants(profile):
        named.setdefault(grant.subject, []).append(grant)
    words = {NOBODY: t("未登录（演示默认）")}
    for subject, grants in named.items():
        roles = t("、").join(role.name.text(lang) for role in roles_in(grants))
        words[subject] = " · ".join(filter(None, (roles, places(grants, profile, t, lang))))
    st.session_state["tools.person"] = access.person.subject if access.person else NOBODY
    st.selectbox(
        t("以演示人员身份查看"), tuple(words), key="tools.person", format_func=lambda key: words.get(key, key),
        on_change=_become, filter_mode=None,
    )  # fmt: skip


def _become() -> None:
    _choose({PERSON: st.session_state["tools.person"], ROLE: ""})


def _act_as() -> None:
    _choose({PERSON: st.session_state.get(PERSON, NOBODY), ROLE: st.session_state["tools.role"]})


def _choose(chosen: Mapping[str, str]) -> None:
    st.session_state.update(chosen)
    browsers.admitted().choose(browsers.proof_here(load_settings()), chosen)


def places(grants: Sequence[Grant], profile: Profile, t: Translator, lang: str) -> str:
    """Return the regions, banks and departments that grants name; "" where they name none."""
    regions = [profile.region_by_code.get(code) for grant in grants for code in grant.regions]
    banks = [profile.bank_by_code.get(code) for grant in grants for code in grant.banks]
    labels = [found.label for found in (*regions, *banks) if found]
    offices = [profile.code_label("department", code) for grant in grants for code in grant.departments]
    return t("、").join(dict.fromkeys(label.text(lang) for label in (*labels, *filter(None, offices))))


def leave(person: Person) -> None:
    """Sign somebody out: recorded, the files made for them withdrawn, the cookie and the provider's session ended."""
    note(person, Action.SIGN_OUT)
    proof = browsers.proof_here(load_settings())
    export.desk().withdraw(proof)
    browsers.admitted().dismiss(proof)
    st.logout()
