"""What may stand in a column, in words: for the templates and for docs/data.md, made from the specs."""

from collections.abc import Iterator, Mapping

from data_access.importing.messages import Describer
from data_access.importing.specs import ColumnSpec, Kind, TableSpec
from data_access.importing.tables import TABLES
from data_access.profile import Level, Profile
from locales import N_, translator

KINDS = {
    Kind.TEXT: N_("文本"),
    Kind.DATE: N_("日期"),
    Kind.MONEY: N_("金额"),
    Kind.RATE: N_("年利率，百分数"),
    Kind.INTEGER: N_("整数"),
    Kind.DECIMAL: N_("数值"),
    Kind.BOOLEAN: N_("是或否"),
    Kind.CODE: N_("选项"),
    Kind.TAGS: N_("一个或多个选项，用分号隔开"),
    Kind.REGION: N_("区域名称或编码"),
    Kind.INDUSTRY: N_("行业名称或代码"),
    Kind.BANK: N_("银行名称或编码"),
    Kind.CREDIT_CODE: N_("统一社会信用代码"),
    Kind.REFERENCE: N_("另一张表的编号"),
}


class Explainer:
    """Explains columns in one language, with a profile's own names for its levels and its base currency unit."""

    def __init__(self, profile: Profile, lang: str, tables: Mapping[str, TableSpec] = TABLES) -> None:
        self._profile, self._lang, self._tables = profile, lang, tables
        self._t, self._describe = translator(lang), Describer(profile, lang, tables)
        self._unit = next(((zh, en) for value, zh, en in profile.currency.units if value == 1), ("", ""))

    def exists(self, column: ColumnSpec) -> bool:
        """Tell whether the profile has the column's level; a column without a level always exists."""
        return column.level <= len(self._levels(column)) or column.level == 0

    def title(self, spec: TableSpec) -> str:
        """Return the table's title."""
        return self._describe.table(spec.name)

    def note(self, item: ColumnSpec | TableSpec) -> str:
        """Return the note of a column or a table."""
        return item.note if self._lang == "zh" else item.note_en

    def header(self, spec: TableSpec, column: ColumnSpec) -> str:
        """Return the header a template carries: the profile's name of a level, the unit of an amount."""
        if column.level:
            return self._levels(column)[column.level - 1].label.text(self._lang)
        header = self._describe.column(spec.name, column.name)
        unit = self._unit[0] if self._lang == "zh" else self._unit[1]
        if column.kind is Kind.MONEY and unit:
            return f"{header}（{unit}）" if self._lang == "zh" else f"{header} ({unit})"
        return header

    def kind(self, column: ColumnSpec) -> str:
        """Return what kind of value the column holds."""
        return self._t(KINDS[column.kind])

    def rules(self, spec: TableSpec, column: ColumnSpec) -> Iterator[str]:
        """Yield the rules of a column, one short sentence each."""
        t = self._t
        yield from self._bounds(spec, column)
        if column.kind is Kind.DATE and not column.may_be_future:
            yield t("不晚于今天")
        if column.since_start:
            yield t("早于工作启动日期的会提示")
        if column.is_unique:
            yield t("不得重复")
        if column.in_months:
            yield t("以月计；写明“年”的自动换算")
        yield from self._links(spec, column)

    def _bounds(self, spec: TableSpec, column: ColumnSpec) -> Iterator[str]:
        t = self._t
        least, most = (None if n is None else f"{n:,.15g}" for n in (column.minimum, column.maximum))
        if least and most:
            yield t("{minimum} 至 {maximum}").format(minimum=least, maximum=most)
        elif least:
            yield t("不小于 {minimum}").format(minimum=least)
        for other in column.not_before:
            yield t("不早于“{other}”").format(other=self._describe.column(spec.name, other))
        for other in column.not_below:
            yield t("不小于“{other}”").format(other=self._describe.column(spec.name, other))
        for other in column.only_with:
            yield t("填了就要有“{other}”").format(other=self._describe.column(spec.name, other))

    def _links(self, spec: TableSpec, column: ColumnSpec) -> Iterator[str]:
        t = self._t
        if column.references:
            text = t("“{table}”中已有的编号") if column.required else t("“{table}”中的编号，没有的会提示")
            yield text.format(table=self._describe.table(column.references))
        for rule in spec.positive_when:
            if rule.column == column.name:
                label = self._profile.code_label(spec.column(rule.when).codes, rule.equals)
                equals = label.text(self._lang) if label else rule.equals
                when = self._describe.column(spec.name, rule.when)
                yield t("“{when}”为“{equals}”时必须大于 0").format(when=when, equals=equals)

    def table_rules(self, spec: TableSpec) -> Iterator[str]:
        """Yield the rules that concern whole rows."""
        t = self._t
        columns = "、" if self._lang == "zh" else ", "
        names = {c.name: self._describe.column(spec.name, c.name) for c in spec.columns}
        yield t("一行由以下各列确定：{columns}").format(columns=columns.join(names[n] for n in spec.key))
        if spec.one_event:
            yield t("以下各列都相同的两行是同一件事，第二行会被退回：{columns}").format(
                columns=columns.join(names[n] for n in spec.one_event)
            )

    def tables(self) -> Iterator[TableSpec]:
        """Yield the tables that make sense for the profile: the grids only where it has a third region level."""
        for spec in self._tables.values():
            if spec.name != "grids" or len(self._profile.region_levels) > 2:
                yield spec

    def _levels(self, column: ColumnSpec) -> tuple[Level, ...]:
        match column.kind:
            case Kind.REGION:
                return self._profile.region_levels
            case Kind.INDUSTRY:
                return self._profile.industry_levels
            case _:
                return ()
