"""The import tables: one declarative description that the schema, the checks, the templates and the docs all read.

The SQL schema (``data_access.schema``), the validation, ``make templates`` and ``docs/data.md`` are all made from
``TABLES``, so that a column is described in exactly one place.
"""

from collections.abc import Mapping

from data_access.importing.specs import ColumnSpec, Kind, PositiveWhen, TableSpec

__all__ = ["TABLES", "ColumnSpec", "Kind", "TableSpec"]

_HUNDRED_BILLION = 1e11
_C = ColumnSpec
_ENTERPRISE = _C(
    "enterprise_id", "主体编号", "Enterprise id", Kind.REFERENCE, required=True, references="enterprises",
    synonyms=("经营主体编号", "企业编号", "统一社会信用代码", "信用代码", "社会信用代码", "主体代码"),
    note="主体编号或统一社会信用代码", note_en="Enterprise id or unified social credit code",
)  # fmt: skip
_BANK = _C("bank", "银行", "Bank", Kind.BANK, required=True, synonyms=("银行名称", "承办银行", "推送银行", "授信银行", "放款银行", "贷款银行", "经办银行", "银行机构"))  # fmt: skip


def _region(level: int, header: str, header_en: str, *synonyms: str, required: bool = False) -> ColumnSpec:
    return _C(f"region_{level}", header, header_en, Kind.REGION, required=required, synonyms=synonyms, level=level)


_COUNTY = ("县区", "县（市、区）", "县(市、区)", "所属县区", "所在县区", "区县", "属地")
_TOWN = ("乡镇", "街道", "乡镇街道", "镇（街）", "镇(街)", "所属镇街", "所在镇街")
_GRID = ("村居", "村（社区）", "村(社区)", "网格", "所属网格", "所属村居")

ENTERPRISES = TableSpec(
    "enterprises", "经营主体", "Enterprises", ("enterprise_id",),
    (
        _C("enterprise_id", "主体编号", "Enterprise id", required=True, synonyms=("经营主体编号", "企业编号", "主体代码")),
        _C("credit_code", "统一社会信用代码", "Unified social credit code", Kind.CREDIT_CODE, is_unique=True, synonyms=("信用代码", "社会信用代码", "统一信用代码", "uscc")),
        _C("name", "主体名称", "Name", required=True, synonyms=("企业名称", "经营主体名称", "名称", "商户名称"), personal=True),
        _C("entity_type", "主体类型", "Enterprise type", Kind.CODE, required=True, codes="entity_type", synonyms=("类型", "企业类型", "市场主体类型")),
        _C("size_class", "规模", "Size class", Kind.CODE, codes="size_class", synonyms=("企业规模", "划型")),
        _region(1, "县（市、区）", "County", *_COUNTY, required=True),
        _region(2, "镇街", "Town", *_TOWN),
        _region(3, "村居网格", "Grid", *_GRID),
        _C("industry_1", "行业门类", "Industry section", Kind.INDUSTRY, level=1, synonyms=("门类", "行业")),
        _C("industry_2", "行业大类", "Industry division", Kind.INDUSTRY, level=2, synonyms=("大类", "行业代码")),
        _C("tier", "走访批次", "Visit tier", Kind.CODE, codes="tier", synonyms=("优先级", "走访优先级", "分类分批")),
        _C("tags", "标签", "Tags", Kind.TAGS, codes="tag", synonyms=("重点领域", "标识")),
        _C("status", "登记状态", "Status", Kind.CODE, codes="status", synonyms=("经营状态", "状态")),
        _C("founded_on", "成立日期", "Founded on", Kind.DATE, synonyms=("注册日期", "设立日期")),
        _C("employees", "从业人数", "Employees", Kind.INTEGER, minimum=0, maximum=500_000, synonyms=("员工人数", "从业人员")),
        _C("revenue", "营业收入", "Revenue", Kind.MONEY, minimum=0, maximum=_HUNDRED_BILLION, synonyms=("年营业收入", "营收")),
        _C("has_social_security", "有社保", "Pays social security", Kind.BOOLEAN, synonyms=("是否参保", "社保")),
        _C("has_tax", "有纳税", "Pays tax", Kind.BOOLEAN, synonyms=("是否纳税", "纳税")),
        _C("address", "地址", "Address", synonyms=("经营地址", "注册地址", "住所"), personal=True),
        _C("contact_name", "联系人", "Contact", synonyms=("负责人", "联系人姓名"), personal=True),
        _C("contact_phone", "联系电话", "Telephone", synonyms=("电话", "手机", "手机号"), personal=True),
    ),
    note="登记在册的经营主体，每户一行", note_en="Every registered enterprise, one row each",
)  # fmt: skip

