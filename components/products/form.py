"""The form in which a reader says what an enterprise needs; the need is kept in the URL, so that it can be sent on."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from components import url_state
from components.context import Context
from components.products.matching import audiences
from metrics.products import Need

PARAMETERS = ("audience", "guarantee", "amount", "term", "rate")
# The largest of what can be asked: the import takes no larger ones either.
_LIMITS = {"amount": 1e10, "term": 360.0, "rate": 24.0}


def need_of(context: Context) -> Need:
    """Return the need that the URL tells; what it does not tell, or tells in no known way, is left open."""
    types = [code.code for code in context.profile.codes.get("entity_type", ())]
    asked = url_state.get("audience")
    known = {code.code for code in context.profile.codes.get("guarantee", ())}
    return Need(
        amount=_number("amount"),
        term_months=_number("term"),
        guarantees=tuple(code for code in url_state.get_all("guarantee") if code in known),
        audiences=_groups(context, asked) if asked in (*types, *_tags(context)) else (),
        rate_ceiling=_number("rate"),
        on=context.filters.as_of,
    )


def _groups(context: Context, asked: str) -> tuple[str, ...]:
    """Return the groups of an enterprise type, or of a tag that the catalogue has products for."""
    if asked in _tags(context):
        return audiences(context.profile, "", f";{asked};")
    return audiences(context.profile, asked)


def _tags(context: Context) -> dict[str, str]:
    """Return the tags that an audience of the catalogue asks for, by code."""
    named = {tag for c in context.profile.codes.get("audience", ()) for tag in c.attributes.get("tags", "").split(";")}
    known = context.profile.codes.get("tag", ())
    return {code.code: code.label.text(context.lang) for code in known if code.code in named}


def _number(parameter: str) -> float | None:
    try:
        value = float(url_state.get(parameter))
    except ValueError:
        return None
    return value if 0 < value <= _LIMITS[parameter] else None


def show_form(context: Context) -> None:
    """Draw the form: who asks, how much, for how long, what security it can give, and the highest rate."""
    t, profile = context.t, context.profile
    types = {code.code: code.label.text(context.lang) for code in profile.codes.get("entity_type", ())}
    factor, unit = _amount_unit(context)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="zr-need"):
        _choice(t("主体类型或标签"), "audience", {**types, **_tags(context)}, t("不限"))
        _figure(t("需要金额（{unit}）").format(unit=unit), "amount", factor, 10.0)
        _figure(t("期限（月）"), "term", 1.0, 6.0)
        _figure(t("利率上限（%）"), "rate", 1.0, 0.1)
        _guarantees(context)
        st.button(
            t("清空需求"), key="products.clear", icon=":material/restart_alt:", type="tertiary",
            on_click=url_state.clear, args=PARAMETERS,
        )  # fmt: skip


def _amount_unit(context: Context) -> tuple[float, str]:
    """Return the unit amounts are typed in: the currency's smallest scale above its own unit."""
    scales = context.numbers.scales()
    return scales[-2] if len(scales) > 1 else scales[-1]


def _figure(label: str, parameter: str, factor: float, step: float) -> None:
    key, value = f"products.{parameter}", _number(parameter)
    st.session_state[key] = None if value is None else value / factor
    st.number_input(
        label, min_value=0.0, max_value=_LIMITS[parameter] / factor, step=step, key=key, width=140, format="%g",
        placeholder="—", on_change=_keep(key, parameter, lambda typed: f"{typed * factor:g}" if typed else ""),
    )  # fmt: skip


def _choice(label: str, parameter: str, options: dict[str, str], none: str) -> None:
    key, asked = f"products.{parameter}", url_state.get(parameter)
    st.session_state[key] = asked if asked in options else None
    st.selectbox(
        label, tuple(options), key=key, index=None, placeholder=none, width=180, filter_mode=None,
        format_func=lambda code: options.get(code, code), on_change=_keep(key, parameter, lambda value: value or ""),
    )  # fmt: skip


def _guarantees(context: Context) -> None:
    key = "products.guarantee"
    options = {c.code: c.label.text(context.lang) for c in context.profile.codes.get("guarantee", ())}
    st.session_state[key] = [code for code in url_state.get_all("guarantee") if code in options]
    st.multiselect(
        context.t("可提供的担保"), tuple(options), key=key, placeholder=context.t("不限"), width=240,
        format_func=lambda code: options.get(code, code),
        on_change=_keep(key, "guarantee", url_state.SEPARATOR.join),
    )  # fmt: skip


def _keep(key: str, parameter: str, written: Callable[[Any], str]) -> Callable[[], None]:
    return lambda: url_state.put(parameter, written(st.session_state[key]))
