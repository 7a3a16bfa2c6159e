import zipfile

import pandas as pd
import pyarrow.parquet as pq
import pytest

from data_access.importing.tables import TABLES, Kind
from sample_data.generator import generate
from tests.unit.sample_data.frames import SCALE, read

START, VISITS_END, LISTS_END = "2024-11-21", "2025-05-31", "2025-06-13"
VALID = ("met_owner", "met_staff")


def days(frame, column):
    return pd.to_datetime(frame[column])


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(zhanjiang, tmp_path):
    first, second, other = (
        generate(tmp_path / name, zhanjiang, seed=seed, scale=0.003) for name, seed in (("a", 5), ("b", 5), ("c", 6))
    )
    assert [p.name for p in first] == [p.name for p in second]
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]
    assert first[1].read_bytes() != other[1].read_bytes()


def test_there_is_a_file_for_every_table_and_it_says_that_it_is_synthetic(files, plan):
    assert [path.name.split("-")[1] for path in files] == [TABLES[name].title for name in _order()]
    assert {path.stem.split("-")[2] for path in files} == {"演示数据（合成）"}
    for path in files:
        if path.suffix == ".parquet":
            assert pq.read_schema(path).metadata[b"notice_zh"].decode() == plan.notice[0]
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                assert plan.notice[0] in book.read("xl/sharedStrings.xml").decode()


def _order():
    known, order = {spec.title: name for name, spec in TABLES.items()}, []
    assert len(known) == len(TABLES)
    for name, spec in sorted(TABLES.items(), key=lambda item: list(TABLES).index(item[0])):
        assert all(other in order for other in spec.references), name
        order.append(name)
    return order


def test_progress_runs_from_nothing_to_all(zhanjiang, tmp_path):
    told = []
    generate(tmp_path, zhanjiang, scale=0.003, progress=lambda share, name: told.append((share, name)))
    assert told[0] == (0.0, "grids")
    assert told[-1] == (1.0, "")
    assert [share for share, _ in told] == sorted(share for share, _ in told)


def test_the_totals_are_the_plans(city, plan):
    small = plan.scaled(SCALE).totals
    visits, targets = city["visits"], city["visit_targets"]
    visited = set(visits[visits["走访结果"].isin(VALID)]["主体编号"])
    listed = set(targets[targets["移出日期"].isna()]["主体编号"])
    applications, decisions = city["applications"], city["decisions"]
    approved = decisions[decisions["决定结果"] == "批准"]
    assert len(city["enterprises"]) == small.enterprises
    assert len(listed) == small.listed
    assert len(targets) == small.listed + small.removed
    assert len(visited) == small.visited
    assert 0.95 < len(visited & listed) / len(listed) < 0.97
    assert applications[applications["审核状态"].isin(["通过", "待审"])]["主体编号"].nunique() == small.applied
    assert city["recommendations"]["主体编号"].nunique() == small.recommended
    assert approved["主体编号"].nunique() == small.approved
    assert round(approved["授信金额（万元）"].sum() * 10_000) == small.approved_amount


@pytest.mark.parametrize(
    ("table", "column", "other", "key"),
    [
        ("visits", "主体编号", "enterprises", "主体编号"),
        ("applications", "主体编号", "enterprises", "主体编号"),
        ("recommendations", "申报编号", "applications", "申报编号"),
        ("decisions", "推荐编号", "recommendations", "推荐编号"),
        ("decisions", "经办网点", "outlets", "网点编号"),
        ("loans", "决定编号", "decisions", "决定编号"),
        ("loans", "产品编号", "products", "产品编号"),
        ("problems", "走访编号", "visits", "走访编号"),
        ("event_participants", "主体编号", "enterprises", "主体编号"),
        ("event_participants", "活动编号", "events", "活动编号"),
        ("enterprises", "村居网格", "grids", "网格编号"),
    ],
)
def test_every_reference_leads_somewhere(city, table, column, other, key):
    used = set(city[table][column].dropna().astype(str))
    assert used
    assert used <= set(city[other][key].astype(str))


