"""The tables of the bank page: every bank's lights, and what else banks report (未报送 where they do not)."""

from collections.abc import Mapping
from dataclasses import replace
from html import escape

import pandas as pd

from components.banks import leads
from components.banks.card import figure_said
from components.banks.desk import Desk, bank_places, row_of
from components.banks.judging import QUESTIONS
from components.banks.rules import fewest_peers
from components.banks.words import bank_light_html, light_words, percent, question_names, rank_said
from components.context import Context
from components.numbers import DASH, count
from components.origins import Origin
from components.panel import figure_html, mark
from components.reads import progress
from components.sheet import Column, Sheet
from data_access.queries.banks import bank_plans, bank_reports, renewals
from metrics.banks.bands import band
from metrics.banks.renewals import renewed_when_due
from metrics.catalogue import metric
from metrics.figures import figure

# What else is reported per bank: keys of the catalogue.
FURTHER = (
    "on_time_rate", "backfill_rate", "rejection_rate", "satisfaction_ratio", "credit_per_enterprise", "drawdown_ratio",
    "average_rate", "unsecured_share", "first_time_borrowers", "first_time_share", "renewal_share",
    "no_principal_renewal_share",
)  # fmt: skip
# What banks report by month, by the codes of ``bank_report``.
REPORTS = ("reviewed", "exempted", "complaint")
_ORDER = {"red": 0, "amber": 1, "green": 2, "grey": 3}


def ordered(desk: Desk) -> list[str]:
    """Return the peers, those with most red and then most amber lights first; without lights in the profile's order."""
    weight = {b: sorted(_ORDER[desk.light(b, q)] for q in QUESTIONS) for b in desk.peers}
    return sorted(desk.peers, key=lambda bank: weight[bank])


def lights_html(desk: Desk, focus: str) -> str:
    """Return the lights of all banks; a row puts its bank into the diagnosis card. Policy banks follow without."""
    t = desk.context.t
    names = question_names(t)
    heads = [
        t("银行"),
        t("类型"),
        *(names[q] for q in QUESTIONS),
        t("按期决定率"),
        t("超期未决"),
        t("份额比位次（95% 区间）"),
    ]
    kinds = ["name", "text wide", *["text"] * 4, "", "", "wide"]
    head = "".join(f'<th class="{k}" scope="col">{escape(h)}</th>' for k, h in zip(kinds, heads, strict=True))
    body = "".join(_lights_row(desk, bank, kinds, focus) for bank in [*ordered(desk), *desk.policy])
    table = f'<table class="zr-table zr-lights"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f'<div class="zr-table-wrap">{table}</div>'


def _lights_row(desk: Desk, bank: str, kinds: list[str], focus: str) -> str:
    t = desk.context.t
    share, late = _timing(desk, bank)
    name = desk.name(bank, short=False)
    shown = f"<b>▸ {escape(name)}</b>" if bank == focus else escape(name)
    first = [shown, escape(desk.group(bank))]
    lit = [] if bank in desk.policy else [_lit_html(desk, bank, question) for question in QUESTIONS]
    cells = _cells([*first, *lit], kinds)
    if not lit:
        apart = escape(t("政策性银行不参与比较"))
        cells += f'<td class="text" colspan="{len(QUESTIONS)}"><span class="zr-note">{apart}</span></td>'
    cells += _cells([share, late, _rank(desk, bank)], kinds[-3:])
    label = t("查看{name}").format(name=name)
    return f"<tr {mark('bank', bank, label=label)}>{cells}</tr>"


def _lit_html(desk: Desk, bank: str, question: str) -> str:
    """Return a light with the figure it was judged by, which leads to where that comes from."""
    light, shown = bank_light_html(desk, bank, question), figure_said(desk, desk.now, bank, question)
    if shown == DASH:
        return light
    label = f"{desk.name(bank)} {question_names(desk.context.t)[question]} {shown}"
    return f"{light} <small>{figure_html(escape(shown), leads.judged(desk, bank, question), label=label)}</small>"


def _cells(values: list[str], kinds: list[str]) -> str:
    return "".join(f'<td class="{kind}">{value}</td>' for value, kind in zip(values, kinds, strict=False))


