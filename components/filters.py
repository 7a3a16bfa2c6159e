"""What the reader asks about: the filters read from the URL, checked against the city, and the bar that sets them.

Every widget has a key and offers codes, so that it keeps its value when the language changes. Nothing is taken on
trust: a region, industry, bank or code that the profile does not have is ignored.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import streamlit as st

from components import url_state
from data_access.profile import Label, Level, Node, Profile
from data_access.selection import Selection
from locales import N_, Translator

# How far back a period reaches from the as-of date; "" is everything since the programme began.
PERIODS: Mapping[str, tuple[str, Callable[[date], date]]] = {
    "year": (N_("今年以来"), lambda day: day.replace(month=1, day=1)),
    "month": (N_("本月"), lambda day: day.replace(day=1)),
    "30d": (N_("近30天"), lambda day: day - timedelta(days=29)),
    "7d": (N_("近7天"), lambda day: day - timedelta(days=6)),
}
BELOW = "/"
# Regions further down are imported, not written into the profile.
LOWEST_IN_PROFILE = 2
# Filters by a code list of the profile: parameter, code list, title.
CODE_FILTERS = (
    ("type", "entity_type", N_("主体类型")),
    ("size", "size_class", N_("规模")),
    ("tier", "tier", N_("走访批次")),
    ("tag", "tag", N_("重点领域")),
)


@dataclass(frozen=True, slots=True)
class Filters:
    """The checked filters: as-of date, period, and the codes chosen; ``path`` runs from the county downwards."""

    as_of: date
    period: str = ""
    path: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    entity_types: tuple[str, ...] = ()
    size_classes: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    banks: tuple[str, ...] = ()

    @property
    def region(self) -> str:
        """The region in view: the last of ``path``, "" for the whole city."""
        return self.path[-1] if self.path else ""

    @property
    def hidden_count(self) -> int:
        """How many filters are set beside date, period and region."""
        return sum(map(bool, (self.industries, *self.codes.values(), self.banks)))

    @property
    def codes(self) -> dict[str, tuple[str, ...]]:
        """The chosen codes of each filter by a code list."""
        return {"type": self.entity_types, "size": self.size_classes, "tier": self.tiers, "tag": self.tags}

    def selection(self) -> Selection:
        """Return the rows these filters leave."""
        return Selection(
            as_of=self.as_of,
            start=PERIODS[self.period][1](self.as_of) if self.period else None,
            regions=(self.region,) if self.region else (),
            region_level=len(self.path) or None,
            industries=self.industries,
            entity_types=self.entity_types,
            size_classes=self.size_classes,
            tiers=self.tiers,
            tags=self.tags,
            banks=self.banks,
        )


def read_filters(profile: Profile, last_on: date, home: tuple[str, ...] | None = None) -> Filters:
    """Return the filters in the URL as far as the city knows them; ``last_on`` is the latest day with data.

    ``home`` are the regions the reader is bound to, if any: one of them alone is where he always is.
    """
    return Filters(
        as_of=_day(url_state.get("date"), profile.programme_start, last_on),
        period=url_state.get("period") if url_state.get("period") in PERIODS else "",
        path=asked_path(profile, home),
        industries=_known(url_state.get_all("industry"), profile.industry_by_code),
        banks=_known(url_state.get_all("bank"), profile.bank_by_code),
        **{
            field: _known(url_state.get_all(name), {c.code for c in profile.codes.get(codes, ())})
            for (name, codes, _), field in zip(
                CODE_FILTERS, ("entity_types", "size_classes", "tiers", "tags"), strict=True
            )
        },
    )


def town_asked(profile: Profile) -> str:
    """Return the region above the lowest level that the URL asks for, "" if it does not reach that far down."""
    town = url_state.get("region").partition(BELOW)[0]
    path = region_path(profile, town)
    return town if len(path) == len(profile.region_levels) - 1 and len(path) > 1 else ""


def asked_path(profile: Profile, home: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """Return the regions from the top level down to the one in the URL, or to ``home`` if that is a single one.

    The lowest regions are not part of the profile but imported; such a one stands in the URL behind the region it
    belongs to.
    """
    above, _, lowest = url_state.get("region").partition(BELOW)
    asked = region_path(profile, lowest) or region_path(profile, above)
    own = region_path(profile, home[0]) if home and len(home) == 1 else ()
    return asked if len(asked) > len(own) else own


def address(profile: Profile, code: str) -> str:
    """Return what stands in the URL for a region: its code, behind its parent's if it is one of the lowest of three."""
    node = profile.region_by_code.get(code)
    return f"{node.parent}{BELOW}{code}" if node and node.level > LOWEST_IN_PROFILE else code


