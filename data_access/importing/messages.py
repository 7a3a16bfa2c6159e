"""The words for everything the import finds: each rule with what is wrong, how to put it right, and whether it holds.

A rule's texts are Chinese keys of the catalogue with named placeholders. What fills them is stored with the finding;
names of tables, columns and code lists are stored as such and put into the reader's language here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from data_access.importing.report import Step, StepCode
from data_access.importing.specs import TableSpec
from data_access.importing.tables import TABLES
from data_access.profile import Profile
from locales import N_, translator

LABELS_SHOWN = 20


class Effect(StrEnum):
    """What follows from breaking a rule."""

    ROW_HELD = "row held"
    POINTED_OUT = "pointed out"
    FILE_REFUSED = "file refused"
    UNDO_REFUSED = "undo refused"
    CLOSING_REFUSED = "closing refused"
    GRANTS_REFUSED = "grants refused"


@dataclass(frozen=True, slots=True)
class Rule:
    """What is wrong, what to do about it, and what follows."""

    problem: str
    remedy: str
    effect: Effect = Effect.ROW_HELD


@dataclass(frozen=True, slots=True)
class Message:
    """A finding in the reader's language."""

    problem: str
    remedy: str
    stop: str

    def __str__(self) -> str:
        """Return both sentences."""
        return f"{self.problem}{self.stop}{self.remedy}"


