"""The tables of meetings, officers, publicity, products and problems, filled in on the product's own blank workbook."""

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from sqlalchemy import select

from data_access.importing import import_files, list_held, template_workbook
from data_access.importing.tables import TABLES
from data_access.schema import import_tables
from data_access.selection import Scope
from tests.unit.data_access.importing.files import enterprise, visit

GOOD_EVENT = {"event_id": "H1", "title": "演示对接会", "event_type": "对接会", "held_on": "2025-03-01"}
GOOD_MET = {"event_id": "H1", "enterprise_id": "E1", "bank": "玄鸟"}
GOOD_PROBLEM = {
    "problem_id": "W1", "enterprise_id": "E1", "category": "税务", "level": "复杂问题", "raised_on": "2025-03-01",
}  # fmt: skip
OFFICER = {"officer_id": "S1", "kind": "助理员", "bank": "玄鸟", "region_1": "赤坎区"}
PUBLICITY = {"publicity_id": "X1", "channel": "手册", "title": "政策手册", "published_on": "2024-12-20"}
PRODUCT = {"product_id": "P1", "bank": "玄鸟", "name": "演示贷"}
OUTLET = {"outlet_id": "D1", "bank": "玄鸟", "name": "演示网点", "region_1": "赤坎区"}
CONTACT = {"contact_id": "L1", "office": "演示专班", "phone": "10090000001"}

# For each table the rows that are in order, as clerks write them, and those that are not: what is wrong, and the rule.
GOOD = {
    "enterprises": [enterprise(1), enterprise(2)],
    "visits": [visit(1)],
    "events": [
        GOOD_EVENT | {"theme": "菠萝", "region_1": "徐闻县", "banks_count": "8家", "firms_count": "44",
                      "intent_amount": "6250万元", "is_published": "是", "source_text": "　原文，照录。 "},
        GOOD_EVENT | {"event_id": "H2", "held_on": "2030-01-01", "title": "计划中的座谈会", "event_type": "座谈"},
    ],
    "event_participants": [
        GOOD_MET | {"intent_amount": "50万", "is_msme": "√"},
        GOOD_MET | {"bank": "B03", "is_msme": "否"},
    ],
    "officers": [
        OFFICER | {"region_2": "中华街道", "started_on": "2024年12月1日", "enterprises_served": "1,234"},
        OFFICER | {"officer_id": "S2", "kind": "特派员", "ended_on": "2030-01-01"},
    ],
    "publicity": [PUBLICITY | {"copies": "30,000份"}, PUBLICITY | {"publicity_id": "X2", "channel": "简报"}],
    "products": [
        PRODUCT | {"max_amount": "300万", "rate_min": 2.9, "rate_max": "4.3%", "term_months": "3年",
                   "guarantee": "信用", "valid_until": "2030-12-31"},
    ],
    "outlets": [OUTLET | {"region_2": "中华街道", "phone": "0759-0000000", "is_liaison": "是"}],
    "contacts": [CONTACT | {"is_published": "是"}, CONTACT | {"contact_id": "L2", "region_1": "廉江市"}],
    "problems": [
        GOOD_PROBLEM | {"visit_id": "V1", "source": "热线", "department": "税务局", "deadline": "2030-01-01",
                        "suspended_days": 5, "closed_on": "2025-03-05", "reopened": "是", "reopened_on": "2025-04-01",
                        "satisfaction": 5},
    ],
}  # fmt: skip
BAD = {
    "events": [
        (GOOD_EVENT | {"event_id": "H3", "title": None}, "title", "required"),
        (GOOD_EVENT | {"event_id": "H4", "event_type": "聚餐"}, "event_type", "code_unknown"),
        (GOOD_EVENT | {"event_id": "H5", "theme": "火星"}, "theme", "code_unknown"),
        (GOOD_EVENT | {"event_id": "H6", "held_on": "2025-02-30"}, "held_on", "date_impossible"),
        (GOOD_EVENT | {"event_id": "H7", "region_1": "不存在县"}, "region_1", "region_unknown"),
        (GOOD_EVENT | {"event_id": "H8", "firms_count": "-1"}, "firms_count", "number_too_small"),
        (GOOD_EVENT | {"event_id": "H9", "intent_amount": "421404万亿"}, "intent_amount", "number_unreadable"),
    ],
    "event_participants": [
        (GOOD_MET | {"event_id": "H99"}, "event_id", "reference_unknown"),
        (GOOD_MET | {"enterprise_id": "E99"}, "enterprise_id", "reference_unknown"),
        (GOOD_MET | {"bank": "某行"}, "bank", "bank_unknown"),
        (GOOD_MET | {"enterprise_id": "E2", "intent_amount": "-5万"}, "intent_amount", "number_too_small"),
        (GOOD_MET | {"enterprise_id": "E2", "is_msme": "可能"}, "is_msme", "boolean_unreadable"),
        (GOOD_MET | {"intent_amount": "60万", "is_msme": "√"}, "event_id", "key_twice"),
    ],
    "officers": [
        (OFFICER | {"officer_id": "S3", "kind": "总管"}, "kind", "code_unknown"),
        (OFFICER | {"officer_id": "S4", "region_2": "城月镇"}, "region_2", "region_elsewhere"),
        (OFFICER | {"officer_id": "S5", "started_on": "2025-02-01", "ended_on": "2025-01-01"}, "ended_on",
         "date_before"),
        (OFFICER | {"officer_id": "S6", "enterprises_served": "2万余家"}, "enterprises_served", "number_unreadable"),
    ],
    "publicity": [
        (PUBLICITY | {"publicity_id": "X3", "channel": "烟囱"}, "channel", "code_unknown"),
        (PUBLICITY | {"publicity_id": "X4", "published_on": "2999-01-01"}, "published_on", "date_in_future"),
        (PUBLICITY | {"publicity_id": "X5", "views": "1.5"}, "views", "number_not_whole"),
        (PUBLICITY | {"publicity_id": "X6", "copies": "3万"}, "copies", "number_unreadable"),
    ],
    "products": [
        (PRODUCT | {"product_id": "P2", "rate_min": 5, "rate_max": 4}, "rate_max", "number_below"),
        (PRODUCT | {"product_id": "P3", "term_months": 0}, "term_months", "number_too_small"),
        (PRODUCT | {"product_id": "P4", "audience": "火星人"}, "audience", "code_unknown"),
        (PRODUCT | {"product_id": "P5", "valid_until": "长期"}, "valid_until", "date_unreadable"),
    ],
    "outlets": [
        (OUTLET | {"outlet_id": "D2", "region_1": None}, "region_1", "required"),
        (OUTLET | {"outlet_id": "D3", "region_2": "城月镇"}, "region_2", "region_elsewhere"),
    ],
    "contacts": [
        (CONTACT | {"contact_id": "L3", "phone": None}, "phone", "required"),
        (CONTACT | {"contact_id": "L4", "region_1": "某县"}, "region_1", "region_unknown"),
    ],
    "problems": [
        (GOOD_PROBLEM | {"problem_id": "W2", "closed_on": "2025-02-01"}, "closed_on", "date_before"),
        (GOOD_PROBLEM | {"problem_id": "W3", "deadline": "2025-02-01"}, "deadline", "date_before"),
        (GOOD_PROBLEM | {"problem_id": "W4", "closed_on": "2025-04-01", "reopened_on": "2025-03-15"}, "reopened_on",
         "date_before"),
        (GOOD_PROBLEM | {"problem_id": "W5", "satisfaction": 6}, "satisfaction", "number_too_large"),
        (GOOD_PROBLEM | {"problem_id": "W6", "suspended_days": 400}, "suspended_days", "number_too_large"),
        (GOOD_PROBLEM | {"problem_id": "W7", "department": "气象局"}, "department", "code_unknown"),
        (GOOD_PROBLEM | {"problem_id": "W8", "enterprise_id": "E99"}, "enterprise_id", "reference_unknown"),
        (GOOD_PROBLEM | {"problem_id": "W9", "closed_on": None, "reopened_on": "2025-05-15"}, "reopened_on",
         "filled_alone"),
        (GOOD_PROBLEM | {"problem_id": "WA", "reopened_on": None, "reclosed_on": "2025-05-20"}, "reclosed_on",
         "filled_alone"),
        (GOOD_PROBLEM | {"problem_id": "WB", "suspended_on": "2025-01-01"}, "suspended_on", "date_before"),
        (GOOD_PROBLEM | {"problem_id": "WC", "satisfaction": 5}, "satisfaction", "filled_alone"),
        (GOOD_PROBLEM | {"problem_id": "WD", "reopened": "是"}, "reopened", "filled_alone"),
    ],
}  # fmt: skip