def test_references_agree_on_enterprise_and_bank(city):
    pushes = city["recommendations"].set_index("推荐编号")
    decisions = city["decisions"].set_index("决定编号")
    of_push = pushes.loc[decisions["推荐编号"]]
    assert (of_push["主体编号"].to_numpy() == decisions["主体编号"].to_numpy()).all()
    assert (of_push["银行"].to_numpy() == decisions["银行"].to_numpy()).all()
    loans = city["loans"]
    of_loan = decisions.loc[loans["决定编号"]]
    assert (of_loan["银行"].to_numpy() == loans["银行"].to_numpy()).all()
    assert (of_loan["决定结果"] == "批准").all()


@pytest.mark.parametrize("name", list(TABLES))
def test_keys_are_unique_and_required_cells_filled(city, name):
    spec, frame = TABLES[name], city[name]
    headers = {column.name: column.header for column in spec.columns}
    assert not frame.duplicated([headers[key] for key in spec.key]).any()
    for column in spec.columns:
        header = f"{column.header}（万元）" if f"{column.header}（万元）" in frame else column.header
        if column.required:
            assert frame[header].notna().all(), column.name
        if column.kind is Kind.MONEY and header in frame:
            assert frame[header].dropna().ge(0).all(), column.name


def test_an_enterprise_is_visited_at_most_once_a_day(city):
    assert not city["visits"].duplicated(["主体编号", "走访日期"]).any()


def test_days_lie_in_order(city):
    visits, pushes, decisions, loans = (city[n] for n in ("visits", "recommendations", "decisions", "loans"))
    assert days(visits, "走访日期").between(START, VISITS_END).all()
    assert (days(visits, "录入日期") >= days(visits, "走访日期")).all()
    documents = days(pushes, "材料收齐日期")
    assert (documents.isna() | (documents >= days(pushes, "推送日期"))).all()
    assert days(decisions, "决定日期").between(START, LISTS_END).all()
    approved_on = decisions.set_index("决定编号")["决定日期"].loc[loans["决定编号"]].to_numpy()
    assert (days(loans, "放款日期") >= pd.to_datetime(approved_on)).all()
    assert days(loans, "放款日期").max() <= pd.Timestamp(LISTS_END)
    problems = city["problems"]
    closed = days(problems, "办结日期")
    assert (closed.isna() | (closed >= days(problems, "提出日期"))).all()
    assert (days(city["enterprises"], "成立日期") < pd.Timestamp(START)).all()


def test_a_problem_is_passed_on_while_open_and_comes_back_once_closed(city):
    problems = city["problems"]
    raised, passed, closed = (days(problems, name) for name in ("提出日期", "转办日期", "办结日期"))
    back, again = days(problems, "重开日期"), days(problems, "再次办结日期")
    assert passed.notna().any()
    assert (passed.isna() | ((passed > raised) & (closed.isna() | (passed < closed)))).all()
    assert back.notna().any()
    assert (back.isna() | (back > closed)).all()
    assert (again.isna() | (again >= back)).all()
    assert (problems["重开"].eq("是") == back.notna()).all()


def test_some_products_ended_and_some_were_never_lent(city):
    products, lent = city["products"], set(city["loans"]["产品编号"].dropna())
    ended = days(products, "有效期至") < LISTS_END
    unused = ~products["产品编号"].isin(lent)
    assert ended.sum() == 8
    assert unused[ended].all()
    assert unused[~ended].sum() >= 7


def test_banks_decide_on_working_days_only(city, zhanjiang):
    decided = days(city["decisions"], "决定日期").dt.date
    made_up = zhanjiang.makeup_workdays
    assert not [d for d in set(decided) if d in zhanjiang.holidays or (d.weekday() > 4 and d not in made_up)]


def test_nobody_owes_more_than_was_approved(city):
    loans = city["loans"]
    running = loans[days(loans, "到期日") > LISTS_END]  # a renewal takes the place of the loan that fell due
    drawn = running.groupby("决定编号")["放款金额（万元）"].sum()
    approved = city["decisions"].set_index("决定编号")["授信金额（万元）"].loc[drawn.index]
    assert (drawn <= approved + 1e-9).all()
    assert (city["loans"]["贷款余额（万元）"] <= city["loans"]["放款金额（万元）"]).all()


