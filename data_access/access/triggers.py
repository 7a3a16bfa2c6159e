"""The triggers that let the audit only grow, and keep of a grant everything but that it was ended."""

from sqlalchemy import DDL, MetaData, event

_KEPT = (
    "grant_id",
    "subject",
    "name",
    "role",
    "regions",
    "banks",
    "departments",
    "valid_from",
    "valid_until",
    "granted_at",
    "granted_by",
)
_REFUSE = (
    "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'only grows'; END $$"
)
_FORWARD = "NEW.seq <> OLD.seq + 1"


def _ended_once(differs: str) -> str:
    """Return when a change of a grant is refused: it has ended, or more than its end would change."""
    changed = " OR ".join(f"NEW.{name} {differs} OLD.{name}" for name in _KEPT)
    return f"OLD.revoked_at IS NOT NULL OR {changed}"


def _sqlite(name: str, when: str, condition: str = "") -> str:
    only = f"WHEN {condition} " if condition else ""
    return f"CREATE TRIGGER {name} BEFORE {when} {only}BEGIN SELECT RAISE(ABORT, 'only grows'); END"


def _postgres(name: str, when: str, condition: str = "") -> str:
    each = "STATEMENT" if "TRUNCATE" in when else "ROW"
    only = f"WHEN ({condition}) " if condition else ""
    return f"CREATE TRIGGER {name} BEFORE {when} FOR EACH {each} {only}EXECUTE FUNCTION refuse_change()"


STATEMENTS = {
    "sqlite": (
        _sqlite("audit_no_update", "UPDATE ON access_audit"),
        _sqlite("audit_no_delete", "DELETE ON access_audit"),
        _sqlite("head_forward", "UPDATE ON access_head", _FORWARD),
        _sqlite("head_no_delete", "DELETE ON access_head"),
        _sqlite("grants_no_delete", "DELETE ON access_grants"),
        _sqlite("grants_end_once", "UPDATE ON access_grants", _ended_once("IS NOT")),
    ),
    "postgresql": (
        _REFUSE,
        _postgres("audit_kept", "UPDATE OR DELETE ON access_audit"),
        _postgres("audit_not_emptied", "TRUNCATE ON access_audit"),
        _postgres("head_forward", "UPDATE ON access_head", _FORWARD),
        _postgres("head_kept", "DELETE ON access_head"),
        _postgres("head_not_emptied", "TRUNCATE ON access_head"),
        _postgres("grants_kept", "DELETE ON access_grants"),
        _postgres("grants_not_emptied", "TRUNCATE ON access_grants"),
        _postgres("grants_end_once", "UPDATE ON access_grants", _ended_once("IS DISTINCT FROM")),
    ),
}


def add_triggers(metadata: MetaData) -> None:
    """Let ``metadata`` create the triggers of the engine it is created on."""
    for dialect, statements in STATEMENTS.items():
        for statement in statements:
            trigger = DDL(statement)  # type: ignore[no-untyped-call]
            event.listen(metadata, "after_create", trigger.execute_if(dialect=dialect))