@pytest.fixture
def filled(zhanjiang, tmp_path):
    """Return the blank workbook of every table with the good rows and, below them, the bad ones written in."""
    book = openpyxl.load_workbook(io.BytesIO(template_workbook(zhanjiang, list(GOOD), "zh")))
    for table, rows in GOOD.items():
        sheet = book[TABLES[table].title]
        headers = [cell.value.partition("（元）")[0] for cell in sheet[1]]
        at = {column.name: headers.index(column.header) for column in TABLES[table].columns}
        for number, row in enumerate([*rows, *[bad for bad, *_ in BAD.get(table, ())]], start=2):
            for name, value in row.items():
                sheet.cell(number, at[name] + 1, value)
    path = tmp_path / "填好的模板.xlsx"
    book.save(path)
    return path


def stored(store, table, *columns):
    t = import_tables[table]
    with store.connect() as connection:
        query = select(*[t.c[name] for name in columns]).where(t.c.superseded_by.is_(None))
        return sorted(map(tuple, connection.execute(query)), key=str)


def test_a_filled_in_template_of_every_table_goes_in_and_each_wrong_row_is_held(store, zhanjiang, filled):
    report = import_files(store, zhanjiang, [filled], by="clerk")
    assert report.refusals == ()
    assert {sheet.table for sheet in report.sheets if sheet.table} == set(GOOD)
    found = list_held(store, Scope.everything(), 1)
    held = set(found[["table_name", "row_number", "column_name", "rule"]].itertuples(index=False, name=None))
    expected = {
        (table, len(GOOD[table]) + number, column, rule)
        for table, rows in BAD.items()
        for number, (_, column, rule) in enumerate(rows, start=2)
    }
    assert held == expected
    for table, rows in GOOD.items():
        assert len(stored(store, table, *TABLES[table].key)) == len(rows), table
    assert stored(store, "events", "event_id", "theme", "banks_count", "intent_amount", "source_text")[0] == (
        "H1", "pineapple", 8, Decimal("62500000.00"), "原文，照录。",
    )  # fmt: skip
    assert stored(store, "event_participants", "bank", "intent_amount", "is_msme") == [
        ("B02", Decimal("500000.00"), True), ("B03", None, False),
    ]  # fmt: skip
    assert stored(store, "officers", "kind", "region_2", "started_on", "enterprises_served")[0] == (
        "assistant", "440802001", date(2024, 12, 1), 1234,
    )  # fmt: skip
    assert stored(store, "products", "max_amount", "rate_max", "term_months", "guarantee") == [
        (Decimal("3000000.00"), Decimal("4.3000"), 36, "unsecured")
    ]
    again = import_files(store, zhanjiang, [filled], by="clerk")
    assert (again.counts.added, again.counts.changed) == (0, 0)