GRIDS = TableSpec(
    "grids", "村居网格", "Grids", ("code",),
    (
        _C("code", "网格编号", "Grid code", required=True, synonyms=("村居编码", "网格代码")),
        _C("name", "网格名称", "Grid name", required=True, synonyms=("村居名称", "村（社区）名称")),
        _C("name_en", "英文名称", "English name"),
        _region(1, "县（市、区）", "County", *_COUNTY, required=True),
        _region(2, "镇街", "Town", *_TOWN, required=True),
    ),
    note="第三级区域（村、社区、网格），没有可不报", note_en="Third region level (village, community, grid); optional",
)  # fmt: skip

VISIT_TARGETS = TableSpec(
    "visit_targets", "走访对象清单", "Visit list", ("enterprise_id", "list_version"),
    (
        _ENTERPRISE,
        _C("list_version", "清单版本", "List version", required=True, synonyms=("版本", "批次")),
        _C("issued_on", "下发日期", "Issued on", Kind.DATE, required=True, synonyms=("下发时间",)),
        _C("removed_on", "移出日期", "Removed on", Kind.DATE, not_before=("issued_on",), synonyms=("移出时间",)),
        _C("removed_reason", "移出原因", "Reason for removal"),
    ),
    happened_on="issued_on",
    note="省下发的走访对象清单", note_en="The visit list issued by the province",
)  # fmt: skip

VISITS = TableSpec(
    "visits", "走访记录", "Visits", ("visit_id",),
    (
        _C("visit_id", "走访编号", "Visit id", required=True, synonyms=("记录编号", "走访记录编号")),
        _ENTERPRISE,
        _C("visited_on", "走访日期", "Visited on", Kind.DATE, required=True, since_start=True, synonyms=("走访时间", "日期")),
        _C("mode", "走访方式", "Mode", Kind.CODE, required=True, codes="visit_mode", synonyms=("方式",)),
        _C("lead", "牵头单位类型", "Led by", Kind.CODE, codes="visit_lead", synonyms=("走访单位", "牵头单位")),
        _C("bank", "参与银行", "Bank", Kind.BANK, synonyms=("银行", "银行名称", "走访银行")),
        _C("visitor", "走访人编号", "Visitor", synonyms=("走访人员", "走访人"), personal=True),
        _C("result", "走访结果", "Result", Kind.CODE, required=True, codes="visit_result", synonyms=("结果",)),
        _C("operating_status", "经营状况", "Operating status", Kind.CODE, codes="operating_status"),
        _C("asset_scale", "资产规模", "Asset scale", Kind.CODE, codes="asset_scale"),
        _C("market_outlook", "市场前景", "Market outlook", Kind.CODE, codes="market_outlook"),
        _C("has_need", "有融资需求", "Needs finance", Kind.BOOLEAN, synonyms=("是否有融资需求", "融资需求")),
        _C("need_amount", "需求金额", "Amount needed", Kind.MONEY, minimum=0, maximum=1e10, synonyms=("融资需求金额", "拟融资金额")),
        _C("need_use", "资金用途", "Use of funds", Kind.CODE, codes="need_use", synonyms=("用途", "贷款用途")),
        _C("renewal_due_on", "续贷到期日", "Renewal due on", Kind.DATE, may_be_future=True, synonyms=("贷款到期日",)),
        _C("standard_1", "合规持续经营", "Standard 1: lawful continuous business", Kind.BOOLEAN),
        _C("standard_2", "固定经营场所", "Standard 2: fixed premises", Kind.BOOLEAN),
        _C("standard_3", "真实融资需求", "Standard 3: genuine need", Kind.BOOLEAN),
        _C("standard_4", "信用状况良好", "Standard 4: good credit standing", Kind.BOOLEAN),
        _C("standard_5", "贷款用途合规", "Standard 5: lawful use", Kind.BOOLEAN, synonyms=("贷款用途依法合规",)),
        _C("recorded_on", "录入日期", "Recorded on", Kind.DATE, not_before=("visited_on",), synonyms=("上报日期", "录入时间")),
        _C("remark", "备注", "Remark", personal=True),
    ),
    happened_on="visited_on",
    one_event=("enterprise_id", "visited_on", "bank", "mode"),
    note="每次走访一行，同一主体可多次", note_en="One row per visit; an enterprise may be visited often",
)  # fmt: skip

