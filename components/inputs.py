"""What every figure is made from: the measures and row sets above and below the line, or behind a computed figure."""

from collections.abc import Mapping
from dataclasses import dataclass

from data_access.queries.measures import MEASURES
from data_access.queries.records import ATTENDANCES
from data_access.queries.rowset import ENTERPRISES, PLACES
from data_access.queries.rowsets import ROWSETS
from locales import N_, Translator
from metrics.catalogue import Metric, load_catalogue, load_terms, metric
from metrics.problems import RATES

# Rows of meetings are followed up outside of the store: ``components.campaigns.rows`` reads them. What each is called,
# its unit, the table that has to be reported, and what its rows are.
MEETINGS: Mapping[str, tuple[str, str, str, str]] = {
    "event.events": (N_("举办的活动"), "session", "events", "events"),
    "event.attendances": (N_("参会户次"), "attendance", ATTENDANCES, ATTENDANCES),
    "event.firms": (N_("参会企业"), "enterprise", ATTENDANCES, ENTERPRISES),
    "event.others": (N_("非中小微参会企业"), "enterprise", ATTENDANCES, ENTERPRISES),
    "event.stating": (N_("有意向的中小微参会企业"), "enterprise", ATTENDANCES, ENTERPRISES),
    "event.intent_all": (N_("名单意向金额"), "yuan", ATTENDANCES, ATTENDANCES),
    "event.intent": (N_("登记的意向金额"), "yuan", "events", "events"),
    "event.approved_amount": (N_("90 天内获参会银行授信的金额"), "yuan", "decisions", "decisions"),
    "event.loan_amount": (N_("90 天内获参会银行放款的金额"), "yuan", "loans", "loans"),
    "event.due": (N_("有意向、已满 90 天的参会企业"), "enterprise", ATTENDANCES, ENTERPRISES),
    "event.converted": (N_("其中 90 天内获授信的"), "enterprise", ATTENDANCES, ENTERPRISES),
    "event.due_intent": (N_("已满 90 天的意向金额"), "yuan", ATTENDANCES, ATTENDANCES),
    "event.due_approved": (N_("意向企业 90 天内获授信的金额"), "yuan", "decisions", "decisions"),
}
MEETING_MARKS = frozenset({"event_id", "theme", "event_type", "region_1"})
MARKS = frozenset({*PLACES, *MEETING_MARKS, *(name for rows in ROWSETS.values() for name in rows.marks)})