def test_loans_look_like_loans(city):
    loans, amount = city["loans"], city["loans"]["放款金额（万元）"]
    approved = city["decisions"]["授信金额（万元）"].sum()
    assert 0.74 < amount.sum() / approved < 0.78
    assert 3.55 < (loans["年利率（%）"] * amount).sum() / amount.sum() < 3.7
    assert loans["年利率（%）"].between(2.5, 7.5).all()
    assert 0.25 < amount[loans["担保方式"] == "信用"].sum() / amount.sum() < 0.37
    first = loans[loans["首贷"] == "是"]["主体编号"].nunique() / loans["主体编号"].nunique()
    assert 0.17 < first < 0.19


def test_counties_go_at_their_own_pace(city):
    visits = city["visits"][city["visits"]["走访结果"].isin(VALID)]
    first = visits.groupby("主体编号")["走访日期"].min()
    county = city["enterprises"].set_index("主体编号")["县（市、区）"].astype(str)
    targets = city["visit_targets"]
    listed = county.loc[targets[targets["移出日期"].isna()]["主体编号"]].value_counts()
    day = pd.Timestamp("2025-02-28")
    reached = county.loc[first[pd.to_datetime(first) <= day].index].value_counts() / listed * 100
    schedule = 70 * (day - pd.Timestamp(START)).days / (pd.Timestamp("2025-06-30") - pd.Timestamp(START)).days
    assert reached.min() < 0.6 * schedule
    assert reached.max() > 1.5 * schedule


def test_payers_come_before_sole_traders(city):
    visits = city["visits"][city["visits"]["走访结果"].isin(VALID)]
    first = pd.to_datetime(visits.groupby("主体编号")["走访日期"].min())
    tier = city["enterprises"].set_index("主体编号")["走访批次"].astype(str).loc[first.index]
    middle = first.groupby(tier.to_numpy()).median()
    assert middle["platform"] < middle["other"] < middle["farm"]
    assert middle["tax"] < middle["trader"] - pd.Timedelta(60, "D")


def test_back_filled_and_overdue_pushes_come_to_their_share(city, plan):
    pushes = city["recommendations"].merge(city["decisions"][["推荐编号", "决定日期"]], on="推荐编号", how="left")
    pushed, decided = days(pushes, "推送日期"), days(pushes, "决定日期")
    back_filled = (decided <= pushed).sum() / decided.notna().sum()
    assert back_filled == pytest.approx(plan.shares["back_filled"], abs=0.015)
    overdue = (decided.isna() & (pushed < pd.Timestamp(LISTS_END) - pd.Timedelta(30, "D"))).mean()
    assert overdue == pytest.approx(plan.shares["overdue"], abs=0.008)


def test_officers_handbooks_and_meetings_are_the_published_ones(city, plan):
    assert city["officers"]["类别"].value_counts().to_dict() == {
        "金融特派员": 2085,
        "金融辅导员": 240,
        "金融助理员": 63,
    }
    assert city["officers"]["服务企业数"].sum() == plan.officers["served"]
    publicity = city["publicity"]
    assert publicity[publicity["渠道"] == "宣传手册"]["份数"].sum() == 30_000
    assert (publicity["渠道"] == "工作简报").sum() == 13
    intents = city["event_participants"].groupby("活动编号")["意向金额（万元）"].sum()
    assert intents["HD03"] == 6250
    assert intents["HD05"] == pytest.approx(213_300)
    assert "HD16" not in set(city["event_participants"]["活动编号"])  # nobody stands for a named firm


@pytest.mark.slow
def test_at_full_size_the_published_totals_come_out(zhanjiang, plan, tmp_path):
    files = {path.name.split("-")[1]: path for path in generate(tmp_path, zhanjiang)}
    visits, decisions = read(files["走访记录"]), read(files["授信决定"])
    approved = decisions[decisions["决定结果"] == "批准"]
    assert visits[visits["走访结果"].isin(VALID)]["主体编号"].nunique() == 421_404
    assert 520_000 <= len(visits) <= 560_000
    assert approved["主体编号"].nunique() == plan.totals.approved
    assert round(approved["授信金额（万元）"].sum() * 10_000) == 35_935_000_000
