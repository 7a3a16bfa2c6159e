"""What the rows are that no metric is made of: a sentence or two for each, as metrics have their definitions."""

from collections.abc import Mapping

from locales import N_

_PROBLEMS: Mapping[str, str] = {
    "open": N_("到截止日没有有效办结的问题；办结后又重开、尚未再次办结的，也算未办结。"),
    "closed": N_("到截止日已办结且未再重开的问题；重开过的，以再次办结为准。"),
    "overdue": N_("到期日早于截止日、仍未办结的问题。期限按暂停天数顺延，转办后重新计算，重开不另给期限。"),
    "in_time": N_("未办结而到期日未过，或没有报送办理期限的问题。"),
    "soon": N_("未办结、到期日在截止日起 7 天之内（含当日）的问题，不含仍在暂停的。"),
    "undated": N_("未办结、没有报送办理期限的问题，无法判断是否超期。"),
    "suspended": N_("到截止日曾暂停办理的问题；暂停的天数计入期限。"),
    "transferred": N_("未办结时转给其他部门的问题；转办后期限重新计算，天数与原来相同。"),
    "transferred_late": N_("转办时已过原期限（含暂停顺延）的问题：重新计算期限之前就已超期。"),
    "limited_due": N_("到截止日已到期的问题，不含走访当天现场解决的。"),
    "limited_on_time": N_("已到期的限时办理问题中，在到期日或之前办结的。"),
}
_MEANINGS: Mapping[str, str] = {
    # ---- measures
    "enterprises": N_("登记在册的全部经营主体，不论是否在走访名单上。"),
    "applications": N_("有效的申报，逐份计；同一主体再次申报另计，退回和撤回的不计。"),
    "pushes": N_("向银行推送的推荐，逐笔计：一户推送给几家银行，就是几笔；后来退回或撤回的也计入。"),
    "pushes_overdue": N_("推送已超过规定的决定天数、到截止日银行仍未决定的推荐；退回和撤回的不计。"),
    "withdrawn": N_("撤回申请的主体：银行登记为撤回，或推荐被退回、撤回；每户计一次。"),
    "approvals": N_("银行批准的授信，逐笔计；同一主体续贷、增额各计一笔。"),
    "first_time_amount": N_("标明为首次贷款的放款金额之和；是否首贷以银行报送为准。"),
    # ---- months of problems
    "flow.raised": N_("提出日期在当月的问题。"),
    "flow.reopened": N_("重开日期在当月的问题；只勾选重开而没有日期的不计。"),
    "flow.came": N_("当月收集的问题与当月重开的问题之和：当月新增的工作量。"),
    "flow.closed": N_("办结日期在当月的问题；重开后再次办结的，再计一次。"),
    # ---- cohorts and stops
    "cohort.entered": N_("同一月份起步的经营主体：首次走访在当月，或未经走访、在当月直接申报。"),
    "cohort.needing": N_("起步后观察期内向走访人员表示有融资需求的；同一批主体逐环节只减不增。"),
    "cohort.applied": N_("其中在观察期内申报的；申报了的都视为有需求，不论走访时是否登记。"),
    "cohort.recommended": N_("其中在观察期内获推荐的，须先申报。"),
    "cohort.approved": N_("其中在观察期内获授信的，须先获推荐。"),
    "cohort.borrowers": N_("其中在观察期内放款的，须先获授信。"),
    "stopped": N_("在这一环节止步的经营主体：最近一次结果是未成，且到截止日尚未通过这一环节。"),
    "unserved": N_("走访时表示有融资需求，到截止日没有申报、推荐、银行决定或放款的经营主体。"),
    # ---- reasons of refusals
    "refusal.missing": N_("不予授信而没有写原因，原因代码为空或只是笼统代码的决定。"),
    "refusal.vague": N_("只有套话，或用了笼统代码而说明不足 8 字的拒因。"),
    "refusal.empty": N_("未填拒因与拒因笼统之和。"),
    "refusal.templated": N_("与至少另外三份决定的文字几乎相同的拒因。"),
    "refusal.complete": N_("写明所依据的规则、具体事实、改进办法、再次申请的条件和联系人的拒因。"),
    # ---- products
    "product.loans": N_("贷款记录上写明用该产品发放的贷款，逐笔计。"),
    "product.amount": N_("贷款记录上写明用该产品发放的金额之和。"),
    "product.unused": N_("到截止日仍在办、期内没有一笔贷款写明使用的产品；没有写明产品的贷款无法归入。"),
    "product.ended": N_("有效期在截止日之前已满的产品。"),
    # ---- meetings
    "event.firms": N_("到场的企业；参加几场活动也只计一户，含非中小微企业。"),
    "event.others": N_("到场而不属于中小微的企业，不计入中小微口径的指标。"),
    "event.stating": N_("到场时报出意向金额的中小微企业，每户计一次。"),
    "event.intent_all": N_("参会名单上登记的意向金额之和，含非中小微企业；与活动登记的意向总额可能不同。"),
}  # fmt: skip


def meaning_of(key: str) -> str:
    """Return what a measure or the rows of a figure are, to be translated; "" where a metric's definition tells it."""
    kind, _, name = key.partition(".")
    if kind == "problem":  # those of one age are told by what is counted at it
        return _PROBLEMS.get(name.rstrip("_0123456789"), "")
    return _MEANINGS.get(key, "")