RULES: Mapping[str, Rule] = {
    # Files and sheets
    "file_unreadable": Rule(
        N_("文件打不开（{reason}）"), N_("请确认文件没有损坏、没有加密，重新保存后再导入"), Effect.FILE_REFUSED
    ),
    "file_protected": Rule(N_("文件设有密码"), N_("请在表格软件中去掉密码，保存后再导入"), Effect.FILE_REFUSED),
    "file_disguised": Rule(
        N_("文件名以 {kind} 结尾，内容却是 {found}"), N_("请用表格软件打开，另存为 xlsx 后再导入"), Effect.FILE_REFUSED
    ),
    "file_damaged": Rule(N_("文件已损坏或不完整"), N_("请重新下载或保存后再导入"), Effect.FILE_REFUSED),
    "file_kind_unknown": Rule(N_("不支持 {kind} 文件"), N_("请保存为 xlsx、csv 或 parquet"), Effect.FILE_REFUSED),
    "file_too_large": Rule(
        N_("文件有 {size} MB，超过 {limit} MB"), N_("请去掉图片，或拆成几个文件后再导入"), Effect.FILE_REFUSED
    ),
    "file_unpacks": Rule(
        N_("文件展开后有 {size} MB，超过 {limit} MB"),
        N_("请去掉图片和表格以外的空白格式，或拆成几个文件后再导入"),
        Effect.FILE_REFUSED,
    ),
    "archive_odd": Rule(
        N_("文件的内部结构不像表格文件，为安全起见没有打开"),
        N_("请用表格软件打开，另存为新的 xlsx 后再导入"),
        Effect.FILE_REFUSED,
    ),
    "file_entities": Rule(
        N_("文件中有表格文件不会有的外部引用（DTD），为安全起见没有打开"),
        N_("请用表格软件打开，另存为新的 xlsx 后再导入"),
        Effect.FILE_REFUSED,
    ),
    "sheet_too_large": Rule(
        N_("“{sheet}”一直写到单元格 {cell}，超过 {widest} 列或 {limit} 个单元格"),
        N_("请按 Ctrl+End 找到它，删去表格以外的内容，或拆成几个文件后再导入"),
        Effect.FILE_REFUSED,
    ),
    "columns_too_many": Rule(
        N_("有 {count} 列，超过 {limit} 列"), N_("请删去表格以外的列；若分隔符混乱，请另存为 xlsx"), Effect.FILE_REFUSED
    ),
    "cells_too_many": Rule(
        N_("有 {count} 个单元格，超过 {limit} 个"), N_("请拆成几个文件后再导入"), Effect.FILE_REFUSED
    ),
    "cell_too_long": Rule(
        N_("第 {row} 行第 {number} 列有 {count} 个字，超过 {limit} 个"),
        N_("请缩短；若整段文字落在一格里，请检查引号和分隔符"),
        Effect.FILE_REFUSED,
    ),
    "quote_open": Rule(
        N_("第 {row} 行的引号没有成对，后面的行无法分开"), N_("请补上或删去引号，或另存为 xlsx"), Effect.FILE_REFUSED
    ),
    "encoding_unknown": Rule(N_("无法识别文本编码"), N_("请另存为 UTF-8 编码的 CSV"), Effect.FILE_REFUSED),
    "header_missing": Rule(N_("找不到表头行"), N_("表头应在前 30 行内，列名见填报模板"), Effect.FILE_REFUSED),
    "table_unknown": Rule(N_("认不出这是哪张表"), N_("请使用填报模板的列名，或在导入时指明表"), Effect.FILE_REFUSED),
    "table_ambiguous": Rule(
        N_("可能是几张表中的任何一张：{tables}"), N_("请在导入时指明表，或把工作表命名为表名"), Effect.FILE_REFUSED
    ),
    "columns_missing": Rule(N_("看起来是“{table}”，但缺少必填列：{columns}"), N_("请补上这些列"), Effect.FILE_REFUSED),
    "column_twice": Rule(
        N_("“{headers}”都会读作“{column}”"), N_("请只保留一列，或改成模板的列名"), Effect.FILE_REFUSED
    ),
    "file_empty": Rule(N_("文件中没有数据"), N_("请检查是否选错了文件"), Effect.FILE_REFUSED),
    # Cells that cannot be read
    "required": Rule(N_("必填项为空"), N_("请填写")),
    "sheet_error": Rule(N_("单元格是公式错误值"), N_("请改正公式，或直接填写数值")),
    "formula_uncalculated": Rule(N_("公式没有计算结果"), N_("请用电子表格程序打开文件、保存后再导入，或直接填写数值")),
    "digits_lost": Rule(N_("编号被电子表格改成了科学计数法，末尾几位已丢失"), N_("请把该列设为文本格式后重新填写")),
    "date_unreadable": Rule(N_("不是可识别的日期"), N_("请写成 2025-05-03 这样的形式")),
    "date_without_day": Rule(N_("日期缺少“日”"), N_("请写到日，如 2025-05-03")),
    "date_impossible": Rule(N_("没有这一天"), N_("请核对年、月、日")),
    "boolean_unreadable": Rule(N_("应填“是”或“否”"), N_("请填“是”或“否”，不清楚则留空")),
    "number_unreadable": Rule(N_("不是数字"), N_("请只填数字，单位可写在表头，如“授信金额（万元）”")),
    "number_not_whole": Rule(N_("应为整数"), N_("请填整数")),
    "code_unknown": Rule(N_("不在可填的选项中"), N_("可填：{allowed}")),
    "bank_unknown": Rule(N_("没有这家银行"), N_("请填银行名单中的全称、简称或编码")),
    "region_unknown": Rule(N_("没有这个地方"), N_("请填区划表中的名称或编码")),
    "region_ambiguous": Rule(N_("有几个地方同名"), N_("请填写它的上级，或改填编码")),
    "region_elsewhere": Rule(N_("这个地方不属于所填的上级"), N_("请核对上级，或改填编码")),
    "out_of_scope": Rule(
        N_("这一行不在您的范围内，或所指的对象不存在"), N_("请核对编号和所在地；别处的数据由当地或市专班导入")
    ),
    "industry_unknown": Rule(N_("没有这个行业"), N_("请填行业分类的名称或代码")),
    "industry_ambiguous": Rule(N_("有几个行业同名"), N_("请填写它的上级，或改填代码")),
    "industry_elsewhere": Rule(N_("这个行业不属于所填的门类"), N_("请核对门类，或改填代码")),
    # Values that may not be
    "credit_code_length": Rule(N_("统一社会信用代码应为 18 位"), N_("请核对；没有信用代码的主体请留空")),
    "credit_code_character": Rule(
        N_("信用代码中有不该出现的字符"), N_("信用代码只含数字和除 I、O、S、V、Z 外的大写字母")
    ),
    "credit_code_check": Rule(N_("信用代码的校验位不对"), N_("请对照营业执照核对每一位")),
    "number_too_small": Rule(N_("小于允许的最小值 {limit}"), N_("请核对数值和单位")),
    "number_too_large": Rule(N_("大于允许的最大值 {limit}"), N_("请核对数值和单位，是否多写了“万”")),
    "number_below": Rule(N_("小于“{other}”"), N_("请核对两列")),
    "not_positive": Rule(N_("“{when}”为“{equals}”时应大于 0"), N_("请填写金额")),
    "date_in_future": Rule(N_("日期晚于今天"), N_("请核对年份")),
    "date_before": Rule(N_("早于“{other}”"), N_("请核对两个日期")),
    "filled_alone": Rule(N_("填了这一列，“{other}”却是空的"), N_("请补填“{other}”，或清空这一列")),
    # Rows among other rows
    "reference_unknown": Rule(N_("“{table}”中没有这个编号"), N_("请先导入“{table}”，或更正编号")),
    "reference_mismatch": Rule(N_("这个编号在“{table}”中属于另一户"), N_("请核对编号和主体")),
    "value_taken": Rule(N_("与{other_row}重复，应当唯一"), N_("请核对，同一主体只保留一行")),
    "key_twice": Rule(N_("与{other_row}编号相同而内容不同"), N_("请只保留正确的一行")),
    "event_twice": Rule(N_("与{other_row}是同一件事（{columns} 都相同）"), N_("同一件事只报一行，请删去重复的一行")),
    # Pointed out, not held
    "rate_as_fraction": Rule(
        N_("利率小于 0.3，已按百分比单元格读取（0.0365 读作 3.65%）"), N_("请核对"), Effect.POINTED_OUT
    ),
    "level_unknown": Rule(
        N_("尚无这一级区域或行业的名单，该列未导入"), N_("请先导入村居网格，再重新导入"), Effect.POINTED_OUT
    ),
    "list_unknown": Rule(N_("没有这一列的选项表，该列未导入"), N_("如需使用，请在城市档案中补充"), Effect.POINTED_OUT),
    "date_before_start": Rule(N_("早于工作启动日期"), N_("请核对"), Effect.POINTED_OUT),
    "reference_orphan": Rule(
        N_("“{table}”中没有这个编号，仍已导入"), N_("请核对编号，或补报“{table}”"), Effect.POINTED_OUT
    ),
    "before_reference": Rule(N_("日期早于所引用“{table}”的日期"), N_("可能是补录，请核对"), Effect.POINTED_OUT),
    # Undoing a batch
    "batch_missing": Rule(N_("没有批次 {batch}"), N_("请核对批次号"), Effect.UNDO_REFUSED),
    "batch_undone": Rule(N_("批次 {batch} 已撤销"), N_("无需再撤销"), Effect.UNDO_REFUSED),
    "batch_needed": Rule(
        N_("批次 {batch} 中的“{tables}”被批次 {batches} 引用"), N_("请先撤销这些批次"), Effect.UNDO_REFUSED
    ),
    # Closing held rows
    "closing_reason": Rule(N_("没有写明理由"), N_("请写明为什么是重复"), Effect.CLOSING_REFUSED),
    "closing_no_duplicate": Rule(
        N_("批次 {batch} 中有的行不是因重复而退回，或已处理"),
        N_("请刷新后重新选择；其他问题请改正后重新导入"),
        Effect.CLOSING_REFUSED,
    ),
    # Bringing in people
    "grant_unbound": Rule(N_("“{when}”为“{equals}”时必填"), N_("请写明看哪些"), Effect.GRANTS_REFUSED),
    "grant_not_bound": Rule(
        N_("“{when}”为“{equals}”时不填这一列"), N_("请清空，或改用其他角色"), Effect.GRANTS_REFUSED
    ),
    "grant_over": Rule(N_("有效期已经结束"), N_("请核对日期，或删去这一行"), Effect.GRANTS_REFUSED),
}