def _timing(desk: Desk, bank: str) -> tuple[str, str]:
    row = desk.records["progress"].get(bank)
    if row is None:
        return DASH, DASH
    share = row["pushes_on_time"] / row["pushes_matured"] if row["pushes_matured"] else float("nan")
    (place,) = bank_places(desk, [bank])
    shown = {"on_time_rate": percent(share), "pushes_overdue": count(row["pushes_overdue"])}
    first, second = (figure_html(text, Origin(key, place), label=desk.name(bank)) for key, text in shown.items())
    return first, second


def _rank(desk: Desk, bank: str) -> str:
    row = desk.records["ranks"].get(bank)
    if row is None:
        return DASH
    return rank_said(desk.context.t, row)


def lights_sheet(desk: Desk) -> Sheet:
    """Return the lights with the probabilities behind them."""
    t, names, words = desk.context.t, question_names(desk.context.t), light_words(desk.context.t)
    table = pd.DataFrame({"name": [desk.name(b, short=False) for b in desk.peers]}, index=list(desk.peers))
    columns = [Column("name", t("银行"))]
    for question in QUESTIONS:
        table[question] = [words[desk.light(bank, question)] for bank in desk.peers]
        table[f"{question}_p"] = desk.now.p[question]
        title = names[question] + t("：") + t("偶然偏低到如此的概率")  # two columns of one name would be one
        columns += [Column(question, names[question]), Column(f"{question}_p", title, "index")]
    notes = (
        t("红灯须连续两个月显著，并经 Benjamini–Hochberg 校正（误报比例不超过 10%）；走访、授信还须两种规模口径一致"),
    )
    return Sheet("bank_lights", table.loc[ordered(desk)], tuple(columns), (), notes)


def further_sheet(desk: Desk) -> Sheet:
    """Return what else each bank reports: plan and completion, renewals, and the catalogue's figures of ``FURTHER``.

    The reader of one bank gets its row and the quartiles of the others.
    """
    t = desk.context.t
    banks = [*desk.peers, *desk.policy]
    table = pd.DataFrame(index=banks).join(_plans(desk)).join(_renewals(desk)).join(_figures(desk)).join(_reports(desk))
    names = {bank: desk.name(bank, short=False) for bank in banks}
    columns = _further_columns(desk)
    if desk.context.scope.banks is not None:
        table, names = _own_rows(desk, table)
    told = {column.name for column in columns if _is_known(desk, column.name)}
    shown = table.assign(**{c.name: t("未报送") for c in columns if c.name not in told}, name=pd.Series(names))
    columns = [c if c.name in told else Column(c.name, c.header) for c in columns]
    stand = bank_places(desk, shown.index)
    metrics = (*FURTHER, "renewed_when_due")
    empty = t("空格为没有分母；责任认定、尽职免责和贷款中介投诉的空格为该行未报送")
    return Sheet("bank_figures", shown, (Column("name", t("银行")), *columns), metrics, (empty,), stand)


def _further_columns(desk: Desk) -> list[Column]:
    t, numbers = desk.context.t, desk.context.numbers
    found = [Column("planned", t("授信计划"), "yuan"), Column("done", t("计划完成率"), "percent")]
    found += [Column(key, numbers.name(metric(key)), metric(key).unit, key) for key in FURTHER]
    found += [
        Column("due", t("到期贷款"), "case", "renewal.due"),
        Column("renewed_when_due", t("应续尽续率"), "percent", "renewed_when_due"),
    ]
    return [
        *found, Column("reviewed", t("责任认定"), "case"), Column("exempted", t("尽职免责"), "case"),
        Column("exempted_share", t("尽职免责率"), "percent"), Column("complaint", t("贷款中介投诉"), "case"),
    ]  # fmt: skip


def _is_known(desk: Desk, name: str) -> bool:
    """Whether anybody has reported what a column stands on; an empty cell then has no denominator."""
    needs: Mapping[str, tuple[str, ...]] = {
        "planned": ("bank_plans",), "done": ("bank_plans", "decisions"), "due": ("loans.due_on",),
        **dict.fromkeys((*REPORTS, "exempted_share"), ("bank_reports",)),
    }  # fmt: skip
    asked = needs.get(name) or metric(name).needs
    return set(asked) <= desk.context.reported


