"""The registry of pages: what the menu shows, and the question each page answers.

No page lies directly in this folder: Streamlit would serve such a file by its own address, without app.py and its
checks, until somebody has opened app.py.
"""

from collections.abc import Callable
from dataclasses import dataclass

from components.context import Context
from data_access.access.roles import Ability
from locales import N_
from pages.office import access, audit, data, definitions
from pages.progress import districts, funnel, industries, overview, screen
from pages.records import ledger
from pages.services import campaigns, problems, products


@dataclass(frozen=True, slots=True)
class PageSpec:
    """One page: its menu section, key, address, title and icon, its question, how it is drawn, and who may open it."""

    section: str
    key: str
    url_path: str
    title: str
    icon: str
    question: str
    render: Callable[[Context], None]
    needs: Ability = Ability.FIGURES


def _banks(context: Context) -> None:
    from pages.banks import supervision  # noqa: PLC0415 - its statistics take a second to load; no other page needs them

    supervision.render(context)


def _papers(context: Context) -> None:
    from pages.office import papers  # noqa: PLC0415 - Word, PowerPoint and Typst take a second to load, likewise

    papers.render(context)


PAGES: tuple[PageSpec, ...] = (
    PageSpec(
        section=N_("进度"),
        key="overview",
        url_path="overview",
        title=N_("指挥总览"),
        icon=":material/dashboard:",
        question=N_("进度够不够，差在哪里，是谁的责任"),
        render=overview.render,
    ),
    PageSpec(
        section=N_("进度"),
        key="screen",
        url_path="screen",
        title=N_("领导大屏"),
        icon=":material/tv:",
        question=N_("五米外看清：进度、区域、银行、待办"),
        render=screen.render,
    ),
    PageSpec(
        section=N_("进度"),
        key="districts",
        url_path="districts",
        title=N_("区域地图"),
        icon=":material/map:",
        question=N_("哪里领先，哪里靠后，怎么走到今天"),
        render=districts.render,
    ),
    PageSpec(
        section=N_("进度"),
        key="funnel",
        url_path="funnel",
        title=N_("走访漏斗"),
        icon=":material/filter_alt:",
        question=N_("在哪一步流失，为什么，要多久"),
        render=funnel.render,
    ),
    PageSpec(
        section=N_("进度"),
        key="industries",
        url_path="industries",
        title=N_("行业分析"),
        icon=":material/factory:",
        question=N_("哪些行业够得着，差在结构还是表现"),
        render=industries.render,
    ),
    PageSpec(
        section=N_("银行"),
        key="banks",
        url_path="banks",
        title=N_("银行督导"),
        icon=":material/account_balance:",
        question=N_("哪家银行落后在哪里，差多少，有多大把握，承诺了什么"),
        render=_banks,
    ),
    PageSpec(
        section=N_("服务"),
        key="campaigns",
        url_path="campaigns",
        title=N_("活动成效"),
        icon=":material/campaign:",
        question=N_("活动有没有带来授信，人员和宣传到了哪里"),
        render=campaigns.render,
    ),
    PageSpec(
        section=N_("服务"),
        key="products",
        url_path="products",
        title=N_("产品与网点"),
        icon=":material/storefront:",
        question=N_("哪个产品合适，哪些没人用，找谁办"),
        render=products.render,
    ),
    PageSpec(
        section=N_("服务"),
        key="problems",
        url_path="problems",
        title=N_("问题办理"),
        icon=":material/assignment_late:",
        question=N_("什么卡住了，卡在哪个部门、哪个县区，多久了"),
        render=problems.render,
    ),
    PageSpec(
        section=N_("台账"),
        key="ledger",
        url_path="ledger",
        title=N_("走访台账"),
        icon=":material/list_alt:",
        question=N_("哪些经营主体，记录了什么，下一步轮到谁"),
        render=ledger.render,
        needs=Ability.ROWS,
    ),
    PageSpec(
        section=N_("会议与数据"),
        key="papers",
        url_path="papers",
        title=N_("会议材料"),
        icon=":material/slideshow:",
        question=N_("带什么材料进会场，和上一期有什么不同"),
        render=_papers,
    ),
    PageSpec(
        section=N_("会议与数据"),
        key="data",
        url_path="data",
        title=N_("数据管理"),
        icon=":material/upload_file:",
        question=N_("数据对不对，缺什么，哪一行有问题"),
        render=data.render,
        needs=Ability.IMPORT,
    ),
    PageSpec(
        section=N_("会议与数据"),
        key="definitions",
        url_path="definitions",
        title=N_("指标口径"),
        icon=":material/menu_book:",
        question=N_("每个数字是什么意思，怎么算的"),
        render=definitions.render,
    ),
    PageSpec(
        section=N_("会议与数据"),
        key="access",
        url_path="access",
        title=N_("人员与权限"),
        icon=":material/group:",
        question=N_("谁能看什么，从哪天到哪天，谁给的"),
        render=access.render,
        needs=Ability.ADMINISTER,
    ),
    PageSpec(
        section=N_("会议与数据"),
        key="audit",
        url_path="audit",
        title=N_("审计"),
        icon=":material/policy:",
        question=N_("谁在什么时候看了、取走了、改动了什么"),
        render=audit.render,
        needs=Ability.AUDIT,
    ),
)