def region_path(profile: Profile, code: str) -> tuple[str, ...]:
    """Return the regions from the top level down to ``code``; empty for a code the profile does not have."""
    node = profile.region_by_code.get(code)
    if node is None:
        return ()
    return (*region_path(profile, node.parent), code)


def describe(filters: Filters, profile: Profile, lang: str, t: Translator) -> list[tuple[str, str]]:
    """Return the filters in words, title and value, for the notes of an export."""
    region = " › ".join(profile.region_by_code[code].label.text(lang) for code in filters.path)
    said = [
        (t("截止日期"), filters.as_of.isoformat()),
        (t("时段"), t(PERIODS[filters.period][0]) if filters.period else t("累计至今")),
        (t("范围"), region or profile.label.text(lang)),
    ]
    chosen = [(t("行业"), [profile.industry_by_code[code].label for code in filters.industries])]
    chosen += [(t(title), _labels(profile, codes, filters.codes[name])) for name, codes, title in CODE_FILTERS]
    chosen += [(t("银行"), [profile.bank_by_code[code].label for code in filters.banks])]
    return said + [(title, t("、").join(x.text(lang) for x in labels)) for title, labels in chosen if labels]


def show_filters(filters: Filters, profile: Profile, last_on: date, lang: str, t: Translator) -> None:
    """Draw the filter bar; a change is in the URL's state before the next run reads it."""
    with st.container(key="zr-filters", horizontal=True, gap="small", vertical_alignment="center"):
        _date(filters, profile, last_on, t)
        _period(filters, t)
        for depth, level in enumerate(profile.region_levels):
            if depth <= len(filters.path):
                _region(filters, profile, depth, level, lang, t)
        _others(filters, profile, lang, t)
        changed = any(url_state.get(name) for name in url_state.FILTER_PARAMETERS)
        st.button(
            t("重置"), key="filters.reset", type="tertiary", icon=":material/restart_alt:", disabled=not changed,
            on_click=url_state.clear, args=url_state.FILTER_PARAMETERS,
        )  # fmt: skip


def _date(filters: Filters, profile: Profile, last_on: date, t: Translator) -> None:
    key = "filters.date"

    def change() -> None:
        chosen = st.session_state[key]
        url_state.put("date", chosen.isoformat() if chosen and chosen != last_on else None)

    st.session_state[key] = filters.as_of
    with st.container(key="zr-filter-date", width=150):
        st.date_input(
            t("截止日期"), key=key, min_value=profile.programme_start, max_value=last_on, format="YYYY-MM-DD",
            on_change=change, label_visibility="collapsed", help=None, required=True,
        )  # fmt: skip


def _period(filters: Filters, t: Translator) -> None:
    key = "filters.period"
    st.session_state[key] = filters.period or None
    with st.container(key="zr-filter-period", width=146):
        st.selectbox(
            t("时段"), tuple(PERIODS), key=key, index=None, placeholder=t("累计至今"), label_visibility="collapsed",
            format_func=lambda code: t(PERIODS[code][0]), filter_mode=None,
            on_change=lambda: url_state.put("period", st.session_state[key]),
        )  # fmt: skip