_STEPS: Mapping[StepCode, str] = {
    StepCode.READING: N_("读取 {subject}"),
    StepCode.CHECKING: N_("校验 {subject}"),
    StepCode.LOADING: N_("写入 {subject}"),
    StepCode.DERIVING: N_("更新汇总数据"),
    StepCode.DONE: N_("完成"),
}


def _other_row(detail: Mapping[str, str]) -> str:
    """Return how the row is told that a finding is about: by its place in a file, or as a record of the store."""
    if "record" in detail:
        if "batch" not in detail:
            return N_("已导入的 {record}")
        return (
            N_("已导入的 {record}（批次 {batch}，{file}）")
            if "file" in detail
            else N_("已导入的 {record}（批次 {batch}）")
        )
    if "file" not in detail or "row" not in detail:
        return N_("另一行")
    return N_(" {file}“{sheet}”第 {row} 行") if detail.get("sheet") else N_(" {file} 第 {row} 行")


class Describer:
    """Puts findings, refusals and steps into words, in one language."""

    def __init__(self, profile: Profile, lang: str, tables: Mapping[str, TableSpec] = TABLES) -> None:
        self._profile, self._lang, self._tables = profile, lang, tables
        self._t = translator(lang)

    def table(self, name: str) -> str:
        """Return a table's title; "" and unknown names stay as they are."""
        spec = self._tables.get(name)
        return name if spec is None else spec.title if self._lang == "zh" else spec.title_en

    def column(self, table: str, name: str) -> str:
        """Return the header of a table's column."""
        column = self._tables[table].column(name)
        return column.header if self._lang == "zh" else column.header_en

    def message(self, rule: str, detail: Mapping[str, str], table: str = "") -> Message:
        """Return what is wrong and what to do, for a rule found in ``table`` with its stored details."""
        words = self._words(detail, table)
        known = RULES[rule]
        problem, remedy = (self._t(text).format_map(words) for text in (known.problem, known.remedy))
        return Message(problem, remedy, "。" if self._lang == "zh" else ". ")

    def step(self, step: Step) -> str:
        """Return what is being done now."""
        return self._t(_STEPS[step.code]).format(subject=self.table(step.subject))

    def _words(self, detail: Mapping[str, str], table: str) -> dict[str, str]:
        """Return the details with names of tables, columns and code lists in the reader's language."""
        words = dict(detail)
        of_table = detail.get("of", table) or detail.get("table", "")
        if "table" in detail:
            words["table"] = self.table(detail["table"])
        if "tables" in detail:
            words["tables"] = self._listed(map(self.table, detail["tables"].split(",")))
        if "columns" in detail:
            words["columns"] = self._listed(self.column(of_table, name) for name in detail["columns"].split(","))
        for place in ("column", "other", "when"):
            if place in detail:
                words[place] = self.column(of_table, detail[place])
        if "equals" in detail:
            codes = self._tables[of_table].column(detail["when"]).codes
            label = self._profile.code_label(codes, detail["equals"])
            words["equals"] = label.text(self._lang) if label else detail["equals"]
        if "codes" in detail:
            words["allowed"] = self._allowed(detail["codes"])
        words["other_row"] = self._t(_other_row(detail)).format_map(detail)
        return words

    def _allowed(self, codes: str) -> str:
        labels = [code.label.text(self._lang) for code in self._profile.codes.get(codes, ())]
        return self._listed(labels[:LABELS_SHOWN]) + ("…" if len(labels) > LABELS_SHOWN else "")

    def _listed(self, names: Iterable[str]) -> str:
        return ("、" if self._lang == "zh" else ", ").join(names)