APPLICATIONS = TableSpec(
    "applications", "申报清单", "Application list", ("application_id",),
    (
        _C("application_id", "申报编号", "Application id", required=True, synonyms=("申报记录编号",)),
        _ENTERPRISE,
        _C("submitted_on", "申报日期", "Submitted on", Kind.DATE, required=True, since_start=True, synonyms=("申报时间", "提交日期")),
        _C("channel", "申报渠道", "Channel", Kind.CODE, codes="application_channel", synonyms=("渠道",)),
        _C("need_amount", "需求金额", "Amount requested", Kind.MONEY, minimum=0, maximum=1e10, synonyms=("申报金额", "融资需求金额", "融资金额")),
        _C("need_use", "资金用途", "Use of funds", Kind.CODE, codes="need_use", synonyms=("贷款用途", "用途")),
        _C("term_months", "期限（月）", "Term in months", Kind.INTEGER, in_months=True, minimum=1, maximum=360, synonyms=("期限", "期限(月)", "贷款期限")),
        _C("bank", "意向银行", "Intended bank", Kind.BANK),
        _C("status", "审核状态", "Status", Kind.CODE, required=True, codes="application_status", synonyms=("状态", "初审结果")),
    ),
    happened_on="submitted_on",
    note="有真实融资需求并通过初审的申报，每次申报一行", note_en="Applications that passed the first screen; one row each",
)  # fmt: skip

RECOMMENDATIONS = TableSpec(
    "recommendations", "推荐清单", "Recommendation list", ("recommendation_id",),
    (
        _C("recommendation_id", "推荐编号", "Recommendation id", required=True, synonyms=("推荐记录编号",)),
        _C("application_id", "申报编号", "Application id", Kind.REFERENCE, references="applications"),
        _ENTERPRISE,
        _BANK,
        _C("pushed_on", "推送日期", "Pushed on", Kind.DATE, required=True, since_start=True, synonyms=("推荐日期", "推送时间", "推荐时间")),
        _C("docs_complete_on", "材料收齐日期", "Documents complete on", Kind.DATE, not_before=("pushed_on",), synonyms=("收齐材料日期",)),
        _C("status", "对接状态", "Status", Kind.CODE, required=True, codes="recommendation_status", synonyms=("状态",)),
    ),
    happened_on="pushed_on",
    one_event=("enterprise_id", "bank", "pushed_on"),
    note="推送给银行的记录，一户推给多家银行则多行", note_en="Pushes to banks; one row for each bank",
)  # fmt: skip