def _region(filters: Filters, profile: Profile, depth: int, level: Level, lang: str, t: Translator) -> None:
    key = f"filters.region_{depth + 1}"
    parent = filters.path[depth - 1] if depth else ""
    names = {node.code: node.label.text(lang) for node in profile.children(parent)}
    if not names:
        return
    st.session_state[key] = filters.path[depth] if depth < len(filters.path) else None
    with st.container(key=f"zr-filter-region-{depth + 1}", width=150):
        st.selectbox(
            level.label.text(lang), tuple(names), key=key, index=None, label_visibility="collapsed",
            placeholder=t("全部{level}").format(level=level.label.text(lang)),
            format_func=lambda code: names.get(code, code),
            on_change=lambda: url_state.put("region", address(profile, st.session_state[key] or parent)),
        )  # fmt: skip


def _others(filters: Filters, profile: Profile, lang: str, t: Translator) -> None:
    """Draw the filters that are needed less often behind one button that says how many are set."""
    n = filters.hidden_count
    label = t("更多筛选（{n}）").format(n=n) if n else t("更多筛选")
    with st.popover(label, icon=":material/tune:", key="filters.more"):
        _industries(filters, profile, lang, t)
        for name, codes, title in CODE_FILTERS:
            options = {code.code: code.label.text(lang) for code in profile.codes.get(codes, ())}
            _choice(name, t(title), options, filters.codes[name], t)
        banks = {bank.code: bank.label.text(lang) for bank in profile.banks}
        _choice("bank", t("银行"), banks, filters.banks, t)


def _industries(filters: Filters, profile: Profile, lang: str, t: Translator) -> None:
    """Two levels in one parameter: a division that is chosen stands for its section."""
    chosen = [profile.industry_by_code[code] for code in filters.industries]
    sections = tuple(dict.fromkeys(node.parent or node.code for node in chosen))
    divisions = tuple(node.code for node in chosen if node.parent)
    levels = [level.label.text(lang) for level in profile.industry_levels]
    tops = {node.code: node.label.text(lang) for node in profile.industries if not node.parent}
    below = {n.code: f"{n.code} {n.label.text(lang)}" for n in profile.industries if n.parent in sections}

    def change() -> None:
        wanted = st.session_state["filters.industry_1"]
        finer = [profile.industry_by_code[code] for code in st.session_state.get("filters.industry_2", ())]
        finer = [node for node in finer if node.parent in wanted]
        covered = {node.parent for node in finer}
        codes = [code for code in wanted if code not in covered] + [node.code for node in finer]
        url_state.put("industry", url_state.SEPARATOR.join(codes))

    _multiselect("filters.industry_1", levels[0], tops, sections, change, t)
    if len(levels) > 1 and below:
        _multiselect("filters.industry_2", levels[1], below, divisions, change, t)


def _choice(name: str, title: str, options: Mapping[str, str], chosen: Sequence[str], t: Translator) -> None:
    key = f"filters.{name}"
    if options:
        _multiselect(
            key, title, options, chosen,
            lambda: url_state.put(name, url_state.SEPARATOR.join(st.session_state[key])), t,
        )  # fmt: skip


def _multiselect(
    key: str, title: str, options: Mapping[str, str], chosen: Sequence[str], change: Callable[[], None], t: Translator
) -> None:
    st.session_state[key] = list(chosen)
    st.multiselect(
        title, tuple(options), key=key, format_func=lambda code: options.get(code, code), placeholder=t("全部"),
        on_change=change,
    )  # fmt: skip


def _day(text: str, first: date, last: date) -> date:
    try:
        return min(max(date.fromisoformat(text), first), last)
    except ValueError:
        return last


def _known(codes: Sequence[str], known: Mapping[str, object] | set[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for code in codes if code in known))


def _labels(profile: Profile, codes: str, chosen: Sequence[str]) -> list[Label]:
    return [label for code in chosen if (label := profile.code_label(codes, code))]


def child_level(profile: Profile, filters: Filters) -> Level | None:
    """Return the level below the region in view, None at the lowest."""
    depth = len(filters.path)
    return profile.region_levels[depth] if depth < len(profile.region_levels) else None


def children_in_view(profile: Profile, filters: Filters) -> tuple[Node, ...]:
    """Return the regions right below the one in view, in the profile's (statutory) order."""
    return profile.children(filters.region)