def _own_rows(desk: Desk, table: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return the rows of the reader's banks and the quartiles of the others, and what the rows are called."""
    t, own = desk.context.t, list(desk.own)
    others = table.loc[[bank for bank in desk.peers if bank not in own]].astype("float64")
    ends = {"low": t("同业下四分位"), "high": t("同业上四分位")}
    bands = {name: band(values.to_numpy(), fewest_peers(desk.context)) for name, values in others.items()}
    found = pd.DataFrame(bands, index=list(ends), dtype="float64")
    names = {bank: desk.name(bank, short=False) for bank in own} | ends
    return pd.concat([table.loc[own].astype("float64"), found]), names


def _figures(desk: Desk) -> pd.DataFrame:
    """Return the catalogue's figures of every bank."""
    measures = tuple(dict.fromkeys(name for key in FURTHER for name in metric(key).measures))
    rows = progress(_everyone(desk), ("bank",), measures).set_index("bank")
    found = {key: [_value(desk, rows, bank, key) for bank in rows.index] for key in FURTHER}
    return pd.DataFrame(found, index=rows.index, dtype="float64")


def _value(desk: Desk, rows: pd.DataFrame, bank: str, key: str) -> float:
    found = figure(row_of(rows, bank), key, desk.context.reported).value
    return float("nan") if found is None else found


def _everyone(desk: Desk) -> Context:
    return desk.context.seeing(replace(desk.context.scope, banks=None))


def _renewals(desk: Desk) -> pd.DataFrame:
    context = _everyone(desk)
    if "loans.due_on" not in context.reported:
        return pd.DataFrame(columns=["due", "renewed_when_due"], dtype="float64")
    frame = renewals(context.store, context.scope, context.selection).set_index("bank")
    return pd.DataFrame({"due": frame["due"], "renewed_when_due": renewed_when_due(frame["due"], frame["renewed"])})


def _reports(desk: Desk) -> pd.DataFrame:
    """Return what banks reported by month, with the share exempted; a bank that did not report an item has NaN."""
    if "bank_reports" not in desk.context.reported:
        return pd.DataFrame(columns=[*REPORTS, "exempted_share"], dtype="float64")
    frame = bank_reports(desk.context.store, _everyone(desk).scope, desk.context.selection)
    table = frame.pivot_table(index="bank", columns="kind", values="count", aggfunc="sum").reindex(columns=[*REPORTS])
    return table.assign(exempted_share=100.0 * table["exempted"] / table["reviewed"].where(table["reviewed"] > 0))


def _plans(desk: Desk) -> pd.DataFrame:
    frame = bank_plans(desk.context.store, _everyone(desk).scope, desk.context.selection)
    frame = frame[pd.to_datetime(frame["ends_on"]) >= pd.Timestamp(desk.context.filters.as_of)].drop_duplicates(
        "bank", keep="last"
    )
    done = 100.0 * frame["approved"] / frame["planned"].where(frame["planned"] > 0)
    return frame.assign(done=done).set_index("bank")[["planned", "done"]]


def overdue_headline(desk: Desk, asked: str = "") -> str:
    """Return how many pushes of the bank ``asked`` are overdue; of all the reader may see ("") and at which most."""
    t, late = desk.context.t, desk.pushes["pushes_overdue"]
    late = late[[desk.sees(str(bank)) for bank in late.index]]
    if "recommendations" not in desk.context.reported:
        return t("推荐清单未报送")
    if asked:
        return t("{bank}：{n} 笔推送超期未决").format(bank=desk.name(asked), n=count(late.get(asked, 0)))
    text = t("{n} 笔推送超期未决，最多的是{bank}（{k} 笔）")
    if late.sum() == 0:
        return t("没有超期未决的推送")
    return text.format(n=count(late.sum()), bank=desk.name(str(late.idxmax())), k=count(late.max()))