DECISIONS = TableSpec(
    "decisions", "授信决定", "Credit decisions", ("decision_id",),
    (
        _C("decision_id", "决定编号", "Decision id", required=True, synonyms=("授信编号", "反馈编号")),
        _C("recommendation_id", "推荐编号", "Recommendation id", Kind.REFERENCE, references="recommendations"),
        _ENTERPRISE,
        _BANK,
        _C("outlet_id", "经办网点", "Outlet", Kind.REFERENCE, references="outlets", synonyms=("网点编号", "网点")),
        _C("decided_on", "决定日期", "Decided on", Kind.DATE, required=True, since_start=True, synonyms=("授信日期", "反馈日期", "审批日期")),
        _C("outcome", "决定结果", "Outcome", Kind.CODE, required=True, codes="decision_outcome", synonyms=("结果", "是否授信", "审批结果")),
        _C("approved_amount", "授信金额", "Approved amount", Kind.MONEY, minimum=0, maximum=1e10, synonyms=("批复金额", "审批金额")),
        _C("approval_kind", "授信类型", "Kind of approval", Kind.CODE, codes="approval_kind", synonyms=("授信性质",)),
        _C("term_months", "期限（月）", "Term in months", Kind.INTEGER, in_months=True, minimum=1, maximum=360, synonyms=("期限", "期限(月)")),
        _C("guarantee", "担保方式", "Guarantee", Kind.CODE, codes="guarantee"),
        _C("reject_code", "拒绝原因代码", "Rejection code", Kind.CODE, codes="reject_reason", synonyms=("拒因代码", "拒绝原因分类")),
        _C("reject_text", "拒绝原因", "Rejection reason", synonyms=("不予授信原因", "拒贷原因"), personal=True),
        _C("failed_standard", "未达标准", "Failed standard", Kind.INTEGER, minimum=1, maximum=5, synonyms=("不符合标准",)),
        _C("remedy", "改进建议", "Remedy", synonyms=("补救措施",)),
        _C("reapply_condition", "再申请条件", "Condition to re-apply"),
        _C("officer", "经办人编号", "Officer", synonyms=("客户经理",), personal=True),
    ),
    happened_on="decided_on",
    positive_when=(PositiveWhen("approved_amount", "outcome", "approved"),),
    note="银行反馈的授信结果，每次决定一行", note_en="The banks' decisions; one row each",
)  # fmt: skip

LOANS = TableSpec(
    "loans", "放款", "Loans", ("loan_id",),
    (
        _C("loan_id", "放款编号", "Loan id", required=True, synonyms=("借据编号", "借据号", "贷款编号")),
        _C("decision_id", "决定编号", "Decision id", Kind.REFERENCE, references="decisions", synonyms=("授信编号",)),
        _ENTERPRISE,
        _BANK,
        _C("drawn_on", "放款日期", "Drawn on", Kind.DATE, required=True, since_start=True, synonyms=("放款时间", "发放日期")),
        _C("amount", "放款金额", "Amount", Kind.MONEY, required=True, minimum=0.01, maximum=1e10, synonyms=("贷款金额", "发放金额")),
        _C("annual_rate", "年利率（%）", "Annual rate, %", Kind.RATE, minimum=0, maximum=24, synonyms=("年利率", "利率", "利率(%)", "年利率(%)", "执行利率")),
        _C("term_months", "期限（月）", "Term in months", Kind.INTEGER, in_months=True, minimum=1, maximum=360, synonyms=("期限", "期限(月)")),
        _C("guarantee", "担保方式", "Guarantee", Kind.CODE, codes="guarantee"),
        _C("is_first_loan", "首贷", "First loan", Kind.BOOLEAN, synonyms=("是否首贷", "首贷户")),
        _C("is_renewal", "续贷", "Renewal", Kind.BOOLEAN, synonyms=("是否续贷",)),
        _C("is_no_principal_renewal", "无还本续贷", "Renewal without repaying principal", Kind.BOOLEAN, synonyms=("是否无还本续贷",)),
        _C("product_id", "产品编号", "Product", Kind.REFERENCE, references="products", synonyms=("贷款产品",)),
        _C("due_on", "到期日", "Due on", Kind.DATE, may_be_future=True, not_before=("drawn_on",), synonyms=("到期日期",)),
        _C("balance", "贷款余额", "Balance", Kind.MONEY, minimum=0, maximum=1e10, synonyms=("余额",)),
    ),
    happened_on="drawn_on",
    note="每笔放款一行", note_en="One row per disbursement",
)  # fmt: skip

