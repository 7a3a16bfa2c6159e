"""The SQL schema: import tables made from their specs, the derived snapshots, and the operations tables.

No table declares a primary key: a row's identity is its spec's key together with ``batch_id``, held by the loader,
and an index per table would cost more on every import than it saves on the scans the pages make. On PostgreSQL the
few look-ups that need one get an index.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Boolean, Column, Date, DateTime, Double, Index, Integer, MetaData, Numeric, String, Table
from sqlalchemy.types import TypeEngine

from data_access.importing.tables import TABLES, ColumnSpec, Kind, TableSpec

SCHEMA_VERSION = 4
metadata = MetaData()


def _sql_type(column: ColumnSpec) -> TypeEngine[Any]:
    match column.kind:
        case Kind.DATE:
            return Date()
        case Kind.MONEY:
            return Numeric(18, 2)
        case Kind.DECIMAL:
            return Numeric(20, 4)
        case Kind.RATE:
            return Numeric(9, 4)
        case Kind.INTEGER:
            return Integer()
        case Kind.BOOLEAN:
            return Boolean()
        case _:
            return String()


def _import_table(spec: TableSpec) -> Table:
    """One store table of an import table; a row is current while ``superseded_by`` is NULL."""
    columns = [Column(c.name, _sql_type(c)) for c in spec.columns]
    history = [Column("batch_id", Integer, nullable=False), Column("superseded_by", Integer)]
    table = Table(spec.name, metadata, *columns, *history)
    Index(f"ix_{spec.name}_key", *[table.c[name] for name in spec.key]).ddl_if(dialect="postgresql")
    if "enterprise_id" in table.c and spec.key[0] != "enterprise_id":  # an enterprise with its history
        Index(f"ix_{spec.name}_enterprise", table.c.enterprise_id).ddl_if(dialect="postgresql")
    return table


import_tables: Mapping[str, Table] = {name: _import_table(spec) for name, spec in TABLES.items()}

# The dimensions every derived table carries, so that no page needs a join; "" is the unclassified value.
DIMENSIONS = (
    "region_1",
    "region_2",
    "region_3",
    "industry_1",
    "industry_2",
    "entity_type",
    "size_class",
    "tier",
)
# Dates at which an enterprise first reached a stage; NULL while it has not.
STAGES = (
    "listed_on",
    "first_visit_on",
    "need_on",
    "applied_on",
    "recommended_on",
    "docs_complete_on",
    "decided_on",
    "approved_on",
    "rejected_on",
    "withdrawn_on",
    "drawn_on",
)


def _dimension_columns() -> list[Column[str]]:
    return [Column(name, String) for name in (*DIMENSIONS, "tags")]


# One row per enterprise. ``unlisted_on`` is the day it left the visit list; ``total_credit`` its approvals in yuan.
enterprise_progress = Table(
    "enterprise_progress",
    metadata,
    Column("enterprise_id", String),
    *_dimension_columns(),
    *[Column(name, Date) for name in STAGES],
    Column("unlisted_on", Date),
    Column("first_loan_on", Date),
    Column("total_credit", Numeric(18, 2)),
    Column("is_in_funnel", Boolean),  # came further than a visit: need, application, push, decision or loan
)

# How many enterprises of a town were listed, left the list and were first visited on the same days. A fraction of the
# rows of ``enterprise_progress``, fewer the longer the days are alike, and all that most questions about visits need.
reach_days = Table(
    "reach_days",
    metadata,
    Column("region_1", String),
    Column("region_2", String),
    *[Column(name, Date) for name in ("listed_on", "unlisted_on", "first_visit_on")],
    Column("enterprises", Integer),
)

# One row per enterprise and bank that touched it (any visit, push, decision or loan).
bank_progress = Table(
    "bank_progress",
    metadata,
    Column("enterprise_id", String),
    Column("bank", String),
    *_dimension_columns(),
    *[Column(name, Date) for name in STAGES],
    Column("unlisted_on", Date),
    Column("first_loan_on", Date),
    Column("total_credit", Numeric(18, 2)),
    Column("touched_on", Date),  # the bank's first contact of any kind
    Column("touch_number", Integer),  # 1 = the first bank to touch the enterprise
    Column("is_last_before_application", Boolean),
    Column("touch_share", Double),  # 1/k for k banks: adds up to the enterprise
)

# One row per visit, application, push, decision and loan, for counts of events and sums of money.
activity = Table(
    "activity",
    metadata,
    Column("kind", String),  # visit, application, push, decision, loan
    Column("record_id", String),  # the key of its row in the import table
    Column("happened_on", Date),
    Column("enterprise_id", String),
    Column("bank", String),
    *_dimension_columns(),
    Column("mode", String),  # kind of approval, or guarantee of a loan
    Column("outcome", String),  # application status, push status or decision outcome
    Column("actor", String),  # visitor of a visit
    Column("is_valid", Integer),  # of a visit, 0 or 1: it met the owner or the staff
    Column("is_on_site", Integer),  # of a valid visit, 0 or 1
    Column("is_unreachable", Integer),  # of a visit, 0 or 1: nobody reached, or closed down
    Column("amount", Numeric(18, 2)),  # of an application: what it adds to the enterprise's earlier request
    Column("requested", Numeric(18, 2)),  # of an approval: what the enterprise had asked for
    Column("annual_rate", Numeric(9, 4)),
    Column("term_months", Integer),
    Column("balance", Numeric(18, 2)),
    Column("is_first_loan", Boolean),
    Column("is_renewal", Boolean),
    Column("is_no_principal_renewal", Boolean),
    Column("closed_on", Date),  # of a push: the day the bank decided
    Column("docs_complete_on", Date),  # of a push: the day the documents were complete
    Column("is_back_filled", Boolean),  # of a push: entered on or after the day of decision
)

# One row per event that ended badly at a stage: nobody was met, a return, a withdrawal, a refusal.
stops = Table(
    "stops",
    metadata,
    *[Column(name, String) for name in ("stage", "status", "reason", "enterprise_id", "bank")],
    *_dimension_columns(),
    Column("happened_on", Date),
    Column("passed_on", Date),  # the day the enterprise passed the stage after all, with any bank
)

# One row per refusal, with what is true of its reason. ``granted_on`` is the first day from then on which any bank
# approved the enterprise.
refusals_table = Table(
    "refusals",
    metadata,
    Column("decision_id", String),
    Column("enterprise_id", String),
    Column("bank", String),
    Column("decided_on", Date),
    *_dimension_columns(),
    Column("code", String),  # of the reason; "" where none was given
    Column("failed_standard", Integer),
    Column("has_remedy", Boolean),
    Column("has_condition", Boolean),
    Column("has_person", Boolean),
    Column("length", Integer),  # characters that say something
    Column("is_blank", Boolean),  # no text, or one that says nothing at all
    Column("is_templated", Boolean),  # at least three other refusals in nearly the same words
    Column("granted_on", Date),
)

# Every wording of a refusal once. It outlasts the other derived tables: judging it anew is dear and changes nothing.
refusal_wordings = Table(
    "refusal_wordings",
    metadata,
    Column("wording", String),
    Column("cases", Integer),
    Column("length", Integer),
    Column("is_blank", Boolean),
    Column("is_templated", Boolean),
)

# One row per problem, so that no page has to look its enterprise up.
problem_cases = Table(
    "problem_cases",
    metadata,
    *[Column(name, String) for name in ("problem_id", "enterprise_id", "visit_id")],
    *[Column(name, String) for name in ("department", "category", "level", "source")],  # "" is the untold
    *_dimension_columns(),
    Column("raised_on", Date),
    Column("deadline", Date),
    Column("suspended_days", Integer),
    *[Column(name, Date) for name in ("suspended_on", "transferred_on", "closed_on", "reopened_on", "reclosed_on")],
    Column("reopened", Boolean),
    Column("satisfaction", Integer),
)

# DuckDB skips the rest of a table by itself, since the rows that are read together lie together.
Index("ix_enterprise_progress_funnel", enterprise_progress.c.is_in_funnel).ddl_if(dialect="postgresql")
# The ledger by name: the first page in that order without sorting the register.
for _name, _column in (
    ("up", import_tables["enterprises"].c.name),
    ("down", import_tables["enterprises"].c.name.desc()),
):
    _order = (_column.nulls_last(), import_tables["enterprises"].c.enterprise_id)
    Index(f"ix_enterprises_name_{_name}", *_order).ddl_if(dialect="postgresql")
Index("ix_enterprise_progress_id", enterprise_progress.c.enterprise_id).ddl_if(dialect="postgresql")
Index("ix_bank_progress_bank", bank_progress.c.bank).ddl_if(dialect="postgresql")
Index("ix_activity_kind", activity.c.kind).ddl_if(dialect="postgresql")

batches = Table(
    "batches",
    metadata,
    Column("batch_id", Integer),
    Column("created_at", DateTime),
    Column("created_by", String),
    Column("state", String),  # loaded, undone
    Column("undone_at", DateTime),
    Column("undone_by", String),
    Column("rows_read", Integer),
    Column("rows_added", Integer),
    Column("rows_changed", Integer),
    Column("rows_unchanged", Integer),
    Column("rows_held", Integer),
)

batch_files = Table(
    "batch_files",
    metadata,
    Column("batch_id", Integer),
    Column("file", String),
    Column("sheet", String),
    Column("digest", String),  # SHA-256 of the file
    Column("table_name", String),
    Column("rows_read", Integer),
    Column("rows_added", Integer),
    Column("rows_changed", Integer),
    Column("rows_unchanged", Integer),
    Column("rows_held", Integer),
)

# A row that did not pass: what it held, and each cell's problem in ``held_cells``.
held_rows = Table(
    "held_rows",
    metadata,
    Column("batch_id", Integer),
    Column("held_id", Integer),  # unique in the batch
    Column("table_name", String),
    Column("file", String),
    Column("sheet", String),
    Column("row_number", Integer),  # as the spreadsheet program shows it
    Column("cells", String),  # JSON: header → text as read
    Column("resolved_by", Integer),  # the batch that brought the corrected row
)

held_cells = Table(
    "held_cells",
    metadata,
    Column("batch_id", Integer),
    Column("held_id", Integer),
    Column("column_name", String),
    Column("value", String),
    Column("rule", String),  # a key of importing.messages
    Column("detail", String),  # JSON: the parameters of the rule's message
)

# A held row that a person closed without a corrected row: a true duplicate, say. Its ``resolved_by`` is 0.
held_closings = Table(
    "held_closings",
    metadata,
    Column("batch_id", Integer),
    Column("held_id", Integer),
    Column("kind", String),  # a key of importing.closings.KINDS
    Column("reason", String),
    Column("closed_at", DateTime),
    Column("closed_by", String),
)

# Figures of a bulletin or of another platform, entered by hand. Never changed: a correction replaces an entry.
entered_figures = Table(
    "entered_figures",
    metadata,
    Column("entry_id", Integer),
    Column("replaces", Integer),  # the entry this one corrects
    Column("metric", String),  # key of the metric catalogue
    Column("region", String),  # code of a region, "" for the whole city
    Column("raw_text", String),
    Column("value", Double),
    Column("unit", String),
    Column("step", Double),  # size of the last printed digit, 0 = exact
    Column("as_of", Date),
    Column("source", String),
    Column("note", String),  # on the text: what was read otherwise than it was printed, and why
    Column("explanation", String),  # why the store differs, where somebody found out
    Column("entered_at", DateTime),
    Column("entered_by", String),
)

# What a bank promised at a meeting, and the figure it was to change, as it stood then.
commitments_table = Table(
    "commitments",
    metadata,
    Column("commitment_id", Integer),
    Column("bank", String),
    Column("figure", String),  # which of the bank page's figures: a code of data_access.commitments.FIGURES
    Column("wording", String),
    Column("owner", String),
    Column("made_on", Date),
    Column("due_on", Date),
    Column("measured", Double),  # the figure on ``made_on``
    Column("cases", Double),  # of a share: the cases it rests on, and how many of them count
    Column("counted", Double),
    Column("log_error", Double),  # of a ratio: the standard error of its logarithm
    Column("promised", Double),
    Column("created_at", DateTime),
    Column("created_by", String),
    Column("closed_on", Date),
    Column("closing_note", String),
)

# What was frozen for a meeting: written once, never changed. Its tables are kept as they were read that day.
editions_table = Table(
    "editions",
    metadata,
    Column("edition_id", Integer),
    Column("number", Integer),
    Column("title", String),
    Column("as_of", Date),
    Column("frozen_at", DateTime),
    Column("frozen_by", String),
    Column("scope", String),  # whose figures these are: JSON of the scope's regions and banks
    Column("data_version", Integer),
    Column("facts", String),  # JSON: the city's names, currency and rules as they were
    Column("digest", String),  # SHA-256 over everything above and the tables
)
edition_frames = Table(
    "edition_frames",
    metadata,
    Column("edition_id", Integer),
    Column("name", String),
    Column("content", String),  # JSON: columns with their types, and rows
)

# Which tables and columns have been reported at all, and over which dates: what is absent here reads 未报送.
coverage_table = Table(
    "coverage",
    metadata,
    Column("table_name", String),
    Column("rows_current", Integer),
    Column("first_on", Date),
    Column("last_on", Date),
    Column("columns_reported", String),  # the columns that hold any value, parted by ";"
)

store_meta = Table("store_meta", metadata, Column("key", String), Column("value", String))