@dataclass(frozen=True, slots=True)
class Source:
    """The keys above and below the line of a figure; of one that is no quotient, the rows it is computed from.

    ``cell`` narrows those rows further, whatever the place.
    """

    numerator: tuple[str, ...] = ()
    denominator: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    cell: tuple[tuple[str, str], ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """All of them, each once."""
        return tuple(dict.fromkeys((*self.numerator, *self.denominator, *self.inputs)))


def _share(part: str, whole: str) -> Source:
    return Source((part,), (whole,))


def _from(*inputs: str, **cell: str) -> Source:
    return Source(inputs=inputs, cell=tuple(cell.items()))


READ_CHANNELS = "newspaper,news_app,wechat,compendium"
_COMPUTED: Mapping[str, Source] = {
    "schedule": _from("listed"),
    "pace_gap": _from("visited", "listed"),
    "visits_per_person_day": _from("visits", "visitors"),
    "zero_visit_communities": _from("listed", "visits"),
    "days_to_first_visit": _from("span.ended", **{"from": "listed_on", "to": "first_visit_on"}),
    "application_rate_cohort": _share("bank_cohort.x", "bank_cohort.n"),
    "days_to_decision": _from("span.cases"),
    "days_to_decision_p90": _from("span.cases"),
    "rejection_adequacy": _from("refusal.n"),
    "approval_after_rejection": _share("refusal.converted", "refusal.mature"),
    **dict.fromkeys(("rate_median", "rate_p10", "rate_p90", "rate_simple_mean"), _from("rates")),
    "all_in_cost": _from("loans"),
    "renewed_when_due": _share("renewal.renewed", "renewal.due"),
    "npl_ratio": _from("balance"),
    "visit_size_fit": _from("visits"),
    **dict.fromkeys(
        ("credit_size_fit", "credit_size_residual", "credit_size_gap", "credit_concentration", "credit_top_five_share"),
        _from("approved_amount"),
    ),
    "priority_visited": _from("visited"),
    "priority_approved_amount": _from("approved_amount"),
    "county_balance": _from("visited_listed", "listed"),
    "problems": Source(("problem.problems",)),
    "problems_overdue": Source(("problem.overdue",)),
    **{key: _share(f"problem.{part}", f"problem.{whole}") for key, (part, whole) in RATES.items()},
    "events": Source(("event.events",)),
    "event_participants": Source(("event.attendances",)),
    "intent_amount": Source(("event.intent",)),
    "event_approved_amount": Source(("event.approved_amount",)),
    "event_loan_amount": Source(("event.loan_amount",)),
    "intent_conversion": _share("event.converted", "event.due"),
    "intent_fulfilment": _share("event.due_approved", "event.due_intent"),
    "assistant_coverage": _from("officer.officers", kind="assistant"),
    "commissioner_coverage": _share("village.covered", "village.villages"),
    "enterprises_per_officer": _share("officer.served", "officer.sent"),
    "handbooks": Source(("publicity.copies",), cell=(("channel", "handbook"),)),
    "articles": Source(("publicity.items",), cell=(("channel", READ_CHANNELS),)),
    "article_views": Source(("publicity.views",)),
    "products": Source(("product.offered",)),
    "product_use_rate": _share("product.used", "product.offered"),
}


def source_of(key: str) -> Source:
    """Return what a metric, a key of rows or a share "part/whole" of two is made from; nothing where no row tells."""
    if key not in load_catalogue():
        part, _, whole = key.partition("/")
        return Source((part,), (whole,) if whole else ())
    entry = metric(key)
    return Source(entry.numerator, entry.denominator) if entry.numerator else _COMPUTED.get(key, Source())


def told_by(key: str) -> Metric | None:
    """Return the metric whose definition tells best what a measure or row set counts, None if no metric is made of it.

    That is the one which is its sum, else a quotient above whose line it stands, else whatever it goes into.
    """

    def distance(entry: Metric) -> tuple[bool, bool, bool]:
        source = source_of(entry.key)
        return key not in source.numerator, source.numerator != (key,), bool(source.denominator)

    made_of_it = [entry for entry in load_catalogue().values() if key in source_of(entry.key).keys]
    return min(made_of_it, key=distance, default=None)


def is_known(key: str) -> bool:
    """Whether ``key`` is a metric, a measure, a row set, or a share of two of them."""
    sides = key.split("/")
    of_rows = len(sides) <= len(("part", "whole")) and all(
        side in MEASURES or side in ROWSETS or side in MEETINGS for side in sides
    )
    return of_rows or key in load_catalogue()


def marks_of(key: str) -> frozenset[str]:
    """Return what a cell may name for a figure: what all of its sides can be narrowed by."""
    found = MARKS
    for side in source_of(key).keys:
        known = ROWSETS[side].marks if side in ROWSETS else MEETING_MARKS if side in MEETINGS else PLACES
        found &= known
    return found if source_of(key).keys else PLACES


def title_of(key: str, t: Translator, lang: str) -> str:
    """Return what a measure or row set is called."""
    if key in MEASURES:
        return load_terms().measure[key].words.text(lang)
    return t(ROWSETS[key].name if key in ROWSETS else MEETINGS[key][0])


def unit_of(key: str) -> str:
    """Return the unit of a measure or row set."""
    if key in MEASURES:
        return load_terms().measure[key].unit
    return ROWSETS[key].unit if key in ROWSETS else MEETINGS[key][1]