PROBLEMS = TableSpec(
    "problems", "问题台账", "Problems", ("problem_id",),
    (
        _C("problem_id", "问题编号", "Problem id", required=True),
        _ENTERPRISE,
        _C("visit_id", "走访编号", "Visit id", Kind.REFERENCE, references="visits"),
        _C("source", "来源", "Source", Kind.CODE, codes="problem_source", synonyms=("问题来源",)),
        _C("category", "问题类别", "Category", Kind.CODE, required=True, codes="problem_category", synonyms=("类别",)),
        _C("level", "问题难度", "Level", Kind.CODE, required=True, codes="problem_level", synonyms=("难度", "类型")),
        _C("raised_on", "提出日期", "Raised on", Kind.DATE, required=True, synonyms=("收集日期",)),
        _C("department", "责任部门", "Department", Kind.CODE, codes="department", synonyms=("牵头部门", "办理部门")),
        _C(
            "deadline", "办理期限", "Deadline", Kind.DATE, may_be_future=True, not_before=("raised_on",), synonyms=("限办日期",),
            note="首次确定的期限；暂停和转办不改此列，由系统顺延", note_en="As first set; suspension and transfer are added by the system, not here",
        ),
        _C(
            "suspended_on", "暂停日期", "Suspended on", Kind.DATE, not_before=("raised_on",), synonyms=("暂停时间", "中止日期"),
            note="填了日期而未填暂停天数，视为仍在暂停", note_en="With a date and no days suspended the problem is suspended still",
        ),
        _C(
            "suspended_days", "暂停天数", "Days suspended", Kind.INTEGER, minimum=0, maximum=365,
            note="累计；未填暂停日期的，自提出之日起即计入期限", note_en="In all; without a date they move the deadline from the day the problem came up",
        ),
        _C("transferred_on", "转办日期", "Transferred on", Kind.DATE, not_before=("raised_on",), synonyms=("转办时间",)),
        _C("closed_on", "办结日期", "Closed on", Kind.DATE, not_before=("raised_on",), synonyms=("解决日期", "首次办结日期")),
        _C("reopened", "重开", "Reopened", Kind.BOOLEAN, only_with=("closed_on",), synonyms=("是否重开",)),
        _C("reopened_on", "重开日期", "Reopened on", Kind.DATE, not_before=("closed_on",), only_with=("closed_on",), synonyms=("重开时间",)),
        _C("reclosed_on", "再次办结日期", "Closed again on", Kind.DATE, not_before=("reopened_on",), only_with=("reopened_on",), synonyms=("重开后办结日期",)),
        _C("satisfaction", "满意度", "Satisfaction", Kind.INTEGER, minimum=1, maximum=5, only_with=("closed_on",)),
    ),
    happened_on="raised_on",
    note="走访和热线收集的问题", note_en="Problems raised at visits or by hotline",
)  # fmt: skip

EVENTS = TableSpec(
    "events", "活动", "Events", ("event_id",),
    (
        _C("event_id", "活动编号", "Event id", required=True),
        _C("title", "活动名称", "Title", required=True, synonyms=("名称",)),
        _C("event_type", "活动类型", "Type", Kind.CODE, required=True, codes="event_type", synonyms=("类型",)),
        _C("theme", "主题", "Theme", Kind.CODE, codes="theme"),
        _C("held_on", "举办日期", "Held on", Kind.DATE, required=True, may_be_future=True, synonyms=("日期", "举办时间")),
        _region(1, "县（市、区）", "County", *_COUNTY),
        _C("organiser", "主办单位", "Organiser", synonyms=("组织单位",)),
        _C("banks_count", "参会银行数", "Banks", Kind.INTEGER, minimum=0, maximum=1000, synonyms=("银行数",)),
        _C("firms_count", "参会企业数", "Firms", Kind.INTEGER, minimum=0, maximum=100_000, synonyms=("企业数",)),
        _C("investors_count", "投资机构数", "Investors", Kind.INTEGER, minimum=0, maximum=1000),
        _C("intent_amount", "意向金额", "Intended amount", Kind.MONEY, minimum=0, maximum=_HUNDRED_BILLION),
        _C("is_published", "已公开报道", "Published", Kind.BOOLEAN),
        _C("source_text", "报道原文", "Source text"),
    ),
    happened_on="held_on",
    note="融资对接会、政策宣讲会等，含计划举办的", note_en="Matchmaking meetings, policy briefings and the like; planned ones too",
)  # fmt: skip

EVENT_PARTICIPANTS = TableSpec(
    "event_participants", "活动参与企业", "Event participants", ("event_id", "enterprise_id", "bank"),
    (
        _C("event_id", "活动编号", "Event id", Kind.REFERENCE, required=True, references="events"),
        _ENTERPRISE,
        _BANK,
        _C("intent_amount", "意向金额", "Intended amount", Kind.MONEY, minimum=0, maximum=1e10),
        _C("is_msme", "属中小微", "Is an MSE", Kind.BOOLEAN, synonyms=("是否中小微",)),
    ),
    note="每户企业与每家银行的对接一行", note_en="One row per enterprise and bank that met",
)  # fmt: skip

OFFICERS = TableSpec(
    "officers", "金融三员", "Financial officers", ("officer_id",),
    (
        _C("officer_id", "人员编号", "Officer id", required=True),
        _C("kind", "类别", "Kind", Kind.CODE, required=True, codes="officer_kind"),
        _BANK,
        _region(1, "县（市、区）", "County", *_COUNTY, required=True),
        _region(2, "镇街", "Town", *_TOWN),
        _region(3, "村居网格", "Grid", *_GRID),
        _C("started_on", "派驻日期", "Started on", Kind.DATE),
        _C("ended_on", "结束日期", "Ended on", Kind.DATE, may_be_future=True, not_before=("started_on",)),
        _C("enterprises_served", "服务企业数", "Enterprises served", Kind.INTEGER, minimum=0, maximum=100_000),
    ),
    happened_on="started_on",
    note="金融助理员、辅导员、特派员", note_en="Financial assistants, counsellors and commissioners",
)  # fmt: skip

PUBLICITY = TableSpec(
    "publicity", "宣传", "Publicity", ("publicity_id",),
    (
        _C("publicity_id", "宣传编号", "Publicity id", required=True),
        _C("channel", "渠道", "Channel", Kind.CODE, required=True, codes="publicity_channel"),
        _C("title", "标题", "Title", required=True),
        _C("published_on", "发布日期", "Published on", Kind.DATE, required=True),
        _C("copies", "份数", "Copies", Kind.INTEGER, minimum=0, maximum=100_000_000),
        _C("views", "阅读量", "Views", Kind.INTEGER, minimum=0, maximum=1_000_000_000),
    ),
    happened_on="published_on",
    note="手册、文章、海报、简报", note_en="Handbooks, articles, posters and bulletins",
)  # fmt: skip

PRODUCTS = TableSpec(
    "products", "贷款产品", "Loan products", ("product_id",),
    (
        _C("product_id", "产品编号", "Product id", required=True),
        _BANK,
        _C("name", "产品名称", "Name", required=True),
        _C("audience", "适用对象", "Audience", Kind.CODE, codes="audience"),
        _C("max_amount", "最高额度", "Highest amount", Kind.MONEY, minimum=0, maximum=1e10),
        _C("rate_min", "最低利率（%）", "Lowest rate, %", Kind.RATE, minimum=0, maximum=24),
        _C("rate_max", "最高利率（%）", "Highest rate, %", Kind.RATE, minimum=0, maximum=24, not_below=("rate_min",)),
        _C("term_months", "最长期限（月）", "Longest term in months", Kind.INTEGER, in_months=True, minimum=1, maximum=360),
        _C("guarantee", "担保方式", "Guarantee", Kind.CODE, codes="guarantee"),
        _C("valid_until", "有效期至", "Valid until", Kind.DATE, may_be_future=True),
    ),
    note="小微企业贷款产品汇编", note_en="The catalogue of loan products",
)  # fmt: skip

OUTLETS = TableSpec(
    "outlets", "银行网点", "Bank outlets", ("outlet_id",),
    (
        _C("outlet_id", "网点编号", "Outlet id", required=True),
        _BANK,
        _C("name", "网点名称", "Name", required=True),
        _region(1, "县（市、区）", "County", *_COUNTY, required=True),
        _region(2, "镇街", "Town", *_TOWN),
        _C("address", "地址", "Address"),
        _C("phone", "联系电话", "Telephone"),
        _C("is_liaison", "对接网点", "Liaison outlet", Kind.BOOLEAN),
    ),
    note="公布联系方式的对接网点", note_en="Outlets with published contacts",
)  # fmt: skip

CONTACTS = TableSpec(
    "contacts", "专班联系方式", "Task force contacts", ("contact_id",),
    (
        _C("contact_id", "联络编号", "Contact id", required=True),
        _region(1, "县（市、区）", "County", *_COUNTY),
        _C("office", "专班名称", "Office", required=True, synonyms=("专班", "专班办公室")),
        _C("duty", "受理事项", "What it handles", synonyms=("职责",)),
        _C("contact_name", "联系人", "Contact", synonyms=("联络员",), personal=True),
        _C("phone", "联系电话", "Telephone", required=True, synonyms=("电话", "值班电话"), personal=True),
        _C("is_published", "公开电话", "Published", Kind.BOOLEAN, synonyms=("是否公开",)),
        _C("hours", "受理时间", "Hours", synonyms=("办公时间",)),
    ),
    note="工作专班的联络电话，不填县（市、区）为全市；未标明公开的号码脱敏显示",
    note_en="Whom to call at a task force; without a county, the whole area's. A number not marked as published is masked",
)  # fmt: skip

BANK_SIZES = TableSpec(
    "bank_sizes", "银行规模", "Bank sizes", ("bank", "measure", "measured_on"),
    (
        _BANK,
        _C("measure", "规模指标", "Measure", Kind.CODE, required=True, codes="size_measure"),
        _C("measured_on", "时点", "Measured on", Kind.DATE, required=True, synonyms=("基准日", "数据日期")),
        _C("value", "数值", "Value", Kind.DECIMAL, required=True, minimum=0, maximum=1e15, note="金额以元计", note_en="Amounts in yuan"),
        _C("extent", "统计范围", "Extent", Kind.CODE, codes="size_extent", synonyms=("范围",)),
        _C("source", "来源", "Source"),
    ),
    note="机制启动前时点的辖内规模", note_en="Local size on a census date before the mechanism began",
)  # fmt: skip

BANK_PLANS = TableSpec(
    "bank_plans", "授信计划", "Credit plans", ("bank", "starts_on"),
    (
        _BANK,
        _C("starts_on", "开始日期", "Starts on", Kind.DATE, required=True, may_be_future=True),
        _C("ends_on", "结束日期", "Ends on", Kind.DATE, required=True, may_be_future=True, not_before=("starts_on",)),
        _C("planned_amount", "计划授信金额", "Planned credit", Kind.MONEY, required=True, minimum=0, maximum=_HUNDRED_BILLION),
    ),
    note="各银行自报的授信计划", note_en="The credit plans the banks report",
)  # fmt: skip

BANK_REPORTS = TableSpec(
    "bank_reports", "银行月报", "Monthly bank reports", ("bank", "month_end", "kind"),
    (
        _BANK,
        _C("month_end", "统计月末", "Month end", Kind.DATE, required=True, synonyms=("统计月份", "报告期", "截止日期"), note="当月最后一天", note_en="Last day of the month"),
        _C("kind", "报送事项", "Item", Kind.CODE, required=True, codes="bank_report", synonyms=("事项", "项目")),
        _C("count", "件数", "Number", Kind.INTEGER, required=True, minimum=0, maximum=1_000_000, synonyms=("数量", "笔数"), note="当月数，没有发生填 0", note_en="Of the month; 0 if there was none"),
        _C("amount", "涉及金额", "Amount concerned", Kind.MONEY, minimum=0, maximum=_HUNDRED_BILLION, synonyms=("金额",)),
    ),
    note="各银行按月报送的尽职免责和贷款中介投诉，没有可不报",
    note_en="Liability exemptions and complaints about loan intermediaries by month; optional",
)  # fmt: skip

# In the order in which they can be loaded: a table comes after the tables it refers to.
TABLES: Mapping[str, TableSpec] = {
    table.name: table
    for table in (
        GRIDS, ENTERPRISES, VISIT_TARGETS, VISITS, APPLICATIONS, OUTLETS, PRODUCTS, RECOMMENDATIONS, DECISIONS, LOANS,
        PROBLEMS, EVENTS, EVENT_PARTICIPANTS, OFFICERS, PUBLICITY, BANK_SIZES, BANK_PLANS, BANK_REPORTS,
        CONTACTS,
    )
}  # fmt: skip
